//! The clauses on single frames, one refusal at a time: the exact kind at the exact offset.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic in a test is a failed test"
)]

use strictframe_core::identity::{Encoding, fork_check};
use strictframe_core::{
    Batch, Codec, Compressed, Content, Error, ErrorKind, Foreign, Frame, Kind, Limits, NoCodecs,
    Outcome, Parts, SchemaKey, checksum, control, extension, identity,
};

const KEY: SchemaKey = SchemaKey::new(*b"lineage!", 3, 2, [0, 0, 0, 0]);

fn message(extensions: &[u8], stored: &[u8]) -> Vec<u8> {
    written(Parts::plain(Kind::MESSAGE, KEY, extensions, &[stored]))
}

fn compressed(codec: Codec, dictionary: Option<[u8; 4]>, raw: &[u8], stored: &[u8]) -> Vec<u8> {
    let raw_len = u32::try_from(raw.len()).unwrap();
    let compressed = Compressed { raw_len, raw_crc: checksum::crc32c(raw), dictionary };
    let stored = &[stored][..];
    let kind = Kind::MESSAGE;
    written(Parts { kind, key: KEY, codec, compressed: Some(compressed), extensions: &[], stored })
}

fn control(kind: Kind, body: &[u8]) -> Vec<u8> {
    written(Parts::control(kind, &[body]))
}

fn written(parts: Parts<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    parts.write(&mut bytes).unwrap();
    assert_eq!(bytes.len(), parts.frame_len());
    bytes
}

/// Sets bytes of a frame and makes both checksums right again.
fn changed(mut frame: Vec<u8>, offset: usize, bytes: &[u8]) -> Vec<u8> {
    frame[offset..offset + bytes.len()].copy_from_slice(bytes);
    let header = checksum::crc32c(&frame[..24]);
    frame[24..28].copy_from_slice(&header.to_le_bytes());
    let end = frame.len() - 4;
    let whole = checksum::append(header, &frame[28..end]);
    frame[end..].copy_from_slice(&whole.to_le_bytes());
    frame
}

fn relay(frame: &[u8]) -> Error {
    Frame::parse(frame, &Limits::DEFAULT).unwrap_err()
}

fn decode(frame: &[u8]) -> Error {
    let frame = Frame::parse(frame, &Limits::DEFAULT).unwrap();
    frame.decode(|_| Ok(None), &mut NoCodecs, &mut Vec::new()).unwrap_err()
}

#[track_caller]
fn refused(error: Error, kind: ErrorKind, offset: u64) {
    assert_eq!((error.kind(), error.offset()), (kind, offset));
}

#[test]
fn a_frame_has_the_layout_of_the_table() {
    // SPEC [FRM-1]: 28 bytes of header, the body, 4 bytes of trailer, both checksums as they are defined.
    let frame = message(&[], b"record");
    assert_eq!(frame.len(), 28 + 6 + 4);
    assert_eq!(frame[..4], [0x9E, 0xC1, 0x11, 0x00]);
    assert_eq!(frame[4..20], KEY.to_bytes());
    assert_eq!(frame[20..24], 6_u32.to_le_bytes());
    assert_eq!(frame[24..28], checksum::crc32c(&frame[..24]).to_le_bytes());
    let whole = [&frame[..24], b"record"].concat();
    assert_eq!(frame[34..], checksum::crc32c(&whole).to_le_bytes());
}

