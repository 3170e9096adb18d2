//! The rules that `buf breaking` documents for its categories WIRE and WIRE_JSON, beside the verdicts here: the same, or a row in the RATIONALE.

use std::collections::BTreeSet;

use strictframe_schema::Descriptor;
use strictframe_schema::change::{Directions, changes};
use strictframe_schema::protobuf::ProtobufSchema;

use self::cases::{CASES, Case, RULES};
use super::compile::descriptor_set;

mod cases;

#[test]
fn buf_says_the_same_or_the_rationale_says_why_not() {
    // SPEC [CLS-1]: one verdict for both directions, since buf has one.
    let mut expected = BTreeSet::new();
    for (rule, what, buf, old, new) in CASES.iter().copied().chain(integers()) {
        let here = here(old, new);
        if here != buf {
            let words = |[wire, json]: [bool; 2]| {
                let word = |breaks: bool| if breaks { "breaking" } else { "safe" };
                format!("{}, {}", word(wire), word(json))
            };
            expected.insert(format!("| {rule} | {what} | {} | {} |", words(buf), words(here)));
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/RATIONALE.md");
    let rationale = std::fs::read_to_string(path).unwrap();
    let (_, table) = rationale.split_once(TABLE).expect("the table of differences");
    let rows = table.lines().skip(1).take_while(|line| line.starts_with('|'));
    let listed: BTreeSet<String> =
        rows.map(|row| row.split_inclusive('|').take(5).collect::<String>()).collect();
    assert_eq!(listed, expected);
}

#[test]
fn every_rule_of_both_categories_has_a_case() {
    let shown: BTreeSet<&str> =
        CASES.iter().map(|case| case.0).filter(|rule| *rule != "none").collect();
    assert_eq!(shown, RULES.iter().copied().collect::<BTreeSet<_>>());
}

/// Whether a change breaks one of both directions on the wire, and there or as JSON.
fn here(old: &str, new: &str) -> [bool; 2] {
    let (Some(old), Some(new)) = (descriptor(old), descriptor(new)) else {
        // What has no descriptor cannot become a version.
        return [true, true];
    };
    // Another name is another lineage, whose frames no reader of this one knows.
    if old.lineage() != new.lineage() {
        return [true, true];
    }
    let found = changes(&old, &new).unwrap();
    let worst = |of: fn(&strictframe_schema::change::Change) -> Directions| {
        found.iter().map(of).fold(Directions::SAFE, Directions::worst) != Directions::SAFE
    };
    let (wire, json) = (worst(|change| change.wire()), worst(|change| change.json()));
    [wire, wire || json]
}

/// The message `A` of a source in proto2, or in the syntax that it begins with.
fn descriptor(source: &str) -> Option<Descriptor> {
    let source = source_of(source);
    let package = source.split_once("package ").and_then(|(_, rest)| rest.split_once(';'));
    let (package, _) = package.unwrap_or(("", ""));
    let set = descriptor_set(&[("a.proto", &source)]);
    let schema = ProtobufSchema::from_descriptor_set(&set).ok()?;
    Descriptor::protobuf(&format!("{package}.A"), 1, 1, &schema).ok()
}

fn source_of(source: &str) -> String {
    let (syntax, rest) = match source.strip_prefix("3 ") {
        Some(rest) => ("proto3", rest),
        None => ("proto2", source),
    };
    let package = if rest.contains("package ") { "" } else { "package p; " };
    format!("syntax = \"{syntax}\"; {package}{rest}")
}

/// Every ordered pair of the varint types that buf takes for one another on the wire; of the widths it holds to be one in JSON too.
fn integers() -> impl Iterator<Item = Case> {
    let types = ["int32", "int64", "uint32", "uint64", "bool"];
    let same_in_json = |a: &str, b: &str| a.trim_start_matches('u') == b.trim_start_matches('u');
    types.into_iter().flat_map(move |a| {
        types.into_iter().filter(move |b| a != *b).map(move |b| {
            let source =
                |kind: &str| -> &'static str { format!("3 message A {{ {kind} a = 1; }}").leak() };
            let json = !same_in_json(a, b);
            let (rule, what) = match json {
                true => {
                    ("FIELD_WIRE_COMPATIBLE_TYPE", "an integer or bool to one of another width")
                }
                false => (
                    "FIELD_WIRE_JSON_COMPATIBLE_TYPE",
                    "an integer to the one with or without a sign",
                ),
            };
            (rule, what, [false, json], source(a), source(b))
        })
    })
}

const TABLE: &str =
    "| rule of buf | change | buf: WIRE, WIRE_JSON | here: wire, wire and JSON | why |\n";
