//! A forward cursor over bytes whose every function is total.

/// Reads forward and keeps the offset of the next byte.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    offset: u64,
}

impl<'a> Reader<'a> {
    /// A reader whose first byte has the given offset.
    #[must_use]
    pub const fn new(bytes: &'a [u8], offset: u64) -> Self {
        Self { bytes, offset }
    }

    /// Reads `N` bytes, or nothing when fewer are left.
    #[inline]
    pub fn read_array<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (array, rest) = self.bytes.split_first_chunk::<N>()?;
        self.advance(N, rest);
        Some(array)
    }

    /// Reads `len` bytes, or nothing when fewer are left.
    #[inline]
    pub fn read_slice(&mut self, len: usize) -> Option<&'a [u8]> {
        let (slice, rest) = self.bytes.split_at_checked(len)?;
        self.advance(len, rest);
        Some(slice)
    }

    /// Reads one byte.
    #[inline]
    pub fn read_u8(&mut self) -> Option<u8> {
        self.read_array().map(|bytes| u8::from_le_bytes(*bytes))
    }

    /// Reads a little-endian u16.
    #[inline]
    pub fn read_u16(&mut self) -> Option<u16> {
        self.read_array().map(|bytes| u16::from_le_bytes(*bytes))
    }

    /// Reads a little-endian u32.
    #[inline]
    pub fn read_u32(&mut self) -> Option<u32> {
        self.read_array().map(|bytes| u32::from_le_bytes(*bytes))
    }

    /// Reads a little-endian u64.
    #[inline]
    pub fn read_u64(&mut self) -> Option<u64> {
        self.read_array().map(|bytes| u64::from_le_bytes(*bytes))
    }

    /// All bytes not read yet.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    /// The number of bytes not read yet.
    #[must_use]
    pub const fn remaining(&self) -> usize {
        self.bytes.len()
    }

    /// The offset of the next byte.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    #[inline]
    fn advance(&mut self, len: usize, rest: &'a [u8]) {
        self.bytes = rest;
        // A slice is never longer than u64, and offsets start at a frame's or a payload's start: no wrap in practice, no panic in any case.
        self.offset = self.offset.saturating_add(u64::try_from(len).unwrap_or(u64::MAX));
    }
}