#[test]
fn the_beginning_of_a_frame_is_judged_from_left_to_right() {
    let frame = message(&[], b"record");
    // SPEC [FRM-2, DIA-1]: magic, on the bytes present; a diagnosis only where all bytes of a row are there.
    let none = ErrorKind::BadMagic { looks_like: None };
    refused(relay(b"\x9E\x9E"), none, 0);
    refused(relay(b"\x39\x65\x63"), none, 0);
    let json = ErrorKind::BadMagic { looks_like: Some(Foreign::Json) };
    refused(relay(b"{"), json, 0);
    // SPEC [FRM-3]: the version, as soon as it is there.
    refused(relay(&[0x9E, 0xC1, 0x21]), ErrorKind::UnsupportedVersion, 2);
    // SPEC [FRM-4, FRM-12]: too short for the header, and for the whole.
    refused(relay(&[]), ErrorKind::Truncated { have: 0, need: 28 }, 0);
    refused(relay(&frame[..27]), ErrorKind::Truncated { have: 27, need: 28 }, 27);
    refused(relay(&frame[..37]), ErrorKind::Truncated { have: 37, need: 38 }, 37);
    // SPEC [FRM-5]: the header's checksum before anything it covers.
    let mut damaged = frame.clone();
    damaged[2] = 0x1F;
    refused(relay(&damaged[..28]), ErrorKind::HeaderCrc, 24);
    // SPEC [FRM-13]: nothing behind it.
    refused(relay(&[&frame[..], b"\n"].concat()), ErrorKind::TrailingData, 38);
    // SPEC [FRM-14]: the body's checksum before anything in it.
    let mut damaged = frame.clone();
    damaged[30] ^= 1;
    refused(relay(&damaged), ErrorKind::FrameCrc, 34);
}

#[test]
fn the_fields_of_the_header_are_held_to_their_ranges() {
    let frame = || message(&[], b"record");
    let sync = || control(Kind::SYNC, &[0; 48]);
    // SPEC [FRM-6, FRM-7]: unassigned kinds and codecs.
    refused(relay(&changed(frame(), 2, &[0x17])), ErrorKind::BadKind, 2);
    refused(relay(&changed(frame(), 3, &[0x30])), ErrorKind::BadCodec, 3);
    // SPEC [FRM-8]: reserved bits, DICT for nothing, anything on a control kind.
    for flags in [0x04, 0x08, 0x02] {
        refused(relay(&changed(frame(), 3, &[flags])), ErrorKind::ReservedFlag, 3);
    }
    for flags in [0x01, 0x10, 0x20] {
        refused(relay(&changed(sync(), 3, &[flags])), ErrorKind::ReservedFlag, 3);
    }
    // SPEC [FRM-9]: a data frame's key.
    refused(relay(&changed(frame(), 4, &[0; 16])), ErrorKind::KeyRule, 4);
    refused(relay(&changed(frame(), 12, &[0, 0])), ErrorKind::KeyRule, 12);
    refused(relay(&changed(frame(), 14, &[0, 0])), ErrorKind::KeyRule, 14);
    refused(relay(&changed(frame(), 14, &[4, 0])), ErrorKind::KeyRule, 14);
    // SPEC [FRM-10]: a control frame has none.
    refused(relay(&changed(sync(), 19, &[1])), ErrorKind::KeyRule, 4);
    // SPEC [FRM-11, LIM-2]: refused on 28 bytes, before a body is waited for.
    let declared = 1 << 26;
    let limit = ErrorKind::LimitExceeded { declared, limit: 4 << 20 };
    let huge = changed(frame(), 20, &(1_u32 << 26).to_le_bytes());
    refused(relay(&huge[..28]), limit, 20);
    let beyond = changed(frame(), 20, &u32::MAX.to_le_bytes());
    let error = Frame::parse(&beyond, &Limits::MAXIMUM).unwrap_err();
    let limit = 1 << 26;
    refused(error, ErrorKind::LimitExceeded { declared: u64::from(u32::MAX), limit }, 20);
}

#[test]
fn a_body_has_all_fields_that_its_header_promises() {
    // SPEC [BDY-1]: the first field that does not fit.
    let body_of =
        |flags: u8, len: usize| changed(message(&[], &vec![0xFF; len]), 3, &[0x10 | flags]);
    for (flags, len, offset) in [(0, 3, 28), (0, 7, 32), (2, 11, 36), (1, 9, 36), (3, 13, 40)] {
        refused(relay(&body_of(flags, len)), ErrorKind::BodyStructure, offset);
    }
    let frame = changed(message(&[], &[200, 0, 1, 2]), 3, &[0x01]);
    refused(relay(&frame), ErrorKind::BodyStructure, 30);
}

