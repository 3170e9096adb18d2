//! What an encoder refuses to write, and what can happen to a stream.

use core::fmt;
use std::io;

use strictframe_core::{Batch, Error, SchemaKey};

use crate::message::{NamedKey, PayloadRefused};
use crate::policy::PolicyError;

/// An encoder's refusal. The numbers are those of `09xx` in `spec/REGISTRY.md`, and of `08xx` for what is wrong with a typed message.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum EncodeError {
    /// A record, or a batch of them, is above the raw or the body limit.
    RecordTooLarge {
        /// Its length in bytes, the batch's table counted.
        len: u64,
        /// What is accepted.
        limit: u64,
    },
    /// A batch without items, or with more than 65536.
    BatchCount {
        /// The items there are.
        count: usize,
    },
    /// An extension that SPEC section 3 forbids.
    ExtensionRefused {
        /// The type, or nothing when they are too many or too long together.
        kind: Option<u16>,
    },
    /// A schema key that may not stand on a data frame.
    KeyRefused,
    /// The dictionary cannot be used.
    DictionaryRefused,
    /// The room given was too small.
    OutputFull,
    /// The compression library reported an error.
    CompressorFailed,
    /// A frame was given after END, or after a write that failed.
    StreamClosed,
    /// The frame's schema was not made known to the stream.
    SchemaUndeclared,
    /// The frame's dictionary was not made known to the stream.
    DictionaryUndeclared,
    /// A policy that cannot be used.
    PolicyRefused(PolicyError),
    /// A typed message of another schema than the encoder's.
    MessageMismatch {
        /// The key that the encoder was made for.
        encoder: SchemaKey,
        /// That of the message.
        message: Box<NamedKey>,
    },
    /// A typed message that its own reader would refuse.
    MessageRefused(PayloadRefused),
}

impl EncodeError {
    /// The number of the registry; printed as `SF-` and four digits.
    #[must_use]
    pub const fn code(&self) -> u16 {
        match self {
            Self::RecordTooLarge { .. } => 901,
            Self::BatchCount { .. } => 902,
            Self::ExtensionRefused { .. } => 903,
            Self::KeyRefused => 904,
            Self::DictionaryRefused => 905,
            Self::OutputFull => 906,
            Self::CompressorFailed => 907,
            Self::StreamClosed => 908,
            Self::SchemaUndeclared => 909,
            Self::DictionaryUndeclared => 910,
            Self::PolicyRefused(_) => 911,
            Self::MessageMismatch { .. } => 913,
            Self::MessageRefused(refused) => refused.code(),
        }
    }

    /// The name of the registry.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::RecordTooLarge { .. } => "RecordTooLarge",
            Self::BatchCount { .. } => "BatchCount",
            Self::ExtensionRefused { .. } => "ExtensionRefused",
            Self::KeyRefused => "KeyRefused",
            Self::DictionaryRefused => "DictionaryRefused",
            Self::OutputFull => "OutputFull",
            Self::CompressorFailed => "CompressorFailed",
            Self::StreamClosed => "StreamClosed",
            Self::SchemaUndeclared => "SchemaUndeclared",
            Self::DictionaryUndeclared => "DictionaryUndeclared",
            Self::PolicyRefused(_) => "PolicyRefused",
            Self::MessageMismatch { .. } => "MessageMismatch",
            Self::MessageRefused(refused) => refused.name(),
        }
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RecordTooLarge { len, limit } => {
                write!(f, "record too large, {len} bytes where {limit} are accepted")
            }
            Self::BatchCount { count } => {
                write!(f, "a batch has 1 to {} items, not {count}", Batch::MAX_COUNT)
            }
            Self::ExtensionRefused { kind: Some(kind) } => {
                write!(f, "extension {kind:#06x} is out of order, malformed or critical")
            }
            Self::ExtensionRefused { kind: None } => {
                f.write_str("more than 32 extensions or 4096 bytes of them")
            }
            Self::KeyRefused => f.write_str("schema key not allowed on a data frame"),
            Self::DictionaryRefused => f.write_str("the dictionary cannot be used"),
            Self::OutputFull => f.write_str("the room given for the frame is too small"),
            Self::CompressorFailed => f.write_str("the compression library reported an error"),
            Self::StreamClosed => f.write_str("the stream takes no more frames"),
            Self::SchemaUndeclared => f.write_str("the stream was not given the frame's schema"),
            Self::DictionaryUndeclared => {
                f.write_str("the stream was not given the frame's dictionary")
            }
            Self::PolicyRefused(error) => error.fmt(f),
            Self::MessageMismatch { encoder, message } => write!(
                f,
                "the message is of {message} and the encoder was made for {encoder}: make one for the message's schema"
            ),
            Self::MessageRefused(refused) => refused.fmt(f),
        }
    }
}

impl core::error::Error for EncodeError {}

impl From<strictframe_core::SinkFull> for EncodeError {
    fn from(_: strictframe_core::SinkFull) -> Self {
        Self::OutputFull
    }
}

/// What can happen while a stream is read or written.
#[derive(Debug)]
#[non_exhaustive]
pub enum StreamError {
    /// The bytes were refused.
    Refused(Error),
    /// A record, key or dictionary was refused before it was written.
    Encode(EncodeError),
    /// Reading or writing failed.
    Io(io::Error),
}

impl StreamError {
    /// The refusal, when it is one.
    #[must_use]
    pub const fn refusal(&self) -> Option<&Error> {
        match self {
            Self::Refused(error) => Some(error),
            Self::Encode(_) | Self::Io(_) => None,
        }
    }
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::Encode(error) => error.fmt(f),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for StreamError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Refused(error) => Some(error),
            Self::Encode(error) => Some(error),
            Self::Io(error) => Some(error),
        }
    }
}

impl From<Error> for StreamError {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<EncodeError> for StreamError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

impl From<io::Error> for StreamError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
