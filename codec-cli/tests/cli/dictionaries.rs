//! `dictionary`: versions kept in a directory, listed, shown, evaluated and packed with.

use crate::dictionary::{session, threads};
use crate::stage::{Stage, records};

/// A stage with those records in `r.jsonl` and a directory `d` of one dictionary, whose id is given.
fn trained() -> (Stage, String) {
    let stage = Stage::set();
    stage.write("schema.json", "true");
    stage.write("r.jsonl", threads());
    let said = stage.run(&[
        "dictionary",
        "train",
        "r.jsonl",
        "--key",
        "/thread/id",
        "--output",
        "d/",
        "--size",
        "4KiB",
        "--json",
    ]);
    let id = said.done().json()["dictionary"].as_str().unwrap().to_owned();
    (stage, id)
}

#[test]
fn a_directory_gets_a_version_with_its_report_and_the_next_one_follows_it() {
    let (stage, first) = trained();
    assert!(stage.has(format!("d/{first}.sfdict")) && stage.has(format!("d/{first}.json")));
    let train = |size: &str| {
        let said = stage.run(&[
            "dictionary",
            "train",
            "r.jsonl",
            "--key",
            "/thread/id",
            "--output",
            "d",
            "--size",
            size,
            "--json",
        ]);
        said.done().json()
    };
    let second = train("2KiB");
    assert_eq!(second["predecessor"], first.as_str());
    // Trained again as it was, it stays where it is in the line.
    assert_eq!(train("4KiB")["predecessor"], serde_json::Value::Null);
    let list = stage.run(&["dictionary", "list", "d", "--json"]).done().json();
    let all = list["dictionaries"].as_array().unwrap();
    assert_eq!(all.len(), 2);
    for stored in all {
        assert_eq!(stored["latest"], stored["dictionary"] == second["dictionary"]);
        assert_eq!(stored["report"]["split_key"], "/thread/id");
        assert_eq!(stored["report"]["size"], stored["dictionary_len"]);
    }
    let said = stage.run(&["dictionary", "list", "d"]).done();
    let latest: Vec<_> = said.text().lines().filter(|line| line.ends_with("(latest)")).collect();
    assert!(
        latest.len() == 1 && latest[0].contains(&format!("follows {first}")),
        "{}",
        said.text()
    );
    // Without its report it can still be used, and that is shown.
    std::fs::remove_file(stage.path(format!("d/{first}.json"))).unwrap();
    let said = stage.run(&["dictionary", "list", "d"]).done();
    assert_eq!(said.text().matches("no report").count(), 1, "{}", said.text());
    let said = stage.run(&["dictionary", "show", &format!("d/{first}")]).done();
    assert!(said.text().contains("no report"), "{}", said.text());
}

#[test]
fn pack_takes_a_file_a_directory_and_an_id_and_the_stream_carries_it() {
    let (stage, id) = trained();
    let file = format!("d/{id}.sfdict");
    let by_id = format!("d/{id}");
    for (output, dictionary) in [("a", file.as_str()), ("b", &by_id), ("c", "d")] {
        stage.pack("r.jsonl", output, &["--dictionary", dictionary]).done();
        let list = stage.run(&["dictionary", "list", output, "--json"]).done().json();
        let carried = &list["dictionaries"][0];
        assert_eq!(carried["dictionary"], id.as_str(), "{dictionary}");
        assert_eq!((&carried["copies"], &carried["frames"]), (&1.into(), &3000.into()));
        let said = stage.run(&["dictionary", "list", output]).done();
        assert!(said.text().contains("named by 3,000 data frames"), "{}", said.text());
        stage.run(&["unpack", output, "--output", "again"]).done();
        assert_eq!(stage.read("again"), threads().into_bytes());
    }
    stage.pack("r.jsonl", "plain", &[]).done();
    let said = stage.run(&["dictionary", "list", "plain"]).done();
    assert!(said.text().contains("carries no dictionary"), "{}", said.text());
    stage.pack("r.jsonl", "x", &["--dictionary", "d/00000000"]).failed(3, "", "d/00000000");
}

#[test]
fn show_tells_what_the_report_says() {
    let (stage, id) = trained();
    for name in ["d".to_owned(), format!("d/{id}"), format!("d/{id}.sfdict")] {
        let json = stage.run(&["dictionary", "show", &name, "--json"]).done().json();
        assert_eq!(json["dictionary"], id.as_str());
        assert_eq!(json["report"]["id"], id.as_str());
        assert_eq!(json["report"]["version"], 1);
        let said = stage.run(&["dictionary", "show", &name]).done();
        for words in ["keys at /thread/id, seed 0", "gain on the held-out part: ", "sha256", "Z\n"]
        {
            assert!(said.text().contains(words), "{words}: {}", said.text());
        }
    }
    // A file by itself has no report.
    let bytes = stage.read(format!("d/{id}.sfdict"));
    stage.write("events.dict", &bytes);
    let json = stage.run(&["dictionary", "show", "events.dict", "--json"]).done().json();
    assert_eq!((&json["dictionary"], &json["report"]), (&id.into(), &serde_json::Value::Null));
}

