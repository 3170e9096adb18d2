//! A forward cursor that also knows what should be there and is not.

use super::Value;

/// A stretch of bytes that fields are taken from, in order.
#[derive(Clone, Copy)]
pub(super) struct Span<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) offset: usize,
    /// How many bytes more belong to it than are there.
    pub(super) missing: usize,
    pub(super) depth: u8,
    pub(super) verified: bool,
}

impl<'a> Span<'a> {
    /// The `len` bytes from `offset` on, as many of them as there are.
    pub(super) fn new(bytes: &'a [u8], offset: usize, len: usize, verified: bool) -> Self {
        let mut from = Self {
            bytes: bytes.get(offset..).unwrap_or_default(),
            offset,
            missing: 0,
            depth: 0,
            verified,
        };
        Self { depth: 0, ..from.take(len) }
    }

    /// Takes the next `len` bytes, one level deeper.
    pub(super) fn take(&mut self, len: usize) -> Self {
        let present = len.min(self.bytes.len());
        let (bytes, rest) = self.bytes.split_at_checked(present).unwrap_or_default();
        let taken = Self {
            bytes,
            missing: len.saturating_sub(present),
            depth: self.depth.saturating_add(1),
            ..*self
        };
        self.bytes = rest;
        self.offset = self.offset.saturating_add(present);
        taken
    }

    /// What a field says that is cut off.
    pub(super) fn cut(&self) -> Value<'static> {
        Value::Cut { need: self.rest() }
    }

    /// The bytes not taken yet, those that are missing included.
    pub(super) fn rest(&self) -> usize {
        self.bytes.len().saturating_add(self.missing)
    }
}

/// The little-endian number that at most eight bytes are.
pub(super) fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

pub(super) fn length(number: impl TryInto<usize>) -> usize {
    number.try_into().unwrap_or(usize::MAX)
}
