//! The profile of an LZ4 block (SPEC COD-4).

use crate::reader::Reader;

/// Whether nothing in the block offends against the profile. What cannot be parsed is left to the codec.
pub(crate) fn is_in_profile(stored: &[u8]) -> bool {
    // SPEC [COD-4]: a walk that runs off the block says nothing.
    walk(stored).unwrap_or(true)
}

fn walk(stored: &[u8]) -> Option<bool> {
    let mut reader = Reader::new(stored, 0);
    let mut after_match = false;
    loop {
        let token = reader.read_u8()?;
        let literals = length(&mut reader, token >> 4)?;
        reader.read_slice(literals)?;
        if reader.remaining() == 0 {
            return Some(!after_match || literals >= MIN_LAST_LITERALS);
        }
        if reader.read_u16()? == 0 {
            return Some(false);
        }
        length(&mut reader, token & 15)?;
        if reader.remaining() == 0 {
            return Some(false);
        }
        after_match = true;
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
