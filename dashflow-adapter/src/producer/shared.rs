//! What senders and the worker share: lanes with room for so many messages, and numbers that say in which order they came.
//!
//! A sender takes no lock that another can hold, waits for nobody, calls no system and allocates nothing. That the ring of a lane never is what it waits for
//! follows from `occupied`, which a sender raises before it looks for a place and the worker lowers after it has given one back: with one place more than may be
//! occupied, there is always one that nobody is about to leave.

use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::Arc;

use crossbeam_queue::ArrayQueue;
use crossbeam_utils::CachePadded;
use tokio::sync::Notify;

use super::config::{LaneConfig, Overflow, QueueConfig};
use super::message_id::{MessageId, MessageIds};
use super::priority::Priority;
use crate::identity::{ThreadId, TraceContext, now};
use crate::messages::{MessageKind, v1};

/// What senders and the worker share.
#[derive(Debug)]
pub(super) struct Shared {
    /// The number of messages that were offered, each of which has its own; above `CLOSED` none are taken any more.
    offered: CachePadded<AtomicU64>,
    lanes: [Lane; 3],
    ids: MessageIds,
    /// What senders dropped, for the worker to tell; and how many found no room even here.
    dropped: ArrayQueue<DroppedBySender>,
    untold: AtomicU64,
    /// Those who wait for room under `block`.
    pub(super) room: Notify,
    waiting: AtomicUsize,
}

/// The messages of one priority that the worker has not looked at yet.
#[derive(Debug)]
pub(super) struct Lane {
    ring: ArrayQueue<Submission>,
    /// What is in the ring; unless the oldest go, also what the worker holds.
    occupied: CachePadded<AtomicUsize>,
    /// What senders have dropped.
    dropped: AtomicU64,
    config: LaneConfig,
}

/// A thread as its senders know it.
#[derive(Debug)]
pub(super) struct ThreadState {
    pub(super) id: ThreadId,
    /// The messages that its senders have dropped; each has its place in the sequence.
    dropped: AtomicU64,
    /// How many of them have their numbers. The worker's alone.
    pub(super) numbered: AtomicU64,
}

/// A message as it was offered.
#[derive(Debug)]
pub(super) struct Submission {
    /// Its place among all messages.
    pub(super) number: u64,
    pub(super) thread: Arc<ThreadState>,
    /// How many of its thread had been dropped before it.
    pub(super) dropped_before: u64,
    pub(super) priority: Priority,
    pub(super) time: i64,
    pub(super) trace: Option<TraceContext>,
    pub(super) message: v1::DashStreamMessage,
}

/// A message that found no room.
#[derive(Debug)]
pub(super) struct DroppedBySender {
    pub(super) thread: ThreadId,
    pub(super) id: MessageId,
    pub(super) priority: Priority,
    pub(super) kind: Option<MessageKind>,
}

/// Why a message was not taken.
#[derive(Debug)]
pub(super) enum NotTaken {
    Closed(v1::DashStreamMessage),
    Dropped(MessageId),
    Full(v1::DashStreamMessage),
}

impl Shared {
    pub(super) fn new(queue: &QueueConfig, ids: MessageIds) -> Self {
        Self {
            offered: CachePadded::new(AtomicU64::new(0)),
            lanes: Priority::ALL.map(|priority| Lane::new(queue.lane(priority))),
            ids,
            dropped: ArrayQueue::new(TOLD),
            untold: AtomicU64::new(0),
            room: Notify::new(),
            waiting: AtomicUsize::new(0),
        }
    }

    /// Puts a message where the worker finds it, or says why not.
    #[allow(clippy::result_large_err, reason = "a box would be an allocation")]
    pub(super) fn offer(
        &self,
        thread: &Arc<ThreadState>,
        priority: Priority,
        trace: Option<TraceContext>,
        message: v1::DashStreamMessage,
    ) -> Result<MessageId, NotTaken> {
        let lane = self.lane(priority);
        let is_taken = lane.occupied.fetch_add(1, Ordering::SeqCst) < lane.config.capacity;
        if !is_taken && lane.config.overflow == Overflow::Block {
            lane.occupied.fetch_sub(1, Ordering::SeqCst);
            return Err(if self.is_closed() {
                NotTaken::Closed(message)
            } else {
                NotTaken::Full(message)
            });
        }
        let number = self.offered.fetch_add(1, Ordering::AcqRel);
        if number >= CLOSED {
            lane.occupied.fetch_sub(1, Ordering::SeqCst);
            return Err(NotTaken::Closed(message));
        }
        if !is_taken {
            lane.occupied.fetch_sub(1, Ordering::SeqCst);
            return Err(self.drop_newest(thread, priority, number, message.kind()));
        }
        let submission = Submission {
            number,
            thread: Arc::clone(thread),
            dropped_before: thread.dropped.load(Ordering::Acquire),
            priority,
            time: now(),
            trace,
            message,
        };
        match lane.ring.push(submission) {
            Ok(()) => Ok(self.ids.id(number)),
            // There is a place for whatever may occupy one; were there none, it would be lost like any other.
            Err(submission) => {
                lane.occupied.fetch_sub(1, Ordering::SeqCst);
                Err(self.drop_newest(thread, priority, number, submission.message.kind()))
            }
        }
    }

