//! Row S1: a configuration is checked whole, before anything connects, and shows no secret.
#![cfg(feature = "kafka")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic in a test is a failed test"
)]

use core::time::Duration;
use std::path::{Path, PathBuf};

use strictframe_dashflow::config::{
    AddressFamily, ConfigError, KafkaConfig, Mechanism, OffsetReset, Problem, Security,
};
use strictframe_dashflow::consumer::{Action, Consumer, Item, OnRefusal};
use strictframe_dashflow::transport::Start;
use strictframe_dashflow::transport::kafka::client_config;
use strictframe_dashflow::transport::memory::MemoryLog;

type Variables<'a> = &'a [(&'a str, &'a str)];

fn load(path: Option<&Path>, variables: Variables<'_>) -> Result<KafkaConfig, ConfigError> {
    let find = |name: &str| variables.iter().find(|(variable, _)| *variable == name);
    KafkaConfig::load(path, |name| find(name).map(|(_, value)| value.into()))
}

fn problems(variables: Variables<'_>) -> Vec<Problem> {
    load(None, variables).unwrap_err().problems
}

struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

/// Every variable that is no path, each with a value of its own.
const EVERY: Variables<'static> = &[
    ("KAFKA_BROKERS", "one.example:9093, two.example:9093"),
    ("KAFKA_TOPIC", "telemetry"),
    ("KAFKA_PARTITION", "3"),
    ("KAFKA_AUTO_OFFSET_RESET", "latest"),
    ("KAFKA_TENANT_ID", "tenant"),
    ("KAFKA_OPERATION_TIMEOUT_SECS", "7"),
    ("KAFKA_METADATA_TIMEOUT_SECS", "8"),
    ("KAFKA_BROKER_ADDRESS_FAMILY", "v4"),
    ("KAFKA_GROUP_ID", "readers"),
    ("KAFKA_DLQ_TOPIC", "telemetry.dead"),
    ("KAFKA_CLUSTER_ID", "cluster"),
    ("KAFKA_OLD_DATA_USE_TIMESTAMP", "true"),
    ("KAFKA_OLD_DATA_GRACE_SECONDS", "9"),
    ("KAFKA_ON_DECODE_ERROR", "skip"),
    ("KAFKA_SECURITY_PROTOCOL", "sasl_ssl"),
    ("KAFKA_SASL_MECHANISM", "SCRAM-SHA-256"),
    ("KAFKA_SASL_USERNAME", "alice"),
    ("KAFKA_SASL_PASSWORD", "the secret of alice"),
    ("KAFKA_SSL_KEY_PASSWORD", "the secret of the key"),
    ("KAFKA_SSL_ENDPOINT_ALGORITHM", "none"),
];

fn check_every(config: &KafkaConfig, pem: &Path) {
    assert_eq!(config.brokers, "one.example:9093,two.example:9093");
    assert_eq!((config.topic.as_str(), config.partition), ("telemetry", Some(3)));
    assert_eq!(config.auto_offset_reset, OffsetReset::Latest);
    assert_eq!(config.tenant_id, "tenant");
    let timeouts = (config.operation_timeout, config.metadata_timeout);
    assert_eq!(timeouts, (Duration::from_secs(7), Duration::from_secs(8)));
    assert_eq!(config.broker_address_family, AddressFamily::V4);
    assert_eq!(config.group_id.as_deref(), Some("readers"));
    assert_eq!(config.dlq_topic.as_deref(), Some("telemetry.dead"));
    let dead_letters = config.dead_letters().unwrap();
    assert_eq!((dead_letters.topic.as_str(), dead_letters.dlq_topic), ("telemetry.dead", None));
    assert_eq!(dead_letters.brokers, config.brokers);
    assert_eq!(config.cluster_id.as_deref(), Some("cluster"));
    assert!(config.old_data_use_timestamp);
    assert_eq!(config.old_data_grace, Duration::from_secs(9));
    assert_eq!(config.consumer_options().on_refusal, OnRefusal::always(Action::Skip));
    let Security::SaslSsl(sasl, tls) = &config.security else { panic!("{:?}", config.security) };
    assert_eq!((sasl.mechanism, sasl.username.as_str()), (Mechanism::ScramSha256, "alice"));
    let own = tls.client.as_ref().unwrap();
    assert_eq!((tls.ca.as_deref(), tls.checks_host_name), (Some(pem), false));
    assert_eq!((own.certificate.as_path(), own.key.as_path()), (pem, pem));
    let client = client_config(config);
    assert_eq!(client.get("sasl.password"), Some("the secret of alice"));
    assert_eq!(client.get("ssl.key.password"), Some("the secret of the key"));
    assert_eq!(client.get("sasl.mechanisms"), Some("SCRAM-SHA-256"));
    assert_eq!(client.get("security.protocol"), Some("sasl_ssl"));
    let shown = format!("{config:?} {client:?}");
    assert!(shown.contains("alice") && !shown.contains("secret of"), "{shown}");
}

