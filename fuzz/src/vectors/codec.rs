//! Section 5: codecs that are missing, that refuse, that give other bytes, and that just manage.

use super::case::Case;
use super::sample::{self, Dictionaries};
use crate::code::Code;
use crate::forge::compress::{self, Failure, by_hand};
use crate::forge::{Data, Packed, payload};
use crate::vector::Vector;

/// All of them.
///
/// # Errors
/// [`Failure`] when a compressor refuses.
pub(super) fn vectors(dictionaries: &Dictionaries) -> Result<Vec<Vector>, Failure> {
    Ok([unavailable(dictionaries)?, decompress(), raw_crc(dictionaries)?, borders()].concat())
}

/// A MESSAGE with stored bytes of that codec that stand for `raw_len` bytes, were they right.
pub(super) fn of(codec: u8, raw_len: u32, stored: Vec<u8>) -> Data {
    let packed = Packed { codec, raw_len, raw_crc: 0, dict_id: None };
    Data::message(sample::key(), &[]).packed(packed, stored)
}

fn unavailable(dictionaries: &Dictionaries) -> Result<Vec<Vector>, Failure> {
    let text = payload::text(1, 300);
    let message = Data::message(sample::key(), &[]);
    let trained = &dictionaries.trained[..];
    let zstd = message.clone().packed(Packed::of(2, &text, None), compress::zstd(&text, None)?);
    let lz4 = message.clone().packed(Packed::of(1, &text, None), compress::lz4(&text, None)?);
    let stored = compress::zstd(&text, Some(trained))?;
    let with_dictionary = message.packed(Packed::of(2, &text, Some(trained)), stored);
    let case = |name: &str, about: &str, data: &Data, codecs: &[&str]| {
        Case::decode(&format!("unavailable/{name}"), "COD-1", about, &data.bytes()).codecs(codecs)
    };
    let refused = |case: Case| case.refused(Code::CodecUnavailable, 3);
    Ok(vec![
        refused(case("zstd", "a decoder without zstd", &zstd, &["lz4"])),
        refused(case("lz4", "a decoder without lz4", &lz4, &["zstd"])),
        refused(
            case(
                "zstd-dictionary",
                "the dictionary is there, zstd is not",
                &with_dictionary,
                &["lz4"],
            )
            .dictionary(trained),
        ),
        refused(case("none-at-all", "a decoder without any codec", &lz4, &[])),
        case("other-codec-missing", "what is not used is not missed", &lz4, &["lz4"])
            .records(&[&text]),
        case("none-needed", "codec none needs no codec", &Data::message(sample::key(), &text), &[])
            .records(&[&text]),
    ])
}

fn decompress() -> Vec<Vector> {
    let refused = |name: &str, about: &str, codec: u8, raw_len: u32, stored: &[u8]| {
        let data = of(codec, raw_len, stored.to_vec());
        Case::decode(&format!("decompress/{name}"), "COD-5", about, &data.bytes())
            .refused(Code::Decompress, data.stored_offset())
    };
    let block = b"\x4Fabcd\x04\x00\x64\x50efghi";
    let zstd_of = |size: u32| {
        let header = by_hand::header(by_hand::WINDOW_128_KIB, 100);
        [header, by_hand::rle(true, size, b'z')].concat()
    };
    let header = by_hand::header(by_hand::WINDOW_128_KIB, 100);
    let repeat_tree =
        [&header[..], &by_hand::block(true, 2, 5), &[0x43, 0x40, 0x00, 0xAA, 0x00]].concat();
    vec![
        refused(
            "lz4-match-before-start",
            "a match that begins before the first byte",
            1,
            128,
            b"\x4Fabcd\x05\x00\x64\x50efghi",
        ),
        refused("lz4-short-output", "a block of 128 bytes where 129 are announced", 1, 129, block),
        refused("lz4-long-output", "a block of 128 bytes where 127 are announced", 1, 127, block),
        refused("lz4-cut", "the last literals are not whole", 1, 128, &block[..12]),
        refused("lz4-cut-in-offset", "half an offset", 1, 128, &block[..6]),
        refused("lz4-cut-in-length", "a match length without its last byte", 1, 128, &block[..7]),
        refused("lz4-empty", "no stored byte", 1, 128, b""),
        refused(
            "zstd-block",
            "a block that repeats a Huffman tree that was never given",
            2,
            100,
            &repeat_tree,
        ),
        refused("zstd-short-output", "99 bytes where 100 are announced", 2, 100, &zstd_of(99)),
        refused("zstd-long-output", "101 bytes where 100 are announced", 2, 100, &zstd_of(101)),
    ]
}

