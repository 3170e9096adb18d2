//! The threads of a producer: which number comes next in each, and what waits to be sent.
//!
//! One allocator gives every number, in the order in which messages were offered, so that no path counts on its own. A bounded number of threads is remembered;
//! one that was forgotten begins anew in an epoch that was never used before, so that no number is given twice.

use core::borrow::Borrow;
use core::time::Duration;
use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use strictframe::BatchLimits;

use super::TARGET;
use super::epochs::Epochs;
use super::priority::Priority;
use crate::framing::Record;
use crate::identity::ThreadId;
use crate::transport::TransportError;

/// All threads. Those that were not used since the others became too many are forgotten.
#[derive(Debug)]
pub(super) struct Threads {
    recent: HashMap<ThreadId, Thread>,
    older: HashMap<ThreadId, Thread>,
    /// How many are recent before the older ones go.
    most: usize,
    epochs: Epochs,
    /// That of threads which are met from now on.
    epoch: u64,
}

/// One thread.
#[derive(Debug)]
pub(super) struct Thread {
    epoch: u64,
    next: u64,
    /// What waits, by ascending sequence number.
    pub(super) waiting: VecDeque<Waiting>,
    bytes: usize,
    /// Whether a frame of it is on its way: later ones wait for it, so that they cannot pass it.
    pub(super) is_busy: bool,
    /// Whether it is in the list of those that have something to send.
    pub(super) is_listed: bool,
    /// The most messages of its next frame, after a longer one was too large.
    pub(super) most: usize,
    /// The mean time between two of its messages, in nanoseconds.
    mean_gap: i64,
    last: Option<i64>,
}

/// A message that waits to be framed.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) record: Record,
    pub(super) priority: Priority,
    pub(super) since: Instant,
    /// In protobuf, and its place in a batch.
    pub(super) len: usize,
}

impl Borrow<Record> for Waiting {
    fn borrow(&self) -> &Record {
        &self.record
    }
}

impl Threads {
    pub(super) fn new(most: usize, mut epochs: Epochs) -> Result<Self, TransportError> {
        let epoch = epochs.next()?;
        let most = most.div_ceil(2);
        Ok(Self { recent: HashMap::new(), older: HashMap::new(), most, epochs, epoch })
    }

    /// That of threads which are met from now on.
    pub(super) const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The thread of that name, met before or not.
    pub(super) fn meet(&mut self, id: &ThreadId) -> &mut Thread {
        if !self.recent.contains_key(id) {
            if self.recent.len() >= self.most {
                self.forget();
            }
            let thread = self.older.remove(id).unwrap_or_else(|| Thread::new(self.epoch));
            self.recent.insert(id.clone(), thread);
        }
        // It was put there.
        self.recent.entry(id.clone()).or_insert_with(|| Thread::new(self.epoch))
    }

    /// The thread of that name, if it is remembered.
    pub(super) fn find(&mut self, id: &ThreadId) -> Option<&mut Thread> {
        match self.recent.get_mut(id) {
            Some(thread) => Some(thread),
            None => self.older.get_mut(id),
        }
    }

    /// Forgets older threads that have nothing left, and makes the recent ones older.
    fn forget(&mut self) {
        if self.older.values().any(Thread::is_idle) {
            // Whoever is forgotten may come back, and must not have its old numbers then.
            match self.epochs.next() {
                Ok(epoch) => self.epoch = epoch,
                Err(error) => {
                    tracing::warn!(target: TARGET, %error, "no thread is forgotten for now");
                    return;
                }
            }
            self.older.retain(|_, thread| !thread.is_idle());
        }
        let kept = core::mem::take(&mut self.older);
        self.older = core::mem::take(&mut self.recent);
        self.recent = kept;
    }
}

impl Thread {
    fn new(epoch: u64) -> Self {
        Self {
            epoch,
            next: 1,
            waiting: VecDeque::new(),
            bytes: 0,
            is_busy: false,
            is_listed: false,
            most: usize::MAX,
            mean_gap: 0,
            last: None,
        }
    }

    fn is_idle(&self) -> bool {
        !self.is_busy && self.waiting.is_empty()
    }

    /// The epoch and the next number, behind as many as have to stay free.
    pub(super) const fn number(&mut self, left_out: u64) -> (u64, u64) {
        let sequence = self.next.saturating_add(left_out);
        self.next = sequence.saturating_add(1);
        (self.epoch, sequence)
    }

    pub(super) fn push(&mut self, waiting: Waiting, time: i64) {
        if let Some(last) = self.last {
            let gap = time.saturating_sub(last).max(0);
            self.mean_gap = self.mean_gap.saturating_mul(7).saturating_add(gap) / 8;
        }
        self.last = Some(time);
        self.bytes += waiting.len;
        self.waiting.push_back(waiting);
    }

    /// Puts back what was taken, in its order.
    pub(super) fn put_back(&mut self, taken: Vec<Waiting>) {
        for waiting in taken.into_iter().rev() {
            self.bytes += waiting.len;
            self.waiting.push_front(waiting);
        }
    }

    /// Takes out the message of that number, if it still waits.
    pub(super) fn remove(&mut self, epoch: u64, sequence: u64) -> Option<Waiting> {
        let index = self.index(epoch, sequence)?;
        let removed = self.waiting.remove(index)?;
        self.bytes = self.bytes.saturating_sub(removed.len);
        Some(removed)
    }

    /// Whether the message of that number still waits.
    pub(super) fn has(&self, epoch: u64, sequence: u64) -> bool {
        self.index(epoch, sequence).is_some()
    }

    fn index(&self, epoch: u64, sequence: u64) -> Option<usize> {
        let number = |waiting: &Waiting| waiting.record.sequence().unwrap_or_default();
        let index = self.waiting.binary_search_by_key(&sequence, number).ok()?;
        (self.epoch == epoch).then_some(index)
    }

    /// Whether its next frame is to go now.
    ///
    /// A batch is waited for only where more is to come in the time for it: in a thread whose messages come further apart, each goes at once.
    pub(super) fn is_due(&self, now: Instant, limits: &BatchLimits) -> bool {
        let Some(first) = self.waiting.front().filter(|_| !self.is_busy) else { return false };
        let age = limits.age();
        let gap = Duration::from_nanos(self.mean_gap.unsigned_abs());
        self.waiting.len() >= self.most(limits)
            || self.bytes >= limits.bytes as usize
            || now.saturating_duration_since(first.since) >= age
            || gap >= age
    }

    fn most(&self, limits: &BatchLimits) -> usize {
        self.most.min(limits.count as usize).max(1)
    }

    /// Takes what goes into the next frame: messages that follow each other, as many as the limits allow and at least one.
    pub(super) fn take_batch(&mut self, limits: &BatchLimits) -> Vec<Waiting> {
        let mut batch: Vec<Waiting> = Vec::new();
        let mut bytes = BESIDE_A_BATCH;
        while let Some(next) = self.waiting.front() {
            let follows = batch.last().is_none_or(|last| next.record.follows(&last.record));
            let is_full = batch.len() >= self.most(limits)
                || (!batch.is_empty() && bytes + next.len > limits.bytes as usize);
            if !follows || is_full {
                break;
            }
            bytes += next.len;
            self.bytes = self.bytes.saturating_sub(next.len);
            batch.extend(self.waiting.pop_front());
        }
        batch
    }
}

/// What a batch has beside its items, in bytes.
const BESIDE_A_BATCH: usize = 4;
