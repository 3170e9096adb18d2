//! Disks that are full or take no writes: one clear error, nothing lost, nothing half there, and it goes on when there is room.

use std::path::Path;

use strictframe::CompressionPolicy;
use strictframe_dashflow::checkpoint::{CheckpointStore, Checkpointer, FileStore, JsonState};

use crate::small_world::{Disk, ReadOnly, is_inside, withstands_a_full_disk};
use crate::support::thread;
use crate::world::{open, save};

#[tokio::test]
async fn files_on_a_full_disk_are_whole_or_not_there() {
    if is_inside("disk::files_on_a_full_disk_are_whole_or_not_there", false) {
        let disk = Disk::of(256);
        let place = || FileStore::new(disk.path());
        withstands_a_full_disk(place, &disk, "No space left on device").await;
        let entries = std::fs::read_dir(disk.path().join("t_run")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let hidden: Vec<_> = names.filter(|name| name.starts_with('.')).collect();
        assert!(hidden.is_empty(), "{hidden:?}");
    }
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_database_on_a_full_disk_loses_nothing() {
    if is_inside("disk::a_database_on_a_full_disk_loses_nothing", false) {
        let disk = Disk::of(512);
        let path = disk.path().join("checkpoints.db");
        let place = || strictframe_dashflow::checkpoint::SqliteStore::new(&path);
        withstands_a_full_disk(place, &disk, "full").await;
    }
}

/// Opening says that nothing can be written, and what is there stays as it was.
async fn is_refused<S: CheckpointStore + 'static>(
    place: impl Fn(&Path) -> S,
    folder: &Path,
) -> ReadOnly {
    let (kept, run) = (folder.join("kept"), thread("run"));
    std::fs::create_dir(&kept).unwrap();
    let ids = save(&open(place(&kept)).await, &run, 1..=2).await;
    let shut = ReadOnly::of(&kept, folder.join("shut"));
    let opened =
        Checkpointer::<JsonState>::open(place(&shut.path), CompressionPolicy::default()).await;
    let error = opened.unwrap_err();
    assert_eq!(error.name(), "Io", "{error}");
    assert!(error.to_string().contains("Read-only file system"), "{error}");
    let checkpointer = open(place(&kept)).await;
    assert_eq!(checkpointer.verify(|_| {}).await.unwrap().whole, 2);
    assert_eq!(place(&kept).ids(&run).unwrap(), ids);
    shut
}

#[tokio::test]
async fn a_directory_that_takes_no_writes_is_one_clear_error_and_reading_goes_on() {
    let test = "disk::a_directory_that_takes_no_writes_is_one_clear_error_and_reading_goes_on";
    if is_inside(test, false) {
        let folder = tempfile::tempdir().unwrap();
        let shut = is_refused(|folder| FileStore::new(folder), folder.path()).await;
        // Who has it open already reads on, and so does whoever opens nothing.
        let (store, run) = (FileStore::new(&shut.path), thread("run"));
        let ids = store.ids(&run).unwrap();
        assert_eq!(store.history(&run).unwrap().checkpoints.len(), 2);
        for error in
            [store.put(&run, ids[0], b"").unwrap_err(), store.remove(&run, &ids).unwrap_err()]
        {
            assert!(error.to_string().contains("Read-only file system"), "{error}");
        }
        assert!(store.get(&run, ids[1]).unwrap().is_some());
    }
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_database_that_takes_no_writes_is_one_clear_error() {
    if is_inside("disk::a_database_that_takes_no_writes_is_one_clear_error", false) {
        let folder = tempfile::tempdir().unwrap();
        let place = |folder: &Path| {
            strictframe_dashflow::checkpoint::SqliteStore::new(folder.join("checkpoints.db"))
        };
        is_refused(place, folder.path()).await;
    }
}
