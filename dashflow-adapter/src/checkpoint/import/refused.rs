//! Why a file of old checkpoints was not imported.

use core::fmt;

use crate::checkpoint::error::CheckpointError;
use crate::identity::ThreadIdError;

/// Why a file that has the name of a checkpoint was not imported.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ImportRefused {
    /// It has no checksum, and such files were not asked for.
    Bare,
    /// Its file was another one when it was read for the second time.
    Changed,
    /// Its payload does not have the checksum that its header says.
    Checksum,
    /// What converts states has refused this one.
    Convert(String),
    /// Another file holds the checkpoint of that thread and id.
    Duplicate {
        /// The name of that file.
        of: String,
    },
    /// It is no whole gzip file, or has something behind its end.
    Gzip(String),
    /// It begins almost as a header does: a bit or a few of its magic are damaged.
    HeaderDamaged,
    /// It was imported before, and what is kept of it is damaged now.
    Kept(CheckpointError),
    /// Its length is not what its header says.
    Length {
        /// The bytes of payload that the header says.
        declared: u64,
        /// The bytes behind the header.
        found: u64,
    },
    /// Bytes are left behind the checkpoint: what was saved is of another type.
    LeftOver {
        /// Where they begin, in the payload.
        offset: u64,
        /// How many they are.
        count: u64,
    },
    /// It is a link, which is not followed.
    Link,
    /// Its metadata has a key twice, or one that this import uses.
    Metadata {
        /// The key.
        key: String,
    },
    /// It says that it has another id than its file.
    Misplaced {
        /// The id that it says.
        id: String,
    },
    /// Its state is of a type that is not known here: only its own type of Rust reads it.
    NeedsType,
    /// Its payload is no checkpoint whose state is of that type.
    Payload {
        /// What was being read of it.
        reading: &'static str,
        /// How far, in bytes of the payload.
        offset: u64,
        /// What stands there.
        fault: String,
    },
    /// It cannot be saved as a checkpoint.
    Save(CheckpointError),
    /// It was saved at a time that no checkpoint can have.
    Time,
    /// Its thread id is none.
    Thread(ThreadIdError),
    /// It is longer than the limit, as a file or unpacked.
    TooLong {
        /// The limit, in bytes.
        limit: u64,
    },
    /// It is shorter than a header.
    Truncated {
        /// Its length in bytes.
        len: u64,
    },
    /// It cannot be read.
    Unreadable(String),
    /// Its header is of a version that is not 1.
    Version {
        /// That version.
        version: u32,
    },
}

impl ImportRefused {
    /// The reason in one word that stays.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Bare => "Bare",
            Self::Changed => "Changed",
            Self::Checksum => "Checksum",
            Self::Convert(_) => "Convert",
            Self::Duplicate { .. } => "Duplicate",
            Self::Gzip(_) => "Gzip",
            Self::HeaderDamaged => "HeaderDamaged",
            Self::Kept(_) => "Kept",
            Self::Length { .. } => "Length",
            Self::LeftOver { .. } => "LeftOver",
            Self::Link => "Link",
            Self::Metadata { .. } => "Metadata",
            Self::Misplaced { .. } => "Misplaced",
            Self::NeedsType => "NeedsType",
            Self::Payload { .. } => "Payload",
            Self::Save(_) => "Save",
            Self::Time => "Time",
            Self::Thread(_) => "Thread",
            Self::TooLong { .. } => "TooLong",
            Self::Truncated { .. } => "Truncated",
            Self::Unreadable(_) => "Unreadable",
            Self::Version { .. } => "Version",
        }
    }
}

impl fmt::Display for ImportRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bare => f.write_str(
                "it has no header and no checksum: ask for bare files if you trust this one",
            ),
            Self::Changed => f.write_str("it changed while it was imported: stop whoever writes"),
            Self::Checksum => f.write_str("its payload does not have the checksum of its header"),
            Self::Convert(error) => write!(f, "its state cannot be converted: {error}"),
            Self::Duplicate { of } => write!(
                f,
                "{of:?} holds the checkpoint of the same thread and id: import it from a directory of its own if it is the right one"
            ),
            Self::Gzip(error) => write!(f, "it is no whole gzip file: {error}"),
            Self::HeaderDamaged => {
                f.write_str("it begins almost as a header does: the magic is damaged")
            }
            Self::Kept(error) => write!(
                f,
                "it was imported before, and {error}: remove that one and import it again"
            ),
            Self::Length { declared, found } => write!(
                f,
                "its header says {declared} bytes of payload, and there are {found}"
            ),
            Self::LeftOver { offset, count } => write!(
                f,
                "{count} bytes are left at byte {offset} of the payload: its state is of another type"
            ),
            Self::Link => f.write_str("it is a link, which is not followed"),
            Self::Metadata { key } => {
                write!(f, "its metadata has the key {key:?} twice, or this import needs that key")
            }
            Self::Misplaced { id } => {
                write!(f, "it says that it is checkpoint {id:?}, and has another name")
            }
            Self::NeedsType => f.write_str(
                "its state is in bincode, which only its own type of Rust reads: import it with `checkpoint::import` of strictframe-dashflow",
            ),
            Self::Payload { reading, offset, fault } => write!(
                f,
                "{fault} where its {reading} is read (at byte {offset} of the payload): damaged, or of another type"
            ),
            Self::Save(error) => write!(f, "it cannot be saved: {error}"),
            Self::Time => f.write_str("its time is beyond the year 2262, or has more than a second of nanoseconds"),
            Self::Thread(error) => error.fmt(f),
            Self::TooLong { limit } => {
                write!(f, "it has more than {limit} bytes: raise the limit if you trust it")
            }
            Self::Truncated { len } => {
                write!(f, "it has {len} bytes, fewer than a header: it was cut")
            }
            Self::Unreadable(error) => write!(f, "it cannot be read: {error}"),
            Self::Version { version } => {
                write!(f, "its header is of version {version}, and only version 1 is known")
            }
        }
    }
}

impl core::error::Error for ImportRefused {}
