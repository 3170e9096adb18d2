//! `recover`: the intact frames in a new stream, the lost ones counted.

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
    let stage = Stage::packed(60, &["--codec", "none"]);
    let whole = stage.run(&["recover", "records.sframe", "--output", "o", "--json"]).done().json();
    let id = whole["stream_id"].as_str().unwrap();
    let mut bytes = stage.read("records.sframe");
    bytes[3] ^= 1;
    stage.write("damaged", bytes);
    let common = ["recover", "damaged", "--output", "new"];
    stage.run(&common).failed(1, "SF-0704", "nothing tells which stream this is");
    assert!(!stage.has("new"));
    let json = stage.run(&[&common[..], &["--stream-id", id, "--json"]].concat()).done().json();
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
}
