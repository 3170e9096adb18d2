//! `checkpoint`: directories and databases, whole and damaged.

mod diff;
mod import;
mod list;
#[path = "../../../dashflow-adapter/tests/checkpoint/import/writer.rs"]
pub(crate) mod old;
mod prune;
mod sealed;
mod show;
mod verify;

use std::path::PathBuf;

use serde_json::{Value, json};
use strictframe::{CompressionPolicy, Schema};
use strictframe_dashflow::ThreadId;
use strictframe_dashflow::checkpoint::{
    CheckpointId, CheckpointStore, Checkpointer, FileStore, JsonState, NewCheckpoint, SqliteStore,
};

use crate::stage::{Said, Stage};

fn run(stage: &Stage, arguments: &[&str]) -> Said {
    stage.run(&[&["checkpoint"], arguments].concat())
}

/// The state of that step.
fn state(step: u64) -> Value {
    json!({ "step": step, "plan": ["look up", "write"], "draft": null })
}

fn json_state(step: u64) -> JsonState {
    let Value::Object(members) = state(step) else { panic!("an object") };
    JsonState(members)
}

/// Saves states of a thread, each after the one before.
fn save<S: Schema + Send + Sync + 'static>(
    store: impl CheckpointStore + 'static,
    thread: &str,
    states: impl IntoIterator<Item = S>,
) -> Vec<CheckpointId> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let checkpointer = Checkpointer::open(store, CompressionPolicy::default()).await.unwrap();
        let mut ids: Vec<CheckpointId> = Vec::new();
        for state in states {
            let thread = ThreadId::new(thread).unwrap();
            let mut new = NewCheckpoint::new(thread, state).at_node("plan");
            new.parent = ids.last().copied();
            ids.push(checkpointer.save(new).await.unwrap());
        }
        ids
    })
}

/// A directory `saved` with so many states of that thread.
fn saved(stage: &Stage, thread: &str, count: u64) -> Vec<CheckpointId> {
    save(FileStore::new(stage.path("saved")), thread, (1..=count).map(json_state))
}

/// The same in a database `saved.db`.
fn saved_in_sqlite(stage: &Stage, thread: &str, count: u64) -> Vec<CheckpointId> {
    save(SqliteStore::new(stage.path("saved.db")), thread, (1..=count).map(json_state))
}

/// The same as diffs behind the first one, of states that have enough in common.
fn saved_as_diffs(stage: &Stage, thread: &str, count: u64) -> Vec<CheckpointId> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (store, policy) = (FileStore::new(stage.path("saved")), CompressionPolicy::default());
    runtime.block_on(async {
        let checkpointer = Checkpointer::open_incremental(store, policy, 10).await.unwrap();
        let mut ids = Vec::new();
        for step in 1..=count {
            let mut state = json_state(step);
            state.0.insert("letters".to_owned(), letters().into());
            let new = NewCheckpoint::new(ThreadId::new(thread).unwrap(), state);
            ids.push(checkpointer.save(new).await.unwrap());
        }
        ids
    })
}

/// Letters that hardly get shorter.
fn letters() -> String {
    let mut random = 88_172_645_463_325_252_u64;
    let letter = |_| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        char::from(b'a' + (random % 26) as u8)
    };
    (0..4_000).map(letter).collect()
}

fn file_of(stage: &Stage, thread: &str, id: CheckpointId) -> PathBuf {
    stage.path(format!("saved/t_{thread}/{id}.frame"))
}

/// Turns one bit in the middle of a checkpoint.
fn damage(stage: &Stage, thread: &str, id: CheckpointId) {
    let path = file_of(stage, thread, id);
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 5;
    bytes[last] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn what_holds_no_checkpoints_is_refused_and_nothing_is_made() {
    let stage = Stage::empty();
    stage.write("file", "not a database");
    for command in ["list", "verify"] {
        let said = run(&stage, &[command, "nowhere"]);
        assert_eq!(said.code, 3, "{said:?}");
        let said = run(&stage, &[command, "file"]);
        assert_eq!(said.code, 3, "{said:?}");
        assert!(said.stderr.contains("holds no checkpoints"), "{said:?}");
    }
    assert_eq!(stage.names(), ["file"]);
}

#[test]
fn reading_a_directory_leaves_it_as_it_is() {
    let stage = Stage::empty();
    saved(&stage, "run", 2);
    let names = || {
        let entries = std::fs::read_dir(stage.path("saved/t_run")).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = names();
    for arguments in [&["list", "saved"][..], &["show", "saved", "run"], &["verify", "saved"]] {
        assert_eq!(run(&stage, arguments).code, 0);
    }
    assert_eq!(names(), before);
}

#[test]
fn an_index_that_is_damaged_is_made_anew_once() {
    let stage = Stage::empty();
    saved(&stage, "run", 2);
    run(&stage, &["repair-index", "saved"]).done();
    let index = stage.path("saved/t_run/index.frame");
    std::fs::write(&index, "no index").unwrap();
    let said = run(&stage, &["repair-index", "saved", "--json"]);
    let row: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!((said.code, &row["whole"]), (0, &json!(2)));
    assert!(row["index"].is_string(), "{row}");
    let said = run(&stage, &["repair-index", "saved"]);
    assert_eq!(said.code, 0);
    let text = String::from_utf8(said.stdout).unwrap();
    assert!(text.contains("0 indexes were wrong"), "{text}");
}
