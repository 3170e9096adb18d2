//! Saves states of one type and finds them again.

use core::fmt;
use core::marker::PhantomData;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use strictframe::{CompressionPolicy, Decoder, Limits, Registry, Schema};

use super::chain;
use super::error::CheckpointError;
use super::frame::CheckpointHead;
use super::id::CheckpointId;
use super::prune::{Keep, Pruned};
use super::store::{CheckpointStore, History};
use super::verify::{Verified, VerifyReport};
use super::writer::{Said, Writer};
use crate::identity::{ThreadId, now};
use crate::transport::blocking;

/// Saves states of one type and finds them again. Copies share the store; everything that waits for it is done on threads that may wait.
#[derive(Debug)]
pub struct Checkpointer<S> {
    shared: Arc<Shared>,
    state: PhantomData<fn() -> S>,
}

struct Shared {
    store: Box<dyn CheckpointStore>,
    writer: Mutex<Writer>,
    decoder: Mutex<Decoder>,
}

/// A state to be saved.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NewCheckpoint<S> {
    /// The thread whose state it is.
    pub thread: ThreadId,
    /// The state.
    pub state: Arc<S>,
    /// The checkpoint that it follows.
    pub parent: Option<CheckpointId>,
    /// The node of the graph that has run.
    pub node: String,
    /// Whatever is to stand beside it; some kilobytes at most.
    pub metadata: BTreeMap<String, String>,
}

/// A state that was saved.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Checkpoint<S> {
    /// What it says of itself.
    pub head: CheckpointHead,
    /// The state.
    pub state: S,
}

/// The newest checkpoint of a thread that is whole.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Newest<S> {
    /// The checkpoint; nothing when the thread has none that is whole.
    pub checkpoint: Option<Checkpoint<S>>,
    /// Newer ones that are damaged, the newest first.
    pub passed_over: Vec<PassedOver>,
}

/// A checkpoint that should have been given and is damaged.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PassedOver {
    /// Its id.
    pub id: CheckpointId,
    /// What is wrong with it.
    pub error: CheckpointError,
}

impl<S> NewCheckpoint<S> {
    /// A state of a thread, that follows no other and of which nothing more is said.
    pub fn new(thread: ThreadId, state: impl Into<Arc<S>>) -> Self {
        let (parent, node, metadata) = (None, String::new(), BTreeMap::new());
        Self { thread, state: state.into(), parent, node, metadata }
    }

    /// The same, which follows that checkpoint.
    #[must_use]
    pub fn following(self, parent: CheckpointId) -> Self {
        Self { parent: Some(parent), ..self }
    }

    /// The same, of the moment when that node had run.
    #[must_use]
    pub fn at_node(self, node: impl Into<String>) -> Self {
        Self { node: node.into(), ..self }
    }
}

impl<S> Clone for Checkpointer<S> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), state: PhantomData }
    }
}

