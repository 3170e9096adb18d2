//! `schema judge`: every row of the table, by the real command.

use crate::stage::{Said, Stage};

/// A lock with two versions of `test.Record`: readers of the second decode both.
fn locked() -> Stage {
    let stage = Stage::empty();
    for most in [10, 20] {
        stage.write("s.json", format!("{{\"maximum\":{most}}}"));
        let lock = ["schema", "lock", "s.json", "--name", "test.Record", "--allow-breaking"];
        stage.run(&lock).done();
        stage.write(format!("s{most}.json"), stage.read("s.json"));
    }
    stage.write("r.jsonl", "1\n2\n3\n");
    stage
}

fn packed(stage: &Stage, schema: &str, name: &str, version: &str, min_reader: &str) {
    let _ = std::fs::remove_file(stage.path("r.sframe"));
    let pack = ["pack", "r.jsonl", "--output", "r.sframe", "--schema", schema, "--name", name];
    let numbers = ["--schema-version", version, "--min-reader", min_reader];
    stage.run(&[&pack[..], &numbers].concat()).done();
}

fn judged(stage: &Stage, options: &[&str]) -> Said {
    stage.run(&[&["schema", "judge", "r.sframe"], options].concat())
}

#[test]
fn each_outcome_is_said_by_name_with_its_reason() {
    // SPEC [JDG-1]: the rows that a lock file can lead to.
    let stage = locked();
    let cases = [
        ("s20.json", "test.Record", "2", "2", "Exact", "the newest version"),
        ("s10.json", "test.Record", "1", "1", "Backward", "version 2 reads data back to version 1"),
        ("s20.json", "test.Record", "2", "1", "SF-0502 SchemaFork", "another version 2"),
        ("s10.json", "test.Record", "3", "2", "SF-0505 SchemaForward", "--allow-forward"),
        (
            "s10.json",
            "test.Record",
            "3",
            "3",
            "SF-0506 SchemaTooNew",
            "only readers from version 3",
        ),
        ("s10.json", "test.Other", "1", "1", "SF-0501 UnknownSchema", "no schema of this lineage"),
    ];
    for (schema, name, version, min_reader, outcome, why) in cases {
        packed(&stage, schema, name, version, min_reader);
        let said = judged(&stage, &[]);
        let is_refused = outcome.starts_with("SF-");
        assert_eq!(said.code, i32::from(is_refused), "{outcome}: {}", said.stderr);
        for wanted in [name, outcome, why, "3 frames", "r.sframe: 3 data frames"] {
            assert!(said.text().contains(wanted), "{wanted}\n{}", said.text());
        }
    }
    packed(&stage, "s10.json", "test.Record", "3", "2");
    let said = judged(&stage, &["--allow-forward"]).done();
    assert!(said.text().contains(": Forward\n"), "{}", said.text());
    assert!(said.text().contains("no difference in its schema breaks that"), "{}", said.text());
}

#[test]
fn a_writer_that_claims_too_much_is_refused_with_the_difference() {
    // SPEC [JDG-5]: the stream brings the schema, and that is compared.
    let stage = locked();
    stage.write("s30.json", "{\"maximum\":30}");
    packed(&stage, "s30.json", "test.Record", "3", "2");
    let said = judged(&stage, &["--allow-forward"]);
    assert_eq!(said.code, 1, "{}", said.stderr);
    let wanted = "its min_reader 2 admits version 2, and its schema does not: #/maximum: constraint-loosened: 20 -> 30";
    for wanted in ["SF-0507 SchemaOverstated", wanted] {
        assert!(said.text().contains(wanted), "{wanted}\n{}", said.text());
    }
    let json = judged(&stage, &["--allow-forward", "--json"]);
    let last: serde_json::Value =
        serde_json::from_str(json.text().lines().last().unwrap()).unwrap();
    assert_eq!(last["keys"][0]["code"], "SF-0507");
    stage.run(&["explain", "SF-0507"]).done();
    // Without --allow-forward it is refused before anything is compared.
    assert!(judged(&stage, &[]).text().contains("SF-0505 SchemaForward"));
}

#[test]
fn data_from_before_a_break_is_too_old() {
    let stage = locked();
    stage.write("s.json", r#"{"maximum":5}"#);
    let lock = ["schema", "lock", "s.json", "--name", "test.Record", "--allow-breaking"];
    stage.run(&lock).done();
    packed(&stage, "s20.json", "test.Record", "2", "2");
    let said = judged(&stage, &[]);
    assert_eq!(said.code, 1);
    assert!(said.text().contains("SF-0503 SchemaTooOld"), "{}", said.text());
    assert!(said.text().contains("back to version 3, and no older"), "{}", said.text());
}

#[test]
fn json_has_a_line_for_each_frame_and_one_for_all() {
    let stage = locked();
    packed(&stage, "s10.json", "test.Record", "1", "1");
    let said = judged(&stage, &["--json"]).done();
    let lines: Vec<serde_json::Value> =
        said.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    for line in &lines[..3] {
        assert_eq!(line["outcome"], "Backward");
        assert_eq!(line["name"], "test.Record");
    }
    assert!(lines[0]["offset"].as_u64() < lines[1]["offset"].as_u64());
    assert_eq!((&lines[3]["frames"], &lines[3]["keys"][0]["frames"]), (&3.into(), &3.into()));
    assert_eq!(lines[3]["keys"][0]["code"], serde_json::Value::Null);
}

#[test]
fn one_frame_is_judged_by_itself() {
    let stage = locked();
    packed(&stage, "s20.json", "test.Record", "2", "2");
    let said = stage.run(&["inspect", "r.sframe", "--json"]).done();
    let frames = said.json()["frames"].as_array().unwrap().clone();
    let bytes = stage.read("r.sframe");
    let offset = |n: usize| usize::try_from(frames[n]["offset"].as_u64().unwrap()).unwrap();
    let data = frames.iter().position(|frame| frame["kind"] == "MESSAGE").unwrap();
    let frame = &bytes[offset(data)..offset(data + 1)];
    let judge = ["schema", "judge", "-"];
    let said = stage.run_with(&judge, frame).done();
    assert!(said.text().starts_with("standard input: 1 data frame\n"), "{}", said.text());
    assert!(said.text().contains(": Exact\n"));
    stage.run_with(&judge, &[frame, b"x"].concat()).failed(1, "SF-0104", "");
    stage.run_with(&judge, &frame[..frame.len() - 1]).failed(1, "SF-0103", "");
    stage.run_with(&judge, b"").failed(1, "SF-0103", "");
    stage.run_with(&judge, &bytes[..offset(data)]).failed(1, "SF-0703", "");
    let control = &bytes[offset(1)..offset(2)];
    stage.run_with(&judge, control).failed(2, "", "is a control frame");
}
