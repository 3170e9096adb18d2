//! A log in memory: for tests of whatever sits on a transport, and with every fault that a test can think of.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use strictframe::core::checksum;
use tokio::sync::Notify;

use super::announced::Announced;
use super::definition::{Definition, DefinitionId};
use super::error::TransportError;
use super::position::{Position, Start};
use super::receipt::{Outcome, Receipt};
use super::{Delivered, Received, Sink, Source};
use crate::framing::OutFrame;

/// A log of some partitions. Copies are handles to one log.
#[derive(Clone, Debug)]
pub struct MemoryLog {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    inner: Mutex<Inner>,
    changed: Notify,
    announced: Announced,
    longest: usize,
}

#[derive(Default)]
struct Inner {
    partitions: Vec<Partition>,
    definitions: BTreeMap<DefinitionId, Definition>,
    committed: BTreeMap<(String, u32), u64>,
    keep: Option<usize>,
    fate: Option<FateOf>,
    held: Vec<(Position, Outcome<Position>)>,
    flushes: Vec<Outcome<()>>,
}

type FateOf = Box<dyn FnMut(&OutFrame) -> Fate + Send>;

#[derive(Debug, Default)]
struct Partition {
    first: u64,
    values: VecDeque<(Option<Bytes>, Bytes)>,
}

/// What becomes of a frame that is sent.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Fate {
    /// It is there, and its receipt says so.
    Arrive,
    /// It is there, and its receipt comes with [`MemoryLog::release`].
    Hold,
    /// It is there, and its receipt is this error: an acknowledgement that was lost.
    LoseReceipt(TransportError),
    /// It is not there, and its receipt is this error.
    Refuse(TransportError),
}

impl MemoryLog {
    /// An empty log of so many partitions, at least one. A frame goes to the partition that its thread decides.
    #[must_use]
    pub fn new(partitions: u32) -> Self {
        Self::with_longest(partitions, usize::MAX)
    }

    /// The same, which takes frames of at most so many bytes.
    #[must_use]
    pub fn with_longest(partitions: u32, longest: usize) -> Self {
        let partitions = (0..partitions.max(1)).map(|_| Partition::default()).collect();
        let inner = Mutex::new(Inner { partitions, ..Inner::default() });
        let (changed, announced) = (Notify::new(), Announced::default());
        Self { shared: Arc::new(Shared { inner, changed, announced, longest }) }
    }

    /// Keeps only so many values of each partition from now on; older ones go.
    pub fn keep(&self, values: usize) {
        let mut inner = self.inner();
        inner.keep = Some(values);
        inner.trim();
    }

    /// Decides what becomes of each frame that is sent from now on.
    pub fn decide(&self, fate: impl FnMut(&OutFrame) -> Fate + Send + 'static) {
        self.inner().fate = Some(Box::new(fate));
    }

    /// Lets every frame arrive from now on, and gives the receipts that were held.
    pub fn release(&self) {
        let mut inner = self.inner();
        inner.fate = None;
        for (position, outcome) in inner.held.drain(..) {
            let _ = outcome.send(Ok(position));
        }
        for flush in inner.flushes.drain(..) {
            let _ = flush.send(Ok(()));
        }
    }

    /// Puts any bytes there, as a writer that knows nothing of frames would.
    ///
    /// # Errors
    /// [`TransportError`] named `UnknownPartition`.
    pub fn append(
        &self,
        partition: u32,
        key: Option<Bytes>,
        value: Bytes,
    ) -> Result<Position, TransportError> {
        let position = self.inner().append(partition, key, value);
        self.shared.changed.notify_waiters();
        position.ok_or_else(|| TransportError::unknown_partition(partition))
    }

    /// Makes something known without a sink.
    pub fn define(&self, definition: Definition) {
        self.inner().definitions.insert(definition.id(), definition);
    }

    /// The values of a partition that are kept; none of one that is not there.
    #[must_use]
    pub fn values(&self, partition: u32) -> Vec<Bytes> {
        let inner = self.inner();
        let found = inner.partitions.get(partition as usize);
        found.map_or_else(Vec::new, |found| {
            found.values.iter().map(|(_, value)| value.clone()).collect()
        })
    }

