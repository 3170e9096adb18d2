//! Records of protobuf: packed from JSON, shown by their schema, unpacked as JSON, followed while they are written.

use core::time::Duration;
use std::io::Write as _;
use std::process::{Child, Stdio};
use std::time::Instant;

use strictframe::{CompressionPolicy, Descriptor, Encoder, StreamOptions, StreamWriter};

use strictframe_schema::protobuf::ProtobufSchema;

use crate::stage::{Said, Stage};

const PROTO: &str = r#"syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
message Event {
  Header header = 1;
  string what = 2;
  map<string, int64> counts = 3;
  repeated double rates = 4;
  Kind kind = 5;
  bytes raw = 6;
  oneof choice { int32 left = 7; int32 right = 8; }
}
message Header { uint64 sequence = 1; google.protobuf.Timestamp at = 2; }
enum Kind { NONE = 0; ORDER = 1; }
"#;
const FULL: &str = r#"{"header":{"sequence":"18446744073709551615","at":"2024-01-01T00:00:00.500Z"},"what":"x\u0001y","counts":{"a":"1"},"rates":[0.5,1e+300],"kind":"ORDER","raw":"AQI=","left":0}"#;

fn stage(records: &str, options: &[&str]) -> Stage {
    let stage = Stage::empty();
    stage.write("event.proto", PROTO);
    stage.write("records.jsonl", records);
    let common = ["pack", "records.jsonl", "--output", "records.sframe", "--schema"];
    let schema = ["event.proto", "--name", "shop.Event", "--quiet"];
    stage.run(&[&common[..], &schema, options].concat()).done();
    stage
}

/// What a compiler makes of `event.proto`.
fn descriptor_set(stage: &Stage) -> Vec<u8> {
    let mut compiler = protox::Compiler::new([stage.path("")]).unwrap();
    compiler.include_imports(true).open_file("event.proto").unwrap();
    compiler.encode_file_descriptor_set()
}

/// A stream of records under a schema, written by the library.
fn stream(descriptor: &Descriptor, records: &[&[u8]]) -> Vec<u8> {
    let mut writer = StreamWriter::create(Vec::new(), StreamOptions::default()).unwrap();
    writer.add_schema(descriptor).unwrap();
    let mut encoder = encoder(descriptor);
    records.iter().for_each(|record| writer.write(&mut encoder, record, &[]).unwrap());
    writer.finish().unwrap()
}

fn encoder(descriptor: &Descriptor) -> Encoder {
    Encoder::builder(descriptor).policy(CompressionPolicy::off()).build().unwrap()
}

#[test]
fn records_of_protobuf_are_packed_from_json_and_unpacked_as_json() {
    for options in [&[][..], &["--batch", "2"]] {
        let records = format!("{FULL}\n{{}}\n{{ \"what\": \"second\" , \"right\": \"-5\" }}\n");
        let stage = stage(&records, options);
        let unpacked = stage.run(&["unpack", "records.sframe", "--as", "json"]).done();
        assert_eq!(
            unpacked.text(),
            format!("{FULL}\n{{}}\n{{\"what\":\"second\",\"right\":-5}}\n")
        );
        // What is written is protobuf, and shorter than its JSON.
        stage.run(&["verify", "records.sframe"]).done();
        let to_file = ["unpack", "records.sframe", "--as", "json", "--output", "again.jsonl"];
        stage.run(&to_file).done();
        assert_eq!(stage.read("again.jsonl"), unpacked.stdout);
    }
}

#[test]
fn a_descriptor_set_is_as_good_as_a_source() {
    let stage = stage(&format!("{FULL}\n"), &[]);
    stage.write("event.binpb", descriptor_set(&stage));
    let arguments = ["pack", "records.jsonl", "--output", "other.sframe", "--schema"];
    let schema = ["event.binpb", "--name", "shop.Event"];
    stage.run(&[&arguments[..], &schema].concat()).done();
    let [one, other] = ["records.sframe", "other.sframe"].map(|name| {
        stage.run(&["inspect", name, "--frame", "2", "--json"]).done().json()["schema"].clone()
    });
    assert_eq!(one, other);
}

