//! The rules that `buf breaking` documents for its categories WIRE and WIRE_JSON, beside the verdicts here: the same, or a row in the RATIONALE.

use std::collections::BTreeSet;

use strictframe_schema::Descriptor;
use strictframe_schema::change::{Directions, changes};
use strictframe_schema::protobuf::ProtobufSchema;

use super::compile::descriptor_set;

/// A change: the rule that is about it, or `none` where buf has none; what it is; whether buf calls it breaking under WIRE and under WIRE_JSON; sources before and after.
type Case = (&'static str, &'static str, [bool; 2], &'static str, &'static str);

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

const CASES: &[Case] = &[
    (
        "ENUM_SAME_JSON_FORMAT",
        "an enum's file to proto2",
        [false, true],
        "3 message A { E a = 1; } enum E { Z = 0; }",
        "message A { optional E a = 1; } enum E { Z = 0; }",
    ),
    (
        "ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED",
        "a value removed, its number reserved",
        [false, true],
        "3 message A { E a = 1; } enum E { Z = 0; B = 1; }",
        "3 message A { E a = 1; } enum E { Z = 0; reserved 1; }",
    ),
    (
        "ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED",
        "a value removed, number and name reserved",
        [false, false],
        "3 message A { E a = 1; } enum E { Z = 0; B = 1; }",
        "3 message A { E a = 1; } enum E { Z = 0; reserved 1; reserved \"B\"; }",
    ),
    (
        "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED",
        "a value removed",
        [true, true],
        "3 message A { E a = 1; } enum E { Z = 0; B = 1; }",
        "3 message A { E a = 1; } enum E { Z = 0; }",
    ),
    (
        "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED",
        "a value of a closed enum removed, number and name reserved",
        [false, false],
        "message A { optional E a = 1; } enum E { Z = 0; B = 1; }",
        "message A { optional E a = 1; } enum E { Z = 0; reserved 1; reserved \"B\"; }",
    ),
    (
        "ENUM_VALUE_SAME_NAME",
        "a value renamed",
        [false, true],
        "3 message A { E a = 1; } enum E { Z = 0; B = 1; }",
        "3 message A { E a = 1; } enum E { Z = 0; C = 1; }",
    ),
    (
        "ENUM_VALUE_SAME_NAME",
        "an alias removed",
        [false, true],
        "3 message A { E a = 1; } enum E { option allow_alias = true; Z = 0; B = 1; C = 1; }",
        "3 message A { E a = 1; } enum E { Z = 0; B = 1; }",
    ),
    (
        "ENUM_VALUE_SAME_NAME",
        "an alias added",
        [false, false],
        "3 message A { E a = 1; } enum E { Z = 0; B = 1; }",
        "3 message A { E a = 1; } enum E { option allow_alias = true; Z = 0; B = 1; C = 1; }",
    ),
    (
        "ENUM_VALUE_SAME_NAME",
        "an alias put first",
        [false, false],
        "3 message A { E a = 1; } enum E { option allow_alias = true; Z = 0; B = 1; C = 1; }",
        "3 message A { E a = 1; } enum E { option allow_alias = true; Z = 0; C = 1; B = 1; }",
    ),
    (
        "FIELD_NO_DELETE_UNLESS_NAME_RESERVED",
        "a field removed, its number reserved",
        [false, true],
        "3 message A { int32 a = 1; int32 b = 2; }",
        "3 message A { int32 a = 1; reserved 2; }",
    ),
    (
        "FIELD_NO_DELETE_UNLESS_NAME_RESERVED",
        "a field removed, number and name reserved",
        [false, false],
        "3 message A { int32 a = 1; int32 b = 2; }",
        "3 message A { int32 a = 1; reserved 2; reserved \"b\"; }",
    ),
    (
        "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED",
        "a field removed",
        [true, true],
        "3 message A { int32 a = 1; int32 b = 2; }",
        "3 message A { int32 a = 1; }",
    ),
    (
        "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED",
        "a field removed, its name reserved",
        [true, true],
        "3 message A { int32 a = 1; int32 b = 2; }",
        "3 message A { int32 a = 1; reserved \"b\"; }",
    ),
    (
        "FIELD_SAME_DEFAULT",
        "another default",
        [true, true],
        "message A { optional int32 a = 1 [default = 1]; }",
        "message A { optional int32 a = 1 [default = 2]; }",
    ),
    (
        "FIELD_SAME_DEFAULT",
        "a default where there was none",
        [true, true],
        "message A { optional int32 a = 1; }",
        "message A { optional int32 a = 1 [default = 2]; }",
    ),
    (
        "FIELD_SAME_JSON_NAME",
        "another JSON name",
        [false, true],
        "3 message A { int32 a = 1; }",
        "3 message A { int32 a = 1 [json_name = \"b\"]; }",
    ),
    (
        "FIELD_SAME_NAME",
        "a field renamed",
        [false, true],
        "3 message A { int32 a = 1; }",
        "3 message A { int32 b = 1; }",
    ),
    (
        "FIELD_SAME_ONEOF",
        "a field put into a oneof",
        [true, true],
        "3 message A { optional int32 a = 1; int32 c = 3; oneof o { int32 b = 2; } }",
        "3 message A { int32 c = 3; oneof o { int32 b = 2; int32 a = 1; } }",
    ),
    (
        "FIELD_SAME_ONEOF",
        "a field taken out of a oneof",
        [true, true],
        "3 message A { oneof o { int32 b = 2; int32 a = 1; } }",
        "3 message A { optional int32 a = 1; oneof o { int32 b = 2; } }",
    ),
    (
        "FIELD_SAME_ONEOF",
        "a field put into another oneof",
        [true, true],
        "3 message A { oneof o { int32 a = 1; int32 b = 2; } oneof p { int32 c = 3; } }",
        "3 message A { oneof o { int32 a = 1; } oneof p { int32 c = 3; int32 b = 2; } }",
    ),
    (
        "FIELD_SAME_ONEOF",
        "a oneof renamed",
        [true, true],
        "3 message A { oneof o { int32 a = 1; int32 b = 2; } }",
        "3 message A { oneof p { int32 a = 1; int32 b = 2; } }",
    ),
    (
        "FIELD_WIRE_COMPATIBLE_CARDINALITY",
        "presence gained",
        [false, false],
        "3 message A { int32 a = 1; }",
        "3 message A { optional int32 a = 1; }",
    ),
    (
        "FIELD_WIRE_COMPATIBLE_CARDINALITY",
        "presence lost",
        [false, false],
        "3 message A { optional int32 a = 1; }",
        "3 message A { int32 a = 1; }",
    ),
    (
        "FIELD_WIRE_COMPATIBLE_CARDINALITY",
        "one value to many",
        [true, true],
        "3 message A { int32 a = 1; }",
        "3 message A { repeated int32 a = 1; }",
    ),
    (
        "FIELD_WIRE_COMPATIBLE_CARDINALITY",
        "optional to required",
        [true, true],
        "message A { optional int32 a = 1; }",
        "message A { required int32 a = 1; }",
    ),
    (
        "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY",
        "repeated pairs to a map",
        [false, true],
        "3 message A { repeated AEntry a = 1; message AEntry { int32 key = 1; int32 value = 2; } }",
        "3 message A { map<int32, int32> a = 1; }",
    ),
    (
        "FIELD_WIRE_COMPATIBLE_TYPE",
        "sint32 to sint64",
        [false, true],
        "3 message A { sint32 a = 1; }",
        "3 message A { sint64 a = 1; }",
    ),
    (
        "FIELD_WIRE_COMPATIBLE_TYPE",
        "int32 to sint32",
        [true, true],
        "3 message A { int32 a = 1; }",
        "3 message A { sint32 a = 1; }",
    ),
    (
        "FIELD_WIRE_COMPATIBLE_TYPE",
        "float to double",
        [true, true],
        "3 message A { float a = 1; }",
        "3 message A { double a = 1; }",
    ),
    (
        "FIELD_WIRE_COMPATIBLE_TYPE",
        "string to bytes",
        [false, true],
        "3 message A { string a = 1; }",
        "3 message A { bytes a = 1; }",
    ),
    (
        "FIELD_WIRE_COMPATIBLE_TYPE",
        "bytes to string",
        [true, true],
        "3 message A { bytes a = 1; }",
        "3 message A { string a = 1; }",
    ),
    (
        "FIELD_WIRE_COMPATIBLE_TYPE",
        "int32 to an open enum",
        [true, true],
        "3 message A { int32 a = 1; }",
        "3 message A { E a = 1; } enum E { Z = 0; }",
    ),
    (
        "FIELD_WIRE_COMPATIBLE_TYPE",
        "a closed enum to int32",
        [true, true],
        "message A { optional E a = 1; } enum E { Z = 0; }",
        "message A { optional int32 a = 1; }",
    ),
    (
        "FIELD_WIRE_COMPATIBLE_TYPE",
        "an enum that was moved",
        [false, false],
        "3 message A { E a = 1; enum E { Z = 0; } }",
        "3 message A { E a = 1; } enum E { Z = 0; }",
    ),
    (
        "FIELD_WIRE_COMPATIBLE_TYPE",
        "an open enum that was moved and has one value more",
        [false, false],
        "3 message A { E a = 1; enum E { Z = 0; } }",
        "3 message A { E a = 1; } enum E { Z = 0; B = 1; }",
    ),
    (
        "FIELD_WIRE_COMPATIBLE_TYPE",
        "an enum of another name with the same values",
        [true, true],
        "3 message A { E a = 1; } enum E { Z = 0; }",
        "3 message A { F a = 1; } enum F { Z = 0; }",
    ),
    (
        "FIELD_WIRE_COMPATIBLE_TYPE",
        "a message of another name with the same fields",
        [true, true],
        "3 message A { B a = 1; } message B { int32 x = 1; }",
        "3 message A { C a = 1; } message C { int32 x = 1; }",
    ),
    (
        "FIELD_WIRE_COMPATIBLE_TYPE",
        "a message to bytes",
        [true, true],
        "3 message A { B a = 1; } message B { int32 x = 1; }",
        "3 message A { bytes a = 1; }",
    ),
    (
        "FIELD_WIRE_COMPATIBLE_TYPE",
        "a group to a message",
        [true, true],
        "message A { optional group B = 1 { optional int32 x = 1; } }",
        "message A { optional B b = 1; message B { optional int32 x = 1; } }",
    ),
    (
        "FIELD_WIRE_JSON_COMPATIBLE_TYPE",
        "fixed32 to sfixed32",
        [false, false],
        "3 message A { fixed32 a = 1; }",
        "3 message A { sfixed32 a = 1; }",
    ),
    (
        "FIELD_WIRE_JSON_COMPATIBLE_TYPE",
        "sfixed64 to fixed64",
        [false, false],
        "3 message A { sfixed64 a = 1; }",
        "3 message A { fixed64 a = 1; }",
    ),
    (
        "FILE_SAME_PACKAGE",
        "another package",
        [true, true],
        "3 package p; message A { int32 a = 1; }",
        "3 package q; message A { int32 a = 1; }",
    ),
    (
        "MESSAGE_SAME_JSON_FORMAT",
        "a message's file to proto2",
        [false, true],
        "3 message A { optional int32 a = 1; }",
        "message A { optional int32 a = 1; }",
    ),
    (
        "MESSAGE_SAME_MESSAGE_SET_WIRE_FORMAT",
        "a message to a message set",
        [true, true],
        "message A { extensions 4 to max; }",
        "message A { option message_set_wire_format = true; extensions 4 to max; }",
    ),
    (
        "MESSAGE_SAME_REQUIRED_FIELDS",
        "a required field added",
        [true, true],
        "message A { optional int32 a = 1; }",
        "message A { optional int32 a = 1; required int32 b = 2; }",
    ),
    (
        "MESSAGE_SAME_REQUIRED_FIELDS",
        "a required field removed, number and name reserved",
        [true, true],
        "message A { optional int32 a = 1; required int32 b = 2; }",
        "message A { optional int32 a = 1; reserved 2; reserved \"b\"; }",
    ),
    (
        "RESERVED_ENUM_NO_DELETE",
        "a reserved number of an enum freed",
        [true, true],
        "3 message A { E a = 1; } enum E { Z = 0; reserved 2; }",
        "3 message A { E a = 1; } enum E { Z = 0; }",
    ),
    (
        "RESERVED_ENUM_NO_DELETE",
        "a reserved name of an enum freed",
        [true, true],
        "3 message A { E a = 1; } enum E { Z = 0; reserved \"B\"; }",
        "3 message A { E a = 1; } enum E { Z = 0; }",
    ),
    (
        "RESERVED_MESSAGE_NO_DELETE",
        "a reserved number freed",
        [true, true],
        "3 message A { int32 a = 1; reserved 2 to 5; }",
        "3 message A { int32 a = 1; reserved 2 to 4; }",
    ),
    (
        "RESERVED_MESSAGE_NO_DELETE",
        "a reserved name freed",
        [true, true],
        "3 message A { int32 a = 1; reserved \"b\"; }",
        "3 message A { int32 a = 1; }",
    ),
    (
        "RPC_SAME_CLIENT_STREAMING",
        "an argument that became a stream",
        [true, true],
        "3 message A { int32 a = 1; } service S { rpc R(A) returns (A); }",
        "3 message A { int32 a = 1; } service S { rpc R(stream A) returns (A); }",
    ),
    (
        "RPC_SAME_IDEMPOTENCY_LEVEL",
        "another idempotency level",
        [true, true],
        "3 message A { int32 a = 1; } service S { rpc R(A) returns (A); }",
        "3 message A { int32 a = 1; } service S { rpc R(A) returns (A) { option idempotency_level = IDEMPOTENT; } }",
    ),
    (
        "RPC_SAME_REQUEST_TYPE",
        "another type of argument",
        [true, true],
        "3 message A { int32 a = 1; } message B {} service S { rpc R(A) returns (A); }",
        "3 message A { int32 a = 1; } message B {} service S { rpc R(B) returns (A); }",
    ),
    (
        "RPC_SAME_RESPONSE_TYPE",
        "another type of answer",
        [true, true],
        "3 message A { int32 a = 1; } message B {} service S { rpc R(A) returns (A); }",
        "3 message A { int32 a = 1; } message B {} service S { rpc R(A) returns (B); }",
    ),
    (
        "RPC_SAME_SERVER_STREAMING",
        "an answer that became a stream",
        [true, true],
        "3 message A { int32 a = 1; } service S { rpc R(A) returns (A); }",
        "3 message A { int32 a = 1; } service S { rpc R(A) returns (stream A); }",
    ),
    (
        "none",
        "a field added",
        [false, false],
        "3 message A { int32 a = 1; }",
        "3 message A { int32 a = 1; int32 b = 2; }",
    ),
    (
        "none",
        "a value added to an open enum",
        [false, false],
        "3 message A { E a = 1; } enum E { Z = 0; }",
        "3 message A { E a = 1; } enum E { Z = 0; B = 1; }",
    ),
    (
        "none",
        "a value added to a closed enum",
        [false, false],
        "message A { optional E a = 1; } enum E { Z = 0; }",
        "message A { optional E a = 1; } enum E { Z = 0; B = 1; }",
    ),
    (
        "FIELD_SAME_DEFAULT",
        "another first value of a closed enum",
        [true, true],
        "message A { optional E a = 1; } enum E { Z = 0; B = 1; }",
        "message A { optional E a = 1; } enum E { B = 1; Z = 0; }",
    ),
    (
        "none",
        "a closed enum opened",
        [false, false],
        "message A { optional E a = 1; } enum E { Z = 0; }",
        "3 message A { optional E a = 1; } enum E { Z = 0; }",
    ),
    (
        "none",
        "a string whose UTF-8 is verified from now on",
        [false, false],
        "message A { optional string a = 1; }",
        "3 message A { optional string a = 1; }",
    ),
    (
        "none",
        "packed to unpacked",
        [false, false],
        "3 message A { repeated int32 a = 1; }",
        "3 message A { repeated int32 a = 1 [packed = false]; }",
    ),
    (
        "none",
        "an extension removed",
        [false, false],
        "message A { extensions 100 to 199; } extend A { optional int32 b = 100; }",
        "message A { extensions 100 to 199; }",
    ),
    (
        "none",
        "an extension range removed",
        [false, false],
        "message A { optional int32 a = 1; extensions 100 to 199; }",
        "message A { optional int32 a = 1; }",
    ),
];

