//! Reads streams strictly where they lie in memory (SPEC section 9).

use core::fmt;

use strictframe_core::stream::{Profile, StreamReader as Core};
use strictframe_core::{Chain, Error, Limits, SchemaPolicy};

use crate::reader::StreamFrame;
use crate::reading::Decoding;
use crate::registry::Registry;

/// Reads one stream that is in memory whole, a mapped file for instance: as [`StreamReader`](crate::StreamReader) does, and without a copy of it.
pub struct SliceReader<'a> {
    rest: &'a [u8],
    decoding: Decoding,
}

impl<'a> SliceReader<'a> {
    /// A reader at the first byte of a stream, without judgement.
    #[must_use]
    pub fn new(stream: &'a [u8], limits: Limits, profile: Profile) -> Self {
        Self { rest: stream, decoding: Decoding::new(Core::new(limits, profile)) }
    }

    /// The same reader, which also judges the schema of every data frame.
    #[must_use]
    pub fn judged_by(self, registry: Registry, policy: SchemaPolicy) -> Self {
        Self { decoding: self.decoding.judged_by(registry, policy), ..self }
    }

    /// The next frame, or nothing behind END. What comes before the end is provisional.
    ///
    /// # Errors
    /// The first error in the order of SPEC ERR-1, offsets from the start of the stream; every later call gives it again.
    pub fn next_frame(&mut self) -> Result<Option<StreamFrame<'_>>, Error> {
        let (consumed, frame) = self.decoding.next_frame(self.rest, true)?;
        self.rest = self.rest.get(consumed..).unwrap_or_default();
        Ok(frame)
    }

    /// Where the stream stands; nothing before its first SYNC.
    #[must_use]
    pub const fn chain(&self) -> Option<&Chain> {
        self.decoding.core().chain()
    }
}

impl fmt::Debug for SliceReader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SliceReader").field("rest", &self.rest.len()).finish_non_exhaustive()
    }
}
