//! What the ends of a stream share, and how they wait for each other.

use core::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::options::StreamOptions;
use super::state::{Ending, State};
use super::{Overflow, SendError, Sent};

/// The state behind its lock, which is held for a few steps and never while somebody waits or code of the user runs.
pub(super) struct Shared<T> {
    state: Mutex<State<T>>,
    /// There is something that readers do not know.
    pub(super) arrived: Notify,
    /// There may be room.
    pub(super) taken: Notify,
    /// Writers that wait stand here in the order in which they came.
    pub(super) turn: tokio::sync::Mutex<()>,
    pub(super) options: StreamOptions,
}

impl<T> Shared<T> {
    pub(super) fn new(options: StreamOptions) -> Self {
        let state = State::new(&options.name, options.capacity, options.overflow);
        Self {
            state: Mutex::new(state),
            arrived: Notify::new(),
            taken: Notify::new(),
            turn: tokio::sync::Mutex::new(()),
            options,
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State<T>> {
        // No step leaves it half done, whoever panicked elsewhere.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn offer(&self, value: T) -> Result<Sent, SendError<T>> {
        let (offered, gone) = self.state().offer(value);
        // What went is dropped here, behind the lock: its own code may do anything.
        drop(gone);
        if offered.is_ok() {
            self.arrived.notify_waiters();
        }
        offered
    }

    pub(super) fn end(&self, end: Ending) -> bool {
        let is_first = self.state().end(end);
        self.arrived.notify_waiters();
        self.taken.notify_waiters();
        is_first
    }

    /// A writer may have waited for what was just done.
    pub(super) fn make_room(&self) {
        if self.options.overflow == Overflow::Block {
            self.taken.notify_waiters();
        }
    }
}

impl<T> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("options", &self.options)
            .field("counts", &self.state().counts())
            .finish()
    }
}
