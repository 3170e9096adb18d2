//! Section 2: the fields of a body, their limits, and compression that does not pay.

use super::case::{Case, over_limit};
use super::sample::{self, Dictionaries};
use crate::code::Code;
use crate::forge::compress::by_hand;
use crate::forge::{Data, Packed, Raw, payload};
use crate::vector::Vector;

/// All of them.
#[must_use]
pub(super) fn vectors(dictionaries: &Dictionaries) -> Vec<Vector> {
    [structure(), limits(), canonical(dictionaries)].concat()
}

/// A frame of that codec and those flags whose body is `body`, whatever that means.
fn bent(codec: u8, flags: u8, body: &[u8]) -> Vec<u8> {
    let body = body.to_vec();
    let (key, body_len) = (sample::key(), None);
    Raw { format_version: 1, kind: 1, codec, flags, key, body_len, body }.bytes()
}

fn structure() -> Vec<Vector> {
    let cut = |name: &str, about: &str, codec: u8, flags: u8, body: &[u8], offset: u64| {
        Case::relay(&format!("body/{name}"), "BDY-1", about, &bent(codec, flags, body))
            .refused(Code::BodyStructure, offset)
    };
    let fixed = [100, 0, 0, 0, 1, 2, 3, 4];
    let with = |more: &[u8]| [&fixed, more].concat();
    vec![
        cut("raw-len-cut", "three bytes where raw_len takes four", 2, 0, &fixed[..3], 28),
        cut("raw-len-absent", "a compressed frame with an empty body", 1, 0, &[], 28),
        cut("raw-crc-cut", "raw_crc lacks a byte", 2, 0, &fixed[..7], 32),
        cut("dict-id-cut", "dict_id lacks a byte", 2, 2, &with(&[1, 2, 3]), 36),
        cut("ext-len-cut", "one byte where ext_len takes two", 0, 1, &[4], 28),
        cut("ext-len-absent", "EXT and an empty body", 0, 1, &[], 28),
        cut(
            "ext-len-cut-behind-dictionary",
            "ext_len behind a dict_id, cut",
            1,
            3,
            &with(&[1, 2, 3, 4, 9]),
            40,
        ),
        cut(
            "ext-beyond-body",
            "an extension block of 12 bytes of which 11 are there",
            0,
            1,
            &[12, 0, 1, 0, 8, 0, 7, 0, 0, 0, 0, 0, 0],
            30,
        ),
        cut(
            "ext-beyond-body-far",
            "an extension block of 65535 bytes",
            0,
            1,
            &[0xFF, 0xFF, 1, 0, 8, 0],
            30,
        ),
    ]
}

fn limits() -> Vec<Vector> {
    let case = |name: &str, clauses: &str, about: &str, data: &Data| {
        Case::relay(&format!("limit/{name}"), clauses, about, &data.bytes())
    };
    let of = |raw_len: u32| {
        let packed = Packed { codec: 2, raw_len, raw_crc: 0, dict_id: None };
        Data::message(sample::key(), &[]).packed(packed, by_hand::run(raw_len, 0))
    };
    let maximum = of(64 << 20);
    vec![
        case("raw-len", "BDY-2", "a raw_len one above 4 MiB", &of((4 << 20) + 1))
            .error(over_limit(28, (4 << 20) + 1, 4 << 20)),
        case(
            "raw-len-maximum",
            "BDY-2 LIM-2",
            "a raw_len one above 64 MiB, under a limit of 4 GiB",
            &of((64 << 20) + 1),
        )
        .raw_limit(u32::MAX)
        .error(over_limit(28, (64 << 20) + 1, 64 << 20)),
        case("raw-len-tiny", "BDY-2", "a raw_len one above the tiny profile", &of((64 << 10) + 1))
            .raw_limit(64 << 10)
            .error(over_limit(28, (64 << 10) + 1, 64 << 10)),
        case("raw-len-largest", "BDY-2", "a raw_len of all ones", &of(u32::MAX)).error(over_limit(
            28,
            u64::from(u32::MAX),
            4 << 20,
        )),
        case(
            "raw-len-at-maximum",
            "BDY-2",
            "a raw_len of 64 MiB, under a limit of 64 MiB",
            &maximum,
        )
        .raw_limit(64 << 20)
        .frame(maximum.answer()),
    ]
}

fn canonical(dictionaries: &Dictionaries) -> Vec<Vector> {
    // A relay looks at lengths alone: the stored bytes are anything.
    let of = |stored: usize, raw_len: u32, dictionary: Option<&[u8]>| {
        let packed = Packed { raw_len, ..Packed::of(1, &[], dictionary) };
        Data::message(sample::key(), &[]).packed(packed, payload::noise(1, stored))
    };
    let text = Some(&dictionaries.text[..]);
    let refused = |name: &str, about: &str, data: Data| {
        Case::relay(&format!("canonical/{name}"), "BDY-4", about, &data.bytes())
            .refused(Code::NonCanonicalCompression, 28)
    };
    let accepted = |name: &str, about: &str, data: Data| {
        Case::relay(&format!("canonical/{name}"), "BDY-4", about, &data.bytes())
            .frame(data.answer())
    };
    vec![
        refused("equal-length", "92 stored bytes and 8 of fields for 100", of(92, 100, None)),
        refused("longer", "more stored bytes than the payload has", of(101, 100, None)),
        refused(
            "dictionary-does-not-pay",
            "91 stored bytes and 12 of fields for 100",
            of(91, 100, text),
        ),
        refused(
            "dictionary-equal-length",
            "88 stored bytes and 12 of fields for 100",
            of(88, 100, text),
        ),
        refused("raw-len-zero", "an empty payload with a codec", of(0, 0, None)),
        refused("raw-len-eight", "no stored byte for 8", of(0, 8, None)),
        accepted("one-byte-saved", "91 stored bytes and 8 of fields for 100", of(91, 100, None)),
        accepted(
            "one-byte-saved-dictionary",
            "87 stored bytes and 12 of fields for 100",
            of(87, 100, text),
        ),
    ]
}
