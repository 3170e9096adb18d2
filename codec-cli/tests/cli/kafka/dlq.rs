//! `kafka dlq`: dead letters listed, shown and replayed.

use serde_json::Value;
use strictframe_dashflow::dead_letter::dead_letter::{Form, Side, Way};
use strictframe_dashflow::dead_letter::{DeadLetter, DeadLetterWriter};
use strictframe_dashflow::transport::Definition;

use super::{frame, put, run};
use crate::stage::{Said, Stage};

fn letter(original: &[u8], form: Form, count: u32) -> DeadLetter {
    let mut letter = DeadLetter {
        topic: "telemetry".to_owned(),
        partition: Some(2),
        offset: Some(41),
        key: b"run\x1b-7".to_vec(),
        error_code: "UnknownTopic".to_owned(),
        error_name: "UnknownTopic".to_owned(),
        error: "there is no such topic".to_owned(),
        thread_id: "run-7".to_owned(),
        message_id: vec![0xAB; 16],
        epoch: 3,
        sequence: 15,
        count,
        time_ns: 1_767_225_600_123_456_789,
        attempts: 4,
        original: original.to_vec(),
        ..DeadLetter::default()
    };
    letter.set_side(Side::Producer);
    letter.set_way(Way::Undelivered);
    letter.set_form(form);
    letter
}

/// A directory `dead` with a frame of two messages, one that is damaged, bytes that are none, and a message without a frame.
fn dead() -> Stage {
    let stage = Stage::empty();
    let whole = frame("run-7", 15..=16).bytes().to_vec();
    let mut damaged = whole.clone();
    *damaged.last_mut().unwrap() ^= 1;
    let message = [0x0A, 0x06, 0x1A, 0x04, b'p', b'l', b'a', b'n'];
    let letters = [
        letter(&whole, Form::Frame, 2),
        letter(&damaged, Form::Frame, 2),
        letter(b"{\"today\": 1}", Form::Bytes, 0),
        letter(&message, Form::Message, 1),
    ];
    let mut writer = DeadLetterWriter::new().unwrap();
    let frames = letters.map(|letter| writer.frame(&letter).unwrap());
    put(&stage, "dead", DeadLetter::definition(), &frames);
    stage
}

