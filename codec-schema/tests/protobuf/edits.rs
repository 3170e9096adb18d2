//! Edits that change what a schema says, each of which must change its text, and edits that change how it is written, none of which may.

use std::collections::BTreeMap;

use super::compile::{descriptor_set, schema, text};
use super::text::ALL;

/// What is edited, and the text that is replaced by another.
type Edit = (&'static str, &'static str, &'static str);

#[test]
fn every_edit_that_means_something_gives_another_descriptor() {
    // SPEC [KEY-6]: different for each semantic edit, and no two of them alike.
    let mut seen = BTreeMap::from([(text(ALL, "acme.Event"), "nothing")]);
    for (what, from, to) in SEMANTIC {
        assert!(ALL.contains(from), "{what}: not in the schema");
        let edited = ALL.replace(from, to);
        let root = if *what == "package" { "acme2.Event" } else { "acme.Event" };
        if let Some(other) = seen.insert(text(&edited, root), what) {
            panic!("{what} gives the same descriptor as {other}");
        }
    }
    assert!(SEMANTIC.len() >= 60);
}

const SEMANTIC: &[Edit] = &[
    ("field number", r#"optional bytes id = 1;"#, r#"optional bytes id = 13;"#),
    ("field name", r#"optional bytes id = 1;"#, r#"optional bytes ident = 1;"#),
    ("field name in another case", r#"optional bytes id = 1;"#, r#"optional bytes Id = 1;"#),
    ("bytes to string", r#"optional bytes id = 1;"#, r#"optional string id = 1;"#),
    ("optional to required", r#"optional bytes id = 1;"#, r#"required bytes id = 1;"#),
    ("optional to repeated", r#"optional bytes id = 1;"#, r#"repeated bytes id = 1;"#),
    ("field taken away", r#"optional bytes id = 1;"#, r#""#),
    (
        "field added",
        r#"optional bytes id = 1;"#,
        r#"optional bytes id = 1; optional bytes no = 13;"#,
    ),
    ("field taken away and its number reserved", r#"optional bytes id = 1;"#, r#"reserved 1;"#),
    ("required to optional", r#"required string note = 2"#, r#"optional string note = 2"#),
    ("default taken away", r#" [default = "a \"b\"\n"]"#, r#""#),
    ("default of a string", r#"default = "a \"b\"\n""#, r#"default = "a""#),
    ("default of a string in another case", r#"default = "a \"b\"\n""#, r#"default = "A \"b\"\n""#),
    ("empty default of a string", r#"default = "a \"b\"\n""#, r#"default = """#),
    ("packed to unpacked", r#"[packed = true]"#, r#"[packed = false]"#),
    (
        "repeated to optional",
        r#"repeated int32 counts = 3 [packed = true]"#,
        r#"optional int32 counts = 3"#,
    ),
    ("int32 to int64", r#"repeated int32 loose"#, r#"repeated int64 loose"#),
    ("int32 to sint32", r#"repeated int32 loose"#, r#"repeated sint32 loose"#),
    ("int32 to uint32", r#"repeated int32 loose"#, r#"repeated uint32 loose"#),
    ("int32 to fixed32", r#"repeated int32 loose"#, r#"repeated fixed32 loose"#),
    ("int32 to sfixed32", r#"repeated int32 loose"#, r#"repeated sfixed32 loose"#),
    ("int32 to bool", r#"repeated int32 loose"#, r#"repeated bool loose"#),
    ("int32 to an enum", r#"repeated int32 loose"#, r#"repeated Kind loose"#),
    ("int32 to float", r#"repeated int32 loose"#, r#"repeated float loose"#),
    (
        "unpacked to packed",
        r#"repeated int32 loose = 4;"#,
        r#"repeated int32 loose = 4 [packed = true];"#,
    ),
    ("key of a map", r#"map<string, Tag>"#, r#"map<int32, Tag>"#),
    ("key of a map to a bool", r#"map<string, Tag>"#, r#"map<bool, Tag>"#),
    ("value of a map", r#"map<string, Tag>"#, r#"map<string, Event>"#),
    ("value of a map to a scalar", r#"map<string, Tag>"#, r#"map<string, bytes>"#),
    ("value of a map to an enum", r#"map<string, Tag>"#, r#"map<string, Kind>"#),
    ("map to a repeated message", r#"map<string, Tag> tags"#, r#"repeated Tag tags"#),
    ("default of an enum", r#"[default = B]"#, r#"[default = A]"#),
    ("default of an enum to its alias", r#"[default = B]"#, r#"[default = C]"#),
    ("default of an enum taken away", r#" [default = B]"#, r#""#),
    ("oneof renamed", r#"oneof source"#, r#"oneof origin"#),
    (
        "oneof dissolved",
        r#"oneof source { string url = 7; Event parent = 8; }"#,
        r#"optional string url = 7; optional Event parent = 8;"#,
    ),
    (
        "arm moved out",
        r#"string url = 7; Event parent = 8; }"#,
        r#"string url = 7; } optional Event parent = 8;"#,
    ),
    ("arm added", r#"string url = 7;"#, r#"string url = 7; bytes blob = 13;"#),
    ("arm taken away", r#"string url = 7;"#, r#""#),
    (
        "field moved into the oneof",
        r#"optional bytes id = 1;
      required"#,
        r#"oneof other { bytes id = 1; }
      required"#,
    ),
    ("message to another of the same shape", r#"Event parent = 8;"#, r#"Tag parent = 8;"#),
    (
        "group to a message",
        r#"optional group Inner = 9 { optional double ratio = 1 [default = -0.0]; }"#,
        r#"optional Inner inner = 9; message Inner { optional double ratio = 1 [default = -0.0]; }"#,
    ),
    ("field inside a group", r#"optional double ratio = 1"#, r#"optional double ratio = 2"#),
    ("default of a double loses its sign", r#"[default = -0.0]"#, r#"[default = 0.0]"#),
    ("default of a double to infinity", r#"[default = -0.0]"#, r#"[default = -inf]"#),
    ("default of a double to no number", r#"[default = -0.0]"#, r#"[default = nan]"#),
    ("default of bytes", r#"\001\xff"#, r#"\001\xfe"#),
    ("default of a float", r#"[default = 0.1]"#, r#"[default = 0.10000001]"#),
    ("float to double", r#"optional float small"#, r#"optional double small"#),
    ("default of an integer", r#"-9223372036854775808"#, r#"-9223372036854775807"#),
    ("name in JSON", r#""BIG""#, r#""Big""#),
    ("name in JSON taken away", r#", json_name = "BIG""#, r#""#),
    ("reserved number added", r#"reserved 20,"#, r#"reserved 19, 20,"#),
    ("reserved number taken away", r#"reserved 20, 22"#, r#"reserved 22"#),
    ("reserved range shorter", r#"22 to 25"#, r#"22 to 24"#),
    ("reserved name added", r#""old", "older""#, r#""old", "older", "oldest""#),
    ("reserved name taken away", r#""old", "older""#, r#""old""#),
    ("extension range shorter", r#"100 to 199"#, r#"100 to 198"#),
    ("extension range taken away", r#", 1000 to max"#, r#""#),
    ("first value of a closed enum", r#"{ B = 2; A = -1;"#, r#"{ A = -1; B = 2;"#),
    ("order of aliases", r#"B = 2; A = -1; C = 2;"#, r#"C = 2; A = -1; B = 2;"#),
    ("number of a value", r#"A = -1;"#, r#"A = -3;"#),
    ("name of a value", r#"A = -1;"#, r#"AA = -1;"#),
    ("value added", r#"A = -1;"#, r#"A = -1; D = 9;"#),
    ("value taken away", r#"A = -1;"#, r#""#),
    ("alias taken away", r#"C = 2; option allow_alias = true;"#, r#""#),
    ("reserved range of an enum", r#"reserved 5 to 7"#, r#"reserved 5 to 8"#),
    ("number of an extension", r#"optional Tag extra = 100"#, r#"optional Tag extra = 102"#),
    ("name of an extension", r#"optional Tag extra"#, r#"optional Tag extras"#),
    ("type of an extension", r#"optional Tag extra"#, r#"optional Event extra"#),
    ("extension taken away", r#"optional Tag extra = 100;"#, r#""#),
    ("type of a repeated extension", r#"repeated sint64 more"#, r#"repeated sint32 more"#),
    (
        "field of a type that is led to",
        r#"optional Event again = 1;"#,
        r#"optional Event again = 2;"#,
    ),
    ("name of a type that is led to", r#"Tag"#, r#"Label"#),
    ("package", r#"package acme;"#, r#"package acme2;"#),
];

#[test]
fn what_is_only_written_otherwise_gives_the_same_descriptor() {
    // SPEC [KEY-6]: no comment, order, spelling, file or option without a meaning leaves a trace.
    let expected = text(ALL, "acme.Event");
    for (what, from, to) in SPELLING {
        assert!(ALL.contains(from), "{what}: not in the schema");
        assert_eq!(text(&ALL.replace(from, to), "acme.Event"), expected, "{what}");
    }
}

const SPELLING: &[Edit] = &[
    ("comment", "// A comment.", "/* Another. */"),
    ("comment inside a field", "optional bytes id = 1;", "optional /* x */ bytes id = 1; // y"),
    ("white space", "optional bytes id = 1;", "optional\n\tbytes   id=1;"),
    ("number in hexadecimal", "optional bytes id = 1;", "optional bytes id = 0x1;"),
    ("type name in full", "Event parent = 8;", ".acme.Event parent = 8;"),
    ("type name from the package on", "Event parent = 8;", "acme.Event parent = 8;"),
    (
        "name in JSON that follows from the name",
        "optional bytes id = 1;",
        r#"optional bytes id = 1 [json_name = "id"];"#,
    ),
    ("packed as it is", "repeated int32 loose = 4;", "repeated int32 loose = 4 [packed = false];"),
    ("deprecated", "optional bytes id = 1;", "optional bytes id = 1 [deprecated = true];"),
    (
        "option of one language",
        "package acme;",
        r#"package acme; option java_package = "org.acme";"#,
    ),
    ("default spelt otherwise", "[default = 0.1]", "[default = 1e-1]"),
    ("default in hexadecimal", "default = -9223372036854775808", "default = -0x8000000000000000"),
    ("bytes spelt otherwise", r"\001\xff\n", r"\x01\377\012"),
    (
        "ranges that touch",
        "reserved 20, 22 to 25, 26;",
        "reserved 22 to 23, 20; reserved 24 to 26;",
    ),
    ("reserved names in another order", r#""old", "older""#, r#""older", "old""#),
    (
        "extension ranges apart",
        "extensions 100 to 199, 1000 to max;",
        "extensions 1000 to max; extensions 150 to 199; extensions 100 to 149;",
    ),
    (
        "values of an enum in another order",
        "C = 2; option allow_alias = true;",
        "option allow_alias = true; C = 2;",
    ),
    ("unused import", "package acme;", r#"package acme; import "google/protobuf/any.proto";"#),
    (
        "service",
        "message Unrelated",
        "service S { rpc Call(Event) returns (Event); } message Unrelated",
    ),
    ("type that nothing leads to", "message Unrelated { optional int32 x = 1; }", ""),
    (
        "value of an option",
        "message Unrelated",
        "import \"google/protobuf/descriptor.proto\"; extend google.protobuf.FieldOptions { optional bool hidden = 50000; } message Unrelated",
    ),
];

#[test]
fn it_does_not_matter_how_types_are_spread_over_files() {
    // SPEC [KEY-6]: file names, imports and the order of files leave no trace.
    let head = r#"syntax = "proto3"; package acme;"#;
    let whole =
        format!("{head} message A {{ B b = 1; }} message B {{ C c = 1; }} enum C {{ ZERO = 0; }}");
    let a = format!("{head} import \"b.proto\"; message A {{ B b = 1; }}");
    let b = format!("{head} import \"c.proto\"; message B {{ C c = 1; }}");
    let b_public = format!("{head} import public \"c.proto\"; message B {{ C c = 1; }}");
    let c = format!("{head} enum C {{ ZERO = 0; }}");
    let expected = text(&whole, "acme.A");
    for b in [&b, &b_public] {
        for files in [
            [("a.proto", a.as_str()), ("b.proto", b), ("c.proto", &c)],
            [("c.proto", &c), ("b.proto", b), ("a.proto", &a)],
        ] {
            let split = schema(&files).closure("acme.A").unwrap();
            assert_eq!(split.to_string(), expected);
        }
    }
    let mut apart = Vec::new();
    // A serialized set may be cut and joined: its files in any order are one set.
    for file in [("c.proto", c.as_str()), ("d.proto", &format!("{head} message D {{}}"))] {
        apart.splice(0..0, descriptor_set(&[file]));
    }
    assert!(strictframe_schema::protobuf::ProtobufSchema::from_descriptor_set(&apart).is_ok());
}