fn raw_crc(dictionaries: &Dictionaries) -> Result<Vec<Vector>, Failure> {
    let text = payload::text(1, 300);
    let refused = |name: &str, about: &str, packed: Packed, stored: Vec<u8>| {
        let data = Data::message(sample::key(), &[]).packed(packed, stored);
        Case::decode(&format!("raw-crc/{name}"), "COD-6", about, &data.bytes())
    };
    let bent = |codec: u8| {
        let packed = Packed::of(codec, &text, None);
        Packed { raw_crc: packed.raw_crc ^ 0x0100, ..packed }
    };
    let (right, wrong) = (&dictionaries.text[..], payload::text(700, dictionaries.text.len()));
    // Compressed with one dictionary, and bearing the id of another of the same length.
    let forced = |codec: u8| Packed::of(codec, &text, Some(&wrong));
    let at = |case: Case| case.refused(Code::RawCrc, 32);
    Ok(vec![
        at(refused("lz4", "one bit of raw_crc", bent(1), compress::lz4(&text, None)?)),
        at(refused("zstd", "one bit of raw_crc", bent(2), compress::zstd(&text, None)?)),
        at(refused(
            "wrong-dictionary",
            "another dictionary of the same length (LZ4)",
            forced(1),
            compress::lz4(&text, Some(right))?,
        )
        .dictionary(&wrong)),
        at(refused(
            "wrong-dictionary-zstd",
            "another dictionary of the same length (Zstandard)",
            forced(2),
            compress::zstd(&text, Some(right))?,
        )
        .dictionary(&wrong)),
        at(refused(
            "header-crc-of-zeros",
            "a raw_crc of zero",
            Packed { raw_crc: 0, ..bent(1) },
            compress::lz4(&text, None)?,
        )),
    ])
}

/// What is just within the rules.
fn borders() -> Vec<Vector> {
    let accepted =
        |name: &str, clauses: &str, about: &str, codec: u8, payload: &[u8], stored: &[u8]| {
            let data = Data::message(sample::key(), &[])
                .packed(Packed::of(codec, payload, None), stored.to_vec());
            Case::decode(&format!("codec/{name}"), clauses, about, &data.bytes())
                .raw_limit(16 << 20)
                .records(&[payload])
        };
    let zeros = |len: usize| vec![b'z'; len];
    let single = |len: u32, descriptor: u8, size: &[u8]| {
        [&by_hand::MAGIC[..], &[descriptor], size, &by_hand::rle(true, len, b'z')].concat()
    };
    let many = |window: u8, blocks: usize| {
        let mut frame = by_hand::header(window, (blocks as u32) << 17);
        (1..=blocks).for_each(|block| frame.extend(by_hand::rle(block == blocks, 1 << 17, b'z')));
        frame
    };
    let mixed = [
        &by_hand::header(by_hand::WINDOW_128_KIB, 65)[..],
        &by_hand::block(false, 0, 5),
        b"hello",
        &by_hand::block(false, 0, 0),
        &by_hand::rle(true, 60, b'z'),
    ]
    .concat();
    let repeated = [&b"abcd"[..], &b"abcd".repeat(30)[..119], b"efghi"].concat();
    let pattern = payload::noise(256, 256);
    let apart = [&pattern[..], &pattern[..44], b"tails"].concat();
    let late = [&b"abcd".repeat(30)[..119], b"efghefghefgijklm"].concat();
    vec![
        accepted(
            "lz4-five-last-literals",
            "COD-4",
            "five literals behind the last match",
            1,
            &repeated,
            b"\x4Fabcd\x04\x00\x64\x50efghi",
        ),
        accepted(
            "lz4-offset-256",
            "COD-4",
            "an offset whose first byte is zero",
            1,
            &apart,
            &[&[0xFF, 241][..], &apart[..256], b"\x00\x01\x19\x50tails"].concat(),
        ),
        accepted(
            "lz4-match-twelve-before-end",
            "COD-4",
            "a match that begins 12 bytes before the end",
            1,
            &late,
            b"\x4Fabcd\x04\x00\x60\x43efgh\x04\x00\x50ijklm",
        ),
        accepted(
            "lz4-last-token",
            "COD-4",
            "what the last token says of a match is not read",
            1,
            &repeated,
            b"\x4Fabcd\x04\x00\x64\x5Fefghi",
        ),
        accepted(
            "zstd-content-size-one-byte",
            "COD-2 COD-3",
            "a single segment, its size in one byte",
            2,
            &zeros(100),
            &single(100, 0x20, &[100]),
        ),
        accepted(
            "zstd-content-size-two-bytes",
            "COD-2 COD-3",
            "a size of two bytes counts from 256",
            2,
            &zeros(300),
            &single(300, 0x60, &[44, 0]),
        ),
        accepted(
            "zstd-content-size-eight-bytes",
            "COD-2 COD-3",
            "a size in more bytes than it needs",
            2,
            &zeros(100),
            &single(100, 0xE0, &[100, 0, 0, 0, 0, 0, 0, 0]),
        ),
        accepted(
            "zstd-blocks",
            "COD-3",
            "a raw block, an empty one and a run",
            2,
            &[b"hello", &zeros(60)[..]].concat(),
            &mixed,
        ),
        accepted(
            "zstd-window-eight-mib",
            "COD-2 COD-3",
            "nine MiB in a window of eight",
            2,
            &zeros(9 << 20),
            &many(by_hand::WINDOW_8_MIB, 72),
        ),
        accepted(
            "zstd-block-largest",
            "COD-3",
            "a block of 128 KiB in a window of 128 KiB",
            2,
            &zeros(1 << 17),
            &many(by_hand::WINDOW_128_KIB, 1),
        ),
    ]
}
