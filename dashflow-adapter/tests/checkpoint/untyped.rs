//! Checkpoints of whatever type, as tools read them.

use core::time::Duration;

use serde_json::Value;
use strictframe::Schema as _;
use strictframe_dashflow::checkpoint::{
    CheckpointHead, CheckpointStore as _, FileStore, JsonState, Keep,
};

use crate::support::thread;
use crate::world::{open_files, save, state};

#[tokio::test]
async fn the_payload_is_given_without_a_type_and_not_when_it_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let run = thread("run");
    let [_, id] = save(&open_files(folder.path()).await, &run, 1..=2).await[..] else {
        panic!("two")
    };
    let store = FileStore::new(folder.path());
    let mut bytes = store.get(&run, id).unwrap().unwrap();
    let (head, payload) = CheckpointHead::with_payload(&store, &run, id).unwrap();
    assert_eq!(head, CheckpointHead::read(&run, id, &bytes).unwrap());
    assert_eq!((head.key, head.node.as_str()), (JsonState::SCHEMA.key(), "plan"));
    assert_eq!(serde_json::from_slice::<Value>(&payload).unwrap(), Value::Object(state(2).0));

    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(folder.path().join(format!("t_run/{id}.frame")), bytes).unwrap();
    assert!(CheckpointHead::with_payload(&store, &run, id).unwrap_err().is_damage());
}

#[tokio::test]
async fn a_plan_says_what_prune_would_remove_and_removes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let run = thread("run");
    let checkpointer = open_files(folder.path()).await;
    let ids = save(&checkpointer, &run, 1..=4).await;
    let store = FileStore::new(folder.path());
    for (keep, removed) in [
        (Keep { count: Some(3), age: None }, &ids[..1]),
        (Keep { count: None, age: Some(Duration::from_secs(60)) }, &ids[..3]),
    ] {
        let plan = keep.plan(&store, &run, i64::MAX).unwrap();
        let removed: Vec<_> = removed.iter().rev().copied().collect();
        assert_eq!((plan.kept, plan.removed), (4 - removed.len(), removed));
        assert_eq!(store.ids(&run).unwrap(), ids);
    }
}
