//! The writing side: what is sent of each state.

use std::io;

use serde::Serialize;
use serde_json::Value;

use super::apply::apply;
use super::error::StateError;
use super::hash::StateHash;
use super::limits::StateLimits;
use super::redact::{Names, Redactions, Redactor};
use super::same::Same;
use super::{depth, walk};
use crate::v1;

/// Makes a message of every state of one run: what changed since the one before, or the whole with the reason.
///
/// It holds the state that was made last, as it was sent, and changes it in place; states are borrowed, and neither they nor the held one are copied for a diff.
#[derive(Debug)]
pub struct Differ {
    redactor: Redactor,
    limits: StateLimits,
    base: Option<Value>,
    checkpoint: Option<[u8; 16]>,
    /// Why the next state is sent whole whatever it is.
    forced: Option<FullReason>,
}

/// What is sent of a state.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StateUpdate {
    /// The message, without a header.
    pub message: v1::StateDiff,
    /// How the state is in it.
    pub form: Form,
    /// The hash that is in it.
    pub hash: StateHash,
    /// What was masked in the whole state.
    pub redacted: Redactions,
}

/// How a state is in its message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Form {
    /// As a whole.
    Full(FullReason),
    /// As what leads to it from the state before.
    Operations {
        /// How many there are; none when nothing changed.
        count: usize,
    },
}

/// Why a state is sent whole.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum FullReason {
    /// It was asked for, [`Differ::send_full`].
    Asked,
    /// The checkpoint that diffs hung on is gone, [`Differ::checkpoint_gone`].
    BaseGone,
    /// There is no state before, or it could not be sent.
    NoBase,
    /// The state or the one before is no object.
    NotObject,
    /// The operations were applied and led elsewhere, so that they are not sent.
    NotVerified,
    /// The operations would have more than 110 % of the bytes of the whole.
    PatchLarger,
    /// Something changed at a path longer than [`StateLimits::max_pointer_len`].
    PointerTooLong,
    /// Something new is too deep, so that the state is an error as a whole.
    TooDeep,
    /// More changed than [`StateLimits::max_operations`].
    TooManyOperations,
}

impl FullReason {
    /// The reason in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::BaseGone => "base_gone",
            Self::NoBase => "no_base",
            Self::NotObject => "not_object",
            Self::NotVerified => "not_verified",
            Self::PatchLarger => "patch_larger",
            Self::PointerTooLong => "pointer_too_long",
            Self::TooDeep => "too_deep",
            Self::TooManyOperations => "too_many_operations",
        }
    }
}

impl Differ {
    /// Begins without a state: the first one is sent whole.
    #[must_use]
    pub const fn new(redactor: Redactor, limits: StateLimits) -> Self {
        Self { redactor, limits, base: None, checkpoint: None, forced: None }
    }

    /// What is sent of a state that is the next one.
    ///
    /// # Errors
    /// [`StateError::TooDeep`], [`StateError::TooLong`] and [`StateError::Number`]. Nothing is to be sent then; after one that is not [`StateError::TooDeep`] the next state is sent whole.
    pub fn diff(&mut self, state: &Value) -> Result<StateUpdate, StateError> {
        let base = self.base.as_ref().filter(|_| self.forced.is_none());
        let operations = match base {
            Some(base) if base.is_object() && state.is_object() => {
                walk::operations(base, state, &self.redactor, &self.limits)
            }
            Some(_) => Err(FullReason::NotObject),
            None => Err(self.forced.unwrap_or(FullReason::NoBase)),
        };
        if operations.is_err() {
            depth::check(state)?;
        }
        // Whatever fails from here on leaves no base that was not sent.
        let (update, base) = match (self.base.take(), operations) {
            (Some(base), Ok(operations)) => self.changed(base, state, operations)?,
            (base, operations) => {
                drop(base);
                self.full(state, operations.err().unwrap_or(FullReason::NoBase))?
            }
        };
        (self.base, self.forced) = (Some(base), None);
        tell(&update);
        Ok(update)
    }

