//! Why a frame was not taken.

use core::fmt;

use strictframe::Error;

use super::check::RecordFault;
use crate::messages::KindSet;

/// Why nothing of a frame was given: the frame itself, what it says of its records, or one of the records.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Refused {
    /// The frame is none, is damaged, or is of a schema or dictionary that is not known.
    Frame(Error),
    /// An extension of the frame has a value that says nothing: a blank thread id, a trace context of zeros, a set of kinds that is not in its shortest form.
    Extension {
        /// The type of the extension.
        kind: u16,
    },
    /// The records are of other kinds than the frame says.
    Kinds {
        /// What the frame says.
        said: KindSet,
        /// What the records are.
        found: KindSet,
    },
    /// A record is not what it must be.
    Record {
        /// The index of the record in its frame.
        index: usize,
        /// The number of records in the frame.
        count: usize,
        /// What is wrong.
        fault: RecordFault,
    },
}

/// A number that stays: `SF-0313` of the format's registry, `DS-0104` of this crate's list.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Code {
    list: &'static str,
    number: u16,
}

impl Refused {
    /// The number of the refusal.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Frame(error) => Code::of_format(error.kind().code()),
            Self::Extension { .. } => Code::of_dashflow(201),
            Self::Kinds { .. } => Code::of_dashflow(206),
            Self::Record { fault, .. } => fault.code(),
        }
    }

    /// The name of the refusal.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Frame(error) => error.kind().name(),
            Self::Extension { .. } => "ExtensionValue",
            Self::Kinds { .. } => "KindsMismatch",
            Self::Record { fault, .. } => fault.name(),
        }
    }

    /// The index of the record concerned, when it is about one.
    #[must_use]
    pub const fn index(&self) -> Option<usize> {
        match self {
            Self::Record { index, .. } => Some(*index),
            _ => None,
        }
    }
}

impl Code {
    pub(crate) const fn of_format(number: u16) -> Self {
        Self { list: "SF", number }
    }

    pub(crate) const fn of_dashflow(number: u16) -> Self {
        Self { list: "DS", number }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:04}", self.list, self.number)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frame(error) => error.fmt(f),
            Self::Extension { kind } => {
                write!(f, "extension {kind:#06x} has a value that says nothing")
            }
            Self::Kinds { said, found } => {
                write!(f, "the frame says its records are of {said}, and they are of {found}")
            }
            Self::Record { index, count, fault } => {
                write!(f, "{fault} (record {index} of {count})")
            }
        }
    }
}

impl core::error::Error for Refused {}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Frame(error)
    }
}
