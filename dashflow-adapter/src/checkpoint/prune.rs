//! Which checkpoints may go.

use core::time::Duration;
use std::collections::BTreeSet;

use super::error::CheckpointError;
use super::frame::CheckpointHead;
use super::id::CheckpointId;
use super::store::{CheckpointStore, History};
use crate::identity::ThreadId;

/// Which checkpoints of a thread stay: those that both say, the newest whole one in any case, and what these are kept as diffs of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "how many and how old is all there is")]
pub struct Keep {
    /// So many of the newest whole ones; all of them without.
    pub count: Option<usize>,
    /// Those that are no older; all of them without.
    pub age: Option<Duration>,
}

/// What became of the checkpoints of a thread.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Pruned {
    /// Those that were removed, the newest first.
    pub removed: Vec<CheckpointId>,
    /// The whole ones that stayed.
    pub kept: usize,
    /// Those that stayed beside them because they are what others are kept as diffs of.
    pub bases: usize,
    /// Those that are damaged. They stay, and count for nothing.
    pub damaged: Vec<CheckpointError>,
}

impl Keep {
    /// What [`Checkpointer::prune`](super::Checkpointer::prune) would remove at that time, in nanoseconds since 1970-01-01T00:00:00Z; nothing is removed. States are not
    /// decompressed, so that it serves whatever their type is.
    ///
    /// # Errors
    /// [`CheckpointError::Io`]; [`CheckpointError::Sealed`].
    pub fn plan<T: CheckpointStore + ?Sized>(
        self,
        store: &T,
        thread: &ThreadId,
        now: i64,
    ) -> Result<Pruned, CheckpointError> {
        let age = self.age.map(|age| i64::try_from(age.as_nanos()).unwrap_or(i64::MAX));
        let oldest = age.map(|age| now.saturating_sub(age));
        // No index is asked: what is kept in the place of others is whole.
        let History { checkpoints, damaged, .. } = History::read(store, thread)?;
        let mut pruned = Pruned { damaged, ..Pruned::default() };
        let mut bases = BTreeSet::new();
        for CheckpointHead { id, base, time, .. } in checkpoints.into_iter().rev() {
            let is_among = self.count.is_none_or(|count| pruned.kept < count);
            let is_young = oldest.is_none_or(|oldest| time >= oldest);
            if pruned.kept == 0 || (is_among && is_young) {
                pruned.kept += 1;
            } else if bases.contains(&id) {
                pruned.bases += 1;
            } else {
                pruned.removed.push(id);
                continue;
            }
            bases.extend(base);
        }
        Ok(pruned)
    }

    /// The same, and removes them.
    ///
    /// # Errors
    /// As [`Keep::plan`].
    pub fn prune<T: CheckpointStore + ?Sized>(
        self,
        store: &T,
        thread: &ThreadId,
        now: i64,
    ) -> Result<Pruned, CheckpointError> {
        let pruned = self.plan(store, thread, now)?;
        store.remove(thread, &pruned.removed)?;
        Ok(pruned)
    }
}
