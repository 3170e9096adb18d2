//! The profiles of the codecs, and what the pure-Rust decoders refuse.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic in a test is a failed test"
)]

use proptest::prelude::*;
use strictframe_core::pure::{DictionaryRefused, HeldCodecs, PureCodecs};
use strictframe_core::{
    Codec, Compressed, Decompress as _, Error, ErrorKind, Frame, Kind, Limits, Parts, SchemaKey,
    checksum, identity,
};

const KEY: SchemaKey = SchemaKey::new(*b"lineage!", 1, 1, [0; 4]);

fn decode(
    codec: Codec,
    dictionary: Option<&[u8]>,
    raw: &[u8],
    stored: &[u8],
) -> Result<Vec<u8>, Error> {
    let id = dictionary.map(identity::dictionary_id);
    let compressed = Some(Compressed {
        raw_len: u32::try_from(raw.len()).unwrap(),
        raw_crc: checksum::crc32c(raw),
        dictionary: id,
    });
    let mut bytes = Vec::new();
    let (kind, extensions, stored) = (Kind::MESSAGE, &[][..], &[stored][..]);
    Parts { kind, key: KEY, codec, compressed, extensions, stored }.write(&mut bytes).unwrap();
    let held: Vec<_> = id.zip(dictionary).into_iter().collect();
    let frame = Frame::parse(&bytes, &Limits::DEFAULT).unwrap();
    let mut room = Vec::new();
    frame
        .decode(|_| Ok(None), &mut PureCodecs::new(&held), &mut room)
        .map(|decoded| decoded.payload.to_vec())
}

#[track_caller]
fn refused(result: Result<Vec<u8>, Error>, kind: ErrorKind, offset: u64) {
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.offset()), (kind, offset));
}

/// A Zstandard frame of raw and RLE blocks: descriptor, the fields behind it, and (last, type, size, bytes) of each block.
fn zstd(descriptor: u8, fields: &[u8], blocks: &[(u32, u32, u32, &[u8])]) -> Vec<u8> {
    let mut frame = vec![0x28, 0xB5, 0x2F, 0xFD, descriptor];
    frame.extend_from_slice(fields);
    for (last, kind, size, bytes) in blocks {
        frame.extend_from_slice(&(last | kind << 1 | size << 3).to_le_bytes()[..3]);
        frame.extend_from_slice(bytes);
    }
    frame
}

#[test]
fn a_zstd_frame_is_within_the_profile_or_refused_before_the_library() {
    let raw = [b'a'; 200];
    let block = [(1, 1, 200, &b"a"[..])];
    let check = |stored: Vec<u8>| decode(Codec::ZSTD, None, &raw, &stored);
    // SPEC [COD-2, COD-3]: a single segment, and a window, with the content size in each of its widths.
    let good = [
        zstd(0x20, &[200], &block),
        zstd(0xA0, &200_u32.to_le_bytes(), &block),
        zstd(0xE0, &200_u64.to_le_bytes(), &block),
        zstd(0x80, &[&[0x68][..], &200_u32.to_le_bytes()].concat(), &block),
        // A window of 4 MiB and an eighth more.
        zstd(0x80, &[&[0x61][..], &200_u32.to_le_bytes()].concat(), &block),
        zstd(0x20, &[200], &[(0, 0, 0, b""), (0, 1, 199, b"a"), (1, 0, 1, b"a")]),
    ];
    for stored in good {
        assert_eq!(check(stored), Ok(raw.to_vec()));
    }
    let bad = [
        zstd(0x24, &[200], &block),    // content checksum
        zstd(0x21, &[0, 200], &block), // dictionary id
        zstd(0x30, &[200], &block),    // unused bit
        zstd(0x28, &[200], &block),    // reserved bit
        zstd(0x00, &[0x68], &block),   // no content size
        zstd(0x20, &[199], &block),    // another content size
        zstd(0x80, &[&[0x69][..], &200_u32.to_le_bytes()].concat(), &block), // window above 8 MiB
        zstd(0x20, &[200], &[(1, 3, 200, b"a")]), // reserved block type
        zstd(0x20, &[200], &[(1, 1, 201, b"a")]), // block above the window
        zstd(0x20, &[200], &[(0, 1, 200, b"a")]), // no last block
        [zstd(0x20, &[200], &block), vec![0]].concat(), // a byte behind it
        [zstd(0x20, &[200], &block), zstd(0x20, &[200], &block)].concat(), // two frames
        [vec![0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0], zstd(0x20, &[200], &block)].concat(), // skippable
        zstd(0x20, &[200], &[(1, 0, 200, b"a")]), // a block cut short
        Vec::new(),
    ];
    for stored in bad {
        refused(check(stored), ErrorKind::CodecProfile, 36);
    }
    // SPEC [COD-5]: in the profile, and not raw_len bytes.
    refused(check(zstd(0x20, &[200], &[(1, 1, 199, b"a")])), ErrorKind::Decompress, 36);
    // SPEC [COD-6]: raw_len bytes, and other ones.
    refused(check(zstd(0x20, &[200], &[(1, 1, 200, b"b")])), ErrorKind::RawCrc, 32);
}