fn json_lines(said: &Said) -> Vec<Value> {
    said.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_letter_is_a_line_with_its_place_and_its_reason() {
    let stage = dead();
    let said = run(&stage, &["dlq", "list", "--dir", "dead"]).done();
    let lines: Vec<_> = said.text().lines().collect();
    assert!(lines[0].starts_with("POSITION"), "{}", said.text());
    let words: Vec<_> = lines[1].split_whitespace().collect();
    let expected = [
        "0:0",
        "2026-01-01T00:00:00",
        "telemetry",
        "run-7",
        "UnknownTopic",
        "UnknownTopic",
        "undelivered",
        "frame",
        "2",
    ];
    assert_eq!(words, expected);
    assert_eq!(lines[5], "4 dead letters, 5 messages in them");
    let said = run(&stage, &["dlq", "list", "--dir", "dead", "--json"]).done();
    let rows = json_lines(&said);
    let forms: Vec<_> = rows.iter().map(|row| row["form"].as_str().unwrap()).collect();
    assert_eq!(forms, ["frame", "frame", "bytes", "message"]);
    for (name, value) in [
        ("position", Value::from("0:3")),
        ("time", "2026-01-01T00:00:00.123456789Z".into()),
        ("topic", "telemetry".into()),
        ("partition", 2.into()),
        ("offset", 41.into()),
        ("thread", "run-7".into()),
        ("code", "UnknownTopic".into()),
        ("side", "producer".into()),
        ("way", "undelivered".into()),
        ("count", 1.into()),
        ("original_len", 8.into()),
    ] {
        assert_eq!(rows[3][name], value, "{name}");
    }
}

#[test]
fn what_is_no_dead_letter_is_named_and_the_others_are_listed() {
    let stage = dead();
    put(&stage, "dead", Definition::envelope(), &[frame("a", 1..=1)]);
    let said = run(&stage, &["dlq", "list", "--dir", "dead"]);
    assert_eq!(said.code, 1);
    assert!(said.text().contains("0:4         [SF-0501] no dead letter: "), "{}", said.text());
    assert!(said.text().ends_with("4 dead letters, 5 messages in them\n"), "{}", said.text());
    let said = run(&stage, &["dlq", "list", "--dir", "dead", "--json"]);
    let last = json_lines(&said).pop().unwrap();
    assert_eq!((said.code, last["error"]["code"].as_str()), (1, Some("SF-0501")));
    run(&stage, &["dlq", "show", "4", "--dir", "dead"]).failed(
        1,
        "SF-0501",
        "0:4 is no dead letter",
    );
}

#[test]
fn a_letter_is_shown_whole_with_its_original_field_by_field() {
    let stage = dead();
    let said = run(&stage, &["dlq", "show", "0", "--dir", "dead"]).done();
    for words in [
        "dead letter at 0:0\n",
        "  time        2026-01-01T00:00:00.123456789Z\n",
        "  topic       telemetry, 2:41\n",
        "  number      15, epoch 3\n",
        "  key         run\\u{1b}-7\n",
        "  message id  abababababababababababababababab\n",
        "  by          producer, after 4 tries\n",
        "  form        frame, 2 messages, ",
        "original, in hexadecimal\n  00000000  ",
        "original, field by field\n",
        "frame_crc",
    ] {
        assert!(said.text().contains(words), "{words}\n{}", said.text());
    }
    let damaged = run(&stage, &["dlq", "show", "0:1", "--dir", "dead"]).done();
    assert!(damaged.text().contains("SF-0313"), "{}", damaged.text());
    let bytes = run(&stage, &["dlq", "show", "2", "--dir", "dead"]).done();
    assert!(bytes.text().contains("{\"today\": 1}"), "{}", bytes.text());
    let message = run(&stage, &["dlq", "show", "3", "--dir", "dead"]).done();
    assert!(
        message.text().contains("as JSON\n  {\"event\":{\"nodeId\":\"plan\"}}\n"),
        "{}",
        message.text()
    );
}

#[test]
fn the_original_is_in_json_and_in_a_file_byte_for_byte() {
    use base64::Engine as _;

    let stage = dead();
    let show = ["dlq", "show", "0", "--dir", "dead", "--json", "--output", "original"];
    let json = run(&stage, &show).done().json();
    let original =
        base64::engine::general_purpose::STANDARD.decode(json["original"].as_str().unwrap());
    let whole = frame("run-7", 15..=16).bytes().to_vec();
    assert_eq!(original.unwrap(), whole);
    assert_eq!(stage.read("original"), whole);
    assert_eq!(
        (json["message_id"].as_str(), json["code"].as_str()),
        (Some("ab".repeat(16).as_str()), Some("UnknownTopic"))
    );
}

#[test]
fn a_position_where_nothing_stands_is_said_to_be_empty() {
    let stage = dead();
    run(&stage, &["dlq", "show", "4", "--dir", "dead"]).failed(3, "", "nothing stands at 0:4");
    run(&stage, &["dlq", "show", "40", "--dir", "dead"]).failed(3, "PositionAhead", "");
    run(&stage, &["dlq", "show", "1:0", "--dir", "dead"]).failed(
        2,
        "",
        "one partition, which is 0",
    );
}

#[test]
fn whole_frames_are_replayed_and_the_rest_is_counted() {
    let stage = dead();
    let replay = ["dlq", "replay", "--dir", "dead", "--to-dir", "log", "--json"];
    let dry = run(&stage, &[&replay[..], &["--dry-run"]].concat());
    assert!(!stage.has("log"));
    let said = run(&stage, &replay);
    assert_eq!((dry.code, said.code), (1, 1));
    for (report, is_dry) in [(dry.json(), true), (said.json(), false)] {
        let counts =
            ["read", "replayed", "messages", "without_frame"].map(|name| report[name].as_u64());
        assert_eq!(counts, [Some(4), Some(1), Some(2), Some(2)], "{report}");
        assert_eq!(report["refused"], serde_json::json!({ "SF-0313": 1 }));
        assert_eq!(report["dry_run"], is_dry);
    }
    let tail = run(&stage, &["tail", "--dir", "log", "--json"]).done();
    assert_eq!(tail.text().lines().count(), 2);
    // Replayed once more, the messages are known by their ids.
    let text = run(&stage, &replay[..6]);
    assert!(
        text.text().starts_with("log: 1 of 4 dead letters replayed, 2 messages\n"),
        "{}",
        text.text()
    );
    for words in ["2 without a frame", "1 refused: SF-0313"] {
        assert!(text.text().contains(words), "{}", text.text());
    }
    let tail = run(&stage, &["tail", "--dir", "log", "--json"]).done();
    assert_eq!(tail.text().lines().count(), 2);
    assert!(tail.stderr.contains("\"duplicate\""), "{}", tail.stderr);
}

#[test]
fn a_group_goes_on_behind_what_it_has_replayed() {
    let stage = dead();
    let replay = ["dlq", "replay", "--dir", "dead", "--to-dir", "log", "--group", "g", "--json"];
    let dry = run(&stage, &[&replay[..], &["--dry-run"]].concat()).json();
    assert_eq!(dry["read"], 4);
    assert_eq!(run(&stage, &replay).json()["read"], 4);
    assert_eq!(run(&stage, &replay).done().json()["read"], 0);
}

#[test]
fn letters_are_not_replayed_into_themselves_or_nowhere() {
    let stage = dead();
    let itself = ["dlq", "replay", "--dir", "dead", "--to-dir", "./dead"];
    run(&stage, &itself).failed(2, "", "would go to where they are");
    let nowhere = ["dlq", "replay", "--dir", "dead"];
    run(&stage, &nowhere).failed(2, "", "it is not said where");
}
