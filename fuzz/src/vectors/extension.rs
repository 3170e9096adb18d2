//! Section 3: extension blocks, well-formed and not, and critical ones.

use super::case::Case;
use super::sample;
use crate::code::Code;
use crate::forge::{Data, Raw, payload};
use crate::vector::Vector;

/// All of them.
#[must_use]
pub(super) fn vectors() -> Vec<Vector> {
    [ranges(), order(), values(), critical(), accepted()].concat()
}

fn plain(kind: u8) -> Data {
    Data { kind, ..Data::message(sample::key(), b"record") }
}

/// A MESSAGE whose extension block is `block`, with an `ext_len` of its length.
fn with_block(kind: u8, block: &[u8]) -> Vec<u8> {
    let stored = if kind == 2 { payload::batch(&["record"]) } else { b"record".to_vec() };
    let ext_len = (block.len() as u16).to_le_bytes();
    let body = [&ext_len[..], block, &stored].concat();
    Raw { flags: 1, body, ..plain(kind).raw() }.bytes()
}

fn refused(name: &str, clauses: &str, about: &str, block: &[u8], offset: u64) -> Vector {
    Case::relay(&format!("extension/{name}"), clauses, about, &with_block(1, block))
        .refused(Code::ExtensionError, offset)
}

fn ext(kind: u16, value: &[u8]) -> Vec<u8> {
    payload::extensions(&[(kind, value.to_vec())])
}

fn ranges() -> Vec<Vector> {
    let long = ext(0x0100, &[0; 4093]);
    let in_range = plain(1).extension(0x0100, &[0; 4092]);
    vec![
        refused("empty-block", "EXT-2", "an ext_len of 0", &[], 28),
        refused("three-bytes", "EXT-2", "an ext_len of 3", &[1, 0, 0], 28),
        refused("block-too-long", "EXT-2", "an ext_len of 4097", &long, 28),
        Case::relay("extension/block-4096", "EXT-2", "an ext_len of 4096", &in_range.bytes())
            .frame(in_range.answer()),
    ]
}

fn order() -> Vec<Vector> {
    let eight = [7; 8];
    let many: Vec<u8> = (0x0100..0x0121).flat_map(|kind| ext(kind, &[])).collect();
    let thirty_two = (0x0100..0x0120).fold(plain(1), |data, kind| data.extension(kind, &[]));
    vec![
        refused(
            "descending",
            "EXT-3",
            "time before sequence",
            &[ext(2, &eight), ext(1, &eight)].concat(),
            42,
        ),
        refused(
            "descending-behind-second",
            "EXT-3",
            "the third type is above the first and not above the second",
            &[ext(1, &eight), ext(0x0100, &[]), ext(2, &eight)].concat(),
            46,
        ),
        refused(
            "duplicate",
            "EXT-3",
            "sequence twice",
            &[ext(1, &eight), ext(1, &eight)].concat(),
            42,
        ),
        refused(
            "value-beyond-block",
            "EXT-3",
            "a value of 9 bytes of which 8 are there",
            &[&[0, 1, 9, 0][..], &eight].concat(),
            30,
        ),
        refused(
            "header-beyond-block",
            "EXT-3",
            "three bytes behind the last extension",
            &[&ext(1, &eight)[..], &[2, 0, 8]].concat(),
            42,
        ),
        refused("thirty-three", "EXT-3", "thirty-three empty extensions", &many, 30 + 32 * 4),
        refused(
            "second-value-beyond-block",
            "EXT-3",
            "the second value is longer than the block",
            &[&ext(1, &eight)[..], &[2, 0, 8, 0, 1]].concat(),
            42,
        ),
        Case::relay(
            "extension/thirty-two",
            "EXT-3",
            "thirty-two empty extensions",
            &thirty_two.bytes(),
        )
        .frame(thirty_two.answer()),
    ]
}

