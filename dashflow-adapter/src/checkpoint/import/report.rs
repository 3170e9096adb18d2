//! What became of each file.

use std::ffi::OsString;

use super::refused::ImportRefused;
use crate::checkpoint::id::CheckpointId;
use crate::identity::ThreadId;

/// A file of the directory, and what became of it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ImportedFile {
    /// Its name in the directory.
    pub name: OsString,
    /// What became of it.
    pub outcome: FileOutcome,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FileOutcome {
    /// It is no checkpoint, and nothing of it is missed.
    Ignored(Ignored),
    /// Its checkpoint is kept.
    Imported(Imported),
    /// It has the name of a checkpoint, and was not imported.
    Refused(ImportRefused),
}

/// A checkpoint that is kept now.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Imported {
    /// Its thread.
    pub thread: ThreadId,
    /// The id that it had.
    pub old_id: String,
    /// The id that it has.
    pub id: CheckpointId,
    /// Whether a checksum stood beside it: that of its header, or that of gzip.
    pub is_checked: bool,
    /// Whether it was kept before this import.
    pub was_there: bool,
    /// The id of the checkpoint that it followed, where the directory has none of that id in its thread that is whole. Nobody is its parent now.
    pub lost_parent: Option<String>,
}

/// Why a file is none to be imported.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Ignored {
    /// A directory. Checkpoints whose ids have a slash in them are below one.
    Directory,
    /// `index.bin`, a cache of which checkpoint is the newest.
    Index,
    /// `.checkpoint.lock`.
    Lock,
    /// It has no name of a checkpoint.
    Other,
    /// A file that was being written and was never finished.
    Temporary,
}

impl Ignored {
    /// The reason in one word that stays.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Directory => "Directory",
            Self::Index => "Index",
            Self::Lock => "Lock",
            Self::Other => "Other",
            Self::Temporary => "Temporary",
        }
    }

    /// The reason in words.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Directory => "a directory: import it by itself if there are checkpoints in it",
            Self::Index => "an index, which is not believed",
            Self::Lock => "the lock of whoever writes",
            Self::Other => "no name of a checkpoint",
            Self::Temporary => "a file that was never finished",
        }
    }
}

/// What became of a directory.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ImportReport {
    /// Every file: those that are no checkpoints and those that cannot be read in the order of their names, then the others by thread and age.
    pub files: Vec<ImportedFile>,
    /// Checkpoints that the old index names as the newest of a thread, and of which there is no file.
    pub missing: Vec<MissingFile>,
}

/// A checkpoint of which there is no file.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub struct MissingFile {
    /// The thread that the index names.
    pub thread: String,
    /// The id.
    pub old_id: String,
}

impl ImportReport {
    /// The checkpoints that are kept now.
    pub fn imported(&self) -> impl Iterator<Item = &Imported> {
        self.files.iter().filter_map(|file| match &file.outcome {
            FileOutcome::Imported(imported) => Some(imported),
            _ => None,
        })
    }

    /// The files that have the name of a checkpoint and were not imported, each with the reason.
    pub fn refused(&self) -> impl Iterator<Item = (&OsString, &ImportRefused)> {
        self.files.iter().filter_map(|file| match &file.outcome {
            FileOutcome::Refused(refused) => Some((&file.name, refused)),
            _ => None,
        })
    }
}
