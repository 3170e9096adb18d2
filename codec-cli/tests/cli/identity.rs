//! What is packed comes back byte for byte, whatever the codec, the dictionary and the batches.

use std::io::Write as _;
use std::path::Path;

use crate::stage::{SCHEMA, Stage, records};

/// Packs and unpacks in every way.
fn comes_back(stage: &Stage, input: &str, ways: &[&[&str]]) {
    let original = stage.read(input);
    for codec in ["auto", "none", "lz4", "zstd"] {
        for way in ways {
            for batch in [&[][..], &["--batch", "7"], &["--batch", "65536"]] {
                let options = [&["--codec", codec][..], way, batch].concat();
                stage.pack(input, "packed.sframe", &options).done();
                let verified = stage.run(&["verify", "packed.sframe", "--json"]).done().json();
                let count = original.iter().filter(|byte| **byte == b'\n').count();
                assert_eq!(verified["records"], count, "{options:?}");
                let unpacked = stage.run(&["unpack", "packed.sframe"]).done().stdout;
                assert!(unpacked == original, "{options:?}: standard output differs");
                stage.run(&["unpack", "packed.sframe", "--output", "back.jsonl"]).done();
                assert!(stage.read("back.jsonl") == original, "{options:?}: the file differs");
            }
        }
    }
}

fn with_dictionary(stage: &Stage, input: &str) {
    stage.run(&["dictionary", "train", input, "--output", "trained.dict", "--size", "8KiB"]).done();
    stage.write("raw.dict", &stage.read(input)[..500]);
    let ways: [&[&str]; 3] =
        [&[], &["--dictionary", "trained.dict"], &["--dictionary", "raw.dict"]];
    comes_back(stage, input, &ways);
}

/// A file of the real data beside the repository, or nothing when it is not there; a line that no test runner keeps back says which of the two.
fn real(path: &str) -> Option<Vec<u8>> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(path);
    let bytes = std::fs::read(&beside).ok();
    let used = if bytes.is_some() { "on" } else { "on generated records, for want of" };
    let mut shown = std::io::stderr();
    writeln!(shown, "identity: {used} the real data of ../shared/data/{path}").unwrap();
    bytes
}

#[test]
fn generated_records_come_back_in_every_way() {
    let stage = Stage::set();
    stage.write("records.jsonl", records(600));
    with_dictionary(&stage, "records.jsonl");
}

#[test]
fn a_recorded_token_stream_comes_back_in_every_way() {
    let stage = Stage::set();
    let lines = real("token-stream/oss-story.jsonl");
    if lines.is_some() {
        stage.write("schema.json", r#"{"type":"object","required":["ts","dir","kind"]}"#);
    }
    stage.write("records.jsonl", lines.unwrap_or_else(|| records(900)));
    with_dictionary(&stage, "records.jsonl");
}

#[test]
fn recorded_agent_messages_come_back_in_every_way() {
    let stage = Stage::set();
    let runs = real("agent-runs/gpt-4o-airline.json");
    let messages = runs.map(|runs| {
        let runs: serde_json::Value = serde_json::from_slice(&runs).unwrap();
        let runs = runs.as_array().unwrap().iter();
        let messages = runs.flat_map(|run| run["traj"].as_array().unwrap());
        let lines: Vec<u8> =
            messages.flat_map(|message| format!("{message}\n").into_bytes()).collect();
        assert!(lines.iter().filter(|byte| **byte == b'\n').count() > 5000);
        stage.write("schema.json", r#"{"type":"object","required":["role","content"]}"#);
        lines
    });
    stage.write("records.jsonl", messages.unwrap_or_else(|| records(1200)));
    with_dictionary(&stage, "records.jsonl");
}

#[test]
fn a_record_as_large_as_the_limit_comes_back_alone_and_among_others() {
    let stage = Stage::set();
    let frame = r#"{"id":1,"text":""}"#.len();
    let large = |len: usize| format!(r#"{{"id":1,"text":"{}"}}"#, "y".repeat(len - frame));
    // Between these two a record fits a MESSAGE and not a BATCH.
    let limit = 4 << 20;
    let lines: String =
        [limit, 100, limit - 4, limit - 8, 100, limit].map(|len| large(len) + "\n").concat();
    stage.write("records.jsonl", &lines);
    comes_back(&stage, "records.jsonl", &[&[]]);
}

#[test]
fn any_json_value_is_a_record() {
    let stage = Stage::set();
    stage.write("schema.json", "true");
    let lines = "null\n0\n-0.0\n1e5\n\"\"\n[]\n{}\n [1 , 2] \n{\"a\":1,\"a\":2}\n\"\u{2028}\"\n";
    stage.write("records.jsonl", lines);
    comes_back(&stage, "records.jsonl", &[&[], &["--no-validate"]]);
    stage.write("schema.json", SCHEMA);
}
