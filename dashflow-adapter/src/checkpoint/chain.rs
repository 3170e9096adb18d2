//! Checkpoints out of a store, whatever they are kept as: whole, in parts, or as what leads on from an older one.

use strictframe::message::Payloads;
use strictframe::{Decoder, Limits, Schema, SchemaPolicy};

use super::diff::{Diff, is_diff};
use super::error::{CheckpointError, Damage, PatchFault};
use super::frame::{self, CheckpointHead};
use super::id::CheckpointId;
use super::parts;
use super::store::CheckpointStore;
use crate::identity::ThreadId;

impl CheckpointHead {
    /// What the checkpoint of that name says of itself, and its state as the bytes that its schema makes of it, decompressed and whole. No schema is asked what they mean, so that it is for
    /// tools that show or compare states of any type; [`Checkpointer::load`](super::Checkpointer::load) is for whoever goes on from one.
    ///
    /// # Errors
    /// As [`Checkpointer::load`](super::Checkpointer::load); [`CheckpointError::Refused`] only for a codec or a dictionary that is not here.
    pub fn with_payload<T: CheckpointStore + ?Sized>(
        store: &T,
        thread: &ThreadId,
        id: CheckpointId,
    ) -> Result<(Self, Vec<u8>), CheckpointError> {
        whole(store, thread, id, get(store, thread, id)?)
    }
}

/// The checkpoint of that name with its state.
pub(super) fn load<T: CheckpointStore + ?Sized, S: Schema>(
    store: &T,
    decoder: &mut Decoder,
    thread: &ThreadId,
    id: CheckpointId,
) -> Result<(CheckpointHead, S), CheckpointError> {
    let bytes = get(store, thread, id)?;
    if !parts::is_stream(&bytes) && !is_diff(&bytes) {
        return frame::read(decoder, thread, id, &bytes);
    }
    let (head, payload) = whole(store, thread, id, bytes)?;
    let read = Payloads::new().read::<S>(&head.key, SchemaPolicy::default(), &payload);
    let (state, ..) = read.map_err(|error| CheckpointError::of_message(thread, id, error))?;
    Ok((head, state))
}

/// The head of a checkpoint, and the payload of its state. A diff leads back to one that is kept whole, and every step on from there is verified.
fn whole<T: CheckpointStore + ?Sized>(
    store: &T,
    thread: &ThreadId,
    id: CheckpointId,
    bytes: Vec<u8>,
) -> Result<(CheckpointHead, Vec<u8>), CheckpointError> {
    let damaged = |id, fault| CheckpointError::damaged(thread, id, Damage::Patch(fault));
    let (mut links, mut patched, mut bytes, mut at) = (Vec::new(), 0, bytes, id);
    // Ids fall from step to step, so that none leads back to itself.
    let (mut head, mut payload) = loop {
        if !is_diff(&bytes) {
            break CheckpointHead::read_with_payload(thread, at, &bytes)
                .map_err(|error| beneath(thread, id, at, error))?;
        }
        let (head, diff) =
            Diff::read(thread, at, &bytes).map_err(|error| beneath(thread, id, at, error))?;
        patched += diff.len() as u64;
        if links.len() >= MAX_LINKS || patched > u64::from(Limits::MAXIMUM.body()) {
            return Err(damaged(id, PatchFault::TooLong));
        }
        let base = diff.base;
        links.push((head, diff));
        bytes = get(store, thread, base).map_err(|error| beneath(thread, id, base, error))?;
        at = base;
    };
    for (next, diff) in links.into_iter().rev() {
        let of = next.id;
        let made =
            if next.key == head.key { diff.apply(&payload) } else { Err(PatchFault::BaseDiffers) };
        payload = made.map_err(|fault| beneath(thread, id, of, damaged(of, fault)))?;
        head = next;
    }
    Ok((head, payload))
}

/// An error of a checkpoint that the one of that id leads on from.
fn beneath(
    thread: &ThreadId,
    id: CheckpointId,
    base: CheckpointId,
    error: CheckpointError,
) -> CheckpointError {
    let is_damage = error.is_damage() || matches!(error, CheckpointError::NotFound { .. });
    match id != base && is_damage {
        true => {
            CheckpointError::damaged(thread, id, Damage::Base { id: base, why: Box::new(error) })
        }
        false => error,
    }
}

fn get<T: CheckpointStore + ?Sized>(
    store: &T,
    thread: &ThreadId,
    id: CheckpointId,
) -> Result<Vec<u8>, CheckpointError> {
    let bytes = store.get(thread, id)?;
    bytes.ok_or_else(|| CheckpointError::NotFound { thread: thread.clone(), id })
}

/// The most diffs between a state and the last one that is kept whole.
pub(super) const MAX_LINKS: usize = 255;
