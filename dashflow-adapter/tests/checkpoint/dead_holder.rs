//! Locks of a process that was killed: nobody waits for it, and nothing of what it had begun is there.

use core::time::Duration;
use std::path::Path;
use std::time::Instant;

use crate::support::{again, hold_until_killed, kill_when_it_holds, thread};
use crate::world::{open_files, save};

const FOLDER: &str = "STRICTFRAME_HELD_BY_THE_DEAD";
/// As long as nobody waits for anything; a busy machine takes some of it.
const AT_ONCE: Duration = Duration::from_secs(15);

#[tokio::test]
async fn the_lock_of_a_directory_goes_with_its_holder() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let lock = std::fs::File::open(Path::new(&folder).join("lock")).unwrap();
        lock.lock().unwrap();
        std::fs::write(Path::new(&folder).join("t_run/.begun"), b"half of it").unwrap();
        return hold_until_killed();
    }
    let folder = tempfile::tempdir().unwrap();
    let checkpointer = open_files(folder.path()).await;
    let mut ids = save(&checkpointer, &thread("run"), 1..=1).await;
    let mut holder = again("dead_holder::the_lock_of_a_directory_goes_with_its_holder");
    kill_when_it_holds(holder.env(FOLDER, folder.path()));
    let begun = Instant::now();
    ids.extend(save(&checkpointer, &thread("run"), 2..=2).await);
    let history = open_files(folder.path()).await.history(&thread("run")).await.unwrap();
    assert!(begun.elapsed() < AT_ONCE);
    assert_eq!(history.checkpoints.iter().map(|head| head.id).collect::<Vec<_>>(), ids);
    assert!(!folder.path().join("t_run/.begun").exists());
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn the_lock_of_a_database_goes_with_its_holder() {
    use strictframe_dashflow::checkpoint::SqliteStore;

    if let Some(path) = std::env::var_os(FOLDER) {
        let holder = rusqlite::Connection::open(path).unwrap();
        holder.execute_batch("BEGIN EXCLUSIVE; DELETE FROM checkpoint").unwrap();
        return hold_until_killed();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoints.db");
    let checkpointer = crate::world::open(SqliteStore::new(&path)).await;
    let mut ids = save(&checkpointer, &thread("run"), 1..=1).await;
    let mut holder = again("dead_holder::the_lock_of_a_database_goes_with_its_holder");
    kill_when_it_holds(holder.env(FOLDER, &path));
    let begun = Instant::now();
    ids.extend(save(&checkpointer, &thread("run"), 2..=2).await);
    let checkpointer = crate::world::open(SqliteStore::new(&path)).await;
    let history = checkpointer.history(&thread("run")).await.unwrap();
    assert!(begun.elapsed() < AT_ONCE);
    assert_eq!(history.checkpoints.iter().map(|head| head.id).collect::<Vec<_>>(), ids);
}
