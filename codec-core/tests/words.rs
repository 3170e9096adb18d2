//! What is said of errors, codecs and extensions, to people and to programs.

use std::collections::BTreeSet;

use strictframe_core::extension::{self, Extension};
use strictframe_core::identity::Encoding;
use strictframe_core::recovery::{IdSource, RecoveryError};
use strictframe_core::{
    Codec, Decompress as _, ErrorKind, Fault, Foreign, Frame, Kind, Limits, NoCodecs, Parts,
    Refused, SchemaKey, SinkFull,
};

#[test]
fn an_error_says_what_its_kind_adds_and_where() {
    let foreign = ErrorKind::BadMagic { looks_like: Some(Foreign::Gzip) };
    let cases = [
        (foreign.at(0), "not a frame, looks like gzip data (at byte 0)"),
        (ErrorKind::BadMagic { looks_like: None }.at(3), "not a frame (at byte 3)"),
        (
            ErrorKind::Truncated { have: 5, need: 28 }.at(5),
            "input ends inside a frame, 5 of 28 bytes (at byte 5)",
        ),
        (
            ErrorKind::LimitExceeded { declared: 9, limit: 8 }.at(20),
            "limit exceeded, 9 where 8 is accepted (at byte 20)",
        ),
        (ErrorKind::BadKind.at(2).moved(40), "unassigned kind (at byte 42)"),
        (
            ErrorKind::BatchStructure.in_raw(4).moved(40),
            "batch does not add up (at byte 4 of the decompressed payload of the frame at byte 40)",
        ),
    ];
    for (error, words) in cases {
        assert_eq!(error.to_string(), words);
    }
    let moved = ErrorKind::BadKind.at(2).moved(40).moved(2);
    assert_eq!((moved.frame(), moved.offset(), moved.is_in_raw()), (42, 44, false));
    let moved = ErrorKind::BatchStructure.in_raw(4).moved(40);
    assert_eq!((moved.frame(), moved.offset(), moved.is_in_raw()), (40, 4, true));
}

#[cfg(feature = "serde")]
#[test]
fn an_error_is_written_for_programs_with_what_its_kind_adds() {
    use serde_json::json;

    let written = |error| serde_json::to_value(error).unwrap();
    let foreign = ErrorKind::BadMagic { looks_like: Some(Foreign::Json) }.at(0);
    assert_eq!(
        written(foreign),
        json!({"code": "SF-0101", "name": "BadMagic", "offset": 0, "frame": 0, "looks_like": "json",
            "message": "not a frame, looks like JSON text (at byte 0)"})
    );
    let nothing = written(ErrorKind::BadMagic { looks_like: None }.at(0));
    assert_eq!(nothing.get("looks_like"), Some(&json!(null)));
    let cut = written(ErrorKind::Truncated { have: 5, need: 28 }.at(5).moved(7));
    assert_eq!(
        cut,
        json!({"code": "SF-0103", "name": "Truncated", "offset": 12, "frame": 7, "have": 5, "need": 28,
            "message": "input ends inside a frame, 5 of 28 bytes (at byte 12)"})
    );
    let long = written(ErrorKind::LimitExceeded { declared: 9, limit: 8 }.at(20));
    assert_eq!((long.get("declared"), long.get("limit")), (Some(&json!(9)), Some(&json!(8))));
    let inside = written(ErrorKind::BatchStructure.in_raw(4));
    assert_eq!((inside.get("in"), inside.get("offset")), (Some(&json!("raw")), Some(&json!(4))));
    assert_eq!(written(ErrorKind::BadKind.at(2)).get("in"), None);
}

#[test]
fn an_error_says_whose_matter_it_is() {
    assert_eq!(ErrorKind::LimitExceeded { declared: 9, limit: 8 }.fault(), Fault::Limit);
    for kind in [
        ErrorKind::UnknownSchema,
        ErrorKind::SchemaFork,
        ErrorKind::SchemaTooOld,
        ErrorKind::SchemaVersionUnknown,
        ErrorKind::SchemaForward,
        ErrorKind::SchemaTooNew,
        ErrorKind::SchemaOverstated,
        ErrorKind::UnknownDictionary,
        ErrorKind::CodecUnavailable,
    ] {
        assert_eq!(kind.fault(), Fault::Reader, "{}", kind.name());
    }
    for kind in [ErrorKind::FrameCrc, ErrorKind::CodecProfile, ErrorKind::DictionaryClash] {
        assert_eq!(kind.fault(), Fault::Input, "{}", kind.name());
    }
}

#[test]
fn a_codec_has_the_name_of_the_registry_or_none() {
    let names = [0, 1, 2, 3, 15].map(|number| Codec(number).name());
    assert_eq!(names, ["none", "lz4", "zstd", "unassigned", "unassigned"]);
}

