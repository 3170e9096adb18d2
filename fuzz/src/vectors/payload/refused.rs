//! Records with one thing wrong.

use super::wire::{Wire, empty};
use super::{case, under};
use crate::code::Code;
use crate::vector::Vector;

pub(super) fn vectors() -> Vec<Vector> {
    [syntax(), groups(), depth(), wire_types(), twice(), maps(), numbers(), text(), rest()].concat()
}

/// Refused with the error at an offset.
fn of(name: &str, clauses: &str, about: &str, code: Code, offset: u64, bytes: &Wire) -> Vector {
    case(name, clauses, about, bytes).refused(code, offset)
}

fn syntax() -> Vec<Vector> {
    let of = |name: &str, about: &str, offset: u64, bytes: &Wire| {
        let name = format!("syntax-{name}");
        of(&name, "PAY-2", about, Code::PayloadSyntax, offset, bytes)
    };
    let start = || empty().number(1, 1);
    vec![
        of("tag-cut", "the record ends inside a tag", 2, &start().raw(&[0xD0])),
        of("varint-cut", "the record ends inside a varint", 3, &start().tag(2, 0).raw(&[0xFF])),
        of("varint-absent", "the record ends before a varint", 3, &start().tag(2, 0)),
        of("varint-padded", "a 1 in two bytes", 1, &empty().tag(2, 0).raw(&[0x81, 0])),
        of("varint-padded-zero", "a 0 in two bytes", 1, &empty().tag(2, 0).raw(&[0x80, 0])),
        of("tag-padded", "the tag of field 1 in two bytes", 0, &empty().raw(&[0x88, 0, 1])),
        of(
            "length-padded",
            "a length of 1 in two bytes",
            1,
            &empty().tag(6, 2).raw(&[0x81, 0, 0x61]),
        ),
        of(
            "varint-65-bits",
            "a varint of 65 bits",
            1,
            &empty().tag(5, 0).raw(&[0xFF; 9]).raw(&[0x02]),
        ),
        of(
            "varint-11-bytes",
            "a varint that goes on behind its tenth byte",
            1,
            &empty().tag(5, 0).raw(&[0x80; 10]).raw(&[1]),
        ),
        of("field-0", "field number 0", 2, &start().number(0, 1)),
        of("field-2-29", "field number 2^29", 0, &empty().varint(1 << 32).varint(1)),
        of("wire-type-6", "wire type 6", 0, &empty().tag(2, 6)),
        of("wire-type-7", "wire type 7", 0, &empty().tag(99, 7).varint(1)),
        of("fixed32-cut", "three bytes of four", 2, &empty().tag(20, 5).raw(&[0; 3])),
        of("fixed64-cut", "seven bytes of eight", 2, &empty().tag(21, 1).raw(&[0; 7])),
        of(
            "length-beyond",
            "a length of 3 with 2 bytes left",
            1,
            &empty().tag(6, 2).raw(&[3, 0x61, 0x61]),
        ),
        of("length-huge", "a length of 2^63", 1, &empty().tag(6, 2).varint(1 << 63)),
        of(
            "length-beyond-inner",
            "a length that the record has room for and its message does not",
            3,
            &empty().message(12, &empty().tag(6, 2).raw(&[2, 0x61])).bytes(8, b"aa"),
        ),
        of(
            "packed-cut",
            "a varint cut by the length it stands behind",
            4,
            &empty().bytes(9, &[1, 2, 0x80]).number(1, 1),
        ),
        of(
            "entry-cut",
            "an entry that ends inside its key",
            3,
            &empty().bytes(15, &[8, 0x80]).number(1, 1),
        ),
        of(
            "unknown-cut",
            "an unknown field that goes on beyond the record",
            2,
            &empty().tag(100, 2).raw(&[9, 1]),
        ),
        of(
            "unknown-padded",
            "a padded varint of an unknown field",
            2,
            &empty().tag(100, 0).raw(&[0x80, 0]),
        ),
    ]
}

