//! Why a checkpoint was not kept, or not given.

use core::fmt;
use std::io;

use strictframe::core::Fault;
use strictframe::{EncodeError, MessageError};

use super::id::CheckpointId;
use crate::framing::Refused;
use crate::identity::ThreadId;
use crate::transport::TransportError;

/// Why a checkpoint was not kept, or not given.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The state cannot be written: it breaks its schema, or is larger than a frame.
    Encode(EncodeError),
    /// A file or a database.
    Io {
        /// What was being done.
        doing: String,
        /// What the system said.
        error: String,
    },
    /// There is no such checkpoint.
    NotFound {
        /// The thread.
        thread: ThreadId,
        /// The id.
        id: CheckpointId,
    },
    /// Something else, by a name that stays.
    Other {
        /// One of a few words.
        name: &'static str,
        /// What is wrong, and what to do.
        message: String,
    },
    /// What stands under that id is not the checkpoint of that name: damaged, or another's.
    Damaged {
        /// The thread.
        thread: ThreadId,
        /// The id.
        id: CheckpointId,
        /// What is wrong.
        why: Damage,
    },
    /// A whole checkpoint that is not for this reader: another type, a version or fork it does not know, a codec or dictionary that it lacks.
    Refused {
        /// The thread.
        thread: ThreadId,
        /// The id.
        id: CheckpointId,
        /// What it is.
        why: Box<MessageError>,
    },
    /// A whole checkpoint that nobody reads without a key, in a store that was opened without one.
    Sealed {
        /// The thread.
        thread: ThreadId,
        /// The id.
        id: CheckpointId,
    },
}

/// What is wrong with what stands in the place of a checkpoint.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Damage {
    /// It is a diff, and one that it leads on from is damaged or not there.
    Base {
        /// That one.
        id: CheckpointId,
        /// What is wrong with it.
        why: Box<CheckpointError>,
    },
    /// It is no whole frame, or its payload is not what its schema says.
    Frame(Box<MessageError>),
    /// What it says of itself cannot be read.
    Head(Refused),
    /// It is the checkpoint of another thread, or has another id.
    Misplaced,
    /// It is a diff, and what it says does not lead to its state.
    Patch(PatchFault),
    /// It cannot be read, or is no file.
    Unreadable(String),
}

/// What is wrong with a checkpoint that is kept as a diff.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum PatchFault {
    /// What stands under the id of its base is another state than the one it was made of.
    BaseDiffers,
    /// It says what no writer says of a diff.
    Malformed,
    /// Its base is no older one.
    NotOlder,
    /// What the patch makes is not the state.
    StateDiffers,
    /// More diffs lead to it than any writer makes.
    TooLong,
}

impl CheckpointError {
    pub(super) fn io(doing: impl fmt::Display, error: &io::Error) -> Self {
        Self::Io { doing: doing.to_string(), error: error.to_string() }
    }

    pub(super) fn other(name: &'static str, message: impl Into<String>) -> Self {
        Self::Other { name, message: message.into() }
    }

    /// That of a frame that was not decoded.
    pub(super) fn of_message(thread: &ThreadId, id: CheckpointId, error: MessageError) -> Self {
        let is_readers = match &error {
            MessageError::Schema(_) => true,
            MessageError::Frame(error) => error.kind().fault() != Fault::Input,
            _ => false,
        };
        let thread = thread.clone();
        let why = Box::new(error);
        match is_readers {
            true => Self::Refused { thread, id, why },
            false => Self::Damaged { thread, id, why: Damage::Frame(why) },
        }
    }

    pub(super) fn damaged(thread: &ThreadId, id: CheckpointId, why: Damage) -> Self {
        Self::Damaged { thread: thread.clone(), id, why }
    }

    /// Whether the bytes are not what was saved, so that an older checkpoint is the best there is.
    #[must_use]
    pub const fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged { .. })
    }

    /// The checkpoint that it is about; nothing when it is about none.
    #[must_use]
    pub const fn id(&self) -> Option<CheckpointId> {
        match self {
            Self::NotFound { id, .. }
            | Self::Damaged { id, .. }
            | Self::Refused { id, .. }
            | Self::Sealed { id, .. } => Some(*id),
            Self::Encode(_) | Self::Io { .. } | Self::Other { .. } => None,
        }
    }

    /// One of a few words, for code and for labels of metrics.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Encode(error) => error.name(),
            Self::Io { .. } => "Io",
            Self::NotFound { .. } => "NotFound",
            Self::Other { name, .. } => name,
            Self::Damaged { why: Damage::Frame(error), .. } => error.name(),
            Self::Damaged { why: Damage::Head(refused), .. } => refused.name(),
            Self::Damaged { why: Damage::Misplaced, .. } => "Misplaced",
            Self::Damaged { why: Damage::Base { .. }, .. } => "BaseDamaged",
            Self::Damaged { why: Damage::Patch(fault), .. } => fault.name(),
            Self::Damaged { why: Damage::Unreadable(_), .. } => "Unreadable",
            Self::Refused { why, .. } => why.name(),
            Self::Sealed { .. } => "Sealed",
        }
    }
}

impl PatchFault {
    /// The name of the fault.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BaseDiffers => "BaseDiffers",
            Self::Malformed => "DiffMalformed",
            Self::NotOlder => "BaseNotOlder",
            Self::StateDiffers => "StateDiffers",
            Self::TooLong => "DiffsTooLong",
        }
    }
}

impl From<TransportError> for CheckpointError {
    fn from(error: TransportError) -> Self {
        Self::other(error.name(), error.to_string())
    }
}

impl From<EncodeError> for CheckpointError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frame(error) => error.fmt(f),
            Self::Head(refused) => refused.fmt(f),
            Self::Misplaced => f.write_str("it is the checkpoint of another thread or id"),
            Self::Base { why, .. } => write!(f, "it is kept as a diff, and {why}"),
            Self::Patch(fault) => fault.fmt(f),
            Self::Unreadable(error) => write!(f, "it cannot be read: {error}"),
        }
    }
}

impl fmt::Display for PatchFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BaseDiffers => "the state it leads on from is another one than it was made of",
            Self::Malformed => "it says what no writer says of a diff",
            Self::NotOlder => "it leads on from a checkpoint that is no older one",
            Self::StateDiffers => "what it makes is not the state that was saved",
            Self::TooLong => "more leads to it than any writer makes",
        })
    }
}

impl fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encode(error) => write!(f, "the state cannot be written: {error}"),
            Self::Io { doing, error } => write!(f, "{doing}: {error}"),
            Self::NotFound { thread, id } => write!(f, "thread {thread} has no checkpoint {id}"),
            Self::Other { message, .. } => f.write_str(message),
            Self::Damaged { thread, id, why } => {
                write!(f, "checkpoint {id} of thread {thread} is damaged: {why}")
            }
            Self::Sealed { thread, id } => write!(
                f,
                "checkpoint {id} of thread {thread} is sealed: open the store with its key"
            ),
            Self::Refused { thread, id, why } => {
                write!(
                    f,
                    "checkpoint {id} of thread {thread} is whole, and not for this reader: {why}"
                )
            }
        }
    }
}

impl core::error::Error for CheckpointError {}