#[test]
fn an_lz4_block_is_within_the_profile_or_refused_before_the_library() {
    let raw = [b'a'; 40];
    let check = |stored: &[u8]| decode(Codec::LZ4, None, &raw, stored);
    // One literal, a match of 34 at distance 1, five literals.
    assert_eq!(check(b"\x1F\x61\x01\x00\x0F\x50aaaaa"), Ok(raw.to_vec()));
    // SPEC [COD-4]: offset 0; a match at the end; four last literals; a match that begins too near the end.
    refused(check(b"\x1F\x61\x00\x00\x0F\x50aaaaa"), ErrorKind::CodecProfile, 36);
    refused(check(b"\x1F\x61\x01\x00\x14"), ErrorKind::CodecProfile, 36);
    refused(check(b"\x1F\x61\x01\x00\x10\x40aaaa"), ErrorKind::CodecProfile, 36);
    let near = b"\x1F\x61\x01\x00\x09\x00\x01\x00\x70aaaaaaa";
    refused(check(near), ErrorKind::CodecProfile, 36);
    // SPEC [COD-5]: before the start; too few; too many; cut.
    refused(check(b"\x1F\x61\x02\x00\x0F\x50aaaaa"), ErrorKind::Decompress, 36);
    refused(check(b"\x1F\x61\x01\x00\x0E\x50aaaaa"), ErrorKind::Decompress, 36);
    refused(check(b"\x1F\x61\x01\x00\x10\x50aaaaa"), ErrorKind::Decompress, 36);
    refused(check(b"\x1F\x61\x01\x00\x0F\x50aa"), ErrorKind::Decompress, 36);
    refused(check(b""), ErrorKind::Decompress, 36);
    // SPEC [COD-6]: other bytes.
    refused(check(b"\x1F\x61\x01\x00\x0F\x50aaaab"), ErrorKind::RawCrc, 32);
}

#[test]
fn dictionaries_that_zstd_cannot_use_are_refused() {
    let raw = [b'a'; 200];
    let stored = zstd(0x20, &[200], &[(1, 1, 200, b"a")]);
    // SPEC [DIC-3]: seven bytes of raw content; a trained one without tables.
    let with = |dictionary: &[u8]| decode(Codec::ZSTD, Some(dictionary), &raw, &stored);
    refused(with(b"seven b"), ErrorKind::Decompress, 40);
    refused(with(b"\x37\xA4\x30\xEC broken tables"), ErrorKind::Decompress, 40);
    assert_eq!(with(b"eight by"), Ok(raw.to_vec()));
}

proptest! {
    #[test]
    fn lz4_blocks_of_the_library_are_within_the_profile(raw in prop::collection::vec(0_u8..4, 30..3000), dictionary in prop::collection::vec(0_u8..4, 0..300)) {
        // SPEC [COD-4]: a compressor that keeps the rules of the block format is never refused.
        let mut stored = vec![0; lz4_flex::block::get_maximum_output_size(raw.len())];
        let len = lz4_flex::block::compress_into_with_dict(&raw, &mut stored, &dictionary).unwrap();
        prop_assume!(len + 12 < raw.len());
        let dictionary = Some(dictionary.as_slice()).filter(|bytes| !bytes.is_empty());
        prop_assert_eq!(decode(Codec::LZ4, dictionary, &raw, &stored[..len]), Ok(raw));
    }
}

