//! Which field is marked, and what is said of the others.

use strictframe_core::dump::{Status, Verdict};
use strictframe_core::extension::TRACE_CONTEXT;
use strictframe_core::identity::Encoding;
use strictframe_core::{Codec, ErrorKind, Kind, Limits};

use super::frames::{self, with_byte};
use super::invariants::{Seen, check, walk};

/// The name, the offset and the error of the one field that the refusal points at.
fn wrong(input: &[u8]) -> (&'static str, usize, &'static str) {
    check(input, &Limits::DEFAULT);
    let (fields, _) = walk(input, &Limits::DEFAULT);
    let mut marked = fields.iter().filter_map(|field| match field.status {
        Status::Wrong(kind) => Some((field.name, field.start, kind.name())),
        _ => None,
    });
    marked.next().unwrap_or_else(|| panic!("{fields:?}"))
}

fn names(fields: &[Seen], depth: u8) -> Vec<&'static str> {
    fields.iter().filter(|field| field.depth == depth).map(|field| field.name).collect()
}

#[test]
fn the_refusal_points_at_the_field_it_is_about() {
    let message = frames::message(b"record");
    let sync = frames::sync(Kind::SYNC);
    let schema = frames::schema(Encoding::JSON, "a.B", b"{}");
    let extended = frames::message_with(&frames::extension_block(), b"record");
    let zstd = frames::compressed(Codec::ZSTD, 1000, None, &frames::zstd_block());
    let too_small = frames::compressed(Codec::ZSTD, 25, None, &frames::zstd_block());
    let mut bad_trailer = message.clone();
    *bad_trailer.last_mut().unwrap() ^= 1;
    let mut bad_header = message.clone();
    bad_header[20] ^= 1;
    let cases: [(&[u8], _); 27] = [
        (b"{}", ("magic", 0, "BadMagic")),
        (b"\x9E\xC1\x21", ("version", 2, "UnsupportedVersion")),
        (&bad_header, ("header_crc", 24, "HeaderCrc")),
        (&bad_trailer, ("frame_crc", 34, "FrameCrc")),
        (&with_byte(message.clone(), 2, 0x17), ("kind", 2, "BadKind")),
        (&with_byte(message.clone(), 3, 0x30), ("codec", 3, "BadCodec")),
        (&with_byte(message.clone(), 3, 0x04), ("flags", 3, "ReservedFlag")),
        (&with_byte(message.clone(), 3, 0x02), ("flags", 3, "ReservedFlag")),
        (&with_byte(sync.clone(), 3, 0x10), ("codec", 3, "ReservedFlag")),
        (&with_byte(sync.clone(), 3, 0x11), ("flags", 3, "ReservedFlag")),
        (&with_byte(sync.clone(), 19, 1), ("lineage", 4, "KeyRule")),
        (&with_byte(message.clone(), 12, 0), ("version", 12, "KeyRule")),
        (&with_byte(message.clone(), 14, 9), ("min_reader", 14, "KeyRule")),
        (&with_byte(message.clone(), 23, 1), ("body_len", 20, "LimitExceeded")),
        (&with_byte(zstd.clone(), 31, 1), ("raw_len", 28, "LimitExceeded")),
        (&too_small, ("raw_len", 28, "NonCanonicalCompression")),
        (&with_byte(extended.clone(), 29, 0xF0), ("extensions", 30, "BodyStructure")),
        (&with_byte(extended.clone(), 30, 2), ("type", 42, "ExtensionError")),
        (&with_byte(extended.clone(), 32, 7), ("type", 30, "ExtensionError")),
        (&with_byte(sync.clone(), 75, 1), ("zero", 72, "BodyStructure")),
        (&frames::control(Kind::END, &[0; 20]), ("own offset", 44, "BodyStructure")),
        (&frames::control(Kind::SYNC, &[0; 49]), ("bytes left", 76, "BodyStructure")),
        (&with_byte(schema.clone(), 29, 1), ("zero", 29, "BodyStructure")),
        (&with_byte(schema.clone(), 36, b'.'), ("name", 36, "BodyStructure")),
        (&with_byte(schema.clone(), 39, 9), ("descriptor", 43, "BodyStructure")),
        (&frames::control(Kind::DICT, &[]), ("dictionary", 28, "BodyStructure")),
        (
            &frames::control(Kind::DICT, &[0; 1 << 20 | 1]),
            ("bytes left", 1_048_604, "BodyStructure"),
        ),
    ];
    for (input, expected) in cases {
        assert_eq!(wrong(input), expected);
    }
    // A descriptor of no bytes shares its offset with the bytes that are left.
    let left = [&b"\x02\0\x01\0\x01\0\x01\0a\0\0\0\0"[..], b"rest"].concat();
    assert_eq!(wrong(&frames::control(Kind::SCHEMA, &left)), ("bytes left", 41, "BodyStructure"));
}

