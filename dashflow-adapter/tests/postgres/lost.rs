//! Connections that are lost: what can be done again is, once, and of what may be there or not that is said.

use core::time::Duration;
use std::time::Instant;

use strictframe_dashflow::checkpoint::{CheckpointId, CheckpointStore as _, PostgresStore};

use crate::place::{Database, LOCKED, sql};
use crate::proxy::{Proxy, Wire};
use crate::support::{again, hold_until_killed, kill_when_it_holds, thread};

const ID: CheckpointId = CheckpointId::from_bytes([7; 16]);

/// A store whose wire can be cut.
async fn behind_a_wire(patience: Duration) -> (Database, Proxy, PostgresStore) {
    let database = Database::new().await;
    let url = database.url();
    let (_, place) = url.split_once('@').unwrap();
    let (address, _) = place.split_once('/').unwrap();
    let proxy = Proxy::to(address.to_owned());
    let url = url.replace(address, &format!("127.0.0.1:{}", proxy.port));
    let store = PostgresStore::new(&url).unwrap().with_patience(patience);
    store.open().unwrap();
    (database, proxy, store)
}

const PATIENT: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_save_whose_answer_was_lost_is_done_again_and_is_there_once() {
    let (database, proxy, store) = behind_a_wire(PATIENT).await;
    let run = thread("run");
    proxy.set(Wire::CutOnce);
    store.put(&run, ID, b"all of it").unwrap();
    assert_eq!(store.get(&run, ID).unwrap().unwrap(), b"all of it");
    assert_eq!(database.sql("SELECT count(*) FROM strictframe_checkpoint").await, "1");
    // Whatever else is asked is asked again too.
    proxy.set(Wire::CutOnce);
    assert_eq!(store.ids(&run).unwrap(), [ID]);
    proxy.set(Wire::CutOnce);
    store.remove(&run, &[ID]).unwrap();
    assert_eq!(store.threads(), Ok(vec![]));
}

#[tokio::test]
async fn a_save_of_which_nothing_is_heard_any_more_may_be_there_and_that_is_said() {
    let (_database, proxy, store) = behind_a_wire(PATIENT).await;
    let run = thread("run");
    proxy.set(Wire::Cut);
    let error = store.put(&run, ID, b"all of it").unwrap_err();
    assert_eq!(error.name(), "Unacknowledged", "{error}");
    assert!(error.to_string().contains("whether it was done is not known"), "{error}");
    // Of reading there is nothing to be said.
    let error = store.get(&run, ID).unwrap_err();
    assert_eq!(error.name(), "Io", "{error}");
    proxy.set(Wire::Whole);
    assert_eq!(store.get(&run, ID).unwrap().unwrap(), b"all of it");
    store.put(&run, ID, b"all of it").unwrap();
}

#[tokio::test]
async fn a_server_that_says_nothing_is_waited_for_no_longer_than_was_said() {
    let (_database, proxy, store) = behind_a_wire(Duration::from_secs(1)).await;
    let run = thread("run");
    proxy.set(Wire::Silent);
    let begun = Instant::now();
    let error = store.put(&run, ID, b"all of it").unwrap_err();
    assert_eq!(error.name(), "Unacknowledged", "{error}");
    assert!(error.to_string().contains("no answer came in 2 s"), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(30));
    proxy.set(Wire::Whole);
    // Over a new connection: the other one stays silent.
    assert_eq!(store.get(&run, ID).unwrap().unwrap(), b"all of it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_that_is_not_given_back_ends_a_save_of_which_nothing_is_there() {
    let database = Database::new().await;
    let store = database.store().with_patience(Duration::from_secs(2));
    store.open().unwrap();
    let url = database.url();
    let holding = tokio::spawn(async move {
        sql(&url, "BEGIN; LOCK strictframe_checkpoint; SELECT pg_sleep(5); COMMIT").await
    });
    database.wait_until(LOCKED, "1").await;
    let error = store.put(&thread("run"), ID, b"all of it").unwrap_err();
    assert_eq!(error.name(), "Io", "{error}");
    assert!(error.to_string().contains("SQLSTATE 57014"), "{error}");
    holding.await.unwrap();
    assert_eq!(store.ids(&thread("run")).unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_is_ended_in_the_middle_of_a_save_is_followed_by_another() {
    let database = Database::new().await;
    let store = std::sync::Arc::new(database.store());
    store.open().unwrap();
    let url = database.url();
    let holding = tokio::spawn(async move {
        sql(&url, "BEGIN; LOCK strictframe_checkpoint; SELECT pg_sleep(4); COMMIT").await
    });
    database.wait_until(LOCKED, "1").await;
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name = 'strictframe'";
    let saving = std::thread::spawn({
        let store = std::sync::Arc::clone(&store);
        move || store.put(&thread("run"), ID, b"all of it")
    });
    database.wait_until(waits, "1").await;
    let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'strictframe'";
    assert_eq!(database.sql(end).await, "1");
    saving.join().unwrap().unwrap();
    holding.await.unwrap();
    assert_eq!(store.ids(&thread("run")).unwrap(), [ID]);
}

#[tokio::test]
async fn the_lock_of_a_table_goes_with_its_holder() {
    const URL: &str = "STRICTFRAME_HELD_BY_THE_DEAD";
    if let Ok(url) = std::env::var(URL) {
        let (client, connection) =
            tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let begun = "BEGIN; LOCK strictframe_checkpoint; DELETE FROM strictframe_checkpoint";
        client.batch_execute(begun).await.unwrap();
        return hold_until_killed();
    }
    let database = Database::new().await;
    let store = database.store();
    store.open().unwrap();
    store.put(&thread("run"), ID, b"all of it").unwrap();
    let mut holder = again("lost::the_lock_of_a_table_goes_with_its_holder");
    kill_when_it_holds(holder.env(URL, database.url()));
    let begun = Instant::now();
    let other = CheckpointId::from_bytes([8; 16]);
    store.put(&thread("run"), other, b"all of it").unwrap();
    assert_eq!(store.ids(&thread("run")).unwrap(), [ID, other]);
    assert!(begun.elapsed() < Duration::from_secs(15));
}
