//! Which checkpoints are whole with all that they hang on.

use std::collections::{BTreeMap, BTreeSet};

use super::error::{CheckpointError, Damage};
use super::frame::CheckpointHead;
use super::id::CheckpointId;
use crate::identity::ThreadId;

/// Judges the checkpoints of a thread, the oldest first: a diff is whole when all that it leads on from is.
#[derive(Debug, Default)]
pub struct Bases {
    whole: BTreeSet<CheckpointId>,
    wrong: BTreeMap<CheckpointId, CheckpointError>,
}

impl Bases {
    /// One that has seen no checkpoint yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What was read of the next checkpoint, which is damaged as well when its base is.
    ///
    /// # Errors
    /// What was wrong with it; [`Damage::Base`].
    pub fn judge(
        &mut self,
        thread: &ThreadId,
        read: Result<CheckpointHead, CheckpointError>,
    ) -> Result<CheckpointHead, CheckpointError> {
        let judged = read.and_then(|head| match head.base {
            Some(id) if !self.whole.contains(&id) => {
                let gone = || CheckpointError::NotFound { thread: thread.clone(), id };
                let why = Box::new(self.wrong.get(&id).cloned().unwrap_or_else(gone));
                Err(CheckpointError::damaged(thread, head.id, Damage::Base { id, why }))
            }
            _ => Ok(head),
        });
        match &judged {
            Ok(head) => {
                self.whole.insert(head.id);
            }
            Err(error) => self.wrong.extend(error.id().map(|id| (id, error.clone()))),
        }
        judged
    }
}
