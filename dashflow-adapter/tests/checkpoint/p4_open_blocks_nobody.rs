//! P4: opening a store holds up no other task, however slow its files are.

use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::sync::Arc;
use std::time::Instant;

use strictframe_dashflow::ThreadId;
use strictframe_dashflow::checkpoint::{
    CheckpointError, CheckpointId, CheckpointStore, MemoryStore,
};

use crate::support::thread;
use crate::world::{open, save};

/// A store whose every call takes its time.
struct Slow(MemoryStore);

fn slowly() {
    std::thread::sleep(SLOW);
}

const SLOW: Duration = Duration::from_millis(200);

impl CheckpointStore for Slow {
    fn open(&self) -> Result<(), CheckpointError> {
        slowly();
        self.0.open()
    }

    fn put(
        &self,
        thread: &ThreadId,
        id: CheckpointId,
        bytes: &[u8],
    ) -> Result<(), CheckpointError> {
        slowly();
        self.0.put(thread, id, bytes)
    }

    fn get(&self, thread: &ThreadId, id: CheckpointId) -> Result<Option<Vec<u8>>, CheckpointError> {
        slowly();
        self.0.get(thread, id)
    }

    fn ids(&self, thread: &ThreadId) -> Result<Vec<CheckpointId>, CheckpointError> {
        slowly();
        self.0.ids(thread)
    }

    fn threads(&self) -> Result<Vec<ThreadId>, CheckpointError> {
        slowly();
        CheckpointStore::threads(&self.0)
    }

    fn remove(&self, thread: &ThreadId, ids: &[CheckpointId]) -> Result<(), CheckpointError> {
        slowly();
        self.0.remove(thread, ids)
    }
}

#[tokio::test(flavor = "current_thread")]
async fn p4_other_tasks_of_one_thread_go_on_while_files_are_slow() {
    let ticks = Arc::new(AtomicU64::new(0));
    let ticking = tokio::spawn({
        let ticks = Arc::clone(&ticks);
        async move {
            loop {
                tokio::time::sleep(Duration::from_millis(1)).await;
                ticks.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    let begun = Instant::now();
    let checkpointer = open(Slow(MemoryStore::new())).await;
    assert!(begun.elapsed() >= SLOW);
    let while_opening = ticks.load(Ordering::Relaxed);
    assert!(while_opening >= 20, "{while_opening} ticks while it was opened");
    save(&checkpointer, &thread("run"), 1..=1).await;
    let newest = checkpointer.newest(&thread("run")).await.unwrap();
    assert!(newest.checkpoint.is_some());
    let while_used = ticks.load(Ordering::Relaxed) - while_opening;
    assert!(while_used >= 40, "{while_used} ticks while it was used");
    ticking.abort();
}
