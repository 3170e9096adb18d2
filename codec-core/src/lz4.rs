//! The profile of an LZ4 block (SPEC COD-4).

use crate::reader::Reader;

/// Whether nothing in the block offends against the profile. What cannot be parsed is left to the codec.
pub(crate) fn is_in_profile(stored: &[u8], raw_len: u32) -> bool {
    // SPEC [COD-4]: a walk that runs off the block says nothing.
    walk(stored, u64::from(raw_len)).unwrap_or(true)
}

fn walk(stored: &[u8], raw_len: u64) -> Option<bool> {
    let mut reader = Reader::new(stored, 0);
    let mut produced = 0_u64;
    loop {
        let token = reader.read_u8()?;
        let literals = length(&mut reader, token >> 4)?;
        reader.read_slice(literals)?;
        if reader.remaining() == 0 {
            return Some(produced == 0 || literals >= MIN_LAST_LITERALS);
        }
        produced = produced.checked_add(u64::try_from(literals).ok()?)?;
        let near_the_end = produced.checked_add(MIN_MATCH_DISTANCE)? > raw_len;
        if reader.read_u16()? == 0 || near_the_end {
            return Some(false);
        }
        let matched = length(&mut reader, token & 15)?.checked_add(MIN_MATCH)?;
        if reader.remaining() == 0 {
            return Some(false);
        }
        produced = produced.checked_add(u64::try_from(matched).ok()?)?;
    }
}

/// A length whose nibble may be continued by bytes of 255 and one below.
fn length(reader: &mut Reader<'_>, nibble: u8) -> Option<usize> {
    let mut length = usize::from(nibble);
    if nibble == 15 {
        loop {
            let byte = reader.read_u8()?;
            length = length.checked_add(usize::from(byte))?;
            if byte != 255 {
                break;
            }
        }
    }
    Some(length)
}

const MIN_LAST_LITERALS: usize = 5;
/// The shortest match; its length field says how much longer it is.
const MIN_MATCH: usize = 4;
/// How far before the end of the payload the last match begins at the latest.
const MIN_MATCH_DISTANCE: u64 = 12;
