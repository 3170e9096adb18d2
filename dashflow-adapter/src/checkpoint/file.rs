//! Checkpoints in a directory: one file for each, below a directory for each thread.
//!
//! | path | what it is |
//! |---|---|
//! | `t_THREAD/ID.frame` | a checkpoint: one frame, or a stream of parts; every tool for frames reads it |
//! | `t_THREAD/index.frame` | what the checkpoints of a thread say of themselves; a cache, made anew when it is missing, damaged or behind |
//! | `lock` | shared by those that write, so that what a killed one has left is known for what it is |
//!
//! A file appears whole and durable under its name or not at all: it is written without a name where the system can do that, synced, named, and its directory synced. Files
//! and directories are for their owner alone (0600, 0700), and no link is followed. Several processes may use one directory at once: none of them writes what another one has
//! written.

pub(super) mod folder;
mod index;
mod names;

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use self::folder::{list, make, read, sync, write};
use super::error::CheckpointError;
use super::id::CheckpointId;
use super::store::{CheckpointStore, History};
use crate::identity::ThreadId;

/// Keeps checkpoints in a directory.
#[derive(Debug)]
pub struct FileStore {
    folder: PathBuf,
}

impl FileStore {
    /// A store in that directory, which is made when it is opened.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    fn of(&self, thread: &ThreadId) -> PathBuf {
        self.folder.join(names::folder_of(thread))
    }

    fn path(&self, thread: &ThreadId, id: CheckpointId) -> PathBuf {
        self.of(thread).join(format!("{id}{ENDING}"))
    }

    fn lock(&self) -> io::Result<File> {
        folder::open_lock(&self.folder.join("lock"))
    }

    /// Every directory of a thread, with the thread.
    fn folders(&self) -> Result<Vec<(ThreadId, PathBuf)>, CheckpointError> {
        let (mut found, mut left) = (Vec::new(), vec![PathBuf::new()]);
        while let Some(below) = left.pop() {
            let is_first = below.as_os_str().is_empty();
            for (name, is_folder) in list(&self.folder.join(&below))? {
                if is_folder && names::is_part(&name, is_first) {
                    let path = below.join(name);
                    let thread = names::thread_of(&path);
                    found.extend(thread.map(|thread| (thread, self.folder.join(&path))));
                    left.push(path);
                }
            }
        }
        found.sort();
        Ok(found)
    }

    /// Removes files that were being written when their process ended; not while somebody writes.
    fn sweep(&self) -> Result<(), CheckpointError> {
        let lock = self.lock().map_err(|error| CheckpointError::io("opening the lock", &error))?;
        if lock.try_lock().is_err() {
            return Ok(());
        }
        for (_, folder) in self.folders()? {
            for (name, is_folder) in list(&folder)? {
                if !is_folder && name.to_str().is_some_and(|name| name.starts_with('.')) {
                    let path = folder.join(name);
                    let doing = format!("removing {}, which was never finished", path.display());
                    std::fs::remove_file(&path)
                        .map_err(|error| CheckpointError::io(&doing, &error))?;
                    tracing::warn!(target: "strictframe", "{doing}");
                }
            }
        }
        Ok(())
    }
}

impl CheckpointStore for FileStore {
    fn open(&self) -> Result<(), CheckpointError> {
        make(&self.folder).map_err(|error| {
            let doing = format_args!("making the directory {}", self.folder.display());
            CheckpointError::io(doing, &error)
        })?;
        self.sweep()
    }

    fn put(
        &self,
        thread: &ThreadId,
        id: CheckpointId,
        bytes: &[u8],
    ) -> Result<(), CheckpointError> {
        let path = self.path(thread, id);
        let doing = |error| CheckpointError::io(format_args!("writing {}", path.display()), &error);
        // Held until the file has its name: nobody takes it for one that was left behind.
        let lock = self.lock().map_err(doing)?;
        lock.lock_shared().map_err(doing)?;
        folder::make_below(&self.folder, &names::folder_of(thread)).map_err(doing)?;
        write(&path, bytes).map_err(doing)
    }

    fn get(&self, thread: &ThreadId, id: CheckpointId) -> Result<Option<Vec<u8>>, CheckpointError> {
        read(&self.path(thread, id)).or_else(|error| folder::unreadable(thread, id, error))
    }

    fn ids(&self, thread: &ThreadId) -> Result<Vec<CheckpointId>, CheckpointError> {
        let names = list(&self.of(thread))?;
        let mut ids: Vec<_> = names.iter().filter_map(|(name, _)| id_of(Path::new(name))).collect();
        ids.sort_unstable();
        Ok(ids)
    }

    fn threads(&self) -> Result<Vec<ThreadId>, CheckpointError> {
        let mut threads = Vec::new();
        for (thread, folder) in self.folders()? {
            let names = list(&folder)?;
            if names.iter().any(|(name, _)| id_of(Path::new(name)).is_some()) {
                threads.push(thread);
            }
        }
        Ok(threads)
    }

    fn remove(&self, thread: &ThreadId, ids: &[CheckpointId]) -> Result<(), CheckpointError> {
        let folder = self.of(thread);
        let doing =
            |error| CheckpointError::io(format_args!("removing from {}", folder.display()), &error);
        let mut has_removed = false;
        for id in ids {
            match std::fs::remove_file(self.path(thread, *id)) {
                Ok(()) => has_removed = true,
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(doing(error)),
            }
        }
        if has_removed { sync(&folder).map_err(doing) } else { Ok(()) }
    }

    fn history(&self, thread: &ThreadId) -> Result<History, CheckpointError> {
        index::history(&self.of(thread), thread, |id| super::store::read(self, thread, id))
    }
}

/// The id of a checkpoint's file; nothing for other files.
fn id_of(name: &Path) -> Option<CheckpointId> {
    name.to_str()?.strip_suffix(ENDING)?.parse().ok()
}

const ENDING: &str = ".frame";
