//! `recover`: the intact frames in a new stream, the lost ones counted.

use strictframe::core::{Chain, Deframer, Event, Parts};
use strictframe::{Descriptor, Encoder, Frame, Kind, Limits};

use crate::stage::{Stage, records};

fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

#[test]
fn what_is_lost_and_what_is_left_add_up_and_the_input_is_as_it_was() {
    let stage = Stage::packed(3000, &["--codec", "none"]);
    stage.flip("records.sframe", 1_000_000);
    let damaged = stage.read("records.sframe");
    let options = ["recover", "records.sframe", "--output", "new", "--report", "report.json"];
    let said = stage.run(&options).done();
    assert!(said.text().starts_with("records.sframe: recovered "), "{}", said.text());
    assert_eq!(stage.read("records.sframe"), damaged);
    let report: serde_json::Value = serde_json::from_slice(&stage.read("report.json")).unwrap();
    let number = |name: &str| report[name].as_u64().unwrap();
    assert!(number("frames_lost") > 0);
    assert_eq!(number("frames_recovered") + number("frames_lost"), 3000);
    let gap = &report["gaps"][0];
    assert!(gap["from"].as_u64().unwrap() <= 1_000_000 && gap["to"].as_u64().unwrap() > 1_000_000);
    assert_eq!(gap["frames_lost"], report["frames_lost"]);
    assert_eq!(number("bytes_lost"), gap["to"].as_u64().unwrap() - gap["from"].as_u64().unwrap());
    stage.run(&["verify", "new"]).done();
    let (all, left) = (records(3000), stage.run(&["unpack", "new"]).done().stdout);
    let (all, left) = (lines(&all), lines(&left));
    assert_eq!(left.len() as u64, number("frames_recovered"));
    let mut rest = all.iter();
    assert!(left.iter().all(|line| rest.any(|other| other == line)), "in order, and none invented");
    // The same report, as one object.
    let json = stage.run(&["recover", "records.sframe", "--output", "new", "--json"]).done().json();
    assert_eq!(json, report);
}

#[test]
fn an_intact_stream_loses_nothing() {
    let stage = Stage::packed(100, &["--batch", "9"]);
    let said = stage.run(&["recover", "records.sframe", "--output", "new", "--json"]).done();
    assert_eq!(
        (&said.json()["frames_lost"], &said.json()["frames_recovered"]),
        (&0.into(), &12.into())
    );
    assert_eq!(stage.run(&["unpack", "new"]).done().stdout, records(100));
}

#[test]
fn a_torn_tail_has_an_unknown_loss() {
    let stage = Stage::packed(3000, &["--codec", "none"]);
    let bytes = stage.read("records.sframe");
    stage.write("torn", &bytes[..bytes.len() / 2]);
    let json = stage.run(&["recover", "torn", "--output", "new", "--json"]).done().json();
    assert_eq!(json["frames_lost"], serde_json::Value::Null);
    assert_eq!(json["terminated"], false);
    assert!(json["frames_unconfirmed"].as_u64().unwrap() > 0);
    let said = stage.run(&["recover", "torn", "--output", "new"]).done();
    assert!(said.text().contains("nothing tells how many frames are lost"), "{}", said.text());
}

#[test]
fn the_id_comes_from_the_caller_when_the_file_does_not_tell_it() {
    // Of two SYNCs and an END the first and the last are damaged.
    let stage = Stage::packed(400, &["--codec", "none"]);
    let whole = stage.run(&["recover", "records.sframe", "--output", "o", "--json"]).done().json();
    let id = whole["stream_id"].as_str().unwrap();
    let mut bytes = stage.read("records.sframe");
    bytes[3] ^= 1;
    *bytes.last_mut().unwrap() ^= 1;
    stage.write("damaged", bytes);
    let common = ["recover", "damaged", "--output", "new"];
    stage.run(&common).failed(1, "SF-0704", "nothing tells which stream this is");
    assert!(!stage.has("new"));
    // What is left has lost its SCHEMA.
    let said = stage.run(&[&common[..], &["--stream-id", id]].concat());
    said.failed(1, "SF-0501", "unknown schema");
    assert!(!stage.has("new"));
    let known = ["--stream-id", id, "--bare", "--json"];
    let json = stage.run(&[&common[..], &known].concat()).done().json();
    assert_eq!(json["id_source"], "caller");
    assert_eq!(json["stream_id"], id);
    for wrong in ["", "xyz", &id[1..], "+1112222333344445555666677778888"] {
        let said = stage.run(&[&common[..], &["--stream-id", wrong]].concat());
        assert_eq!(said.code, 2, "{}", said.stderr);
    }
}

#[test]
fn neither_output_nor_report_is_ever_the_input_or_each_other() {
    let stage = Stage::packed(5, &[]);
    let before = stage.read("records.sframe");
    std::fs::hard_link(stage.path("records.sframe"), stage.path("link")).unwrap();
    let names = stage.names();
    for arguments in [
        &["records.sframe", "--output", "records.sframe"][..],
        &["records.sframe", "--output", "./link"],
        &["link", "--output", "records.sframe"],
        &["records.sframe", "--output", "o", "--report", "link"],
    ] {
        let said = stage.run(&[&["recover"], arguments].concat());
        said.failed(2, "", "is also an input");
    }
    let said = stage.run(&["recover", "link", "--output", "o", "--report", "./o"]);
    said.failed(2, "", "is both the output and the report");
    assert_eq!(stage.names(), names);
    assert_eq!(stage.read("records.sframe"), before);
}