#[test]
fn kinds_and_encodings_have_the_names_of_the_registry() {
    let kinds = [1, 2, 3, 4, 5, 6, 7, 0].map(|number| Kind(number).name());
    let expected =
        ["MESSAGE", "BATCH", "SYNC", "SCHEMA", "DICT", "END", "unassigned", "unassigned"];
    assert_eq!(kinds, expected);
    let encodings = [1, 2, 3, 4].map(|number| Encoding(number).name());
    assert_eq!(encodings, ["protobuf", "json", "opaque", "unassigned"]);
    let sources = [IdSource::Caller, IdSource::FirstSync, IdSource::Learnt].map(IdSource::name);
    assert_eq!(sources, ["caller", "first-sync", "learnt"]);
}

#[test]
fn an_error_names_its_clause() {
    for (kind, clause) in [
        (ErrorKind::BadMagic { looks_like: None }, "FRM-2"),
        (ErrorKind::FrameCrc, "FRM-14"),
        (ErrorKind::SchemaForward, "JDG-2"),
        (ErrorKind::NoStreamId, "REC-1"),
    ] {
        assert_eq!(kind.clause(), clause);
    }
}

#[test]
fn what_keeps_a_recovery_or_a_writer_says_so() {
    use core::error::Error as _;

    type Stopped = RecoveryError<SinkFull>;
    let refusal = ErrorKind::NoStreamId.at(0);
    let cases = [
        (Stopped::OutOfMemory { len: 9 }, "no memory for 9 bytes", None),
        (Stopped::Refused(refusal), "nothing tells which stream this is (at byte 0)", Some(())),
        (Stopped::Source(SinkFull), "the room given is too small", Some(())),
    ];
    for (error, words, has_source) in cases {
        assert_eq!(error.to_string(), words);
        let source = error.source().map(|source| assert_eq!(source.to_string(), words));
        assert_eq!(source, has_source);
    }
}

#[test]
fn who_has_no_codecs_decompresses_nothing() {
    assert!(!NoCodecs.has_codec(Codec::LZ4) && !NoCodecs.has_dictionary([0; 4]));
    assert_eq!(NoCodecs.decompress(Codec::LZ4, None, b"", &mut []), Err(Refused));
    assert_eq!(Refused.to_string(), "the compression library refused");
}

#[test]
fn everything_foreign_has_words_of_its_own() {
    let first_bytes: [&[u8]; 14] = [
        b"\xEF\xBF\xBD\xEF\xBF\xBD",
        b"\xC2\x9E\xC3\x81",
        b"\xC5\xBE\xC3\x81",
        b"\x1E\x41",
        b"nsE",
        b"9ec1",
        b"\xC1\x9E",
        b"\x9E\x00\xC1\x00",
        b"\x00",
        b"\xC3\x01",
        b"\x28\xB5\x2F\xFD",
        b"\x04\x22\x4D\x18",
        b"\x1F\x8B",
        b"{",
    ];
    let found = first_bytes.map(|bytes| Foreign::of(bytes).unwrap());
    let names = BTreeSet::from(found.map(Foreign::name));
    let descriptions = BTreeSet::from(found.map(Foreign::description));
    assert_eq!((names.len(), descriptions.len()), (14, 14));
    assert!(descriptions.iter().all(|words| words.len() > 5), "{descriptions:?}");
}

#[test]
fn an_extension_has_a_name_and_its_value_a_type() {
    let values: [(u16, &[u8], Option<&str>); 8] = [
        (extension::SEQUENCE, &[1, 2, 0, 0, 0, 0, 0, 0], Some("sequence")),
        (extension::TIME, &[0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], Some("time")),
        (extension::TRACE_CONTEXT, &[7; 25], Some("trace context")),
        (extension::STREAM_KEY, "fädchen".as_bytes(), Some("stream key")),
        (extension::MESSAGE_ID, &[9; 16], Some("message id")),
        (extension::ITEM_COUNT, &[3, 1, 0, 0], Some("item count")),
        (extension::PRODUCER_EPOCH, &[4, 0, 1, 0, 0, 0, 0, 0], Some("producer epoch")),
        (0x7F01, b"?", None),
    ];
    let all = values.map(|(kind, value, _)| Extension { kind, value });
    assert_eq!(all.map(|it| it.name()), values.map(|(_, _, name)| name));
    let mut block = Vec::new();
    extension::write(&all, Kind::BATCH, &mut block).unwrap();
    let key = SchemaKey::new([1; 8], 1, 1, [0; 4]);
    let mut bytes = Vec::new();
    Parts::plain(Kind::BATCH, key, &block, &[]).write(&mut bytes).unwrap();
    let found = Frame::parse(&bytes, &Limits::DEFAULT).unwrap().extensions();
    assert_eq!(found.iter().collect::<Vec<_>>(), all);
    assert_eq!((found.sequence(), found.time()), (Some(0x0201), Some(-2)));
    assert_eq!(found.trace_context(), Some(&[7; 25][..]));
    assert_eq!((found.stream_key(), found.message_id()), (Some("fädchen"), Some([9; 16])));
    assert_eq!((found.item_count(), found.producer_epoch()), (Some(0x0103), Some(0x1_0004)));
    assert_eq!((found.value(0x7F01), found.value(0x7F02)), (Some(&b"?"[..]), None));
    assert_eq!(found.block(), block);
}