    /// A sink into this log.
    #[must_use]
    pub fn sink(&self) -> MemorySink {
        MemorySink { shared: Arc::clone(&self.shared) }
    }

    /// A source of all partitions of this log, of a group if it is given one.
    ///
    /// # Errors
    /// [`TransportError`] named `PositionGone`, `PositionAhead` or `UnknownPartition` for a start that is not there.
    pub fn source(
        &self,
        start: &Start,
        group: Option<&str>,
    ) -> Result<MemorySource, TransportError> {
        let inner = self.inner();
        start.check_partitions(inner.partitions.len())?;
        let mut cursors = Vec::new();
        for (partition, kept) in (0..).zip(&inner.partitions) {
            let key = group.map(|group| (group.to_owned(), partition));
            let committed = key.and_then(|key| inner.committed.get(&key)).copied();
            let offset = start.offset(partition, committed, (kept.first, kept.end()))?;
            cursors.push(Cursor { offset, is_paused: false, is_told: false });
        }
        drop(inner);
        let (group, log) = (group.map(str::to_owned), self.clone());
        Ok(MemorySource { log, group, cursors, turn: 0, is_assigned: false })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.shared.inner()
    }
}

impl Shared {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn append(&mut self, partition: u32, key: Option<Bytes>, value: Bytes) -> Option<Position> {
        let found = self.partitions.get_mut(partition as usize)?;
        let offset = found.end();
        found.values.push_back((key, value));
        self.trim();
        Some(Position { partition, offset })
    }

    fn trim(&mut self) {
        let Some(keep) = self.keep else { return };
        for partition in &mut self.partitions {
            while partition.values.len() > keep {
                partition.values.pop_front();
                partition.first += 1;
            }
        }
    }

    fn partition_of(&self, frame: &OutFrame) -> u32 {
        let count = u32::try_from(self.partitions.len()).unwrap_or(u32::MAX).max(1);
        let thread = frame.thread().map_or("", |thread| thread.as_str());
        checksum::crc32c(thread.as_bytes()) % count
    }
}

impl Partition {
    fn end(&self) -> u64 {
        self.first + self.values.len() as u64
    }
}

impl core::fmt::Debug for Inner {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Inner").field("partitions", &self.partitions.len()).finish_non_exhaustive()
    }
}

/// The sink of a [`MemoryLog`].
#[derive(Clone, Debug)]
pub struct MemorySink {
    shared: Arc<Shared>,
}

impl Sink for MemorySink {
    fn send(&self, frame: OutFrame) -> Receipt<Position> {
        if let Err(error) = self.shared.announced.check(&frame, self.shared.longest) {
            return Receipt::known(Err(error));
        }
        let mut inner = self.shared.inner();
        let fate = inner.fate.as_mut().map_or(Fate::Arrive, |fate| fate(&frame));
        if let Fate::Refuse(error) = fate {
            return Receipt::known(Err(error));
        }
        let key = frame.thread().map(|thread| Bytes::copy_from_slice(thread.as_str().as_bytes()));
        let partition = inner.partition_of(&frame);
        let Some(position) = inner.append(partition, key, frame.bytes().clone()) else {
            return Receipt::known(Err(TransportError::unknown_partition(partition)));
        };
        self.shared.changed.notify_waiters();
        match fate {
            Fate::LoseReceipt(error) => Receipt::known(Err(error)),
            Fate::Hold => {
                let (outcome, receipt) = Receipt::pending();
                inner.held.push((position, outcome));
                receipt
            }
            _ => Receipt::known(Ok(position)),
        }
    }

    fn announce(&self, definition: Definition) -> Receipt<()> {
        self.shared.announced.add(definition.id());
        self.shared.inner().definitions.insert(definition.id(), definition);
        Receipt::known(Ok(()))
    }

    fn flush(&self) -> Receipt<()> {
        let mut inner = self.shared.inner();
        if inner.held.is_empty() {
            return Receipt::known(Ok(()));
        }
        let (outcome, receipt) = Receipt::pending();
        inner.flushes.push(outcome);
        receipt
    }

