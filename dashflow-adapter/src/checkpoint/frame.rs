//! A checkpoint as bytes: the state under its own schema key, and beside it what the checkpoint says of itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strictframe::core::{Content, Records};
use strictframe::{Codecs, Decoder, Frame, Limits, MessageError, Schema, SchemaKey};

use super::diff::{self, Diff};
use super::error::{CheckpointError, Damage};
use super::id::CheckpointId;
use super::parts;
use crate::framing::{Refused, head_of};
use crate::generated::strictframe::dashflow::v1::SealedCheckpoint;
use crate::identity::ThreadId;

/// The private extension that holds the id of the checkpoint before: 16 bytes.
pub const PARENT: u16 = 0x7F02;
/// The private extension that holds node and metadata, as JSON: `{"node": "...", "metadata": {"...": "..."}}`.
pub const NODE: u16 = 0x7F03;

/// What a checkpoint says of itself beside its state.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct CheckpointHead {
    /// Its id.
    pub id: CheckpointId,
    /// The checkpoint that it follows.
    pub parent: Option<CheckpointId>,
    /// The checkpoint that it is kept as a diff of, and is not read without; nothing when it is kept whole.
    pub base: Option<CheckpointId>,
    /// When it was saved, in nanoseconds since 1970-01-01T00:00:00Z.
    pub time: i64,
    /// The node of the graph that had run.
    pub node: String,
    /// Whatever was put beside it.
    pub metadata: BTreeMap<String, String>,
    /// The schema of the state.
    pub key: SchemaKey,
    /// The length of all of it, in bytes.
    pub bytes: u64,
}

/// What [`NODE`] holds.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Node {
    pub(super) node: String,
    pub(super) metadata: BTreeMap<String, String>,
}

impl CheckpointHead {
    /// Verifies a checkpoint as the one of that name, and reads what it says of itself. Its state is not decompressed, and of a diff nothing is asked but what it says.
    ///
    /// # Errors
    /// [`CheckpointError::Damaged`]; [`CheckpointError::Sealed`].
    pub fn read(
        thread: &ThreadId,
        id: CheckpointId,
        bytes: &[u8],
    ) -> Result<Self, CheckpointError> {
        if parts::is_stream(bytes) {
            return parts::head(thread, id, bytes);
        }
        if diff::is_diff(bytes) {
            return Diff::read(thread, id, bytes).map(|(head, _)| head);
        }
        Self::parse(thread, id, bytes).map(|(head, _)| head)
    }

    /// The same of a checkpoint that is kept whole, and the payload of its state.
    pub(super) fn read_with_payload(
        thread: &ThreadId,
        id: CheckpointId,
        bytes: &[u8],
    ) -> Result<(Self, Vec<u8>), CheckpointError> {
        if parts::is_stream(bytes) {
            return parts::whole(thread, id, bytes);
        }
        let (head, frame) = Self::parse(thread, id, bytes)?;
        let wrong = |error| CheckpointError::of_message(thread, id, error);
        let (mut codecs, mut room) = (Codecs::default(), Vec::new());
        let decoded = frame.decode(|_| Ok(None), &mut codecs, &mut room);
        match decoded.map_err(|error| wrong(MessageError::Frame(error)))?.records {
            Records::One(payload) => Ok((head, payload.to_vec())),
            batch => Err(wrong(MessageError::Batch { count: batch.len() })),
        }
    }

    /// The one frame of a checkpoint, verified, and what it says.
    fn parse<'a>(
        thread: &ThreadId,
        id: CheckpointId,
        bytes: &'a [u8],
    ) -> Result<(Self, Frame<'a>), CheckpointError> {
        let frame = Frame::parse(bytes, &Limits::MAXIMUM).and_then(|frame| {
            frame.check_data()?;
            Ok(frame)
        });
        let whole = |error| Damage::Frame(Box::new(MessageError::Frame(error)));
        let frame = frame.map_err(|error| CheckpointError::damaged(thread, id, whole(error)))?;
        if frame.key().lineage() == SealedCheckpoint::SCHEMA.key().lineage() {
            return Err(CheckpointError::Sealed { thread: thread.clone(), id });
        }
        let head = Self::of_frame(thread, id, &frame, frame.key(), bytes)?;
        Ok((head, frame))
    }

    /// What the first frame of a checkpoint says of it, whose state is of that schema.
    pub(super) fn of_frame(
        thread: &ThreadId,
        id: CheckpointId,
        frame: &Frame<'_>,
        key: SchemaKey,
        bytes: &[u8],
    ) -> Result<Self, CheckpointError> {
        let damaged = |why| CheckpointError::damaged(thread, id, why);
        let head = head_of(frame).map_err(|refused| damaged(Damage::Head(refused)))?;
        let is_it = head.thread == Some(thread.as_str()) && head.message_id == Some(id.to_bytes());
        let (true, Some(time)) = (is_it, head.time) else { return Err(damaged(Damage::Misplaced)) };
        let (mut parent, mut said) = (None, Node::default());
        let Content::Data { extensions, .. } = frame.content() else {
            return Err(damaged(Damage::Misplaced));
        };
        for found in extensions.iter() {
            let refused = || damaged(Damage::Head(Refused::Extension { kind: found.kind }));
            match found.kind {
                PARENT => {
                    let bytes = found.value.try_into().map_err(|_| refused())?;
                    parent = Some(CheckpointId::from_bytes(bytes));
                }
                NODE => said = serde_json::from_slice(found.value).map_err(|_| refused())?,
                _ => {}
            }
        }
        let (Node { node, metadata }, bytes) = (said, bytes.len() as u64);
        Ok(Self { id, parent, base: None, time, node, metadata, key, bytes })
    }
}

/// The state of the checkpoint that was found under that name, kept as one frame.
pub(super) fn read<S: Schema>(
    decoder: &mut Decoder,
    thread: &ThreadId,
    id: CheckpointId,
    bytes: &[u8],
) -> Result<(CheckpointHead, S), CheckpointError> {
    let wrong = |error| CheckpointError::of_message(thread, id, error);
    let decoded = match decoder.decode_message::<S>(bytes) {
        Ok(decoded) => decoded,
        Err(error) => {
            // What is sealed, or in a place that is not its own, is named for that.
            CheckpointHead::parse(thread, id, bytes)?;
            return Err(wrong(error));
        }
    };
    let (frame, key) = (&decoded.frame, decoded.frame.key());
    let head = CheckpointHead::of_frame(thread, id, frame, key, bytes)?;
    Ok((head, decoded.message))
}
