//! Protobuf types, fact by fact.

use super::Pair;

/// All of them.
pub(super) fn pairs() -> Vec<Pair> {
    [fields(), enums(), WHOLE.iter().map(whole).collect()].concat()
}

/// The root `A` always has the field 1, unless a case says something else of it; behind it stand the types that it leads to.
fn fields() -> Vec<Pair> {
    let text = |lines: &str, types: &[&str]| {
        let lines = if lines.is_empty() { String::new() } else { format!("{lines}\n") };
        let lines = lines.replace(" 1 a int32 implicit\n", "");
        let is_led_to = |kind: &&&str| {
            let name = kind.split([' ', '\n']).nth(1).unwrap_or_default();
            lines.contains(&format!(" {name} "))
        };
        let types: String = types.iter().filter(is_led_to).copied().collect();
        format!("message A\n 1 a int32 implicit\n{lines}{types}")
    };
    let pair = |(path, kinds, before, after, types): &Case<'_>| Pair {
        enc_id: 1,
        old: text(before, types),
        new: text(after, types),
        changes: kinds.iter().map(|kind| ((*path).to_owned(), *kind)).collect(),
    };
    FIELDS.iter().map(pair).collect()
}

fn enums() -> Vec<Pair> {
    let text = |lines: &str| format!("message A\n 1 a enum E explicit\nenum E {lines}\n");
    let pair = |(changes, before, after): &(&[Found], &str, &str)| Pair {
        enc_id: 1,
        old: text(before),
        new: text(after),
        changes: changes.iter().map(|(path, kind)| ((*path).to_owned(), *kind)).collect(),
    };
    ENUMS.iter().map(pair).collect()
}

fn whole((changes, old, new): &(&[Found], &str, &str)) -> Pair {
    let changes = changes.iter().map(|(path, kind)| ((*path).to_owned(), *kind)).collect();
    Pair { enc_id: 1, old: (*old).to_owned(), new: (*new).to_owned(), changes }
}

/// Where a change is, and what it is.
type Found = (&'static str, &'static str);

/// Where changes are, what they are, the lines of the root before and after, and other types.
type Case<'a> = (&'a str, &'a [&'static str], &'a str, &'a str, &'a [&'a str]);

