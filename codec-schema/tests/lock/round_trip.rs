//! `read(write(x)) == x`, whatever names and schemas are.

use proptest::prelude::*;
use strictframe_schema::lock::{Lock, Schema, pretty_json};
use strictframe_schema::protobuf::ProtobufSchema;

use super::samples::sample;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_written_is_read_again(lineages in prop::collection::vec(lineage(), 0..5)) {
        let mut lock = Lock::new();
        for (name, versions) in &lineages {
            for version in versions {
                add(&mut lock, name, version);
            }
        }
        let text = lock.to_string();
        let read = Lock::read(text.as_bytes());
        prop_assert_eq!(read.as_ref(), Ok(&lock), "{}", text);
        prop_assert_eq!(read.unwrap().to_string(), text.clone());
        // A checkout may end lines otherwise.
        prop_assert_eq!(Lock::read(text.replace('\n', "\r\n").as_bytes()), Ok(lock));
    }
}

#[derive(Clone, Debug)]
enum Version {
    Json(String),
    Opaque(Vec<u8>),
    Protobuf(String),
}

fn lineage() -> impl Strategy<Value = (String, Vec<Version>)> {
    let name = prop_oneof![
        "[a-z]{1,3}(\\.[A-Z][a-z]{0,3}){0,2}",
        "[^.]\\PC{0,4}",
        "[\u{0}-\u{9f}'\"]{1,4}"
    ]
    .prop_filter("no leading dot", |name| !name.starts_with('.'));
    (name, prop::collection::vec(version(), 1..5))
}

fn version() -> impl Strategy<Value = Version> {
    let texts = "[\u{0}-\u{9f}'\"\\\\ x]{0,8}";
    prop_oneof![
        (texts, 0..50).prop_map(|(text, n)| {
            Version::Json(
                serde_json::json!({"const": text, "maxLength": n, "enum": [], "not": {}})
                    .to_string(),
            )
        }),
        prop::collection::vec(any::<u8>(), 0..80).prop_map(Version::Opaque),
        (texts, 1..4).prop_map(|(text, n)| {
            let default = String::from_utf8(
                strictframe_schema::canonical_json(
                    serde_json::json!({ "const": text }).to_string().as_bytes(),
                )
                .unwrap(),
            )
            .unwrap();
            let default = default.strip_prefix("{\"const\":").unwrap().strip_suffix('}').unwrap();
            Version::Protobuf(format!("{n} a string explicit default={default}"))
        }),
    ]
}

fn add(lock: &mut Lock, name: &str, version: &Version) {
    match version {
        Version::Json(text) => drop(lock.add(name, Schema::Json(text.as_bytes())).unwrap()),
        Version::Opaque(bytes) => drop(lock.add(name, Schema::Opaque(bytes)).unwrap()),
        Version::Protobuf(field) => {
            // Names of messages are of the language; the text of a default is anything.
            let schema = ProtobufSchema::parse(format!("message a.M\n {field}\n").as_bytes());
            lock.add("a.M", Schema::Protobuf(&schema.unwrap())).unwrap();
        }
    }
}

#[test]
fn the_file_reads_as_it_is_shown() {
    let text = sample().to_string();
    let lines: Vec<_> = text.lines().collect();
    for wanted in [
        "format = 1",
        "name = \"shop.Order\"",
        "encoding = \"protobuf\"",
        "message shop.Order",
        " 3 total double implicit",
        "      \"type\": \"number\"",
        &"ab".repeat(32),
    ] {
        assert!(lines.contains(&wanted), "{wanted}\n{text}");
    }
    // By name, and one fact a line.
    let names: Vec<_> = lines.iter().filter(|line| line.starts_with("name")).collect();
    assert_eq!(
        names,
        [&"name = \"shop.Blob\"", &"name = \"shop.Order\"", &"name = \"shop.Visit\""]
    );
    assert_eq!(lines.iter().filter(|line| line.starts_with("previous")).count(), 3);
    assert_eq!(Lock::read(text.as_bytes()), Ok(sample()));
    assert_eq!(Lock::read(b"format = 1\n"), Ok(Lock::new()));
}

#[test]
fn what_toml_cannot_hold_as_it_is_comes_back() {
    let mut lock = Lock::new();
    // Three quotes end the simple form, and a control character may stand in none.
    for (name, text) in [
        ("a.Quotes", r#"{"pattern":"'''\\\"\u0001"}"#),
        ("b.Delete", "{\"pattern\":\"\u{7f}\u{80}\"}"),
        ("c.Both", "{\"pattern\":\"'''\u{7f}\\\\\\\"\"}"),
    ] {
        lock.add(name, Schema::Json(text.as_bytes())).unwrap();
    }
    let all: Vec<u8> = (0..=255).collect();
    lock.add("d.Bytes", Schema::Opaque(&all)).unwrap();
    let text = lock.to_string();
    assert!(text.contains(r"\u007f") && !text.contains('\u{7f}'), "{text}");
    assert_eq!(Lock::read(text.as_bytes()), Ok(lock));
}

#[test]
fn pretty_json_keeps_its_tokens() {
    let canonical = r#"{"a":[],"b":{},"c":[1,{"d":"e,: [\"\\"}],"f":null}"#;
    let pretty = pretty_json(canonical);
    let read: serde_json::Value = serde_json::from_str(&pretty).unwrap();
    assert_eq!(read.to_string(), canonical);
    assert_eq!(
        pretty,
        "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    1,\n    {\n      \"d\": \"e,: [\\\"\\\\\"\n    }\n  ],\n  \"f\": null\n}\n"
    );
}

#[test]
fn a_descriptor_with_three_quotes_is_still_a_line_for_each_of_its_own() {
    // What a reviewer reads.
    let lines = r#""""
message shop.Order
 1 id int64 implicit
 2 note string explicit default=\"it's '''here'''\"
"""
"#;
    let text = sample().to_string();
    assert!(text.contains(lines), "{text}");
}
