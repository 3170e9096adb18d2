//! A checkpoint that is kept as what leads to its state from that of an older one.

use sha2::{Digest as _, Sha256};
use strictframe::{
    CodecChoice, CompressionPolicy, Decoder, EncodeError, Encoder, Extension, Frame, Header, Kind,
    Limits, Registry, Schema, SchemaKey,
};

use super::error::{CheckpointError, Damage, PatchFault};
use super::frame::CheckpointHead;
use super::id::CheckpointId;
use super::patch;
use crate::generated::strictframe::dashflow::v1::CheckpointDiff;
use crate::identity::ThreadId;

/// What leads from one state to another.
#[derive(Debug)]
pub(super) struct Diff {
    pub(super) base: CheckpointId,
    base_hash: [u8; 32],
    state_hash: [u8; 32],
    state_len: usize,
    patch: Vec<u8>,
}

/// A state whose payload others may lead on from.
#[derive(Debug)]
pub(super) struct Base<'a> {
    pub(super) id: CheckpointId,
    pub(super) hash: [u8; 32],
    pub(super) payload: &'a [u8],
}

/// The hash of a payload.
pub(super) fn hash_of(payload: &[u8]) -> [u8; 32] {
    Sha256::digest(payload).into()
}

/// What writes frames of diffs.
///
/// # Errors
/// As those of every encoder.
pub(super) fn encoder() -> Result<Encoder, EncodeError> {
    // A patch is compressed as it is.
    let mut policy = CompressionPolicy::default();
    policy.codec = CodecChoice::None;
    Encoder::builder(CheckpointDiff::SCHEMA).policy(policy).limits(Limits::MAXIMUM).build()
}

/// Whether bytes begin like the frame of a diff.
pub(super) fn is_diff(bytes: &[u8]) -> bool {
    let header = Header::parse(bytes, &Limits::MAXIMUM);
    header.is_ok_and(|header| {
        header.kind() == Kind::MESSAGE
            && header.key().lineage() == CheckpointDiff::SCHEMA.key().lineage()
    })
}

impl Diff {
    /// What leads from the base to the payload, found to do so; nothing when the library makes none that does.
    pub(super) fn make(base: &Base<'_>, payload: &[u8], hash: [u8; 32]) -> Option<Self> {
        let patch = patch::make(base.payload, payload);
        let patch = patch.inspect_err(|error| {
            tracing::warn!(target: "strictframe", error, "no patch was made: the state is saved whole");
        });
        let (base, base_hash, state_len) = (base.id, base.hash, payload.len());
        Some(Self { base, base_hash, state_hash: hash, state_len, patch: patch.ok()? })
    }

    /// How many bytes lead on.
    pub(super) const fn len(&self) -> usize {
        self.patch.len()
    }

    /// The payload of the state, out of that of the base.
    ///
    /// # Errors
    /// [`PatchFault::BaseDiffers`] and [`PatchFault::StateDiffers`].
    pub(super) fn apply(&self, base: &[u8]) -> Result<Vec<u8>, PatchFault> {
        if hash_of(base) != self.base_hash {
            return Err(PatchFault::BaseDiffers);
        }
        let payload = patch::apply(base, &self.patch, self.state_len);
        let payload = payload.map_err(|_| PatchFault::StateDiffers)?;
        let is_it = payload.len() == self.state_len && hash_of(&payload) == self.state_hash;
        is_it.then_some(payload).ok_or(PatchFault::StateDiffers)
    }

    /// Appends its frame.
    pub(super) fn write(
        self,
        key: SchemaKey,
        extensions: &[Extension<'_>],
        encoder: &mut Encoder,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        let message = CheckpointDiff {
            schema_key: key.to_bytes().to_vec(),
            base_id: self.base.to_bytes().to_vec(),
            base_hash: self.base_hash.to_vec(),
            state_hash: self.state_hash.to_vec(),
            state_len: self.state_len as u64,
            patch: self.patch,
        };
        encoder.encode_message_with(&message, extensions, out).map(drop)
    }

    /// The diff in the frame of that checkpoint, and what the checkpoint says of itself.
    pub(super) fn read(
        thread: &ThreadId,
        id: CheckpointId,
        bytes: &[u8],
    ) -> Result<(CheckpointHead, Self), CheckpointError> {
        let mut decoder = Decoder::builder(Registry::new()).limits(Limits::MAXIMUM).build();
        let decoded = decoder.decode_message::<CheckpointDiff>(bytes);
        let decoded = decoded.map_err(|error| CheckpointError::of_message(thread, id, error))?;
        let patch = |fault| CheckpointError::damaged(thread, id, Damage::Patch(fault));
        let (key, diff) =
            Self::of_message(decoded.message).ok_or_else(|| patch(PatchFault::Malformed))?;
        if diff.base >= id {
            return Err(patch(PatchFault::NotOlder));
        }
        let frame: &Frame<'_> = &decoded.frame;
        let head = CheckpointHead::of_frame(thread, id, frame, key, bytes)?;
        Ok((CheckpointHead { base: Some(diff.base), ..head }, diff))
    }

    fn of_message(message: CheckpointDiff) -> Option<(SchemaKey, Self)> {
        let CheckpointDiff { schema_key, base_id, base_hash, state_hash, state_len, patch } =
            message;
        let key = SchemaKey::from_bytes(schema_key.try_into().ok()?);
        let base = CheckpointId::from_bytes(base_id.try_into().ok()?);
        let (base_hash, state_hash) = (base_hash.try_into().ok()?, state_hash.try_into().ok()?);
        // What is larger is never kept as a diff.
        let is_within = state_len <= u64::from(Limits::MAXIMUM.raw());
        let state_len = usize::try_from(state_len).ok().filter(|_| is_within)?;
        Some((key, Self { base, base_hash, state_hash, state_len, patch }))
    }
}
