//! Messages there and back, and dead letters.

use serde_json::Value;

use crate::place::{new_name, run, run_with, topic};
use crate::stage::{Said, Stage};

const LINES: &str = r#"{"event": {"header": {"threadId": "a"}, "nodeId": "plan"}}
{"tokenChunk": {"header": {"threadId": "b"}, "text": "tokens"}}
{"error": {"header": {"threadId": "a"}, "message": "it broke"}}
"#;
/// An event of a batch must have a header.
const BAD: &str = r#"{"eventBatch": {"header": {"threadId": "a"}, "events": [{}]}}"#;

/// The kinds of the messages in `tail --json`, in the order of their names.
fn kinds(said: &Said) -> Vec<String> {
    let kind = |line: &str| {
        let message: Value = serde_json::from_str(line).unwrap();
        message.as_object().unwrap().keys().next().unwrap().clone()
    };
    let mut kinds: Vec<_> = said.text().lines().map(kind).collect();
    kinds.sort();
    kinds
}

#[test]
fn messages_go_into_a_topic_and_come_out_of_it_without_a_group() {
    let stage = Stage::empty();
    let name = topic(3, &[]);
    let said = run_with(&stage, &["produce", &name, "--json"], LINES, &[]).done();
    assert_eq!(said.json()["delivered"], 3);
    for _ in 0..2 {
        let said = run(&stage, &["tail", &name, "--json"]).done();
        assert_eq!(kinds(&said), ["error", "event", "tokenChunk"]);
    }
    let said = run(&stage, &["tail", &name, "--json", "--thread", "b"]).done();
    assert_eq!(kinds(&said), ["tokenChunk"]);
    assert_eq!(kinds(&run(&stage, &["tail", &name, "--json", "--from", "latest"]).done()), [""; 0]);
    let one = ["tail", &name, "--json", "--limit", "1"];
    assert_eq!(kinds(&run(&stage, &one).done()).len(), 1);
    // The same from the configuration.
    let said = run_with(&stage, &["tail", "--json"], "", &[("KAFKA_TOPIC", &name)]).done();
    assert_eq!(kinds(&said).len(), 3);
}

#[test]
fn a_topic_that_is_not_there_is_named() {
    let stage = Stage::empty();
    let name = new_name();
    for command in [&["produce", &name][..], &["tail", &name], &["dlq", "list", &name]] {
        run(&stage, command).failed(3, "UnknownTopic", &name);
    }
}

#[test]
fn dead_letters_are_listed_shown_and_replayed() {
    let stage = Stage::empty();
    let (name, dead, log) = (topic(1, &[]), topic(1, &[]), "log");
    let letters = [("KAFKA_DLQ_TOPIC", dead.as_str()), ("KAFKA_TOPIC", &name)];
    let said = run_with(&stage, &["produce", "--json"], &format!("{LINES}{BAD}\n"), &letters);
    let report = said.json();
    assert_eq!(
        (said.code, &report["delivered"], &report["dead_lettered"]),
        (1, &3.into(), &1.into())
    );
    let said = run_with(&stage, &["dlq", "list", "--json"], "", &letters).done();
    let row = said.json();
    assert_eq!((&row["code"], &row["form"]), (&"DS-0104".into(), &"message".into()));
    let position = row["position"].as_str().unwrap();
    let said = run(&stage, &["dlq", "show", position, &dead]).done();
    assert!(said.text().contains("EventHeaderMissing"), "{}", said.text());
    // There is no frame in it.
    let replay = ["dlq", "replay", &dead, "--to", &name, "--json", "--dry-run"];
    let said = run(&stage, &replay);
    assert_eq!((said.code, &said.json()["without_frame"]), (1, &1.into()));
    // A frame that was put among dead letters by hand is none of them.
    run_with(&stage, &["produce", "--dir", log], LINES, &[]).done();
    let said = run(&stage, &["dlq", "list", &name, "--json"]);
    assert_eq!(said.code, 1);
    assert!(said.text().contains("SF-0501"), "{}", said.text());
}
