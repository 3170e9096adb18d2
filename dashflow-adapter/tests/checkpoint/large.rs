//! A state that is larger than a frame.

use std::path::Path;

use serde_json::Value;
use strictframe_dashflow::checkpoint::{CheckpointHead, FileStore, JsonState, NewCheckpoint};

use crate::support::thread;
use crate::world::{open, save, step};

/// Above the 64 MiB of a frame, and quickly compressed.
fn large() -> JsonState {
    let mut state = crate::world::state(2);
    state.0.insert("log".to_owned(), Value::String("all is well. ".repeat((70 << 20) / 13)));
    state
}

#[tokio::test]
async fn a_state_above_a_frame_is_a_stream_of_parts_that_is_whole_or_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let checkpointer = open(FileStore::new(folder.path())).await;
    let run = thread("run");
    let [small] = save(&checkpointer, &run, 1..=1).await[..] else { panic!("one") };
    let new = NewCheckpoint::new(run.clone(), large()).following(small).at_node("write");
    let id = checkpointer.save(new).await.unwrap();
    let found = checkpointer.newest(&run).await.unwrap().checkpoint.unwrap();
    assert_eq!(
        (found.head.id, found.head.parent, found.head.node.as_str()),
        (id, Some(small), "write")
    );
    assert!(found.state == large());
    let history = checkpointer.history(&run).await.unwrap();
    assert_eq!(history.checkpoints[1], found.head);
    assert_eq!(history.checkpoints[1].key, history.checkpoints[0].key);

    // A part that is missing, doubled or changed, and an end that is missing.
    let path = folder.path().join(format!("t_run/{id}.frame"));
    let whole = std::fs::read(&path).unwrap();
    let (head, payload) =
        CheckpointHead::with_payload(&FileStore::new(folder.path()), &run, id).unwrap();
    assert_eq!(head, found.head);
    assert!(serde_json::from_slice::<Value>(&payload).unwrap() == Value::Object(large().0));
    let third = whole.len() / 3;
    let mut flipped = whole.clone();
    flipped[third] ^= 1;
    let cut = whole[..whole.len() - 60].to_vec();
    let hole = [&whole[..third], &whole[2 * third..]].concat();
    for damaged in [flipped, cut, hole, whole[..third].to_vec()] {
        std::fs::write(&path, damaged).unwrap();
        let newest = checkpointer.newest(&run).await.unwrap();
        assert_eq!(step(&newest.checkpoint.unwrap().state), 1);
        assert_eq!(newest.passed_over.len(), 1);
    }
    assert_whole(&path, &whole);
}

/// Every tool for streams reads it.
fn assert_whole(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
    let limits = strictframe::Limits::MAXIMUM;
    let summary = strictframe::verify(bytes, limits, strictframe::Profile::SelfContained, |_| {});
    summary.unwrap();
}
