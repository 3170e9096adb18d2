//! Typed messages out of frames.

use strictframe_core::{Frame, Outcome, Records};

use super::error::{MessageError, SchemaRefused};
use super::payloads::{judge, schemas};
use super::{AnyOf, Payloads, Schema, TypeOf, UnknownFields};
use crate::decoder::Decoder;

/// A message, and what its frame says beside it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct DecodedMessage<'a, M> {
    /// The frame: its schema key, its extensions, how it was stored.
    pub frame: Frame<'a>,
    /// How the schema was judged.
    pub outcome: Outcome,
    /// What the type does not know of the payload; of a batch the first is that of the first message that has one.
    pub unknown_fields: UnknownFields,
    /// The message.
    pub message: M,
}

impl Decoder {
    /// Decodes one frame that holds one message of type `T`, judged by the versions that the type was built with.
    ///
    /// The registry is not asked for the schema; dictionaries are its own.
    ///
    /// # Errors
    /// The first of: what is wrong with the frame, [`MessageError::Schema`] with both keys, what keeps the payload from being decompressed,
    /// [`MessageError::Batch`], [`MessageError::Payload`].
    pub fn decode_message<'a, T: Schema>(
        &mut self,
        bytes: &'a [u8],
    ) -> Result<DecodedMessage<'a, T>, MessageError> {
        self.decode_any(bytes)
    }

    /// Decodes one frame that holds one message of any of several types, which its key chooses.
    ///
    /// # Errors
    /// As [`Decoder::decode_message`].
    pub fn decode_any<'a, M: AnyOf>(
        &mut self,
        bytes: &'a [u8],
    ) -> Result<DecodedMessage<'a, M>, MessageError> {
        self.receive(bytes, |records, reading| match records {
            Records::One(payload) => reading.read(0, payload),
            batch => Err(MessageError::Batch { count: batch.len() }),
        })
    }

    /// Decodes one frame with all its messages: those of a batch, or the one of a frame that has one.
    ///
    /// # Errors
    /// As [`Decoder::decode_message`], but for [`MessageError::Batch`]. One message that is refused refuses the frame.
    pub fn decode_messages<'a, M: AnyOf>(
        &mut self,
        bytes: &'a [u8],
    ) -> Result<DecodedMessage<'a, Vec<M>>, MessageError> {
        self.receive(bytes, |records, reading| {
            let records = records.iter().enumerate();
            records.map(|(index, payload)| reading.read(index, payload)).collect()
        })
    }

    fn receive<'a, M: AnyOf, R>(
        &mut self,
        bytes: &'a [u8],
        read: impl FnOnce(Records<'_>, &mut Reading<'_, M>) -> Result<R, MessageError>,
    ) -> Result<DecodedMessage<'a, R>, MessageError> {
        let Self { judge: known, limits, codecs, payload, payloads, meter } = self;
        let work = meter.begin_decoding();
        let receive = || {
            let frame = Frame::parse(bytes, limits)?;
            frame.check_data()?;
            let key = frame.key();
            let (kind, outcome) = judge::<M>(&key, known.policy()).map_err(|kind| {
                SchemaRefused::new(kind, key, schemas::<M>(), known.registry().name(&key))
            })?;
            let decoded = frame.decode(|_| Ok(Some(outcome)), codecs, payload)?;
            let mut reading =
                Reading { payloads, kind, outcome, unknown_fields: UnknownFields::default() };
            let message = read(decoded.records, &mut reading)?;
            meter.decoded(&work, &decoded);
            let unknown_fields = reading.unknown_fields;
            Ok(DecodedMessage { frame, outcome, unknown_fields, message })
        };
        receive().inspect_err(|error| meter.message_refused(error))
    }
}

/// The messages of one frame.
struct Reading<'p, M: 'static> {
    payloads: &'p mut Payloads,
    kind: &'static TypeOf<M>,
    outcome: Outcome,
    unknown_fields: UnknownFields,
}

impl<M> Reading<'_, M> {
    fn read(&mut self, record: usize, payload: &[u8]) -> Result<M, MessageError> {
        let read = self.payloads.read_as(self.kind, self.outcome, payload);
        let (message, more) = read.map_err(|refused| MessageError::Payload { record, refused })?;
        let UnknownFields { count, first } = &mut self.unknown_fields;
        *count = count.saturating_add(more.count);
        *first = first.or(more.first);
        Ok(message)
    }
}
