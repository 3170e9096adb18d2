//! What is read of a directory, and what is said of the rest.

use std::collections::BTreeMap;
use std::path::Path;

use strictframe_dashflow::checkpoint::import::{
    FileOutcome, ImportOptions, ImportStep, NoType, OLD_ID, OLD_PARENT, OldState, STATE_VERSION,
    UNCHECKED, import,
};
use strictframe_dashflow::checkpoint::{CheckpointStore as _, FileStore, JsonState, MemoryStore};

use super::writer::index;
use super::{Plan, bare, json, plan, refused, run, saved};
use crate::support::thread;
use crate::world::{open, open_files};

/// Every file with its bytes.
fn content(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let files = files.filter(|entry| entry.file_type().unwrap().is_file());
    files
        .map(|entry| {
            (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap())
        })
        .collect()
}

/// One file of each sort, and what is none.
fn of_each_sort(folder: &Path) {
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).unwrap();
    write("a.bin", &saved("run-7", "a", 1, None).headed());
    write("b.bin", &saved("run-7", "b", 1_000_002, Some("a")).bare());
    write("c.bin.gz", &saved("run-7", "c", 2_000_003, Some("b")).gzip());
    write("d.v.bin", &saved("run-7", "d", 3_000_004, Some("c")).versioned(3));
    let versioned = saved("run-7", "e", 4_000_005, Some("d")).versioned(4);
    write("e.v.bin.gz", &super::writer::gzip(&versioned));
    write("f.bin", &saved("../Run", "f", 5_000_006, Some("gone")).headed());
    write("cut.bin", &saved("run-7", "cut", 7, None).headed()[..100]);
    write("index.bin", &index(&[("run-7", "e"), ("run-8", "lost"), ("../Run", "f")]));
    write(".checkpoint.lock", b"");
    write(".e.v.bin.gz.0b5e.tmp", b"half");
    write("notes.txt", b"mine");
    std::fs::create_dir(folder.join("below.bin")).unwrap();
}

#[tokio::test]
async fn every_sort_of_file_is_read_and_all_that_it_said_is_there() {
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    of_each_sort(old.path());
    let before = content(old.path());
    let store = FileStore::new(new.path());
    let checkpoints = open_files(new.path()).await;
    let report = run(old.path(), &store, &bare()).unwrap();
    assert_eq!(content(old.path()), before, "nothing of the old is changed");

    assert_eq!(refused(&report), [("cut.bin".to_owned(), "Length")]);
    let ignored: Vec<_> = report
        .files
        .iter()
        .filter_map(|file| match file.outcome {
            FileOutcome::Ignored(ignored) => Some((file.name.to_str().unwrap(), ignored.name())),
            _ => None,
        })
        .collect();
    let expected = [
        (".checkpoint.lock", "Lock"),
        (".e.v.bin.gz.0b5e.tmp", "Temporary"),
        ("below.bin", "Directory"),
        ("index.bin", "Index"),
        ("notes.txt", "Other"),
    ];
    assert_eq!(ignored, expected);
    assert_eq!(report.files.len(), before.len() + 1);
    let missing: Vec<_> =
        report.missing.iter().map(|it| (it.thread.as_str(), it.old_id.as_str())).collect();
    assert_eq!(missing, [("run-8", "lost")]);

    let history = checkpoints.history(&thread("run-7")).await.unwrap();
    assert_eq!(history.damaged, []);
    let heads = history.checkpoints;
    assert_eq!(heads.len(), 5);
    for (number, (head, old_id)) in (0_u32..).zip(heads.iter().zip(["a", "b", "c", "d", "e"])) {
        let nanos = i64::from(number) * 1_000_000 + i64::from(number) + 1;
        assert_eq!(head.time, 1_767_225_600_000_000_000 + nanos);
        assert_eq!(head.node, format!("node {}", number + 1));
        let said = |key: &str| head.metadata.get(key).map(String::as_str);
        assert_eq!((said(OLD_ID), said("why")), (Some(old_id), Some("a human asked")));
        let before = number.checked_sub(1).map(|before| &heads[before as usize]);
        assert_eq!(head.parent, before.map(|before| before.id));
        assert_eq!(said(OLD_PARENT), before.map(|before| before.metadata[OLD_ID].as_str()));
        assert_eq!(said(UNCHECKED), ["b", "d"].contains(&old_id).then_some("true"));
        let version = BTreeMap::from([("d", "3"), ("e", "4")]).get(old_id).copied();
        assert_eq!(said(STATE_VERSION), version);
        let loaded = checkpoints.load(&thread("run-7"), head.id).await.unwrap();
        assert_eq!(loaded.state, json(&plan(u64::from(number) + 1)));
    }
    let newest = checkpoints.newest(&thread("../Run")).await.unwrap().checkpoint.unwrap();
    assert_eq!((newest.head.parent, newest.head.metadata[OLD_PARENT].as_str()), (None, "gone"));
    let lost: Vec<_> = report.imported().filter_map(|it| it.lost_parent.as_deref()).collect();
    assert_eq!(lost, ["gone"]);
    let unchecked = report.imported().filter(|imported| !imported.is_checked).count();
    assert_eq!(unchecked, 2);
}

