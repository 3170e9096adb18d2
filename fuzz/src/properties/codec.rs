//! Compressed bytes: what the profile lets through is the same to every decompressor, or refused by all.

use strictframe_core::pure::PureCodecs;
use strictframe_core::{ErrorKind, Frame, Limits};

use crate::codecs::Codecs;
use crate::forge::compress::{self, by_hand};
use crate::forge::payload;
use crate::forge::{Data, Packed, crc, dictionary_id};
use crate::vectors::sample;

/// A Zstandard frame is refused by the profile, or libzstd and zrip say the same of it.
///
/// The first byte says how the frame is made: the bytes as they are, as the content of a block, or flips in what libzstd made.
pub fn zstd_decoders_agree(bytes: &[u8]) {
    let Some((how, rest)) = bytes.split_first() else { return };
    let (stored, raw_len) = match how % 4 {
        0 => {
            let Some((len, stored)) = rest.split_first_chunk::<2>() else { return };
            (stored.to_vec(), u16::from_le_bytes(*len).into())
        }
        1 => {
            let Some((len, block)) = rest.split_first_chunk::<2>() else { return };
            let len = u32::from(u16::from_le_bytes(*len));
            let header = by_hand::header(by_hand::WINDOW_128_KIB, len);
            let size = block.len() as u32;
            ([header, by_hand::block(true, 2, size), block.to_vec()].concat(), len)
        }
        _ => {
            let Some((len, flips)) = rest.split_first() else { return };
            let payload = payload::text((*how).into(), usize::from(*len) * 8);
            let Ok(mut stored) = compress::zstd(&payload, None) else { return };
            flip(&mut stored, flips, ZSTD_HEADER);
            (stored, payload.len() as u32)
        }
    };
    decoders_agree(2, &stored, raw_len, None);
}

/// An LZ4 block is refused by the profile, or is what its text says to three readers of it.
///
/// Two bytes of length, and the block.
pub fn lz4_decoders_agree(bytes: &[u8]) {
    let Some((len, stored)) = bytes.split_first_chunk::<2>() else { return };
    let raw_len = u16::from_le_bytes(*len);
    let by_libraries = decoders_agree(1, stored, raw_len.into(), None);
    // SPEC [COD-5]: exactly the room.
    let by_text = lz4_by_its_text(stored).filter(|raw| raw.len() == usize::from(raw_len));
    match by_libraries {
        Verdict::Raw(raw) => assert!(by_text == Some(raw), "{stored:02x?}"),
        // The profile refuses some blocks that could be read.
        Verdict::OutOfProfile => {}
        Verdict::Refused => assert_eq!(by_text, None, "{stored:02x?}"),
    }
}

/// A payload comes back through any dictionary, and through another one comes back whole or not at all.
///
/// A byte for the codec, a dictionary, a zero byte, and the payload.
pub fn dictionaries_serve_their_own(bytes: &[u8]) {
    let Some((codec, rest)) = bytes.split_first() else { return };
    let at = rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len());
    let (dictionary, payload) = rest.split_at(at);
    let payload = payload.strip_prefix(&[0]).unwrap_or_default();
    if dictionary.is_empty() {
        return;
    }
    let codec = 1 + codec % 2;
    let stored = match codec {
        1 => compress::lz4(payload, Some(dictionary)),
        _ => compress::zstd(payload, Some(dictionary)),
    };
    // Broken tables are refused when they are loaded.
    let Ok(stored) = stored else { return };
    let verdict =
        decoders_agree(codec, &stored, payload.len() as u32, Some((dictionary, dictionary)));
    if let Verdict::Raw(raw) = &verdict {
        assert_eq!(raw, payload);
    }
    let mut other = dictionary.to_vec();
    other.reverse();
    let given = Some((dictionary, other.as_slice()));
    // SPEC [COD-6]: by the checksum of what comes out, which is that of the right payload.
    if let Verdict::Raw(raw) = decoded_as(codec, &stored, payload, given) {
        assert_eq!(raw, payload, "a wrong payload from a wrong dictionary");
    }
}

/// What came of stored bytes.
#[derive(Debug, Eq, PartialEq)]
enum Verdict {
    OutOfProfile,
    Raw(Vec<u8>),
    Refused,
}

/// Through libzstd or lz4_flex with a buffer of its own, and through what the core has without C; the checksum is that of what comes out.
fn decoders_agree(
    codec: u8,
    stored: &[u8],
    raw_len: u32,
    dictionary: Option<(&[u8], &[u8])>,
) -> Verdict {
    let mut raw = vec![0; raw_len as usize];
    let mut codecs = Codecs::new();
    let id = dictionary.map(|(own, held)| {
        codecs.hold_as(dictionary_id(own), held.to_vec());
        dictionary_id(own)
    });
    let found = strictframe_core::Codec(codec);
    let taken = strictframe_core::Decompress::decompress(&mut codecs, found, id, stored, &mut raw);
    if taken.is_err() {
        raw.fill(0);
    }
    decoded_as(codec, stored, &raw, dictionary)
}

