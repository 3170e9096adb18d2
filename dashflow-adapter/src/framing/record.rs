//! A message with its identity, checked, ready to be framed.

use bytes::Bytes;
use prost::Message as _;

use super::check::{RecordFault, check};
use crate::identity::{Identity, ThreadId, TraceContext};
use crate::messages::{MessageKind, SCHEMA_VERSION, v1};

/// One message that a frame may hold: its header says what the frame says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    body: Body,
    kind: MessageKind,
    pub(super) thread: ThreadId,
    pub(super) sequence: Option<u64>,
    pub(super) epoch: Option<u64>,
    pub(super) time: Option<i64>,
    pub(super) message_id: Option<[u8; 16]>,
    pub(super) trace: Option<TraceContext>,
}

#[derive(Clone, Debug, PartialEq)]
enum Body {
    Message(Box<v1::DashStreamMessage>),
    Bytes(Bytes),
}

impl Record {
    /// Writes the identity into the message's header, which is made when it has none; tenant and parent in it stay.
    ///
    /// # Errors
    /// [`RecordFault`] for what no reader would take: an empty envelope, an event batch with an event that has no header.
    pub fn new(
        message: impl Into<v1::DashStreamMessage>,
        identity: Identity,
    ) -> Result<Self, RecordFault> {
        let mut envelope = message.into();
        let kind = identify(&mut envelope, &identity)?;
        Ok(Self::identified(Body::Message(Box::new(envelope)), kind, identity))
    }

    /// The same, encoded at once: what waits is then short and in one piece. `scratch` is room to encode in. The message comes back with its fault.
    pub(crate) fn encoded(
        mut envelope: v1::DashStreamMessage,
        identity: Identity,
        scratch: &mut Vec<u8>,
    ) -> Result<Self, (RecordFault, Box<v1::DashStreamMessage>)> {
        let kind = match identify(&mut envelope, &identity) {
            Ok(kind) => kind,
            Err(fault) => return Err((fault, Box::new(envelope))),
        };
        scratch.clear();
        envelope.encode_raw(scratch);
        let body = Body::Bytes(Bytes::copy_from_slice(scratch));
        Ok(Self::identified(body, kind, identity))
    }

    fn identified(body: Body, kind: MessageKind, identity: Identity) -> Self {
        let Identity { thread, epoch, sequence, time, message_id, trace } = identity;
        Self {
            body,
            kind,
            thread,
            sequence: Some(sequence),
            epoch: Some(epoch),
            time: Some(time),
            message_id: Some(message_id),
            trace,
        }
    }

    /// Takes a message that was encoded elsewhere, and keeps its bytes. Its identity is what its header says; a sequence number of 0 stands for none.
    ///
    /// # Errors
    /// [`RecordFault`] as when it is read from a frame; whether the bytes hold to the descriptor is found out when they are framed.
    pub fn from_encoded(bytes: Bytes) -> Result<Self, RecordFault> {
        let envelope =
            v1::DashStreamMessage::decode(bytes.as_ref()).map_err(|_| RecordFault::Malformed)?;
        let (message, header) = check(&envelope)?;
        Ok(Self {
            kind: message.kind(),
            thread: ThreadId::new(&header.thread_id)?,
            sequence: (header.sequence > 0).then_some(header.sequence),
            epoch: None,
            time: header.timestamp_us.checked_mul(NANOS_PER_MICRO),
            message_id: header.message_id.as_slice().try_into().ok(),
            trace: None,
            body: Body::Bytes(bytes),
        })
    }

    /// The kind of the message.
    #[must_use]
    pub const fn kind(&self) -> MessageKind {
        self.kind
    }

    /// The thread.
    #[must_use]
    pub const fn thread(&self) -> &ThreadId {
        &self.thread
    }

    /// The sequence number in its thread.
    #[must_use]
    pub const fn sequence(&self) -> Option<u64> {
        self.sequence
    }

    /// The epoch within which the sequence number counts.
    #[must_use]
    pub const fn epoch(&self) -> Option<u64> {
        self.epoch
    }

    /// The message id.
    #[must_use]
    pub const fn message_id(&self) -> Option<[u8; 16]> {
        self.message_id
    }

    /// Whether it may stand behind that one in a batch: of the same thread and epoch, and next in sequence, or both without a number.
    #[must_use]
    pub fn follows(&self, before: &Self) -> bool {
        let is_next = match (before.sequence, self.sequence) {
            (Some(before), Some(next)) => before.checked_add(1) == Some(next),
            (before, next) => before == next,
        };
        is_next && before.thread == self.thread && before.epoch == self.epoch
    }

    /// The message, when it was not given encoded.
    #[must_use]
    pub fn message(&self) -> Option<&v1::DashStreamMessage> {
        match &self.body {
            Body::Message(message) => Some(message),
            Body::Bytes(_) => None,
        }
    }

    /// The length of the message in protobuf, in bytes.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        match &self.body {
            Body::Message(message) => message.encoded_len(),
            Body::Bytes(bytes) => bytes.len(),
        }
    }

    /// The message in protobuf.
    pub(crate) fn to_protobuf(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.encode(&mut bytes);
        bytes
    }

    /// Puts the message in protobuf in the place of what is in `out`.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.clear();
        match &self.body {
            Body::Message(message) => {
                // Not measured first: `out` is warm after a few messages.
                message.encode_raw(out);
            }
            Body::Bytes(bytes) => out.extend_from_slice(bytes),
        }
    }
}

/// Writes the identity into the header, and gives the kind of a message that readers take.
fn identify(
    envelope: &mut v1::DashStreamMessage,
    identity: &Identity,
) -> Result<MessageKind, RecordFault> {
    let inner = envelope.message.as_mut().ok_or(RecordFault::Empty)?;
    let kind = inner.kind();
    let header = inner.header_mut().get_or_insert_default();
    header.message_id.clear();
    header.message_id.extend_from_slice(&identity.message_id);
    header.timestamp_us = identity.time.div_euclid(NANOS_PER_MICRO);
    header.thread_id.clear();
    header.thread_id.push_str(identity.thread.as_str());
    header.sequence = identity.sequence;
    header.r#type = i32::from(kind.0);
    header.compression = v1::CompressionType::CompressionNone.into();
    header.schema_version = SCHEMA_VERSION;
    check(envelope)?;
    Ok(kind)
}

/// Headers count in microseconds, frames in nanoseconds.
pub(super) const NANOS_PER_MICRO: i64 = 1_000;