const FIELDS: &[Case<'_>] = &[
    ("A.a", &[], " 1 a int32 implicit", " 1 a int32 implicit", &[]),
    ("A.b", &["field-added"], "", " 2 b int32 implicit", &[]),
    ("A.b", &["required-added"], "", " 2 b int32 required", &[]),
    ("A.b", &["field-removed-number-free"], " 2 b int32 implicit", "", &[]),
    ("A.b", &["required-removed"], " 2 b int32 required", "", &[]),
    ("A.b", &["type-widened"], " 2 b int32 implicit", " 2 b int64 implicit", &[]),
    ("A.b", &["type-widened"], " 2 b uint32 implicit", " 2 b int64 implicit", &[]),
    ("A.b", &["type-widened"], " 2 b uint32 implicit", " 2 b uint64 implicit", &[]),
    ("A.b", &["type-widened"], " 2 b sint32 implicit", " 2 b sint64 implicit", &[]),
    ("A.b", &["type-widened"], " 2 b string implicit", " 2 b string-unverified implicit", &[]),
    ("A.b", &["type-narrowed"], " 2 b int64 implicit", " 2 b uint32 implicit", &[]),
    ("A.b", &["type-changed"], " 2 b int32 implicit", " 2 b uint32 implicit", &[]),
    ("A.b", &["type-changed"], " 2 b int32 implicit", " 2 b uint64 implicit", &[]),
    ("A.b", &["type-changed"], " 2 b int32 implicit", " 2 b sint32 implicit", &[]),
    ("A.b", &["type-changed"], " 2 b int32 implicit", " 2 b bool implicit", &[]),
    ("A.b", &["type-changed"], " 2 b fixed32 implicit", " 2 b sfixed32 implicit", &[]),
    ("A.b", &["type-changed"], " 2 b float implicit", " 2 b double implicit", &[]),
    ("A.b", &["type-changed"], " 2 b message A explicit", " 2 b bytes explicit", &[]),
    ("A.b", &["type-changed"], " 2 b message A explicit", " 2 b group A explicit", &[]),
    ("A.b", &["type-changed"], " 2 b map int32 int32", " 2 b map int64 int32", &[]),
    ("A.b", &["type-widened"], " 2 b map int32 int32", " 2 b map int32 int64", &[]),
    ("A.b", &["type-changed"], " 2 b map int32 message A", " 2 b message A repeated", &[]),
    ("A.b", &["string-to-bytes"], " 2 b string implicit", " 2 b bytes implicit", &[]),
    ("A.b", &["bytes-to-string"], " 2 b bytes implicit", " 2 b string implicit", &[]),
    ("A.b", &["open-enum-to-integer"], " 2 b enum E implicit", " 2 b int32 implicit", &[OPEN]),
    ("A.b", &["closed-enum-to-integer"], " 2 b enum E explicit", " 2 b int32 explicit", &[CLOSED]),
    ("A.b", &["integer-to-open-enum"], " 2 b int32 implicit", " 2 b enum E implicit", &[OPEN]),
    ("A.b", &["integer-to-closed-enum"], " 2 b int32 explicit", " 2 b enum E explicit", &[CLOSED]),
    ("A.b", &["type-changed"], " 2 b enum E implicit", " 2 b int64 implicit", &[OPEN]),
    (
        "A.b",
        &["type-renamed"],
        " 2 b enum E implicit",
        " 2 b enum F implicit",
        &[OPEN, "enum F open\n 0 Z\n"],
    ),
    (
        "A.b",
        &["type-renamed"],
        " 2 b message B explicit",
        " 2 b message C explicit",
        &["message B\n 1 x int32 implicit\n", "message C\n 1 x int32 implicit\n"],
    ),
    ("A.b", &["field-renamed"], " 2 b int32 implicit", " 2 c int32 implicit", &[]),
    ("A.b", &["json-name-changed"], " 2 b int32 implicit", " 2 b int32 implicit json=\"B\"", &[]),
    ("A.b", &["default-changed"], " 2 b int32 explicit", " 2 b int32 explicit default=1", &[]),
    (
        "A.b",
        &["default-changed", "type-widened"],
        " 2 b int32 explicit default=2",
        " 2 b int64 explicit default=1",
        &[],
    ),
    ("A.b", &["presence-gained"], " 2 b int32 implicit", " 2 b int32 explicit", &[]),
    ("A.b", &["presence-lost"], " 2 b int32 explicit", " 2 b int32 implicit", &[]),
    ("A.b", &["required-gained"], " 2 b int32 explicit", " 2 b int32 required", &[]),
    ("A.b", &["required-lost"], " 2 b int32 required", " 2 b int32 explicit", &[]),
    ("A.b", &["packing-changed"], " 2 b int32 packed", " 2 b int32 repeated", &[]),
    ("A.b", &["repetition-changed"], " 2 b int32 implicit", " 2 b int32 packed", &[]),
    ("A.b", &["repetition-changed"], " 2 b message A repeated", " 2 b message A explicit", &[]),
    ("A.b", &["oneof-entered"], " 2 b int32 explicit", " 2 b int32 explicit oneof=o", &[]),
    ("A.b", &["oneof-left"], " 2 b int32 explicit oneof=o", " 2 b int32 explicit", &[]),
    ("A.b", &["oneof-renamed"], " 2 b int32 explicit oneof=o", " 2 b int32 explicit oneof=p", &[]),
    ("A", &["reserved-number-added"], "", " reserved 9", &[]),
    ("A", &["reserved-number-freed"], " reserved 9", "", &[]),
    ("A", &["reserved-number-freed", "reserved-number-added"], " reserved 9", " reserved 10", &[]),
    ("A", &["reserved-number-added"], " reserved 9..11", " reserved 8..12", &[]),
    ("A", &["reserved-name-added"], "", " reserved-names \"x\"", &[]),
    ("A", &["reserved-name-freed"], " reserved-names \"x\"", "", &[]),
    ("A", &["extensions-opened"], "", " extensions 100..199", &[]),
    ("A", &["extensions-closed"], " extensions 100..199", " extensions 100..198", &[]),
    (
        "A.x.y",
        &["field-added"],
        " extensions 100..199",
        " 100 [x.y] int32 explicit\n extensions 100..199",
        &[],
    ),
    (
        "A.x.y",
        &["extension-removed"],
        " 100 [x.y] int32 explicit\n extensions 100..199",
        " extensions 100..199",
        &[],
    ),
];

const OPEN: &str = "enum E open\n 0 Z\n";
const CLOSED: &str = "enum E closed 0\n 0 Z\n";

