//! What every store does, and what this one does where others would panic.

use core::time::Duration;

use strictframe_dashflow::checkpoint::{CheckpointStore as _, NewCheckpoint, PostgresStore};

use crate::place::Database;
use crate::support::thread;
use crate::world::{open, save, state, step};

#[tokio::test]
async fn a_database_does_what_every_store_does() {
    let database = Database::new().await;
    crate::suite::does_what_it_says(database.store()).await;
    crate::hostile::withstands_states_and_clocks(|| database.store()).await;
}

#[cfg(feature = "seal")]
#[tokio::test]
async fn a_sealed_database_does_what_every_store_does_and_shows_nothing() {
    use strictframe_dashflow::checkpoint::{SealKey, Sealed};

    let database = Database::new().await;
    let sealed = || Sealed::new(database.store(), SealKey::new([1; 32]));
    crate::suite::does_what_it_says(sealed()).await;
    save(&open(sealed()).await, &thread("run"), 1..=1).await;
    let rows =
        "SELECT count(*) FROM strictframe_checkpoint WHERE position('look up'::bytea IN frame) > 0";
    assert_eq!(database.sql(rows).await, "0");
}

#[tokio::test]
async fn any_name_of_a_thread_is_one_of_its_own_and_they_are_in_order() {
    let database = Database::new().await;
    let checkpointer = open(database.store()).await;
    let names = [
        "a\0b",
        "a",
        "A",
        "é",
        "e\u{301}",
        "'; DROP TABLE strictframe_checkpoint; --",
        "\u{10ffff}",
        "~",
    ];
    for (number, name) in (0..).zip(names) {
        checkpointer.save(NewCheckpoint::new(thread(name), state(number))).await.unwrap();
    }
    for (number, name) in (0..).zip(names) {
        let newest = checkpointer.newest(&thread(name)).await.unwrap().checkpoint.unwrap();
        assert_eq!(step(&newest.state), number);
    }
    let mut sorted = names.map(thread);
    sorted.sort();
    assert_eq!(checkpointer.threads().await.unwrap(), sorted);
}

#[tokio::test]
async fn a_frame_that_is_damaged_in_its_row_is_passed_over() {
    let database = Database::new().await;
    let checkpointer = open(database.store()).await;
    let ids = save(&checkpointer, &thread("run"), 1..=3).await;
    let damage =
        |id, frame| format!("UPDATE strictframe_checkpoint SET frame = {frame} WHERE id = '{id}'");
    database.sql(&damage(ids[2], "set_byte(frame, 40, get_byte(frame, 40) # 1)")).await;
    database.sql(&damage(ids[1], "''")).await;
    let newest = checkpointer.newest(&thread("run")).await.unwrap();
    assert_eq!((step(&newest.checkpoint.unwrap().state), newest.passed_over.len()), (1, 2));
    let history = checkpointer.history(&thread("run")).await.unwrap();
    assert_eq!((history.checkpoints.len(), history.damaged.len()), (1, 2));
}

/// Every call waits, and none of them may be made by a client that drives a runtime of its own from here.
fn called_and_dropped_here(store: PostgresStore) {
    let run = thread("run");
    store.open().unwrap();
    assert_eq!(store.ids(&run).unwrap(), []);
    drop(store);
}

#[tokio::test(flavor = "current_thread")]
async fn it_may_be_called_and_dropped_on_the_only_thread_of_a_runtime() {
    let database = Database::new().await;
    called_and_dropped_here(database.store());
    // And as others hold it: the last copy goes here.
    let checkpointer = open(database.store()).await;
    save(&checkpointer, &thread("run"), 1..=1).await;
    drop(checkpointer);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_may_be_called_and_dropped_on_a_worker_and_where_no_runtime_is() {
    let database = Database::new().await;
    let (on_a_worker, on_a_thread) = (database.store(), database.store());
    tokio::spawn(async move { called_and_dropped_here(on_a_worker) }).await.unwrap();
    std::thread::spawn(move || called_and_dropped_here(on_a_thread)).join().unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn other_tasks_of_one_thread_go_on_while_a_database_lets_one_wait() {
    let database = Database::new().await;
    let checkpointer = open(database.store()).await;
    let slow = tokio::spawn({
        let url = database.url();
        async move {
            crate::place::sql(
                &url,
                "BEGIN; LOCK strictframe_checkpoint; SELECT pg_sleep(1); COMMIT",
            )
            .await
        }
    });
    database.wait_until(crate::place::LOCKED, "1").await;
    let mut ticks = 0;
    let run = thread("run");
    let mut saving = core::pin::pin!(save(&checkpointer, &run, 1..=1));
    loop {
        tokio::select! {
            _ = &mut saving => break,
            () = tokio::time::sleep(Duration::from_millis(5)) => ticks += 1,
        }
    }
    assert!(ticks >= 10, "{ticks} ticks while it waited");
    slow.await.unwrap();
}

#[tokio::test]
async fn one_store_serves_many_threads_at_once() {
    let database = Database::new().await;
    let checkpointer = open(database.store()).await;
    let saving = (0..20).map(|number| {
        let checkpointer = checkpointer.clone();
        tokio::spawn(
            async move { save(&checkpointer, &thread(&format!("run-{number}")), 1..=20).await },
        )
    });
    for saved in saving.collect::<Vec<_>>() {
        assert_eq!(saved.await.unwrap().len(), 20);
    }
    assert_eq!(checkpointer.verify(|_| {}).await.unwrap().whole, 400);
}
