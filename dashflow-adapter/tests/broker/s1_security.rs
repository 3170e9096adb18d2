//! Row S1: TLS and SASL work, what is wrong with them is one clear error in time, and no secret is shown.

use core::time::Duration;
use std::io;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

use strictframe_broker::{Certificates, Listener, User};
use strictframe_dashflow::transport::kafka::{KafkaSink, KafkaSource, client_config};
use strictframe_dashflow::transport::{Definition, ErrorClass, Sink, Start, TransportError};
use tracing_subscriber::fmt::MakeWriter;

use crate::place::{ALIVE, Topic, config, single};
use crate::suite::delivered;
use crate::support::frame;

/// Everything that was logged in this process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn captured() -> Self {
        static LOG: OnceLock<Log> = OnceLock::new();
        let begin = || {
            let log = Self::default();
            let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE);
            let subscriber = subscriber.with_ansi(false).with_writer(log.clone()).finish();
            tracing::subscriber::set_global_default(subscriber).unwrap();
            log
        };
        LOG.get_or_init(begin).clone()
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Variables for a listener, over those that all have.
fn variables(topic: &str, listener: Listener, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let single = single();
    let own = [
        ("KAFKA_BROKERS", single.address(listener).unwrap()),
        ("KAFKA_TOPIC", topic.to_owned()),
        ("KAFKA_METADATA_TIMEOUT_SECS", "5".to_owned()),
    ];
    let own = own.into_iter().map(|(name, value)| (name.to_owned(), value));
    own.chain(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))).collect()
}

async fn connect(variables: &[(String, String)]) -> Result<KafkaSink, TransportError> {
    let variables: Vec<_> =
        variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    KafkaSink::connect(&config(&variables)).await
}

/// The one error of these variables, which must come within the time for it.
async fn refusal(listener: Listener, more: &[(&str, &str)]) -> TransportError {
    let begun = Instant::now();
    let error = connect(&variables("any", listener, more)).await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}: {error}", begun.elapsed());
    error
}

fn sasl<'a>(mechanism: &'a str, password: &'a str, ca: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("KAFKA_SECURITY_PROTOCOL", "sasl_ssl"),
        ("KAFKA_SASL_MECHANISM", mechanism),
        ("KAFKA_SASL_USERNAME", "alice"),
        ("KAFKA_SASL_PASSWORD", password),
        ("KAFKA_SSL_CA_LOCATION", ca),
    ]
}

#[tokio::test]
async fn s1_every_way_in_works_with_the_right_papers() {
    let topic = Topic::new().await;
    let single = single();
    let certificates = single.certificates();
    let [ca, certificate, key] =
        [certificates.ca(), certificates.client(), certificates.client_key()]
            .map(|path| path.display().to_string());
    let password = single.password(User::Alice);
    let tls = [("KAFKA_SSL_CA_LOCATION", ca.as_str())];
    let own = [
        tls[0],
        ("KAFKA_SSL_CERTIFICATE_LOCATION", &certificate),
        ("KAFKA_SSL_KEY_LOCATION", &key),
        ("KAFKA_SSL_KEY_PASSWORD", Certificates::CLIENT_KEY_PASSWORD),
    ];
    let lenient = [tls[0], ("KAFKA_SSL_ENDPOINT_ALGORITHM", "none")];
    let in_the_clear = [
        ("KAFKA_SECURITY_PROTOCOL", "sasl_plaintext"),
        ("KAFKA_SASL_MECHANISM", "SCRAM-SHA-512"),
        ("KAFKA_SASL_USERNAME", "alice"),
        ("KAFKA_SASL_PASSWORD", password),
    ];
    let ways: [(Listener, &[(&str, &str)]); 7] = [
        (Listener::Ssl, &tls),
        (Listener::Ssl, &own),
        (Listener::OtherName, &lenient),
        (Listener::SaslSsl, &sasl("PLAIN", password, &ca)),
        (Listener::SaslSsl, &sasl("SCRAM-SHA-256", password, &ca)),
        (Listener::SaslSsl, &sasl("SCRAM-SHA-512", password, &ca)),
        (Listener::SaslPlaintext, &in_the_clear),
    ];
    for (sequence, (listener, more)) in (1..).zip(ways) {
        let variables = variables(&topic.config.topic, listener, more);
        let sink = connect(&variables).await.unwrap();
        sink.announce(Definition::envelope()).await.unwrap();
        let position = sink.send(frame("a", sequence)).await.unwrap();
        let variables: Vec<_> =
            variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let at = Start::At(vec![position]);
        let mut source = KafkaSource::connect(&config(&variables), &at).await.unwrap();
        loop {
            if delivered(&mut source).await.position == position {
                break;
            }
        }
    }
}

#[tokio::test]
async fn s1_a_certificate_that_is_not_to_be_trusted_is_one_clear_error() {
    let _alive = ALIVE.read().await;
    let single = single();
    let [ca, wrong] = [single.certificates().ca(), single.certificates().wrong_ca()]
        .map(|path| path.display().to_string());
    for (listener, ca, word, remedy) in [
        (Listener::Ssl, &wrong, "issuer certificate", "KAFKA_SSL_CA_LOCATION"),
        (Listener::Expired, &ca, "certificate has expired", "renew it"),
        (Listener::OtherName, &ca, "hostname mismatch", "KAFKA_BROKERS"),
    ] {
        let error = refusal(listener, &[("KAFKA_SSL_CA_LOCATION", ca)]).await;
        assert_eq!((error.class(), error.name()), (ErrorClass::Permanent, "TlsRefused"), "{error}");
        assert!(error.to_string().contains(word), "{listener:?}: {error}");
        assert!(error.to_string().contains(remedy), "{error}");
    }
}