#[test]
fn without_a_type_states_of_json_are_imported_and_the_others_named() {
    let old = tempfile::tempdir().unwrap();
    of_each_sort(old.path());
    let store = MemoryStore::new();
    let convert = |state: OldState<NoType>| match state {
        OldState::Json { text, .. } => serde_json::from_str(&text).map(JsonState),
        OldState::Typed(none) => match none {},
    };
    let report = import(old.path(), &store, &bare(), convert, |_| {}).unwrap();
    let imported: Vec<_> = report.imported().map(|it| it.old_id.as_str()).collect();
    assert_eq!(imported, ["d", "e"]);
    let needs_type = ["a.bin", "b.bin", "c.bin.gz", "f.bin"].map(|name| (name, "NeedsType"));
    let mut expected = vec![("cut.bin", "Length")];
    expected.extend(needs_type);
    expected.sort_unstable();
    let refused = refused(&report);
    let mut found: Vec<_> = refused.iter().map(|(name, why)| (name.as_str(), *why)).collect();
    found.sort_unstable();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn what_cannot_be_converted_is_named_and_the_rest_is_imported() {
    let old = tempfile::tempdir().unwrap();
    for (id, nanos, parent) in
        [("a", 1, None), ("b", 2_000_002, Some("a")), ("c", 4_000_003, Some("b"))]
    {
        saved("run-7", id, nanos, parent).write(old.path());
    }
    let store = MemoryStore::new();
    let convert = |state: OldState<Plan>| match state {
        OldState::Typed(plan) if plan.step == 2 => Err("step 2 was never one"),
        OldState::Typed(plan) => Ok(json(&plan)),
        OldState::Json { .. } => Err("no JSON was saved"),
    };
    let report = import(old.path(), &store, &ImportOptions::default(), convert, |_| {}).unwrap();
    let (name, why) = report.refused().next().unwrap();
    assert_eq!((name.to_str(), why.name()), (Some("b.bin"), "Convert"));
    assert!(why.to_string().contains("step 2 was never one"), "{why}");
    // Nobody follows one that is not there.
    let last = report.imported().last().unwrap();
    assert_eq!((last.old_id.as_str(), last.lost_parent.as_deref()), ("c", Some("b")));
    let newest = open(store).await.newest(&thread("run-7")).await.unwrap().checkpoint.unwrap();
    assert_eq!((newest.head.id, newest.head.parent), (last.id, None));
}

#[test]
fn two_files_of_one_checkpoint_are_one_and_the_other_is_named() {
    let old = tempfile::tempdir().unwrap();
    let one = saved("run-7", "a", 1, None);
    one.write(old.path());
    std::fs::write(old.path().join("a.bin.gz"), one.gzip()).unwrap();
    // The same id of another thread has no name of its own in one directory but this.
    let other = saved("run-8", "a", 1, None);
    std::fs::write(old.path().join("a.v.bin"), other.versioned(1)).unwrap();
    let store = MemoryStore::new();
    let report = run(old.path(), &store, &bare()).unwrap();
    assert_eq!(refused(&report), [("a.bin.gz".to_owned(), "Duplicate")]);
    let ids: Vec<_> = report.imported().map(|it| (it.thread.as_str(), it.id)).collect();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0].1, ids[1].1);
}

#[test]
fn a_dry_run_says_the_same_and_keeps_nothing() {
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    of_each_sort(old.path());
    let mut options = bare();
    options.dry_run = true;
    let nowhere = new.path().join("not made");
    let dry = run(old.path(), &FileStore::new(&nowhere), &options).unwrap();
    assert!(!nowhere.exists());
    let store = MemoryStore::new();
    assert_eq!(dry, run(old.path(), &store, &bare()).unwrap());
    assert_eq!(store.threads().unwrap().len(), 2);
}

#[test]
fn every_file_is_told_once_and_how_far_it_is() {
    let old = tempfile::tempdir().unwrap();
    of_each_sort(old.path());
    let (mut names, mut examined, mut saved) = (Vec::new(), Vec::new(), Vec::new());
    let convert = |state: OldState<Plan>| state.typed().map(|plan| json(&plan));
    let report = import(old.path(), &MemoryStore::new(), &bare(), convert, |step| match step {
        ImportStep::Examined { done, total } => examined.push((done, total)),
        ImportStep::File(file) => names.push(file.name.clone()),
        ImportStep::Saved { done, total } => saved.push((done, total)),
        _ => {}
    })
    .unwrap();
    assert_eq!(names, report.files.iter().map(|file| file.name.clone()).collect::<Vec<_>>());
    names.sort();
    names.dedup();
    assert_eq!(names.len(), report.files.len());
    assert_eq!(examined, (1..=12).map(|done| (done, 12)).collect::<Vec<_>>());
    assert_eq!(saved, (1..=6).map(|done| (done, 6)).collect::<Vec<_>>());
}

#[cfg(unix)]
#[test]
fn links_and_what_is_no_file_are_named_and_nobody_waits_for_them() {
    let (old, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    saved("run-7", "a", 1, None).write(elsewhere.path());
    let target = elsewhere.path().join("a.bin");
    std::os::unix::fs::symlink(&target, old.path().join("a.bin")).unwrap();
    let pipe = old.path().join("pipe.bin");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let report = run(old.path(), &MemoryStore::new(), &bare()).unwrap();
    let expected = [("a.bin", "Link"), ("pipe.bin", "Unreadable")];
    assert_eq!(refused(&report), expected.map(|(name, why)| (name.to_owned(), why)));
}
