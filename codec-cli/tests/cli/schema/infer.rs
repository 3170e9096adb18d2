//! `schema infer`: what it proposes takes every record it was proposed from.

use crate::stage::{Stage, record, records};

#[test]
fn every_record_fits_the_schema_that_was_proposed_from_it() {
    let stage = Stage::empty();
    let odd = "\n{\"id\":-1,\"text\":null,\"deep\":[[{\"a\":1e300}]],\"\":{}}\n[1,\"x\"]\ntrue\n";
    for (name, text) in [("plain", records(400)), ("odd", [records(50), odd.into()].concat())] {
        stage.write("r.jsonl", &text);
        let said = stage.run(&["schema", "infer", "r.jsonl"]).done();
        stage.write("schema.json", &said.stdout);
        let lines = text.split(|byte| *byte == b'\n');
        let filled: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
        stage.write("r.jsonl", filled.join(&b'\n'));
        // Packing holds every record to the schema.
        stage.pack("r.jsonl", name, &[]).done();
    }
    stage.write("r.jsonl", records(400));
    let json = stage.run(&["schema", "infer", "r.jsonl", "--json"]).done().json();
    assert_eq!(json["records"], 400);
    assert_eq!(json["schema"]["required"], serde_json::json!(["id", "noise", "text"]));
    assert_eq!(json["schema"]["properties"]["id"]["type"], "integer");
    // It refuses what was not there.
    stage.write("schema.json", json["schema"].to_string());
    stage.write("r.jsonl", "{\"id\":1.5,\"noise\":\"\",\"text\":\"\"}\n");
    stage.pack("r.jsonl", "x", &[]).failed(1, "SF-0802", "/id");
}

#[test]
fn what_is_no_record_is_refused_with_its_line() {
    let stage = Stage::empty();
    let infer = ["schema", "infer", "-"];
    let text = [&record(1)[..], b"\n{\"id\":}\n"].concat();
    let said = stage.run_with(&infer, &text);
    said.failed(1, "SF-0801", "the record is not JSON, column 7 (at line 2 of standard input)");
    stage.run_with(&infer, b"\n \n").failed(1, "", "standard input has no record");
}