#[test]
fn compression_that_does_not_pay_is_refused() {
    // SPEC [BDY-3, BDY-4]: stored + 8 < raw_len, + 12 with a dictionary.
    let raw = [7; 100];
    let frame = |dictionary, len| compressed(Codec::LZ4, dictionary, &raw, &vec![1; len]);
    let parse = |frame: Vec<u8>| Frame::parse(&frame, &Limits::DEFAULT).map(|_| ());
    assert_eq!(parse(frame(None, 91)), Ok(()));
    refused(relay(&frame(None, 92)), ErrorKind::NonCanonicalCompression, 28);
    assert_eq!(parse(frame(Some([1; 4]), 87)), Ok(()));
    refused(relay(&frame(Some([1; 4]), 88)), ErrorKind::NonCanonicalCompression, 28);
    assert!(strictframe_core::pays(91, 100, false) && !strictframe_core::pays(92, 100, false));
    assert!(strictframe_core::pays(87, 100, true) && !strictframe_core::pays(88, 100, true));
    // SPEC [BDY-2]: raw_len, or the stored length, within the limit.
    let limits = Limits::DEFAULT.with_raw(99);
    let limit = ErrorKind::LimitExceeded { declared: 100, limit: 99 };
    refused(Frame::parse(&frame(None, 5), &limits).unwrap_err(), limit, 28);
    refused(Frame::parse(&message(&[], &raw), &limits).unwrap_err(), limit, 20);
}

#[test]
fn extensions_are_ascending_whole_and_of_their_length() {
    let block = |list: &[(u16, &[u8])]| -> Vec<u8> {
        let parts = list.iter().flat_map(|(kind, value)| {
            let len = u16::try_from(value.len()).unwrap();
            [kind.to_le_bytes().to_vec(), len.to_le_bytes().to_vec(), value.to_vec()]
        });
        parts.flatten().collect()
    };
    let refused_at = |list: &[(u16, &[u8])], offset| {
        refused(relay(&message(&block(list), b"x")), ErrorKind::ExtensionError, offset);
    };
    // SPEC [EXT-2]: the length of the block.
    refused(relay(&message(&[1, 0, 0], b"x")), ErrorKind::ExtensionError, 28);
    refused(relay(&message(&block(&[(0x0F00, &[0; 4093])]), b"x")), ErrorKind::ExtensionError, 28);
    let empty = changed(message(&[], &[0, 0]), 3, &[0x01]);
    refused(relay(&empty), ErrorKind::ExtensionError, 28);
    // SPEC [EXT-3]: order, and the room there is.
    refused_at(&[(9, b""), (8, b"")], 34);
    refused_at(&[(9, b""), (9, b"")], 34);
    refused(relay(&message(&[9, 0, 5, 0, 1], b"x")), ErrorKind::ExtensionError, 30);
    refused(relay(&message(&[9, 0, 0, 0, 1], b"x")), ErrorKind::ExtensionError, 34);
    let many: Vec<(u16, &[u8])> = (100..133).map(|kind| (kind, &b""[..])).collect();
    refused_at(&many, 30 + 32 * 4);
    // SPEC [EXT-4]: the lengths of the table, UTF-8, and a count for batches only.
    let wrong: [(u16, &[u8]); 9] = [
        (1, &[0; 7]),
        (2, &[0; 9]),
        (3, &[0; 24]),
        (4, b""),
        (4, &[b'a'; 257]),
        (4, b"\xFF"),
        (5, &[0; 15]),
        (6, &[0; 4]),
        (7, &[0; 4]),
    ];
    wrong.iter().for_each(|one| refused_at(&[*one], 30));
    // SPEC [EXT-5, FRM-15]: critical and unknown: a decoder refuses, a relay does not mind.
    let critical = message(&block(&[(1, &[0; 8]), (0xFF00, b"k")]), b"x");
    refused(decode(&critical), ErrorKind::UnknownCritical, 42);
    let mut forwarded = Vec::new();
    Frame::parse(&critical, &Limits::DEFAULT).unwrap().write(&mut forwarded).unwrap();
    assert_eq!(forwarded, critical);
    // SPEC [EXT-6]: ancillary and unknown: handed on as it is.
    let ancillary = message(&block(&[(0, b"zero"), (0x0A0A, b"grease")]), b"x");
    let frame = Frame::parse(&ancillary, &Limits::DEFAULT).unwrap();
    assert_eq!(frame.extensions().value(0), Some(&b"zero"[..]));
    assert_eq!(frame.extensions().value(0x0A0A), Some(&b"grease"[..]));
    // SPEC [EXT-1]: what a decoder would refuse is not written.
    let one = |kind, value| [extension::Extension { kind, value }];
    assert!(extension::write(&one(1, &[0; 7]), Kind::MESSAGE, &mut Vec::new()).is_err());
    assert!(extension::write(&one(0x8002, &[]), Kind::MESSAGE, &mut Vec::new()).is_err());
    assert!(extension::write(&one(0x0F00, &[0; 4093]), Kind::MESSAGE, &mut Vec::new()).is_err());
    assert!(extension::write(&one(0x0F00, &[0; 4092]), Kind::MESSAGE, &mut Vec::new()).is_ok());
}