    /// The same for a type that can be written as JSON. A number that is infinite or none becomes `null`, as in JavaScript.
    ///
    /// # Errors
    /// [`StateError::NotSerializable`] beside those of [`Differ::diff`].
    pub fn diff_of<T: Serialize + ?Sized>(&mut self, state: &T) -> Result<StateUpdate, StateError> {
        self.diff(&depth::value_of(state)?)
    }

    /// Sends the next state whole, for a reader that asked.
    pub const fn send_full(&mut self) {
        self.forced = Some(FullReason::Asked);
    }

    /// Tells that the state made last was saved as that checkpoint, which the diffs from here on name.
    pub const fn checkpoint_saved(&mut self, id: [u8; 16]) {
        self.checkpoint = Some(id);
    }

    /// Tells that a checkpoint is no longer there. If diffs hung on it, the next state is sent whole and names none.
    pub fn checkpoint_gone(&mut self, id: [u8; 16]) {
        if self.checkpoint == Some(id) {
            (self.checkpoint, self.forced) = (None, Some(FullReason::BaseGone));
        }
    }

    /// The state that was made last, as it was sent.
    #[must_use]
    pub const fn base(&self) -> Option<&Value> {
        self.base.as_ref()
    }

    fn changed(
        &self,
        mut base: Value,
        state: &Value,
        operations: Vec<v1::DiffOperation>,
    ) -> Result<(StateUpdate, Value), StateError> {
        // As a reader does it, from the bytes that are sent. What is changed is not taken back: either it is the state, or the state replaces it.
        let is_applied = apply(&mut base, &operations, &self.limits).is_ok();
        let mut same = Same::new(&self.redactor);
        if !is_applied || !same.is(&base, state, &Names::NONE) {
            drop((base, operations));
            return self.full(state, FullReason::NotVerified);
        }
        let redacted = same.into_redacted();
        let (hash, len) = StateHash::within(&base, self.limits.max_len)?;
        if walk::len_of(&operations).saturating_mul(100) > len.saturating_mul(110) {
            drop(operations);
            let update = self.whole(&base, hash, redacted, FullReason::PatchLarger)?;
            return Ok((update, base));
        }
        let form = Form::Operations { count: operations.len() };
        let message = v1::StateDiff { operations, ..self.message(hash) };
        Ok((StateUpdate { message, form, hash, redacted }, base))
    }

    fn full(&self, state: &Value, reason: FullReason) -> Result<(StateUpdate, Value), StateError> {
        let (base, redacted) = self.redactor.redacted(state)?;
        let (hash, _) = StateHash::within(&base, self.limits.max_len)?;
        let update = self.whole(&base, hash, redacted, reason)?;
        Ok((update, base))
    }

    fn whole(
        &self,
        base: &Value,
        hash: StateHash,
        redacted: Redactions,
        reason: FullReason,
    ) -> Result<StateUpdate, StateError> {
        // Counted first: plain JSON may be longer than canonical JSON, and a buffer that grows is copied and ends up twice as large.
        let not_written = |error: serde_json::Error| StateError::NotSerializable(error.to_string());
        let mut count = Count(0);
        serde_json::to_writer(&mut count, base).map_err(not_written)?;
        let mut full_state = Vec::with_capacity(count.0);
        serde_json::to_writer(&mut full_state, base).map_err(not_written)?;
        let message = v1::StateDiff { full_state, ..self.message(hash) };
        Ok(StateUpdate { message, form: Form::Full(reason), hash, redacted })
    }

    fn message(&self, hash: StateHash) -> v1::StateDiff {
        v1::StateDiff {
            base_checkpoint_id: self.checkpoint.map(Vec::from).unwrap_or_default(),
            state_hash: hash.as_bytes().to_vec(),
            ..v1::StateDiff::default()
        }
    }
}

/// Counts bytes.
struct Count(usize);

impl io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn tell(update: &StateUpdate) {
    if let Form::Full(reason) = update.form {
        metrics::counter!("dashstream_state_diff_degraded_total", "reason" => reason.name())
            .increment(1);
        if reason == FullReason::NotVerified {
            tracing::warn!("operations led to another state and were not sent");
        }
    }
    for (pattern, count) in update.redacted.iter() {
        metrics::counter!("dashstream_state_redactions_total", "pattern" => pattern.to_owned())
            .increment(count);
    }
}
