//! What was found when every checkpoint was read.

use super::error::CheckpointError;
use super::frame::CheckpointHead;
use super::id::CheckpointId;
use crate::identity::ThreadId;

/// One checkpoint, and what was found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Verified {
    /// Its thread.
    pub thread: ThreadId,
    /// Its id.
    pub id: CheckpointId,
    /// What it says of itself, or what is wrong.
    pub outcome: Result<CheckpointHead, CheckpointError>,
}

/// What was found when every checkpoint was read.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct VerifyReport {
    /// Those that are whole and are read.
    pub whole: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The others.
    pub wrong: Vec<Verified>,
}

impl VerifyReport {
    pub(super) fn add(&mut self, verified: Verified) {
        match &verified.outcome {
            Ok(head) => {
                self.whole += 1;
                self.bytes += head.bytes;
            }
            Err(_) => self.wrong.push(verified),
        }
    }
}
