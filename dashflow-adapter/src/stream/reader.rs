//! The end of a stream that is read, and the handle from which readers join.

use core::fmt;
use core::pin::pin;
use std::sync::Arc;

use super::counts::{ReaderCounts, StreamCounts};
use super::item::StreamItem;
use super::options::JoinAt;
use super::shared::Shared;

/// Reads a stream, from a position of its own. A copy stands where its original stood and goes on by itself. When it goes, nobody waits for it any more.
pub struct StreamReader<T> {
    shared: Arc<Shared<T>>,
    reader: u64,
}

/// Looks at a stream, and joins readers to it. It is neither: a stream ends and is read as if there were none.
pub struct StreamHandle<T> {
    shared: Arc<Shared<T>>,
}

impl<T> StreamReader<T> {
    pub(super) fn join(shared: Arc<Shared<T>>, at: JoinAt) -> Self {
        let reader = shared.state().join(at);
        Self { shared, reader }
    }

    /// What comes next; waits for it. Behind the last item ([`StreamItem::is_last`]) it comes again and again.
    ///
    /// Dropped before it is ready, it has taken nothing.
    pub async fn next(&mut self) -> StreamItem<T> {
        loop {
            // Made before it is looked: it hears of whatever arrives from here on.
            let arrived = pin!(self.shared.arrived.notified());
            if let Some(item) = self.take_now() {
                return item;
            }
            arrived.await;
        }
    }

    /// The same for code that is not asynchronous: holds up this thread for as long as it waits. On a thread that runs asynchronous code that would hold up whatever else
    /// runs there, also a writer.
    pub fn next_blocking(&mut self) -> StreamItem<T> {
        // Whoever holds up the thread cannot be asked to let others go first.
        pollster::block_on(tokio::task::unconstrained(self.next()))
    }

    /// What comes next, if it is there already.
    pub fn take(&mut self) -> Option<StreamItem<T>> {
        self.take_now()
    }

    /// This reader at this moment.
    #[must_use]
    pub fn counts(&self) -> ReaderCounts {
        self.shared.state().counts_of(self.reader).unwrap_or_default()
    }

    /// A handle, to count and to join more readers.
    #[must_use]
    pub fn handle(&self) -> StreamHandle<T> {
        StreamHandle::new(Arc::clone(&self.shared))
    }

    fn take_now(&self) -> Option<StreamItem<T>> {
        let item = self.shared.state().take(self.reader);
        if item.is_some() {
            self.shared.make_room();
        }
        item
    }
}

impl<T> Clone for StreamReader<T> {
    fn clone(&self) -> Self {
        let reader = self.shared.state().join_beside(self.reader);
        Self { shared: Arc::clone(&self.shared), reader }
    }
}

impl<T> Drop for StreamReader<T> {
    fn drop(&mut self) {
        self.shared.state().leave(self.reader);
        self.shared.make_room();
    }
}

impl<T> fmt::Debug for StreamReader<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamReader").field("counts", &self.counts()).finish_non_exhaustive()
    }
}

impl<T> StreamHandle<T> {
    pub(super) const fn new(shared: Arc<Shared<T>>) -> Self {
        Self { shared }
    }

    /// A reader more. What was sent before it joined and is not kept any more is not its own to miss.
    #[must_use]
    pub fn reader(&self, at: JoinAt) -> StreamReader<T> {
        StreamReader::join(Arc::clone(&self.shared), at)
    }

    /// The stream at this moment.
    #[must_use]
    pub fn counts(&self) -> StreamCounts {
        self.shared.state().counts()
    }
}

impl<T> Clone for StreamHandle<T> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.shared))
    }
}

impl<T> fmt::Debug for StreamHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StreamHandle").field(&self.shared).finish()
    }
}
