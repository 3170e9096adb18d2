//! Why there is no hash and no diff of a state.

use core::fmt;

use super::limits::MAX_DEPTH;
use crate::framing::Code;

/// What is wrong with a state.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum StateError {
    /// Its text is no JSON: also half of a surrogate pair, and a number that no double holds.
    Json {
        /// The line, from 1 on.
        line: usize,
        /// The column, from 1 on.
        column: usize,
    },
    /// It has a number that is neither an integer of 64 bits nor within the doubles.
    Number,
    /// Its type cannot be written as JSON; the words are those of its `Serialize`.
    NotSerializable(String),
    /// More than [`MAX_DEPTH`] lists and objects stand within each other.
    TooDeep,
    /// It has more bytes as canonical JSON than the limit.
    TooLong {
        /// [`StateLimits::max_len`](super::StateLimits::max_len).
        limit: u64,
    },
}

impl StateError {
    /// The number of the error.
    #[must_use]
    pub const fn code(&self) -> Code {
        Code::of_dashflow(match self {
            Self::Json { .. } => 301,
            Self::Number => 302,
            Self::NotSerializable(_) => 303,
            Self::TooDeep => 304,
            Self::TooLong { .. } => 305,
        })
    }

    /// The name of the error.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Json { .. } => "StateJson",
            Self::Number => "StateNumber",
            Self::NotSerializable(_) => "StateNotSerializable",
            Self::TooDeep => "StateTooDeep",
            Self::TooLong { .. } => "StateTooLong",
        }
    }
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { line, column } => {
                write!(f, "the state is no JSON (at line {line}, column {column})")
            }
            Self::Number => {
                f.write_str("the state has a number beyond the doubles; write it as a string")
            }
            Self::NotSerializable(why) => write!(f, "the state cannot be written as JSON: {why}"),
            Self::TooDeep => write!(
                f,
                "the state has more than {MAX_DEPTH} lists and objects within each other; make it flatter"
            ),
            Self::TooLong { limit } => write!(
                f,
                "the state has more than {limit} bytes as JSON; send less of it, or raise max_len on both sides"
            ),
        }
    }
}

impl core::error::Error for StateError {}
