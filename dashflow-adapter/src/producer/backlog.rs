//! What waits to be framed: every message with its number, by thread, and by priority in the order in which they came.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use strictframe::BatchLimits;

use super::account::Item;
use super::config::{Overflow, QueueConfig};
use super::epochs::Epochs;
use super::message_id::MessageId;
use super::priority::Priority;
use super::shared::{Shared, Submission};
use super::threads::{Thread, Threads, Waiting};
use crate::framing::{Record, RecordFault};
use crate::identity::{Identity, ThreadId};
use crate::messages::v1;
use crate::transport::TransportError;

/// What waits.
#[derive(Debug)]
pub(super) struct Backlog {
    shared: Arc<Shared>,
    pub(super) threads: Threads,
    /// The threads in which something waits.
    listed: VecDeque<ThreadId>,
    lanes: [Lane; 3],
    /// Room to encode in.
    scratch: Vec<u8>,
}

/// The messages of one priority.
#[derive(Debug)]
struct Lane {
    /// Thread, epoch and number, in the order in which they came. Some may have gone since.
    order: VecDeque<(ThreadId, u64, u64)>,
    count: usize,
    /// How many may wait before the oldest goes.
    most: usize,
    /// From so many on nothing waits for a batch to be complete.
    half: usize,
}

/// What became of a message that was offered.
#[derive(Debug)]
pub(super) enum Added {
    /// It waits.
    Waits,
    /// It waits in the place of this one.
    Displaced(Item),
    /// It is no message that anybody would take.
    Refused(Item, RecordFault, Box<v1::DashStreamMessage>),
}

impl Backlog {
    pub(super) fn new(
        shared: Arc<Shared>,
        queue: &QueueConfig,
        threads: usize,
        epochs: Epochs,
    ) -> Result<Self, TransportError> {
        let lane = |priority| {
            let lane = queue.lane(priority);
            // Under the other policies no more come than there is room for.
            let is_bounded_here = lane.overflow == Overflow::DropOldest;
            let most = if is_bounded_here { lane.capacity } else { usize::MAX };
            let half = lane.capacity.div_ceil(2);
            Lane { order: VecDeque::new(), count: 0, most, half }
        };
        Ok(Self {
            shared,
            threads: Threads::new(threads, epochs)?,
            listed: VecDeque::new(),
            lanes: Priority::ALL.map(lane),
            scratch: Vec::new(),
        })
    }

    /// Gives a message its number and its place.
    pub(super) fn add(&mut self, submission: Submission, now: Instant) -> Added {
        let Submission { number, thread, dropped_before, priority, time, trace, message } =
            submission;
        let left_out = thread.unnumbered(dropped_before);
        let thread = &thread.id;
        let found = self.threads.meet(thread);
        let (epoch, sequence) = found.number(left_out);
        let id = self.shared.id(number);
        let message_id = id.to_bytes();
        let identity =
            Identity { thread: thread.clone(), epoch, sequence, time, message_id, trace };
        let kind = message.kind();
        let record = match Record::encoded(message, identity, &mut self.scratch) {
            Ok(record) => record,
            Err((fault, message)) => {
                self.shared.leave(priority, 1);
                let sequence = Some((epoch, sequence));
                let item = Item { thread: thread.clone(), id, sequence, kind, priority };
                return Added::Refused(item, fault, message);
            }
        };
        let len = record.encoded_len() + BESIDE_AN_ITEM;
        found.push(Waiting { record, priority, since: now, len }, time);
        if !core::mem::replace(&mut found.is_listed, true) {
            self.listed.push_back(thread.clone());
        }
        let lane = lane(&mut self.lanes, priority);
        lane.order.push_back((thread.clone(), epoch, sequence));
        lane.count += 1;
        if lane.count > lane.most
            && let Some(displaced) = self.displace(priority)
        {
            return Added::Displaced(displaced);
        }
        self.tidy(priority);
        Added::Waits
    }

    /// Takes the oldest message of a priority out.
    fn displace(&mut self, priority: Priority) -> Option<Item> {
        let lane = lane(&mut self.lanes, priority);
        while let Some((thread, epoch, sequence)) = lane.order.pop_front() {
            let found = self.threads.find(&thread);
            if let Some(waiting) = found.and_then(|thread| thread.remove(epoch, sequence)) {
                lane.count = lane.count.saturating_sub(1);
                self.shared.leave(priority, 1);
                return Some(item(&waiting));
            }
        }
        None
    }

