//! What every store does.

use core::time::Duration;

use strictframe_dashflow::checkpoint::{CheckpointStore, Keep, NewCheckpoint};

use crate::support::thread;
use crate::world::{open, save, state, step};

pub(crate) async fn does_what_it_says(store: impl CheckpointStore + 'static) {
    let checkpointer = open(store).await;
    let (run, other) = (thread("run-7"), thread("../Run-7"));
    assert_eq!(checkpointer.newest(&run).await.unwrap().checkpoint, None);
    assert_eq!(checkpointer.threads().await.unwrap(), []);

    let ids = save(&checkpointer, &run, 1..=5).await;
    assert!(ids.is_sorted());
    let mut new = NewCheckpoint::new(other.clone(), state(100));
    new.metadata.insert("why".to_owned(), "a human asked".to_owned());
    let apart = checkpointer.save(new).await.unwrap();
    assert_eq!(checkpointer.threads().await.unwrap(), [other.clone(), run.clone()]);

    let newest = checkpointer.newest(&run).await.unwrap();
    assert_eq!(newest.passed_over, []);
    let newest = newest.checkpoint.unwrap();
    assert_eq!((newest.head.id, step(&newest.state)), (ids[4], 5));
    assert_eq!((newest.head.parent, newest.head.node.as_str()), (Some(ids[3]), "plan"));
    let loaded = checkpointer.load(&other, apart).await.unwrap();
    assert_eq!((step(&loaded.state), loaded.head.metadata["why"].as_str()), (100, "a human asked"));
    // The id of one thread says nothing in another.
    assert_eq!(checkpointer.load(&run, apart).await.unwrap_err().name(), "NotFound");

    // Twice, since a store may have learnt something the first time.
    for _ in 0..2 {
        let history = checkpointer.history(&run).await.unwrap();
        assert_eq!((history.damaged.len(), history.index), (0, None));
        assert_eq!(history.checkpoints.iter().map(|head| head.id).collect::<Vec<_>>(), ids);
        assert_eq!(history.checkpoints[4], newest.head);
    }
    let report = checkpointer.verify(|_| {}).await.unwrap();
    assert_eq!((report.whole, report.wrong.len()), (6, 0));

    let keep = Keep { count: Some(2), age: None };
    let pruned = checkpointer.prune(&run, keep).await.unwrap();
    assert_eq!((pruned.kept, pruned.removed), (2, vec![ids[2], ids[1], ids[0]]));
    assert_eq!(checkpointer.load(&run, ids[2]).await.unwrap_err().name(), "NotFound");
    // However old it is, the newest stays.
    tokio::time::sleep(Duration::from_millis(2)).await;
    let keep = Keep { count: None, age: Some(Duration::ZERO) };
    let pruned = checkpointer.prune(&run, keep).await.unwrap();
    assert_eq!((pruned.kept, pruned.removed), (1, vec![ids[3]]));
    checkpointer.delete(&run, ids.clone()).await.unwrap();
    assert_eq!(checkpointer.threads().await.unwrap(), [other]);
    assert_eq!(checkpointer.newest(&run).await.unwrap().checkpoint, None);
}