/// Through both, as a frame whose checksum is that of `raw`.
fn decoded_as(codec: u8, stored: &[u8], raw: &[u8], dictionary: Option<(&[u8], &[u8])>) -> Verdict {
    let dict_id = dictionary.map(|(own, _)| dictionary_id(own));
    let packed = Packed { codec, raw_len: raw.len() as u32, raw_crc: crc(&[raw]), dict_id };
    let frame = Data::message(sample::key(), &[]).packed(packed, stored.to_vec()).bytes();
    // Compression that does not pay is refused before any of it.
    let Ok(frame) = Frame::parse(&frame, &Limits::MAXIMUM) else { return Verdict::OutOfProfile };
    let mut codecs = Codecs::new();
    let mut held = Vec::new();
    if let Some((own, other)) = dictionary {
        codecs.hold_as(dictionary_id(own), other.to_vec());
        held.push((dictionary_id(own), other));
    }
    let (mut room, mut pure_room) = (Vec::new(), Vec::new());
    let one = frame.decode(|_| Ok(None), &mut codecs, &mut room);
    let pure = frame.decode(|_| Ok(None), &mut PureCodecs::new(&held), &mut pure_room);
    let one = one.map(|decoded| decoded.payload.to_vec());
    let pure = pure.map(|decoded| decoded.payload.to_vec());
    match (one, pure) {
        (Ok(one), Ok(pure)) => {
            assert!(one == pure, "two payloads of {stored:02x?}");
            Verdict::Raw(one)
        }
        (Err(one), Err(pure)) => {
            // SPEC [COD-3, COD-4]: the profile is ours, and the same whatever the library.
            let is_profile = |kind| matches!(kind, ErrorKind::CodecProfile);
            assert_eq!(is_profile(one.kind()), is_profile(pure.kind()), "{one:?}, {pure:?}");
            if is_profile(one.kind()) { Verdict::OutOfProfile } else { Verdict::Refused }
        }
        (one, pure) => {
            // SPEC [COD-5]: what RFC 8878 leaves to the decoder is the one answer that may differ.
            let is_left_open = codec == 2;
            assert!(is_left_open, "{one:?}, {pure:?} of {stored:02x?}");
            Verdict::Refused
        }
    }
}

/// Two bytes of place and one of what to flip, again and again; the header stays.
fn flip(stored: &mut [u8], flips: &[u8], from: usize) {
    let (flips, _) = flips.as_chunks::<3>();
    for [low, high, bits] in flips {
        let place = usize::from(u16::from_le_bytes([*low, *high]));
        let Some(room) = stored.len().checked_sub(from).filter(|room| *room > 0) else { return };
        stored[from + place % room] ^= bits;
    }
}

/// The block format of LZ4 as its text has it: literals, an offset, a match, and at the end literals alone.
fn lz4_by_its_text(mut block: &[u8]) -> Option<Vec<u8>> {
    let mut raw = Vec::new();
    loop {
        let token = *block.split_off_first()?;
        let literals = length(&mut block, token >> 4)?;
        raw.extend_from_slice(block.split_off(..literals)?);
        if block.is_empty() {
            return Some(raw);
        }
        let offset = usize::from(u16::from_le_bytes(*block.split_off(..2)?.first_chunk()?));
        let matched = length(&mut block, token & 15)? + 4;
        let start = raw.len().checked_sub(offset).filter(|_| offset > 0)?;
        // More than any length that is asked for here.
        if raw.len() + matched > 1 << 17 {
            return None;
        }
        (start..start + matched).for_each(|from| raw.push(raw[from]));
    }
}

fn length(block: &mut &[u8], nibble: u8) -> Option<usize> {
    let mut length = usize::from(nibble);
    if nibble == 15 {
        loop {
            let more = *block.split_off_first()?;
            length += usize::from(more);
            if more < 255 {
                break;
            }
        }
    }
    Some(length)
}

/// Magic, descriptor and content size of what libzstd makes here, at most.
const ZSTD_HEADER: usize = 9;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_written_from_the_text_reads_what_the_library_writes() {
        for (seed, len) in [(1, 0), (2, 1), (3, 200), (4, 20_000)] {
            let raw = payload::text(seed, len);
            let block = compress::lz4(&raw, None).unwrap();
            assert_eq!(lz4_by_its_text(&block), Some(raw));
        }
        assert_eq!(lz4_by_its_text(&[0x1F, 7, 1, 0, 255, 1, 0]).map(|raw| raw.len()), Some(276));
        assert_eq!(lz4_by_its_text(&[0x10, 7, 2, 0, 0]), None);
    }
}
