//! Disks that are small, and that nobody else sees: a test runs once more in a mount namespace of its own, with which they go.

use std::path::{Path, PathBuf};
use std::process::Command;

use strictframe_dashflow::checkpoint::{CheckpointStore, JsonState, NewCheckpoint};

use crate::support::{again, noise_of, thread};
use crate::world::{open, save, state, step};

const INSIDE: &str = "STRICTFRAME_SMALL_WORLD";

/// Whether this is inside already. Otherwise the test of that name is run there, and nothing is left to be done here.
///
/// At a desk that lets nobody mount anything, that is said and no more; under CI it fails.
pub(crate) fn is_inside(test: &str, needs_root: bool) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let is_root = rustix::process::geteuid().is_root();
    let unshare = || {
        let mut unshare = Command::new("unshare");
        unshare.args(["--mount", "--propagation", "private"]);
        if !is_root {
            unshare.args(["--user", "--map-root-user"]);
        }
        unshare
    };
    let can = unshare().args(["mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output();
    let can = can.is_ok_and(|output| output.status.success()) && (is_root || !needs_root);
    if !can {
        let is_ci = std::env::var("CI").is_ok_and(|value| value == "true");
        assert!(!is_ci, "nothing can be mounted here");
        eprintln!("not tried: nothing can be mounted here");
        return false;
    }
    let inner = again(test);
    let mut outer = unshare();
    outer.arg(inner.get_program()).args(inner.get_args()).env(INSIDE, "1");
    let output = outer.output().unwrap();
    if !output.status.success() {
        let told = [output.stdout, output.stderr].map(|told| String::from_utf8(told).unwrap());
        // It is one test, and is counted once.
        let told = told.join("\n").replace("test result:", "inside:");
        panic!("{test} failed in a small world:\n{told}");
    }
    false
}

/// A disk of that many KiB, in memory.
pub(crate) struct Disk {
    folder: tempfile::TempDir,
}

impl Disk {
    pub(crate) fn of(kib: u32) -> Self {
        let disk = Self { folder: tempfile::tempdir().unwrap() };
        mount(&["-t", "tmpfs", "-o", &format!("size={kib}k,mode=700"), "tmpfs"], disk.path());
        disk
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn grow(&self, kib: u32) {
        mount(&["-o", &format!("remount,size={kib}k")], self.path());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        unmount(self.path());
    }
}

/// A folder once more, at a place where nothing can be written.
pub(crate) struct ReadOnly {
    pub(crate) path: PathBuf,
}

impl ReadOnly {
    pub(crate) fn of(folder: &Path, path: PathBuf) -> Self {
        std::fs::create_dir(&path).unwrap();
        mount(&["--bind", folder.to_str().unwrap()], &path);
        mount(&["-o", "remount,bind,ro"], &path);
        Self { path }
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        unmount(&self.path);
    }
}

fn mount(arguments: &[&str], place: &Path) {
    let status = Command::new("mount").args(arguments).arg(place).status().unwrap();
    assert!(status.success(), "mount {arguments:?}");
}

fn unmount(place: &Path) {
    // What is still open there keeps it until that ends.
    let _ = Command::new("umount").arg("--lazy").arg(place).status();
}

/// Saves until there is no room, and looks what is there then and afterwards.
pub(crate) async fn withstands_a_full_disk<S: CheckpointStore + 'static>(
    place: impl Fn() -> S,
    disk: &Disk,
    words: &str,
) {
    let (checkpointer, run) = (open(place()).await, thread("run"));
    let mut ids = Vec::new();
    for _ in 0..3 {
        let error = loop {
            let new = NewCheckpoint::new(run.clone(), noisy(ids.len() as u64));
            match checkpointer.save(new).await {
                Ok(id) => ids.push(id),
                Err(error) => break error,
            }
        };
        assert_eq!(error.name(), "Io", "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert!(ids.len() > 3, "{} are kept", ids.len());
        // By those that have it open, and by those that open it now.
        for checkpointer in [checkpointer.clone(), open(place()).await] {
            let report = checkpointer.verify(|_| {}).await.unwrap();
            assert_eq!((report.whole, report.wrong), (ids.len() as u64, vec![]));
            let newest = checkpointer.newest(&run).await.unwrap();
            let found = newest.checkpoint.unwrap();
            assert_eq!((Some(&found.head.id), newest.passed_over), (ids.last(), vec![]));
            assert_eq!(step(&found.state), ids.len() as u64 - 1);
            assert_eq!(place().ids(&run).unwrap(), ids);
        }
    }
    disk.grow(1 << 20);
    ids.extend(save(&checkpointer, &run, 1..=20).await);
    assert_eq!(place().ids(&run).unwrap(), ids);
    assert_eq!(checkpointer.verify(|_| {}).await.unwrap().whole, ids.len() as u64);
}

fn noisy(step: u64) -> JsonState {
    let mut state = state(step);
    state.0.insert("log".to_owned(), noise_of(step + 1, 8 << 10).into());
    state
}