#[tokio::test]
async fn s1_a_login_that_is_refused_is_one_clear_error() {
    let _alive = ALIVE.read().await;
    let single = single();
    let ca = single.certificates().ca().display().to_string();
    let right = single.password(User::Alice);
    let wrong = "not-the-password-of-alice";
    for mechanism in ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] {
        let error = refusal(Listener::SaslSsl, &sasl(mechanism, wrong, &ca)).await;
        assert_eq!(
            (error.class(), error.name()),
            (ErrorClass::Permanent, "LoginRefused"),
            "{mechanism}: {error}"
        );
        assert!(!error.to_string().contains(wrong), "{error}");
    }
    let in_the_clear = [
        ("KAFKA_SECURITY_PROTOCOL", "sasl_plaintext"),
        ("KAFKA_SASL_MECHANISM", "PLAIN"),
        ("KAFKA_SASL_USERNAME", "alice"),
        ("KAFKA_SASL_PASSWORD", right),
    ];
    let error = refusal(Listener::SaslPlaintext, &in_the_clear).await;
    assert_eq!((error.class(), error.name()), (ErrorClass::Permanent, "LoginRefused"), "{error}");
    assert!(error.to_string().contains("sasl_mechanism"), "{error}");
}

#[tokio::test]
async fn s1_a_reader_is_told_of_a_refused_login_as_soon_as_a_writer() {
    let _alive = ALIVE.read().await;
    let ca = single().certificates().ca().display().to_string();
    let wrong = sasl("SCRAM-SHA-512", "not-the-password-of-alice", &ca);
    let variables = variables("any", Listener::SaslSsl, &wrong);
    let variables: Vec<_> =
        variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let begun = Instant::now();
    let error = KafkaSource::connect(&config(&variables), &Start::Earliest).await.unwrap_err();
    assert_eq!((error.class(), error.name()), (ErrorClass::Permanent, "LoginRefused"), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn s1_the_wrong_protocol_is_one_clear_error_within_its_deadline() {
    let _alive = ALIVE.read().await;
    let ca = single().certificates().ca().display().to_string();
    let plaintext = [("KAFKA_SECURITY_PROTOCOL", "plaintext")];
    let error = refusal(Listener::Ssl, &plaintext).await;
    assert_eq!(error.name(), "Unreachable", "{error}");
    assert!(error.to_string().contains("security_protocol"), "{error}");
    let error = refusal(Listener::Plaintext, &[("KAFKA_SSL_CA_LOCATION", &ca)]).await;
    assert!(["Unreachable", "TlsRefused"].contains(&error.name()), "{error}");
}

#[tokio::test]
async fn s1_nobody_listening_is_one_clear_error_within_its_deadline() {
    let nobody = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let begun = Instant::now();
    let error = KafkaSink::connect(&config(&[
        ("KAFKA_BROKERS", &nobody.to_string()),
        ("KAFKA_TOPIC", "any"),
        ("KAFKA_SECURITY_PROTOCOL", "plaintext"),
        ("KAFKA_METADATA_TIMEOUT_SECS", "2"),
    ]))
    .await
    .unwrap_err();
    assert_eq!((error.class(), error.name()), (ErrorClass::Retryable, "Unreachable"));
    assert!(error.to_string().contains(&nobody.to_string()), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn s1_no_secret_is_in_anything_that_is_printed() {
    let log = Log::captured();
    let topic = Topic::new().await;
    let single = single();
    let certificates = single.certificates();
    let [ca, certificate, key] =
        [certificates.ca(), certificates.client(), certificates.client_key()]
            .map(|path| path.display().to_string());
    let secrets = [
        single.password(User::Alice),
        "a-wrong-secret",
        Certificates::CLIENT_KEY_PASSWORD,
        "a-wrong-key-secret",
    ];
    let mut printed = String::new();
    for (password, key_password) in
        [(secrets[0], secrets[2]), (secrets[1], secrets[2]), (secrets[0], secrets[3])]
    {
        for mechanism in ["PLAIN", "SCRAM-SHA-512"] {
            let mut more = sasl(mechanism, password, &ca).to_vec();
            more.extend([
                ("KAFKA_SSL_CERTIFICATE_LOCATION", certificate.as_str()),
                ("KAFKA_SSL_KEY_LOCATION", &key),
                ("KAFKA_SSL_KEY_PASSWORD", key_password),
            ]);
            let variables = variables(&topic.config.topic, Listener::SaslSsl, &more);
            let borrowed: Vec<_> =
                variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let config = config(&borrowed);
            printed += &format!("{config:?} {config:#?} {:?}", client_config(&config));
            match KafkaSink::connect(&config).await {
                Ok(sink) => {
                    sink.announce(Definition::envelope()).await.unwrap();
                    sink.send(frame("a", 1)).await.unwrap();
                    printed += &format!("{sink:?}");
                    let source = KafkaSource::connect(&config, &Start::Earliest).await.unwrap();
                    printed += &format!("{source:?}");
                }
                Err(error) => printed += &format!("{error} {error:?}"),
            }
        }
    }
    let logged = log.text();
    // It was listened to, and what may be shown is shown.
    assert!(logged.contains("SASL") || logged.contains("librdkafka"), "{logged}");
    assert!(printed.contains("alice") && printed.contains("LoginRefused"), "{printed}");
    for secret in secrets {
        assert!(!printed.contains(secret), "printed: {secret}");
        assert!(!logged.contains(secret), "logged: {secret}");
    }
}
