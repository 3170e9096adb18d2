//! S4: files that nobody else can read, guess or lead elsewhere, and none left behind.

use std::path::{Path, PathBuf};

use strictframe_dashflow::ThreadId;
use strictframe_dashflow::checkpoint::{FileStore, NewCheckpoint};

use crate::support::thread;
use crate::world::{open, open_files, save, state, step};

/// Everything below a folder, hidden or not.
fn all(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut left) = (Vec::new(), vec![folder.to_path_buf()]);
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.is_symlink() {
                left.push(path.clone());
            }
            found.push(path);
        }
    }
    found.sort();
    found
}

#[cfg(unix)]
#[tokio::test]
async fn s4_files_and_directories_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("kept");
    let checkpointer = open_files(&store).await;
    save(&checkpointer, &thread("run"), 1..=2).await;
    checkpointer.history(&thread("run")).await.unwrap();
    for path in all(folder.path()) {
        let mode = path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
}

#[tokio::test]
async fn s4_hostile_names_stay_inside_and_apart() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("kept");
    let checkpointer = open_files(&store).await;
    let long = "x".repeat(256);
    let names = [
        "..",
        "../..",
        "/etc/passwd",
        "a/b",
        "a\\b",
        "a\0b",
        "Run",
        "run",
        "RUN",
        "con",
        "nul.txt",
        ".",
        ".hidden",
        "index",
        "lock",
        "t_run",
        "c_run",
        "ru\u{301}n",
        "r\u{fa}n",
        "a ",
        " a",
        "%2e",
        "*?<>|\":",
        "\u{202e}nur",
        &long,
        "é",
        "e\u{301}",
        "\n",
    ];
    let threads: Vec<_> = names.iter().filter_map(|name| ThreadId::new(name).ok()).collect();
    for (number, thread) in (0..).zip(&threads) {
        checkpointer.save(NewCheckpoint::new(thread.clone(), state(number))).await.unwrap();
    }
    for (number, thread) in (0..).zip(&threads) {
        let newest = checkpointer.newest(thread).await.unwrap().checkpoint.unwrap();
        assert_eq!(step(&newest.state), number, "{thread:?}");
    }
    let mut sorted = threads.clone();
    sorted.sort();
    assert_eq!(checkpointer.threads().await.unwrap(), sorted);
    let entries: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(entries.len(), 1, "{entries:?}");
    let lower: std::collections::BTreeSet<_> =
        all(&store).iter().map(|path| path.to_str().unwrap().to_lowercase()).collect();
    assert_eq!(lower.len(), all(&store).len());
}

#[cfg(unix)]
#[tokio::test]
async fn s4_links_are_not_followed() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let checkpointer = open_files(folder.path()).await;
    std::os::unix::fs::symlink(elsewhere.path(), folder.path().join("t_run")).unwrap();
    let error = checkpointer.save(NewCheckpoint::new(thread("run"), state(1))).await.unwrap_err();
    assert_eq!(error.name(), "Io", "{error}");
    assert_eq!(all(elsewhere.path()), [] as [PathBuf; 0]);
    assert_eq!(checkpointer.threads().await.unwrap(), []);
}

#[tokio::test]
async fn s4_what_a_killed_writer_left_is_swept_when_nobody_writes() {
    let folder = tempfile::tempdir().unwrap();
    save(&open_files(folder.path()).await, &thread("run"), 1..=1).await;
    let orphan = folder.path().join("t_run/.0198.frame.XyZ123");
    std::fs::write(&orphan, b"half of it").unwrap();
    let lock = std::fs::File::open(folder.path().join("lock")).unwrap();
    lock.lock_shared().unwrap();
    open_files(folder.path()).await;
    assert!(orphan.exists(), "somebody writes");
    lock.unlock().unwrap();
    let store = FileStore::new(folder.path());
    open(store).await;
    assert!(!orphan.exists());
    // The lock of a writer that was killed is nobody's.
    assert!(folder.path().join("lock").exists());
}

#[cfg(unix)]
#[tokio::test]
async fn s4_a_directory_that_cannot_be_written_to_is_one_clear_error_and_reading_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("kept");
    let checkpointer = open_files(&store).await;
    save(&checkpointer, &thread("run"), 1..=2).await;
    // Whoever is root may write everywhere, but not below a file.
    let other = folder.path().join("file");
    std::fs::write(&other, b"").unwrap();
    let refused = strictframe_dashflow::checkpoint::Checkpointer::<
        strictframe_dashflow::checkpoint::JsonState,
    >::open(FileStore::new(other.join("below")), Default::default());
    assert_eq!(refused.await.unwrap_err().name(), "Io");
    std::fs::remove_file(store.join("lock")).unwrap();
    std::fs::create_dir(store.join("lock")).unwrap();
    let error = checkpointer.save(NewCheckpoint::new(thread("run"), state(3))).await.unwrap_err();
    assert_eq!(error.name(), "Io", "{error}");
    let newest = checkpointer.newest(&thread("run")).await.unwrap().checkpoint.unwrap();
    assert_eq!(step(&newest.state), 2);
}