#[test]
fn s1_every_name_is_read_from_the_environment_and_from_both_kinds_of_file() {
    let files = Files::new();
    let pem = files.write("any.pem", "-----BEGIN CERTIFICATE-----\n");
    let path = pem.to_str().unwrap();
    let mut every = EVERY.to_vec();
    every.extend([
        ("KAFKA_SSL_CA_LOCATION", path),
        ("KAFKA_SSL_CERTIFICATE_LOCATION", path),
        ("KAFKA_SSL_KEY_LOCATION", path),
    ]);
    check_every(&load(None, &every).unwrap(), &pem);
    // In a file a value has the name of its variable without KAFKA_, in small letters, but for one.
    let (mut toml, mut json) = (String::new(), serde_json::Map::new());
    for (name, value) in &every {
        let name = name.trim_start_matches("KAFKA_").to_lowercase();
        let name = name.replace("ssl_endpoint_algorithm", "ssl_endpoint_identification_algorithm");
        let number = value.parse::<u32>();
        let value: serde_json::Value = match number {
            Ok(number) => number.into(),
            Err(_) if *value == "true" => true.into(),
            Err(_) => (*value).into(),
        };
        toml += &format!("{name} = {value}\n");
        json.insert(name, value);
    }
    let json = serde_json::Value::Object(json).to_string();
    for path in [files.write("kafka.toml", &toml), files.write("kafka.json", &json)] {
        check_every(&load(Some(&path), &[]).unwrap(), &pem);
        // A variable comes before the file.
        let config = load(Some(&path), &[("KAFKA_TOPIC", "other")]).unwrap();
        assert_eq!((config.topic.as_str(), config.tenant_id.as_str()), ("other", "tenant"));
    }
}

#[test]
fn s1_the_names_that_others_use_are_read_and_must_not_contradict() {
    let config =
        load(None, &[("KAFKA_BOOTSTRAP_SERVERS", "b.example:1"), ("DASHSTREAM_TOPIC", "t")]);
    let config = config.unwrap();
    assert_eq!((config.brokers.as_str(), config.topic.as_str()), ("b.example:1", "t"));
    let same = [("KAFKA_TOPIC", "t"), ("DASHSTREAM_TOPIC", "t")];
    assert!(load(None, &same).is_ok());
    let found = problems(&[("KAFKA_TOPIC", "t"), ("DASHSTREAM_TOPIC", "u")]);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].place.as_str(), found[0].found.as_deref()),
        ("DASHSTREAM_TOPIC", Some("u"))
    );
    assert!(found[0].what.contains("KAFKA_TOPIC"), "{}", found[0]);
}

#[test]
fn s1_tls_is_the_default_and_plaintext_must_be_asked_for_by_name() {
    let config = load(None, &[("KAFKA_TOPIC", "t")]).unwrap();
    assert!(matches!(&config.security, Security::Ssl(tls) if tls.checks_host_name));
    assert_eq!(client_config(&config).get("security.protocol"), Some("ssl"));
    assert_eq!(config.brokers, "localhost:9092");
    // An empty variable is one that is not set.
    let empty = load(None, &[("KAFKA_TOPIC", "t"), ("KAFKA_SECURITY_PROTOCOL", "")]).unwrap();
    assert!(matches!(empty.security, Security::Ssl(_)));
    let named = [("KAFKA_TOPIC", "t"), ("KAFKA_SECURITY_PROTOCOL", "plaintext")];
    assert!(matches!(load(None, &named).unwrap().security, Security::Plaintext));
    for wrong in ["PLAINTEXT", "tls", "none"] {
        let found = problems(&[("KAFKA_TOPIC", "t"), ("KAFKA_SECURITY_PROTOCOL", wrong)]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].remedy.contains("sasl_ssl"), "{}", found[0]);
    }
}

