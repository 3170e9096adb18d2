//! What is gathered of a type whose form in JSON needs all of its fields.

use super::super::visit::Value;

/// The fields of an `Any`, a `Duration` or a `Timestamp`, which have no message in them.
#[derive(Clone, Copy, Default)]
pub(super) struct Gathered<'p> {
    pub(super) seconds: i64,
    pub(super) nanos: i32,
    pub(super) url: &'p str,
    pub(super) content: &'p [u8],
    pub(super) content_offset: usize,
}

impl<'p> Gathered<'p> {
    /// Takes the value of a field, which stands at `offset`.
    pub(super) fn keep(&mut self, offset: usize, value: Value<'_, 'p>) {
        match value {
            Value::Int64(seconds) => self.seconds = seconds,
            Value::Int32(nanos) => self.nanos = nanos,
            Value::String(url) => self.url = url,
            Value::Bytes(content) => {
                self.content = content;
                // The place is that of its length, which is as short as it can be.
                let bits = usize::BITS.saturating_sub(content.len().leading_zeros());
                let len = usize::try_from(bits.div_ceil(7).max(1)).unwrap_or(1);
                self.content_offset = offset.saturating_add(len);
            }
            _ => {}
        }
    }
}
