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
