//! Where bytes go. The length of what will be written is found by the code that writes it.

use core::fmt;

use crate::checksum;

/// The room given was too small.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "there is nothing to add, and sinks of others return it"
)]
pub struct SinkFull;

impl fmt::Display for SinkFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the room given is too small")
    }
}

impl core::error::Error for SinkFull {}

/// Takes bytes in order.
pub trait Sink {
    /// Appends `bytes`.
    ///
    /// # Errors
    /// [`SinkFull`] when they do not fit; what was put before stays.
    fn put(&mut self, bytes: &[u8]) -> Result<(), SinkFull>;
}

/// Writes into a slice.
#[derive(Debug)]
pub struct SliceSink<'a> {
    room: &'a mut [u8],
    written: usize,
}

impl<'a> SliceSink<'a> {
    /// A sink that fills `room` from its start.
    #[must_use]
    pub const fn new(room: &'a mut [u8]) -> Self {
        Self { room, written: 0 }
    }

    /// The bytes written so far.
    #[must_use]
    pub fn written(&self) -> &[u8] {
        self.room.get(..self.written).unwrap_or_default()
    }
}

impl Sink for SliceSink<'_> {
    #[inline]
    fn put(&mut self, bytes: &[u8]) -> Result<(), SinkFull> {
        let end = self.written.checked_add(bytes.len()).ok_or(SinkFull)?;
        let target = self.room.get_mut(self.written..end).ok_or(SinkFull)?;
        copy(target, bytes);
        self.written = end;
        Ok(())
    }
}

/// Counts what would be written.
#[derive(Clone, Copy, Debug, Default)]
pub struct LenSink {
    len: usize,
}

impl LenSink {
    /// The bytes put so far.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing was put.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl Sink for LenSink {
    #[inline]
    fn put(&mut self, bytes: &[u8]) -> Result<(), SinkFull> {
        self.len = self.len.checked_add(bytes.len()).ok_or(SinkFull)?;
        Ok(())
    }
}

#[cfg(feature = "alloc")]
impl Sink for alloc::vec::Vec<u8> {
    #[inline]
    fn put(&mut self, bytes: &[u8]) -> Result<(), SinkFull> {
        self.try_reserve(bytes.len()).map_err(|_| SinkFull)?;
        self.extend_from_slice(bytes);
        Ok(())
    }
}

/// Passes bytes on and keeps the checksum of what passed.
pub(crate) struct CrcSink<'a, S> {
    inner: &'a mut S,
    crc: u32,
}

impl<'a, S: Sink> CrcSink<'a, S> {
    /// Continues from the checksum of what came before.
    pub(crate) const fn new(inner: &'a mut S, crc: u32) -> Self {
        Self { inner, crc }
    }

    pub(crate) const fn crc(&self) -> u32 {
        self.crc
    }
}

impl<S: Sink> Sink for CrcSink<'_, S> {
    #[inline]
    fn put(&mut self, bytes: &[u8]) -> Result<(), SinkFull> {
        // Piece by piece, so that what the checksum has fetched is still near when it is copied.
        let (pieces, rest) = bytes.as_chunks::<PIECE>();
        for piece in pieces {
            self.put_piece(piece)?;
        }
        self.put_piece(rest)
    }
}

impl<S: Sink> CrcSink<'_, S> {
    #[inline]
    fn put_piece(&mut self, bytes: &[u8]) -> Result<(), SinkFull> {
        self.crc = checksum::append(self.crc, bytes);
        self.inner.put(bytes)
    }
}

/// Short enough for the nearest cache, and for a copy of it to be made by plain moves: some processors copy longer stretches by an instruction that is 30 times slower where source and target lie a few bytes apart within their pages.
const PIECE: usize = 2048;

/// Copies the bytes both slices have room for.
#[expect(
    clippy::disallowed_methods,
    reason = "both sides were cut to one length in the line above"
)]
pub(crate) fn copy(target: &mut [u8], source: &[u8]) {
    let len = target.len().min(source.len());
    if let (Some(target), Some(source)) = (target.get_mut(..len), source.get(..len)) {
        target.copy_from_slice(source);
    }
}
