//! Section 11: of two errors the one that comes first.

use super::case::{Case, over_limit, truncated};
use super::framing::changed;
use super::sample::{self, Dictionaries};
use crate::answer::ErrorAnswer;
use crate::code::Code;
use crate::forge::compress::{self, Failure, by_hand};
use crate::forge::control::Position;
use crate::forge::{Data, Packed, Raw, payload};
use crate::vector::{FrameKey, RegistryGiven, Vector};

/// All of them.
///
/// # Errors
/// [`Failure`] when a compressor refuses.
pub(super) fn vectors(dictionaries: &Dictionaries) -> Result<Vec<Vector>, Failure> {
    Ok([of_relays(), of_decoders(dictionaries), of_payloads()?].concat())
}

fn case(name: &str, about: &str, input: &[u8]) -> Case {
    Case::relay(&format!("order/{name}"), "ERR-1", about, input)
}

fn of_relays() -> Vec<Vector> {
    let data = Data::message(sample::key(), b"record");
    let raw = data.raw();
    let frame = data.bytes();
    let none = FrameKey::default();
    let at = ErrorAnswer::new;
    let packed = |raw_len: u32, stored: usize| {
        let packed = Packed { codec: 2, raw_len, raw_crc: 0, dict_id: None };
        data.clone().packed(packed, vec![0; stored])
    };
    let cut_extension = [&100_000_000_u32.to_le_bytes()[..], &[0; 4], &[9, 0, 1]].concat();
    let descending = packed(10, 10).extension(2, &[0; 8]).extension(1, &[0; 8]);
    let critical = data.clone().extension(0x8001, &[]).extension(1, &[]);
    let no_key = Raw { key: none, body_len: Some(u32::MAX), ..raw.clone() };
    let long = Raw { body_len: Some(u32::MAX), ..raw.clone() };
    let of = |name: &str, about: &str, input: Vec<u8>, error: ErrorAnswer| {
        case(name, about, &input).error(error)
    };
    vec![
        of(
            "version-before-truncated",
            "a version of 0 in five bytes",
            vec![0x9E, 0xC1, 0x01, 0, 0],
            at(Code::UnsupportedVersion, 2),
        ),
        of(
            "version-before-header-crc",
            "one bit of the format version",
            changed(&frame, 2, 0x40),
            at(Code::UnsupportedVersion, 2),
        ),
        of(
            "truncated-before-header-crc",
            "27 bytes with a wrong bit",
            changed(&frame[..27], 5, 1),
            truncated(0, 27, 28),
        ),
        of(
            "header-crc-before-kind",
            "kind 9 under the checksum of kind 1",
            changed(&frame, 2, 8),
            at(Code::HeaderCrc, 24),
        ),
        of(
            "bad-kind-before-codec",
            "kind 7 with codec 3",
            Raw { kind: 7, codec: 3, ..raw.clone() }.bytes(),
            at(Code::BadKind, 2),
        ),
        of(
            "bad-codec-before-flag",
            "codec 3 with flag bit 2",
            Raw { codec: 3, flags: 4, ..raw.clone() }.bytes(),
            at(Code::BadCodec, 3),
        ),
        of(
            "flag-before-key",
            "flag bit 3 on a zero key",
            Raw { flags: 8, key: none, ..raw.clone() }.bytes(),
            at(Code::ReservedFlag, 3),
        ),
        of(
            "key-before-limit",
            "a zero key and the largest length",
            no_key.header(),
            at(Code::KeyRule, 4),
        ),
        of(
            "version-zero-before-min-reader",
            "version 0 and min_reader 1",
            Raw { key: FrameKey { version: 0, ..sample::key() }, ..raw.clone() }.bytes(),
            at(Code::KeyRule, 12),
        ),
        of(
            "limit-before-truncated",
            "the largest length, and a short body",
            long.bytes(),
            over_limit(20, u64::from(u32::MAX), 4 << 20),
        ),
        of(
            "trailing-before-frame-crc",
            "a wrong body and a byte behind it",
            [changed(&frame, 29, 1), vec![0]].concat(),
            at(Code::TrailingData, 38),
        ),
        of(
            "frame-crc-before-body",
            "an extension block beyond the body, in a damaged body",
            changed(&Raw { flags: 1, body: vec![9, 0, 1], ..raw.clone() }.bytes(), 30, 2),
            at(Code::FrameCrc, 31),
        ),
        of(
            "body-before-limit",
            "a huge raw_len and an extension block beyond the body",
            Raw { codec: 2, flags: 1, body: cut_extension, ..raw }.bytes(),
            at(Code::BodyStructure, 38),
        ),
        case(
            "limit-before-canonical",
            "a raw_len above the limit that does not pay",
            &packed(100, 100).bytes(),
        )
        .raw_limit(99)
        .error(over_limit(28, 100, 99)),
        of(
            "canonical-before-extension",
            "compression that does not pay, and extensions out of order",
            descending.bytes(),
            at(Code::NonCanonicalCompression, 28),
        ),
        of(
            "structure-before-critical",
            "a critical extension, and a lower type behind it",
            critical.bytes(),
            at(Code::ExtensionError, 34),
        ),
    ]
}