#[test]
fn what_codecs_say_they_have_is_what_they_have() {
    let dictionary = b"abcdefgh";
    let id = identity::dictionary_id(dictionary);
    let pairs = [(id, &dictionary[..])];
    let lent = PureCodecs::new(&pairs);
    let mut held = HeldCodecs::default();
    assert!(held.is_empty() && held.dictionary(id).is_none() && !held.has_dictionary(id));
    held.add(dictionary).unwrap();
    assert_eq!(held.dictionary(id), Some(&dictionary[..]));
    for (id, is_there) in [(id, true), ([0; 4], false)] {
        assert_eq!((lent.has_dictionary(id), held.has_dictionary(id)), (is_there, is_there));
    }
    for (codec, is_there) in [(0, false), (1, true), (2, true), (3, false)] {
        let codec = Codec(codec);
        assert_eq!((lent.has_codec(codec), held.has_codec(codec)), (is_there, is_there));
    }
    held.leave_out(Codec::LZ4);
    assert!(!held.has_codec(Codec::LZ4) && held.has_codec(Codec::ZSTD));
}

#[test]
fn a_dictionary_with_the_id_of_another_is_refused() {
    // SPEC [DIC-2]: ids are four bytes, so that two of 200,000 inputs share one.
    let mut seen = std::collections::HashMap::new();
    let clash = (0_u32..200_000).find_map(|number| {
        let bytes = number.to_le_bytes();
        let before = seen.insert(identity::dictionary_id(&bytes), bytes)?;
        Some((before, bytes))
    });
    let (one, other) = clash.unwrap();
    let mut codecs = HeldCodecs::default();
    let id = codecs.add(&one).unwrap();
    assert_eq!(codecs.add(&other), Err(DictionaryRefused::Clash { id }));
    assert_eq!((codecs.dictionary(id), codecs.len()), (Some(&one[..]), 1));
}

#[test]
fn held_codecs_decode_frame_after_frame_with_dictionaries_of_their_own() {
    // SPEC [DIC-1, COD-1]: a dictionary that is held, and a codec that is not left out.
    let raw = b"abcdefghabcdefghabcdefghabcdefgh";
    let compressor = |dictionary: &[u8]| {
        let mut stored = vec![0; 200];
        let len = lz4_flex::block::compress_into_with_dict(raw, &mut stored, dictionary).unwrap();
        stored.truncate(len);
        stored
    };
    let mut codecs = HeldCodecs::default();
    let dictionaries = [&b"abcdefgh"[..], b"efghabcd"];
    for dictionary in dictionaries {
        assert_eq!(codecs.add(dictionary), Ok(identity::dictionary_id(dictionary)));
        assert_eq!(codecs.add(dictionary), Ok(identity::dictionary_id(dictionary)));
    }
    assert_eq!((codecs.len(), codecs.is_empty()), (2, false));
    assert_eq!(codecs.add(b""), Err(DictionaryRefused::Length));
    assert_eq!(codecs.add(&vec![0; (1 << 20) + 1]), Err(DictionaryRefused::Length));
    assert!(HeldCodecs::default().add(&vec![0; 1 << 20]).is_ok());
    for _ in 0..3 {
        for dictionary in dictionaries {
            let id = Some(identity::dictionary_id(dictionary));
            let mut output = [0; 32];
            codecs.decompress(Codec::LZ4, id, &compressor(dictionary), &mut output).unwrap();
            assert_eq!(&output, raw);
        }
    }
    let whole = zstd(0x20, &[3], &[(1, 0, 3, b"abc")]);
    for _ in 0..2 {
        let mut output = [0; 3];
        codecs.decompress(Codec::ZSTD, None, &whole, &mut output).unwrap();
        assert_eq!(&output, b"abc");
    }
    assert!(codecs.decompress(Codec::ZSTD, Some([9; 4]), &whole, &mut [0; 3]).is_err());
    codecs.leave_out(Codec::ZSTD);
    assert_eq!([Codec::LZ4, Codec::ZSTD].map(|codec| codecs.has_codec(codec)), [true, false]);
}
