//! One frame in, all of its messages out, or one refusal.

use prost::Message as _;
use strictframe::{Decoded, Decoder, ErrorKind, Limits, Outcome, Registry, SchemaPolicy};

use super::check::{RecordFault, check};
use super::head::{FrameHead, head_of};
use super::record::NANOS_PER_MICRO;
use super::refused::Refused;
use crate::messages::{KindSet, v1};
use crate::payload::PayloadCheck;
use crate::schema::{SetupError, registry, schema_key};

/// Decodes frames of the envelope. There is no way around its checks: of a frame that fails one nothing is given.
#[derive(Debug)]
pub struct Unframer {
    decoder: Decoder,
    payloads: PayloadCheck,
}

/// A frame down to its messages.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Unframed<'a> {
    /// What the frame says of them.
    pub head: FrameHead<'a>,
    /// How its schema was judged.
    pub outcome: Option<Outcome>,
    /// The messages, at least one, each with a header.
    pub messages: Vec<v1::DashStreamMessage>,
}

impl Unframer {
    /// An unframer that knows the envelope and no dictionary.
    ///
    /// # Errors
    /// None as long as the lock is one that the build has accepted.
    pub fn new(limits: Limits) -> Result<Self, SetupError> {
        Self::with_registry(registry()?, limits, SchemaPolicy::default())
    }

    /// An unframer that judges by that registry, which must know the envelope ([`registry`]).
    ///
    /// # Errors
    /// As [`Unframer::new`].
    pub fn with_registry(
        registry: Registry,
        limits: Limits,
        policy: SchemaPolicy,
    ) -> Result<Self, SetupError> {
        let decoder = Decoder::builder(registry).limits(limits).schema_policy(policy).build();
        Ok(Self { decoder, payloads: PayloadCheck::new()? })
    }

    /// Decodes one frame and checks every message in it, also against what the frame says of them.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn unframe<'a>(&'a mut self, frame: &'a [u8]) -> Result<Unframed<'a>, Refused> {
        let decoded = self.decoder.decode(frame)?;
        let (head, messages) = check_records(&decoded, &mut self.payloads)?;
        Ok(Unframed { head, outcome: decoded.outcome, messages })
    }
}

/// What a frame that was decoded says, and its messages, each checked.
pub(crate) fn check_records<'a>(
    decoded: &Decoded<'a>,
    payloads: &mut PayloadCheck,
) -> Result<(FrameHead<'a>, Vec<v1::DashStreamMessage>), Refused> {
    if decoded.frame.key().lineage() != schema_key().lineage() {
        // A registry may know other schemas too; their records are not of the envelope.
        return Err(ErrorKind::UnknownSchema.at(4).into());
    }
    let head = head_of(&decoded.frame)?;
    let messages = messages(&head, decoded, payloads)?;
    Ok((head, messages))
}

fn messages(
    head: &FrameHead<'_>,
    decoded: &Decoded<'_>,
    payloads: &mut PayloadCheck,
) -> Result<Vec<v1::DashStreamMessage>, Refused> {
    let is_exact = decoded.outcome == Some(Outcome::Exact);
    let count = decoded.records.len();
    // Grown by the messages that are good: a count alone reserves nothing.
    let mut messages = Vec::new();
    let mut kinds = KindSet::EMPTY;
    for (index, record) in decoded.records.iter().enumerate() {
        let refused = |fault| Refused::Record { index, count, fault };
        let held = payloads.check(record, is_exact);
        held.map_err(|error| refused(RecordFault::Payload(error)))?;
        let message = v1::DashStreamMessage::decode(record);
        let message = message.map_err(|_| refused(RecordFault::Malformed))?;
        let (inner, header) = check(&message).map_err(refused)?;
        check_against(head, index, header).map_err(refused)?;
        kinds = kinds.with(inner.kind());
        messages.push(message);
    }
    match head.kinds {
        Some(said) if said != kinds => Err(Refused::Kinds { said, found: kinds }),
        _ => Ok(messages),
    }
}

/// What the frame promised to those who do not decompress is true of the record.
fn check_against(
    head: &FrameHead<'_>,
    index: usize,
    header: &v1::Header,
) -> Result<(), RecordFault> {
    if head.thread.is_some_and(|thread| thread != header.thread_id) {
        return Err(RecordFault::ThreadMismatch);
    }
    if let Some(first) = head.sequence {
        let expected = first.saturating_add(index as u64);
        if expected != header.sequence {
            return Err(RecordFault::SequenceMismatch { expected, found: header.sequence });
        }
    }
    let time = head.time.map(|time| time.div_euclid(NANOS_PER_MICRO));
    if index == 0 && time.is_some_and(|time| time != header.timestamp_us) {
        return Err(RecordFault::TimeMismatch);
    }
    if head.message_id.is_some_and(|id| id.as_slice() != header.message_id) {
        return Err(RecordFault::MessageIdMismatch);
    }
    Ok(())
}