    fn longest(&self) -> usize {
        self.shared.longest
    }
}

/// A source of a [`MemoryLog`]: all of its partitions, by turns.
#[derive(Debug)]
pub struct MemorySource {
    log: MemoryLog,
    group: Option<String>,
    cursors: Vec<Cursor>,
    turn: usize,
    is_assigned: bool,
}

#[derive(Debug)]
struct Cursor {
    offset: u64,
    is_paused: bool,
    /// Whether it was told that everything has been given.
    is_told: bool,
}

impl MemorySource {
    fn next(&mut self) -> Option<Received> {
        if !self.is_assigned {
            self.is_assigned = true;
            return Some(Received::Assigned((0..).take(self.cursors.len()).collect()));
        }
        let inner = self.log.inner();
        let count = self.cursors.len();
        for step in 0..count {
            let index = (self.turn + step) % count;
            let cursor = self.cursors.get_mut(index).filter(|cursor| !cursor.is_paused);
            let (Some(cursor), Some(kept)) = (cursor, inner.partitions.get(index)) else {
                continue;
            };
            let partition = u32::try_from(index).unwrap_or(u32::MAX);
            if let Some(received) = cursor.step(partition, kept) {
                self.turn = index + 1;
                return Some(received);
            }
        }
        None
    }

    fn cursor(&mut self, partition: u32) -> Result<&mut Cursor, TransportError> {
        let found = self.cursors.get_mut(partition as usize);
        found.ok_or_else(|| TransportError::unknown_partition(partition))
    }
}

impl Cursor {
    fn step(&mut self, partition: u32, kept: &Partition) -> Option<Received> {
        let from = Position { partition, offset: self.offset };
        let Some(index) = self.offset.checked_sub(kept.first) else {
            self.offset = kept.first;
            let error = TransportError::position_gone(from.offset, kept.first);
            return Some(Received::Lost { from, to: Some(kept.first), error });
        };
        let value = usize::try_from(index).ok().and_then(|index| kept.values.get(index));
        if let Some((key, value)) = value {
            self.offset += 1;
            self.is_told = false;
            let (key, value) = (key.clone(), value.clone());
            let delivered = Delivered { position: from, key, value, written: None };
            return Some(Received::Delivered(delivered));
        }
        (!core::mem::replace(&mut self.is_told, true)).then_some(Received::CaughtUp { partition })
    }
}

impl Source for MemorySource {
    async fn receive(&mut self) -> Result<Received, TransportError> {
        let shared = Arc::clone(&self.log.shared);
        loop {
            // Asked to be told before it is looked: nothing that comes between is missed.
            let changed = shared.changed.notified();
            let mut changed = core::pin::pin!(changed);
            changed.as_mut().enable();
            if let Some(received) = self.next() {
                return Ok(received);
            }
            changed.await;
        }
    }

    fn pause(&mut self, partition: u32) -> Result<(), TransportError> {
        self.cursor(partition)?.is_paused = true;
        Ok(())
    }

    fn resume(&mut self, partition: u32) -> Result<(), TransportError> {
        self.cursor(partition)?.is_paused = false;
        Ok(())
    }

    async fn seek(&mut self, position: Position) -> Result<(), TransportError> {
        self.cursor(position.partition)?;
        let kept = self
            .log
            .inner()
            .partitions
            .get(position.partition as usize)
            .map_or((0, 0), |partition| (partition.first, partition.end()));
        let offset = Start::At(vec![position]).offset(position.partition, None, kept)?;
        let cursor = self.cursor(position.partition)?;
        (cursor.offset, cursor.is_told) = (offset, false);
        Ok(())
    }

    async fn commit(&mut self, next: Position) -> Result<(), TransportError> {
        self.cursor(next.partition)?;
        let group = self.group.clone().ok_or_else(TransportError::no_group)?;
        self.log.inner().committed.insert((group, next.partition), next.offset);
        Ok(())
    }

    async fn definitions(&mut self) -> Result<Vec<Definition>, TransportError> {
        Ok(self.log.inner().definitions.values().cloned().collect())
    }
}
