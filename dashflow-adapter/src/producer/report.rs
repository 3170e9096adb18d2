//! What became of every message.

use std::collections::BTreeMap;

use super::events::Reason;

/// What became of every message that was offered: each is counted once.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct CloseReport {
    /// The messages that were offered and not given back.
    pub sent: u64,
    /// Those that the sink has acknowledged.
    pub delivered: u64,
    /// Those that the sink of dead letters has acknowledged.
    pub dead_lettered: u64,
    /// Those that wait on the disk and go out when the spool is opened again.
    pub spooled: u64,
    /// Those that are lost, and why.
    pub dropped: BTreeMap<Reason, u64>,
    /// Messages of earlier runs that waited on the disk and went out in this one. They are not among `sent`.
    pub drained_of_earlier_runs: u64,
    /// Tries that were repeated.
    pub retries: u64,
}

impl CloseReport {
    /// Those that are lost.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.dropped.values().sum()
    }

    /// Those whose fate is known. After a close it is as many as were sent.
    #[must_use]
    pub fn accounted(&self) -> u64 {
        self.delivered + self.dead_lettered + self.spooled + self.lost()
    }
}
