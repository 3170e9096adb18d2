//! What a producer tells whoever asks to be told.

use core::fmt;

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::message_id::MessageId;
use super::priority::Priority;
use crate::identity::ThreadId;
use crate::messages::MessageKind;

/// Something that the application should know.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ProducerEvent {
    /// A message did not get where it was to go, but to the dead letters.
    DeadLettered(Affected),
    /// What had been spooled got where it was to go.
    Drained {
        /// The messages.
        count: u64,
    },
    /// A message is lost.
    Lost(Affected),
    /// So many events came faster than this subscription took them, or faster than they could be told; they are counted in the metrics.
    Missed {
        /// The events.
        count: u64,
    },
    /// The file of the policy was changed to something that is none: the policy stays.
    PolicyRefused {
        /// What is wrong, and where.
        message: String,
    },
    /// The file of the policy was changed: frames are made by it from now on.
    PolicyTaken,
    /// A message waits on the disk.
    Spooled(Affected),
}

/// A message, and what happened to it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Affected {
    /// Its thread.
    pub thread: ThreadId,
    /// Its id.
    pub message_id: MessageId,
    /// Its epoch and its number in its thread; none when it was dropped before it had them, in which case a number is left out for it.
    pub sequence: Option<(u64, u64)>,
    /// What it was.
    pub kind: Option<MessageKind>,
    /// What it was worth.
    pub priority: Priority,
    /// Why.
    pub reason: Reason,
    /// The code (`SF-0313`, `DS-0104`, the name of an error of the transport) and what it says.
    pub error: Option<(String, String)>,
}

/// Why a message did not go the way it was meant to.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Reason {
    /// The producer was closed, or its last handle went, before it was sent.
    Closed,
    /// There was no room for it in the queue.
    QueueFull,
    /// It will never be taken as it is: too long, not a message, not allowed.
    Refused,
    /// The spool could not be written.
    SpoolFailed,
    /// The spool holds all that it may.
    SpoolFull,
    /// It is longer than any frame can be.
    TooLarge,
    /// There was no way to send it in the time for it.
    Undeliverable,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Closed,
        Self::QueueFull,
        Self::Refused,
        Self::SpoolFailed,
        Self::SpoolFull,
        Self::TooLarge,
        Self::Undeliverable,
    ];

    /// Its name in labels of metrics and in logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::QueueFull => "queue_full",
            Self::Refused => "refused",
            Self::SpoolFailed => "spool_failed",
            Self::SpoolFull => "spool_full",
            Self::TooLarge => "too_large",
            Self::Undeliverable => "undeliverable",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Gives the events of a producer from the moment on at which it was asked for.
#[derive(Debug)]
pub struct Subscription(pub(super) broadcast::Receiver<ProducerEvent>);

impl Subscription {
    /// The next event; waits for it. Nothing once the producer has ended and everything was given.
    pub async fn next(&mut self) -> Option<ProducerEvent> {
        match self.0.recv().await {
            Ok(event) => Some(event),
            Err(RecvError::Lagged(count)) => Some(ProducerEvent::Missed { count }),
            Err(RecvError::Closed) => None,
        }
    }

    /// The next event that is there already.
    pub fn take(&mut self) -> Option<ProducerEvent> {
        match self.0.try_recv() {
            Ok(event) => Some(event),
            Err(broadcast::error::TryRecvError::Lagged(count)) => {
                Some(ProducerEvent::Missed { count })
            }
            Err(_) => None,
        }
    }
}
