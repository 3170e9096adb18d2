//! A process that is killed while it saves: what it has acknowledged is there, and nothing is left behind.

use core::time::Duration;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::Stdio;

use strictframe_dashflow::checkpoint::{
    CheckpointId, Checkpointer, FileStore, JsonState, NewCheckpoint,
};

use crate::support::{again, thread};
use crate::world::{open_incremental, state};

const FOLDER: &str = "STRICTFRAME_CHECKPOINTS_OF_CHILD";
const KILLS: u64 = 200;
/// Whole ones and diffs, so that a newest one hangs on several that were acknowledged before.
const FULL_EVERY: usize = 5;

async fn open_there(is_database: bool, folder: &Path) -> Checkpointer<JsonState> {
    match is_database {
        #[cfg(feature = "sqlite")]
        true => {
            let path = folder.join("checkpoints.db");
            open_incremental(strictframe_dashflow::checkpoint::SqliteStore::new(path), FULL_EVERY)
                .await
        }
        _ => open_incremental(FileStore::new(folder), FULL_EVERY).await,
    }
}

/// Saves until it is killed, and says what was saved.
async fn save_until_killed(checkpointer: Checkpointer<JsonState>) {
    for step in 0.. {
        let id = checkpointer.save(NewCheckpoint::new(thread("run"), state(step))).await.unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "saved {id} .").unwrap();
        out.flush().unwrap();
    }
}

/// The last id that a child has acknowledged until it was killed.
fn killed_after(test: &str, folder: &Path, time: Duration) -> Option<CheckpointId> {
    let mut child = again(test)
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let killing = std::thread::spawn(move || {
        std::thread::sleep(time);
        child.kill().unwrap();
        child.wait().unwrap();
    });
    let mut last = None;
    for line in output.split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8(line).unwrap();
        // A line that was cut off has no end.
        if let Some(id) = line.strip_prefix("saved ").and_then(|id| id.strip_suffix(" .")) {
            last = Some(id.parse().unwrap());
        }
    }
    killing.join().unwrap();
    last
}

async fn survives_sigkill(test: &str, is_database: bool) {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let checkpointer = open_there(is_database, Path::new(&folder)).await;
        return save_until_killed(checkpointer).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = None;
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..KILLS {
        let time = Duration::from_micros(random.u64(3_000..40_000));
        acknowledged = killed_after(test, folder.path(), time).or(acknowledged);
        let checkpointer = open_there(is_database, folder.path()).await;
        let newest = checkpointer.newest(&thread("run")).await.unwrap();
        assert_eq!(newest.passed_over, []);
        let found = newest.checkpoint.map(|checkpoint| checkpoint.head.id);
        // What was not acknowledged in time may be there too.
        assert!(found >= acknowledged, "{found:?} is there, {acknowledged:?} was acknowledged");
        if folder.path().join("t_run").exists() {
            for entry in std::fs::read_dir(folder.path().join("t_run")).unwrap() {
                let name = entry.unwrap().file_name().into_string().unwrap();
                assert!(!name.starts_with('.'), "{name} was left behind");
            }
        }
    }
    assert!(acknowledged.is_some(), "no child came as far as one checkpoint");
}

#[tokio::test]
async fn the_newest_file_that_was_acknowledged_survives_sigkill() {
    let test = "kill::the_newest_file_that_was_acknowledged_survives_sigkill";
    survives_sigkill(test, false).await;
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn the_newest_row_that_was_acknowledged_survives_sigkill() {
    let test = "kill::the_newest_row_that_was_acknowledged_survives_sigkill";
    survives_sigkill(test, true).await;
}
