//! `kafka check`: brokers, logins and settings.

use serde_json::Value;
use strictframe_broker::User;

use crate::place::{new_name, run, run_with, sasl, single, topic};
use crate::stage::Stage;

/// The settings that findings are about, each with its topic, in order.
fn findings(report: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|it| (text(&it["topic"]), text(&it["setting"]))).collect()
}

#[test]
fn what_endangers_messages_is_named_with_its_topic_and_what_to_do() {
    let stage = Stage::empty();
    let name = topic(
        2,
        &[
            ("cleanup.policy", "compact"),
            ("unclean.leader.election.enable", "true"),
            ("retention.ms", "3600000"),
            ("max.message.bytes", "5000"),
        ],
    );
    let beside = format!("{name}.strictframe");
    single().make_topic(&beside, 1, &[("cleanup.policy", "delete")]).unwrap();
    let said = run(&stage, &["check", &name, "--retention", "2h", "--json"]);
    assert_eq!(said.code, 1, "{}", said.stderr);
    let report = said.json();
    let of = |topic: &str, setting: &str| (topic.to_owned(), setting.to_owned());
    assert_eq!(
        findings(&report),
        [
            of(&name, "replication factor"),
            of(&name, "min.insync.replicas"),
            of(&name, "unclean.leader.election.enable"),
            of(&name, "cleanup.policy"),
            of(&name, "retention.ms"),
            of(&name, "max.message.bytes"),
            of(&beside, "replication factor"),
            of(&beside, "min.insync.replicas"),
            of(&beside, "cleanup.policy"),
        ]
    );
    assert_eq!(report["topics"][0]["partitions"], 2);
    assert_eq!(report["topics"][0]["settings"]["max.message.bytes"], "5000");
    assert_eq!(report["brokers"].as_array().unwrap().len(), 1);
    assert!(report["cluster_id"].is_string(), "{report}");
    let said = run(&stage, &["check", &name]);
    for words in [
        "cluster ",
        "max.message.bytes=5000: a frame of ",
        "\n    help: set it to ",
        " endanger messages\n",
    ] {
        assert!(said.text().contains(words), "{words}: {}", said.text());
    }
}

#[test]
fn a_topic_that_is_not_there_is_a_finding_and_is_not_made() {
    let stage = Stage::empty();
    let name = new_name();
    for _ in 0..2 {
        let said = run(&stage, &["check", &name, "--json"]);
        let report = said.json();
        assert_eq!((said.code, findings(&report)), (1, vec![(name.clone(), "topic".to_owned())]));
        assert_eq!(report["topics"][0]["is_there"], false);
    }
}

#[test]
fn a_wrong_password_is_one_error_in_time_and_is_not_shown() {
    let stage = Stage::empty();
    let name = topic(1, &[]);
    let with = |password: &str, arguments: &[&str]| {
        let variables = sasl(password);
        let variables: Vec<_> =
            variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        run_with(&stage, arguments, "", &variables)
    };
    for command in ["check", "tail", "produce"] {
        let said = with("hush-hush", &[command, &name]);
        assert!(!said.stderr.contains("hush-hush"), "{}", said.stderr);
        said.failed(3, "LoginRefused", "");
    }
    let right = single().password(User::Alice).to_owned();
    let said = with(&right, &["check", &name, "--json"]);
    assert_eq!(said.code, 1, "{}", said.stderr);
    assert_eq!(said.json()["topics"][0]["is_there"], true);
}

#[test]
fn another_cluster_than_the_one_that_is_meant_is_a_finding() {
    let stage = Stage::empty();
    let name = topic(1, &[]);
    let said = run_with(&stage, &["check", &name], "", &[("KAFKA_CLUSTER_ID", "elsewhere")]);
    assert_eq!(said.code, 1);
    assert!(said.text().contains("the configuration means cluster elsewhere"), "{}", said.text());
}
