//! A source of some threads alone.

use core::fmt;
use std::collections::HashSet;

use strictframe::Limits;

use super::{Definition, Delivered, Position, Received, Source, TransportError};
use crate::framing::peek;
use crate::messages::MessageKind;

/// Passes over the frames that say they hold nothing of these threads, without decompressing them.
///
/// A value that does not say its thread and kinds, that holds an `EventBatch`, whose events may be of other threads than the frame, or whose checksums do not
/// match, is given: what it is, is for the reader to say. Since numbers count in each thread, no gap comes of it.
pub struct OfThreads<S> {
    source: S,
    threads: HashSet<Box<str>>,
    told: Option<Told>,
    passed: u32,
}

impl<S: Source> OfThreads<S> {
    /// What that source has of these threads; everything when there are none.
    pub fn new(source: S, threads: impl IntoIterator<Item = impl Into<Box<str>>>) -> Self {
        let threads = threads.into_iter().map(Into::into).collect();
        Self { source, threads, told: None, passed: 0 }
    }

    /// The same, which tells of every value, also of those that are passed over.
    pub(crate) fn telling(self, told: impl FnMut(&Delivered) + Send + 'static) -> Self {
        Self { told: Some(Box::new(told)), ..self }
    }

    fn is_of_others(&self, value: &[u8]) -> bool {
        if self.threads.is_empty() {
            return false;
        }
        let Ok(head) = peek(value, &Limits::MAXIMUM) else { return false };
        let (Some(thread), Some(kinds)) = (head.thread, head.kinds) else { return false };
        !self.threads.contains(thread) && !kinds.contains(MessageKind::EVENT_BATCH)
    }
}

impl<S: Source> Source for OfThreads<S> {
    async fn receive(&mut self) -> Result<Received, TransportError> {
        loop {
            let received = self.source.receive().await?;
            let Received::Delivered(delivered) = &received else { return Ok(received) };
            if let Some(told) = &mut self.told {
                told(delivered);
            }
            if !self.is_of_others(&delivered.value) {
                return Ok(received);
            }
            self.passed = self.passed.wrapping_add(1);
            if self.passed.is_multiple_of(IN_A_ROW) {
                // A source that always has more leaves others their turn. Nothing that is to be given is in hand here.
                tokio::task::yield_now().await;
            }
        }
    }

    fn pause(&mut self, partition: u32) -> Result<(), TransportError> {
        self.source.pause(partition)
    }

    fn resume(&mut self, partition: u32) -> Result<(), TransportError> {
        self.source.resume(partition)
    }

    async fn seek(&mut self, position: Position) -> Result<(), TransportError> {
        self.source.seek(position).await
    }

    async fn commit(&mut self, next: Position) -> Result<(), TransportError> {
        self.source.commit(next).await
    }

    async fn definitions(&mut self) -> Result<Vec<Definition>, TransportError> {
        self.source.definitions().await
    }
}

impl<S: fmt::Debug> fmt::Debug for OfThreads<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("OfThreads");
        debug.field("source", &self.source).field("threads", &self.threads).finish_non_exhaustive()
    }
}

type Told = Box<dyn FnMut(&Delivered) + Send>;

/// Values that are passed over before others have their turn.
const IN_A_ROW: u32 = 64;