#[test]
fn no_length_of_an_unverified_header_is_followed() {
    // SPEC [FRM-5, ERR-2]: shown as far as the bytes reach, marked, and no further.
    let mut frame = frames::message(b"record");
    frame[21] = 0xFF;
    let (fields, _) = walk(&frame, &Limits::DEFAULT);
    let top: Vec<_> = fields.iter().map(|field| (field.name, field.status, field.note)).collect();
    let unverified = |name, note| (name, Status::Unverified, note);
    let expected = [
        unverified("magic", None),
        unverified("version", None),
        unverified("kind", None),
        unverified("codec", None),
        unverified("flags", None),
        unverified("lineage", None),
        unverified("version", None),
        unverified("min_reader", None),
        unverified("fork_check", None),
        unverified("body_len", Some("not followed")),
        ("header_crc", Status::Wrong(ErrorKind::HeaderCrc), None),
        unverified("unread", None),
    ];
    assert_eq!(top, expected);
    assert_eq!(fields.last().map(|field| (field.start, field.end)), Some((28, frame.len())));
}

#[test]
fn a_body_under_a_wrong_checksum_is_shown_and_vouched_for_by_nothing() {
    // SPEC [FRM-14, ERR-2]: the header keeps its own checksum.
    let mut frame = frames::batch(&[b"one", b"two"]);
    *frame.last_mut().unwrap() ^= 1;
    let (fields, _) = walk(&frame, &Limits::DEFAULT);
    for field in &fields {
        let expected = match (field.start, field.name) {
            (0..28, _) => Status::Verified,
            (_, "frame_crc") => Status::Wrong(ErrorKind::FrameCrc),
            _ => Status::Unverified,
        };
        assert_eq!(field.status, expected, "{field:?}");
    }
    assert_eq!(names(&fields, 1), ["count", "size", "size", "item", "item"]);
}

#[test]
fn a_body_of_unknown_layout_is_one_field() {
    // SPEC [FRM-6, FRM-7, FRM-8]: length and checksum are the same for every kind; the layout is not.
    for (index, byte) in [(2, 0x1F), (3, 0xF0), (3, 0x08)] {
        let frame = with_byte(frames::message(b"record"), index, byte);
        let (fields, _) = walk(&frame, &Limits::DEFAULT);
        let behind: Vec<_> = fields
            .iter()
            .filter(|field| field.start >= 28)
            .map(|field| (field.name, field.status))
            .collect();
        assert_eq!(behind, [("body", Status::Verified), ("frame_crc", Status::Verified)]);
    }
}

