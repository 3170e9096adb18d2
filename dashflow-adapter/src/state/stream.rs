//! The reading side: states that were verified, and nothing else.

use core::fmt;

use serde_json::Value;

use super::apply::apply;
use super::depth;
use super::error::StateError;
use super::hash::StateHash;
use super::limits::StateLimits;
use super::operation::OperationFault;
use super::undo::take_back;
use crate::framing::Code;
use crate::v1;

/// Follows the states of one run. What it shows is always a state whose hash was the one that came with it.
#[derive(Debug)]
pub struct StateStream {
    limits: StateLimits,
    state: Option<(Value, StateHash)>,
    /// The checkpoint that the state hangs on; empty for none.
    checkpoint: Vec<u8>,
    /// A checkpoint that was seen since, and that diffs may name from here on.
    seen: Option<Vec<u8>>,
    is_behind: bool,
}

/// What a message has led to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// The state is a newer one, and verified.
    Verified {
        /// Its hash.
        hash: StateHash,
    },
    /// The state is the one before, and another one was sent: ask the writer for a full state ([`Differ::send_full`](super::Differ::send_full)).
    NeedsFull {
        /// What is missing.
        reason: NeedsFull,
    },
}

/// Why a full state is needed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum NeedsFull {
    /// The diff hangs on a checkpoint that was not seen.
    BaseUnknown,
    /// What resulted has another hash than was sent.
    HashMismatch,
    /// No state has come yet.
    NoState,
}

/// A message that is wrong in itself or does not fit the state. The state is the one before.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct DiffRefused {
    /// What is wrong.
    pub fault: DiffFault,
}

/// What is wrong with a message.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DiffFault {
    /// It has a full state and operations as well.
    Ambiguous,
    /// Its hash has another length than 32 bytes.
    HashLength(usize),
    /// An operation cannot be applied.
    Operation {
        /// Its index.
        index: usize,
        /// Where it was to be applied: a JSON pointer, cut at the limit.
        pointer: String,
        /// Why not.
        fault: OperationFault,
    },
    /// The full state is none, or what the operations make is none.
    State(StateError),
    /// It has more operations than the limit.
    TooManyOperations {
        /// How many.
        count: usize,
        /// [`StateLimits::max_operations`].
        limit: usize,
    },
}

impl StateStream {
    /// Begins without a state.
    #[must_use]
    pub const fn new(limits: StateLimits) -> Self {
        Self { limits, state: None, checkpoint: Vec::new(), seen: None, is_behind: false }
    }

    /// Begins at a checkpoint.
    ///
    /// # Errors
    /// Those of [`StateHash::of`], and [`StateError::TooLong`].
    pub fn at_checkpoint(id: &[u8], state: Value, limits: StateLimits) -> Result<Self, StateError> {
        let (hash, _) = StateHash::within(&state, limits.max_len)?;
        Ok(Self { state: Some((state, hash)), checkpoint: id.to_vec(), ..Self::new(limits) })
    }

    /// Takes the next message.
    ///
    /// # Errors
    /// [`DiffRefused`]; the state is the one before, and [`StateStream::is_behind`] from here on.
    pub fn apply(&mut self, diff: &v1::StateDiff) -> Result<Step, DiffRefused> {
        let outcome = self.step(diff);
        self.is_behind = !matches!(outcome, Ok(Step::Verified { .. }));
        outcome.map_err(|fault| DiffRefused { fault })
    }

    /// Tells that a checkpoint of this run was seen, so that diffs may name it.
    pub fn checkpoint_seen(&mut self, id: &[u8]) {
        self.seen = Some(id.to_vec());
    }

    /// The last state that was verified.
    #[must_use]
    pub fn state(&self) -> Option<&Value> {
        self.state.as_ref().map(|(state, _)| state)
    }

    /// Its hash.
    #[must_use]
    pub fn hash(&self) -> Option<StateHash> {
        self.state.as_ref().map(|(_, hash)| *hash)
    }

    /// Whether a newer state than the one shown was sent and could not be verified.
    #[must_use]
    pub const fn is_behind(&self) -> bool {
        self.is_behind
    }

