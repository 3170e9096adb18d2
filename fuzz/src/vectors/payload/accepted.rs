//! Records that hold to their descriptor, however they are written.

use super::wire::{Wire, empty};
use super::{case, found, under};
use crate::vector::Vector;

pub(super) fn vectors() -> Vec<Vector> {
    [known(), unknown()].concat()
}

fn known() -> Vec<Vector> {
    let of = |name: &str, clauses: &str, about: &str, bytes: &Wire| {
        under(name, clauses, about, bytes, true).accepted(found(0, None))
    };
    let strict = empty().number(1, 7).bytes(2, b"n");
    let nested = |levels: usize| {
        (1..levels).fold(empty().number(1, 1), |inner, _| empty().message(12, &inner))
    };
    let groups = (1..64).fold(empty(), |inner, _| empty().group(13, &inner));
    let scalars = empty()
        .number(1, 1)
        .number(2, u64::MAX)
        .number(3, 0xFFFF_FFFF)
        .number(4, 0xFFFF_FFFF)
        .number(5, 1 << 63)
        .bytes(6, "\u{20AC}".as_bytes())
        .bytes(7, &[0xFF])
        .bytes(8, &[0, 0xFF])
        .tag(20, 5)
        .raw(&[1, 2, 3, 4])
        .tag(21, 1)
        .raw(&[1, 2, 3, 4, 5, 6, 7, 8]);
    let maps = empty()
        .message(14, &empty().bytes(1, b"a").message(2, &empty().number(2, 1)))
        .message(14, &empty().bytes(1, b"b").message(2, &empty()))
        .message(15, &empty().number(1, u64::MAX).bytes(2, b"x"))
        .message(22, &empty().number(1, 1).number(2, 1));
    let many_keys = (0..300).fold(empty(), |all, key| {
        all.message(15, &empty().number(1, (key * 7919) % 1000).bytes(2, b""))
    });
    vec![
        of("empty", "PAY-1", "no bytes: every field has its default", &empty()),
        of("scalars", "PAY-9 PAY-10", "scalars of each wire type, some at their border", &scalars),
        of(
            "scalars-lowest",
            "PAY-9",
            "the lowest int32 and sint32",
            &empty().number(2, (-2_147_483_648_i64) as u64).number(4, 0xFFFF_FFFF),
        ),
        of(
            "any-order",
            "PAY-1",
            "fields in descending order",
            &empty().bytes(6, b"t").number(3, 1).number(2, 1).number(1, 1),
        ),
        of(
            "default-written",
            "PAY-6",
            "defaults of fields without presence, written all the same",
            &empty().number(1, 0).number(2, 0).bytes(6, b""),
        ),
        of("packed", "PAY-5", "together, as the label says", &empty().bytes(9, &[1, 2, 3])),
        of("packed-empty", "PAY-5", "together, and none", &empty().bytes(9, &[])),
        of(
            "packed-apart",
            "PAY-5",
            "each with a tag, though the label is packed",
            &empty().number(9, 1).number(9, 2),
        ),
        of(
            "apart-packed",
            "PAY-5",
            "together, though the label is repeated",
            &empty().bytes(10, &[1, 2]),
        ),
        of(
            "packed-mixed",
            "PAY-5 PAY-6",
            "both forms in turns, other fields in between",
            &empty().bytes(9, &[1]).number(9, 2).number(1, 1).bytes(9, &[3]),
        ),
        of(
            "repeated-apart",
            "PAY-6",
            "repeated strings with another field in between",
            &empty().bytes(11, b"a").number(1, 1).bytes(11, b"b"),
        ),
        of("group", "PAY-3", "a group", &empty().group(13, &empty().number(1, 1))),
        of(
            "group-in-group",
            "PAY-3",
            "a group within one of the same number",
            &empty().group(13, &empty().group(13, &empty().number(2, 1)).number(1, 1)),
        ),
        of("depth-64-messages", "PAY-4", "messages 64 levels deep", &nested(64)),
        of("depth-64-groups", "PAY-4", "groups 64 levels deep", &groups),
        of("maps", "PAY-8", "entries of several maps", &maps),
        of(
            "map-value-first",
            "PAY-8",
            "an entry whose value stands before its key",
            &empty().message(15, &empty().bytes(2, b"x").number(1, 5)),
        ),
        of(
            "map-absent",
            "PAY-8",
            "entries without key, without value, and without either",
            &empty()
                .message(15, &empty().bytes(2, b"x"))
                .message(15, &empty().number(1, 5))
                .message(22, &empty())
                .message(14, &empty()),
        ),
        of(
            "map-apart",
            "PAY-8",
            "two maps whose entries stand in turns, with equal keys",
            &empty()
                .message(14, &empty())
                .message(15, &empty())
                .message(14, &empty().bytes(1, b"a"))
                .message(15, &empty().number(1, 1)),
        ),
        of(
            "map-keys-nested",
            "PAY-8",
            "equal keys of one map at different depths",
            &empty()
                .message(15, &empty().number(1, 1))
                .message(12, &empty().message(15, &empty().number(1, 1)))
                .message(14, &empty().message(2, &empty().message(15, &empty().number(1, 1)))),
        ),
        of("map-many-keys", "PAY-8", "300 keys, none twice", &many_keys),
        of("oneof-left", "PAY-7", "one arm", &empty().bytes(16, b"")),
        of(
            "oneof-nested",
            "PAY-7",
            "the other arm at another depth",
            &empty().message(17, &empty().bytes(16, b"l")),
        ),
        of("enum-closed", "PAY-9", "a value of a closed enum", &empty().number(18, 2)),
        of(
            "enum-open",
            "PAY-9",
            "a number without a name of an open enum",
            &empty().number(19, (-5_i64) as u64),
        ),
        of("required", "PAY-11", "all that is required", &empty().message(24, &strict)),
        of(
            "required-default",
            "PAY-11",
            "required fields that are there with their defaults",
            &empty().message(24, &empty().bytes(2, b"").number(1, 0)),
        ),
        of(
            "utf8-unverified",
            "PAY-10",
            "a string that nobody verifies",
            &empty().bytes(7, &[0x80]),
        ),
        of("extension-known", "PAY-12", "an extension of the descriptor", &empty().number(200, 1)),
    ]
}

