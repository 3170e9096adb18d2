//! What every message must be, whoever wrote it; asked before it is framed and again after it was unframed.

use core::fmt;

use crate::identity::{ThreadId, ThreadIdError};
use crate::messages::{MessageKind, SCHEMA_VERSION, v1};
use v1::attribute_value::Value;
use v1::dash_stream_message::Message;

/// What is wrong with one record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RecordFault {
    /// Not protobuf, or not of the envelope's types.
    Malformed,
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
    /// Attributes in which arrays and maps are nested more than 30 deep.
    AttributesTooDeep,
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
    /// The number in this crate's list of faults; printed as `DS-` and four digits.
    #[must_use]
    pub const fn number(&self) -> u16 {
        self.row().0
    }

    /// The name in that list.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.row().1
    }

    const fn row(&self) -> (u16, &'static str) {
        match self {
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
            Self::AttributesTooDeep => (111, "AttributesTooDeep"),
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
            Self::AttributesTooDeep => {
                write!(f, "attributes nested more than {MAX_DEPTH} deep")
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
    match message {
        Message::Event(event) => check_event(event)?,
        Message::EventBatch(batch) => {
            for (index, event) in (0..).zip(&batch.events) {
                if event.header.is_none() {
                    return Err(RecordFault::EventHeaderMissing { event: index });
                }
                check_event(event)?;
            }
        }
        _ => {}
    }
    Ok((message, header))
}

fn check_event(event: &v1::Event) -> Result<(), RecordFault> {
    if event.attributes.values().all(|value| is_at_most(value, MAX_DEPTH)) {
        Ok(())
    } else {
        Err(RecordFault::AttributesTooDeep)
    }
}

/// Whether no more than `depth` arrays and maps stand in each other.
fn is_at_most(value: &v1::AttributeValue, depth: u32) -> bool {
    let inner = |value: &v1::AttributeValue| match depth.checked_sub(1) {
        Some(depth) => is_at_most(value, depth),
        None => false,
    };
    match &value.value {
        Some(Value::ArrayValue(array)) => depth > 0 && array.values.iter().all(inner),
        Some(Value::MapValue(map)) => depth > 0 && map.values.values().all(inner),
        _ => true,
    }
}

/// A map takes three levels of protobuf, and decoders stop at a hundred: what is written here is read everywhere.
const MAX_DEPTH: u32 = 30;
