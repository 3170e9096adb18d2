//! Files and directories that nobody else reads, that are there whole or not at all, and that are no links.

use std::ffi::OsString;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::Path;

use atomic_write_file::AtomicWriteFile;

use crate::checkpoint::error::{CheckpointError, Damage};
use crate::checkpoint::id::CheckpointId;
use crate::identity::ThreadId;

/// The names in a directory, and whether each is a directory itself; none when it is not there. Links are neither followed nor given.
pub(super) fn list(folder: &Path) -> Result<Vec<(OsString, bool)>, CheckpointError> {
    let doing = |error| CheckpointError::io(format_args!("listing {}", folder.display()), &error);
    match folder.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        found => check(&found.map_err(doing)?).map_err(doing)?,
    }
    let mut names = Vec::new();
    for entry in folder.read_dir().map_err(doing)? {
        let entry = entry.map_err(doing)?;
        let kind = entry.file_type().map_err(doing)?;
        if !kind.is_symlink() {
            names.push((entry.file_name(), kind.is_dir()));
        }
    }
    Ok(names)
}

/// Makes a directory and what is above it, each durably.
pub(super) fn make(folder: &Path) -> io::Result<()> {
    match folder.metadata() {
        Ok(found) if found.is_dir() => return Ok(()),
        Ok(_) => return Err(no_folder()),
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        Err(_) => {}
    }
    if let Some(above) = folder.parent().filter(|above| !above.as_os_str().is_empty()) {
        make(above)?;
    }
    make_one(folder)
}

/// Makes the directories `below` a folder that is there. A link in the place of one is refused.
pub(super) fn make_below(folder: &Path, below: &Path) -> io::Result<()> {
    let mut path = folder.to_path_buf();
    for part in below {
        path.push(part);
        match path.symlink_metadata() {
            Ok(found) => check(&found)?,
            Err(error) if error.kind() == ErrorKind::NotFound => make_one(&path)?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn make_one(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        // Somebody else was faster.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            check(&folder.symlink_metadata()?)?
        }
        made => made?,
    }
    folder.parent().map_or(Ok(()), sync)
}

fn check(found: &std::fs::Metadata) -> io::Result<()> {
    if found.is_dir() { Ok(()) } else { Err(no_folder()) }
}

fn no_folder() -> io::Error {
    io::Error::new(ErrorKind::NotADirectory, "there is something else than a directory")
}

/// Writes a file that is there whole and durable, or not at all.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = AtomicWriteFile::options();
    #[cfg(unix)]
    {
        atomic_write_file::unix::OpenOptionsExt::preserve_mode(&mut options, false);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.commit()
}

/// What is in a file; nothing when there is none. A link is an error.
pub(super) fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut options = OpenOptions::new();
    options.read(true);
    no_link(&mut options);
    let mut file = match options.open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// A file that cannot be read is as good as damaged, so that those before it are found.
pub(super) fn unreadable<T>(
    thread: &ThreadId,
    id: CheckpointId,
    error: io::Error,
) -> Result<T, CheckpointError> {
    Err(CheckpointError::damaged(thread, id, Damage::Unreadable(error.to_string())))
}

/// A file that is made where it is not there; for its owner alone.
pub(in crate::checkpoint) fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    no_link(&mut options);
    options.open(path)
}

pub(in crate::checkpoint) fn no_link(options: &mut OpenOptions) {
    #[cfg(unix)]
    {
        let flags = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
        std::os::unix::fs::OpenOptionsExt::custom_flags(options, flags);
    }
    #[cfg(not(unix))]
    let _ = options;
}

/// Makes the names in a directory durable.
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    // Elsewhere a directory is no file that could be synced.
    if cfg!(unix) {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
