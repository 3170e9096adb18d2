//! `dictionary train`: trained on one part, judged on the other.

use crate::stage::{Stage, records};

pub(crate) fn session(n: usize) -> String {
    let fields = ["departure", "arrival", "passenger", "fare"].map(|field| {
        format!("\"{field}_of_the_reservation\":{}", n.wrapping_mul(7919 + field.len()) % 9973)
    });
    format!("{{\"reservation\":{n},{}}}\n", fields.join(","))
}

#[test]
fn the_gain_is_that_of_frames_it_was_not_trained_on() {
    let stage = Stage::set();
    stage.write("schema.json", "true");
    stage.write("r.jsonl", (0..5000).map(session).collect::<String>());
    let train = ["dictionary", "train", "r.jsonl", "--output", "d", "--size", "4KiB", "--json"];
    let json = stage.run(&train).done().json();
    let number = |name: &str| json[name].as_u64().unwrap();
    assert_eq!(number("trained_records") + number("held_out_records"), 5000);
    assert!((800..1200).contains(&number("held_out_records")));
    assert_eq!(number("dictionary_len"), stage.read("d").len() as u64);
    assert!(number("dictionary_len") <= 4096);
    assert!(number("dictionary_frame_bytes") * 10 < number("plain_frame_bytes") * 9);
    // Frames without a dictionary cost 32 bytes at most.
    let most = number("record_bytes") + 32 * number("held_out_records");
    assert!(number("plain_frame_bytes") <= most);
    let said = stage.run(&train[..7]).done();
    assert!(said.text().contains("gain on the held-out part: "), "{}", said.text());
    // What it promises is what a stream of such records then shows.
    stage.pack("r.jsonl", "plain", &[]).done();
    stage.pack("r.jsonl", "small", &["--dictionary", "d"]).done();
    let ratio = |a: u64, b: u64| a as f64 / b as f64;
    let promised = ratio(number("dictionary_frame_bytes"), number("plain_frame_bytes"));
    let len = |name: &str| stage.read(name).len() as u64;
    assert!((ratio(len("small") - len("d"), len("plain")) - promised).abs() < 0.05);
}

#[test]
fn every_run_gives_the_same_dictionary_whatever_the_order() {
    let stage = Stage::empty();
    stage.write("a", (0..900).map(session).collect::<String>());
    stage.write("b", (900..2000).map(session).collect::<String>());
    let train = |inputs: &[&str], output: &str| {
        let options = ["--output", output, "--size", "1024"];
        stage.run(&[&["dictionary", "train"], inputs, &options].concat()).done();
        stage.read(output)
    };
    assert_eq!(train(&["a", "b"], "x"), train(&["a", "b"], "y"));
    let held_out = |inputs: &[&str]| {
        let options = ["--output", "z", "--size", "1024", "--json"];
        let said = stage.run(&[&["dictionary", "train"], inputs, &options].concat()).done();
        said.json()["held_out_records"].as_u64().unwrap()
    };
    assert_eq!(held_out(&["a", "b"]), held_out(&["b", "a"]));
    assert_eq!(held_out(&["a", "a"]), held_out(&["a"]) * 2);
}

#[test]
fn too_few_samples_are_refused_with_their_number() {
    let stage = Stage::empty();
    let train = |text: &[u8]| {
        stage.write("r", text);
        stage.run(&["dictionary", "train", "r", "--output", "d"])
    };
    for text in [b"".to_vec(), b"\n\n".to_vec(), records(5)] {
        let said = train(&text).failed(1, "SF-0905", "too few samples");
        assert!(said.stderr.contains("give some thousand"), "{}", said.stderr);
    }
    // Enough of them, and all the same.
    let said = train(&b"{\"a\":1}\n".repeat(100));
    assert_eq!(said.code, 1, "{}", said.stderr);
    assert!(said.stderr.contains("SF-0905"), "{}", said.stderr);
    assert!(!stage.has("d"));
}