fn groups() -> Vec<Vector> {
    let of = |name: &str, about: &str, offset: u64, bytes: &Wire| {
        let name = format!("syntax-{name}");
        of(&name, "PAY-3", about, Code::PayloadSyntax, offset, bytes)
    };
    vec![
        of(
            "group-end-alone",
            "an end tag, and no group is open",
            2,
            &empty().number(1, 1).tag(13, 4),
        ),
        of(
            "group-end-other",
            "the end tag of another number",
            3,
            &empty().tag(13, 3).number(1, 1).tag(14, 4),
        ),
        of("group-open", "a group without an end tag", 0, &empty().tag(13, 3).number(1, 1)),
        of(
            "group-open-unknown",
            "an unknown group within an unknown group, without an end tag",
            4,
            &empty().tag(100, 3).number(1, 1).tag(1, 3),
        ),
        of(
            "group-across-message",
            "a group that begins in a message and ends behind it",
            2,
            &empty().bytes(12, &[0x6B]).tag(13, 4),
        ),
        of(
            "group-end-outer",
            "the end tag of the outer of two groups, the inner one being open",
            3,
            &empty().tag(100, 3).tag(1, 3).tag(100, 4).tag(1, 4),
        ),
        of(
            "group-end-as-key",
            "an end tag of the number that the key of an entry has",
            2,
            &empty().bytes(15, &[0x0C]).number(1, 1),
        ),
        of(
            "group-end-as-value",
            "an end tag of the number that the value of an entry has",
            4,
            &empty().bytes(15, &[8, 1, 0x14]),
        ),
    ]
}

fn depth() -> Vec<Vector> {
    let of = |name: &str, about: &str, offset: u64, bytes: &Wire| {
        let name = format!("depth-{name}");
        of(&name, "PAY-4", about, Code::PayloadDepth, offset, bytes)
    };
    // The lengths of all but the innermost messages have one byte as long as they are below 128.
    let messages = (0..64).fold(empty(), |inner, _| empty().message(12, &inner));
    let last_tag = |bytes: &Wire| bytes.len() - 2;
    let groups = (0..64).fold(empty(), |inner, _| empty().group(13, &inner));
    let unknown = (0..64).fold(empty(), |inner, _| empty().group(100, &inner));
    let within =
        (1..64).fold(empty().message(14, &empty()), |inner, _| empty().message(12, &inner));
    vec![
        of("message", "a message at level 65", last_tag(&messages), &messages),
        of("group", "a group at level 65", 63, &groups),
        of("unknown-group", "an unknown group at level 65", 126, &unknown),
        of(
            "map",
            "an entry, without its value, of a message at level 65",
            last_tag(&within),
            &within,
        ),
    ]
}

fn wire_types() -> Vec<Vector> {
    let of = |name: &str, about: &str, bytes: &Wire| {
        let bytes = empty().number(1, 1).raw(&bytes.0);
        of(&format!("wire-type-{name}"), "PAY-5", about, Code::PayloadWireType, 2, &bytes)
    };
    vec![
        of("number", "an int32 in four bytes", &empty().tag(2, 5).raw(&[0; 4])),
        of("string", "a string as a varint", &empty().number(6, 1)),
        of("message", "a message between tags", &empty().group(12, &empty())),
        of("group", "a group behind a length", &empty().message(13, &empty())),
        of("map", "a map as a varint", &empty().number(15, 1)),
        of("not-repeated", "one number written as if it were several", &empty().bytes(2, &[1])),
        of("repeated-string", "repeated strings as a varint", &empty().number(11, 1)),
        of("repeated-fixed", "repeated varints in four bytes", &empty().tag(9, 5).raw(&[0; 4])),
    ]
}

