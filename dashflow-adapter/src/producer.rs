//! Sends messages so that nothing is lost silently: one bounded queue, one thread that frames and sends, dead letters, a spool, and an account of every message.
//!
//! [`ThreadSender::send`] takes no lock that another thread can hold, waits for nobody, calls no system and allocates nothing; numbers, frames and everything that
//! can fail are the worker's. [`Producer::close`] gives an account in which every message is counted once.
//!
//! ```
//! use core::time::Duration;
//! use strictframe_dashflow::producer::Producer;
//! use strictframe_dashflow::transport::memory::MemoryLog;
//! use strictframe_dashflow::{ThreadId, v1};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let log = MemoryLog::new(1);
//! let producer = Producer::builder(log.sink()).start()?;
//! let run = producer.thread(ThreadId::new("run-7")?);
//! run.send(v1::Event { node_id: "plan".to_owned(), ..v1::Event::default() })?;
//!
//! let report = producer.close(Duration::from_secs(5)).wait()?;
//! assert_eq!((report.sent, report.delivered, report.lost()), (1, 1, 0));
//! assert_eq!(log.values(0).len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # What becomes of a message
//! | what happens | what becomes of it |
//! |---|---|
//! | there is no room for it in its priority's part of the queue | it waits, is dropped, or takes the place of the oldest: [`Overflow`] |
//! | it is no message, or will never be taken (`UnknownTopic`, `NotAllowed`, `FrameTooLarge` on its own) | to the dead letters, at once |
//! | its frame of many is too long for the sink | cut in two, as often as needed |
//! | an error that may pass | tried again, until its time is over |
//! | its time is over, the sink has ended, or takes nothing while the queue runs full | to the spool; whatever comes behind it goes there too, and out again in its order |
//! | the dead letters cannot be reached | to the spool, and from there to the dead letters |
//! | there is no spool, or no room in it | lost, and said to be |
//!
//! A number that is not used is seen by consumers as a gap: lost messages have theirs.

mod account;
mod backlog;
mod builder;
mod config;
mod config_json;
mod epochs;
mod events;
mod flushing;
mod keeper;
mod letters;
mod message_id;
mod meter;
mod policy_file;
mod priority;
mod replay;
mod report;
mod sending;
mod shared;
mod spool;
mod threads;
mod worker;

use core::fmt;
use core::time::Duration;
use std::collections::HashMap;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::Instant;

use tokio::sync::broadcast;

pub use self::builder::{Builder, StartError};
pub use self::config::{
    LaneConfig, Overflow, ProducerConfig, QueueConfig, RetryConfig, SpoolConfig,
};
pub use self::events::{Affected, ProducerEvent, Reason, Subscription};
pub use self::message_id::MessageId;
pub use self::priority::Priority;
pub use self::replay::{ReplayError, ReplayReport, replay};
pub use self::report::CloseReport;
use self::shared::{NotTaken, Shared, ThreadState};
use self::worker::Control;
use crate::identity::{ThreadId, TraceContext};
use crate::messages::v1;
use crate::transport::{Outcome, Receipt, Sink};

/// A handle to a producer. Copies are handles to the same one.
///
/// When the last one goes, its senders included, without a close before, what is left goes to the spool.
#[derive(Clone, Debug)]
pub struct Producer {
    handle: Arc<Handle>,
}

/// What all handles share. Its end is the producer's.
struct Handle {
    shared: Arc<Shared>,
    controls: Sender<Control>,
    worker: Mutex<Option<JoinHandle<()>>>,
    threads: Mutex<HashMap<ThreadId, Weak<ThreadState>>>,
    events: broadcast::Sender<ProducerEvent>,
    trace: Option<TraceHook>,
    drop_wait: Duration,
}

type TraceHook = Box<dyn Fn() -> Option<TraceContext> + Send + Sync>;

impl Producer {
    /// Begins a producer whose frames go to this sink.
    pub fn builder<S: Sink + 'static>(sink: S) -> Builder<S> {
        Builder::new(sink)
    }

    /// A sender of messages of that thread. It takes a lock, so that an agent gets it once for each of its threads.
    #[must_use]
    pub fn thread(&self, id: ThreadId) -> ThreadSender {
        let mut threads = self.handle.threads.lock().unwrap_or_else(PoisonError::into_inner);
        let known = threads.get(&id).and_then(Weak::upgrade);
        let thread = known.unwrap_or_else(|| {
            if threads.len() >= 1024 && threads.len().is_power_of_two() {
                threads.retain(|_, thread| thread.strong_count() > 0);
            }
            let thread = Arc::new(ThreadState::new(id.clone()));
            threads.insert(id, Arc::downgrade(&thread));
            thread
        });
        ThreadSender { handle: Arc::clone(&self.handle), thread }
    }

    /// Every event from now on. At most 1,024 are kept for a subscription that does not take them; then it is told how many it missed.
    #[must_use]
    pub fn subscribe(&self) -> Subscription {
        Subscription(self.handle.events.subscribe())
    }

    /// Waits until everything that was offered before has gone out, to the sink or to the dead letters, and also what earlier runs left on the disk; so long at
    /// most. The receipt says whether it has: `false` when the time is over, the sink has ended, or the producer is closed.
    ///
    /// Whoever closes soon after starting, and has a spool, waits for this first: behind a close nothing leaves the spool.
    pub fn flush(&self, within: Duration) -> Receipt<bool> {
        self.handle.ask(within, Control::Flush)
    }

    /// Takes no more messages, and waits for the queue, for retries and for dead letters; so long at most, then everything that is left goes to the spool.
    ///
    /// The receipt gives the account of every message, and later ones an error named `Closed`. It comes within `within` and the time that it takes to write to the disk what is left.
    pub fn close(&self, within: Duration) -> Receipt<CloseReport> {
        self.handle.close(within)
    }
}

