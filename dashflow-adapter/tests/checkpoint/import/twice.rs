//! Imports that are run once more, chains, and times that do not ascend.

use core::sync::atomic::{AtomicU32, Ordering};
use std::collections::BTreeSet;

use proptest::prelude::*;
use strictframe_dashflow::ThreadId;
use strictframe_dashflow::checkpoint::import::{ImportOptions, OLD_ID};
use strictframe_dashflow::checkpoint::{
    CheckpointError, CheckpointId, CheckpointStore, FileStore, MemoryStore, NewCheckpoint,
};

use super::{refused, run, saved};
use crate::support::thread;
use crate::world::{open_files, state};

/// A store that keeps so many more and fails then.
struct Failing<'a> {
    store: &'a MemoryStore,
    left: AtomicU32,
}

impl CheckpointStore for Failing<'_> {
    fn open(&self) -> Result<(), CheckpointError> {
        self.store.open()
    }

    fn put(
        &self,
        thread: &ThreadId,
        id: CheckpointId,
        bytes: &[u8],
    ) -> Result<(), CheckpointError> {
        let left = self.left.fetch_sub(1, Ordering::Relaxed);
        if left == 0 {
            let doing = "writing".to_owned();
            return Err(CheckpointError::Io { doing, error: "no space left".to_owned() });
        }
        self.store.put(thread, id, bytes)
    }

    fn get(&self, thread: &ThreadId, id: CheckpointId) -> Result<Option<Vec<u8>>, CheckpointError> {
        self.store.get(thread, id)
    }

    fn ids(&self, thread: &ThreadId) -> Result<Vec<CheckpointId>, CheckpointError> {
        self.store.ids(thread)
    }

    fn threads(&self) -> Result<Vec<ThreadId>, CheckpointError> {
        CheckpointStore::threads(self.store)
    }

    fn remove(&self, thread: &ThreadId, ids: &[CheckpointId]) -> Result<(), CheckpointError> {
        self.store.remove(thread, ids)
    }
}

#[tokio::test]
async fn what_was_imported_is_known_again_and_what_was_saved_since_stays_the_newest() {
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let run_7 = thread("run-7");
    saved("run-7", "a", 1, None).write(old.path());
    saved("run-7", "b", 5_000_002, Some("a")).write(old.path());
    let store = FileStore::new(new.path());
    let checkpoints = open_files(new.path()).await;
    let first = run(old.path(), &store, &ImportOptions::default()).unwrap();
    assert!(first.imported().all(|imported| !imported.was_there));
    let since = checkpoints.save(NewCheckpoint::new(run_7.clone(), state(9))).await.unwrap();
    // One that was found later, and goes between.
    saved("run-7", "between", 3_000_001, Some("a")).write(old.path());
    let second = run(old.path(), &store, &ImportOptions::default()).unwrap();
    let was_there: Vec<_> =
        second.imported().map(|it| (it.old_id.as_str(), it.was_there)).collect();
    assert_eq!(was_there, [("a", true), ("between", false), ("b", true)]);
    let heads = checkpoints.history(&run_7).await.unwrap().checkpoints;
    let ids: Vec<_> =
        heads.iter().map(|head| head.metadata.get(OLD_ID).map(String::as_str)).collect();
    assert_eq!(ids, [Some("a"), Some("between"), Some("b"), None]);
    let newest = checkpoints.newest(&run_7).await.unwrap().checkpoint.unwrap();
    assert_eq!(newest.head.id, since);
}

#[test]
fn what_was_imported_and_is_damaged_is_not_said_to_be_there() {
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    saved("run-7", "a", 1, None).write(old.path());
    let store = FileStore::new(new.path());
    store.open().unwrap();
    let import = || run(old.path(), &store, &ImportOptions::default()).unwrap();
    let id = import().imported().next().unwrap().id;
    let path = new.path().join(format!("t_run-7/{id}.frame"));
    let whole = std::fs::read(&path).unwrap();
    let mut damaged = whole.clone();
    *damaged.last_mut().unwrap() ^= 1;
    std::fs::write(&path, &damaged).unwrap();
    assert_eq!(refused(&import()), [("a.bin".to_owned(), "Kept")]);
    assert_eq!(std::fs::read(&path).unwrap(), damaged, "nothing is written over");
    std::fs::remove_file(&path).unwrap();
    assert_eq!(import().imported().map(|imported| imported.was_there).collect::<Vec<_>>(), [false]);
    assert_eq!(std::fs::read(&path).unwrap(), whole, "it is the same as the first time");
}

