//! The fields of a body: data frames (SPEC sections 2 and 3) and control frames (section 8).

use super::Value;
use super::span::{Span, length, number};
use super::walk::{Layout, Walk, checksum_of};
use crate::codec::Codec;
use crate::extension;
use crate::header::{FLAG_DICT, FLAG_EXT, Kind};
use crate::identity::{self, Encoding};
use crate::limits::{MAX_DICTIONARY_LEN, MAX_EXTENSIONS};

impl Walk<'_> {
    /// Shows the body as far as it goes; all of its bytes are shown.
    pub(super) fn body(&mut self, layout: Layout, body: &mut Span<'_>) {
        let whole = match layout.kind {
            Kind::SYNC | Kind::END => self.sync(body),
            Kind::SCHEMA => self.schema(body),
            Kind::DICT => self.dictionary(body),
            _ => self.data(layout, body),
        };
        if whole.is_some() && body.rest() > 0 {
            self.show(body, "bytes left", body.rest(), |_| Value::Bytes);
        }
    }

    fn data(&mut self, layout: Layout, body: &mut Span<'_>) -> Option<()> {
        if layout.codec != Codec::NONE {
            self.number(body, "raw_len", 4)?;
            self.show(body, "raw_crc", 4, |bytes| checksum_of(bytes, None))?;
            if layout.flags & FLAG_DICT != 0 {
                self.show(body, "dict_id", 4, |_| Value::Hex)?;
            }
        }
        if layout.flags & FLAG_EXT != 0 {
            let len = length(self.number(body, "ext_len", 2)?);
            let mut block = self.show_outside(body, "extensions", len, |_| Value::Bytes);
            let is_whole = block.missing == 0;
            self.extensions(&mut block);
            is_whole.then_some(())?;
        }
        self.stored(layout, body)
    }

    fn extensions(&mut self, block: &mut Span<'_>) -> Option<()> {
        // One more than are allowed, so that the one that is too many is seen.
        for _ in 0..=MAX_EXTENSIONS {
            if block.bytes.is_empty() {
                break;
            }
            let kind = self.show(block, "type", 2, |bytes| {
                Value::ExtensionType(u16::try_from(number(bytes)).unwrap_or_default())
            })?;
            let kind = u16::try_from(number(kind)).unwrap_or_default();
            let len = length(self.number(block, "length", 2)?);
            self.extension(kind, len, block)?;
        }
        self.show_rest(block, "unread");
        Some(())
    }

    // SPEC [EXT-4]: what an extension says is read only where its length is the assigned one.
    fn extension(&mut self, kind: u16, len: usize, block: &mut Span<'_>) -> Option<()> {
        if kind == extension::TRACE_CONTEXT && len == 25 {
            self.show(block, "trace-id", 16, |_| Value::Hex)?;
            self.show(block, "parent-id", 8, |_| Value::Hex)?;
            return self.show(block, "trace-flags", 1, |_| Value::Hex).map(|_| ());
        }
        let name = extension::Extension { kind, value: &[] }.name().unwrap_or("value");
        self.show(block, name, len, |bytes| match (kind, bytes.len()) {
            (extension::SEQUENCE | extension::PRODUCER_EPOCH, 8) | (extension::ITEM_COUNT, 4) => {
                Value::Number(number(bytes))
            }
            (extension::TIME, 8) => Value::Signed(number(bytes).cast_signed()),
            (extension::MESSAGE_ID, 16) => Value::Hex,
            (extension::STREAM_KEY, _) => text(bytes),
            _ => Value::Bytes,
        })?;
        Some(())
    }

    fn sync(&mut self, body: &mut Span<'_>) -> Option<()> {
        self.show(body, "stream_id", 16, |_| Value::Hex)?;
        self.number(body, "own offset", 8)?;
        self.number(body, "previous offset", 8)?;
        self.number(body, "count", 8)?;
        self.show(body, "chain_crc", 4, |bytes| checksum_of(bytes, None))?;
        self.number(body, "zero", 4)?;
        Some(())
    }

    fn schema(&mut self, body: &mut Span<'_>) -> Option<()> {
        let encoding = |bytes: &[u8]| Encoding(bytes.first().copied().unwrap_or_default());
        let id = self.show(body, "enc_id", 1, |bytes| Value::Encoding(encoding(bytes)))?;
        self.number(body, "zero", 1)?;
        self.number(body, "version", 2)?;
        self.number(body, "min_reader", 2)?;
        let name_len = length(self.number(body, "name_len", 2)?);
        self.show(body, "name", name_len, text)?;
        let descriptor_len = length(self.number(body, "desc_len", 4)?);
        let is_json = encoding(id) == Encoding::JSON;
        self.show(body, "descriptor", descriptor_len, |bytes| {
            if is_json { text(bytes) } else { Value::Bytes }
        })?;
        Some(())
    }

    fn dictionary(&mut self, body: &mut Span<'_>) -> Option<()> {
        // SPEC [CTL-3]: at least one byte belongs to it, and what is above 2^20 does not.
        let len = body.rest().clamp(1, MAX_DICTIONARY_LEN);
        self.show(body, "dictionary", len, |bytes| {
            Value::DictionaryId(identity::dictionary_id(bytes))
        })?;
        Some(())
    }
}

/// Text where the bytes are UTF-8 that can be printed, and bytes where not.
pub(super) fn text(bytes: &[u8]) -> Value<'_> {
    let is_printable = |text: &&str| {
        !text.is_empty()
            && !text.chars().any(|char| char.is_control() && !char.is_ascii_whitespace())
    };
    core::str::from_utf8(bytes).ok().filter(is_printable).map_or(Value::Bytes, Value::Text)
}