#[test]
fn a_field_that_is_refused_says_what_it_should_be() {
    // SPEC [ERR-2]: beside the error of the verdict.
    let message = frames::message(b"record");
    let extended = frames::message_with(&frames::extension_block(), b"record");
    let sync = frames::sync(Kind::SYNC);
    let cases: [(&[u8], _); 6] = [
        (&with_byte(sync, 19, 1), ("lineage", 4, "not for this kind")),
        (b"\x9E\xC1\x21", ("version", 2, "not 1")),
        (&with_byte(message.clone(), 12, 0), ("version", 12, "not 1..65535")),
        (&with_byte(message.clone(), 14, 9), ("min_reader", 14, "not 1..version")),
        (&with_byte(extended, 28, 3), ("ext_len", 28, "not 4..4096")),
        (&with_byte(message, 23, 1), ("body_len", 20, "above the limit")),
    ];
    for (input, expected) in cases {
        let (fields, _) = walk(input, &Limits::DEFAULT);
        let mut wrong = fields.iter().filter(|field| matches!(field.status, Status::Wrong(_)));
        let found = wrong.next().map(|field| (field.name, field.start, field.note));
        assert_eq!(found, Some((expected.0, expected.1, Some(expected.2))));
        assert!(wrong.next().is_none(), "{fields:?}");
    }
    // Under a header that matches a length is followed.
    let mut bad_trailer = frames::message(b"record");
    *bad_trailer.last_mut().unwrap() ^= 1;
    let (fields, _) = walk(&bad_trailer, &Limits::DEFAULT);
    assert!(fields.iter().all(|field| field.note.is_none()), "{fields:?}");
}

#[test]
fn what_a_zstandard_header_leaves_out_is_not_shown() {
    // RFC 8878, section 3.1.1.1: no content size, and a content checksum only behind a last block.
    let block = |last: u8, kind: u8| vec![last | kind << 1, 0, 0];
    let with = |rest: &[u8]| {
        let stored = [&[0x28, 0xB5, 0x2F, 0xFD][..], rest].concat();
        let frame = frames::compressed(Codec::ZSTD, 1000, None, &stored);
        names(&walk(&frame, &Limits::DEFAULT).0, 1)
    };
    let head = ["magic number", "frame header descriptor", "window", "block"];
    let windowed = [&[0x00, 0x68][..], &block(1, 0)].concat();
    assert_eq!(with(&windowed), head);
    let summed = [&[0x04, 0x68][..], &block(1, 0), &[1, 2, 3, 4]].concat();
    assert_eq!(with(&summed), [&head[..], &["content checksum"]].concat());
    let reserved = [&[0x04, 0x68][..], &block(1, 3), &[1, 2, 3, 4]].concat();
    assert_eq!(with(&reserved), [&head[..], &["bytes left"]].concat());
}

#[test]
fn a_trace_context_is_one_by_its_type_and_its_length() {
    // SPEC [EXT-4]: what has one of the two is bytes.
    let with = |kind: u16, len: u16| {
        let block = [&kind.to_le_bytes()[..], &len.to_le_bytes(), &vec![0; len.into()]].concat();
        names(&walk(&frames::message_with(&block, b""), &Limits::DEFAULT).0, 1)
    };
    let parts = ["type", "length", "trace-id", "parent-id", "trace-flags"];
    assert_eq!(with(TRACE_CONTEXT, 25), parts);
    assert_eq!(with(TRACE_CONTEXT, 24), ["type", "length", "trace context"]);
    assert_eq!(with(0x7F01, 25), ["type", "length", "value"]);
}

#[test]
fn a_body_above_the_limit_is_not_looked_at() {
    // SPEC [FRM-11, LIM-2]: neither read nor waited for, and what lies behind the frame even less.
    let frame = frames::message(b"record");
    let limits = Limits::DEFAULT.with_body(5);
    let (fields, verdict) = walk(&[&frame[..], b"next"].concat(), &limits);
    let last = fields.last().unwrap();
    assert_eq!((last.name, last.start, last.end), ("unread", 28, frame.len()));
    let exactly = Limits::DEFAULT.with_body(6);
    assert_eq!(walk(&frame, &exactly).0.last().map(|field| field.name), Some("frame_crc"));
    let Verdict::Refused(error) = verdict else { panic!("{verdict:?}") };
    assert_eq!(error.kind(), ErrorKind::LimitExceeded { declared: 6, limit: 5 });
}

