//! Each kind of change, found where it is and nowhere else.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in a test is a failed test")]
#![cfg(feature = "protobuf")]

use std::collections::BTreeSet;

use strictframe_schema::Descriptor;
use strictframe_schema::change::{Change, ChangeKind as K, Reach, Verdict, changes, reach};
use strictframe_schema::protobuf::ProtobufSchema;

/// The differences between two schemas with the root `A`.
fn between(old: &str, new: &str) -> Vec<Change> {
    let descriptor = |version, text: &str| {
        let schema = ProtobufSchema::parse(text.as_bytes())
            .unwrap_or_else(|error| panic!("{error}\n{text}"));
        Descriptor::protobuf("A", version, 1, &schema).unwrap()
    };
    changes(&descriptor(1, old), &descriptor(2, new)).unwrap()
}

/// Where a change is, what it is, the lines of the root before and after, and what stands behind both.
type Case<'a> = (&'a str, &'a [K], &'a str, &'a str, &'a str);

const CASES: &[Case<'_>] = &[
    ("A.a", &[], " 1 a int32 implicit", " 1 a int32 implicit", ""),
    ("A.b", &[K::FieldAdded], "", " 2 b int32 implicit", ""),
    ("A.b", &[K::RequiredAdded], "", " 2 b int32 required", ""),
    ("A.b", &[K::FieldRemovedNumberFree], " 2 b int32 implicit", "", ""),
    ("A.b", &[K::RequiredRemoved], " 2 b int32 required", "", ""),
    ("A.b", &[K::TypeWidened], " 2 b int32 implicit", " 2 b int64 implicit", ""),
    ("A.b", &[K::TypeWidened], " 2 b uint32 implicit", " 2 b int64 implicit", ""),
    ("A.b", &[K::TypeWidened], " 2 b uint32 implicit", " 2 b uint64 implicit", ""),
    ("A.b", &[K::TypeWidened], " 2 b sint32 implicit", " 2 b sint64 implicit", ""),
    ("A.b", &[K::TypeWidened], " 2 b string implicit", " 2 b string-unverified implicit", ""),
    ("A.b", &[K::TypeNarrowed], " 2 b int64 implicit", " 2 b uint32 implicit", ""),
    ("A.b", &[K::TypeChanged], " 2 b int32 implicit", " 2 b uint32 implicit", ""),
    ("A.b", &[K::TypeChanged], " 2 b int32 implicit", " 2 b uint64 implicit", ""),
    ("A.b", &[K::TypeChanged], " 2 b int32 implicit", " 2 b sint32 implicit", ""),
    ("A.b", &[K::TypeChanged], " 2 b int32 implicit", " 2 b bool implicit", ""),
    ("A.b", &[K::TypeChanged], " 2 b fixed32 implicit", " 2 b sfixed32 implicit", ""),
    ("A.b", &[K::TypeChanged], " 2 b float implicit", " 2 b double implicit", ""),
    ("A.b", &[K::TypeChanged], " 2 b message A explicit", " 2 b bytes explicit", ""),
    ("A.b", &[K::TypeChanged], " 2 b message A explicit", " 2 b group A explicit", ""),
    ("A.b", &[K::TypeChanged], " 2 b map int32 int32", " 2 b map int64 int32", ""),
    ("A.b", &[K::TypeWidened], " 2 b map int32 int32", " 2 b map int32 int64", ""),
    ("A.b", &[K::TypeChanged], " 2 b map int32 message A", " 2 b message A repeated", ""),
    ("A.b", &[K::StringToBytes], " 2 b string implicit", " 2 b bytes implicit", ""),
    ("A.b", &[K::BytesToString], " 2 b bytes implicit", " 2 b string implicit", ""),
    ("A.b", &[K::OpenEnumToInteger], " 2 b enum E implicit", " 2 b int32 implicit", OPEN),
    ("A.b", &[K::ClosedEnumToInteger], " 2 b enum E explicit", " 2 b int32 explicit", CLOSED),
    ("A.b", &[K::IntegerToOpenEnum], " 2 b int32 implicit", " 2 b enum E implicit", OPEN),
    ("A.b", &[K::IntegerToClosedEnum], " 2 b int32 explicit", " 2 b enum E explicit", CLOSED),
    ("A.b", &[K::TypeChanged], " 2 b enum E implicit", " 2 b int64 implicit", OPEN),
    (
        "A.b",
        &[K::TypeRenamed],
        " 2 b enum E implicit",
        " 2 b enum F implicit",
        "enum E open\n 0 Z\nenum F open\n 0 Z\n",
    ),
    (
        "A.b",
        &[K::TypeRenamed],
        " 2 b message B explicit",
        " 2 b message C explicit",
        "message B\n 1 x int32 implicit\nmessage C\n 1 x int32 implicit\n",
    ),
    ("A.b", &[K::FieldRenamed], " 2 b int32 implicit", " 2 c int32 implicit", ""),
    ("A.b", &[K::JsonNameChanged], " 2 b int32 implicit", " 2 b int32 implicit json=\"B\"", ""),
    ("A.b", &[K::DefaultChanged], " 2 b int32 explicit", " 2 b int32 explicit default=1", ""),
    (
        "A.b",
        &[K::DefaultChanged, K::TypeWidened],
        " 2 b int32 explicit default=2",
        " 2 b int64 explicit default=1",
        "",
    ),
    ("A.b", &[K::PresenceGained], " 2 b int32 implicit", " 2 b int32 explicit", ""),
    ("A.b", &[K::PresenceLost], " 2 b int32 explicit", " 2 b int32 implicit", ""),
    ("A.b", &[K::RequiredGained], " 2 b int32 explicit", " 2 b int32 required", ""),
    ("A.b", &[K::RequiredLost], " 2 b int32 required", " 2 b int32 explicit", ""),
    ("A.b", &[K::PackingChanged], " 2 b int32 packed", " 2 b int32 repeated", ""),
    ("A.b", &[K::RepetitionChanged], " 2 b int32 implicit", " 2 b int32 packed", ""),
    ("A.b", &[K::RepetitionChanged], " 2 b message A repeated", " 2 b message A explicit", ""),
    ("A.b", &[K::OneofEntered], " 2 b int32 explicit", " 2 b int32 explicit oneof=o", ""),
    ("A.b", &[K::OneofLeft], " 2 b int32 explicit oneof=o", " 2 b int32 explicit", ""),
    ("A.b", &[K::OneofRenamed], " 2 b int32 explicit oneof=o", " 2 b int32 explicit oneof=p", ""),
    ("A", &[K::ReservedNumberAdded], "", " reserved 9", ""),
    ("A", &[K::ReservedNumberFreed], " reserved 9", "", ""),
    ("A", &[K::ReservedNumberFreed, K::ReservedNumberAdded], " reserved 9", " reserved 10", ""),
    ("A", &[K::ReservedNumberAdded], " reserved 9..11", " reserved 8..12", ""),
    ("A", &[K::ReservedNameAdded], "", " reserved-names \"x\"", ""),
    ("A", &[K::ReservedNameFreed], " reserved-names \"x\"", "", ""),
    ("A", &[K::ExtensionsOpened], "", " extensions 100..199", ""),
    ("A", &[K::ExtensionsClosed], " extensions 100..199", " extensions 100..198", ""),
    (
        "A.x.y",
        &[K::FieldAdded],
        " extensions 100..199",
        " 100 [x.y] int32 explicit\n extensions 100..199",
        "",
    ),
    (
        "A.x.y",
        &[K::ExtensionRemoved],
        " 100 [x.y] int32 explicit\n extensions 100..199",
        " extensions 100..199",
        "",
    ),
];