#[test]
fn an_import_that_was_interrupted_goes_on() {
    let old = tempfile::tempdir().unwrap();
    let mut parent = None;
    for number in 0..10_u64 {
        let id = format!("cp-{number}");
        saved("run-7", &id, number * 1_000_000_000, parent.as_deref()).write(old.path());
        parent = Some(id);
    }
    let kept = MemoryStore::new();
    for _ in 0..3 {
        let store = Failing { store: &kept, left: AtomicU32::new(3) };
        let error = run(old.path(), &store, &ImportOptions::default()).unwrap_err();
        assert_eq!(error.name(), "Io");
    }
    let report = run(old.path(), &kept, &ImportOptions::default()).unwrap();
    assert_eq!(report.imported().filter(|imported| imported.was_there).count(), 9);
    assert!(report.imported().all(|imported| imported.lost_parent.is_none()));
    assert_eq!(kept.ids(&thread("run-7")).unwrap().len(), 10);
}

#[test]
fn chains_of_one_instant_ascend_and_circles_end() {
    let old = tempfile::tempdir().unwrap();
    // Names against the chain, all of one time, as a coarse clock gives it.
    let names = ["z", "y", "x", "w", "v", "u"];
    for (number, id) in names.iter().enumerate() {
        let parent = number.checked_sub(1).map(|before| names[before]);
        saved("run-7", id, 1_000_000, parent).write(old.path());
    }
    for (id, parent) in [("one", "two"), ("two", "one"), ("self", "self")] {
        saved("round", id, 1, Some(parent)).write(old.path());
    }
    let store = MemoryStore::new();
    let report = run(old.path(), &store, &ImportOptions::default()).unwrap();
    assert_eq!(refused(&report), []);
    let by_id: std::collections::BTreeMap<_, _> = report
        .imported()
        .filter(|it| it.thread == thread("run-7"))
        .map(|it| (it.id, it.old_id.as_str()))
        .collect();
    assert_eq!(by_id.into_values().collect::<Vec<_>>(), names);
    let round: Vec<_> = report.imported().filter(|it| it.thread == thread("round")).collect();
    // Each circle is cut at one place, which is told.
    assert_eq!(round.iter().filter(|it| it.lost_parent.is_some()).count(), 2);
    assert!(
        round.iter().any(|it| it.old_id == "self" && it.lost_parent.as_deref() == Some("self"))
    );
}

#[test]
fn a_child_that_is_older_than_its_parent_keeps_it() {
    let old = tempfile::tempdir().unwrap();
    saved("run-7", "parent", 5_000_000_000, None).write(old.path());
    saved("run-7", "child", 1_000_000_000, Some("parent")).write(old.path());
    let report = run(old.path(), &MemoryStore::new(), &ImportOptions::default()).unwrap();
    let imported: Vec<_> = report.imported().collect();
    assert_eq!((imported[0].old_id.as_str(), imported[1].lost_parent.as_deref()), ("parent", None));
    assert!(imported[1].id < imported[0].id, "ids are in the order of their times");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn ids_are_in_the_order_of_times_and_no_two_are_one(
        times in prop::collection::vec((0_u64..3_000_000_000, 0_usize..8), 1..12),
    ) {
        let old = tempfile::tempdir().unwrap();
        for (number, (nanos, parent)) in times.iter().enumerate() {
            let parent = format!("cp-{parent}");
            saved("run-7", &format!("cp-{number}"), *nanos, Some(&parent)).write(old.path());
        }
        let store = MemoryStore::new();
        let report = run(old.path(), &store, &ImportOptions::default()).unwrap();
        let ids: BTreeSet<_> = report.imported().map(|imported| imported.id).collect();
        prop_assert_eq!(ids.len(), times.len());
        prop_assert_eq!(store.ids(&thread("run-7")).unwrap(), ids.into_iter().collect::<Vec<_>>());
        let mut by_id: Vec<_> = report.imported().collect();
        by_id.sort_by_key(|imported| imported.id);
        let place = |old_id: &str| old_id.strip_prefix("cp-").unwrap().parse::<usize>().unwrap();
        let times: Vec<_> = by_id.iter().map(|it| times[place(&it.old_id)].0 / 1000).collect();
        prop_assert!(times.is_sorted());
        for imported in &by_id {
            prop_assert_eq!(imported.id.to_bytes()[6] >> 4, 7);
            prop_assert_eq!(imported.id.to_bytes()[8] >> 6, 0b10);
        }
    }
}
