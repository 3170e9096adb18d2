//! What the vectors of `spec/vectors/valid/change` do not show of a comparison: its words, its borders, and its cost.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in a test is a failed test")]
#![cfg(feature = "protobuf")]

use core::fmt::Write as _;
use core::time::Duration;
use std::time::Instant;

use strictframe_schema::Descriptor;
use strictframe_schema::change::{Change, ChangeKind as K, Verdict, changes, reads, worst};
use strictframe_schema::protobuf::ProtobufSchema;

fn protobuf(version: u16, text: &str) -> Descriptor {
    let schema = ProtobufSchema::parse(text.as_bytes());
    let schema = schema.unwrap_or_else(|error| panic!("{error}\n{text}"));
    Descriptor::protobuf("A", version, 1, &schema).unwrap()
}

fn json(text: &str) -> Descriptor {
    Descriptor::json("A", 1, 1, text.as_bytes()).unwrap()
}

fn between(old: &str, new: &str) -> Vec<Change> {
    changes(&protobuf(1, old), &protobuf(2, new)).unwrap()
}

#[test]
fn a_change_says_what_stood_there_and_what_does_now() {
    let found = between(
        "message A\n 1 a int32 implicit\n 2 b bytes implicit\n",
        "message A\n 1 a int64 implicit\n 3 c bool implicit\n reserved 2\n",
    );
    let said: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "A: reserved-number-added: 2",
            "A.a: type-widened: a int32 implicit -> a int64 implicit",
            "A.b: field-removed-name-free: b bytes implicit",
            "A.c: field-added: 3 c bool implicit",
        ]
    );
    let found = changes(&json("{\"maximum\":1}"), &json("{\"maximum\":2}")).unwrap();
    assert_eq!(found[0].to_string(), "#/maximum: constraint-loosened: 1 -> 2");
}

#[test]
fn verdicts_have_names_and_large_values_stand_as_brackets() {
    let names = [Verdict::Safe, Verdict::Unknown, Verdict::Breaking].map(Verdict::name);
    assert_eq!(names, ["safe", "unknown", "breaking"]);
    let long = "x".repeat(5000);
    for (text, shown) in [
        (format!("{{\"enum\":[\"{long}\"]}}"), "[...]"),
        ("{\"enum\":[1,2]}".to_owned(), "[1,2]"),
        (format!("{{\"if\":{{\"const\":\"{long}\"}}}}"), "{...}"),
        ("{\"if\":{\"const\":1}}".to_owned(), "{\"const\":1}"),
    ] {
        let found = changes(&json("{}"), &json(&text)).unwrap();
        assert!(found.iter().any(|change| change.after == shown), "{shown}: {found:?}");
    }
}

#[test]
fn a_pointer_leads_into_lists_and_through_escapes() {
    // RFC 6901, sections 3 to 5.
    let kinds = |reference: &str, to: u32| {
        let with = |most| {
            let filler = "true,".repeat(8);
            json(&format!(
                "{{\"$ref\":\"{reference}\",\"$defs\":{{\"a/b~\":{{\"maximum\":{most}}},\"list\":{{\"allOf\":[true,{{\"maximum\":{most}}},{filler}{{\"maximum\":{most}}}]}}}}}}"
            ))
        };
        let found = changes(&with(5), &with(to)).unwrap();
        found.iter().map(|change| change.kind).collect::<Vec<_>>()
    };
    for reference in ["#/$defs/a~1b~0", "#/$defs/list/allOf/1", "#/$defs/list/allOf/10"] {
        assert!(kinds(reference, 9).contains(&K::ConstraintLoosened), "{reference}");
        assert!(!kinds(reference, 9).contains(&K::KeywordUnknown), "{reference}");
    }
    assert_eq!(kinds("#/$defs/list/allOf/0", 9), []);
    for nowhere in ["#/$defs/list/allOf/01", "#/$defs/list/allOf/11", "#/$defs/a~2b", "#/$defs/x"] {
        assert!(kinds(nowhere, 9).contains(&K::KeywordUnknown), "{nowhere}");
    }
}