const OPEN: &str = "enum E open\n 0 Z\n";
const CLOSED: &str = "enum E closed 0\n 0 Z\n";

#[test]
fn every_change_of_a_message_is_one_kind_at_one_path() {
    // SPEC [CLS-1]: found where it is, and nothing else beside it.
    for (path, kinds, before, after, rest) in CASES {
        let text = |lines: &str| {
            let lines = if lines.is_empty() { String::new() } else { format!("{lines}\n") };
            format!(
                "message A\n 1 a int32 implicit\n{}{rest}",
                lines.replace(" 1 a int32 implicit\n", "")
            )
        };
        let found = between(&text(before), &text(after));
        let expected: BTreeSet<K> = kinds.iter().copied().collect();
        assert_eq!(
            found.iter().map(|change| change.kind).collect::<BTreeSet<_>>(),
            expected,
            "{before} -> {after}"
        );
        assert!(found.iter().all(|change| change.path == *path), "{found:?}");
    }
}

/// The kinds, and the lines of the enum before and after.
const ENUMS: &[(&[K], &str, &str)] = &[
    (&[K::ValueAddedOpen], "open\n 0 Z", "open\n 0 Z\n 1 B"),
    (&[K::ValueAddedClosed], "closed 0\n 0 Z", "closed 0\n 0 Z\n 1 B"),
    (&[K::ValueRemovedNumberFree], "open\n 0 Z\n 1 B", "open\n 0 Z"),
    (&[K::ValueRemovedOpen, K::ReservedNumberAdded], "open\n 0 Z\n 1 B", "open\n 0 Z\n reserved 1"),
    (
        &[K::ValueRemovedClosed, K::ReservedNumberAdded],
        "closed 0\n 0 Z\n 1 B",
        "closed 0\n 0 Z\n reserved 1",
    ),
    (&[K::ValueRenamed], "open\n 0 Z", "open\n 0 Y"),
    (&[K::ValueRenamed], "open\n 0 Z\n 0 Y", "open\n 0 Y\n 0 Z"),
    (&[K::AliasAdded], "open\n 0 Z", "open\n 0 Z\n 0 Y"),
    (&[K::AliasRemoved], "open\n 0 Z\n 0 Y", "open\n 0 Z"),
    (&[K::EnumOpened], "closed 0\n 0 Z", "open\n 0 Z"),
    (&[K::EnumClosed], "open\n 0 Z", "closed 0\n 0 Z"),
    (&[K::FirstValueChanged], "closed 0\n 0 Z\n 1 B", "closed 1\n 0 Z\n 1 B"),
];

