//! `explain`: every code, by number and by name.

use crate::stage::Stage;

#[test]
fn a_code_is_explained_with_cause_clause_and_remedy() {
    let stage = Stage::empty();
    let said = stage.run(&["explain", "SF-0312"]).done();
    assert!(said.text().starts_with("SF-0312 HeaderCrc: header checksum mismatch\n"));
    for label in ["cause   ", "clause  FRM-5", "remedy  "] {
        assert!(said.text().contains(label), "{}", said.text());
    }
    for wanted in ["0312", "312", "HeaderCrc", "headercrc", "sf-0312"] {
        assert_eq!(stage.run(&["explain", wanted]).done().stdout, said.stdout);
    }
}

#[test]
fn without_a_code_all_of_the_registry_are_listed() {
    let registry = concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/REGISTRY.md");
    let registry = std::fs::read_to_string(registry).unwrap();
    let listed = Stage::empty().run(&["explain"]).done();
    let errors = registry.split("## Errors").nth(1).unwrap();
    let mut count = 0;
    for row in errors.lines().filter(|line| line.starts_with("| 0")) {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let line = format!("SF-{}  {} ", cells[1], cells[2]);
        assert!(listed.text().contains(&line), "{line}");
        count += 1;
    }
    let of_the_format = listed.text().lines().filter(|line| line.starts_with("SF-"));
    assert_eq!(of_the_format.count(), count);
}

#[test]
fn an_unknown_code_is_a_usage_error_with_the_nearest_names() {
    let stage = Stage::empty();
    let said = stage.run(&["explain", "HeadCrc"]).failed(2, "", "no error code is called HeadCrc");
    assert!(said.stderr.contains("the nearest are SF-0312 HeaderCrc"), "{}", said.stderr);
    stage.run(&["explain", "\u{1b}[31m"]).failed(2, "", "called \\u{1b}[31m");
}

#[cfg(feature = "dashflow")]
#[test]
fn the_codes_of_telemetry_are_explained_too() {
    let stage = Stage::empty();
    let said = stage.run(&["explain", "ds-0104"]).done();
    assert!(said.text().starts_with("DS-0104 EventHeaderMissing: an event of an EventBatch "));
    assert!(said.text().contains("\nremedy  "), "{}", said.text());
    assert_eq!(stage.run(&["explain", "EventHeaderMissing"]).done().stdout, said.stdout);
    let listed = stage.run(&["explain"]).done();
    assert!(listed.text().contains("DS-0206  KindsMismatch "), "{}", listed.text());
}