#[test]
fn s1_everything_that_is_wrong_is_told_at_once_with_its_place_and_remedy() {
    let found = problems(&[
        ("KAFKA_BROKERS", "no port"),
        ("KAFKA_TOPIC", "a topic"),
        ("KAFKA_PARTITION", "-1"),
        ("KAFKA_AUTO_OFFSET_RESET", "first"),
        ("KAFKA_OPERATION_TIMEOUT_SECS", "0"),
        ("KAFKA_METADATA_TIMEOUT_SECS", "soon"),
        ("KAFKA_BROKER_ADDRESS_FAMILY", "v5"),
        ("KAFKA_DLQ_TOPIC", ".."),
        ("KAFKA_OLD_DATA_USE_TIMESTAMP", "yes"),
        ("KAFKA_OLD_DATA_GRACE_SECONDS", "3601"),
        ("KAFKA_ON_DECODE_ERROR", "ignore"),
        ("KAFKA_SECURITY_PROTOCOL", "sasl_ssl"),
        ("KAFKA_SASL_MECHANISM", "GSSAPI"),
        ("KAFKA_SSL_CA_LOCATION", "/no/such/file"),
        ("KAFKA_SSL_ENDPOINT_ALGORITHM", "http"),
    ]);
    let places: Vec<&str> = found.iter().map(|problem| problem.place.as_str()).collect();
    let expected = [
        "KAFKA_BROKERS",
        "KAFKA_TOPIC",
        "KAFKA_PARTITION",
        "KAFKA_AUTO_OFFSET_RESET",
        "KAFKA_OPERATION_TIMEOUT_SECS",
        "KAFKA_METADATA_TIMEOUT_SECS",
        "KAFKA_BROKER_ADDRESS_FAMILY",
        "KAFKA_DLQ_TOPIC",
        "KAFKA_OLD_DATA_USE_TIMESTAMP",
        "KAFKA_OLD_DATA_GRACE_SECONDS",
        "KAFKA_ON_DECODE_ERROR",
        // Needed by the protocol, and not there.
        "KAFKA_SASL_USERNAME",
        "KAFKA_SASL_PASSWORD",
        "KAFKA_SASL_MECHANISM",
        "KAFKA_SSL_CA_LOCATION",
        "KAFKA_SSL_ENDPOINT_ALGORITHM",
    ];
    assert_eq!(places, expected);
    assert!(found.iter().all(|problem| !problem.what.is_empty() && !problem.remedy.is_empty()));
    let text = load(None, &[("KAFKA_TOPIC", "a b"), ("KAFKA_PARTITION", "x")]).unwrap_err();
    let text = text.to_string();
    assert!(text.starts_with("2 values are wrong:\n- KAFKA_TOPIC = \"a b\": "), "{text}");
}

