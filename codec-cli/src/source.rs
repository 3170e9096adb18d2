//! Where bytes come from: a file, or standard input under the name `-`.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use strictframe::Profile;

use crate::failure::{self, Failure};
use crate::terminal::shown;

/// Something to read from beginning to end.
pub(crate) enum Source {
    File(File),
    #[cfg(feature = "dashflow")]
    Memory(io::Cursor<Vec<u8>>),
    Stdin(io::Stdin),
}

impl Source {
    /// Opens a file, or standard input under the name `-`.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        if path == Path::new("-") {
            return Ok(Self::Stdin(io::stdin()));
        }
        let file = File::open(path).map_err(|error| not_read(path, &error))?;
        let metadata = file.metadata().map_err(|error| not_read(path, &error))?;
        if metadata.is_dir() {
            return Err(not_read(path, &io::ErrorKind::IsADirectory.into()));
        }
        Ok(Self::File(file))
    }

    /// The bytes there are, when that can be known.
    pub(crate) fn len(&self) -> Option<u64> {
        match self {
            Self::File(file) => {
                file.metadata().ok().filter(std::fs::Metadata::is_file).map(|found| found.len())
            }
            #[cfg(feature = "dashflow")]
            Self::Memory(bytes) => Some(bytes.get_ref().len() as u64),
            Self::Stdin(_) => None,
        }
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            #[cfg(feature = "dashflow")]
            Self::Memory(bytes) => bytes.read(buffer),
            Self::Stdin(stdin) => stdin.read(buffer),
        }
    }
}

/// Whether it is there and neither a file nor a folder. To open a pipe is to wait for its writer, and to take what it gives.
pub(crate) fn is_pipe(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// The profile a stream is read in: what `--bare` says.
pub(crate) const fn profile(bare: bool) -> Profile {
    if bare { Profile::Bare } else { Profile::SelfContained }
}

/// Reads a small file whole; nothing when it is longer than `most` bytes.
pub(crate) fn read_at_most(path: &Path, most: u64) -> Result<Option<Vec<u8>>, Failure> {
    let mut bytes = Vec::new();
    Source::open(path)?
        .take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| not_read(path, &error))?;
    Ok(Some(bytes).filter(|bytes| bytes.len() as u64 <= most))
}

/// The failure of a file that cannot be read.
pub(crate) fn not_read(path: &Path, error: &io::Error) -> Failure {
    let help = match error.kind() {
        io::ErrorKind::NotFound => "check the name; a name that begins with `-` is written `./-`",
        io::ErrorKind::IsADirectory => "name the files in it",
        io::ErrorKind::PermissionDenied => "ask for the right to read it",
        _ => "check the device, and try again from a copy",
    };
    failure::input_output(format!("cannot read {}: {error}", shown(path)), help)
}
