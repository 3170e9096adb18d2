//! The end of a stream that nodes write to.

use core::error::Error;
use core::fmt;
use core::pin::pin;

use std::sync::Arc;

use super::item::Failure;
use super::reader::StreamHandle;
use super::shared::Shared;
use super::state::Ending;
use super::{Overflow, StreamCounts};

/// Writes a stream. Copies write the same one, from wherever they are; when the last one goes and nobody has said how it ended, readers are told just that.
pub struct StreamWriter<T> {
    side: Arc<Side<T>>,
}

/// What all writers of a stream have in common.
struct Side<T> {
    shared: Arc<Shared<T>>,
}

/// What became of a value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Sent {
    /// Its number, from 1.
    pub number: u64,
    /// Whether it is kept for readers; otherwise it was dropped, as [`Overflow::DropNewest`] says.
    pub is_kept: bool,
}

/// Why a value was given back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SendError<T> {
    /// The end was said before.
    Ended(T),
    /// A reader has not taken the oldest value that is kept, and [`StreamWriter::try_send`] does not wait for it.
    Full(T),
}

impl<T> StreamWriter<T> {
    pub(super) fn new(shared: Arc<Shared<T>>) -> Self {
        Self { side: Arc::new(Side { shared }) }
    }

    /// Sends a value. Under [`Overflow::Block`] it waits for the slowest reader, and writers that wait come to their turns in their order; otherwise it never waits.
    ///
    /// Dropped before it is ready, it has not sent the value, and its turn is free.
    ///
    /// # Errors
    /// [`SendError::Ended`].
    pub async fn send(&self, value: T) -> Result<Sent, SendError<T>> {
        let shared = &self.side.shared;
        let _turn = match shared.options.overflow {
            Overflow::Block => Some(shared.turn.lock().await),
            _ => None,
        };
        let (mut value, mut has_waited) = (value, false);
        loop {
            // Made before it is tried: it hears of whatever is taken from here on.
            let taken = pin!(shared.taken.notified());
            match shared.offer(value) {
                Err(SendError::Full(back)) => value = back,
                done => return done,
            }
            if !core::mem::replace(&mut has_waited, true) {
                shared.state().waits();
            }
            taken.await;
        }
    }

    /// The same for nodes that are not asynchronous: holds up this thread for as long as it waits. On a thread that runs asynchronous code that would hold up whatever
    /// else runs there, also a reader.
    ///
    /// # Errors
    /// [`SendError::Ended`].
    pub fn send_blocking(&self, value: T) -> Result<Sent, SendError<T>> {
        // Whoever holds up the thread cannot be asked to let others go first.
        pollster::block_on(tokio::task::unconstrained(self.send(value)))
    }

    /// Sends a value if that is possible at once, also before writers that wait.
    ///
    /// # Errors
    /// [`SendError`].
    pub fn try_send(&self, value: T) -> Result<Sent, SendError<T>> {
        self.side.shared.offer(value)
    }

    /// Says that this was all, for every writer of the stream; whether nobody had said before how it ended. Values that are kept are still there for readers.
    pub fn end(&self) -> bool {
        self.side.shared.end(Ending::Whole)
    }

    /// Says that the stream ends because of that error; whether nobody had said before how it ended. Values that are kept are still there for readers.
    pub fn fail(&self, error: impl Into<Box<dyn Error + Send + Sync>>) -> bool {
        self.side.shared.end(Ending::Failed(Failure::new(error.into())))
    }

    /// A handle, to count and to join more readers.
    #[must_use]
    pub fn handle(&self) -> StreamHandle<T> {
        StreamHandle::new(Arc::clone(&self.side.shared))
    }

    /// The stream at this moment.
    #[must_use]
    pub fn counts(&self) -> StreamCounts {
        self.side.shared.state().counts()
    }
}

impl<T> Clone for StreamWriter<T> {
    fn clone(&self) -> Self {
        Self { side: Arc::clone(&self.side) }
    }
}

impl<T> fmt::Debug for StreamWriter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StreamWriter").field(&self.side.shared).finish()
    }
}

impl<T> Drop for Side<T> {
    fn drop(&mut self) {
        self.shared.end(Ending::Abandoned);
    }
}

impl<T> SendError<T> {
    /// The value.
    #[must_use]
    pub fn into_value(self) -> T {
        match self {
            Self::Ended(value) | Self::Full(value) => value,
        }
    }
}

impl<T> fmt::Display for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ended(_) => "the stream has ended: nothing can be sent behind its end",
            Self::Full(_) => "no room until the slowest reader takes a value: wait for it",
        })
    }
}

impl<T: fmt::Debug> Error for SendError<T> {}
