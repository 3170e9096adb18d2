//! Section 5: compressed bytes outside the profile of their codec.

use super::case::Case;
use super::codec::of;
use crate::code::Code;
use crate::forge::compress::by_hand;
use crate::vector::Vector;

/// All of them.
pub(super) fn vectors() -> Vec<Vector> {
    [zstd_profile(), lz4_profile()].concat()
}

fn zstd_profile() -> Vec<Vector> {
    let refused = |name: &str, about: &str, raw_len: u32, stored: Vec<u8>| {
        let data = of(2, raw_len, stored);
        Case::decode(&format!("profile/zstd-{name}"), "COD-3", about, &data.bytes())
            .refused(Code::CodecProfile, data.stored_offset())
    };
    let run = by_hand::run(100, b'z');
    // The frame header descriptor is the byte behind the magic, the window descriptor the next.
    let with = |descriptor: u8, rest: &[u8]| [&by_hand::MAGIC[..], &[descriptor], rest].concat();
    let joined = |parts: &[&[u8]]| parts.concat();
    let blocks = &run[10..];
    let size = 100_u32.to_le_bytes();
    let window = by_hand::WINDOW_128_KIB;
    let of_block = |window: u8, kind: u32, len: u32| {
        joined(&[&by_hand::header(window, 200_000), &by_hand::block(true, kind, len), &[0]])
    };
    let mib_8 = 8 << 20;
    let single = joined(&[&with(0xA0, &(mib_8 + 1_u32).to_le_bytes()), blocks]);
    let above = Case::decode(
        "profile/zstd-single-segment-window",
        "COD-2 COD-3",
        "a single segment one byte above 8 MiB",
        &of(2, mib_8 + 1, single).bytes(),
    )
    .raw_limit(16 << 20)
    .refused(Code::CodecProfile, 36);
    vec![
        above,
        refused(
            "checksum",
            "with a content checksum",
            100,
            joined(&[&with(0x84, &[window]), &size, blocks, &[1, 2, 3, 4]]),
        ),
        refused(
            "dictionary-id",
            "with a dictionary id of one byte",
            100,
            joined(&[&with(0x81, &[window, 7]), &size, blocks]),
        ),
        refused(
            "dictionary-id-zero",
            "with a dictionary id of zero in four bytes",
            100,
            joined(&[&with(0x83, &[window, 0, 0, 0, 0]), &size, blocks]),
        ),
        refused(
            "no-content-size",
            "without a content size",
            100,
            joined(&[&with(0, &[window]), blocks]),
        ),
        refused(
            "content-size-differs",
            "a content size of 101 for a raw_len of 100",
            100,
            by_hand::run(101, b'z'),
        ),
        refused(
            "content-size-high",
            "a content size of 2^32 + 100 in eight bytes",
            100,
            joined(&[&with(0xC0, &[window]), &size, &[1, 0, 0, 0], blocks]),
        ),
        refused(
            "window",
            "a window of 16 MiB",
            100,
            joined(&[&with(0x80, &[14 << 3]), &size, blocks]),
        ),
        refused(
            "window-nine-mib",
            "a window of 9 MiB, the next above 8",
            100,
            joined(&[&with(0x80, &[by_hand::WINDOW_8_MIB | 1]), &size, blocks]),
        ),
        refused(
            "window-largest",
            "the largest window there is",
            100,
            joined(&[&with(0x80, &[0xFF]), &size, blocks]),
        ),
        refused("two-frames", "a second frame behind the first", 100, joined(&[&run, &run])),
        refused("byte-behind", "a zero byte behind the frame", 100, joined(&[&run, &[0]])),
        refused("skippable", "a skippable frame in front", 100, joined(&[&SKIPPABLE, &run])),
        refused("skippable-behind", "a skippable frame behind", 100, joined(&[&run, &SKIPPABLE])),
        refused("skippable-alone", "nothing but a skippable frame", 100, SKIPPABLE.to_vec()),
        refused(
            "reserved-block",
            "a block of the reserved type",
            100,
            joined(&[&by_hand::header(window, 100), &by_hand::block(true, 3, 1), &[0]]),
        ),
        refused(
            "reserved-bit",
            "the reserved bit is set",
            100,
            joined(&[&with(0x88, &[window]), &size, blocks]),
        ),
        refused(
            "unused-bit",
            "the unused bit is set",
            100,
            joined(&[&with(0x90, &[window]), &size, blocks]),
        ),
        refused(
            "block-too-large",
            "a block of 128 KiB + 1 byte in a window of 1 MiB",
            200_000,
            of_block(10 << 3, 1, (128 << 10) + 1),
        ),
        refused(
            "block-above-window",
            "a block of 1025 bytes in a window of 1 KiB",
            200_000,
            of_block(0, 1, 1025),
        ),
        refused("cut", "the frame ends in its block header", 100, run[..12].to_vec()),
        refused("cut-in-block", "the frame ends in its block", 100, run[..13].to_vec()),
        refused("cut-in-header", "the frame ends in its content size", 100, run[..8].to_vec()),
        refused(
            "no-last-block",
            "the last block is missing",
            100,
            joined(&[&by_hand::header(window, 100), &by_hand::rle(false, 100, 0)]),
        ),
        refused("magic", "the magic of an older format", 100, joined(&[&[0x27], &run[1..]])),
        refused("empty", "no stored byte", 100, Vec::new()),
    ]
}

fn lz4_profile() -> Vec<Vector> {
    let refused = |name: &str, about: &str, raw_len: u32, stored: &[u8]| {
        let data = of(1, raw_len, stored.to_vec());
        Case::decode(&format!("profile/lz4-{name}"), "COD-4", about, &data.bytes())
            .refused(Code::CodecProfile, data.stored_offset())
    };
    vec![
        refused("offset-zero", "a match with offset 0", 128, b"\x4Fabcd\x00\x00\x64\x50efghi"),
        refused("ends-with-match", "the block ends with a match", 123, b"\x4Fabcd\x04\x00\x64"),
        refused(
            "four-last-literals",
            "four literals behind the last match",
            127,
            b"\x4Fabcd\x04\x00\x64\x40efgh",
        ),
        refused(
            "no-last-literals",
            "no literal behind the last match",
            123,
            b"\x4Fabcd\x04\x00\x64\x00",
        ),
        refused(
            "match-near-end",
            "a match that begins 11 bytes before the end",
            134,
            b"\x4Fabcd\x04\x00\x60\x42efgh\x04\x00\x50ijklm",
        ),
        refused(
            "offset-zero-then-cut",
            "what was seen before the block broke off counts",
            128,
            b"\x4Fabcd\x00\x00\xFF",
        ),
    ]
}

const SKIPPABLE: [u8; 8] = [0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0];