#[test]
fn s1_combinations_that_mean_nothing_are_refused() {
    let files = Files::new();
    let pem = files.write("any.pem", "-----BEGIN CERTIFICATE-----\n");
    let pem = pem.to_str().unwrap();
    let text = files.write("no.pem", "not PEM at all");
    let text = text.to_str().unwrap();
    let cases: [(Variables<'_>, &[&str]); 7] = [
        (
            &[("KAFKA_SASL_USERNAME", "alice"), ("KAFKA_SASL_PASSWORD", "p")],
            &["KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD"],
        ),
        (
            &[("KAFKA_SECURITY_PROTOCOL", "plaintext"), ("KAFKA_SSL_CA_LOCATION", pem)],
            &["KAFKA_SSL_CA_LOCATION"],
        ),
        (
            &[("KAFKA_SECURITY_PROTOCOL", "sasl_plaintext")],
            &["KAFKA_SASL_MECHANISM", "KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD"],
        ),
        (&[("KAFKA_SSL_CERTIFICATE_LOCATION", pem)], &["KAFKA_SSL_KEY_LOCATION"]),
        (&[("KAFKA_SSL_KEY_LOCATION", pem)], &["KAFKA_SSL_CERTIFICATE_LOCATION"]),
        (&[("KAFKA_SSL_KEY_PASSWORD", "p")], &["KAFKA_SSL_KEY_PASSWORD"]),
        (&[("KAFKA_SSL_CA_LOCATION", text)], &["KAFKA_SSL_CA_LOCATION"]),
    ];
    for (variables, expected) in cases {
        let variables = [&[("KAFKA_TOPIC", "t")], variables].concat();
        let found = problems(&variables);
        let places: Vec<&str> = found.iter().map(|problem| problem.place.as_str()).collect();
        assert_eq!(places, expected, "{found:?}");
    }
}

#[test]
fn s1_what_is_wrong_with_a_file_is_told_without_showing_what_is_in_it() {
    let files = Files::new();
    let secret = "the secret of alice";
    let broken = files.write("a.toml", &format!("topic = \"t\"\nsasl_password = {secret}\n"));
    let error = load(Some(&broken), &[("KAFKA_TOPIC", "t")]).unwrap_err();
    assert_eq!(error.problems.len(), 1);
    let text = format!("{error} {error:?}");
    assert!(text.contains("a.toml") && text.contains("line 2"), "{text}");
    assert!(!text.contains(secret), "{text}");
    let broken =
        files.write("a.json", &format!("{{\"topic\": \"t\",\n\"sasl_password\": {secret}}}"));
    let text = load(Some(&broken), &[("KAFKA_TOPIC", "t")]).unwrap_err().to_string();
    assert!(text.contains("line 2, column") && !text.contains(secret), "{text}");
    // A secret in the wrong place, of the wrong type, or twice.
    let text = "topic = \"t\"\npasword = \"the secret of alice\"\ntenant_id = {}\n\
                sasl_password = \"the secret of alice\"\n\
                ssl_endpoint_algorithm = \"none\"\nssl_endpoint_identification_algorithm = \"none\"\n";
    let error = load(Some(&files.write("b.toml", text)), &[]).unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(secret), "{shown}");
    let whats: Vec<&str> = error.problems.iter().map(|problem| problem.what.as_str()).collect();
    assert_eq!(whats.len(), 4, "{shown}");
    assert!(whats.contains(&"there is no such field"), "{shown}");
    assert!(whats.contains(&"its value is of the wrong type"), "{shown}");
    assert!(whats.contains(&"ssl does not use it"), "{shown}");
    assert!(shown.contains("the fields are brokers, topic"), "{shown}");
    let missing = load(Some(&files.0.path().join("none.toml")), &[]).unwrap_err();
    assert_eq!(missing.problems.len(), 2, "{missing}");
    assert!(missing.to_string().contains("KAFKA_TOPIC: no topic is said"), "{missing}");
}

#[tokio::test]
async fn s1_what_is_said_of_refused_values_is_what_a_consumer_does() {
    let cases = [("skip", Action::Skip), ("pause", Action::Pause)];
    for (said, action) in cases {
        let variables = [("KAFKA_TOPIC", "telemetry"), ("KAFKA_ON_DECODE_ERROR", said)];
        let options = load(None, &variables).unwrap().consumer_options();
        let log = MemoryLog::new(1);
        log.append(0, None, "no frame".into()).unwrap();
        let source = log.source(&Start::Earliest, None).unwrap();
        let mut consumer = Consumer::new(source, options).unwrap();
        assert_eq!(consumer.next().await.unwrap(), Item::Assigned(vec![0]));
        let Item::Refused(refusal) = consumer.next().await.unwrap() else { panic!("a refusal") };
        assert_eq!(refusal.action, action, "{said}");
    }
    let options = load(None, &[("KAFKA_TOPIC", "telemetry")]).unwrap().consumer_options();
    assert_eq!(options.on_refusal, OnRefusal::default());
}