#[test]
fn a_record_that_does_not_fit_the_message_is_refused_with_its_place() {
    let stage = stage("", &[]);
    for (record, code, words) in [
        ("{\"what\":5}", "SF-0802", "at /what: a string was expected (at line 2"),
        ("{\"nobody\":5}", "SF-0802", "at /nobody: the message has no field of this name"),
        ("{\"header\":{\"sequence\":-1}}", "SF-0802", "at /header/sequence: the number is out"),
        ("{\"left\":1,\"right\":2}", "SF-0802", "at /right: another field of the oneof"),
        ("{\"what\":\"a\"} x", "SF-0801", "the end of the text was expected, column 14"),
        ("", "SF-0801", "a blank line"),
    ] {
        stage.write("bad.jsonl", format!("{{}}\n{record}\n"));
        let arguments = ["pack", "bad.jsonl", "--output", "bad.sframe", "--schema"];
        let said = stage.run(&[&arguments[..], &["event.proto", "--name", "shop.Event"]].concat());
        said.failed(1, code, words);
        assert!(!stage.has("bad.sframe"));
    }
    let arguments = ["pack", "records.jsonl", "--output", "x.sframe", "--schema", "event.proto"];
    let said = stage.run(&[&arguments[..], &["--name", "shop.Nobody"]].concat());
    said.failed(2, "", "event.proto has no message shop.Nobody");
    let said = stage.run(&[&arguments[..], &["--name", "shop.Event", "--no-validate"]].concat());
    said.failed(2, "", "--no-validate is for JSON");
}