    /// Forgets the places of messages that have gone, once they are more than those that wait.
    fn tidy(&mut self, priority: Priority) {
        let lane = lane(&mut self.lanes, priority);
        if lane.order.len() <= 2 * lane.count + 1024 {
            return;
        }
        let threads = &mut self.threads;
        lane.order.retain(|(thread, epoch, sequence)| {
            threads.find(thread).is_some_and(|thread| thread.has(*epoch, *sequence))
        });
    }

    /// The messages of the next frame that is due, of threads that were not asked since `turns` began; all are due when everything has to go.
    pub(super) fn next_batch(
        &mut self,
        turns: &mut usize,
        now: Instant,
        limits: &BatchLimits,
        is_all_due: bool,
    ) -> Option<(ThreadId, Vec<Waiting>)> {
        while *turns > 0 {
            *turns -= 1;
            let id = self.listed.pop_front()?;
            let Some(thread) = self.threads.find(&id) else { continue };
            if thread.waiting.is_empty() {
                thread.is_listed = false;
                continue;
            }
            let is_due = thread.is_due(now, limits) || (is_all_due && !thread.is_busy);
            let batch = if is_due { thread.take_batch(limits) } else { Vec::new() };
            if thread.waiting.is_empty() {
                thread.is_listed = false;
            } else {
                self.listed.push_back(id.clone());
            }
            if !batch.is_empty() {
                return Some((id, batch));
            }
        }
        None
    }

    /// Whether a lane is half full, so that no batch is waited for.
    pub(super) fn is_half_full(&self) -> bool {
        self.lanes.iter().any(|lane| lane.count >= lane.half)
    }

    /// The threads in which something waits.
    pub(super) fn listed(&self) -> usize {
        self.listed.len()
    }

    /// Puts back what was taken, and was too much for one frame: so many at most go into the next one.
    pub(super) fn put_back(&mut self, id: &ThreadId, batch: Vec<Waiting>, most: Option<usize>) {
        let thread = self.threads.meet(id);
        thread.put_back(batch);
        thread.most = most.unwrap_or(thread.most).max(1);
        if !core::mem::replace(&mut thread.is_listed, true) {
            self.listed.push_front(id.clone());
        }
    }

    /// These have left.
    pub(super) fn left(&mut self, batch: &[Waiting]) {
        for priority in Priority::ALL {
            let count = batch.iter().filter(|waiting| waiting.priority == priority).count();
            if count > 0 {
                let lane = lane(&mut self.lanes, priority);
                lane.count = lane.count.saturating_sub(count);
                self.shared.leave(priority, count);
            }
        }
    }

    /// These have come back, and take the room that they had.
    pub(super) fn returned(&mut self, batch: &[Waiting]) {
        for waiting in batch {
            lane(&mut self.lanes, waiting.priority).count += 1;
            self.shared.come_back(waiting.priority);
        }
    }

    /// The thread of that name, if it is remembered.
    pub(super) fn thread(&mut self, id: &ThreadId) -> Option<&mut Thread> {
        self.threads.find(id)
    }

    /// The messages that wait.
    pub(super) fn count(&self) -> usize {
        self.lanes.iter().map(|lane| lane.count).sum()
    }
}

/// A message as it is told of.
pub(super) fn item(waiting: &Waiting) -> Item {
    let record = &waiting.record;
    Item {
        thread: record.thread().clone(),
        id: MessageId::from_bytes(record.message_id().unwrap_or_default()),
        sequence: record.epoch().zip(record.sequence()),
        kind: Some(record.kind()),
        priority: waiting.priority,
    }
}

const fn lane(lanes: &mut [Lane; 3], priority: Priority) -> &mut Lane {
    let [critical, normal, low] = lanes;
    match priority {
        Priority::Critical => critical,
        Priority::Normal => normal,
        Priority::Low => low,
    }
}

/// What an item of a batch has beside its bytes.
const BESIDE_AN_ITEM: usize = 4;
