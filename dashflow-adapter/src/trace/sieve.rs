//! A source that gives what may be of the threads in question, and counts the rest.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use strictframe::Limits;

use crate::framing::peek;
use crate::messages::MessageKind;
use crate::transport::{Definition, Delivered, Position, Received, Source, TransportError};

/// What was read of each partition, also where nothing of it was given.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen(Arc<Mutex<BTreeMap<u32, Share>>>);

/// What was read of one partition.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Share {
    pub(super) values: u64,
    pub(super) bytes: u64,
    /// The offset behind the last value.
    pub(super) next: Option<u64>,
}

impl Seen {
    pub(super) fn shares(&self) -> MutexGuard<'_, BTreeMap<u32, Share>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn values(&self) -> u64 {
        self.shares().values().map(|share| share.values).sum()
    }

    fn count(&self, Delivered { position, value, .. }: &Delivered) {
        let mut shares = self.shares();
        let share = shares.entry(position.partition).or_default();
        share.values += 1;
        share.bytes += value.len() as u64;
        share.next = Some(position.next().offset);
    }
}

/// Passes over the frames that say they hold nothing of these threads, without decompressing them.
#[derive(Debug)]
pub(super) struct Sieve<S> {
    source: S,
    /// All there are when there are none.
    threads: HashSet<Box<str>>,
    seen: Seen,
    passed: u32,
}

impl<S: Source> Sieve<S> {
    pub(super) fn new(source: S, threads: HashSet<Box<str>>, seen: Seen) -> Self {
        Self { source, threads, seen, passed: 0 }
    }

    fn is_of_others(&self, value: &[u8]) -> bool {
        if self.threads.is_empty() {
            return false;
        }
        let Ok(head) = peek(value, &Limits::MAXIMUM) else { return false };
        let (Some(thread), Some(kinds)) = (head.thread, head.kinds) else { return false };
        // The events of an EventBatch may be of other threads than the frame is.
        !self.threads.contains(thread) && !kinds.contains(MessageKind::EVENT_BATCH)
    }
}

impl<S: Source> Source for Sieve<S> {
    async fn receive(&mut self) -> Result<Received, TransportError> {
        loop {
            let received = self.source.receive().await?;
            let Received::Delivered(delivered) = &received else { return Ok(received) };
            self.seen.count(delivered);
            if !self.is_of_others(&delivered.value) {
                return Ok(received);
            }
            self.passed = self.passed.wrapping_add(1);
            if self.passed.is_multiple_of(IN_A_ROW) {
                // A source that always has more leaves the deadline its say, and others their turn. Nothing that is to be given is in hand here.
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

/// Values that are passed over before others have their turn.
const IN_A_ROW: u32 = 64;