fn twice() -> Vec<Vector> {
    let twice = |name: &str, about: &str, offset: u64, bytes: &Wire| {
        of(&format!("twice-{name}"), "PAY-6", about, Code::PayloadTwice, offset, bytes)
    };
    let oneof = |name: &str, about: &str, offset: u64, bytes: &Wire| {
        of(&format!("oneof-{name}"), "PAY-7", about, Code::PayloadOneof, offset, bytes)
    };
    vec![
        twice(
            "number",
            "a number that stands twice, and is the same",
            2,
            &empty().number(2, 1).number(2, 1),
        ),
        twice(
            "message",
            "a message in two parts, which others would merge",
            4,
            &empty().message(12, &empty().number(1, 1)).message(12, &empty().number(2, 1)),
        ),
        twice(
            "apart",
            "another field in between",
            4,
            &empty().number(2, 1).number(1, 1).number(2, 2),
        ),
        twice("arm", "one arm of a oneof, twice", 4, &empty().bytes(16, b"a").bytes(16, b"a")),
        oneof("two-arms", "two arms", 4, &empty().bytes(16, b"a").message(17, &empty())),
        oneof(
            "two-arms-apart",
            "two arms, the second first, another field in between",
            5,
            &empty().message(17, &empty()).number(1, 1).bytes(16, b""),
        ),
        oneof(
            "equal-values",
            "two arms, both of them empty",
            3,
            &empty().bytes(16, b"").message(17, &empty()),
        ),
    ]
}

fn maps() -> Vec<Vector> {
    let of = |name: &str, clauses: &str, about: &str, offset: u64, bytes: &Wire| {
        of(name, clauses, about, Code::PayloadTwice, offset, bytes)
    };
    let entry = |key: u64| empty().number(1, key).bytes(2, b"");
    let two_hundred = (0..200).fold(empty(), |all, key| all.message(15, &entry(key % 100)));
    vec![
        of(
            "map-key-twice",
            "PAY-8",
            "one key twice, with equal values",
            6,
            &empty().message(15, &entry(1)).message(15, &entry(1)),
        ),
        of(
            "map-key-twice-absent",
            "PAY-8",
            "the key 0, and an entry without a key",
            6,
            &empty().message(15, &entry(0)).message(15, &empty()),
        ),
        of(
            "map-key-twice-text",
            "PAY-8",
            "one key twice, another one and another field in between",
            12,
            &empty()
                .message(14, &empty().bytes(1, b"b"))
                .message(14, &empty().bytes(1, b"a"))
                .number(1, 1)
                .message(14, &empty().bytes(1, b"b")),
        ),
        of("map-key-twice-many", "PAY-8", "a hundred keys, all of them twice", 600, &two_hundred),
        of(
            "map-entry-key-twice",
            "PAY-8",
            "an entry with two keys",
            4,
            &empty().message(15, &empty().number(1, 1).number(1, 1)),
        ),
        of(
            "map-entry-value-twice",
            "PAY-8",
            "an entry with two values",
            4,
            &empty().message(15, &empty().bytes(2, b"").bytes(2, b"")),
        ),
        super::case(
            "map-entry-wire-type",
            "PAY-8",
            "an entry whose key is a string and should be a number",
            &empty().message(15, &empty().bytes(1, b"1")),
        )
        .refused(Code::PayloadWireType, 2),
        of(
            "order-key-twice-before-later",
            "PAY-1",
            "one key twice, and a tag that is none behind it",
            6,
            &empty().message(15, &entry(1)).message(15, &entry(1)).raw(&[7]),
        ),
    ]
}

fn numbers() -> Vec<Vector> {
    let range = |name: &str, about: &str, field: u32, number: u64| {
        let bytes = empty().number(field, number);
        let offset = empty().tag(field, 0).len();
        of(&format!("range-{name}"), "PAY-9", about, Code::PayloadRange, offset, &bytes)
    };
    let closed = |name: &str, about: &str, offset: u64, bytes: &Wire| {
        of(&format!("enum-{name}"), "PAY-9", about, Code::PayloadEnum, offset, bytes)
    };
    vec![
        range("int32", "2^31 of an int32", 2, 1 << 31),
        range("int32-unsigned", "-1 of an int32 as 32 bits", 2, 0xFFFF_FFFF),
        range("int32-lowest", "-2^31 - 1 of an int32", 2, (-2_147_483_649_i64) as u64),
        range("uint32", "2^32 of a uint32", 3, 1 << 32),
        range("sint32", "2^32 of a sint32", 4, 1 << 32),
        range("bool", "a bool of 2", 1, 2),
        range("enum", "2^31 of an open enum", 19, 1 << 31),
        closed("closed", "a number that a closed enum does not have", 2, &empty().number(18, 3)),
        closed("closed-packed", "the same among others", 4, &empty().bytes(23, &[1, 0, 2])),
        closed(
            "closed-map",
            "the same in an entry",
            4,
            &empty().message(22, &empty().number(2, 9)),
        ),
    ]
}