fn of_decoders(dictionaries: &Dictionaries) -> Vec<Vector> {
    let decode = |name: &str, about: &str, input: &[u8]| {
        Case::decode(&format!("order/{name}"), "ERR-1", about, input)
    };
    let data = Data::message(sample::key(), b"record");
    let critical = data.extension(0x8001, &[]);
    let sync = Position::first(sample::STREAM_ID).raw(3).bytes();
    // Bytes that no Zstandard decoder takes, where they matter.
    let with_dictionary = |raw_len: u32| {
        let packed = Packed { raw_len, ..Packed::of(2, &[], Some(&dictionaries.trained)) };
        Data::message(sample::key(), &[]).packed(packed, vec![0; 20]).bytes()
    };
    let no_schema = RegistryGiven::default;
    vec![
        decode(
            "critical-before-schema",
            "a critical extension on an unknown schema",
            &critical.bytes(),
        )
        .registry(no_schema())
        .refused(Code::UnknownCritical, 30),
        decode("unexpected-before-schema", "a SYNC, and a registry without schemas", &sync)
            .registry(no_schema())
            .refused(Code::UnexpectedKind, 2),
        decode(
            "schema-before-dictionary",
            "an unknown schema and an unknown dictionary",
            &with_dictionary(100),
        )
        .registry(no_schema())
        .refused(Code::UnknownSchema, 4),
        decode(
            "dictionary-before-unavailable",
            "an unknown dictionary of a missing codec",
            &with_dictionary(100),
        )
        .codecs(&["lz4"])
        .refused(Code::UnknownDictionary, 36),
        decode(
            "unavailable-before-profile",
            "bytes outside the profile of a missing codec",
            &with_dictionary(100),
        )
        .codecs(&["lz4"])
        .dictionary(&dictionaries.trained)
        .refused(Code::CodecUnavailable, 3),
        decode(
            "limit-before-dictionary",
            "a raw_len above the limit and an unknown dictionary",
            &with_dictionary(100),
        )
        .raw_limit(99)
        .error(over_limit(28, 100, 99)),
    ]
}

fn of_payloads() -> Result<Vec<Vector>, Failure> {
    let decode = |name: &str, about: &str, data: &Data| {
        Case::decode(&format!("order/{name}"), "ERR-1", about, &data.bytes())
    };
    let batch = Data { kind: 2, ..Data::message(sample::key(), &[]) };
    let bent = |payload: &[u8]| Packed { raw_crc: 1, ..Packed::of(1, payload, None) };
    let no_items = [0; 200];
    let short = payload::text(1, 300);
    let two = [by_hand::run(99, 0), by_hand::run(99, 0)].concat();
    let packed = Packed { codec: 2, raw_len: 100, raw_crc: 0, dict_id: None };
    let too_long = Packed { raw_len: 299, ..bent(&short) };
    Ok(vec![
        decode(
            "profile-before-decompress",
            "two frames, each of 99 bytes where 100 are announced",
            &batch.clone().packed(packed, two),
        )
        .refused(Code::CodecProfile, 36),
        decode(
            "decompress-before-raw-crc",
            "one byte more than announced, under a wrong checksum",
            &batch.clone().packed(too_long, compress::lz4(&short, None)?),
        )
        .refused(Code::Decompress, 36),
        decode(
            "raw-crc-before-batch",
            "a batch without items under a wrong checksum",
            &batch.packed(bent(&no_items), compress::lz4(&no_items, None)?),
        )
        .refused(Code::RawCrc, 32),
    ])
}
