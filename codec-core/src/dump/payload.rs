//! What can be seen of a payload without decompressing it: batches, LZ4 sequences, Zstandard blocks.

use super::Value;
use super::body::text;
use super::span::{Span, length, number};
use super::walk::{Layout, Walk};
use crate::codec::Codec;
use crate::header::Kind;
use crate::limits::MAX_ITEMS;
use crate::reader::Reader;

impl Walk<'_> {
    /// Shows the rest of the body as the stored payload.
    pub(super) fn stored(&mut self, layout: Layout, body: &mut Span<'_>) -> Option<()> {
        let rest = body.rest();
        if layout.codec == Codec::NONE && layout.kind == Kind::MESSAGE {
            return self.show(body, "stored", rest, text).map(|_| ());
        }
        let mut stored = self.show_outside(body, "stored", rest, |_| Value::Bytes);
        let is_whole = stored.missing == 0;
        match layout.codec {
            Codec::NONE => self.batch(&mut stored),
            Codec::LZ4 => self.lz4(&mut stored),
            _ => self.zstd(&mut stored),
        };
        is_whole.then_some(())
    }

    fn batch(&mut self, payload: &mut Span<'_>) -> Option<()> {
        let count = u32::try_from(self.number(payload, "count", 4)?).ok()?;
        // SPEC [BAT-2]: a count that is not allowed says nothing about a table.
        if count == 0 || count > MAX_ITEMS {
            self.show_rest(payload, "unread");
            return None;
        }
        let shown = length(count).min(SHOWN);
        let more = length(count).saturating_sub(shown);
        let (table, _) = payload.bytes.as_chunks::<4>();
        for _ in 0..shown {
            self.number(payload, "size", 4)?;
        }
        self.more(payload, "more sizes", more, more.saturating_mul(4))?;
        let mut sizes = table.iter().take(length(count)).map(|size| length(number(size)));
        for size in sizes.by_ref().take(shown) {
            self.show(payload, "item", size, text)?;
        }
        let len = sizes.fold(0_usize, usize::saturating_add);
        self.more(payload, "more items", more, len)?;
        self.show_rest(payload, "bytes left");
        Some(())
    }

    fn more(
        &mut self,
        span: &mut Span<'_>,
        name: &'static str,
        count: usize,
        len: usize,
    ) -> Option<()> {
        if count > 0 {
            let count = u64::try_from(count).unwrap_or(u64::MAX);
            self.show(span, name, len, |_| Value::More(count))?;
        }
        Some(())
    }

    fn lz4(&mut self, stored: &mut Span<'_>) -> Option<()> {
        // Where a block is cut, so is a sequence: a count would be a guess.
        if stored.missing > 0 {
            return None;
        }
        let len = stored.bytes.len();
        self.show(stored, "sequences", len, |bytes| {
            sequences(bytes)
                .map_or(Value::Bytes, |(count, literals)| Value::Sequences { count, literals })
        })?;
        Some(())
    }

    // The layout is that of RFC 8878, section 3.1.1, in and outside the profile.
    fn zstd(&mut self, stored: &mut Span<'_>) -> Option<()> {
        let magic = self.show(stored, "magic number", 4, |_| Value::Hex)?;
        if number(magic) != ZSTD_MAGIC {
            self.show_rest(stored, "unread");
            return None;
        }
        let descriptor = self.show(stored, "frame header descriptor", 1, |bytes| {
            Value::Bits(bytes.first().copied().unwrap_or_default())
        })?;
        let descriptor = descriptor.first().copied()?;
        let is_single_segment = descriptor & 0x20 != 0;
        if !is_single_segment {
            self.show(stored, "window", 1, window)?;
        }
        let id_len = match descriptor & 3 {
            3 => 4,
            len => usize::from(len),
        };
        if id_len > 0 {
            self.number(stored, "dictionary id", id_len)?;
        }
        match descriptor >> 6 {
            0 if is_single_segment => self.number(stored, "frame content size", 1).map(|_| ())?,
            0 => {}
            // Two bytes say 256 less than they mean.
            1 => self
                .show(stored, "frame content size", 2, |bytes| {
                    Value::Number(number(bytes).saturating_add(256))
                })
                .map(|_| ())?,
            2 => self.number(stored, "frame content size", 4).map(|_| ())?,
            _ => self.number(stored, "frame content size", 8).map(|_| ())?,
        }
        if self.blocks(stored)? && descriptor & 4 != 0 {
            self.number(stored, "content checksum", 4)?;
        }
        self.show_rest(stored, "bytes left");
        Some(())
    }

    /// Shows the blocks and gives whether the last of them was reached.
    fn blocks(&mut self, stored: &mut Span<'_>) -> Option<bool> {
        for _ in 0..MAX_BLOCKS {
            let header = stored.bytes.get(..3).map(number).and_then(|it| u32::try_from(it).ok());
            let Some(header) = header else {
                self.show(stored, "block", 3, |_| Value::Bytes)?;
                return None;
            };
            let (size, last) = (header >> 3, header & 1 == 1);
            let (kind, content) = match (header >> 1) & 3 {
                0 => ("raw", size),
                1 => ("rle", 1),
                2 => ("compressed", size),
                _ => ("reserved", 0),
            };
            let len = length(content).saturating_add(3);
            self.show(stored, "block", len, |_| Value::Block { kind, size, last })?;
            if last || kind == "reserved" {
                return Some(last && kind != "reserved");
            }
        }
        Some(false)
    }
}

fn window(bytes: &[u8]) -> Value<'_> {
    let byte = number(bytes);
    let size = u32::try_from(byte >> 3)
        .ok()
        .and_then(|exponent| 1_u64.checked_shl(exponent.checked_add(10)?))
        .and_then(|base| base.checked_add((base >> 3).checked_mul(byte & 7)?));
    size.map_or(Value::Bytes, Value::Number)
}

/// The sequences of an LZ4 block and the bytes of their literals; nothing when it cannot be walked to its end.
fn sequences(block: &[u8]) -> Option<(u64, u64)> {
    let mut reader = Reader::new(block, 0);
    let (mut count, mut literals) = (0_u64, 0_u64);
    loop {
        let token = reader.read_u8()?;
        let len = sequence_length(&mut reader, token >> 4)?;
        reader.read_slice(len)?;
        count = count.checked_add(1)?;
        literals = literals.checked_add(u64::try_from(len).ok()?)?;
        if reader.remaining() == 0 {
            return Some((count, literals));
        }
        reader.read_u16()?;
        sequence_length(&mut reader, token & 15)?;
    }
}

fn sequence_length(reader: &mut Reader<'_>, half: u8) -> Option<usize> {
    let mut len = usize::from(half);
    let mut byte = if half == 15 { 255 } else { 0 };
    while byte == 255 {
        byte = reader.read_u8()?;
        len = len.checked_add(usize::from(byte))?;
    }
    Some(len)
}

const ZSTD_MAGIC: u64 = 0xFD2F_B528;
/// How many sizes and items of a batch are shown one by one.
const SHOWN: usize = 16;
/// Somewhat more blocks than 64 MiB take at 128 KiB each; what follows is shown as one field.
const MAX_BLOCKS: usize = 600;