#[test]
fn sizes_and_parts_out_of_range_are_usage_errors() {
    let stage = Stage::empty();
    stage.write("r", records(50));
    for options in [
        ["--size", "2MiB"],
        ["--size", "64kB"],
        ["--size", "0"],
        ["--hold-out", "0"],
        ["--hold-out", "1"],
        ["--hold-out", "many"],
        ["--key", "id"],
        ["--seed", "-1"],
        ["--codec", "none"],
    ] {
        let common = ["dictionary", "train", "r", "--output", "d"];
        let said = stage.run(&[&common[..], &options].concat());
        assert_eq!(said.code, 2, "{options:?}: {}", said.stderr);
    }
    let said = stage.run(&["dictionary", "train", "r", "--output", "r"]);
    said.failed(2, "", "is also an input");
    assert_eq!(stage.read("r"), records(50));
}

/// Records of 100 threads: those of one have a word in common that no other has.
pub(crate) fn threads() -> String {
    let record = |n: usize| {
        let thread = n % 100;
        let word = format!("{:016x}", (thread as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        format!(
            "{{\"thread\":{{\"id\":{thread}}},\"word\":\"{}\",{}",
            word.repeat(4),
            &session(n)[1..]
        )
    };
    (0..3000).map(record).collect()
}

#[test]
fn records_with_one_key_are_held_out_together() {
    let stage = Stage::empty();
    stage.write("r.jsonl", threads());
    let train = |options: &[&str]| {
        let common =
            ["dictionary", "train", "r.jsonl", "--output", "d", "--size", "8KiB", "--json"];
        stage.run(&[&common, options].concat()).done().json()
    };
    let (by_record, by_key) = (train(&[]), train(&["--key", "/thread/id"]));
    // A thread has 30 records.
    assert_eq!(by_key["held_out_records"].as_u64().unwrap() % 30, 0);
    assert_eq!(by_key["split_key"], "/thread/id");
    let share = |json: &serde_json::Value| {
        json["dictionary_frame_bytes"].as_f64().unwrap()
            / json["plain_frame_bytes"].as_f64().unwrap()
    };
    assert!(share(&by_key) > share(&by_record), "{by_key} {by_record}");
    let other = train(&["--key", "/thread/id", "--seed", "1"]);
    assert_ne!(other["dictionary"], by_key["dictionary"]);
    assert_eq!(train(&["--key", "/thread/id"]), by_key);
}

#[test]
fn a_record_without_the_key_is_refused_at_its_line() {
    let stage = Stage::empty();
    stage.write("r", "{\"a\":1}\n\n{\"b\":2}\n");
    let train = |key: &str| {
        stage.run(&["dictionary", "train", "r", "--output", "d", "--key", key, "--json"])
    };
    let error = &train("/a").json()["error"];
    assert_eq!((&error["line"], &error["pointer"]), (&3.into(), &"/a".into()));
    stage.write("r", "{\"a\":1}\n{\"a\":\n");
    let said = train("/a");
    assert_eq!(said.code, 1);
    let error = &said.json()["error"];
    assert_eq!((&error["code"], &error["line"]), (&"SF-0801".into(), &2.into()));
    assert!(!stage.has("d"));
}

#[test]
fn raw_content_is_made_for_lz4() {
    let stage = Stage::empty();
    stage.write("r.jsonl", threads());
    let train = |size: &str| {
        let common = ["dictionary", "train", "r.jsonl", "--output", "d", "--codec", "lz4"];
        stage.run(&[&common[..], &["--size", size, "--json"]].concat())
    };
    let said = train("8KiB").done().json();
    assert_eq!(said["kind"], "raw");
    assert!(said["dictionary_frame_bytes"].as_u64() < said["plain_frame_bytes"].as_u64());
    assert!(stage.read("d").len() <= 8 << 10);
    let said = stage.run(&["dictionary", "evaluate", "d", "r.jsonl", "--codec", "lz4"]).done();
    assert!(said.text().contains("raw content"), "{}", said.text());
    let said = train("65KiB");
    assert_eq!((said.code, &said.json()["error"]["kind"]), (2, &"usage".into()));
}
