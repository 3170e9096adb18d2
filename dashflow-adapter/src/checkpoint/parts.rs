//! A checkpoint whose state is larger than a frame: a stream of its parts, which says where it ends.

use strictframe::message::Payloads;
use strictframe::{
    Decoded, EncodeError, Encoder, Extension, Frame, Kind, Limits, MessageError, Profile, Registry,
    Schema, SchemaKey, SchemaPolicy, SliceReader, StreamError, StreamOptions, StreamWriter,
};

use super::error::{CheckpointError, Damage};
use super::frame::CheckpointHead;
use super::id::CheckpointId;
use crate::generated::strictframe::dashflow::v1::CheckpointPart;
use crate::identity::ThreadId;

/// Writes a state in parts; the first of them says what the checkpoint is.
pub(super) fn write<S: Schema>(
    state: &S,
    extensions: &[Extension<'_>],
    encoder: &mut Encoder,
) -> Result<Vec<u8>, CheckpointError> {
    let mut payloads = Payloads::new();
    let payload = payloads.write(state).map_err(EncodeError::MessageRefused)?;
    let mut options = StreamOptions::default();
    options.limits = Limits::MAXIMUM;
    let mut stream = StreamWriter::create(Vec::new(), options).map_err(failed)?;
    let descriptor = CheckpointPart::SCHEMA.descriptor();
    let descriptor =
        descriptor.map_err(|error| CheckpointError::other("Schema", error.to_string()))?;
    stream.add_schema(&descriptor).map_err(failed)?;
    let (key, mut frame, mut extensions) = (S::SCHEMA.key().to_bytes(), Vec::new(), extensions);
    for content in payload.chunks(PART) {
        let part = CheckpointPart { schema_key: key.to_vec(), content: content.to_vec() };
        frame.clear();
        encoder.encode_message_with(&part, extensions, &mut frame)?;
        stream.write_frame(&frame).map_err(failed)?;
        extensions = &[];
    }
    stream.finish().map_err(failed)
}

fn failed(error: StreamError) -> CheckpointError {
    CheckpointError::other("Parts", error.to_string())
}

/// Whether bytes begin like a stream, as no frame of a state does.
pub(super) fn is_stream(bytes: &[u8]) -> bool {
    bytes.get(2).is_some_and(|kind| kind & 0x0f == Kind::SYNC.0)
}

/// What the checkpoint of that name says of itself, after all of its stream was verified.
pub(super) fn head(
    thread: &ThreadId,
    id: CheckpointId,
    bytes: &[u8],
) -> Result<CheckpointHead, CheckpointError> {
    let (mut head, len) = (None, bytes.len());
    parts(thread, id, bytes, |frame, part, key| {
        if head.is_none() {
            head = Some(CheckpointHead::of_frame(thread, id, frame, key, len)?);
        }
        drop(part);
        Ok(())
    })?;
    head.ok_or_else(|| CheckpointError::damaged(thread, id, Damage::Misplaced))
}

/// The state in the parts of the checkpoint of that name.
pub(super) fn state<S: Schema>(
    thread: &ThreadId,
    id: CheckpointId,
    bytes: &[u8],
) -> Result<S, CheckpointError> {
    let (key, payload) = payload(thread, id, bytes)?;
    let read = Payloads::new().read::<S>(&key, SchemaPolicy::default(), &payload);
    let (state, ..) = read.map_err(|error| CheckpointError::of_message(thread, id, error))?;
    Ok(state)
}

/// The parts of the checkpoint of that name put together, and the schema that they are of.
pub(super) fn payload(
    thread: &ThreadId,
    id: CheckpointId,
    bytes: &[u8],
) -> Result<(SchemaKey, Vec<u8>), CheckpointError> {
    let (mut payload, mut of) = (Vec::new(), None);
    parts(thread, id, bytes, |_, part, key| {
        if of.is_some_and(|of| of != key) {
            return Err(CheckpointError::damaged(thread, id, Damage::Misplaced));
        }
        of = Some(key);
        // Grown by the parts that are good.
        payload.extend_from_slice(&part.content);
        Ok(())
    })?;
    let key = of.ok_or_else(|| CheckpointError::damaged(thread, id, Damage::Misplaced))?;
    Ok((key, payload))
}

fn parts(
    thread: &ThreadId,
    id: CheckpointId,
    bytes: &[u8],
    mut take: impl FnMut(&Frame<'_>, CheckpointPart, SchemaKey) -> Result<(), CheckpointError>,
) -> Result<(), CheckpointError> {
    let wrong = |error| CheckpointError::of_message(thread, id, error);
    let registry = Registry::new().with_message::<CheckpointPart>();
    let registry = registry.map_err(|error| CheckpointError::other("Schema", error.to_string()))?;
    let mut reader = SliceReader::new(bytes, Limits::MAXIMUM, Profile::SelfContained)
        .judged_by(registry, SchemaPolicy::default());
    while let Some(found) =
        reader.next_frame().map_err(|error| wrong(MessageError::Frame(error)))?
    {
        let Some(Decoded { payload, .. }) = found.decoded else { continue };
        let part = CheckpointPart::read_payload(payload);
        let (part, _) =
            part.map_err(|refused| wrong(MessageError::Payload { record: 0, refused }))?;
        let key = part.schema_key.as_slice().try_into().map(SchemaKey::from_bytes);
        let key = key.map_err(|_| CheckpointError::damaged(thread, id, Damage::Misplaced))?;
        take(&found.frame, part, key)?;
    }
    Ok(())
}

/// The bytes of a state in one part.
const PART: usize = 16 << 20;
