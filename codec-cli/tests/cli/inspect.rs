//! `inspect`: any bytes at all, what they say, and what vouches for them.

use serde_json::Value;
use strictframe::extension::{SEQUENCE, STREAM_KEY};
use strictframe::{Descriptor, Encoder, Extension};

use crate::stage::{Said, Stage, record};
use crate::unpack::opaque_stream;

fn message() -> Vec<u8> {
    let descriptor = Descriptor::opaque("test.Bytes", 3, 2, b"").unwrap();
    let mut encoder = Encoder::builder(descriptor.key()).build().unwrap();
    let mut frame = Vec::new();
    let sequence = 7_u64.to_le_bytes();
    let extensions = [
        Extension { kind: SEQUENCE, value: &sequence },
        Extension { kind: STREAM_KEY, value: b"session 9" },
    ];
    encoder.encode_with(b"a record", &extensions, &mut frame).unwrap();
    frame
}

fn inspect(bytes: &[u8], options: &[&str]) -> Said {
    Stage::empty().run_with(&[&["inspect"], options].concat(), bytes)
}

fn field<'a>(document: &'a Value, name: &str) -> &'a Value {
    let fields = document["fields"].as_array().unwrap();
    fields.iter().find(|field| field["name"] == name).unwrap()
}

#[test]
fn a_frame_alone_is_shown_field_by_field() {
    let frame = message();
    let said = inspect(&frame, &[]).done();
    for words in ["magic = 9ec1", "kind = 1 MESSAGE", "min_reader = 2", "'a record'", "header_crc"]
    {
        assert!(said.text().contains(words), "{words}: {}", said.text());
    }
    assert!(said.text().contains("verified      header_crc, frame_crc"), "{}", said.text());
    assert!(said.text().contains("not verified  its schema"), "{}", said.text());
    let json = inspect(&frame, &["--json"]).done().json();
    assert_eq!(field(&json, "body_len")["value"], frame.len() - 32);
    assert_eq!(field(&json, "stored")["offset"], frame.len() - 4 - 8);
    assert_eq!(field(&json, "frame_crc")["status"], "verified");
    assert_eq!((&json["payload"]["records"], &json["payload"]["len"]), (&1.into(), &8.into()));
    assert_eq!(json["schema"]["version"], 3);
    assert!(json.get("error").is_none());
    // The fields of depth 0 are the frame, without a gap.
    let fields = json["fields"].as_array().unwrap().iter().filter(|field| field["depth"] == 0);
    let sum: u64 = fields
        .filter(|field| field["part"] != "low")
        .map(|field| field["len"].as_u64().unwrap())
        .sum();
    assert_eq!(sum, frame.len() as u64);
}

#[test]
fn damage_is_named_and_nothing_it_covers_is_called_verified() {
    let mut frame = message();
    frame[21] ^= 4;
    let said = inspect(&frame, &[]).failed(1, "SF-0312", "header checksum mismatch (at byte 24)");
    assert!(
        said.text().contains("[HeaderCrc]") && said.text().contains("[unverified: not followed]")
    );
    let json = inspect(&frame, &["--json"]);
    assert_eq!((json.code, json.stderr.as_str()), (1, ""));
    let json = json.json();
    assert_eq!((&json["error"]["code"], &json["error"]["offset"]), (&"SF-0312".into(), &24.into()));
    assert_eq!(field(&json, "header_crc")["status"], "wrong");
    // SPEC [ERR-2]: nothing of a header whose checksum does not match is vouched for.
    let fields = json["fields"].as_array().unwrap();
    assert!(fields.iter().all(|field| field["status"] != "verified"));
    assert_eq!(json["verified"], Value::Array(Vec::new()));
}

#[test]
fn foreign_bytes_are_diagnosed() {
    for (bytes, name) in [
        (&b"{\"a\":1}"[..], "json"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"\xef\xbf\xbd\xef\xbf\xbd", "lossy-utf8"),
    ] {
        let json = inspect(bytes, &["--json"]).json();
        assert_eq!(json["error"]["looks_like"], name);
        inspect(bytes, &[]).failed(1, "SF-0101", "not a frame, looks like ");
    }
}

#[test]
fn what_follows_a_frame_is_refused_and_can_be_looked_at() {
    let frame = message();
    let two = [&frame[..], &frame].concat();
    let said = inspect(&two, &[]);
    said.failed(1, "SF-0104", &format!("bytes after the end (at byte {})", frame.len()));
    let json = inspect(&two, &["--frame", "1", "--json"]).done().json();
    assert_eq!((&json["frame"], &json["offset"]), (&1.into(), &frame.len().into()));
    inspect(&two, &["--frame", "2"]).failed(2, "", "there is no frame 2");
}

#[test]
fn a_stream_is_listed_frame_by_frame() {
    let stage = Stage::packed(25, &["--batch", "10", "--codec", "zstd"]);
    let said = stage.run(&["inspect", "records.sframe"]).done();
    let lines: Vec<_> = said.text().lines().collect();
    assert_eq!(lines.len(), 2 + 6 + 1);
    for (line, words) in
        lines[2..8].iter().zip(["SYNC", "SCHEMA", "BATCH", "BATCH", "BATCH", "END"])
    {
        assert!(line.contains(words), "{line}");
    }
    assert!(lines[3].contains("test.Record version 1 (json, min_reader 1)"), "{}", lines[3]);
    assert!(
        lines[4].contains("10 records") && lines[4].ends_with("test.Record v1"),
        "{}",
        lines[4]
    );
    assert!(lines[8].starts_with("verified: 6 frames with 25 records"), "{}", lines[8]);
    let json = stage.run(&["inspect", "records.sframe", "--json"]).done().json();
    let frames = json["frames"].as_array().unwrap();
    assert_eq!((frames.len(), &json["verified"]), (6, &true.into()));
    let ends = frames.iter().map(|f| f["offset"].as_u64().unwrap() + f["len"].as_u64().unwrap());
    assert_eq!(ends.max(), Some(stage.read("records.sframe").len() as u64));
    assert_eq!(frames[2]["schema"]["name"], "test.Record");
}

