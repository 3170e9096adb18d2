//! `diff`: two frames, or two streams, and where they differ.

use serde_json::{Value, json};
use strictframe::extension::SEQUENCE;
use strictframe::{CompressionPolicy, Descriptor, Encoder, Extension};

use crate::stage::{Said, Stage};

fn frame(sequence: u64, record: &[u8]) -> Vec<u8> {
    let descriptor = Descriptor::opaque("test.Bytes", 3, 2, b"").unwrap();
    let mut encoder = Encoder::builder(descriptor.key()).build().unwrap();
    let mut frame = Vec::new();
    let sequence = sequence.to_le_bytes();
    let extension = Extension { kind: SEQUENCE, value: &sequence };
    encoder.encode_with(record, &[extension], &mut frame).unwrap();
    frame
}

fn diff(a: &[u8], b: &[u8], options: &[&str]) -> Said {
    let stage = Stage::empty();
    stage.write("a", a);
    stage.write("b", b);
    stage.run(&[&["diff", "a", "b"], options].concat())
}

fn document(said: &Said) -> Value {
    serde_json::from_slice(&said.stdout).unwrap()
}

fn names(document: &Value) -> Vec<&str> {
    let fields = document["fields"].as_array().unwrap();
    fields.iter().map(|field| field["name"].as_str().unwrap()).collect()
}

#[test]
fn the_same_frame_twice_is_no_difference() {
    let said = diff(&frame(7, b"a record"), &frame(7, b"a record"), &[]);
    assert_eq!(said.code, 0);
    assert!(said.text().ends_with("they are the same, byte for byte\n"), "{}", said.text());
    let said = diff(&frame(7, b"a record"), &frame(7, b"a record"), &["--json"]);
    let document = document(&said);
    assert_eq!((said.code, &document["same"], &document["fields"]), (0, &json!(true), &json!([])));
}

#[test]
fn every_field_that_differs_is_named_with_both_values_and_no_other() {
    let said = diff(&frame(7, b"a record"), &frame(9, b"a record"), &["--json"]);
    let document = document(&said);
    assert_eq!((said.code, &document["same"]), (1, &json!(false)));
    let names = names(&document);
    assert!(names.contains(&"frame_crc") && !names.contains(&"header_crc"), "{names:?}");
    let values = document["fields"].as_array().unwrap().iter();
    let values: Vec<_> = values.map(|it| (&it["a"]["value"], &it["b"]["value"])).collect();
    assert!(values.contains(&(&json!("7"), &json!("9"))), "{values:?}");
    // The record is the same.
    assert_eq!(document["records"], json!([]));
    let said = diff(&frame(7, b"a record"), &frame(9, b"a record"), &[]);
    assert!(said.text().contains("7 -> 9"), "{}", said.text());
}

#[test]
fn of_two_fields_in_one_byte_only_the_one_that_differs_is_named() {
    let key = Descriptor::opaque("test.Bytes", 3, 2, b"").unwrap().key();
    let frame = |policy| {
        let mut encoder = Encoder::builder(key).policy(policy).build().unwrap();
        let mut frame = Vec::new();
        encoder.encode(&[b'a'; 2000], &mut frame).unwrap();
        frame
    };
    let said =
        diff(&frame(CompressionPolicy::off()), &frame(CompressionPolicy::small()), &["--json"]);
    let document = document(&said);
    let names = names(&document);
    assert!(names.contains(&"codec") && !names.contains(&"flags"), "{names:?}");
}

#[test]
fn records_that_are_no_json_are_shown_from_the_first_byte_that_differs() {
    let said = diff(&frame(7, b"a record"), &frame(7, b"a ready one"), &["--json"]);
    let found = &document(&said)["records"][0];
    assert_eq!((&found["record"], &found["different_from"]), (&json!(0), &json!(4)));
    assert_eq!((&found["a"]["len"], &found["b"]["hex"]), (&json!(8), &json!("616479206f6e65")));
    let said = diff(&frame(7, b"a record"), &frame(7, b"a ready one"), &[]);
    assert!(said.text().contains("8 and 11 bytes, different from byte 4 on"), "{}", said.text());
}

#[test]
fn a_damaged_frame_is_compared_as_it_is() {
    let whole = frame(7, b"a record");
    let mut damaged = whole.clone();
    *damaged.last_mut().unwrap() ^= 1;
    let said = diff(&whole, &damaged, &["--json"]);
    let found = document(&said);
    assert_eq!((said.code, names(&found).contains(&"frame_crc")), (1, true));
    // Of what is refused nothing is decompressed.
    assert_eq!(found["records"], json!([]));
    assert_eq!(diff(&whole, &whole[..20], &[]).code, 1);
    assert_eq!(diff(b"", b"", &[]).code, 0);
    assert_eq!(diff(b"{}", &whole, &[]).code, 1);
}

#[test]
fn records_of_json_in_streams_are_compared_as_values() {
    let stage = Stage::set();
    let line = |id: u64, text: &str| format!("{{\"id\": {id}, \"text\": \"{text}\"}}\n");
    stage.write("a.jsonl", [line(1, "open"), line(2, "step")].concat());
    stage.write("b.jsonl", [line(1, "open"), line(2, "stop"), line(3, "end")].concat());
    for name in ["a", "b"] {
        stage.pack(&format!("{name}.jsonl"), &format!("{name}.sframe"), &[]).done();
    }
    let said = stage.run(&["diff", "a.sframe", "b.sframe", "--json"]);
    let rows = String::from_utf8(said.stdout.clone()).unwrap();
    let rows: Vec<Value> = rows.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let patches: Vec<_> =
        rows.iter().filter_map(|row| row["records"][0]["patch"].as_array()).collect();
    let expected = json!([{"op": "replace", "path": "/text", "value": "stop"}]);
    assert!(patches.iter().any(|patch| json!(patch) == expected), "{rows:?}");
    let last = rows.last().unwrap();
    assert_eq!((said.code, &last["only_a"], &last["only_b"]), (1, &json!(0), &json!(1)));
    // Two streams never have one id; their first frames say so.
    assert!(last["different"].as_u64().unwrap() >= 2, "{last}");

    let number = rows.iter().find(|row| row["records"][0]["patch"].is_array()).unwrap();
    let number = number["a"]["frame"].to_string();
    let said = stage.run(&["diff", "a.sframe", "b.sframe", "--frame", &number]);
    assert!(said.text().contains("~ /text \"stop\""), "{}", said.text());
    let said = stage.run(&["diff", "a.sframe", "a.sframe"]);
    assert_eq!(said.code, 0);
    assert!(said.text().contains("no difference"), "{}", said.text());
    let with = ["diff", "a.sframe", "a.sframe", "--frame", &number, "--with", "0"];
    assert_eq!(stage.run(&with).code, 1);
}

#[test]
fn what_cannot_be_compared_is_refused_with_what_to_do() {
    let stage = Stage::packed(3, &[]);
    stage.write("frame", frame(1, b"x"));
    for (arguments, words) in [
        (&["diff", "records.sframe", "frame"][..], "--frame N --with M"),
        (&["diff", "-", "-"], "name a file for one of them"),
        (&["diff", "records.sframe", "records.sframe", "--frame", "900"], "there is no frame 900"),
        (&["diff", "records.sframe", "records.sframe", "--with", "1"], "--frame"),
    ] {
        let said = stage.run(arguments);
        assert_eq!(said.code, 2, "{arguments:?}");
        assert!(said.stderr.contains(words), "{}", said.stderr);
    }
    assert_eq!(stage.run(&["diff", "nothing", "frame"]).code, 3);
}