#[test]
fn every_change_of_an_enum_is_one_kind() {
    // SPEC [CLS-1]: enums are compared through the fields that have them.
    for (kinds, before, after) in ENUMS {
        let text = |lines: &str| format!("message A\n 1 a enum E explicit\nenum E {lines}\n");
        let found = between(&text(before), &text(after));
        let expected: BTreeSet<K> = kinds.iter().copied().collect();
        assert_eq!(
            found.iter().map(|change| change.kind).collect::<BTreeSet<_>>(),
            expected,
            "{before} -> {after}"
        );
    }
}

#[test]
fn every_kind_is_shown_by_a_case() {
    let removed = [K::FieldRemoved, K::FieldRemovedNameFree, K::OneofChanged, K::DescriptorChanged];
    let mut shown: BTreeSet<K> = removed.into();
    shown.extend(JSON.iter().filter_map(|case| case.0));
    shown.extend(CASES.iter().flat_map(|case| case.1));
    shown.extend(ENUMS.iter().flat_map(|case| case.0));
    assert_eq!(shown, K::ALL.iter().copied().collect::<BTreeSet<_>>());
}

fn kinds(old: &str, new: &str) -> Vec<K> {
    between(old, new).iter().map(|change| change.kind).collect()
}

#[test]
fn a_field_that_goes_is_safe_only_when_its_number_and_its_name_are_kept() {
    // SPEC [CLS-1]: what is free may come back with another meaning.
    let old = "message A\n 1 a int32 implicit\n 2 b int32 implicit\n";
    let both = "message A\n 1 a int32 implicit\n reserved 2\n reserved-names \"b\"\n";
    let number = "message A\n 1 a int32 implicit\n reserved 2\n";
    assert!(kinds(old, both).contains(&K::FieldRemoved));
    assert!(kinds(old, number).contains(&K::FieldRemovedNameFree));
    let worst = between(old, both).iter().map(|change| change.json().worst(change.wire())).fold(
        strictframe_schema::change::Directions::SAFE,
        strictframe_schema::change::Directions::worst,
    );
    assert_eq!(worst, strictframe_schema::change::Directions::SAFE);
}

#[test]
fn arms_that_part_or_meet_change_their_oneof() {
    // SPEC [CLS-1]: two arms of one oneof cannot be there together.
    let text = |a: &str, b: &str| {
        format!("message A\n 1 a int32 explicit oneof={a}\n 2 b int32 explicit oneof={b}\n")
    };
    assert_eq!(kinds(&text("x", "x"), &text("y", "y")), [K::OneofRenamed, K::OneofRenamed]);
    assert_eq!(kinds(&text("x", "y"), &text("y", "x")), [K::OneofRenamed, K::OneofRenamed]);
    assert_eq!(kinds(&text("x", "x"), &text("x", "y")), [K::OneofChanged]);
    assert_eq!(kinds(&text("x", "y"), &text("x", "x")), [K::OneofChanged]);
    assert_eq!(kinds(&text("x", "y"), &text("z", "z")), [K::OneofChanged, K::OneofChanged]);
}

