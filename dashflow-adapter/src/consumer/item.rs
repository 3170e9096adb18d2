//! What a consumer gives.

use bytes::Bytes;
use strictframe::Outcome;

use super::options::{Action, RefusalClass};
use super::sequence::Order;
use crate::framing::Refused;
use crate::identity::TraceContext;
use crate::messages::v1;
use crate::transport::{Position, TransportError};

/// What comes next.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Item {
    /// These partitions are read by this consumer from now on.
    Assigned(Vec<u32>),
    /// Everything there was in a partition has been given. It comes once, and again after more has come.
    CaughtUp {
        /// The partition.
        partition: u32,
    },
    /// A frame of which every message had been given before; only where [`ConsumerOptions::tells_duplicates`](super::ConsumerOptions::tells_duplicates) says so.
    Duplicates {
        /// Where the frame is stored.
        position: Position,
        /// Its messages.
        count: u64,
    },
    /// These positions cannot be read any more. Reading goes on behind them.
    Lost {
        /// The first position that cannot be read.
        from: Position,
        /// The offset behind the last one, when it is known.
        to: Option<u64>,
        /// What is wrong, where, and what to do.
        error: TransportError,
    },
    /// The messages of one frame.
    Messages(Messages),
    /// A value that was not taken.
    Refused(Refusal),
    /// These partitions are read by others from now on. What was given of them and not committed comes again, to them.
    Revoked(Vec<u32>),
}

/// The messages of one frame that were not given before: at least one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Messages {
    /// Where the frame is stored.
    pub position: Position,
    /// The producer's run, within which numbers count.
    pub epoch: Option<u64>,
    /// The trace context of the first record.
    pub trace: Option<TraceContext>,
    /// How its schema was judged.
    pub outcome: Option<Outcome>,
    /// The messages in their order, each with a header.
    pub messages: Vec<Numbered>,
    /// The messages of the frame that had been given before, and are not given again.
    pub duplicates: usize,
}

/// A message, and what its number means.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Numbered {
    /// The message.
    pub message: v1::DashStreamMessage,
    /// What its number means after those before it.
    pub order: Order,
}

/// A value that was not taken, and what was done with it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Refusal {
    /// Where the value is stored.
    pub position: Position,
    /// Its key.
    pub key: Option<Bytes>,
    /// The value, as it was stored.
    pub value: Bytes,
    /// Why it was not taken.
    pub refused: Refused,
    /// What sort of refusal that is.
    pub class: RefusalClass,
    /// What was done: a pause in the place of a dead letter that could not be put in safety.
    pub action: Action,
}
