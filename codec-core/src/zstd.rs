//! The profile of a Zstandard frame (SPEC COD-2, COD-3; RFC 8878 sections 3.1.1.1 and 3.1.1.2).

use crate::reader::Reader;

/// Whether `stored` is one frame of the profile whose content size is `raw_len`.
pub(crate) fn is_in_profile(stored: &[u8], raw_len: u32) -> bool {
    walk(stored, raw_len).is_some()
}

// SPEC [COD-3]: the frame header, then the chain of block headers to exactly the end.
fn walk(stored: &[u8], raw_len: u32) -> Option<()> {
    let mut reader = Reader::new(stored, 0);
    (reader.read_u32()? == MAGIC).then_some(())?;
    let descriptor = reader.read_u8()?;
    (descriptor & FORBIDDEN_BITS == 0).then_some(())?;
    let single_segment = descriptor & SINGLE_SEGMENT != 0;
    let window = if single_segment { None } else { Some(window_size(reader.read_u8()?)?) };
    let content_size = match (descriptor >> 6, single_segment) {
        (0, true) => u64::from(reader.read_u8()?),
        (1, _) => u64::from(reader.read_u16()?).checked_add(256)?,
        (2, _) => u64::from(reader.read_u32()?),
        (3, _) => reader.read_u64()?,
        _ => return None,
    };
    (content_size == u64::from(raw_len)).then_some(())?;
    let window = window.unwrap_or(content_size);
    (window <= MAX_WINDOW).then_some(())?;
    let max_block = window.min(MAX_BLOCK);
    loop {
        let [low, middle, high] = *reader.read_array::<3>()?;
        let header = u32::from_le_bytes([low, middle, high, 0]);
        let size = header >> 3;
        (u64::from(size) <= max_block).then_some(())?;
        let block_len = match (header >> 1) & 3 {
            RAW | COMPRESSED => size,
            RLE => 1,
            _ => return None,
        };
        reader.read_slice(usize::try_from(block_len).ok()?)?;
        if header & 1 == 1 {
            return (reader.remaining() == 0).then_some(());
        }
    }
}

fn window_size(descriptor: u8) -> Option<u64> {
    let (exponent, mantissa) = (u32::from(descriptor >> 3), u64::from(descriptor & 7));
    let base = 1_u64.checked_shl(exponent.checked_add(10)?)?;
    base.checked_add((base >> 3).checked_mul(mantissa)?)
}

const MAGIC: u32 = 0xFD2F_B528;
const SINGLE_SEGMENT: u8 = 0b0010_0000;
/// Unused, reserved, content checksum, and both bits of the dictionary id's width.
const FORBIDDEN_BITS: u8 = 0b0001_1111;
const MAX_WINDOW: u64 = 8 << 20;
const MAX_BLOCK: u64 = 128 << 10;
const RAW: u32 = 0;
const RLE: u32 = 1;
const COMPRESSED: u32 = 2;