#[test]
fn what_every_decoder_refuses_is_noted_where_a_relay_accepts() {
    // SPEC [EXT-5, COD-3, BAT-2]: the verdict stays that of a relay.
    let critical = with_byte(frames::message_with(b"\x01\x7F\0\0", b""), 31, 0xFF);
    let outside = "outside the codec's profile";
    let cases = [
        (critical, "type", "critical, decoders refuse it"),
        (frames::compressed(Codec::ZSTD, 1000, None, b"no"), "stored", outside),
        // With every dictionary too.
        (frames::compressed(Codec::ZSTD, 1000, Some([1; 4]), b"no"), "stored", outside),
        (frames::plain_batch(b"\x01\0\0\0"), "stored", "the batch does not add up"),
        (frames::compressed(Codec::LZ4, 99, None, b"\xFF"), "sequences", "not a whole block"),
    ];
    for (frame, name, note) in cases {
        let (fields, verdict) = walk(&frame, &Limits::DEFAULT);
        assert_eq!(verdict, Verdict::Frame { len: frame.len() });
        let noted: Vec<_> =
            fields.iter().filter_map(|field| Some((field.name, field.note?))).collect();
        assert_eq!(noted, [(name, note)]);
    }
}

#[test]
fn lists_are_bounded_and_say_how_much_more_there_is() {
    let many = vec![&b"{}"[..]; 40];
    let (fields, _) = walk(&frames::batch(&many), &Limits::DEFAULT);
    let inner = names(&fields, 1);
    assert_eq!(inner.iter().filter(|name| **name == "size").count(), 16);
    assert_eq!(inner.iter().filter(|name| **name == "item").count(), 16);
    assert_eq!(inner.last(), Some(&"more items"));
    let empty_blocks = [&[0x28, 0xB5, 0x2F, 0xFD, 0x20, 0][..], &[0; 3 * 10_000]].concat();
    let (fields, _) =
        walk(&frames::compressed(Codec::ZSTD, 60_000, None, &empty_blocks), &Limits::DEFAULT);
    assert_eq!(names(&fields, 1).iter().filter(|name| **name == "block").count(), 600);
    let unknown = [0_u8, 0, 0, 0].repeat(1000);
    let (fields, _) = walk(&frames::message_with(&unknown, b""), &Limits::DEFAULT);
    assert_eq!(names(&fields, 1).iter().filter(|name| **name == "type").count(), 33);
}

#[test]
fn nothing_is_guessed_where_structure_ends() {
    // A count that is not allowed gives no table; a block cut behind whole sequences has no count of them.
    for count in [0_u32, 65_537, 65_538] {
        let payload = [&count.to_le_bytes()[..], &[0; 8]].concat();
        let batch = frames::plain_batch(&payload);
        assert_eq!(names(&walk(&batch, &Limits::DEFAULT).0, 1), ["count", "unread"]);
    }
    let most = [&65_536_u32.to_le_bytes()[..], &[0; 8]].concat();
    let (fields, _) = walk(&frames::plain_batch(&most), &Limits::DEFAULT);
    assert_eq!(names(&fields, 1), ["count", "size", "size", "size"]);
    let lz4 = frames::compressed(Codec::LZ4, 297, None, &[0x10, b'a', 1, 0, 0x10, b'b', 1, 0]);
    assert_eq!(names(&walk(&lz4, &Limits::DEFAULT).0, 1), ["sequences"]);
    assert_eq!(names(&walk(&lz4[..42], &Limits::DEFAULT).0, 1), [""; 0]);
}

#[test]
fn a_content_checksum_is_a_field_of_its_own() {
    let stored = [&[0x28, 0xB5, 0x2F, 0xFD, 0x24, 9, 1, 0, 0][..], b"\x01\x02\x03\x04"].concat();
    let (fields, _) = walk(&frames::compressed(Codec::ZSTD, 1000, None, &stored), &Limits::DEFAULT);
    let expected = [
        "magic number",
        "frame header descriptor",
        "frame content size",
        "block",
        "content checksum",
    ];
    assert_eq!(names(&fields, 1), expected);
}
