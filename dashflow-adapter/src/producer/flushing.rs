//! Who waits until nothing waits any more.

use std::time::Instant;

use super::worker::Worker;
use crate::transport::Sink;

impl<S: Sink> Worker<S> {
    /// Whether a batch waits for nothing that may still come.
    pub(super) const fn is_hurried(&self) -> bool {
        self.is_closing() || !self.progress.flushing.is_empty()
    }

    /// Tells those who wait for it that nothing waits any more, or that their time is over.
    pub(super) fn tell_flushed(&mut self, now: Instant) {
        if self.progress.flushing.is_empty() {
            return;
        }
        let is_flushed = self.is_flushed();
        // Behind a close nothing leaves the spool, and a sink that has ended takes nothing from it.
        let is_over = is_flushed || self.is_closing() || self.courier.is_fatal();
        for (deadline, outcome) in core::mem::take(&mut self.progress.flushing) {
            if is_over || deadline <= now {
                let _ = outcome.send(Ok(is_flushed));
            } else {
                self.progress.flushing.push((deadline, outcome));
            }
        }
    }

    /// Whether everything that was offered has gone out, and what was on the disk too.
    fn is_flushed(&self) -> bool {
        self.has_taken(self.shared.offered(None))
            && self.courier.len() == 0
            && self.keeper.is_flushed()
    }
}
