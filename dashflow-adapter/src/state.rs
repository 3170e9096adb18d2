//! States of an agent: their hash, what is sent of each, and how a reader follows.
//!
//! A [`Differ`] makes a [`v1::StateDiff`](crate::v1::StateDiff) of every state: the operations of RFC 6902 that lead from the state before to it, or the whole state with the
//! [`FullReason`] for that. Operations are given out after they were applied as a reader applies them and led to the state; a [`Redactor`] has masked secrets before anything was compared or hashed.
//! A [`StateStream`] applies what comes and shows a state only when its [`StateHash`] is the one that was sent.
//!
//! Operations lead on from the state of the message before. `base_checkpoint_id` names the checkpoint that this chain of states hangs on: empty, or one that the differ was told was saved.
//! Messages of the states of one run belong in one thread, whose numbers show what is missing; what they do not show the hash does.
//!
//! Memory follows from what is there: a differ holds one state, a diff takes beside it what is in the operations, and nothing is copied to be compared, hashed or verified.

mod apply;
mod canonical;
mod depth;
mod differ;
mod error;
mod hash;
mod limits;
mod operation;
mod pointer;
mod redact;
mod same;
mod stream;
mod undo;
mod walk;

pub use self::canonical::canonical_json;
pub use self::differ::{Differ, Form, FullReason, StateUpdate};
pub use self::error::StateError;
pub use self::hash::StateHash;
pub use self::limits::{MAX_DEPTH, StateLimits};
pub use self::operation::OperationFault;
pub use self::redact::{MASK, Pattern, RedactOptions, Redactions, Redactor};
pub use self::stream::{DiffFault, DiffRefused, NeedsFull, StateStream, Step};
pub use self::walk::operations;