#[test]
fn a_schema_does_not_differ_from_itself() {
    // SPEC [CLS-1]: whatever its keywords depend on.
    for text in [
        r##"{"unevaluatedProperties":false,"properties":{"a":{"$id":"x","$ref":"#"}}}"##,
        r##"{"not":{"$ref":"#/$defs/a"},"$dynamicRef":"#b","$defs":{"a":{"$ref":"#c"}},"$ref":"#d"}"##,
        r#"{"items":[true],"x-kind":[1],"if":{},"oneOf":[{"pattern":"a"}]}"#,
        // Nor where no schema stands that should.
        r#"{"propertyNames":0}"#,
        r#"{"additionalProperties":"a","items":1,"properties":{"a":null},"patternProperties":2}"#,
        r##"{"allOf":3,"prefixItems":"a","anyOf":{"a":1},"properties":5}"##,
    ] {
        assert_eq!(changes(&json(text), &json(text)).unwrap(), [], "{text}");
        assert!(reads(&json(text), &json(text)).unwrap());
    }
}

#[test]
fn what_depends_on_its_neighbours_is_unknown_when_they_change() {
    // SPEC [CLS-1]: an unchanged keyword may accept something else.
    let unknown = |old: &str, new: &str, path: &str| {
        let found = changes(&json(old), &json(new)).unwrap();
        let is_it = |change: &Change| change.kind == K::KeywordUnknown && change.path == path;
        assert!(found.iter().any(is_it), "{found:?}");
        assert!(!reads(&json(old), &json(new)).unwrap());
    };
    unknown(r#"{"propertyNames":0}"#, r#"{"propertyNames":1}"#, "#/propertyNames");
    unknown(
        r#"{"unevaluatedProperties":false}"#,
        r#"{"unevaluatedProperties":false,"properties":{"a":true}}"#,
        "#/unevaluatedProperties",
    );
    unknown(
        r##"{"properties":{"x":{"$id":"x","$ref":"#/$defs/a","$defs":{"a":true}}},"$defs":{"a":{"type":"string"}}}"##,
        r##"{"properties":{"x":{"$id":"x","$ref":"#/$defs/a","$defs":{"a":true}}},"$defs":{"a":{"type":"null"}}}"##,
        "#/properties/x/$id",
    );
}

/// The kinds of change between two schemas, in their order.
fn kinds(old: &str, new: &str) -> Vec<K> {
    changes(&json(old), &json(new)).unwrap().iter().map(|change| change.kind).collect()
}

#[test]
fn what_depends_on_no_neighbour_is_not_unknown_when_they_change() {
    // SPEC [CLS-1]: what looks like a reference where no schema stands is none.
    for keyword in [r#""items":[true,{"maximum":1}]"#, r##""const":{"$ref":"#/$defs/a"}"##] {
        let with = |most| format!("{{{keyword},\"maximum\":{most}}}");
        assert_eq!(kinds(&with(1), &with(2)), [K::ConstraintLoosened], "{keyword}");
    }
    let items = r##"{"items":[{"$ref":"#/$defs/a"}]}"##;
    assert_eq!(kinds(items, items), []);
}

#[test]
fn a_reference_that_comes_tightens_and_one_that_goes_loosens() {
    let (with, without) = (r##"{"$ref":"#/$defs/a","$defs":{"a":{}}}"##, r#"{"$defs":{"a":{}}}"#);
    assert_eq!(kinds(without, with), [K::ConstraintTightened]);
    assert_eq!(kinds(with, without), [K::ConstraintLoosened]);
}

#[test]
fn a_property_that_a_pattern_may_have_judged_is_unknown() {
    let (with, without) = (
        r#"{"properties":{"a":true,"b":{"minimum":1}},"patternProperties":{"^b":true}}"#,
        r#"{"properties":{"a":true},"patternProperties":{"^b":true}}"#,
    );
    assert_eq!(kinds(with, without), [K::KeywordUnknown]);
    let plain = |text: &str| text.replace(r#","patternProperties":{"^b":true}"#, "");
    assert_eq!(kinds(with, &plain(without)).last(), Some(&K::KeywordUnknown));
    assert_eq!(kinds(&plain(with), without).last(), Some(&K::KeywordUnknown));
    assert_eq!(kinds(&plain(with), &plain(without)), [K::PropertyRemovedOpen]);
}

#[test]
fn multiples_are_compared_where_both_are_whole_and_exact() {
    let between = |old: &str, new: &str| {
        kinds(&format!("{{\"multipleOf\":{old}}}"), &format!("{{\"multipleOf\":{new}}}"))
    };
    assert_eq!(between("2", "6"), [K::ConstraintTightened]);
    assert_eq!(between("6", "2"), [K::ConstraintLoosened]);
    for (old, new) in [("1.5", "3"), ("3", "1.5"), ("0.5", "2"), ("2", "0.5"), ("-2", "-4")] {
        assert_eq!(between(old, new), [K::KeywordUnknown], "{old} {new}");
    }
    // From 2^53 on a number stands for others beside it.
    assert_eq!(between("9007199254740992", "4503599627370496"), [K::KeywordUnknown]);
    assert_eq!(between("9007199254740991", "1"), [K::ConstraintLoosened]);
}

#[test]
fn a_field_that_stays_in_its_oneof_has_not_changed_in_that() {
    let field =
        |kind| format!("message A\n 1 a {kind} explicit oneof=x\n 2 b bool explicit oneof=x\n");
    let found = between(&field("int32"), &field("int64"));
    assert_eq!(found.iter().map(|change| change.kind).collect::<Vec<_>>(), [K::TypeWidened]);
}

#[test]
fn descriptors_of_two_encodings_are_unknown_to_each_other() {
    let opaque = Descriptor::opaque("A", 1, 1, b"{}").unwrap();
    let found = changes(&opaque, &json("{}")).unwrap();
    assert_eq!(found[0].kind, K::DescriptorChanged);
    assert_eq!(worst(&found).old_reads_new, Verdict::Unknown);
}

/// Types that lead from one to the next and from the last to the first, each with one field more.
fn ring(len: usize) -> String {
    let mut text = format!("message A\n 1 a message T{:05} explicit\n", 0);
    for index in 0..len {
        let next = (index + 1) % len;
        writeln!(
            text,
            "message T{index:05}\n 1 a message T{next:05} explicit\n 2 b int32 implicit"
        )
        .unwrap();
    }
    text
}

#[test]
fn a_comparison_that_pairs_every_type_with_every_other_one_is_given_up() {
    // SPEC [CLS-1]: rings whose lengths have no common divisor lead to every pair of their types.
    let start = Instant::now();
    let found = between(&ring(1_009), &ring(1_013));
    assert!(found.iter().any(|change| change.kind == K::ComparisonCut), "{} changes", found.len());
    assert_eq!(worst(&found).old_reads_new, Verdict::Unknown);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    // Rings of one length, and short ones, are compared to the end.
    assert_eq!(between(&ring(4_000), &ring(4_000)), []);
    let whole = between(&ring(31), &ring(37));
    assert_eq!(worst(&whole).old_reads_new, Verdict::Safe, "{whole:?}");
}

/// The same with references.
fn json_ring(len: usize) -> String {
    let defs: Vec<_> = (0..len)
        .map(|index| {
            format!(
                r##""t{index}":{{"properties":{{"a":{{"$ref":"#/$defs/t{}"}}}}}}"##,
                (index + 1) % len
            )
        })
        .collect();
    format!(r##"{{"$ref":"#/$defs/t0","$defs":{{{}}}}}"##, defs.join(","))
}

#[test]
fn a_comparison_of_references_without_end_is_given_up() {
    // SPEC [CLS-1]: the same of JSON Schemas.
    let start = Instant::now();
    let found = changes(&json(&json_ring(1_009)), &json(&json_ring(1_013))).unwrap();
    assert!(found.iter().any(|change| change.kind == K::ComparisonCut), "{} changes", found.len());
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    assert_eq!(changes(&json(&json_ring(4_000)), &json(&json_ring(4_000))).unwrap(), []);
    assert_eq!(changes(&json(&json_ring(31)), &json(&json_ring(37))).unwrap(), []);
}

#[test]
fn a_list_of_changes_is_no_copy_of_both_schemas() {
    // Sixty levels, each of which would be told with all that is in it.
    let deep =
        |leaf: &str| (0..30).fold(leaf.to_owned(), |inner, _| format!(r#"{{"anyOf":[{inner}]}}"#));
    let wide = format!(r#"{{"const":"{}"}}"#, "x".repeat(100_000));
    let old = deep(&wide);
    let new = (0..30).fold(wide, |inner, _| format!(r#"{{"anyOf":[{inner},true]}}"#));
    let found = changes(&json(&old), &json(&new)).unwrap();
    let told: usize = found.iter().map(|change| change.before.len() + change.after.len()).sum();
    assert!(found.len() >= 30 && told < 10_000, "{} changes of {told} bytes", found.len());
    assert!(found.iter().any(|change| change.before == "[...]"), "{:?}", found[0]);
}
