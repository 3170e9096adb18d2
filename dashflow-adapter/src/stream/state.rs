//! What is kept of a stream, and what each of its readers has had of it: everything but the waiting.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::counts::{ReaderCounts, StreamCounts, StreamDrops};
use super::item::{Failure, StreamItem};
use super::meter::Meter;
use super::options::JoinAt;
use super::{Overflow, SendError, Sent};

/// Values, numbered from 1 in the order in which they were offered. A number that is not there where a reader comes to it was dropped.
pub(super) struct State<T> {
    capacity: usize,
    overflow: Overflow,
    kept: VecDeque<Kept<T>>,
    /// The number of the last value that was offered.
    sent: u64,
    end: Option<Ending>,
    readers: BTreeMap<u64, Cursor>,
    joined: u64,
    waits: u64,
    delivered: u64,
    drops: StreamDrops,
    meter: Meter,
}

struct Kept<T> {
    number: u64,
    value: Arc<T>,
    /// Whether some reader took it.
    is_taken: bool,
}

struct Cursor {
    first: u64,
    /// The number of the value that it comes to next.
    next: u64,
    delivered: u64,
}

/// How a stream ended.
pub(super) enum Ending {
    Abandoned,
    Failed(Failure),
    Whole,
}

impl<T> State<T> {
    pub(super) fn new(name: &str, capacity: usize, overflow: Overflow) -> Self {
        Self {
            capacity: capacity.max(1),
            overflow,
            kept: VecDeque::new(),
            sent: 0,
            end: None,
            readers: BTreeMap::new(),
            joined: 0,
            waits: 0,
            delivered: 0,
            drops: StreamDrops::default(),
            meter: Meter::new(name),
        }
    }

    /// Takes a value in, or drops one, or gives this one back. What went is handed over, so that it ends where no lock is held.
    pub(super) fn offer(&mut self, value: T) -> (Result<Sent, SendError<T>>, Option<Arc<T>>) {
        if self.end.is_some() {
            return (Err(SendError::Ended(value)), None);
        }
        let mut gone = None;
        if self.kept.len() >= self.capacity {
            let lagging = self.lagging();
            match self.overflow {
                Overflow::Block if lagging > 0 => return (Err(SendError::Full(value)), None),
                Overflow::DropNewest if lagging > 0 => {
                    self.sent += 1;
                    self.meter.sent.increment(1);
                    self.drops.no_room += 1;
                    self.meter.no_room.increment(1);
                    let sent = Sent { number: self.sent, is_kept: false };
                    return (Ok(sent), Some(Arc::new(value)));
                }
                _ => gone = self.drop_oldest(lagging),
            }
        }
        self.sent += 1;
        self.meter.sent.increment(1);
        self.meter.waiting.increment(self.readers.len() as f64);
        let number = self.sent;
        self.kept.push_back(Kept { number, value: Arc::new(value), is_taken: false });
        (Ok(Sent { number, is_kept: true }), gone)
    }

    /// How many readers have yet to take the oldest value that is kept.
    fn lagging(&self) -> u64 {
        let Some(oldest) = self.kept.front() else { return 0 };
        self.readers.values().filter(|reader| reader.next <= oldest.number).count() as u64
    }

    fn drop_oldest(&mut self, lagging: u64) -> Option<Arc<T>> {
        let oldest = self.kept.pop_front()?;
        self.drops.lagging += lagging;
        self.meter.lagging.increment(lagging);
        self.meter.waiting.decrement(lagging as f64);
        if lagging == 0 && !oldest.is_taken {
            self.drops.unread += 1;
            self.meter.unread.increment(1);
        }
        Some(oldest.value)
    }

    /// A send is held up.
    pub(super) fn waits(&mut self) {
        self.waits += 1;
        self.meter.waits.increment(1);
    }

    /// What a reader comes to next; nothing when it has to wait.
    pub(super) fn take(&mut self, reader: u64) -> Option<StreamItem<T>> {
        let cursor = self.readers.get_mut(&reader)?;
        let index = self.kept.partition_point(|kept| kept.number < cursor.next);
        let found = self.kept.get_mut(index);
        let number = found.as_ref().map_or(self.sent.saturating_add(1), |found| found.number);
        if number > cursor.next {
            let count = number - cursor.next;
            cursor.next = number;
            return Some(StreamItem::Missed { count });
        }
        if let Some(found) = found {
            found.is_taken = true;
            cursor.next = number.saturating_add(1);
            cursor.delivered += 1;
            self.delivered += 1;
            self.meter.delivered.increment(1);
            self.meter.waiting.decrement(1.0);
            return Some(StreamItem::Value(Arc::clone(&found.value)));
        }
        self.end.as_ref().map(|end| match end {
            Ending::Abandoned => StreamItem::Abandoned,
            Ending::Whole => StreamItem::End,
            Ending::Failed(failure) => StreamItem::Failed(failure.clone()),
        })
    }

    /// Ends the stream, unless it has ended; whether it had not.
    pub(super) fn end(&mut self, end: Ending) -> bool {
        let is_first = self.end.is_none();
        self.end.get_or_insert(end);
        is_first
    }

    /// A reader more; its number.
    pub(super) fn join(&mut self, at: JoinAt) -> u64 {
        let now = self.sent.saturating_add(1);
        let first = match at {
            JoinAt::Now => now,
            JoinAt::Kept => self.kept.front().map_or(now, |oldest| oldest.number),
        };
        self.add(Cursor { first, next: first, delivered: 0 })
    }

    /// A reader more, which stands where that one stands; its number.
    pub(super) fn join_beside(&mut self, reader: u64) -> u64 {
        let next = self.readers.get(&reader).map_or(self.sent.saturating_add(1), |it| it.next);
        self.add(Cursor { first: next, next, delivered: 0 })
    }

    fn add(&mut self, cursor: Cursor) -> u64 {
        self.meter.waiting.increment(self.waiting(&cursor) as f64);
        self.joined += 1;
        self.readers.insert(self.joined, cursor);
        self.joined
    }

    pub(super) fn leave(&mut self, reader: u64) {
        if let Some(cursor) = self.readers.remove(&reader) {
            self.meter.waiting.decrement(self.waiting(&cursor) as f64);
        }
    }

    fn waiting(&self, cursor: &Cursor) -> u64 {
        let index = self.kept.partition_point(|kept| kept.number < cursor.next);
        self.kept.len().saturating_sub(index) as u64
    }

    fn reader_counts(&self, (reader, cursor): (&u64, &Cursor)) -> ReaderCounts {
        let Cursor { first, delivered, .. } = *cursor;
        let waiting = self.waiting(cursor);
        // Whatever was offered since it joined, and it neither had nor will have.
        let offered = self.sent.saturating_add(1).saturating_sub(first);
        let dropped = offered.saturating_sub(delivered).saturating_sub(waiting);
        ReaderCounts { reader: *reader, first, delivered, dropped, waiting }
    }

    pub(super) fn counts_of(&self, reader: u64) -> Option<ReaderCounts> {
        self.readers.get_key_value(&reader).map(|found| self.reader_counts(found))
    }

    pub(super) fn counts(&self) -> StreamCounts {
        StreamCounts {
            sent: self.sent,
            kept: self.kept.len(),
            waits: self.waits,
            dropped: self.drops,
            delivered: self.delivered,
            gone: self.joined.saturating_sub(self.readers.len() as u64),
            readers: self.readers.iter().map(|found| self.reader_counts(found)).collect(),
            is_ended: self.end.is_some(),
        }
    }
}
