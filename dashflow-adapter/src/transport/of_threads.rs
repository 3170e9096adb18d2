//! A source of some threads alone.

use std::collections::BTreeSet;

use strictframe::Limits;

use super::{Definition, Delivered, Position, Received, Source, TransportError};
use crate::framing::peek;

/// Passes over the frames that say they are of another thread than these, without decompressing them.
///
/// A value that does not say its thread, or whose checksums do not match, is given: what it is, is for the reader to say. Since numbers count in each thread, no
/// gap comes of it.
#[derive(Debug)]
pub struct OfThreads<S> {
    source: S,
    threads: BTreeSet<String>,
}

impl<S: Source> OfThreads<S> {
    /// What that source has of these threads; everything when there are none.
    pub fn new(source: S, threads: impl IntoIterator<Item = String>) -> Self {
        Self { source, threads: threads.into_iter().collect() }
    }

    fn is_of_another(&self, received: &Received) -> bool {
        let Received::Delivered(Delivered { value, .. }) = received else { return false };
        if self.threads.is_empty() {
            return false;
        }
        let head = peek(value, &Limits::MAXIMUM).ok();
        let thread = head.and_then(|head| head.thread);
        thread.is_some_and(|thread| !self.threads.contains(thread))
    }
}

impl<S: Source> Source for OfThreads<S> {
    async fn receive(&mut self) -> Result<Received, TransportError> {
        loop {
            let received = self.source.receive().await?;
            if !self.is_of_another(&received) {
                return Ok(received);
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