    fn step(&mut self, diff: &v1::StateDiff) -> Result<Step, DiffFault> {
        let hash = <[u8; 32]>::try_from(diff.state_hash.as_slice());
        let hash = hash.map_err(|_| DiffFault::HashLength(diff.state_hash.len()))?;
        let hash = StateHash::from_bytes(hash);
        if diff.full_state.is_empty() {
            return self.operations(diff, hash);
        }
        if !diff.operations.is_empty() {
            return Err(DiffFault::Ambiguous);
        }
        self.full(diff, hash)
    }

    fn full(&mut self, diff: &v1::StateDiff, hash: StateHash) -> Result<Step, DiffFault> {
        let text = diff.full_state.as_slice();
        let limit = self.limits.max_len;
        // Plain JSON may have more bytes than canonical JSON, by a few for each number.
        if u64::try_from(text.len()).unwrap_or(u64::MAX) > limit.saturating_mul(2) {
            return Err(DiffFault::State(StateError::TooLong { limit }));
        }
        let state: Value = serde_json::from_slice(text)
            .map_err(|error| DiffFault::State(depth::parse_error(text, &error)))?;
        let (found, _) = StateHash::within(&state, limit).map_err(DiffFault::State)?;
        if found != hash {
            return Ok(Step::NeedsFull { reason: NeedsFull::HashMismatch });
        }
        self.state = Some((state, hash));
        self.checkpoint.clone_from(&diff.base_checkpoint_id);
        Ok(Step::Verified { hash })
    }

    fn operations(&mut self, diff: &v1::StateDiff, hash: StateHash) -> Result<Step, DiffFault> {
        let (count, limit) = (diff.operations.len(), self.limits.max_operations);
        if count > limit {
            return Err(DiffFault::TooManyOperations { count, limit });
        }
        let id = &diff.base_checkpoint_id;
        let is_known = *id == self.checkpoint || self.seen.as_ref() == Some(id);
        let Some((state, current)) = &mut self.state else {
            return Ok(Step::NeedsFull { reason: NeedsFull::NoState });
        };
        if !is_known {
            return Ok(Step::NeedsFull { reason: NeedsFull::BaseUnknown });
        }
        let changes = apply(state, &diff.operations, &self.limits).map_err(|(index, fault)| {
            let path = diff.operations.get(index).map_or("", |operation| &operation.path);
            let pointer = path.chars().take(self.limits.max_pointer_len).collect();
            DiffFault::Operation { index, pointer, fault }
        })?;
        match StateHash::within(state, self.limits.max_len) {
            Ok((found, _)) if found == hash => {
                *current = hash;
                self.checkpoint.clone_from(id);
                Ok(Step::Verified { hash })
            }
            Ok(_) => {
                take_back(state, changes);
                Ok(Step::NeedsFull { reason: NeedsFull::HashMismatch })
            }
            Err(error) => {
                take_back(state, changes);
                Err(DiffFault::State(error))
            }
        }
    }
}

impl DiffRefused {
    /// The number of the refusal.
    #[must_use]
    pub const fn code(&self) -> Code {
        match &self.fault {
            DiffFault::Ambiguous => Code::of_dashflow(321),
            DiffFault::HashLength(_) => Code::of_dashflow(322),
            DiffFault::TooManyOperations { .. } => Code::of_dashflow(323),
            DiffFault::Operation { fault, .. } => fault.code(),
            DiffFault::State(error) => error.code(),
        }
    }

    /// The name of the refusal.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match &self.fault {
            DiffFault::Ambiguous => "DiffAmbiguous",
            DiffFault::HashLength(_) => "DiffHashLength",
            DiffFault::TooManyOperations { .. } => "DiffTooManyOperations",
            DiffFault::Operation { fault, .. } => fault.name(),
            DiffFault::State(error) => error.name(),
        }
    }
}

impl fmt::Display for DiffRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fault {
            DiffFault::Ambiguous => {
                f.write_str("the message has a full state and operations as well")
            }
            DiffFault::HashLength(len) => {
                write!(f, "the hash of the state has {len} bytes instead of 32")
            }
            DiffFault::Operation { index, pointer, fault } => {
                write!(f, "{fault} (operation {index} at {pointer:?})")
            }
            DiffFault::State(error) => error.fmt(f),
            DiffFault::TooManyOperations { count, limit } => {
                write!(f, "{count} operations are more than {limit}")
            }
        }
    }
}

impl core::error::Error for DiffRefused {}