impl<S: Schema + Send + Sync + 'static> Checkpointer<S> {
    /// Opens a store. States are compressed by that policy, which may be another one each time.
    ///
    /// # Errors
    /// [`CheckpointError::Encode`] with `PolicyRefused`, and as [`CheckpointStore::open`].
    pub async fn open(
        store: impl CheckpointStore + 'static,
        policy: CompressionPolicy,
    ) -> Result<Self, CheckpointError> {
        Self::open_incremental(store, policy, 1).await
    }

    /// The same, in which every `full_every`th state of a thread is kept whole at least and those between as what leads to each from the one before: of a large state that changes little
    /// a small part is written and kept.
    ///
    /// A state is kept whole as well when it is the first of its thread that this checkpointer saves, when another one has saved in between, when the diffs since the last whole
    /// one would have more bytes than that, and when it is larger than a frame. Every diff is verified before it is saved by applying it, and once more when it is read. States that were
    /// saved last are held for that, 64 MiB of them at most.
    ///
    /// One damaged checkpoint takes with it what leads on from it, up to the next that is whole: `full_every` bounds what can be lost at once, and how much is read for a state. What others are kept as diffs of
    /// stays when it is pruned, and is not deleted before them.
    ///
    /// # Errors
    /// As [`Checkpointer::open`]; [`CheckpointError::Other`] with `FullEvery` when `full_every` is 0 or more than 256.
    pub async fn open_incremental(
        store: impl CheckpointStore + 'static,
        policy: CompressionPolicy,
        full_every: usize,
    ) -> Result<Self, CheckpointError> {
        let writer = Writer::new::<S>(policy, full_every)?;
        let decoder = Decoder::builder(Registry::new()).limits(Limits::MAXIMUM).build();
        let (writer, decoder) = (Mutex::new(writer), Mutex::new(decoder));
        let shared = Arc::new(Shared { store: Box::new(store), writer, decoder });
        let opened = Self { shared, state: PhantomData };
        opened.blocking(|shared| shared.store.open()).await?;
        Ok(opened)
    }

    /// Saves a state. When this returns it is as durable as the store makes it, and the newest of its thread.
    ///
    /// # Errors
    /// [`CheckpointError::Encode`] for a state that its own reader would refuse; [`CheckpointError::Io`]. Nothing is saved then, or nobody knows whether it is: [`CheckpointError::Other`] with `Unacknowledged`.
    pub async fn save(&self, new: NewCheckpoint<S>) -> Result<CheckpointId, CheckpointError> {
        self.blocking(move |shared| {
            let NewCheckpoint { thread, state, parent, node, metadata } = &new;
            loop {
                let newest = shared.store.ids(thread)?.pop();
                let id = CheckpointId::after(newest, SystemTime::now())?;
                let said = Said { thread, id, parent: *parent, time: now(), node, metadata };
                let written = shared.writer().write(&said, state.as_ref(), newest)?;
                shared.store.put(thread, id, &written.bytes)?;
                // Somebody else may have removed it meanwhile, and then this one is not read.
                if let Some(base) = written.base
                    && !shared.store.ids(thread)?.contains(&base)
                {
                    shared.store.remove(thread, &[id])?;
                    continue;
                }
                shared.writer().saved(thread, written);
                return Ok(id);
            }
        })
        .await
    }

    /// The newest checkpoint of a thread that is whole, whatever any index says.
    ///
    /// # Errors
    /// [`CheckpointError::Refused`] for one that is whole and not for this reader; [`CheckpointError::Io`].
    pub async fn newest(&self, thread: &ThreadId) -> Result<Newest<S>, CheckpointError> {
        let thread = thread.clone();
        self.blocking(move |shared| {
            let mut passed_over = Vec::new();
            for id in shared.store.ids(&thread)?.into_iter().rev() {
                match shared.load(&thread, id) {
                    Ok(checkpoint) => {
                        return Ok(Newest { checkpoint: Some(checkpoint), passed_over });
                    }
                    Err(CheckpointError::NotFound { .. }) => {}
                    Err(error) if error.is_damage() => {
                        tracing::warn!(target: "strictframe", %error, "passed over");
                        passed_over.push(PassedOver { id, error });
                    }
                    Err(error) => return Err(error),
                }
            }
            Ok(Newest { checkpoint: None, passed_over })
        })
        .await
    }

    /// The checkpoint with that id.
    ///
    /// # Errors
    /// [`CheckpointError::NotFound`], [`CheckpointError::Damaged`], [`CheckpointError::Refused`], [`CheckpointError::Io`].
    pub async fn load(
        &self,
        thread: &ThreadId,
        id: CheckpointId,
    ) -> Result<Checkpoint<S>, CheckpointError> {
        let thread = thread.clone();
        self.blocking(move |shared| shared.load(&thread, id)).await
    }

    /// What the checkpoints of a thread say of themselves, oldest first, and those that are damaged.
    ///
    /// # Errors
    /// [`CheckpointError::Io`].
    pub async fn history(&self, thread: &ThreadId) -> Result<History, CheckpointError> {
        let thread = thread.clone();
        self.blocking(move |shared| shared.store.history(&thread)).await
    }

    /// Every thread that has a checkpoint, in ascending order.
    ///
    /// # Errors
    /// [`CheckpointError::Io`].
    pub async fn threads(&self) -> Result<Vec<ThreadId>, CheckpointError> {
        self.blocking(|shared| shared.store.threads()).await
    }

    /// Removes checkpoints of a thread; those that are not there are no error.
    ///
    /// # Errors
    /// [`CheckpointError::Other`] with `BaseNeeded` when one that would stay is kept as a diff of one of them, and nothing is removed then; [`CheckpointError::Io`].
    pub async fn delete(
        &self,
        thread: &ThreadId,
        ids: Vec<CheckpointId>,
    ) -> Result<(), CheckpointError> {
        let thread = thread.clone();
        self.blocking(move |shared| {
            let heads = shared.store.history(&thread)?.checkpoints;
            let goes = |id: &CheckpointId| ids.contains(id);
            let needed = |head: &&CheckpointHead| !goes(&head.id) && head.base.as_ref().is_some_and(goes);
            if let Some(CheckpointHead { id, base: Some(base), .. }) = heads.iter().find(needed) {
                let message = format!(
                    "checkpoint {base} of thread {thread} is what {id} is kept as a diff of: delete that one as well"
                );
                return Err(CheckpointError::other("BaseNeeded", message));
            }
            shared.store.remove(&thread, &ids)
        })
        .await
    }

    /// Removes the old checkpoints of a thread. The newest whole one always stays, and so do damaged ones, which [`Checkpointer::delete`] removes.
    ///
    /// # Errors
    /// [`CheckpointError::Io`].
    pub async fn prune(&self, thread: &ThreadId, keep: Keep) -> Result<Pruned, CheckpointError> {
        let thread = thread.clone();
        self.blocking(move |shared| keep.prune(shared.store.as_ref(), &thread, now())).await
    }

    /// Reads every checkpoint of every thread as it would be loaded; `told` hears of each.
    ///
    /// # Errors
    /// [`CheckpointError::Io`]. A checkpoint that is wrong is no error of this.
    pub async fn verify(
        &self,
        mut told: impl FnMut(&Verified) + Send + 'static,
    ) -> Result<VerifyReport, CheckpointError> {
        self.blocking(move |shared| {
            let mut report = VerifyReport::default();
            for thread in shared.store.threads()? {
                for id in shared.store.ids(&thread)? {
                    let outcome = match shared.load::<S>(&thread, id) {
                        Err(CheckpointError::NotFound { .. }) => continue,
                        Err(error @ CheckpointError::Io { .. }) => return Err(error),
                        read => read.map(|checkpoint| checkpoint.head),
                    };
                    let verified = Verified { thread: thread.clone(), id, outcome };
                    told(&verified);
                    report.add(verified);
                }
            }
            Ok(report)
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> Result<T, CheckpointError> + Send + 'static,
    ) -> Result<T, CheckpointError> {
        let shared = Arc::clone(&self.shared);
        blocking(move || work(&shared)).await
    }
}

impl Shared {
    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn load<S: Schema>(
        &self,
        thread: &ThreadId,
        id: CheckpointId,
    ) -> Result<Checkpoint<S>, CheckpointError> {
        let mut decoder = self.decoder.lock().unwrap_or_else(PoisonError::into_inner);
        let (head, state) = chain::load(&*self.store, &mut decoder, thread, id)?;
        Ok(Checkpoint { head, state })
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}
