//! `pack`: options, inputs, and an output that is whole or not there.

use std::io::Write as _;
use std::process::Stdio;

use crate::stage::{Stage, record, records};

fn schema_of(stage: &Stage, file: &str) -> serde_json::Value {
    stage.run(&["verify", file, "--json"]).done().json()["schemas"][0].take()
}

#[test]
fn inputs_are_packed_in_the_order_given_and_standard_input_is_one_of_them() {
    let stage = Stage::set();
    stage.write("a.jsonl", records(3));
    stage.write("b.jsonl", [record(9), b"\n".to_vec()].concat());
    let common = ["--output", "o", "--schema", "schema.json", "--name", "t.R"];
    let inputs = ["pack", "b.jsonl", "-", "a.jsonl"];
    let piped = [record(5), b"\n".to_vec()].concat();
    stage.run_with(&[&inputs[..], &common].concat(), &piped).done();
    let unpacked = stage.run(&["unpack", "o"]).done().stdout;
    assert_eq!(unpacked, [stage.read("b.jsonl"), piped.clone(), records(3)].concat());
    // Without any input it is standard input.
    stage.run_with(&[&["pack"][..], &common].concat(), &piped).done();
    assert_eq!(stage.run(&["unpack", "o"]).done().stdout, piped);
}

#[test]
fn a_last_line_without_lf_is_packed_and_warned_about() {
    let stage = Stage::set();
    stage.write("a.jsonl", record(2));
    stage.write("b.jsonl", record(3));
    let said = stage.pack("a.jsonl", "o", &["b.jsonl"]).done();
    assert!(said.stderr.contains("warning: the last line of a.jsonl has no LF"), "{}", said.stderr);
    assert!(said.stderr.contains("warning: the last line of b.jsonl has no LF"), "{}", said.stderr);
    let unpacked = stage.run(&["unpack", "o"]).done().stdout;
    assert_eq!(unpacked, [&record(2)[..], b"\n", &record(3), b"\n"].concat());
}

#[test]
fn an_input_without_a_record_becomes_an_empty_stream_with_a_warning() {
    let stage = Stage::set();
    stage.write("empty.jsonl", "");
    let said = stage.pack("empty.jsonl", "o", &[]).done();
    assert!(said.stderr.contains("warning: there is no record in it"), "{}", said.stderr);
    assert_eq!(stage.run(&["unpack", "o"]).done().stdout, b"");
    assert_eq!(stage.run(&["verify", "o", "--json"]).done().json()["records"], 0);
}

#[test]
fn the_summary_is_on_standard_error_or_json_or_not_at_all() {
    let stage = Stage::set();
    stage.write("r.jsonl", records(100));
    let said = stage.pack("r.jsonl", "o", &["--codec", "none"]).done();
    assert_eq!(said.text(), "");
    assert!(said.stderr.starts_with("o: packed 100 records, "), "{}", said.stderr);
    let quiet = stage.pack("r.jsonl", "o", &["--quiet"]).done();
    assert_eq!((quiet.text(), quiet.stderr.as_str()), ("", ""));
    let json = stage.pack("r.jsonl", "o", &["--json", "--codec", "none"]).done();
    assert_eq!(json.stderr, "");
    let json = json.json();
    let (out, alone) = (stage.read("o").len() as u64, stage.read("r.jsonl").len() as u64 - 100);
    assert_eq!(json["records"], 100);
    assert_eq!(json["bytes_in"], alone + 100);
    assert_eq!(json["record_bytes"], alone);
    assert_eq!(json["bytes_out"], out);
    assert_eq!(json["added_per_record"], (out - alone) as f64 / 100.0);
    // 32 bytes a frame, and the frames of the stream itself.
    assert!((32.0..45.0).contains(&json["added_per_record"].as_f64().unwrap()));
}

#[test]
fn name_and_numbers_stand_in_the_stream_and_min_reader_is_the_version_unless_given() {
    let stage = Stage::set();
    stage.write("r.jsonl", records(2));
    stage.pack("r.jsonl", "o", &[]).done();
    let schema = schema_of(&stage, "o");
    assert_eq!((&schema["name"], &schema["version"]), (&"test.Record".into(), &1.into()));
    stage.pack("r.jsonl", "o", &["--schema-version", "7"]).done();
    let schema = schema_of(&stage, "o");
    assert_eq!((&schema["version"], &schema["min_reader"]), (&7.into(), &7.into()));
    stage.pack("r.jsonl", "o", &["--schema-version", "7", "--min-reader", "3"]).done();
    assert_eq!(schema_of(&stage, "o")["min_reader"], 3);
}

