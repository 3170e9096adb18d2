//! Section 1: magic, lengths, checksums and the fields of the header.

use super::case::{Case, bad_magic, over_limit, truncated};
use super::sample;
use crate::code::Code;
use crate::forge::control::Position;
use crate::forge::{Data, Raw, crc};
use crate::vector::{FrameKey, Vector};

/// All of them.
#[must_use]
pub(super) fn vectors() -> Vec<Vector> {
    [magic(), lengths(), checksums(), numbers(), keys(), limits()].concat()
}

fn plain() -> Data {
    Data::message(sample::key(), br#"{"sequence":7,"step":"plan"}"#)
}

fn sync() -> Raw {
    Position::first(sample::STREAM_ID).raw(3)
}

fn magic() -> Vec<Vector> {
    let frame = plain().bytes();
    let flipped = |index: usize, mask: u8| changed(&frame, index, mask);
    let bad = |name: &str, about: &str, input: &[u8]| {
        let clauses = if name == "first-byte" { "FRM-2 DEF-1" } else { "FRM-2" };
        Case::relay(&format!("magic/{name}"), clauses, about, input).error(bad_magic(0, None))
    };
    let version = |name: &str, about: &str, input: &[u8]| {
        Case::relay(&format!("version/{name}"), "FRM-3", about, input)
            .refused(Code::UnsupportedVersion, 2)
    };
    let of_version = |number: u8| Raw { format_version: number, ..plain().raw() }.bytes();
    vec![
        bad("first-byte", "the first byte is 9F", &flipped(0, 1)),
        bad("second-byte", "the second byte is C0", &flipped(1, 1)),
        bad("one-wrong-byte", "nothing but one wrong byte", &[0x9F]),
        bad("second-of-two", "two bytes, the second of them wrong", &[0x9E, 0x9E]),
        bad("zero-version-too", "a wrong magic comes before a wrong version", &[0xC0, 0xC1, 0]),
        version("zero", "format version 0", &of_version(0)),
        version("two", "format version 2", &of_version(2)),
        version("fifteen", "format version 15", &of_version(15)),
        version("three-bytes", "format version 2, and nothing behind it", &[0x9E, 0xC1, 0x21]),
    ]
}

fn lengths() -> Vec<Vector> {
    let frame = plain().bytes();
    let need = frame.len() as u64;
    let cut =
        |name: &str, clauses: &str, about: &str, have: usize, need: u64| {
            Case::relay(&format!("truncated/{name}"), clauses, about, &frame[..have])
                .error(truncated(0, have as u64, need))
        };
    let trailing = |name: &str, about: &str, more: &[u8]| {
        let input = [&frame, more].concat();
        Case::relay(&format!("trailing/{name}"), "FRM-13", about, &input)
            .refused(Code::TrailingData, need)
    };
    vec![
        cut("empty", "FRM-4", "no byte at all", 0, 28),
        cut("one-byte", "FRM-4", "9E alone", 1, 28),
        cut("magic-only", "FRM-4", "the magic alone", 2, 28),
        cut("header-27", "FRM-4", "all of the header but its last byte", 27, 28),
        cut("header-28", "FRM-12", "a header and nothing behind it", 28, need),
        cut("body", "FRM-12", "the body is not whole", 40, need),
        cut("trailer", "FRM-12", "the last byte is missing", frame.len() - 1, need),
        trailing("one-byte", "one zero byte behind the frame", &[0]),
        trailing("newline", "a line feed behind the frame", b"\n"),
        trailing("second-frame", "the frame twice", &frame),
    ]
}

fn checksums() -> Vec<Vector> {
    let data = plain();
    let frame = data.bytes();
    let body_end = frame.len() - 4;
    let header = |name: &str, clauses: &str, about: &str, input: &[u8]| {
        Case::relay(&format!("header-crc/{name}"), clauses, about, input)
            .refused(Code::HeaderCrc, 24)
    };
    let whole = |name: &str, about: &str, input: &[u8]| {
        Case::relay(&format!("frame-crc/{name}"), "FRM-14", about, input)
            .refused(Code::FrameCrc, body_end as u64)
    };
    let all_28 = crc(&[&frame[..body_end]]).to_le_bytes();
    let mut swapped = frame.clone();
    swapped.swap(30, 31);
    vec![
        header("length-bit", "FRM-5 ERR-2", "one bit of body_len", &changed(&frame, 20, 1)),
        header("own-bit", "FRM-5", "one bit of header_crc", &changed(&frame, 27, 0x80)),
        header(
            "header-only",
            "FRM-5 DEF-1",
            "28 bytes suffice to refuse a header",
            &changed(&frame[..28], 5, 4),
        ),
        header("kind-bit", "FRM-5", "one bit of the kind", &changed(&frame, 2, 8)),
        header("lineage-bit", "FRM-5", "one bit of the lineage", &changed(&frame, 4, 1)),
        header("version-bit", "FRM-5", "one bit of the version", &changed(&frame, 12, 1)),
        header(
            "zero",
            "FRM-5",
            "a header_crc of zero",
            &[&frame[..24], &[0; 4], &frame[28..]].concat(),
        ),
        whole("body-bit", "one bit of the body", &changed(&frame, 33, 2)),
        whole("own-bit", "one bit of frame_crc", &changed(&frame, body_end + 2, 0x10)),
        whole(
            "header-crc-included",
            "frame_crc was taken over header_crc too",
            &[&frame[..body_end], &all_28].concat(),
        ),
        whole("body-swapped", "two bytes of the body exchanged", &swapped),
        of_another_header(&data),
    ]
}

/// A header joined to the body and trailer of a frame that differs from it in the header alone.
fn of_another_header(data: &Data) -> Vector {
    let frame = data.bytes();
    let key = FrameKey { version: 2, ..data.key };
    let other = Data { key, ..data.clone() }.bytes();
    let input = [&other[..28], &frame[28..]].concat();
    Case::relay("frame-crc/other-header", "FRM-14", "the header of another version", &input)
        .refused(Code::FrameCrc, frame.len() as u64 - 4)
}

fn numbers() -> Vec<Vector> {
    let refused = |name: &str, clauses: &str, about: &str, raw: &Raw, code: Code| {
        let offset = if code == Code::BadKind { 2 } else { 3 };
        Case::relay(name, clauses, about, &raw.bytes()).refused(code, offset)
    };
    let kind = |name: &str, kind: u8| {
        let about = format!("kind {kind}, all checksums good");
        refused(name, "FRM-6", &about, &Raw { kind, ..plain().raw() }, Code::BadKind)
    };
    let codec = |name: &str, codec: u8, raw: Raw| {
        let about = format!("codec {codec} on kind {}", raw.kind);
        refused(name, "FRM-7", &about, &Raw { codec, ..raw }, Code::BadCodec)
    };
    let flags =
        |name: &str, about: &str, raw: Raw| refused(name, "FRM-8", about, &raw, Code::ReservedFlag);
    let end = Raw { kind: 6, ..sync() };
    let dict = Raw::control(5, b"dictionary".to_vec());
    vec![
        kind("kind/zero", 0),
        kind("kind/seven", 7),
        kind("kind/fifteen", 15),
        codec("codec/three", 3, plain().raw()),
        codec("codec/fifteen", 15, plain().raw()),
        codec("codec/three-on-sync", 3, sync()),
        flags("flags/bit-2", "flag bit 2", Raw { flags: 4, ..plain().raw() }),
        flags("flags/bit-3", "flag bit 3", Raw { flags: 8, ..plain().raw() }),
        flags(
            "flags/dict-without-codec",
            "DICT with codec none",
            Raw { flags: 2, ..plain().raw() },
        ),
        flags("flags/codec-on-sync", "codec 1 on SYNC", Raw { codec: 1, ..sync() }),
        flags("flags/ext-on-end", "EXT on END", Raw { flags: 1, ..end }),
        flags(
            "flags/codec-and-dict-on-dict",
            "a DICT as if compressed",
            Raw { codec: 2, flags: 2, ..dict },
        ),
    ]
}

fn keys() -> Vec<Vector> {
    let key = sample::key();
    let refused = |name: &str, clauses: &str, about: &str, raw: Raw, offset: u64| {
        Case::relay(&format!("key/{name}"), clauses, about, &raw.bytes())
            .refused(Code::KeyRule, offset)
    };
    let data = |name: &str, about: &str, key: FrameKey, offset: u64| {
        refused(name, "FRM-9", about, Raw { key, ..plain().raw() }, offset)
    };
    let accepted = |name: &str, about: &str, key: FrameKey| {
        let data = Data { key, ..plain() };
        Case::relay(&format!("key/{name}"), "FRM-9", about, &data.bytes()).frame(data.answer())
    };
    let lone = FrameKey { version: 1, ..FrameKey::default() };
    vec![
        data("zero-key", "a MESSAGE without a schema", FrameKey::default(), 4),
        data("version-zero", "version 0", FrameKey { version: 0, ..key }, 12),
        data("min-reader-zero", "min_reader 0", FrameKey { min_reader: 0, ..key }, 14),
        data(
            "min-reader-above-version",
            "min_reader 4 of version 3",
            FrameKey { min_reader: 4, ..key },
            14,
        ),
        refused("key-on-sync", "FRM-10", "a SYNC with a schema", Raw { key, ..sync() }, 4),
        refused(
            "key-on-schema",
            "FRM-10",
            "a SCHEMA with its own key",
            Raw { key, ..sample::schema().raw() },
            4,
        ),
        refused(
            "fork-check-on-sync",
            "FRM-10",
            "a SYNC with one bit of a key",
            Raw { key: FrameKey { fork_check: [0, 0, 0, 1], ..FrameKey::default() }, ..sync() },
            4,
        ),
        accepted(
            "fork-check-zero",
            "a fork_check of zero is legal",
            FrameKey { fork_check: [0; 4], ..key },
        ),
        accepted(
            "lineage-zero",
            "a lineage of zero is legal when the key is not all zero",
            FrameKey { lineage: [0; 8], ..key },
        ),
        accepted(
            "highest-version",
            "version and min_reader 65535",
            FrameKey { version: 65535, min_reader: 65535, ..key },
        ),
        refused(
            "only-version",
            "FRM-9",
            "nothing but a version: the key is not zero, min_reader is",
            Raw { key: lone, ..plain().raw() },
            14,
        ),
    ]
}

fn limits() -> Vec<Vector> {
    let header = |body_len: u32| Raw { body_len: Some(body_len), ..plain().raw() }.header();
    let case = |name: &str, clauses: &str, about: &str, input: &[u8]| {
        Case::relay(&format!("limit/{name}"), clauses, about, input)
    };
    let data = plain();
    let len = data.stored.len() as u32;
    vec![
        case(
            "body-default",
            "FRM-11",
            "one byte more than 4 MiB announced, none there",
            &header((4 << 20) + 1),
        )
        .error(over_limit(20, (4 << 20) + 1, 4 << 20)),
        case(
            "body-format-maximum",
            "FRM-11 LIM-2",
            "one byte more than 64 MiB, under a limit of 4 GiB",
            &header((64 << 20) + 1),
        )
        .body_limit(u32::MAX)
        .error(over_limit(20, (64 << 20) + 1, 64 << 20)),
        case(
            "body-tiny",
            "FRM-11",
            "one byte more than the tiny profile takes",
            &header((64 << 10) + 1),
        )
        .body_limit(64 << 10)
        .error(over_limit(20, (64 << 10) + 1, 64 << 10)),
        case("body-of-sync", "FRM-11", "control frames are limited too", &sync().bytes())
            .body_limit(47)
            .error(over_limit(20, 48, 47)),
        case(
            "body-waits-for-nothing",
            "FRM-11",
            "the largest length, and not a byte of body",
            &header(u32::MAX),
        )
        .error(over_limit(20, u64::from(u32::MAX), 4 << 20)),
        case("body-at-limit", "FRM-11", "a body of exactly the limit", &data.bytes())
            .body_limit(len)
            .frame(data.answer()),
        case(
            "stored-length",
            "BDY-2",
            "codec none: the stored length stands in for raw_len",
            &data.bytes(),
        )
        .raw_limit(len - 1)
        .error(over_limit(20, u64::from(len), u64::from(len) - 1)),
        case("stored-length-at-limit", "BDY-2", "a payload of exactly the limit", &data.bytes())
            .raw_limit(len)
            .frame(data.answer()),
    ]
}

/// The same bytes with one of them changed by a mask.
#[must_use]
pub(super) fn changed(bytes: &[u8], index: usize, mask: u8) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    changed[index] ^= mask;
    changed
}
