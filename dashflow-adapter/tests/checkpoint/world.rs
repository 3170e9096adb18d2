//! States, stores and what is kept in them.

use serde_json::{Value, json};
use strictframe::{CompressionPolicy, Schema};
use strictframe_dashflow::ThreadId;
use strictframe_dashflow::checkpoint::{
    CheckpointId, CheckpointStore, Checkpointer, FileStore, JsonState, NewCheckpoint,
};

pub(crate) fn state(step: u64) -> JsonState {
    let Value::Object(members) = json!({"step": step, "plan": ["look up", "write"], "draft": null})
    else {
        panic!("an object")
    };
    JsonState(members)
}

pub(crate) async fn open(store: impl CheckpointStore + 'static) -> Checkpointer<JsonState> {
    Checkpointer::open(store, CompressionPolicy::default()).await.unwrap()
}

pub(crate) async fn open_incremental<S: Schema + Send + Sync + 'static>(
    store: impl CheckpointStore + 'static,
    full_every: usize,
) -> Checkpointer<S> {
    let policy = CompressionPolicy::default();
    Checkpointer::open_incremental(store, policy, full_every).await.unwrap()
}

pub(crate) async fn open_files(folder: &std::path::Path) -> Checkpointer<JsonState> {
    open(FileStore::new(folder)).await
}

/// Saves so many states, each after the one before.
pub(crate) async fn save(
    checkpointer: &Checkpointer<JsonState>,
    thread: &ThreadId,
    steps: core::ops::RangeInclusive<u64>,
) -> Vec<CheckpointId> {
    let mut ids: Vec<CheckpointId> = Vec::new();
    for step in steps {
        let mut new = NewCheckpoint::new(thread.clone(), state(step)).at_node("plan");
        new.parent = ids.last().copied();
        ids.push(checkpointer.save(new).await.unwrap());
    }
    ids
}

pub(crate) fn step(state: &JsonState) -> u64 {
    state.0.get("step").and_then(Value::as_u64).unwrap()
}
