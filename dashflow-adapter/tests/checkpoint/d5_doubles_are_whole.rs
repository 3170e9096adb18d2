//! D5: the store in memory does everything that the trait says, and nothing in it can panic: the lints of the crate see to that.

use strictframe_dashflow::checkpoint::{CheckpointStore, MemoryStore};

use crate::support::thread;
use crate::world::{open, save};

#[tokio::test]
async fn d5_every_method_of_the_double_answers() {
    // Ids and bytes that a checkpointer has made.
    let folder = tempfile::tempdir().unwrap();
    let files = crate::world::open_files(folder.path()).await;
    let run = thread("run");
    let ids = save(&files, &run, 1..=2).await;
    let bytes = std::fs::read(folder.path().join(format!("t_run/{}.frame", ids[0]))).unwrap();

    let store = MemoryStore::new();
    store.open().unwrap();
    assert_eq!(store.get(&run, ids[0]).unwrap(), None);
    store.put(&run, ids[0], &bytes).unwrap();
    store.put(&run, ids[1], b"damaged").unwrap();
    assert_eq!(store.get(&run, ids[0]).unwrap(), Some(bytes));
    assert_eq!(store.ids(&run).unwrap(), ids);
    assert_eq!(store.threads(), Ok(vec![run.clone()]));
    let history = store.history(&run).unwrap();
    assert_eq!((history.checkpoints.len(), history.damaged.len()), (1, 1));
    store.remove(&run, &ids).unwrap();
    store.remove(&run, &ids).unwrap();
    assert_eq!(store.threads(), Ok(vec![]));
    // And as what a checkpointer stands on.
    save(&open(store).await, &run, 1..=1).await;
}