#[test]
fn a_frame_of_a_stream_knows_its_schema_and_its_dictionary() {
    let stage = Stage::set();
    stage.write("d", [record(3), record(4), record(5)].concat());
    stage.write("r.jsonl", [&record(5)[..], b"\n", &record(6), b"\n"].concat());
    stage.pack("r.jsonl", "s", &["--dictionary", "d"]).done();
    // SYNC, SCHEMA, DICT, MESSAGE.
    let json = stage.run(&["inspect", "s", "--frame", "3", "--json"]).done().json();
    assert_eq!(json["schema"]["name"], "test.Record");
    assert_eq!(json["payload"]["len"], record(5).len());
    assert_eq!(json["verified"], serde_json::json!(["header_crc", "frame_crc", "raw_crc"]));
    // Alone, the frame lacks both, and is not refused for it.
    let start = usize::try_from(json["offset"].as_u64().unwrap()).unwrap();
    let len = usize::try_from(json["len"].as_u64().unwrap()).unwrap();
    let json = inspect(&stage.read("s")[start..start + len], &["--json"]).done().json();
    let unverified = json["not_verified"].to_string();
    assert!(
        unverified.contains("raw_crc") && unverified.contains("its payload: unknown dictionary")
    );
    assert!(json.get("payload").is_none());
}

#[test]
fn a_damaged_stream_is_listed_up_to_the_damage_and_shown_there() {
    let stage = Stage::packed(25, &["--codec", "none"]);
    let whole = stage.run(&["inspect", "records.sframe", "--json"]).done().json();
    let offset =
        |frame: usize| usize::try_from(whole["frames"][frame]["offset"].as_u64().unwrap()).unwrap();
    stage.flip("records.sframe", offset(9) + 30);
    let said = stage.run(&["inspect", "records.sframe"]).failed(1, "SF-0313", "frame checksum");
    assert!(said.text().contains("frame 9, field by field:"), "{}", said.text());
    assert!(said.text().contains("[FrameCrc]"), "{}", said.text());
    let json = stage.run(&["inspect", "records.sframe", "--json"]);
    assert_eq!(json.code, 1);
    let json = json.json();
    assert_eq!(json["frames"].as_array().unwrap().len(), 9);
    assert_eq!((&json["verified"], &json["error"]["code"]), (&false.into(), &"SF-0313".into()));
    assert_eq!(field(&json, "magic")["offset"], offset(9));
    // A damaged body does not hide the frames behind it; a damaged header does.
    let behind = stage.run(&["inspect", "records.sframe", "--frame", "12", "--json"]).done().json();
    assert_eq!(behind["offset"], offset(12));
    stage.flip("records.sframe", offset(10) + 5);
    let said = stage.run(&["inspect", "records.sframe", "--frame", "12"]);
    let said = said.failed(1, "SF-0312", "header checksum mismatch");
    assert!(said.stderr.contains("frame 12 lies behind frame 10"), "{}", said.stderr);
}

#[test]
fn an_edited_stream_is_told_from_a_damaged_one() {
    let whole = opaque_stream(&[b"one", b"two", b"three"]);
    let edited = [&whole[..80 + 54], &whole[80 + 54 + 35..]].concat();
    let json = inspect(&edited, &["--json"]).json();
    assert_eq!(json["error"]["code"], "SF-0702");
    // Every field of the frame verifies; it is its place that is wrong.
    assert_eq!(field(&json, "frame_crc")["status"], "verified");
    let json = inspect(&whole[..whole.len() - 80], &["--json"]).json();
    assert_eq!(json["error"]["code"], "SF-0703");
    let json = inspect(&[&whole[..], &whole].concat(), &["--json"]).json();
    assert_eq!(
        (&json["error"]["code"], &json["error"]["offset"]),
        (&"SF-0104".into(), &whole.len().into())
    );
}

#[test]
fn every_cut_of_a_stream_has_an_answer() {
    let whole = opaque_stream(&[b"one", b"two"]);
    let stage = Stage::empty();
    for len in (0..whole.len()).step_by(7) {
        stage.write("cut", &whole[..len]);
        let said = stage.run(&["inspect", "cut", "--json"]);
        let json = said.json();
        let piped = inspect(&whole[..len], &["--json"]).json();
        assert_eq!(piped["error"]["code"], json["error"]["code"]);
        assert_eq!(piped["error"]["offset"], json["error"]["offset"]);
        assert_eq!(piped["fields"], json["fields"]);
        assert!(!inspect(&whole[..len], &[]).text().contains("not read"));
        match len {
            // A SYNC alone is a frame like any other; nothing here is one.
            80 => assert_eq!(said.code, 0),
            _ => assert!(["SF-0103", "SF-0703"].contains(&json["error"]["code"].as_str().unwrap())),
        }
    }
    let json = inspect(&whole[..80], &["--json"]).done().json();
    assert_eq!(field(&json, "kind")["value"], "3 SYNC");
}
