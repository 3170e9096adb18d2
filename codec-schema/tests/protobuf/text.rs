//! What the canonical text looks like, and what is refused as one.

use strictframe_schema::protobuf::ProtobufSchema;

use super::compile::{schema, text};

pub(super) const ALL: &str = r#"
    syntax = "proto2";
    package acme;
    // A comment.
    message Event {
      optional bytes id = 1;
      required string note = 2 [default = "a \"b\"\n"];
      repeated int32 counts = 3 [packed = true];
      repeated int32 loose = 4;
      map<string, Tag> tags = 5;
      optional Kind kind = 6 [default = B];
      oneof source { string url = 7; Event parent = 8; }
      optional group Inner = 9 { optional double ratio = 1 [default = -0.0]; }
      optional bytes raw = 10 [default = "\001\xff\n\\"];
      optional float small = 11 [default = 0.1];
      optional int64 big = 12 [default = -9223372036854775808, json_name = "BIG"];
      reserved 20, 22 to 25, 26;
      reserved "old", "older";
      extensions 100 to 199, 1000 to max;
    }
    message Tag { optional Event again = 1; }
    enum Kind { B = 2; A = -1; C = 2; option allow_alias = true; reserved 5 to 7; }
    extend Event { optional Tag extra = 100; repeated sint64 more = 101; }
    message Unrelated { optional int32 x = 1; }
"#;

#[test]
fn a_string_in_quotes_has_the_escapes_of_json() {
    // SPEC [KEY-6]: and only those that JSON in its canonical form has.
    let with = |quoted: &str| {
        let text = format!("message A\n 1 a string explicit default={quoted} json=\"b\"\n");
        let parsed = ProtobufSchema::parse(text.as_bytes());
        parsed.map(|schema| schema.to_string() == text).unwrap_or(false)
    };
    assert!(with(r#""\b\f\n\r\t\"\\\u0001\u001fä""#));
    for refused in [r#""\a""#, "\"\u{1}\"", "\"\t\"", r#""\u00""#, r#""a"b"#, "\"a\"  "] {
        assert!(!with(refused), "{refused}");
    }
    for control in ["\u{1}", "\u{1f}", "\t"] {
        let text = format!("message A\n 1 a string explicit default=\"{control}\"\n");
        assert!(ProtobufSchema::parse(text.as_bytes()).is_err(), "{control:?}");
    }
    let ends_in_space = "message A\n 1 a string explicit default=\"x\" \n";
    assert!(ProtobufSchema::parse(ends_in_space.as_bytes()).is_err());
}

#[test]
fn numbers_are_as_ecmascript_writes_them_for_their_format() {
    let is_kept = |kind: &str, number: &str| {
        let text = format!("message A\n 1 a {kind} explicit default={number}\n");
        ProtobufSchema::parse(text.as_bytes()).is_ok()
    };
    for (kind, number) in [
        ("float", "3.4028235e+38"),
        ("float", "1e-45"),
        ("float", "1.1754944e-38"),
        ("float", "16777216"),
        ("float", "999999"),
        ("float", "1000000"),
        ("float", "1e+30"),
        ("float", "1e-30"),
        ("float", "1e+31"),
        ("double", "1.7976931348623157e+308"),
        ("double", "5e-324"),
        ("double", "2.2250738585072014e-308"),
        ("double", "9007199254740993e-16"),
        ("double", "999999999999999"),
        ("double", "1000000000000000"),
        ("double", "123456789012345680000"),
        ("double", "1e+21"),
        ("double", "1e-7"),
        ("double", "0.000001"),
        ("double", "1e+280"),
        ("double", "1e-281"),
    ] {
        let expected = kind != "double" || !number.starts_with("9007199254740993e");
        assert_eq!(is_kept(kind, number), expected, "{kind} {number}");
    }
    for (kind, number) in [
        ("float", "3.4028236e+38"),
        ("float", "3.5e+38"),
        ("float", "2e-45"),
        ("float", "0.10000000149"),
        ("float", "16777217"),
        ("double", "1.7976931348623159e+308"),
        ("double", "4e-324"),
        ("double", "0.1000000000000000055"),
        ("double", "9007199254740993"),
        ("double", "1e21"),
        ("double", "1e-6"),
        ("double", "0.0000001"),
        ("double", "100000000000000000000000"),
        ("double", "1.0"),
        ("double", "01"),
        ("double", "1e+400"),
    ] {
        assert!(!is_kept(kind, number), "{kind} {number}");
    }
}

#[test]
fn each_fact_that_matters_has_one_place_in_the_text() {
    // SPEC [KEY-6]: types by name, fields by number, extensions with the message they extend, nothing unrelated.
    let expected = r#"message acme.Event
 1 id bytes explicit
 2 note string-unverified required default="a \"b\"\n"
 3 counts int32 packed
 4 loose int32 repeated
 5 tags map string-unverified message acme.Tag
 6 kind enum acme.Kind explicit default=B
 7 url string-unverified explicit oneof=source
 8 parent message acme.Event explicit oneof=source
 9 inner group acme.Event.Inner explicit
 10 raw bytes explicit default=0x01ff0a5c
 11 small float explicit default=0.1
 12 big int64 explicit default=-9223372036854775808 json="BIG"
 100 [acme.extra] message acme.Tag explicit
 101 [acme.more] sint64 repeated
 extensions 100..199 1000..536870911
 reserved 20 22..26
 reserved-names "old" "older"
message acme.Event.Inner
 1 ratio double explicit default=-0
enum acme.Kind closed 2
 -1 A
 2 B
 2 C
 reserved 5..7
message acme.Tag
 1 again message acme.Event explicit
"#;
    let all = format!("{}", schema(&[("a.proto", ALL)]).closure("acme.Event").unwrap());
    assert_eq!(all, expected);
    assert_eq!(text(ALL, "acme.Event"), expected);
    assert_eq!(ProtobufSchema::parse(expected.as_bytes()).unwrap().to_string(), expected);
}