/// The changes, and the lines of the enum before and after.
const ENUMS: &[(&[Found], &str, &str)] = &[
    (&[("E.B", "value-added-open")], "open\n 0 Z", "open\n 0 Z\n 1 B"),
    (&[("E.B", "value-added-closed")], "closed 0\n 0 Z", "closed 0\n 0 Z\n 1 B"),
    (&[("E.B", "value-removed-number-free")], "open\n 0 Z\n 1 B", "open\n 0 Z"),
    (
        &[("E", "reserved-number-added"), ("E.B", "value-removed-open")],
        "open\n 0 Z\n 1 B",
        "open\n 0 Z\n reserved 1",
    ),
    (
        &[("E", "reserved-number-added"), ("E.B", "value-removed-closed")],
        "closed 0\n 0 Z\n 1 B",
        "closed 0\n 0 Z\n reserved 1",
    ),
    (&[("E.Z", "value-renamed")], "open\n 0 Z", "open\n 0 Y"),
    (&[("E.Z", "value-renamed")], "open\n 0 Z\n 0 Y", "open\n 0 Y\n 0 Z"),
    (&[("E.Z", "alias-added")], "open\n 0 Z", "open\n 0 Z\n 0 Y"),
    (&[("E.Z", "alias-removed")], "open\n 0 Z\n 0 Y", "open\n 0 Z"),
    (&[("E.Z", "alias-added"), ("E.Z", "alias-removed")], "open\n 0 Z\n 0 Y", "open\n 0 Z\n 0 X"),
    (&[("E", "enum-opened")], "closed 0\n 0 Z", "open\n 0 Z"),
    (&[("E", "enum-closed")], "open\n 0 Z", "closed 0\n 0 Z"),
    (&[("E", "first-value-changed")], "closed 0\n 0 Z\n 1 B", "closed 1\n 0 Z\n 1 B"),
    (
        &[("E", "enum-closed"), ("E", "first-value-changed")],
        "open\n 0 Z\n 1 B",
        "closed 1\n 0 Z\n 1 B",
    ),
    (&[("E", "reserved-name-added")], "open\n 0 Z", "open\n 0 Z\n reserved-names \"B\""),
    (&[("E", "reserved-name-freed")], "open\n 0 Z\n reserved-names \"B\"", "open\n 0 Z"),
    (&[("E", "reserved-number-freed")], "open\n 0 Z\n reserved 1..4", "open\n 0 Z\n reserved 1..3"),
];

/// Where one line is not enough: the changes, and both texts.
const WHOLE: &[(&[Found], &str, &str)] = &[
    (
        &[("A", "reserved-name-added"), ("A", "reserved-number-added"), ("A.b", "field-removed")],
        "message A\n 1 a int32 implicit\n 2 b int32 implicit\n",
        "message A\n 1 a int32 implicit\n reserved 2\n reserved-names \"b\"\n",
    ),
    (
        &[("A", "reserved-number-added"), ("A.b", "field-removed-name-free")],
        "message A\n 1 a int32 implicit\n 2 b int32 implicit\n",
        "message A\n 1 a int32 implicit\n reserved 2\n",
    ),
    (
        &[("A", "reserved-name-added"), ("A.b", "field-removed-number-free")],
        "message A\n 1 a int32 implicit\n 2 b int32 implicit\n",
        "message A\n 1 a int32 implicit\n reserved-names \"b\"\n",
    ),
    (
        &[("A", "reserved-number-added"), ("A.b", "required-removed")],
        "message A\n 1 a int32 implicit\n 2 b int32 required\n",
        "message A\n 1 a int32 implicit\n reserved 2\n",
    ),
    (
        &[("A.a", "oneof-renamed"), ("A.b", "oneof-renamed")],
        "message A\n 1 a int32 explicit oneof=x\n 2 b int32 explicit oneof=x\n",
        "message A\n 1 a int32 explicit oneof=y\n 2 b int32 explicit oneof=y\n",
    ),
    (
        &[("A.a", "oneof-renamed"), ("A.b", "oneof-renamed")],
        "message A\n 1 a int32 explicit oneof=x\n 2 b int32 explicit oneof=y\n",
        "message A\n 1 a int32 explicit oneof=y\n 2 b int32 explicit oneof=x\n",
    ),
    (
        &[("A.b", "oneof-changed")],
        "message A\n 1 a int32 explicit oneof=x\n 2 b int32 explicit oneof=x\n",
        "message A\n 1 a int32 explicit oneof=x\n 2 b int32 explicit oneof=y\n",
    ),
    (
        &[("A.b", "oneof-changed")],
        "message A\n 1 a int32 explicit oneof=x\n 2 b int32 explicit oneof=y\n",
        "message A\n 1 a int32 explicit oneof=x\n 2 b int32 explicit oneof=x\n",
    ),
    (
        &[("A.a", "oneof-changed"), ("A.b", "oneof-changed")],
        "message A\n 1 a int32 explicit oneof=x\n 2 b int32 explicit oneof=y\n",
        "message A\n 1 a int32 explicit oneof=z\n 2 b int32 explicit oneof=z\n",
    ),
    (
        &[("A.a", "type-renamed"), ("B.x", "type-widened")],
        "message A\n 1 a message B explicit\n 2 self message A explicit\nmessage B\n 1 back message A explicit\n 2 x int32 implicit\n",
        "message A\n 1 a message C explicit\n 2 self message A explicit\nmessage C\n 1 back message A explicit\n 2 x int64 implicit\n",
    ),
];