fn values() -> Vec<Vector> {
    let wrong = |name: &str, about: &str, kind: u16, value: &[u8]| {
        refused(name, "EXT-4", about, &ext(kind, value), 30)
    };
    let mut vectors = vec![
        wrong("sequence-seven-bytes", "a sequence of 7 bytes", 1, &[0; 7]),
        wrong("sequence-empty", "a sequence of no bytes", 1, &[]),
        wrong("time-nine-bytes", "a time of 9 bytes", 2, &[0; 9]),
        wrong("trace-24-bytes", "a trace context of 24 bytes", 3, &[1; 24]),
        wrong("trace-26-bytes", "a trace context of 26 bytes", 3, &[1; 26]),
        wrong("stream-key-empty", "a stream key of no bytes", 4, &[]),
        wrong("stream-key-257-bytes", "a stream key of 257 bytes", 4, &[b'k'; 257]),
        wrong("stream-key-not-utf8", "a stream key of half a character", 4, b"thread \xC3"),
        wrong("stream-key-surrogate", "a stream key with an encoded surrogate", 4, b"\xED\xA0\x80"),
        wrong("message-id-15-bytes", "a message id of 15 bytes", 5, &[0; 15]),
        wrong("item-count-on-message", "an item count on a MESSAGE", 6, &1_u32.to_le_bytes()),
        wrong("producer-epoch-four-bytes", "a producer epoch of 4 bytes", 7, &[0; 4]),
    ];
    let block = ext(6, &[1, 0, 0]);
    vectors.push(
        Case::relay(
            "extension/item-count-three-bytes",
            "EXT-4",
            "an item count of 3 bytes",
            &with_block(2, &block),
        )
        .refused(Code::ExtensionError, 30),
    );
    let after = [ext(1, &[0; 8]), ext(3, &[0; 2])].concat();
    vectors.push(refused(
        "second-value-wrong",
        "EXT-4",
        "a good sequence, then a trace context of 2 bytes",
        &after,
        42,
    ));
    vectors
}

fn critical() -> Vec<Vector> {
    let refused = |name: &str, about: &str, data: Data, offset: u64| {
        Case::decode(&format!("critical/{name}"), "EXT-5", about, &data.bytes())
            .refused(Code::UnknownCritical, offset)
    };
    let after_known = plain(1).extension(1, &[0; 8]).extension(0xFF42, &[]);
    let two = plain(1).extension(0x7F00, b"x").extension(0x8001, &[]).extension(0x8002, &[]);
    let forwarded = plain(1).extension(0x8001, &[0xA5; 16]);
    vec![
        refused("private", "a private critical extension", plain(1).extension(0xFF00, b"?"), 30),
        refused(
            "reserved-mac",
            "the one reserved for an authentication code",
            forwarded.clone(),
            30,
        ),
        refused("after-known", "behind a sequence", after_known, 42),
        refused("first-of-two", "the first of two", two, 35),
        Case::relay(
            "critical/forwarded",
            "EXT-5 EXT-6 FRM-15",
            "a relay forwards what it does not understand",
            &forwarded.bytes(),
        )
        .frame(forwarded.answer()),
    ]
}

fn accepted() -> Vec<Vector> {
    let relay = |name: &str, clauses: &str, about: &str, data: Data| {
        Case::relay(&format!("extension/{name}"), clauses, about, &data.bytes())
            .frame(data.answer())
    };
    let grease = (0..8).fold(plain(1), |data, nibble: u16| {
        data.extension(0x0A0A + nibble * 0x1010, &[nibble as u8; 3])
    });
    let zero =
        plain(1).extension(0, b"type zero").extension(0x0008, b"").extension(0x7FFF, b"private");
    let longest = plain(1).extension(4, "k\u{E9}y\u{1F511}".repeat(32).as_bytes());
    vec![
        relay("unknown-ancillary", "EXT-6", "types 0000, 0008 and 7FFF", zero.clone()),
        relay("grease", "EXT-6", "all eight types that are never assigned", grease.clone()),
        relay("stream-key-256-bytes", "EXT-4", "the longest stream key", longest),
        relay(
            "stream-key-one-byte",
            "EXT-4",
            "the shortest stream key",
            plain(1).extension(4, b"k"),
        ),
        relay(
            "trace-of-zeros",
            "EXT-4",
            "what a trace context says is the caller's business",
            plain(1).extension(3, &[0; 25]),
        ),
        Case::decode(
            "extension/unknown-ancillary-decoded",
            "EXT-5 EXT-6",
            "nothing ancillary keeps a decoder from the record",
            &zero.bytes(),
        )
        .records(&["record"]),
        Case::decode(
            "extension/grease-decoded",
            "EXT-5 EXT-6",
            "nothing ancillary keeps a decoder from the record",
            &grease.bytes(),
        )
        .records(&["record"]),
    ]
}
