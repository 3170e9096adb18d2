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

#[test]
fn what_was_too_long_for_a_topic_is_replayed_into_one_that_takes_it() {
    let stage = Stage::empty();
    let small = topic(1, &[("max.message.bytes", "5000")]);
    let (large, dead) = (topic(1, &[]), topic(1, &[]));
    // It does not become shorter than the topic takes.
    let mut state = 1_u64;
    let mut digit = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'0' + u8::try_from(state >> 58).unwrap())
    };
    let text: String = (0..9000).map(|_| digit()).filter(|digit| *digit != '\\').collect();
    let line = serde_json::json!({ "tokenChunk": { "text": text } }).to_string();
    let letters = [("KAFKA_DLQ_TOPIC", dead.as_str())];
    let produce = ["produce", &small, "--thread", "t", "--json"];
    let report = run_with(&stage, &produce, &line, &letters);
    assert_eq!((report.code, &report.json()["dead_lettered"]), (1, &1.into()), "{}", report.text());
    let show = run(&stage, &["dlq", "show", "0:0", &dead]).done();
    for words in ["FrameTooLarge", "original, field by field\n", "frame_crc"] {
        assert!(show.text().contains(words), "{words}: {}", show.text());
    }
    let replay = ["dlq", "replay", &dead, "--to", &large, "--json"];
    let said = run(&stage, &replay).done();
    let meant = format!("warning: 1 dead letter had been meant for {small}\n");
    assert_eq!(said.stderr, meant);
    let report = said.json();
    assert_eq!((&report["replayed"], &report["messages"]), (&1.into(), &1.into()), "{report}");
    let said = run(&stage, &["tail", &large, "--json"]).done();
    assert!(said.text().contains(&text));
    // The topic that is too small still takes it not, and the replay says so and ends.
    let said = run(&stage, &["dlq", "replay", &dead, "--to", &small]);
    assert_eq!(said.code, 3);
    assert!(said.stderr.contains("error[FrameTooLarge]"), "{}", said.stderr);
}

#[test]
fn what_was_compressed_with_a_dictionary_is_read_by_what_stands_beside_the_topic() {
    let stage = Stage::empty();
    let name = topic(1, &[]);
    let text = "a text that stands in the dictionary, and in every message that is sent";
    stage.write("d", text.repeat(3));
    stage.write("policy.json", r#"{"codec": "zstd", "dictionary": {"path": "d"}}"#);
    let lines: String =
        (0..20).map(|n| format!("{{\"tokenChunk\": {{\"text\": \"{text} {n}\"}}}}\n")).collect();
    let produce = ["produce", &name, "--thread", "t", "--policy", "policy.json"];
    run_with(&stage, &produce, &lines, &[]).done();
    let said = run(&stage, &["tail", &name, "--json"]).done();
    assert_eq!((said.text().lines().count(), said.stderr.as_str()), (20, ""));
}
