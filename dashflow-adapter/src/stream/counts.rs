//! What a stream counts.

use serde::Serialize;

/// A stream at one moment.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StreamCounts {
    /// Values that were offered and taken, or dropped as the policy says. They are numbered from 1.
    pub sent: u64,
    /// Values that are kept now.
    pub kept: usize,
    /// Sends that a slow reader held up.
    pub waits: u64,
    /// What somebody did not get, by reason.
    pub dropped: StreamDrops,
    /// Values that readers took, once for each reader, those that have gone included.
    pub delivered: u64,
    /// Readers that have gone.
    pub gone: u64,
    /// The readers that are there, in the order in which they joined.
    pub readers: Vec<ReaderCounts>,
    /// Whether the end was said, whichever it is.
    pub is_ended: bool,
}

/// What somebody did not get.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StreamDrops {
    /// Values that a reader did not get because it had not taken them when their room was needed, once for each such reader
    /// ([`Overflow::DropOldest`](super::Overflow::DropOldest)).
    pub lagging: u64,
    /// Values that nobody gets because there was no room for them ([`Overflow::DropNewest`](super::Overflow::DropNewest)).
    pub no_room: u64,
    /// Values that went before any reader had taken them, while no reader was there that wanted them.
    pub unread: u64,
}

/// One reader at one moment. `delivered`, `dropped` and `waiting` make up all that was sent since it joined.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ReaderCounts {
    /// The reader's number in its stream, from 1.
    pub reader: u64,
    /// The number of the first value that it could get.
    pub first: u64,
    /// Values that it took.
    pub delivered: u64,
    /// Values that it did not and will not get. It is told of each, in its place among the others.
    pub dropped: u64,
    /// Values that are kept for it: how far it lags.
    pub waiting: u64,
}
