//! Checkpoints in memory, for tests and for states that need not outlive the process.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::error::CheckpointError;
use super::id::CheckpointId;
use super::store::CheckpointStore;
use crate::identity::ThreadId;

/// Keeps checkpoints as long as it lives. Every method does what it says.
#[derive(Debug, Default)]
pub struct MemoryStore {
    threads: Mutex<Threads>,
}

type Threads = BTreeMap<ThreadId, BTreeMap<CheckpointId, Vec<u8>>>;

impl MemoryStore {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn threads(&self) -> MutexGuard<'_, Threads> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CheckpointStore for MemoryStore {
    fn open(&self) -> Result<(), CheckpointError> {
        Ok(())
    }

    fn put(
        &self,
        thread: &ThreadId,
        id: CheckpointId,
        bytes: &[u8],
    ) -> Result<(), CheckpointError> {
        self.threads().entry(thread.clone()).or_default().insert(id, bytes.to_vec());
        Ok(())
    }

    fn get(&self, thread: &ThreadId, id: CheckpointId) -> Result<Option<Vec<u8>>, CheckpointError> {
        Ok(self.threads().get(thread).and_then(|kept| kept.get(&id)).cloned())
    }

    fn ids(&self, thread: &ThreadId) -> Result<Vec<CheckpointId>, CheckpointError> {
        let threads = self.threads();
        Ok(threads.get(thread).into_iter().flat_map(BTreeMap::keys).copied().collect())
    }

    fn threads(&self) -> Result<Vec<ThreadId>, CheckpointError> {
        Ok(Self::threads(self).keys().cloned().collect())
    }

    fn remove(&self, thread: &ThreadId, ids: &[CheckpointId]) -> Result<(), CheckpointError> {
        let mut threads = Self::threads(self);
        if let Some(kept) = threads.get_mut(thread) {
            kept.retain(|id, _| !ids.contains(id));
            if kept.is_empty() {
                threads.remove(thread);
            }
        }
        Ok(())
    }
}
