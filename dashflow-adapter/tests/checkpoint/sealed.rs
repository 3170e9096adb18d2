//! Checkpoints that nobody reads without a key.

use strictframe_dashflow::checkpoint::{
    CheckpointId, FileStore, MemoryStore, NewCheckpoint, SealKey, Sealed,
};

use crate::support::thread;
use crate::world::{open, save, state, step};

fn key(byte: u8) -> SealKey {
    SealKey::new([byte; 32])
}

#[tokio::test]
async fn what_is_sealed_does_what_every_store_does() {
    crate::suite::does_what_it_says(Sealed::new(MemoryStore::new(), key(1))).await;
}

#[tokio::test]
async fn nothing_of_a_state_is_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let checkpointer = open(Sealed::new(FileStore::new(folder.path()), key(1))).await;
    let mut new = NewCheckpoint::new(thread("run"), state(1)).at_node("a node of secrets");
    new.metadata.insert("token".to_owned(), "hunter2 hunter2".to_owned());
    checkpointer.save(new).await.unwrap();
    checkpointer.history(&thread("run")).await.unwrap();
    for entry in std::fs::read_dir(folder.path().join("t_run")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for secret in ["plan", "look up", "node of secrets", "hunter2"] {
            let is_there = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!is_there, "{secret} can be read");
        }
    }
    assert!(!format!("{:?}", key(0x41)).contains("AAAA"));
}

#[tokio::test]
async fn a_wrong_key_is_one_clear_error_and_an_old_one_opens() {
    let folder = tempfile::tempdir().unwrap();
    let files = || FileStore::new(folder.path());
    save(&open(Sealed::new(files(), key(1))).await, &thread("run"), 1..=1).await;
    let wrong = open(Sealed::new(files(), key(2))).await;
    let error = wrong.newest(&thread("run")).await.unwrap_err();
    assert_eq!(error.name(), "WrongKey", "{error}");
    assert!(error.to_string().contains("sealed with the key"), "{error}");
    let both = open(Sealed::new(files(), key(2)).with_old_key(key(1))).await;
    save(&both, &thread("run"), 2..=2).await;
    assert_eq!(both.history(&thread("run")).await.unwrap().checkpoints.len(), 2);
    // Without any key it is whole, and no state.
    let open = crate::world::open_files(folder.path()).await;
    assert_eq!(open.newest(&thread("run")).await.unwrap_err().name(), "Sealed");
    assert_eq!(open.history(&thread("run")).await.unwrap_err().name(), "Sealed");
}

#[tokio::test]
async fn a_seal_that_was_moved_is_broken_and_one_that_was_damaged_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let checkpointer = open(Sealed::new(FileStore::new(folder.path()), key(1))).await;
    let ids = save(&checkpointer, &thread("run"), 1..=2).await;
    let path = |id: CheckpointId| folder.path().join(format!("t_run/{id}.frame"));
    let whole = std::fs::read(path(ids[1])).unwrap();
    let mut flipped = whole.clone();
    flipped[100] ^= 1;
    std::fs::write(path(ids[1]), flipped).unwrap();
    let newest = checkpointer.newest(&thread("run")).await.unwrap();
    assert_eq!((step(&newest.checkpoint.unwrap().state), newest.passed_over.len()), (1, 1));
    // Another one with good checksums in its place.
    std::fs::copy(path(ids[0]), path(ids[1])).unwrap();
    assert_eq!(checkpointer.newest(&thread("run")).await.unwrap_err().name(), "SealBroken");
}
