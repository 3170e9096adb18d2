//! Every store that needs no server does what a store does.

use strictframe_dashflow::checkpoint::{FileStore, MemoryStore};

use crate::suite::does_what_it_says;

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoints.db");
    does_what_it_says(strictframe_dashflow::checkpoint::SqliteStore::new(path)).await;
}

#[tokio::test]
async fn memory() {
    does_what_it_says(MemoryStore::new()).await;
}

#[tokio::test]
async fn files() {
    let folder = tempfile::tempdir().unwrap();
    does_what_it_says(FileStore::new(folder.path().join("deep/down"))).await;
}
