//! Reads streams strictly, from anything that can be read (SPEC section 9).

use core::fmt;
use std::io::{self, Read};

use strictframe_core::stream::{Directory, Profile};
use strictframe_core::{Chain, Decoded, Frame, Limits, SchemaPolicy};

use crate::dictionary::Dictionary;
use crate::error::StreamError;
use crate::reading::Reading;
use crate::registry::Registry;

/// Reads one stream in order. It holds one frame, one payload, and the dictionaries the stream has brought.
///
/// What it gives before the end (`None`) is provisional: a later error can still show that frames are missing or were moved.
pub struct StreamReader<R> {
    source: R,
    reading: Reading,
}

/// One frame of a stream, of any kind.
#[derive(Debug)]
#[non_exhaustive]
pub struct StreamFrame<'a> {
    /// Where it starts.
    pub start: u64,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// The frame.
    pub frame: Frame<'a>,
    /// Its records, when it is a data frame.
    pub decoded: Option<Decoded<'a>>,
}

impl<R: Read> StreamReader<R> {
    /// A reader at the first byte of a stream, without judgement.
    #[must_use]
    pub fn new(source: R, limits: Limits, profile: Profile) -> Self {
        Self { source, reading: Reading::new(limits, profile) }
    }

    /// A reader at a SYNC in the middle of a stream, told what stands before it; for appending.
    pub(crate) fn resumed(
        source: R,
        limits: Limits,
        chain: Chain,
        directory: Directory,
        dictionaries: Vec<Dictionary>,
    ) -> Self {
        Self { source, reading: Reading::resumed(limits, chain, directory, dictionaries) }
    }

    /// The same reader, which also judges the schema of every data frame.
    #[must_use]
    pub fn judged_by(self, registry: Registry, policy: SchemaPolicy) -> Self {
        Self { reading: self.reading.judged_by(registry, policy), ..self }
    }

    /// The next frame, or nothing behind END.
    ///
    /// # Errors
    /// [`StreamError::Refused`] with the first error in the order of SPEC ERR-1, offsets from the start of the stream; every later call gives it again.
    /// [`StreamError::Io`] when the source fails.
    pub fn next_frame(&mut self) -> Result<Option<StreamFrame<'_>>, StreamError> {
        while let Some(room) = self.reading.room() {
            match self.source.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => self.reading.took(read?),
            }
        }
        self.reading.next_frame()
    }

    /// Where the stream stands; nothing before its first SYNC.
    #[must_use]
    pub const fn chain(&self) -> Option<&Chain> {
        self.reading.core().chain()
    }

    /// The schemas and dictionaries it has brought.
    pub(crate) fn into_directory(self) -> Directory {
        self.reading.core().directory().clone()
    }
}

impl<R: fmt::Debug> fmt::Debug for StreamReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamReader").field("source", &self.source).finish_non_exhaustive()
    }
}