fn text() -> Vec<Vector> {
    let of = |name: &str, about: &str, offset: u64, bytes: &Wire| {
        of(&format!("utf8-{name}"), "PAY-10", about, Code::PayloadUtf8, offset, bytes)
    };
    vec![
        of("byte", "the byte FF behind two letters", 4, &empty().bytes(6, b"ab\xFF")),
        of("cut", "a character without its last byte", 3, &empty().bytes(6, b"a\xE2\x82")),
        of("surrogate", "half of a surrogate pair", 2, &empty().bytes(6, b"\xED\xA0\x80")),
        of("overlong", "a slash in two bytes", 2, &empty().bytes(6, b"\xC0\xAF")),
        of("key", "a key of a map", 4, &empty().message(14, &empty().bytes(1, b"\x80"))),
        of("repeated", "the second of two strings", 5, &empty().bytes(11, b"a").bytes(11, b"\xFE")),
    ]
}

fn rest() -> Vec<Vector> {
    let required = |name: &str, about: &str, offset: u64, bytes: &Wire| {
        of(&format!("required-{name}"), "PAY-11", about, Code::PayloadRequired, offset, bytes)
    };
    let unknown = |name: &str, about: &str, offset: u64, bytes: &Wire| {
        under(&format!("unknown-{name}"), "PAY-12", about, bytes, true)
            .refused(Code::PayloadUnknown, offset)
    };
    let order = |name: &str, about: &str, code: Code, offset: u64, bytes: &Wire| {
        of(&format!("order-{name}"), "PAY-1", about, code, offset, bytes)
    };
    let half = empty().number(1, 7);
    vec![
        required(
            "inner",
            "one of two required fields",
            5,
            &empty().message(24, &half).number(1, 1),
        ),
        required("absent", "none of two required fields", 3, &empty().message(24, &empty())),
        required(
            "group",
            "a group without one of two, which ends at its tag",
            4,
            &empty().group(26, &half),
        ),
        required(
            "map-value",
            "an entry without a value, whose default lacks what is required",
            5,
            &empty().message(25, &empty().number(1, 5)),
        ),
        unknown(
            "exact",
            "an unknown field, and the outcome was Exact",
            2,
            &empty().number(1, 1).number(99, 1),
        ),
        unknown(
            "exact-inner",
            "the same in a message",
            2,
            &empty().message(12, &empty().number(99, 1)).number(100, 1),
        ),
        unknown(
            "exact-entry",
            "the same in an entry",
            2,
            &empty().message(15, &empty().number(3, 1)),
        ),
        order(
            "wire-type-before-twice",
            "a field that stands twice, the second time with another wire type",
            Code::PayloadWireType,
            2,
            &empty().number(2, 1).bytes(2, b""),
        ),
        order(
            "twice-before-oneof",
            "one arm of a oneof twice",
            Code::PayloadTwice,
            3,
            &empty().bytes(16, b"").bytes(16, b"a"),
        ),
        order(
            "value-before-required",
            "a required field that is not UTF-8, and another that is missing",
            Code::PayloadUtf8,
            5,
            &empty().message(24, &empty().bytes(2, b"\xFF")),
        ),
        order(
            "oneof-before-value",
            "a second arm whose length reaches beyond the record",
            Code::PayloadOneof,
            3,
            &empty().bytes(16, b"").tag(17, 2).raw(&[9]),
        ),
    ]
}