#[test]
fn types_that_are_led_to_are_compared_once_whatever_they_are_called() {
    // SPEC [CLS-1]: recursion ends, and a renamed type is looked into.
    let old = "message A\n 1 a message B explicit\n 2 self message A explicit\nmessage B\n 1 back message A explicit\n 2 x int32 implicit\n";
    let new = "message A\n 1 a message C explicit\n 2 self message A explicit\nmessage C\n 1 back message A explicit\n 2 x int64 implicit\n";
    let found = between(old, new);
    let found: Vec<_> = found.iter().map(|change| (change.path.as_str(), change.kind)).collect();
    assert_eq!(found, [("A.a", K::TypeRenamed), ("B.x", K::TypeWidened)]);
}

#[test]
fn opaque_descriptors_that_differ_are_unknown() {
    let descriptor = |bytes: &[u8]| Descriptor::opaque("A", 1, 1, bytes).unwrap();
    assert_eq!(changes(&descriptor(b"x"), &descriptor(b"x")).unwrap(), []);
    let found = changes(&descriptor(b"x"), &descriptor(b"y")).unwrap();
    assert_eq!(found[0].kind, K::DescriptorChanged);
    assert_eq!(found[0].wire().old_reads_new, Verdict::Unknown);
}

#[test]
fn the_numbers_of_a_version_follow_from_every_version_before_it_and_never_fall() {
    // SPEC [CLS-1]: back to what the first version said does not make the second one whole again.
    let version = |version, min_reader, field: &str| {
        let text = format!("message A\n 1 a {field} implicit\n");
        let schema = ProtobufSchema::parse(text.as_bytes()).unwrap();
        Descriptor::protobuf("A", version, min_reader, &schema).unwrap()
    };
    let one = version(1, 1, "int32");
    let two = version(2, 1, "int64");
    let wide = reach(&[(&one, 1)], &two).unwrap();
    assert_eq!(wide, Reach { min_reader: 2, oldest_writer: 1 });
    let three = version(3, 1, "int32");
    let back = reach(&[(&one, 1), (&version(2, 2, "int64"), 1)], &three).unwrap();
    assert_eq!(back, Reach { min_reader: 2, oldest_writer: 3 });
    let same = reach(&[(&one, 1)], &version(2, 1, "int32")).unwrap();
    assert_eq!(same, Reach { min_reader: 1, oldest_writer: 1 });
}

/// The kind, or none where nothing changed; where; the schema before and after.
type Json<'a> = (Option<K>, &'a str, &'a str, &'a str);