#[test]
fn a_pipe_cannot_be_recovered() {
    let stage = Stage::packed(5, &[]);
    let stream = stage.read("records.sframe");
    let said = stage.run_with(&["recover", "-", "--output", "o"], &stream);
    said.failed(2, "", "cannot be read twice");
    // One without a writer is not waited for.
    #[cfg(unix)]
    {
        let made = std::process::Command::new("mkfifo").arg(stage.path("pipe")).status().unwrap();
        assert!(made.success());
        stage.run(&["recover", "pipe", "--output", "o"]).failed(2, "", "cannot be read twice");
    }
}

#[test]
fn when_not_one_record_comes_out_nothing_is_written() {
    let stage = Stage::packed(60, &["--codec", "none"]);
    let names = stage.names();
    let wrong = "00112233445566778899aabbccddeeff";
    let common = ["recover", "records.sframe", "--output", "new", "--report", "report.json"];
    let said = stage.run(&[&common[..], &["--stream-id", wrong]].concat());
    assert!(said.stderr.contains("leave --stream-id out"), "{}", said.stderr);
    said.failed(1, "SF-0912", wrong);
    assert_eq!(stage.names(), names);
    // The first SYNC alone tells the id.
    let first = stage.read("records.sframe")[..80].to_vec();
    stage.write("records.sframe", first);
    stage.run(&common).failed(1, "SF-0912", "holds no record");
    let said = stage.run(&[&common[..], &["--json"]].concat());
    assert_eq!((said.code, said.json()["error"]["name"].as_str()), (1, Some("NothingRecovered")));
    assert_eq!(stage.names(), names);
    // A whole stream without a record is no failure.
    stage.write("none.jsonl", "");
    stage.pack("none.jsonl", "none.sframe", &[]).done();
    let said = stage.run(&["recover", "none.sframe", "--output", "new", "--json"]).done();
    assert_eq!(said.json()["records_recovered"], 0);
    stage.run(&["verify", "new"]).done();
}

#[test]
fn a_stream_that_carries_no_schemas_is_read_with_bare() {
    let stage = Stage::packed(60, &["--codec", "none"]);
    let bare = without_schemas(&stage.read("records.sframe"));
    stage.write("bare", &bare);
    let names = stage.names();
    for arguments in [&["verify", "bare"][..], &["unpack", "bare"], &["recover", "bare", "-o", "o"]]
    {
        let said = stage.run(arguments);
        assert!(said.stderr.contains("add --bare"), "{}", said.stderr);
        said.failed(1, "SF-0501", "unknown schema");
        assert_eq!(stage.names(), names);
    }
    stage.run(&["verify", "bare", "--bare"]).done();
    assert_eq!(stage.run(&["unpack", "bare", "--bare"]).done().stdout, records(60));
    stage.run(&["recover", "bare", "--output", "new", "--bare"]).done();
    assert_eq!(stage.run(&["unpack", "new", "--bare"]).done().stdout, records(60));
}

#[test]
fn frames_that_are_refused_are_not_passed_over() {
    // SPEC [REC-7]: a frame whose schema is nowhere is found, and counts as refused.
    let stage = Stage::packed(60, &["--codec", "none"]);
    stage.write("mixed", mixed_schemas(&stage.read("records.sframe")));
    let said = stage.run(&["recover", "mixed", "--output", "new"]).done();
    assert!(said.text().contains("1 frame found and refused, none missing"), "{}", said.text());
    assert!(!said.text().contains("no frame is lost"), "{}", said.text());
    stage.run(&["verify", "new"]).done();
}

/// The same frames as a stream of its own, each as `change` leaves it.
fn rewritten(stream: &[u8], mut change: impl FnMut(&Frame<'_>, &[u8]) -> Vec<Vec<u8>>) -> Vec<u8> {
    let mut chain = Chain::new([9; 16]);
    let mut written: Vec<u8> = Vec::new();
    let mut deframer = Deframer::new(Limits::DEFAULT);
    let mut rest = stream;
    while let step = deframer.step(rest, true).unwrap()
        && let Event::Frame { frame, bytes, .. } = step.event
    {
        rest = &rest[step.consumed..];
        let frames = match frame.kind() {
            kind @ (Kind::SYNC | Kind::END) => vec![control(kind, &chain.sync().to_bytes())],
            _ => change(&frame, bytes),
        };
        for bytes in frames {
            let trailer = u32::from_le_bytes(*bytes.last_chunk().unwrap());
            let kind = Frame::parse(&bytes, &Limits::DEFAULT).unwrap().kind();
            chain.add(kind, bytes.len(), trailer);
            written.extend(bytes);
        }
    }
    written
}

fn control(kind: Kind, body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    Parts::control(kind, &[body]).write(&mut bytes).unwrap();
    bytes
}

fn without_schemas(stream: &[u8]) -> Vec<u8> {
    rewritten(stream, |frame, bytes| match frame.kind() {
        Kind::SCHEMA => Vec::new(),
        _ => vec![bytes.to_vec()],
    })
}

/// The same stream with a frame of another schema, which it does not carry, behind its SCHEMA.
fn mixed_schemas(stream: &[u8]) -> Vec<u8> {
    let other = Descriptor::opaque("test.Other", 1, 1, b"").unwrap();
    rewritten(stream, |frame, bytes| {
        let mut frames = vec![bytes.to_vec()];
        if frame.kind() == Kind::SCHEMA {
            let mut foreign = Vec::new();
            let mut encoder = Encoder::builder(other.key()).build().unwrap();
            encoder.encode(b"record", &mut foreign).unwrap();
            frames.push(foreign);
        }
        frames
    })
}