impl Handle {
    fn close(&self, within: Duration) -> Receipt<CloseReport> {
        self.ask(within, Control::Close)
    }

    /// Asks the worker for something that it knows within that time.
    fn ask<T>(
        &self,
        within: Duration,
        control: impl FnOnce(Instant, Outcome<T>) -> Control,
    ) -> Receipt<T> {
        let now = Instant::now();
        let deadline = now.checked_add(within).unwrap_or_else(|| now + FOR_EVER);
        let (outcome, receipt) = Receipt::pending();
        // A worker that has ended closes its end of the receipt.
        let _ = self.controls.send(control(deadline, outcome));
        let worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(worker) = worker.as_ref() {
            worker.thread().unpark();
        }
        receipt
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        drop(self.close(self.drop_wait));
        let worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(worker) = worker {
            // One that panicked has said so itself.
            let _ = worker.join();
        }
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle")
            .field("is_closed", &self.shared.is_closed())
            .finish_non_exhaustive()
    }
}

/// Sends messages of one thread. Copies share it, and so do all senders of a thread: its numbers have no gap but where a message is lost.
#[derive(Clone, Debug)]
pub struct ThreadSender {
    handle: Arc<Handle>,
    thread: Arc<ThreadState>,
}

impl ThreadSender {
    /// Hands over a message and never waits. Its priority is what its kind says ([`Priority::of`]).
    ///
    /// It takes no lock that another thread can hold, calls no system and allocates nothing; the clock is read where the system lets everybody read it. What the
    /// hook for trace contexts does comes on top, if there is one.
    ///
    /// # Errors
    /// [`SendError`]: with the message in it unless the message was dropped.
    pub fn send(&self, message: impl Into<v1::DashStreamMessage>) -> Result<MessageId, SendError> {
        let message = message.into();
        let priority = Priority::of(&message);
        self.send_as(priority, message)
    }

    /// The same with another priority.
    ///
    /// # Errors
    /// As [`ThreadSender::send`].
    pub fn send_as(
        &self,
        priority: Priority,
        message: impl Into<v1::DashStreamMessage>,
    ) -> Result<MessageId, SendError> {
        let offered =
            self.handle.shared.offer(&self.thread, priority, self.trace(), message.into());
        offered.map_err(SendError::from)
    }

    /// Hands over a message, and waits for room where [`Overflow::Block`] says so.
    ///
    /// # Errors
    /// [`SendError`], but never [`SendError::Full`].
    pub async fn send_async(
        &self,
        message: impl Into<v1::DashStreamMessage>,
    ) -> Result<MessageId, SendError> {
        let (shared, trace) = (&self.handle.shared, self.trace());
        let mut message = message.into();
        let priority = Priority::of(&message);
        loop {
            match shared.offer(&self.thread, priority, trace, message) {
                Err(NotTaken::Full(back)) => message = back,
                taken => return taken.map_err(SendError::from),
            }
            let _waits = shared.waits();
            let room = shared.room.notified();
            let mut room = core::pin::pin!(room);
            // Asked to be told before it is looked: no room that comes between is missed.
            room.as_mut().enable();
            if !shared.has_room(priority) && !shared.is_closed() {
                room.await;
            }
        }
    }

    /// The thread.
    #[must_use]
    pub fn id(&self) -> &ThreadId {
        &self.thread.id
    }

    fn trace(&self) -> Option<TraceContext> {
        self.handle.trace.as_ref().and_then(|trace| trace())
    }
}

/// Why a message was not taken. One that was dropped is counted and told of; the others are counted nowhere, since whoever sent them has them back.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SendError {
    /// The producer is closed.
    Closed(Box<v1::DashStreamMessage>),
    /// There was no room, and the policy for its priority is to drop it.
    Dropped(MessageId),
    /// There was no room, and the policy for its priority is to wait: send it later, or with [`ThreadSender::send_async`].
    Full(Box<v1::DashStreamMessage>),
}

impl From<NotTaken> for SendError {
    fn from(not_taken: NotTaken) -> Self {
        match not_taken {
            NotTaken::Closed(message) => Self::Closed(Box::new(message)),
            NotTaken::Dropped(id) => Self::Dropped(id),
            NotTaken::Full(message) => Self::Full(Box::new(message)),
        }
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed(_) => f.write_str("the producer is closed: start another one"),
            Self::Dropped(id) => {
                write!(f, "message {id} was dropped, since there was no room for it in the queue")
            }
            Self::Full(_) => {
                f.write_str("there is no room in the queue: send it later, or wait for room")
            }
        }
    }
}

impl core::error::Error for SendError {}

/// Of every event and log line.
const TARGET: &str = "strictframe";
/// As good as no deadline.
const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 3600);
