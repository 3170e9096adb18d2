//! A state that is larger than a frame, in one row.

use strictframe_dashflow::checkpoint::NewCheckpoint;

use crate::place::Database;
use crate::support::{noise, thread};
use crate::world::{open, save, state, step};

#[tokio::test]
async fn a_state_above_a_frame_comes_back_whole_or_is_passed_over() {
    let database = Database::new().await;
    let checkpointer = open(database.store()).await;
    let run = thread("run");
    save(&checkpointer, &run, 1..=1).await;
    let mut large = state(2);
    // Above the 64 MiB of a frame, and most of it also when it is compressed.
    large.0.insert("log".to_owned(), noise(60 << 20).into());
    let large = std::sync::Arc::new(large);
    let new = NewCheckpoint::new(run.clone(), std::sync::Arc::clone(&large));
    let id = checkpointer.save(new).await.unwrap();
    let size = "SELECT max(length(frame)) > 60000000 FROM strictframe_checkpoint";
    assert_eq!(database.sql(size).await, "t");
    let found = checkpointer.newest(&run).await.unwrap().checkpoint.unwrap();
    assert!(found.head.id == id && found.state == *large);
    database
        .sql(&format!(
            "UPDATE strictframe_checkpoint SET frame = substr(frame, 1, 40000000) WHERE id = '{id}'"
        ))
        .await;
    let newest = checkpointer.newest(&run).await.unwrap();
    assert_eq!((step(&newest.checkpoint.unwrap().state), newest.passed_over.len()), (1, 1));
}