#[test]
fn options_override_the_policy_file() {
    let stage = Stage::set();
    stage.write("r.jsonl", records(300));
    let size = |options: &[&str]| {
        stage.pack("r.jsonl", "o", options).done();
        stage.read("o").len()
    };
    stage.write("none.json", r#"{"codec":"none"}"#);
    stage.write("zstd.json", r#"{"codec":"zstd","level":19,"smallest_size":0,"least_gain":0.01}"#);
    let (plain, zstd) = (size(&["--codec", "none"]), size(&["--codec", "zstd", "--level", "19"]));
    assert!(zstd < plain);
    assert_eq!(size(&["--policy", "none.json"]), plain);
    assert_eq!(size(&["--policy", "zstd.json", "--codec", "none"]), plain);
    assert!(size(&["--policy", "none.json", "--codec", "zstd"]) < plain);
    stage.write("lazy.json", r#"{"codec":"zstd","smallest_size":1000000}"#);
    assert_eq!(size(&["--policy", "lazy.json"]), plain);
    assert!(size(&["--level", "-5"]) < plain);
}

#[test]
fn a_preset_is_named_exactly_and_a_file_of_its_name_by_its_path() {
    let stage = Stage::set();
    stage.write("r.jsonl", records(300));
    let size = |options: &[&str]| {
        stage.pack("r.jsonl", "o", options).done();
        stage.read("o").len()
    };
    let (plain, zstd) = (size(&["--codec", "none"]), size(&[]));
    stage.write("balanced", r#"{"codec":"none"}"#);
    assert_eq!(size(&["--policy", "balanced"]), zstd);
    assert_eq!(size(&["--policy", "./balanced"]), plain);
    assert_eq!(size(&["--policy", "off"]), plain);
    assert!(size(&["--policy", "small"]) <= zstd);
    assert!(size(&["--policy", "fast"]) < plain);
    stage.pack("r.jsonl", "o", &["--policy", "Balanced"]).failed(3, "", "cannot read Balanced: ");
    // A preset is no input, so that a file of its name may be the output.
    stage.pack("r.jsonl", "balanced", &["--policy", "balanced"]).done();
    stage.run(&["verify", "balanced"]).done();
}

#[test]
fn a_policy_file_names_a_dictionary_beside_it_for_some_schemas() {
    let stage = Stage::set();
    stage.write("r.jsonl", records(300));
    std::fs::create_dir(stage.path("folder")).unwrap();
    stage.write("folder/d", records(400));
    let policy = r#"{"codec":"none","overrides":[{"schema":"other.*"},{"schema":"test.Rec?rd","codec":"zstd","dictionary":{"path":"d"}}]}"#;
    stage.write("folder/policy.json", policy);
    let options = ["--policy", "folder/policy.json"];
    let size = |options: &[&str]| {
        stage.pack("r.jsonl", "o", options).done();
        stage.read("o").len()
    };
    let with = size(&options);
    assert_eq!(with, size(&["--dictionary", "folder/d"]));
    // Options come last: the codec and the dictionary are those of the command line.
    assert_eq!(size(&[&options[..], &["--codec", "none"]].concat()), size(&["--codec", "none"]));
    stage.write("e", "a dictionary of other content");
    assert!(size(&[&options[..], &["--dictionary", "e"]].concat()) != with);
    stage.pack("r.jsonl", "folder/d", &options).failed(2, "", "is also an input");
}

#[test]
fn options_that_do_nothing_are_warned_about() {
    let stage = Stage::set();
    stage.write("r.jsonl", records(3));
    stage.write("d", "some raw content");
    let said = stage.pack("r.jsonl", "o", &["--codec", "lz4", "--level", "3"]).done();
    assert!(said.stderr.contains("warning: --level is not used"), "{}", said.stderr);
    let said = stage.pack("r.jsonl", "o", &["--codec", "none", "--dictionary", "d"]).done();
    assert!(said.stderr.contains("warning: the dictionary is not used"), "{}", said.stderr);
}

#[test]
fn batches_have_the_size_asked_for_and_close_before_the_limit() {
    let stage = Stage::set();
    stage.write("r.jsonl", records(100));
    let batches = |options: &[&str]| -> Vec<u64> {
        stage.pack("r.jsonl", "o", options).done();
        let frames = stage.run(&["inspect", "o", "--json"]).done().json()["frames"].take();
        let frames = frames.as_array().unwrap().iter();
        frames.filter_map(|frame| frame["records"].as_u64()).collect()
    };
    assert_eq!(batches(&["--batch", "30"]), [30, 30, 30, 10]);
    assert_eq!(batches(&["--batch", "33"]), [33, 33, 33, 1]);
    assert_eq!(batches(&[]), [1; 100]);
    let long = format!("{{\"id\":1,\"text\":\"{}\"}}\n", "z".repeat(1 << 20)).repeat(7);
    stage.write("r.jsonl", long);
    // Three of a little more than 1 MiB fit into 4 MiB.
    assert_eq!(batches(&["--batch", "1000"]), [3, 3, 1]);
}

#[test]
fn a_stream_of_its_own_each_time() {
    let stage = Stage::set();
    stage.write("r.jsonl", records(3));
    stage.pack("r.jsonl", "a", &[]).done();
    stage.pack("r.jsonl", "b", &[]).done();
    assert_ne!(stage.read("a"), stage.read("b"), "the stream id must be another each time");
}

#[test]
fn killed_in_the_middle_it_leaves_nothing_and_touches_nothing() {
    for stands in [false, true] {
        let stage = Stage::set();
        if stands {
            stage.write("o.sframe", "what stood here");
        }
        let common = ["pack", "-", "--output", "o.sframe", "--schema", "schema.json"];
        let mut command = stage.command(&[&common[..], &["--name", "t.R"]].concat());
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // So much that the command has begun to write: what it read ahead is far less.
        stdin.write_all(&records(20_000)).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        match stands {
            false => assert!(!stage.has("o.sframe")),
            true => assert_eq!(stage.read("o.sframe"), b"what stood here"),
        }
    }
}

#[test]
#[cfg(unix)]
fn a_named_pipe_is_opened_once_and_nothing_of_it_is_lost() {
    let stage = Stage::set();
    let made = std::process::Command::new("mkfifo").arg(stage.path("pipe")).status().unwrap();
    assert!(made.success());
    for _ in 0..5 {
        let pipe = stage.path("pipe");
        let writer = std::thread::spawn(move || std::fs::write(pipe, records(40)).unwrap());
        stage.pack("pipe", "o", &[]).done();
        writer.join().unwrap();
        assert_eq!(stage.run(&["unpack", "o"]).done().stdout, records(40));
    }
}

#[test]
fn a_policy_says_how_many_records_a_batch_has_and_the_option_overrides_it() {
    let stage = Stage::set();
    stage.write("r.jsonl", records(1000));
    stage.write("batch.json", r#"{"codec": "none", "batch": {"count": 100, "bytes": 65536}}"#);
    let frames = |options: &[&str]| {
        stage.pack("r.jsonl", "o", options).done();
        assert_eq!(stage.run(&["unpack", "o"]).done().stdout, stage.read("r.jsonl"));
        stage.run(&["stats", "o", "--json"]).done().json()["data"]["frames"].as_u64().unwrap()
    };
    assert_eq!(frames(&[]), 1000);
    assert_eq!(frames(&["--policy", "batch.json"]), 10);
    assert_eq!(frames(&["--policy", "batch.json", "--batch", "50"]), 20);
    assert_eq!(frames(&["--policy", "batch.json", "--batch", "1"]), 1000);
    assert_eq!(frames(&["--policy", "small"]), 1);
    // Not more bytes than the policy says: the records of a batch of 1000 bytes, however many they are.
    stage.write("short.json", r#"{"codec": "none", "batch": {"count": 1000, "bytes": 1000}}"#);
    assert!(frames(&["--policy", "short.json"]) > 10);
}
