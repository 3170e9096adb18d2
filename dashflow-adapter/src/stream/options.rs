//! How a stream is made, as plain data.

use serde::{Deserialize, Serialize};

use super::Overflow;

/// How a stream keeps and drops.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct StreamOptions {
    /// The name that metrics have for it: that of a sort of streams, not of a run. Default: `custom`.
    pub name: String,
    /// Values that are kept: as many as a reader may be behind, and as a later one finds. Default: 64; 0 stands for 1.
    pub capacity: usize,
    /// What happens to a value for which there is no room because a reader has not taken the oldest one that is kept. Default: [`Overflow::Block`].
    pub overflow: Overflow,
}

impl StreamOptions {
    /// The defaults, under that name.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// The same, which keeps so many values.
    #[must_use]
    pub fn with_capacity(self, capacity: usize) -> Self {
        Self { capacity, ..self }
    }

    /// The same, which does that where there is no room.
    #[must_use]
    pub fn with_overflow(self, overflow: Overflow) -> Self {
        Self { overflow, ..self }
    }
}

impl Default for StreamOptions {
    fn default() -> Self {
        Self { name: "custom".to_owned(), capacity: 64, overflow: Overflow::Block }
    }
}

/// Where a reader begins that joins later.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum JoinAt {
    /// At the oldest value that is kept.
    Kept,
    /// Behind the last value that was sent.
    Now,
}
