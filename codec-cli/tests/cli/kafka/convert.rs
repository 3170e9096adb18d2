//! `kafka convert`: today's framing into streams, and back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{frame, log, run};
use crate::stage::Stage;

const SEGMENT: &str = "log/00000000000000000000.sframe";

/// A log of four messages, and the lines of today's file backend for them.
fn both(options: &[&str]) -> Stage {
    let stage = log(&[frame("a", 1..=3), frame("b", 1..=1)]);
    let back = ["convert", SEGMENT, "--back", "--output", "old.jsonl"];
    run(&stage, &[&back, options].concat()).done();
    stage
}

fn messages(stage: &Stage, stream: &str) -> Vec<u8> {
    stage.run(&["unpack", stream, "--as", "json"]).done().stdout
}

#[test]
fn a_stream_goes_back_and_comes_again_with_the_same_messages() {
    for (options, framing) in [(&[][..], "unframed"), (&["--framed"], "plain")] {
        let stage = both(options);
        let lines = String::from_utf8(stage.read("old.jsonl")).unwrap();
        let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
        assert_eq!(
            (&first["offset"], &first["timestamp_us"]),
            (&0.into(), &1_767_225_600_000_000_i64.into())
        );
        let convert = ["convert", "old.jsonl", "--output", "new.sframe", "--json"];
        let report = run(&stage, &convert).done().json();
        let expected = serde_json::json!({
            "read": 4, "converted": 4, "not_read": {}, "framings": { framing: 4 }, "differences": {},
        });
        assert_eq!(report, expected);
        assert_eq!(messages(&stage, "new.sframe"), messages(&stage, SEGMENT));
    }
}

#[test]
fn a_value_of_kafka_is_one_message_in_a_file_of_its_own() {
    let stage = both(&["--framed"]);
    let lines = String::from_utf8(stage.read("old.jsonl")).unwrap();
    for (name, line) in ["0", "1", "2", "3"].iter().zip(lines.lines()) {
        let line: Value = serde_json::from_str(line).unwrap();
        stage.write(name, STANDARD.decode(line["data"].as_str().unwrap()).unwrap());
    }
    let said = run(&stage, &["convert", "0", "1", "2", "3", "--output", "new.sframe"]).done();
    assert!(said.text().starts_with("new.sframe: 4 of 4 messages converted\n"), "{}", said.text());
    assert_eq!(messages(&stage, "new.sframe"), messages(&stage, SEGMENT));
}

#[test]
fn what_is_not_converted_is_named_kept_and_holds_up_nothing() {
    let stage = both(&[]);
    let mut lines = stage.read("old.jsonl");
    lines.extend(b"{\"offset\": 4, \"timestamp_us\": 0, \"data\": \"?\"}\n");
    stage.write("old.jsonl", &lines);
    stage.write("foreign", "<xml/>");
    let convert = ["convert", "foreign", "old.jsonl", SEGMENT, "--output", "new.sframe"];
    let said = run(&stage, &[&convert[..], &["--refused", "refused.jsonl"]].concat());
    assert_eq!(said.code, 1);
    for words in
        ["4 of 7 messages converted", "1  not converted: Line", "1  not converted: Strictframe"]
    {
        assert!(said.text().contains(words), "{words}: {}", said.text());
    }
    for words in ["message 0, in foreign: Unknown: ", "message 5, in old.jsonl: Line: line 5 "] {
        assert!(said.stderr.contains(words), "{words}: {}", said.stderr);
    }
    let refused = String::from_utf8(stage.read("refused.jsonl")).unwrap();
    let refused: Vec<Value> =
        refused.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(refused.len(), 3);
    assert_eq!((&refused[0]["index"], &refused[0]["name"]), (&0.into(), &"Unknown".into()));
    assert_eq!(STANDARD.decode(refused[0]["data"].as_str().unwrap()).unwrap(), b"<xml/>");
    assert_eq!(messages(&stage, "new.sframe"), messages(&stage, SEGMENT));
}

#[test]
fn a_damaged_stream_is_refused_on_the_way_back_and_nothing_is_left() {
    let stage = log(&[frame("a", 1..=3)]);
    let len = stage.read(SEGMENT).len();
    stage.flip(SEGMENT, len - 120);
    let back = ["convert", SEGMENT, "--back", "--output", "old.jsonl"];
    let said = run(&stage, &back);
    assert_eq!(said.code, 1, "{}", said.stderr);
    assert!(said.stderr.starts_with("error[SF-03"), "{}", said.stderr);
    assert!(!stage.has("old.jsonl"));
}

#[test]
fn an_output_is_none_of_the_inputs() {
    let stage = both(&[]);
    let before = stage.read("old.jsonl");
    let over = ["convert", "old.jsonl", "--output", "old.jsonl"];
    run(&stage, &over).failed(2, "", "is also an input");
    assert_eq!(stage.read("old.jsonl"), before);
    run(&stage, &["convert", "none", "--output", "new"]).failed(3, "", "cannot read none: ");
    assert!(!stage.has("new"));
}
