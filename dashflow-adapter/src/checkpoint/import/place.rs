//! A directory of old checkpoints: what its names mean, and its files, which are read and never changed.

use std::ffi::{OsStr, OsString};
use std::fs::{FileType, OpenOptions};
use std::io::Read as _;
use std::path::Path;

use super::refused::ImportRefused;
use super::report::Ignored;
use crate::checkpoint::error::CheckpointError;
use crate::checkpoint::file::folder::no_link;

/// What a name means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Meaning<'a> {
    Checkpoint(OldName<'a>),
    Ignored(Ignored),
}

/// The name of a checkpoint's file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct OldName<'a> {
    /// The last part of its id: what stands before the first slash is a directory.
    pub(super) id: &'a str,
    pub(super) is_versioned: bool,
    pub(super) is_gzip: bool,
}

impl<'a> Meaning<'a> {
    pub(super) fn of(name: &'a OsStr) -> Self {
        match name.to_str() {
            Some("index.bin") => Self::Ignored(Ignored::Index),
            Some(".checkpoint.lock") => Self::Ignored(Ignored::Lock),
            Some(name) if name.starts_with('.') && name.ends_with(".tmp") => {
                Self::Ignored(Ignored::Temporary)
            }
            Some(name) => {
                OldName::parse(name).map_or(Self::Ignored(Ignored::Other), Self::Checkpoint)
            }
            None => Self::Ignored(Ignored::Other),
        }
    }
}

impl<'a> OldName<'a> {
    fn parse(name: &'a str) -> Option<Self> {
        let plain = name.strip_suffix(".gz");
        let id = plain.unwrap_or(name).strip_suffix(".bin")?;
        let unversioned = id.strip_suffix(".v");
        let (is_versioned, is_gzip) = (unversioned.is_some(), plain.is_some());
        Some(Self { id: unversioned.unwrap_or(id), is_versioned, is_gzip })
    }

    /// Whether a checkpoint of that id would have this name.
    pub(super) fn is_of(self, id: &str) -> bool {
        last(id) == self.id
    }
}

/// What stands behind the last slash of an id: the name of its file, below directories that the rest names.
pub(super) fn last(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// The names in a directory, in order, each with what it is.
pub(super) fn list(folder: &Path, most: u64) -> Result<Vec<(OsString, FileType)>, CheckpointError> {
    let doing = |error| CheckpointError::io(format_args!("listing {}", folder.display()), &error);
    let mut names = Vec::new();
    for entry in folder.read_dir().map_err(doing)? {
        let entry = entry.map_err(doing)?;
        if names.len() as u64 == most {
            let message = format!(
                "{} has more than {most} files: raise the limit, or import a part of them",
                folder.display()
            );
            return Err(CheckpointError::other("TooManyFiles", message));
        }
        names.push((entry.file_name(), entry.file_type().map_err(doing)?));
    }
    names.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(names)
}

/// All of a file that is no longer than the limit.
pub(super) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, ImportRefused> {
    let unreadable = |error: std::io::Error| ImportRefused::Unreadable(error.to_string());
    let mut options = OpenOptions::new();
    options.read(true);
    no_link(&mut options);
    let file = options.open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    // One more than the limit tells whether there is more.
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > limit { Err(ImportRefused::TooLong { limit }) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_a_file_is() {
        let checkpoint = |name: &str, id, is_versioned, is_gzip| {
            let expected = Meaning::Checkpoint(OldName { id, is_versioned, is_gzip });
            assert_eq!(Meaning::of(OsStr::new(name)), expected);
        };
        checkpoint("cp-1.bin", "cp-1", false, false);
        checkpoint("cp-1.bin.gz", "cp-1", false, true);
        checkpoint("cp-1.v.bin", "cp-1", true, false);
        checkpoint("cp.1.v.bin.gz", "cp.1", true, true);
        checkpoint(".bin", "", false, false);
        for (name, ignored) in [
            ("index.bin", Ignored::Index),
            (".checkpoint.lock", Ignored::Lock),
            (".cp-1.bin.0b5e.tmp", Ignored::Temporary),
            (".index.0b5e.tmp", Ignored::Temporary),
            ("cp-1.binary", Ignored::Other),
            ("cp-1.gz", Ignored::Other),
            ("notes.txt", Ignored::Other),
        ] {
            assert_eq!(Meaning::of(OsStr::new(name)), Meaning::Ignored(ignored), "{name}");
        }
    }

    #[test]
    fn an_id_with_slashes_has_the_name_of_its_last_part() {
        let Meaning::Checkpoint(name) = Meaning::of(OsStr::new("b.bin")) else { panic!("a name") };
        assert!(name.is_of("b") && name.is_of("a/b") && !name.is_of("a/c") && !name.is_of(""));
    }
}
