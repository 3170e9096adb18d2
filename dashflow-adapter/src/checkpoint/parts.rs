//! A checkpoint whose state is larger than a frame: a stream of its parts, which says where it ends.

use strictframe::message::Payloads;
use strictframe::{
    Decoded, EncodeError, Encoder, Extension, Header, Kind, Limits, MessageError, Profile,
    Registry, Schema, SchemaKey, SchemaPolicy, SliceReader, StreamError, StreamOptions,
    StreamWriter,
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
    Header::parse(bytes, &Limits::MAXIMUM).is_ok_and(|header| header.kind() == Kind::SYNC)
}

/// What the checkpoint of that name says of itself, after all of its stream was verified.
pub(super) fn head(
    thread: &ThreadId,
    id: CheckpointId,
    bytes: &[u8],
) -> Result<CheckpointHead, CheckpointError> {
    read(thread, id, bytes, |_| {})
}

/// The same, and the payload of its state, put together.
pub(super) fn whole(
    thread: &ThreadId,
    id: CheckpointId,
    bytes: &[u8],
) -> Result<(CheckpointHead, Vec<u8>), CheckpointError> {
    let mut payload = Vec::new();
    // Grown by the parts that are good.
    let head = read(thread, id, bytes, |content| payload.extend_from_slice(content))?;
    Ok((head, payload))
}

/// Reads a stream through, part by part. The first one says what the checkpoint is.
fn read(
    thread: &ThreadId,
    id: CheckpointId,
    bytes: &[u8],
    mut take: impl FnMut(&[u8]),
) -> Result<CheckpointHead, CheckpointError> {
    let wrong = |error| CheckpointError::of_message(thread, id, error);
    let misplaced = || CheckpointError::damaged(thread, id, Damage::Misplaced);
    let registry = Registry::new().with_message::<CheckpointPart>();
    let registry = registry.map_err(|error| CheckpointError::other("Schema", error.to_string()))?;
    let mut reader = SliceReader::new(bytes, Limits::MAXIMUM, Profile::SelfContained)
        .judged_by(registry, SchemaPolicy::default());
    let mut head = None;
    while let Some(found) =
        reader.next_frame().map_err(|error| wrong(MessageError::Frame(error)))?
    {
        let Some(Decoded { payload, .. }) = found.decoded else { continue };
        let part = CheckpointPart::read_payload(payload);
        let (part, _) =
            part.map_err(|refused| wrong(MessageError::Payload { record: 0, refused }))?;
        let key = part.schema_key.as_slice().try_into().map(SchemaKey::from_bytes);
        let key = key.map_err(|_| misplaced())?;
        let of = match &mut head {
            Some(head) => head,
            none => none.insert(CheckpointHead::of_frame(thread, id, &found.frame, key, bytes)?),
        };
        if of.key != key {
            return Err(misplaced());
        }
        take(&part.content);
    }
    head.ok_or_else(misplaced)
}

/// The bytes of a state in one part.
const PART: usize = 16 << 20;
