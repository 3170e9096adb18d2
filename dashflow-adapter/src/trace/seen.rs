//! What was read of each partition, also where nothing of it was given.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::transport::Delivered;

/// What was read of each partition. Copies share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen(Arc<Mutex<BTreeMap<u32, Share>>>);

/// What was read of one partition.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Share {
    pub(super) values: u64,
    pub(super) bytes: u64,
    /// The offset behind the last value.
    pub(super) next: Option<u64>,
}

impl Seen {
    pub(super) fn shares(&self) -> MutexGuard<'_, BTreeMap<u32, Share>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn values(&self) -> u64 {
        self.shares().values().map(|share| share.values).sum()
    }

    pub(super) fn count(&self, Delivered { position, value, .. }: &Delivered) {
        let mut shares = self.shares();
        let share = shares.entry(position.partition).or_default();
        share.values += 1;
        share.bytes += value.len() as u64;
        share.next = Some(position.next().offset);
    }
}