#[test]
fn inspect_shows_the_fields_of_a_record() {
    let stage = stage(&format!("{FULL}\n"), &[]);
    let said = stage.run(&["inspect", "records.sframe", "--frame", "2"]).done();
    let text = said.text();
    for line in [
        "header.sequence = 18446744073709551615",
        "header.at.seconds = 1704067200",
        "what = \"x\\u{1}y\"",
        "counts[\"a\"] = 1",
        "rates = 0.5",
        "kind = ORDER (1)",
        "raw = 0102 (2 bytes)",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    let json = stage.run(&["inspect", "records.sframe", "--frame", "2", "--json"]).done().json();
    let fields = &json["payload"]["previews"][0]["fields"];
    assert_eq!(fields[1]["path"], "header.sequence");
    assert_eq!((&fields[1]["offset"], &fields[0]["offset"]), (&3.into(), &2.into()));
}

#[test]
fn a_lone_frame_is_shown_by_the_schema_of_a_lock() {
    let stage = stage(&format!("{FULL}\n"), &["--codec", "none"]);
    stage.run(&["schema", "lock", "event.proto", "--message", "shop.Event"]).done();
    let json = stage.run(&["inspect", "records.sframe", "--frame", "2", "--json"]).done().json();
    let (start, len) = (json["offset"].as_u64().unwrap(), json["len"].as_u64().unwrap());
    let stream = stage.read("records.sframe");
    stage.write("lone", &stream[start as usize..(start + len) as usize]);
    assert!(!stage.run(&["inspect", "lone"]).done().text().contains("header.sequence"));
    let said = stage.run(&["inspect", "lone", "--lock", "strictframe.lock"]).done();
    assert!(said.text().contains("header.sequence = 18446744073709551615"), "{}", said.text());
}

#[test]
fn a_record_that_says_two_things_is_refused_by_name() {
    let schema = stage("", &[]);
    let types = ProtobufSchema::from_descriptor_set(&descriptor_set(&schema)).unwrap();
    let descriptor = Descriptor::protobuf("shop.Event", 1, 1, &types).unwrap();
    let stage = Stage::empty();
    stage.write("s", stream(&descriptor, &[&[0x38, 1], &[0x38, 1, 0x40, 1]]));
    stage.run(&["verify", "s"]).done();
    let said = stage.run(&["unpack", "s", "--as", "json"]);
    let said = said.failed(1, "SF-0815", "record 2, in the frame at byte");
    assert_eq!(said.text(), "{\"left\":1}\n");
    assert!(
        said.stderr.contains("a oneof has more than one field (field 8, at byte 2 of the payload)")
    );
    let said = stage.run(&["inspect", "s", "--frame", "3"]);
    said.failed(1, "SF-0815", "record 1: a oneof has more than one field");
}

#[test]
fn json_and_opaque_records_become_lines_of_json_too() {
    let stage = Stage::packed(3, &[]);
    let said = stage.run(&["unpack", "records.sframe", "--as", "json"]).done();
    assert_eq!(said.stdout, stage.read("records.jsonl"));
    let opaque = Descriptor::opaque("shop.Blob", 1, 1, b"bytes").unwrap();
    stage.write("opaque", stream(&opaque, &[&[1, 2, 0xFF], b"\n"]));
    let said = stage.run(&["unpack", "opaque", "--as", "json"]).done();
    let line = |base64| format!("{{\"@encoding\":\"opaque\",\"@value\":\"{base64}\"}}\n");
    assert_eq!(said.text(), [line("AQL/"), line("Cg==")].concat());
    assert_eq!(said.stderr.matches("records of shop.Blob are opaque").count(), 1);
    let json = Descriptor::json("shop.Any", 1, 1, b"true").unwrap();
    stage.write("json", stream(&json, &[b"{\n  \"a\": 1\n}", b"{"]));
    let said = stage.run(&["unpack", "json", "--as", "json"]);
    let said = said.failed(1, "SF-0801", "record 2");
    assert_eq!(said.text(), "{   \"a\": 1 }\n");
}

/// A command that follows `growing`, and what it has written so far.
struct Following {
    child: Child,
    lines: std::sync::mpsc::Receiver<String>,
}

impl Following {
    fn begin(stage: &Stage) -> Self {
        let mut command = stage.command(&["unpack", "growing", "--as", "json", "--follow"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = std::io::BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in std::io::BufRead::lines(out) {
                sender.send(line.unwrap()).unwrap();
            }
        });
        Self { child, lines }
    }

    fn line(&self) -> String {
        self.lines.recv_timeout(Duration::from_secs(60)).unwrap()
    }

    fn is_silent(&self) -> bool {
        self.lines.recv_timeout(Duration::from_millis(300)).is_err()
    }

    fn end(self) -> Said {
        let began = Instant::now();
        let mut child = self.child;
        while child.try_wait().unwrap().is_none() {
            assert!(began.elapsed() < Duration::from_secs(60), "it goes on");
            std::thread::sleep(Duration::from_millis(20));
        }
        child.wait_with_output().unwrap().into()
    }
}

/// A stream of three records, cut where each frame begins.
fn growing() -> (Vec<u8>, Vec<usize>) {
    let descriptor = Descriptor::json("shop.Any", 1, 1, b"true").unwrap();
    let stream = stream(&descriptor, &[b"1", b"22", b"333"]);
    let mut starts = Vec::new();
    let mut at = 0;
    while let Some(rest) = stream.get(at..).filter(|rest| !rest.is_empty()) {
        starts.push(at);
        let header = strictframe::core::Header::parse(rest, &strictframe::Limits::DEFAULT).unwrap();
        at += header.frame_len();
    }
    assert_eq!(starts.len(), 6);
    (stream, starts)
}

#[test]
fn a_growing_stream_is_followed_in_whatever_pieces_it_comes_until_its_end() {
    let (stream, starts) = growing();
    let stage = Stage::empty();
    stage.write("growing", &stream[..10]);
    let mut file = std::fs::OpenOptions::new().append(true).open(stage.path("growing")).unwrap();
    let following = Following::begin(&stage);
    // All but the last byte of the second record.
    file.write_all(&stream[10..starts[4] - 1]).unwrap();
    assert_eq!(following.line(), "1");
    assert!(following.is_silent(), "a frame that is not whole is not shown");
    file.write_all(&stream[starts[4] - 1..=starts[4]]).unwrap();
    assert_eq!(following.line(), "22");
    for byte in &stream[starts[4] + 1..] {
        file.write_all(&[*byte]).unwrap();
    }
    assert_eq!(following.line(), "333");
    let said = following.end();
    assert_eq!((said.code, said.stderr.as_str()), (0, ""));
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_following_and_a_writer_that_died_does_not() {
    let (stream, starts) = growing();
    let stage = Stage::empty();
    stage.write("growing", &stream[..starts[4] + 5]);
    let following = Following::begin(&stage);
    assert_eq!((following.line(), following.line()), ("1".to_owned(), "22".to_owned()));
    assert!(following.is_silent());
    let id = following.child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let said = following.end();
    assert_eq!(said.code, 0);
    assert!(said.stderr.contains("stopped before END, behind 2 records"), "{}", said.stderr);
}

#[test]
fn what_is_wrong_in_a_growing_stream_is_told_at_once() {
    let (mut stream, starts) = growing();
    let stage = Stage::empty();
    stream[starts[3] + 30] ^= 1;
    stage.write("growing", &stream[..starts[4] + 3]);
    let following = Following::begin(&stage);
    assert_eq!(following.line(), "1");
    let said = following.end();
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("error[SF-0313]"), "{}", said.stderr);
    // A file that was cut is not waited for.
    stage.write("growing", &stream[..starts[3]]);
    let following = Following::begin(&stage);
    assert_eq!(following.line(), "1");
    stage.write("growing", &stream[..20]);
    let said = following.end();
    assert_eq!(said.code, 3);
    assert!(said.stderr.contains("has become shorter"), "{}", said.stderr);
}

#[test]
fn following_asks_for_a_file_and_for_standard_output() {
    let stage = Stage::packed(1, &[]);
    let said = stage.run(&["unpack", "-", "--follow"]);
    said.failed(2, "", "standard input is none");
    let said = stage.run(&["unpack", "records.sframe", "--follow", "--output", "x"]);
    assert_eq!(said.code, 2);
    let said = stage.run(&["unpack", "records.sframe", "--follow"]).done();
    assert_eq!(said.stdout, stage.read("records.jsonl"));
}
