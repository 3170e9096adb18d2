//! What every message must be, whoever wrote it; asked before it is framed and again after it was unframed.

use core::fmt;

use strictframe_schema::payload::PayloadError;

use super::refused::Code;
use crate::identity::{ThreadId, ThreadIdError};
use crate::messages::{MessageKind, SCHEMA_VERSION, v1};
use v1::dash_stream_message::Message;

/// What is wrong with one record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RecordFault {
    /// Not protobuf, or not of the envelope's types.
    Malformed,
    /// Protobuf that is not what the envelope's descriptor says, or that readers would have to guess about.
    Payload(PayloadError),
    /// An envelope with nothing inside.
    Empty,
    /// A message without a header.
    HeaderMissing,
    /// An event of an `EventBatch` without a header.
    EventHeaderMissing {
        /// The index of the event in its batch.
        event: u32,
    },
    /// The header names another kind than that of the message it stands in.
    TypeMismatch {
        /// What the header says.
        said: i32,
        /// What the message is.
        found: MessageKind,
    },
    /// The header's `schema_version` is zero, which says nothing.
    SchemaVersionZero,
    /// The header's `schema_version` is above that of these messages, which is 1.
    SchemaVersionTooNew {
        /// What the header says.
        said: u32,
    },
    /// A message id that is neither absent nor 16 bytes long.
    MessageIdLength {
        /// Its length in bytes.
        len: usize,
    },
    /// A thread id that is blank.
    ThreadBlank,
    /// A thread id of more than [`ThreadId::MAX_LEN`] bytes.
    ThreadTooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// The header's thread is not the one that the frame names.
    ThreadMismatch,
    /// The header's sequence number is not the one that follows from the frame's.
    SequenceMismatch {
        /// What follows from the frame.
        expected: u64,
        /// What the header says.
        found: u64,
    },
    /// The time in the header of the first record is not the frame's.
    TimeMismatch,
    /// The header's message id is not the frame's.
    MessageIdMismatch,
}

impl RecordFault {
    /// The number of the fault.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Payload(error) => Code::of_format(error.kind().code()),
            fault => Code::of_dashflow(fault.row().0),
        }
    }

    /// The name of the fault.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.row().1
    }

    const fn row(&self) -> (u16, &'static str) {
        match self {
            Self::Payload(error) => (error.kind().code(), error.kind().name()),
            Self::Malformed => (101, "Malformed"),
            Self::Empty => (102, "Empty"),
            Self::HeaderMissing => (103, "HeaderMissing"),
            Self::EventHeaderMissing { .. } => (104, "EventHeaderMissing"),
            Self::TypeMismatch { .. } => (105, "TypeMismatch"),
            Self::SchemaVersionZero => (106, "SchemaVersionZero"),
            Self::SchemaVersionTooNew { .. } => (107, "SchemaVersionTooNew"),
            Self::MessageIdLength { .. } => (108, "MessageIdLength"),
            Self::ThreadBlank => (109, "ThreadBlank"),
            Self::ThreadTooLong { .. } => (110, "ThreadTooLong"),
            Self::ThreadMismatch => (202, "ThreadMismatch"),
            Self::SequenceMismatch { .. } => (203, "SequenceMismatch"),
            Self::TimeMismatch => (204, "TimeMismatch"),
            Self::MessageIdMismatch => (205, "MessageIdMismatch"),
        }
    }
}

impl fmt::Display for RecordFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("not a DashStreamMessage in protobuf"),
            Self::Payload(error) => error.fmt(f),
            Self::Empty => f.write_str("an envelope with nothing inside"),
            Self::HeaderMissing => f.write_str("a message without a header"),
            Self::EventHeaderMissing { event } => {
                write!(f, "event {event} of an event batch has no header")
            }
            Self::TypeMismatch { said, found } => {
                write!(f, "the header says type {said} where the message is {found}")
            }
            Self::SchemaVersionZero => f.write_str("the header says schema version 0"),
            Self::SchemaVersionTooNew { said } => {
                write!(f, "the header says schema version {said} where {SCHEMA_VERSION} is known")
            }
            Self::MessageIdLength { len } => {
                write!(f, "a message id of {len} bytes where a UUID of 16 is expected")
            }
            Self::ThreadBlank => f.write_str("a blank thread id"),
            Self::ThreadTooLong { len } => {
                write!(f, "a thread id of {len} bytes where {} are accepted", ThreadId::MAX_LEN)
            }
            Self::ThreadMismatch => f.write_str("the header names another thread than the frame"),
            Self::SequenceMismatch { expected, found } => {
                write!(f, "the header has sequence {found} where {expected} follows from the frame")
            }
            Self::TimeMismatch => f.write_str("the header has another time than the frame"),
            Self::MessageIdMismatch => {
                f.write_str("the header has another message id than the frame")
            }
        }
    }
}

impl core::error::Error for RecordFault {}

impl From<ThreadIdError> for RecordFault {
    fn from(error: ThreadIdError) -> Self {
        match error {
            ThreadIdError::Blank => Self::ThreadBlank,
            ThreadIdError::TooLong { len } => Self::ThreadTooLong { len },
        }
    }
}

/// The message in an envelope and its header, when both are what they must be.
pub(crate) fn check(
    envelope: &v1::DashStreamMessage,
) -> Result<(&Message, &v1::Header), RecordFault> {
    let message = envelope.message.as_ref().ok_or(RecordFault::Empty)?;
    let header = message.header().ok_or(RecordFault::HeaderMissing)?;
    let found = message.kind();
    if header.r#type != i32::from(found.0) {
        return Err(RecordFault::TypeMismatch { said: header.r#type, found });
    }
    match header.schema_version {
        0 => return Err(RecordFault::SchemaVersionZero),
        SCHEMA_VERSION => {}
        said => return Err(RecordFault::SchemaVersionTooNew { said }),
    }
    if !matches!(header.message_id.len(), 0 | 16) {
        return Err(RecordFault::MessageIdLength { len: header.message_id.len() });
    }
    ThreadId::check(&header.thread_id)?;
    if let Message::EventBatch(batch) = message
        && let Some((event, _)) = (0..).zip(&batch.events).find(|(_, event)| event.header.is_none())
    {
        return Err(RecordFault::EventHeaderMissing { event });
    }
    Ok((message, header))
}
