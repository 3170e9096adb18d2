//! Section 8: the bodies of control frames.

use super::case::Case;
use super::sample;
use crate::code::Code;
use crate::forge::control::{Position, Schema, dictionary_answer};
use crate::forge::{Raw, payload};
use crate::vector::Vector;

/// All of them.
#[must_use]
pub(super) fn vectors() -> Vec<Vector> {
    [accepted(), positions(), schemas(), dictionaries(), unexpected()].concat()
}

fn position() -> Position {
    Position {
        stream_id: sample::STREAM_ID,
        own_offset: 65_600,
        previous: 0,
        count: 12,
        chain_crc: 0x1234_5678,
    }
}

fn accepted() -> Vec<Vector> {
    let first = Position::first(sample::STREAM_ID);
    let sync = |name: &str, about: &str, position: Position, kind: u8| {
        let bytes = position.raw(kind).bytes();
        Case::relay(&format!("control/{name}"), "CTL-1", about, &bytes).frame(position.answer(kind))
    };
    let schema = |name: &str, about: &str, schema: Schema| {
        let bytes = schema.raw().bytes();
        Case::relay(&format!("control/{name}"), "CTL-2", about, &bytes).frame(schema.answer())
    };
    let dict = |name: &str, about: &str, bytes: &[u8]| {
        let frame = Raw::control(5, bytes.to_vec()).bytes();
        Case::relay(&format!("control/{name}"), "CTL-3", about, &frame)
            .frame(dictionary_answer(bytes))
    };
    let named = |name: &str| Schema { name: name.to_owned(), ..sample::schema() };
    let opaque =
        Schema { enc_id: 3, descriptor: payload::noise(3, 40), ..named("example.v1.Blob") };
    let protobuf = Schema { enc_id: 1, descriptor: b"\x0A\x05Event".to_vec(), ..sample::schema() };
    vec![
        sync("sync", "the first SYNC of a stream", first, 3),
        sync("sync-later", "a SYNC in the middle of a stream", position(), 3),
        sync("end", "the END of a stream", position(), 6),
        sync(
            "sync-anywhere",
            "what the fields say is no business of a relay",
            Position { previous: 5, own_offset: 3, count: u64::MAX, ..position() },
            3,
        ),
        schema("schema-json", "a JSON type", sample::schema()),
        schema("schema-opaque", "an opaque type", opaque),
        schema("schema-protobuf", "a protobuf type", protobuf),
        schema(
            "schema-empty-descriptor",
            "a descriptor of no bytes",
            Schema { descriptor: Vec::new(), ..named("a") },
        ),
        schema("schema-name-inner-dots", "dots everywhere but in front", named("a..b.")),
        schema("schema-name-unicode", "a name beyond ASCII", named("b\u{FC}cher.v1.Ex\u{1F4D6}")),
        schema("schema-name-long", "a name of 300 bytes", named(&"n".repeat(300))),
        schema(
            "schema-own-version-only",
            "version and min_reader 65535",
            Schema { version: 65_535, min_reader: 65_535, ..sample::schema() },
        ),
        schema(
            "schema-first-version",
            "version and min_reader 1",
            Schema { version: 1, min_reader: 1, ..sample::schema() },
        ),
        dict("dict", "a dictionary of raw content", &payload::text(500, 48)),
        dict("dict-one-byte", "the shortest dictionary", &[7]),
        dict("dict-longest", "a dictionary of 2^20 bytes", &[0x20; 1 << 20]),
        dict(
            "dict-magic-only",
            "whether a trained dictionary is sound is seen when it is used",
            b"\x37\xA4\x30\xEC",
        ),
    ]
}

fn refused(name: &str, clauses: &str, about: &str, kind: u8, body: Vec<u8>, offset: u64) -> Vector {
    let input = Raw::control(kind, body).bytes();
    Case::relay(&format!("control/{name}"), clauses, about, &input)
        .refused(Code::BodyStructure, offset)
}

