//! A server that is killed while it saves: what it has acknowledged is there.

use core::time::Duration;
use std::collections::BTreeSet;

use strictframe_broker::Postgres;
use strictframe_dashflow::checkpoint::{
    CheckpointId, Checkpointer, JsonState, NewCheckpoint, PostgresStore,
};

use crate::support::{is_big, thread};
use crate::world::{open, state};

/// Saves until something goes wrong; gives what was acknowledged.
async fn save_until_it_fails(
    checkpointer: Checkpointer<JsonState>,
    name: String,
) -> Vec<CheckpointId> {
    let mut saved = Vec::new();
    for step in 0.. {
        match checkpointer.save(NewCheckpoint::new(thread(&name), state(step))).await {
            Ok(id) => saved.push(id),
            Err(error) => {
                assert!(["Io", "Unacknowledged"].contains(&error.name()), "{error}");
                break;
            }
        }
    }
    saved
}

/// This database says that a commit is done before it is written, and writes it up to half a minute later. The store asks for more.
const CARELESS: &str = "synchronous_commit = off\nwal_writer_delay = 10s";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_the_death_of_a_careless_server() {
    let server = Postgres::start(CARELESS, None).unwrap();
    let checkpointer = open(PostgresStore::new(&server.url("postgres")).unwrap()).await;
    let (mut acknowledged, mut random) = (BTreeSet::new(), fastrand::Rng::with_seed(7));
    for _ in 0..if is_big() { 100 } else { 10 } {
        let saving: Vec<_> = (0..4)
            .map(|number| {
                tokio::spawn(save_until_it_fails(checkpointer.clone(), format!("run-{number}")))
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(random.u64(20..200))).await;
        server.kill().unwrap();
        for saved in saving {
            acknowledged.extend(saved.await.unwrap());
        }
        server.resume().unwrap();
        // The same store, which connects anew.
        let report = checkpointer.verify(|_| {}).await.unwrap();
        assert_eq!(report.wrong, []);
        let mut found = BTreeSet::new();
        for thread in checkpointer.threads().await.unwrap() {
            let history = checkpointer.history(&thread).await.unwrap();
            found.extend(history.checkpoints.iter().map(|head| head.id));
            let newest = checkpointer.newest(&thread).await.unwrap();
            assert_eq!(newest.checkpoint.unwrap().head.id, history.checkpoints.last().unwrap().id);
        }
        let lost: Vec<_> = acknowledged.difference(&found).collect();
        assert!(lost.is_empty(), "{} of {} are lost", lost.len(), acknowledged.len());
    }
    // However slow the disk is.
    assert!(acknowledged.len() >= 10, "{} were acknowledged at all", acknowledged.len());
}
