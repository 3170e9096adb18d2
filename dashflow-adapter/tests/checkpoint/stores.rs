//! Every store that needs no server does what a store does.

use strictframe_dashflow::checkpoint::{FileStore, MemoryStore};

use crate::hostile::withstands_states_and_clocks;
use crate::suite::does_what_it_says;

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoints.db");
    let place = || strictframe_dashflow::checkpoint::SqliteStore::new(&path);
    does_what_it_says(place()).await;
    withstands_states_and_clocks(place).await;
}

#[tokio::test]
async fn memory() {
    does_what_it_says(MemoryStore::new()).await;
}

#[tokio::test]
async fn files() {
    let folder = tempfile::tempdir().unwrap();
    let place = || FileStore::new(folder.path().join("deep/down"));
    does_what_it_says(place()).await;
    withstands_states_and_clocks(place).await;
}
