//! Reads streams strictly from asynchronous sources.

use core::fmt;

use strictframe_core::stream::Profile;
use strictframe_core::{Chain, Limits, SchemaPolicy};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::error::StreamError;
use crate::reader::StreamFrame;
use crate::reading::Reading;
use crate::registry::Registry;

/// Reads one stream in order, as [`crate::StreamReader`] does, from an asynchronous source.
///
/// What it gives before the end (`None`) is provisional: a later error can still show that frames are missing or were moved.
pub struct StreamReader<R> {
    source: R,
    reading: Reading,
}

impl<R: AsyncRead + Unpin> StreamReader<R> {
    /// A reader at the first byte of a stream, without judgement.
    #[must_use]
    pub fn new(source: R, limits: Limits, profile: Profile) -> Self {
        Self { source, reading: Reading::new(limits, profile) }
    }

    /// The same reader, which also judges the schema of every data frame.
    #[must_use]
    pub fn judged_by(self, registry: Registry, policy: SchemaPolicy) -> Self {
        Self { reading: self.reading.judged_by(registry, policy), ..self }
    }

    /// The next frame, or nothing behind END. Dropped before it is ready, it has lost no byte.
    ///
    /// Behind END it waits for the end of the source: a byte that came there would be refused (SPEC STR-9).
    ///
    /// # Errors
    /// [`StreamError::Refused`] with the first error in the order of SPEC ERR-1, offsets from the start of the stream; every later call gives it again.
    /// [`StreamError::Io`] when the source fails; a later call goes on where it stopped.
    pub async fn next_frame(&mut self) -> Result<Option<StreamFrame<'_>>, StreamError> {
        while let Some(room) = self.reading.room() {
            // Dropped here, the read has put nothing into the room, and the room is made again.
            let read = self.source.read(room).await?;
            self.reading.took(read);
        }
        self.reading.next_frame()
    }

    /// Where the stream stands; nothing before its first SYNC.
    #[must_use]
    pub const fn chain(&self) -> Option<&Chain> {
        self.reading.core().chain()
    }
}

impl<R: fmt::Debug> fmt::Debug for StreamReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamReader").field("source", &self.source).finish_non_exhaustive()
    }
}