#[test]
fn control_bodies_have_their_layout() {
    // SPEC [CTL-1]: SYNC and END.
    refused(relay(&control(Kind::SYNC, &[0; 47])), ErrorKind::BodyStructure, 72);
    refused(relay(&control(Kind::SYNC, &[0; 20])), ErrorKind::BodyStructure, 44);
    refused(relay(&control(Kind::END, &[0; 49])), ErrorKind::BodyStructure, 76);
    let mut last_word = [0; 48];
    last_word[47] = 1;
    refused(relay(&control(Kind::END, &last_word)), ErrorKind::BodyStructure, 72);
    // SPEC [CTL-2]: SCHEMA, field by field.
    let mut body = Vec::new();
    control::write_schema(Encoding::JSON, 2, 1, "a.B", b"{}", &mut body).unwrap();
    assert_eq!(body.len(), 8 + 3 + 4 + 2);
    let with = |offset: usize, byte: u8| {
        let mut body = body.clone();
        body[offset] = byte;
        control(Kind::SCHEMA, &body)
    };
    let wrong = [
        (0, 4, 28),
        (1, 1, 29),
        (2, 0, 30),
        (4, 3, 32),
        (4, 0, 32),
        (6, 0, 34),
        (6, 99, 36),
        (8, b'.', 36),
        (8, 0xFF, 36),
        (11, 3, 43),
        (11, 1, 44),
    ];
    for (offset, byte, at) in wrong {
        refused(relay(&with(offset, byte)), ErrorKind::BodyStructure, at);
    }
    // SPEC [CTL-3]: DICT.
    refused(relay(&control(Kind::DICT, &[])), ErrorKind::BodyStructure, 28);
    let too_long = control(Kind::DICT, &vec![0; (1 << 20) + 1]);
    refused(relay(&too_long), ErrorKind::BodyStructure, 28 + (1 << 20));
    // SPEC [CTL-4]: good for a relay, not where records are asked for.
    refused(decode(&control(Kind::SYNC, &[0; 48])), ErrorKind::UnexpectedKind, 2);
    refused(decode(&control(Kind::SCHEMA, &body)), ErrorKind::UnexpectedKind, 2);
}

#[test]
fn a_schema_frame_gives_the_key_of_its_records() {
    // SPEC [KEY-1, KEY-5]: derived from the body, the descriptor as it is.
    let mut body = Vec::new();
    control::write_schema(Encoding::OPAQUE, 2, 1, "a.B", b" \0 ", &mut body).unwrap();
    let bytes = control(Kind::SCHEMA, &body);
    let frame = Frame::parse(&bytes, &Limits::DEFAULT).unwrap();
    let Content::Control(control::Control::Schema(schema)) = frame.content() else {
        panic!("a SCHEMA frame holds a schema");
    };
    let lineage = identity::lineage(Encoding::OPAQUE, "a.B").unwrap();
    let fingerprint = identity::fingerprint(lineage, 2, 1, b" \0 ").unwrap();
    assert_eq!(schema.descriptor(), b" \0 ");
    assert_eq!(schema.key(), SchemaKey::new(lineage, 2, 1, fork_check(&fingerprint)));
}

