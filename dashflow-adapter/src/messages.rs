//! The messages of `dashstream.v1`, what kind each is, and the header that each has.

mod json;
mod kinds;

pub use self::json::{JsonRefused, MessageJson};
pub use self::kinds::{KindSet, MessageKind};

use v1::dash_stream_message::Message;

/// The types of the package `dashstream.v1`, as `proto/dashstream/v1` describes them.
pub use crate::generated::dashstream::v1;

/// What every message's header says of the schema: the version of the messages in it.
pub(crate) const SCHEMA_VERSION: u32 = 1;

impl Message {
    /// The arm of the envelope that it stands in.
    #[must_use]
    pub const fn kind(&self) -> MessageKind {
        match self {
            Self::Event(_) => MessageKind::EVENT,
            Self::StateDiff(_) => MessageKind::STATE_DIFF,
            Self::TokenChunk(_) => MessageKind::TOKEN_CHUNK,
            Self::ToolExecution(_) => MessageKind::TOOL_EXECUTION,
            Self::Checkpoint(_) => MessageKind::CHECKPOINT,
            Self::Metrics(_) => MessageKind::METRICS,
            Self::Error(_) => MessageKind::ERROR,
            Self::EventBatch(_) => MessageKind::EVENT_BATCH,
            Self::ExecutionTrace(_) => MessageKind::EXECUTION_TRACE,
        }
    }

    /// Its header, if it has one.
    #[must_use]
    pub const fn header(&self) -> Option<&v1::Header> {
        match self {
            Self::Event(message) => message.header.as_ref(),
            Self::StateDiff(message) => message.header.as_ref(),
            Self::TokenChunk(message) => message.header.as_ref(),
            Self::ToolExecution(message) => message.header.as_ref(),
            Self::Checkpoint(message) => message.header.as_ref(),
            Self::Metrics(message) => message.header.as_ref(),
            Self::Error(message) => message.header.as_ref(),
            Self::EventBatch(message) => message.header.as_ref(),
            Self::ExecutionTrace(message) => message.header.as_ref(),
        }
    }

    /// The place of its header.
    pub(crate) const fn header_mut(&mut self) -> &mut Option<v1::Header> {
        match self {
            Self::Event(message) => &mut message.header,
            Self::StateDiff(message) => &mut message.header,
            Self::TokenChunk(message) => &mut message.header,
            Self::ToolExecution(message) => &mut message.header,
            Self::Checkpoint(message) => &mut message.header,
            Self::Metrics(message) => &mut message.header,
            Self::Error(message) => &mut message.header,
            Self::EventBatch(message) => &mut message.header,
            Self::ExecutionTrace(message) => &mut message.header,
        }
    }
}

impl v1::DashStreamMessage {
    /// The kind of what is inside; nothing when nothing is.
    #[must_use]
    pub fn kind(&self) -> Option<MessageKind> {
        self.message.as_ref().map(Message::kind)
    }

    /// The header of what is inside, if there is one.
    #[must_use]
    pub fn header(&self) -> Option<&v1::Header> {
        self.message.as_ref().and_then(Message::header)
    }
}

macro_rules! into_envelope {
    ($($kind:ident),*) => {$(
        impl From<v1::$kind> for v1::DashStreamMessage {
            fn from(message: v1::$kind) -> Self {
                Self { message: Some(Message::$kind(message)) }
            }
        }
    )*};
}

into_envelope!(
    Event,
    StateDiff,
    TokenChunk,
    ToolExecution,
    Checkpoint,
    Metrics,
    Error,
    EventBatch,
    ExecutionTrace
);
