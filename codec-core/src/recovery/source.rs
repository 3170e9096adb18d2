//! Where a damaged stream is read from: any place in it, a piece at a time.

use alloc::vec::Vec;
use core::convert::Infallible;
use core::fmt;

use crate::error::Error;
use crate::sink;

/// Bytes of a known length that can be read at any position.
pub trait ReadAt {
    /// Why reading failed.
    type Error;

    /// The length in bytes. It does not change while it is recovered from.
    fn len(&self) -> u64;

    /// Fills `buffer` with the bytes from `offset` on; they all lie within [`ReadAt::len`].
    ///
    /// # Errors
    /// Whatever keeps the source from filling the buffer whole.
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<(), Self::Error>;

    /// All of its bytes, when they are in memory: they are then gone through where they lie.
    fn bytes(&self) -> Option<&[u8]> {
        None
    }

    /// Whether there is nothing to read.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl ReadAt for &[u8] {
    type Error = Infallible;

    fn len(&self) -> u64 {
        u64::try_from(<[u8]>::len(self)).unwrap_or(u64::MAX)
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<(), Infallible> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        sink::copy(buffer, self.get(start..).unwrap_or_default());
        Ok(())
    }

    fn bytes(&self) -> Option<&[u8]> {
        Some(self)
    }
}

/// Why a recovery stopped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RecoveryError<E> {
    /// There was no memory for a frame whose header and limit allow it.
    OutOfMemory {
        /// The bytes asked for.
        len: usize,
    },
    /// The input has no answer: `NoStreamId` (SPEC REC-1).
    Refused(Error),
    /// The source failed.
    Source(E),
}

impl<E: fmt::Display> fmt::Display for RecoveryError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfMemory { len } => write!(f, "no memory for {len} bytes"),
            Self::Refused(error) => error.fmt(f),
            Self::Source(error) => error.fmt(f),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for RecoveryError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::OutOfMemory { .. } => None,
            Self::Refused(error) => Some(error),
            Self::Source(error) => Some(error),
        }
    }
}

/// The piece of a source that is in memory.
#[derive(Debug)]
pub(super) struct Window<S> {
    source: S,
    len: u64,
    size: usize,
    buffer: Vec<u8>,
    start: u64,
}

impl<S: ReadAt> Window<S> {
    /// A window that reads `size` bytes at a time, and more when more are asked for.
    pub(super) fn new(source: S, size: usize) -> Self {
        let len = source.len();
        Self { source, len, size, buffer: Vec::new(), start: 0 }
    }

    /// The bytes from `position` on: at least `need` of them, or all up to the end of the source.
    pub(super) fn at(
        &mut self,
        position: u64,
        need: usize,
    ) -> Result<&[u8], RecoveryError<S::Error>> {
        let left = usize::try_from(self.len.saturating_sub(position)).unwrap_or(usize::MAX);
        let need = need.min(left);
        let is_here = self.source.bytes().is_some();
        if !is_here && self.from(position).is_none_or(|held| held.len() < need) {
            self.fill(position, need.max(self.size).min(left))?;
        }
        let held = self.from(position).unwrap_or_default();
        // Of a source in memory no more than a window of another would hold: a search must not run on to its end.
        Ok(held.get(..need.max(self.size)).unwrap_or(held))
    }

    /// Reads `N` bytes and leaves the window where it is.
    pub(super) fn peek<const N: usize>(
        &mut self,
        position: u64,
    ) -> Result<[u8; N], RecoveryError<S::Error>> {
        let mut bytes = [0; N];
        self.source.read_at(position, &mut bytes).map_err(RecoveryError::Source)?;
        Ok(bytes)
    }

    /// The `len` bytes from `position` on, when they are in memory.
    pub(super) fn held(&self, position: u64, len: usize) -> Option<&[u8]> {
        self.from(position)?.get(..len)
    }

    /// The length of the source.
    pub(super) const fn len(&self) -> u64 {
        self.len
    }

    pub(super) fn into_source(self) -> S {
        self.source
    }

    fn from(&self, position: u64) -> Option<&[u8]> {
        if let Some(bytes) = self.source.bytes() {
            return bytes.get(usize::try_from(position).ok()?..);
        }
        let skip = usize::try_from(position.checked_sub(self.start)?).ok()?;
        self.buffer.get(skip..)
    }

    fn fill(&mut self, position: u64, len: usize) -> Result<(), RecoveryError<S::Error>> {
        if len > self.buffer.capacity() {
            // The old bytes are not needed: let them go first, so that both are never held at once.
            self.buffer = Vec::new();
            self.buffer.try_reserve_exact(len).map_err(|_| RecoveryError::OutOfMemory { len })?;
        }
        self.buffer.resize(len, 0);
        self.start = position;
        let read = self.source.read_at(position, &mut self.buffer);
        if read.is_err() {
            self.buffer.clear();
        }
        read.map_err(RecoveryError::Source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::cell::Cell;

    /// Zeros that count how often they are read.
    struct Counted<'a>(u64, &'a Cell<u32>);

    impl ReadAt for Counted<'_> {
        type Error = Infallible;

        fn len(&self) -> u64 {
            self.0
        }

        fn read_at(&mut self, _: u64, _: &mut [u8]) -> Result<(), Infallible> {
            self.1.set(self.1.get().saturating_add(1));
            Ok(())
        }
    }

    #[test]
    fn what_the_window_holds_is_not_read_again() {
        let reads = Cell::new(0);
        let mut window = Window::new(Counted(1000, &reads), 100);
        for (position, need, wanted) in [
            (0, 10, 1),
            (0, 100, 1),
            // All that is held from there on, and one byte more.
            (40, 60, 1),
            (40, 61, 2),
            // Up to the end there is no more to be had.
            (900, 100, 3),
            (950, 200, 3),
        ] {
            assert!(window.at(position, need).is_ok_and(|held| held.len() >= need.min(50)));
            assert_eq!(reads.get(), wanted, "{need} bytes at {position}");
        }
    }

    #[test]
    fn room_is_made_once_and_exactly() {
        // SPEC [LIM-2]: what is held is what was asked for, and not twice as much.
        let reads = Cell::new(0);
        let mut window = Window::new(Counted(1000, &reads), 100);
        let mut room = |need| window.at(0, need).is_ok().then_some(window.buffer.capacity());
        assert_eq!(room(100), Some(100));
        assert_eq!(room(150), Some(150));
        assert_eq!(window.at(500, 10).map(<[u8]>::len), Ok(100));
        assert_eq!(window.buffer.capacity(), 150);
    }
}
