//! Where the bytes of checkpoints are kept.

use super::bases::Bases;
use super::error::CheckpointError;
use super::frame::CheckpointHead;
use super::id::CheckpointId;
use crate::identity::ThreadId;

/// Keeps the bytes of checkpoints by thread and id. Its calls wait; a [`Checkpointer`](super::Checkpointer) makes them where that holds nobody up.
///
/// What it keeps is nothing to it but bytes: whether they are whole is seen by whoever reads them.
pub trait CheckpointStore: Send + Sync {
    /// Makes it ready: what a process that was killed has left behind is cleared away.
    ///
    /// # Errors
    /// [`CheckpointError::Io`], or [`CheckpointError::Other`] for a place that holds something else.
    fn open(&self) -> Result<(), CheckpointError>;

    /// Keeps a checkpoint: durably and all of it when this returns, or not at all.
    ///
    /// # Errors
    /// [`CheckpointError::Io`]; nothing of it is there then. A store that is reached over a net may not know: [`CheckpointError::Other`] with `Unacknowledged`.
    fn put(&self, thread: &ThreadId, id: CheckpointId, bytes: &[u8])
    -> Result<(), CheckpointError>;

    /// The bytes under that id; nothing when there are none.
    ///
    /// # Errors
    /// [`CheckpointError::Io`].
    fn get(&self, thread: &ThreadId, id: CheckpointId) -> Result<Option<Vec<u8>>, CheckpointError>;

    /// The ids of a thread, in ascending order.
    ///
    /// # Errors
    /// [`CheckpointError::Io`].
    fn ids(&self, thread: &ThreadId) -> Result<Vec<CheckpointId>, CheckpointError>;

    /// Every thread that has a checkpoint, in ascending order.
    ///
    /// # Errors
    /// [`CheckpointError::Io`].
    fn threads(&self) -> Result<Vec<ThreadId>, CheckpointError>;

    /// Removes checkpoints; those that are not there are no error.
    ///
    /// # Errors
    /// [`CheckpointError::Io`]; some of them may be removed then.
    fn remove(&self, thread: &ThreadId, ids: &[CheckpointId]) -> Result<(), CheckpointError>;

    /// What the checkpoints of a thread say of themselves. A store may know that without reading each of them once more.
    ///
    /// # Errors
    /// [`CheckpointError::Io`].
    fn history(&self, thread: &ThreadId) -> Result<History, CheckpointError> {
        History::read(self, thread)
    }
}

/// What the checkpoints of a thread say of themselves.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct History {
    /// The whole ones, oldest first.
    pub checkpoints: Vec<CheckpointHead>,
    /// Those that are damaged, each with what is wrong.
    pub damaged: Vec<CheckpointError>,
    /// What was wrong with the index, where a store has one: it was made anew.
    pub index: Option<String>,
}

impl History {
    /// Reads every checkpoint of a thread.
    pub(super) fn read<T: CheckpointStore + ?Sized>(
        store: &T,
        thread: &ThreadId,
    ) -> Result<Self, CheckpointError> {
        let (mut history, mut bases) = (Self::default(), Bases::new());
        for id in store.ids(thread)? {
            let read = read(store, thread, id).transpose();
            let judged = read.map(|read| bases.judge(thread, read));
            history.add(judged.transpose())?;
        }
        Ok(history)
    }

    pub(super) fn add(
        &mut self,
        read: Result<Option<CheckpointHead>, CheckpointError>,
    ) -> Result<(), CheckpointError> {
        match read {
            Ok(head) => self.checkpoints.extend(head),
            Err(error) if error.is_damage() => self.damaged.push(error),
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

/// What the checkpoint of that name says of itself; nothing when there is none, or none any more.
pub(super) fn read<T: CheckpointStore + ?Sized>(
    store: &T,
    thread: &ThreadId,
    id: CheckpointId,
) -> Result<Option<CheckpointHead>, CheckpointError> {
    let bytes = store.get(thread, id)?;
    bytes.map(|bytes| CheckpointHead::read(thread, id, &bytes)).transpose()
}