#[test]
fn evaluate_warns_of_records_that_were_trained_on() {
    let (stage, id) = trained();
    let evaluate = |input: &str, options: &[&str]| {
        stage.run(&[&["dictionary", "evaluate", "d", input][..], options].concat()).done()
    };
    let said = evaluate("r.jsonl", &["--json"]);
    assert!(
        said.stderr.contains("warning: the dictionary was trained on about "),
        "{}",
        said.stderr
    );
    let share = said.json()["trained_on_share"].as_f64().unwrap();
    assert!((0.65..0.95).contains(&share), "{share}");
    assert_eq!(said.json()["records"], 3000);
    // The same threads said elsewhere, other records of them.
    let moved = threads().replace("\"thread\"", "\"of\"").replace("_of_the_", "_in_the_");
    stage.write("moved", moved);
    let said = evaluate("moved", &["--key", "/of/id"]);
    assert!(said.stderr.contains("was trained on about"), "{}", said.stderr);
    // Threads that are new: nothing to warn of, and still a gain.
    let record =
        |n: usize| format!("{{\"thread\":{{\"id\":{}}},{}", 500 + n % 70, &session(n)[1..]);
    stage.write("new", (3000..4000).map(record).collect::<String>());
    let said = evaluate("new", &["--json"]);
    assert_eq!(said.stderr, "");
    assert_eq!(said.json()["trained_on_share"], 0.0);
    let json = said.json();
    let bytes = |name: &str| json[name].as_u64().unwrap();
    assert!(bytes("dictionary_frame_bytes") < bytes("plain_frame_bytes"));
    // What it says is what pack then does.
    stage.pack("new", "packed", &["--dictionary", "d"]).done();
    stage.pack("new", "plain", &["--codec", "zstd"]).done();
    let frames = |name| stage.run(&["stats", name, "--json"]).done().json();
    let stored = |name| frames(name)["data"]["frame_bytes"].as_u64().unwrap();
    assert_eq!(stored("packed"), bytes("dictionary_frame_bytes"));
    assert_eq!(stored("plain"), bytes("plain_frame_bytes"));
    // Without a report nothing is known.
    let bytes = stage.read(format!("d/{id}.sfdict"));
    stage.write("events.dict", bytes);
    let said = stage.run(&["dictionary", "evaluate", "events.dict", "r.jsonl"]).done();
    assert!(said.text().contains("trained on these records is not known"), "{}", said.text());
    let said = stage.run(&["dictionary", "evaluate", "d", "-"]);
    said.failed(1, "SF-0905", "no record");
}

#[test]
fn files_of_a_directory_that_are_wrong_are_named_with_what_to_do() {
    let (stage, id) = trained();
    let (file, report) = (format!("d/{id}.sfdict"), format!("d/{id}.json"));
    let (bytes, text) = (stage.read(&file), stage.read(&report));
    let refused = |code: &str, words: &str| {
        for arguments in [&["list", "d"][..], &["show", "d"], &["evaluate", "d", "r.jsonl"]] {
            stage.run(&[&["dictionary"], arguments].concat()).failed(1, code, words);
        }
        let said = stage.pack("r.jsonl", "x", &["--dictionary", "d"]);
        said.failed(1, code, words);
        let said = stage.run(&["dictionary", "train", "r.jsonl", "--output", "d"]);
        said.failed(1, code, words);
        assert!(!stage.has("x"));
    };
    stage.write(&file, &bytes[..1000]);
    refused("SF-0905", &format!("{id}.sfdict: its 1000 bytes have the id"));
    stage.write(&file, vec![0; (1 << 20) + 5]);
    refused("SF-0905", "a dictionary has 1 to 1048576 bytes, not 1048581");
    stage.write(&file, "");
    refused("SF-0905", "not 0");
    stage.write(&file, &bytes);
    let version =
        String::from_utf8(text.clone()).unwrap().replace("\"version\": 1", "\"version\": 2");
    stage.write(&report, version);
    refused("SF-0905", &format!("{id}.json: training report: /version: expected 1, not 2"));
    stage.write(&report, &text[..text.len() / 2]);
    refused("SF-0905", "expected JSON");
    stage.write(&report, &text);
    stage.write("d/readme.txt", "x");
    for arguments in [&["list", "d"][..], &["show", "d"]] {
        let said = stage.run(&[&["dictionary"], arguments].concat());
        said.failed(1, "SF-0905", "readme.txt: neither a dictionary");
    }
    // By its id it is found all the same.
    stage.run(&["dictionary", "show", &format!("d/{id}")]).done();
}

#[test]
fn a_file_above_the_limit_is_refused_with_the_truth() {
    let stage = Stage::set();
    stage.write("r.jsonl", records(3));
    stage.write("large.dict", vec![1; (1 << 20) + 1]);
    for arguments in [&["show", "large.dict"][..], &["evaluate", "large.dict", "r.jsonl"]] {
        let said = stage.run(&[&["dictionary"], arguments].concat());
        said.failed(1, "SF-0905", "large.dict has more than 1 MiB");
    }
    let said = stage.pack("r.jsonl", "x", &["--dictionary", "large.dict"]);
    said.failed(1, "SF-0905", "large.dict has more than 1 MiB");
    stage.write("most.dict", vec![1; 1 << 20]);
    stage.run(&["dictionary", "show", "most.dict"]).done();
}