fn unknown() -> Vec<Vector> {
    let of = |name: &str, about: &str, count: u64, first: u64, bytes: &Wire| {
        case(name, "PAY-12", about, bytes).accepted(found(count, Some(first)))
    };
    let each = empty()
        .number(1, 1)
        .number(100, 1)
        .tag(101, 1)
        .raw(&[0; 8])
        .bytes(102, &[0xFF])
        .group(103, &empty().number(1, 1).group(1, &empty()))
        .tag(104, 5)
        .raw(&[0; 4]);
    let deepest = (1..64).fold(empty(), |inner, _| empty().group(300, &inner));
    vec![
        of("unknown-each-wire-type", "one of each wire type; a group is one", 5, 2, &each),
        of(
            "unknown-inner",
            "one in a message, one in an entry, one in its value",
            3,
            2,
            &empty()
                .message(12, &empty().number(99, 1))
                .message(14, &empty().number(3, 1).message(2, &empty().number(99, 1))),
        ),
        of(
            "unknown-twice",
            "a number that stands twice is two fields",
            2,
            0,
            &empty().number(99, 1).number(99, 1),
        ),
        of(
            "unknown-extension",
            "an extension that the descriptor does not have",
            1,
            0,
            &empty().number(201, 1),
        ),
        of("unknown-highest", "the highest field number", 1, 0, &empty().number(536_870_911, 1)),
        of("unknown-depth-64", "groups 64 levels deep", 1, 0, &deepest),
    ]
}