#[test]
fn batches_add_up_or_are_refused_in_their_payload() {
    let payload = |words: &[u32], rest: &[u8]| -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).chain(rest.iter().copied()).collect()
    };
    let refused_in_raw = |payload: &[u8], offset| {
        let error = decode(&written(Parts::plain(Kind::BATCH, KEY, &[], &[payload])));
        assert!(error.is_in_raw());
        refused(error, ErrorKind::BatchStructure, offset);
    };
    // SPEC [BAT-2]: each at its own place.
    refused_in_raw(&[1, 0, 0], 0);
    refused_in_raw(&payload(&[0], b""), 0);
    refused_in_raw(&payload(&[65_537], &[0; 9]), 0);
    refused_in_raw(&payload(&[3, 0, 0], &[0, 0]), 12);
    refused_in_raw(&payload(&[2, 1, 9], b"ab"), 8);
    refused_in_raw(&payload(&[2, 1, 1], b"abc"), 14);
    assert!(Batch::parse(&payload(&[2, 1, 1], b"ab")).is_ok());
    // SPEC [BAT-3]: what the extension says of the batch is true.
    let mut block = Vec::new();
    let count = [extension::Extension { kind: extension::ITEM_COUNT, value: &[3, 0, 0, 0] }];
    extension::write(&count, Kind::BATCH, &mut block).unwrap();
    let body = payload(&[2, 1, 1], b"ab");
    let frame = written(Parts::plain(Kind::BATCH, KEY, &block, &[&body]));
    refused(decode(&frame), ErrorKind::BatchStructure, 0);
}

#[test]
fn the_second_half_of_the_order_is_kept() {
    let raw = [7; 100];
    let frame = compressed(Codec::ZSTD, Some([1, 2, 3, 4]), &raw, &[0; 10]);
    let parsed = Frame::parse(&frame, &Limits::DEFAULT).unwrap();
    // SPEC [JDG-1, ERR-1]: the schema first.
    let unknown = |_: &SchemaKey| Err(ErrorKind::UnknownSchema);
    let error = parsed.decode(unknown, &mut NoCodecs, &mut Vec::new()).unwrap_err();
    refused(error, ErrorKind::UnknownSchema, 4);
    // SPEC [DIC-1]: then the dictionary, although the codec is missing too.
    refused(decode(&frame), ErrorKind::UnknownDictionary, 36);
    // SPEC [COD-1]: then the codec.
    let frame = compressed(Codec::ZSTD, None, &raw, &[0; 10]);
    refused(decode(&frame), ErrorKind::CodecUnavailable, 3);
    // SPEC [ERR-2]: an error has a number, a name and an offset, and they are what it prints.
    let error = decode(&frame);
    assert_eq!((error.kind().code(), error.kind().name()), (602, "CodecUnavailable"));
    assert_eq!(error.to_string(), "codec not available here (at byte 3)");
    // SPEC [JDG-4]: without a registry the outcome is none.
    let plain = message(&[], b"record");
    let plain = Frame::parse(&plain, &Limits::DEFAULT).unwrap();
    let mut room = Vec::new();
    let decoded = plain.decode(|_| Ok(None), &mut NoCodecs, &mut room).unwrap();
    assert_eq!((decoded.outcome, decoded.payload), (None, &b"record"[..]));
    let judged = |_: &SchemaKey| Ok(Some(Outcome::Backward));
    let decoded = plain.decode(judged, &mut NoCodecs, &mut room).unwrap();
    assert_eq!(decoded.outcome, Some(Outcome::Backward));
}