fn positions() -> Vec<Vector> {
    let body = position().body();
    let short = |name: &str, about: &str, len: usize, field: u64| {
        refused(name, "CTL-1", about, 3, body[..len].to_vec(), 28 + field)
    };
    let last_word = |value: u8| [&body[..44], &[0, 0, 0, value]].concat();
    vec![
        short("sync-empty", "a SYNC without a body", 0, 0),
        short("sync-id-cut", "a stream id of 15 bytes", 15, 0),
        short("sync-offset-cut", "the own offset is cut", 23, 16),
        short("sync-previous-cut", "the previous offset is cut", 24, 24),
        short("sync-count-cut", "the count is cut", 39, 32),
        short("sync-chain-cut", "chain_crc is cut", 43, 40),
        short("sync-short", "a body of 47 bytes", 47, 44),
        refused("sync-long", "CTL-1", "a body of 49 bytes", 3, [&body[..], &[0]].concat(), 76),
        refused(
            "end-long",
            "CTL-1",
            "an END with a body of 52 bytes",
            6,
            [&body[..], &[0; 4]].concat(),
            76,
        ),
        refused(
            "end-last-word",
            "CTL-1",
            "an END whose last word is not zero",
            6,
            last_word(1),
            72,
        ),
        refused(
            "sync-last-word-and-long",
            "CTL-1",
            "the last word comes before what follows it",
            3,
            [&last_word(1)[..], &[0]].concat(),
            72,
        ),
        refused("end-short", "CTL-1", "an END with a body of 44 bytes", 6, body[..44].to_vec(), 72),
    ]
}

fn schemas() -> Vec<Vector> {
    let schema = sample::schema();
    let body = schema.body();
    let name_len = schema.name.len();
    let after_name = 8 + name_len;
    let bent = |name: &str, about: &str, at: usize, bytes: &[u8], offset: u64| {
        let mut body = body.clone();
        body[at..at + bytes.len()].copy_from_slice(bytes);
        refused(name, "CTL-2", about, 4, body, 28 + offset)
    };
    let cut = |name: &str, about: &str, len: usize, offset: u64| {
        refused(name, "CTL-2", about, 4, body[..len].to_vec(), 28 + offset)
    };
    let named = |name: &str, about: &str, bytes: &[u8]| {
        let head = [2, 0, 3, 0, 1, 0, bytes.len() as u8, 0];
        let body = [&head[..], bytes, &[2, 0, 0, 0], b"{}"].concat();
        refused(name, "CTL-2", about, 4, body, 28 + if bytes.is_empty() { 6 } else { 8 })
    };
    let one_more = (schema.descriptor.len() as u32 + 1).to_le_bytes();
    vec![
        bent("schema-encoding", "encoding 0", 0, &[0], 0),
        bent("schema-encoding-four", "encoding 4", 0, &[4], 0),
        bent("schema-second-byte", "a second byte of 1", 1, &[1], 1),
        bent("schema-version-zero", "version 0", 2, &[0, 0], 2),
        bent("schema-min-reader", "min_reader 4 of version 3", 4, &[4, 0], 4),
        bent("schema-min-reader-zero", "min_reader 0", 4, &[0, 0], 4),
        named("schema-name-empty", "a name of no bytes", b""),
        named("schema-name-dot", "a name with a leading dot", b".example.v1.Event"),
        named("schema-name-not-utf8", "a name with a byte that UTF-8 never has", b"example\xFF"),
        bent("schema-name-cut", "a name longer than the rest", 6, &[0xFF, 0xFF], 8),
        bent(
            "schema-descriptor-cut",
            "a descriptor one byte longer than the rest",
            after_name,
            &one_more,
            after_name as u64 + 4,
        ),
        bent(
            "schema-descriptor-far",
            "a descriptor of 4 GiB",
            after_name,
            &[0xFF; 4],
            after_name as u64 + 4,
        ),
        cut("schema-empty", "a SCHEMA without a body", 0, 0),
        cut("schema-version-cut", "half a version", 3, 2),
        cut("schema-min-reader-cut", "half a min_reader", 5, 4),
        cut("schema-name-len-cut", "half a name_len", 7, 6),
        cut("schema-desc-len-cut", "desc_len is cut", after_name + 3, after_name as u64),
        refused(
            "schema-bytes-left",
            "CTL-2",
            "a byte behind the descriptor",
            4,
            [&body[..], &[0]].concat(),
            28 + body.len() as u64,
        ),
    ]
}

fn dictionaries() -> Vec<Vector> {
    let of = |name: &str, about: &str, len: usize, offset: u64| {
        refused(name, "CTL-3", about, 5, vec![0x20; len], offset)
    };
    vec![
        of("dict-empty", "a dictionary of no bytes", 0, 28),
        of("dict-too-long", "a dictionary of 2^20 + 1 bytes", (1 << 20) + 1, 28 + (1 << 20)),
    ]
}

fn unexpected() -> Vec<Vector> {
    let of = |name: &str, raw: Raw| {
        let about = format!("records are asked for, and there is a frame of kind {}", raw.kind);
        Case::decode(&format!("unexpected/{name}"), "CTL-4", &about, &raw.bytes())
            .refused(Code::UnexpectedKind, 2)
    };
    vec![
        of("sync", position().raw(3)),
        of("schema", sample::schema().raw()),
        of("dict", Raw::control(5, b"dictionary".to_vec())),
        of("end", position().raw(6)),
    ]
}