    /// Counts a message for which there is no room. The number that it would have had in its thread stays free.
    fn drop_newest(
        &self,
        thread: &ThreadState,
        priority: Priority,
        number: u64,
        kind: Option<MessageKind>,
    ) -> NotTaken {
        let id = self.ids.id(number);
        thread.dropped.fetch_add(1, Ordering::AcqRel);
        let dropped = DroppedBySender { thread: thread.id.clone(), id, priority, kind };
        if self.dropped.push(dropped).is_err() {
            self.untold.fetch_add(1, Ordering::AcqRel);
        }
        self.lane(priority).dropped.fetch_add(1, Ordering::AcqRel);
        NotTaken::Dropped(id)
    }

    const fn lane(&self, priority: Priority) -> &Lane {
        let [critical, normal, low] = &self.lanes;
        match priority {
            Priority::Critical => critical,
            Priority::Normal => normal,
            Priority::Low => low,
        }
    }

    /// Whether there is room for a message of that priority; for those who wait for it.
    pub(super) fn has_room(&self, priority: Priority) -> bool {
        let lane = self.lane(priority);
        lane.occupied.load(Ordering::Acquire) < lane.config.capacity
    }

    /// One more, or one less, waits for room.
    pub(super) fn waits(&self) -> Waits<'_> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        Waits(self)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.offered.load(Ordering::Acquire) >= CLOSED
    }
}

/// What the worker does.
impl Shared {
    /// The messages that were offered until now, those not counted that came behind the close.
    pub(super) fn offered(&self, closed_at: Option<u64>) -> u64 {
        closed_at.unwrap_or_else(|| self.offered.load(Ordering::Acquire) & !CLOSED)
    }

    /// Takes no more messages from now on, and gives the number of those that were offered before.
    pub(super) fn close(&self) -> u64 {
        let offered = self.offered.fetch_or(CLOSED, Ordering::AcqRel) & !CLOSED;
        self.room.notify_waiters();
        offered
    }

    pub(super) fn id(&self, number: u64) -> MessageId {
        self.ids.id(number)
    }

    /// The next message of a lane.
    pub(super) fn take(&self, priority: Priority) -> Option<Submission> {
        let lane = self.lane(priority);
        let taken = lane.ring.pop()?;
        if lane.config.overflow == Overflow::DropOldest {
            lane.occupied.fetch_sub(1, Ordering::SeqCst);
        }
        Some(taken)
    }

    /// So many messages of a lane are not held by the worker any more.
    pub(super) fn leave(&self, priority: Priority, count: usize) {
        let lane = self.lane(priority);
        if lane.config.overflow != Overflow::DropOldest {
            lane.occupied.fetch_sub(count, Ordering::SeqCst);
        }
        if self.waiting.load(Ordering::SeqCst) > 0 {
            self.room.notify_waiters();
        }
    }

    /// A message is held by the worker again.
    pub(super) fn come_back(&self, priority: Priority) {
        let lane = self.lane(priority);
        if lane.config.overflow != Overflow::DropOldest {
            lane.occupied.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// What senders have dropped in a lane.
    pub(super) fn dropped(&self, priority: Priority) -> u64 {
        self.lane(priority).dropped.load(Ordering::Acquire)
    }

    /// The next message that a sender has dropped.
    pub(super) fn next_dropped(&self) -> Option<DroppedBySender> {
        self.dropped.pop()
    }

    /// How many of which nothing more is known, since it was asked last.
    pub(super) fn take_untold(&self) -> u64 {
        match self.untold.load(Ordering::Relaxed) {
            0 => 0,
            _ => self.untold.swap(0, Ordering::AcqRel),
        }
    }
}

impl Lane {
    fn new(config: LaneConfig) -> Self {
        Self {
            ring: ArrayQueue::new(config.capacity.saturating_add(1)),
            occupied: CachePadded::new(AtomicUsize::new(0)),
            dropped: AtomicU64::new(0),
            config,
        }
    }
}

impl ThreadState {
    pub(super) const fn new(id: ThreadId) -> Self {
        Self { id, dropped: AtomicU64::new(0), numbered: AtomicU64::new(0) }
    }

    /// The messages that senders have dropped and that have no number yet, of those before a message.
    pub(super) fn unnumbered(&self, dropped_before: u64) -> u64 {
        let numbered = self.numbered.fetch_max(dropped_before, Ordering::AcqRel);
        dropped_before.saturating_sub(numbered)
    }
}

/// Somebody waits for room.
pub(super) struct Waits<'a>(&'a Shared);

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Numbers from here on are of messages that came too late.
const CLOSED: u64 = 1 << 63;
/// The messages dropped by senders that can wait to be told of.
const TOLD: usize = 1024;