const JSON: &[Json<'_>] = &[
    (None, "", r#"{"title":"a","type":"object"}"#, r#"{"type":"object","description":"b"}"#),
    (None, "", "true", "{}"),
    (None, "", r#"{"$defs":{"a":{"type":"string"}}}"#, r#"{"$defs":{}}"#),
    (Some(K::ConstraintTightened), "#/type", "{}", r#"{"type":"object"}"#),
    (Some(K::ConstraintTightened), "#", "true", "false"),
    (Some(K::ConstraintLoosened), "#", "false", "{}"),
    (Some(K::ConstraintLoosened), "#/type", r#"{"type":"integer"}"#, r#"{"type":"number"}"#),
    (Some(K::ConstraintTightened), "#/type", r#"{"type":["string","null"]}"#, r#"{"type":"null"}"#),
    (Some(K::AnnotationChanged), "#/type", r#"{"type":["string"]}"#, r#"{"type":"string"}"#),
    (Some(K::ConstraintChanged), "#/type", r#"{"type":"string"}"#, r#"{"type":"null"}"#),
    (Some(K::ConstraintLoosened), "#/maximum", r#"{"maximum":1}"#, r#"{"maximum":2}"#),
    (Some(K::ConstraintTightened), "#/maximum", r#"{"maximum":2}"#, r#"{"maximum":1}"#),
    (Some(K::ConstraintTightened), "#/minimum", r#"{"minimum":1}"#, r#"{"minimum":2}"#),
    (Some(K::ConstraintLoosened), "#/minLength", r#"{"minLength":1}"#, "{}"),
    (
        Some(K::KeywordUnknown),
        "#/exclusiveMaximum",
        r#"{"exclusiveMaximum":true}"#,
        r#"{"exclusiveMaximum":1}"#,
    ),
    (Some(K::ConstraintTightened), "#/multipleOf", r#"{"multipleOf":2}"#, r#"{"multipleOf":4}"#),
    (Some(K::ConstraintLoosened), "#/multipleOf", r#"{"multipleOf":6}"#, r#"{"multipleOf":3}"#),
    (Some(K::ConstraintChanged), "#/multipleOf", r#"{"multipleOf":2}"#, r#"{"multipleOf":3}"#),
    (Some(K::KeywordUnknown), "#/multipleOf", r#"{"multipleOf":0.1}"#, r#"{"multipleOf":0.2}"#),
    (Some(K::KeywordUnknown), "#/pattern", r#"{"pattern":"a"}"#, r#"{"pattern":"b"}"#),
    (Some(K::ConstraintTightened), "#/pattern", "{}", r#"{"pattern":"b"}"#),
    (Some(K::ConstraintTightened), "#/uniqueItems", "{}", r#"{"uniqueItems":true}"#),
    (Some(K::AnnotationChanged), "#/uniqueItems", "{}", r#"{"uniqueItems":false}"#),
    (Some(K::ConstraintTightened), "#/required", "{}", r#"{"required":["a"]}"#),
    (
        Some(K::ConstraintLoosened),
        "#/required",
        r#"{"required":["a","b"]}"#,
        r#"{"required":["b"]}"#,
    ),
    (Some(K::ConstraintLoosened), "#/enum", r#"{"enum":[1]}"#, r#"{"enum":[1,"a"]}"#),
    (Some(K::ConstraintTightened), "#/enum", r#"{"enum":[1,"a"]}"#, r#"{"enum":["a"]}"#),
    (Some(K::AnnotationChanged), "#/enum", r#"{"enum":[1,2]}"#, r#"{"enum":[2,1]}"#),
    (Some(K::ConstraintChanged), "#/const", r#"{"const":1}"#, r#"{"const":2}"#),
    (Some(K::DefaultChanged), "#/default", r#"{"default":1}"#, r#"{"default":2}"#),
    (Some(K::AnnotationChanged), "#/deprecated", "{}", r#"{"deprecated":true}"#),
    (
        Some(K::PropertyAddedOpen),
        "#/properties/a",
        "{}",
        r#"{"properties":{"a":{"type":"string"}}}"#,
    ),
    (Some(K::AnnotationChanged), "#/properties/a", "{}", r#"{"properties":{"a":true}}"#),
    (
        Some(K::PropertyAddedClosed),
        "#/properties/a~1b",
        r#"{"additionalProperties":false}"#,
        r#"{"additionalProperties":false,"properties":{"a/b":{"type":"string"}}}"#,
    ),
    (
        Some(K::PropertyRemovedOpen),
        "#/properties/a",
        r#"{"properties":{"a":{"type":"string"}}}"#,
        "{}",
    ),
    (
        Some(K::PropertyRemovedClosed),
        "#/properties/a",
        r#"{"additionalProperties":false,"properties":{"a":{"type":"string"}}}"#,
        r#"{"additionalProperties":false}"#,
    ),
    (
        Some(K::KeywordUnknown),
        "#/properties/a",
        r#"{"additionalProperties":{"type":"string"}}"#,
        r#"{"additionalProperties":{"type":"string"},"properties":{"a":{"type":"null"}}}"#,
    ),
    (
        Some(K::KeywordUnknown),
        "#/properties/a",
        r#"{"patternProperties":{"^a":true}}"#,
        r#"{"patternProperties":{"^a":true},"properties":{"a":{"type":"null"}}}"#,
    ),
    (
        Some(K::ConstraintTightened),
        "#/additionalProperties",
        "{}",
        r#"{"additionalProperties":false}"#,
    ),
    (
        Some(K::ConstraintLoosened),
        "#/properties/a/items/maxLength",
        r#"{"properties":{"a":{"items":{"maxLength":1}}}}"#,
        r#"{"properties":{"a":{"items":{"maxLength":2}}}}"#,
    ),
    (Some(K::KeywordUnknown), "#/items", r#"{"items":[true]}"#, r#"{"items":true}"#),
    (
        Some(K::ConstraintTightened),
        "#/patternProperties/^a/type",
        r#"{"patternProperties":{"^a":{}}}"#,
        r#"{"patternProperties":{"^a":{"type":"string"}}}"#,
    ),
    (
        Some(K::KeywordUnknown),
        "#/patternProperties",
        r#"{"patternProperties":{"^a":{}}}"#,
        r#"{"patternProperties":{"^b":{}}}"#,
    ),
    (
        Some(K::ConstraintTightened),
        "#/allOf/0/type",
        r#"{"allOf":[{}]}"#,
        r#"{"allOf":[{"type":"string"}]}"#,
    ),
    (
        Some(K::KeywordUnknown),
        "#/prefixItems",
        r#"{"prefixItems":[true]}"#,
        r#"{"prefixItems":[true,true]}"#,
    ),
    (Some(K::ConstraintLoosened), "#/anyOf", r#"{"anyOf":[false]}"#, r#"{"anyOf":[false,true]}"#),
    (Some(K::ConstraintTightened), "#/anyOf", r#"{"anyOf":[true,false]}"#, r#"{"anyOf":[true]}"#),
    (Some(K::ConstraintTightened), "#/anyOf", "{}", r#"{"anyOf":[true]}"#),
    (Some(K::KeywordUnknown), "#/oneOf", r#"{"oneOf":[true]}"#, r#"{"oneOf":[true,false]}"#),
    (
        Some(K::KeywordUnknown),
        "#/not",
        r#"{"not":{"type":"string"}}"#,
        r#"{"not":{"type":"null"}}"#,
    ),
    (Some(K::KeywordUnknown), "#/x-kind", "{}", r#"{"x-kind":1}"#),
    (
        Some(K::ConstraintTightened),
        "#/$defs/a/type",
        r##"{"$ref":"#/$defs/a","$defs":{"a":{}}}"##,
        r##"{"$ref":"#/$defs/a","$defs":{"a":{"type":"string"}}}"##,
    ),
    (
        None,
        "",
        r##"{"$ref":"#/$defs/a","$defs":{"a":{"type":"null"}}}"##,
        r##"{"$ref":"#/$defs/b","$defs":{"b":{"type":"null"}}}"##,
    ),
    (
        Some(K::ConstraintLoosened),
        "#/$defs/a/maxItems",
        r##"{"$ref":"#/$defs/a","$defs":{"a":{"maxItems":1,"items":{"$ref":"#/$defs/a"}}}}"##,
        r##"{"$ref":"#/$defs/a","$defs":{"a":{"items":{"$ref":"#/$defs/a"}}}}"##,
    ),
    (
        Some(K::KeywordUnknown),
        "#/$schema",
        "{}",
        r#"{"$schema":"http://json-schema.org/draft-07/schema#"}"#,
    ),
    (Some(K::KeywordUnknown), "#/$ref", r##"{"$ref":"#a"}"##, r##"{"$ref":"#b"}"##),
];

#[test]
fn every_keyword_of_json_schema_has_its_effect_or_is_unknown() {
    // SPEC [CLS-1]: what cannot be compared is unknown, and named.
    for (kind, path, old, new) in JSON {
        let descriptor = |text: &str| Descriptor::json("A", 1, 1, text.as_bytes()).unwrap();
        let found = changes(&descriptor(old), &descriptor(new)).unwrap();
        let found: Vec<_> =
            found.iter().map(|change| (change.kind, change.path.as_str())).collect();
        let expected: Vec<_> = kind.iter().map(|kind| (*kind, *path)).collect();
        assert_eq!(found, expected, "{old} -> {new}");
        let same = changes(&descriptor(old), &descriptor(old)).unwrap();
        assert_eq!(same, [], "{old}");
    }
}

#[test]
fn what_depends_on_its_neighbours_is_unknown_when_they_change() {
    // SPEC [CLS-1]: an unchanged keyword may accept something else.
    let unknown = |old: &str, new: &str, path: &str| {
        let descriptor = |text: &str| Descriptor::json("A", 1, 1, text.as_bytes()).unwrap();
        let found = changes(&descriptor(old), &descriptor(new)).unwrap();
        assert!(
            found.iter().any(|change| change.kind == K::KeywordUnknown && change.path == path),
            "{found:?}"
        );
    };
    unknown(
        r#"{"unevaluatedProperties":false}"#,
        r#"{"unevaluatedProperties":false,"properties":{"a":true}}"#,
        "#/unevaluatedProperties",
    );
    unknown(
        r##"{"not":{"$ref":"#/$defs/a"},"$defs":{"a":{"type":"string"}}}"##,
        r##"{"not":{"$ref":"#/$defs/a"},"$defs":{"a":{"type":"null"}}}"##,
        "#/not",
    );
    unknown(
        r##"{"properties":{"x":{"$id":"x","$ref":"#/$defs/a","$defs":{"a":true}}},"$defs":{"a":{"type":"string"}}}"##,
        r##"{"properties":{"x":{"$id":"x","$ref":"#/$defs/a","$defs":{"a":true}}},"$defs":{"a":{"type":"null"}}}"##,
        "#/properties/x/$id",
    );
}