/// The rules of both categories, by buf's documentation.
const RULES: &[&str] = &[
    "ENUM_SAME_JSON_FORMAT",
    "ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED",
    "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED",
    "ENUM_VALUE_SAME_NAME",
    "FIELD_NO_DELETE_UNLESS_NAME_RESERVED",
    "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED",
    "FIELD_SAME_DEFAULT",
    "FIELD_SAME_JSON_NAME",
    "FIELD_SAME_NAME",
    "FIELD_SAME_ONEOF",
    "FIELD_WIRE_COMPATIBLE_CARDINALITY",
    "FIELD_WIRE_COMPATIBLE_TYPE",
    "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY",
    "FIELD_WIRE_JSON_COMPATIBLE_TYPE",
    "FILE_SAME_PACKAGE",
    "MESSAGE_SAME_JSON_FORMAT",
    "MESSAGE_SAME_MESSAGE_SET_WIRE_FORMAT",
    "MESSAGE_SAME_REQUIRED_FIELDS",
    "RESERVED_ENUM_NO_DELETE",
    "RESERVED_MESSAGE_NO_DELETE",
    "RPC_SAME_CLIENT_STREAMING",
    "RPC_SAME_IDEMPOTENCY_LEVEL",
    "RPC_SAME_REQUEST_TYPE",
    "RPC_SAME_RESPONSE_TYPE",
    "RPC_SAME_SERVER_STREAMING",
];
const TABLE: &str =
    "| rule of buf | change | buf: WIRE, WIRE_JSON | here: wire, wire and JSON | why |\n";
