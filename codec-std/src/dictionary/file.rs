//! A dictionary in a file, and what can be wrong with such files.

use core::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{Dictionary, DictionaryError, DictionaryId, ReportError};

impl Dictionary {
    /// The dictionary in a file. When the file is called `<id>.sfdict`, its bytes must have that id.
    ///
    /// # Errors
    /// [`DictionaryFileError`] with the file and what is wrong with it. Never more than one byte above 2^20 is read.
    pub fn open(path: &Path) -> Result<Self, DictionaryFileError> {
        let (bytes, len) = read_file(path, Self::MAX_LEN)?;
        let dictionary = match Self::new(bytes) {
            // What was not read counts too.
            Err(DictionaryError::Length { .. }) => Err(DictionaryError::Length { len }),
            made => made,
        };
        let dictionary = dictionary
            .map_err(|error| DictionaryFileError::Dictionary { path: path.to_owned(), error })?;
        let (len, found) = (dictionary.bytes().len(), DictionaryId(dictionary.id()));
        match named(path, SUFFIX) {
            Some(expected) if expected != found => {
                Err(DictionaryFileError::Id { path: path.to_owned(), expected, found, len })
            }
            _ => Ok(dictionary),
        }
    }
}

/// What is wrong with the file of a dictionary, with its report, or with a directory of them.
#[derive(Debug)]
#[non_exhaustive]
pub enum DictionaryFileError {
    /// There is another dictionary with the same id already.
    Clash {
        /// The file.
        path: PathBuf,
        /// The id of both.
        id: DictionaryId,
    },
    /// The predecessors of the reports go round in a circle, so that none is the latest.
    Circle {
        /// The directory.
        path: PathBuf,
    },
    /// The bytes are no dictionary.
    Dictionary {
        /// The file.
        path: PathBuf,
        /// What they are not.
        error: DictionaryError,
    },
    /// The file is neither `<id>.sfdict` nor the `<id>.json` of one.
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The bytes have another id than the file's name says: it was cut, changed or renamed.
    Id {
        /// The file.
        path: PathBuf,
        /// The id of its name.
        expected: DictionaryId,
        /// The id of its bytes.
        found: DictionaryId,
        /// How many bytes there are.
        len: usize,
    },
    /// Reading or writing failed.
    Io {
        /// The file or directory.
        path: PathBuf,
        /// How.
        error: io::Error,
    },
    /// The report is not sound, or on another dictionary.
    Report {
        /// The report's file.
        path: PathBuf,
        /// The field and what is wrong there.
        error: ReportError,
    },
    /// The directory holds more dictionaries, or bytes of them, than are loaded.
    TooMany {
        /// The directory.
        path: PathBuf,
    },
}

impl DictionaryFileError {
    /// The file or directory it is about.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Circle { path }
            | Self::Clash { path, .. }
            | Self::Dictionary { path, .. }
            | Self::Foreign { path }
            | Self::Id { path, .. }
            | Self::Io { path, .. }
            | Self::Report { path, .. }
            | Self::TooMany { path } => path,
        }
    }
}

impl fmt::Display for DictionaryFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path().display())?;
        match self {
            Self::Circle { .. } => f.write_str("the predecessors of the dictionaries go round in a circle"),
            Self::Clash { id, .. } => write!(f, "another dictionary has the id {id}"),
            Self::Dictionary { error, .. } => error.fmt(f),
            Self::Foreign { .. } => {
                f.write_str("neither a dictionary called by its id, as in 0a1b2c3d.sfdict, nor the report of one")
            }
            Self::Id { expected, found, len, .. } => {
                write!(f, "its {len} bytes have the id {found} where its name says {expected}")
            }
            Self::Io { error, .. } => error.fmt(f),
            Self::Report { error, .. } => error.fmt(f),
            Self::TooMany { .. } => write!(
                f,
                "more than {} dictionaries or {} bytes of them",
                super::DictionaryDirectory::MAX_COUNT,
                super::DictionaryDirectory::MAX_BYTES
            ),
        }
    }
}

impl core::error::Error for DictionaryFileError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Dictionary { error, .. } => Some(error),
            Self::Io { error, .. } => Some(error),
            Self::Report { error, .. } => Some(error),
            _ => None,
        }
    }
}

/// The id in a file's name that ends so.
pub(super) fn named(path: &Path, suffix: &str) -> Option<DictionaryId> {
    path.file_name()?.to_str()?.strip_suffix(suffix)?.parse().ok()
}

/// Reads a regular file: its bytes, `most` and one more at most, by which its reader sees that it is too long, and how long it is.
pub(super) fn read_file(path: &Path, most: usize) -> Result<(Vec<u8>, usize), DictionaryFileError> {
    let read = || {
        let found = std::fs::metadata(path)?;
        // To open anything else could wait forever.
        if !found.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        let mut bytes = Vec::new();
        File::open(path)?.take(most as u64 + 1).read_to_end(&mut bytes)?;
        let len = usize::try_from(found.len()).unwrap_or(usize::MAX).max(bytes.len());
        Ok((bytes, len))
    };
    read().map_err(|error| DictionaryFileError::Io { path: path.to_owned(), error })
}

/// How the file of a dictionary ends that is called by its id.
pub(super) const SUFFIX: &str = ".sfdict";
