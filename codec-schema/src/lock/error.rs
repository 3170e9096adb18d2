//! Why a lock file was refused: what is wrong, in which entry, and how to mend it.

use alloc::string::String;
use core::fmt;

use crate::error::SchemaError;

/// What is wrong with a lock file.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum LockErrorKind {
    /// A version says that it was made on another one than the version before it.
    BrokenChain,
    /// A line that a merge left behind.
    ConflictMarker,
    /// The descriptor is none, or is not in its canonical form.
    Descriptor(Option<SchemaError>),
    /// The encoding is none of this format.
    EncodingUnknown,
    /// The fingerprint is not that of the entry.
    Fingerprint,
    /// Two branches made the same version.
    Fork,
    /// The format of the file is not known.
    FormatUnknown,
    /// The lineage id is not that of the name and the encoding.
    LineageId,
    /// One lineage stands twice.
    LineageTwice,
    /// Lineages are not in the order of their names and encodings.
    Order,
    /// min_reader or oldest_writer is out of range, or below that of the version before.
    Range,
    /// The seal is not that of the entry.
    Seal,
    /// The text is not TOML, or has a field that is unknown, missing or of another type.
    Syntax,
    /// The file is longer than is read.
    TooLong,
    /// Versions do not count up from 1.
    VersionOrder,
}

/// An entry of a lock file.
#[derive(Clone, Debug, Eq, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "the name of an entry has these two parts")]
pub struct Entry {
    /// The name of the lineage.
    pub name: String,
    /// The version, when it is about one.
    pub version: Option<u16>,
}

/// A lock file that was refused.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LockError {
    pub(super) kind: LockErrorKind,
    pub(super) entry: Option<Entry>,
    pub(super) line: Option<usize>,
    pub(super) message: String,
    pub(super) help: String,
}

impl LockError {
    pub(super) fn new(
        kind: LockErrorKind,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { kind, entry: None, line: None, message: message.into(), help: help.into() }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> LockErrorKind {
        self.kind
    }

    /// The entry it is about; nothing when it is about the file.
    #[must_use]
    pub const fn entry(&self) -> Option<&Entry> {
        self.entry.as_ref()
    }

    /// The line it is about, from 1.
    #[must_use]
    pub const fn line(&self) -> Option<usize> {
        self.line
    }

    /// How to mend it: one sentence.
    #[must_use]
    pub fn help(&self) -> &str {
        &self.help
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A name may hold anything; what steers a terminal is escaped.
        write!(f, "{}", self.name.escape_debug())?;
        match self.version {
            Some(version) => write!(f, " version {version}"),
            None => Ok(()),
        }
    }
}

/// The entry, what is wrong, and the line.
impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(entry) = &self.entry {
            write!(f, "{entry}: ")?;
        }
        f.write_str(&self.message)?;
        match self.line {
            Some(line) => write!(f, " (at line {line})"),
            None => Ok(()),
        }
    }
}

impl core::error::Error for LockError {}
