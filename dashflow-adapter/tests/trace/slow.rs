//! A source of whose partitions one is slow, or gives nothing at all.

use core::time::Duration;

use strictframe_dashflow::transport::{
    Definition, Delivered, Position, Received, Source, TransportError,
};
use tokio::time::{Instant, sleep_until};

/// Gives the values of one partition late, and those of all others meanwhile.
pub(crate) struct Slow<S> {
    source: S,
    partition: u32,
    /// How long each value takes; none for ever.
    each: Option<Duration>,
    /// What came of the partition, and when it is given.
    held: Option<(Received, Option<Instant>)>,
}

impl<S: Source> Slow<S> {
    pub(crate) fn new(source: S, partition: u32, each: Option<Duration>) -> Self {
        Self { source, partition, each, held: None }
    }
}

impl<S: Source> Source for Slow<S> {
    async fn receive(&mut self) -> Result<Received, TransportError> {
        loop {
            let due = self.held.as_ref().map(|(_, due)| *due);
            let received = tokio::select! {
                biased;
                () = async {
                    match due {
                        Some(Some(due)) => sleep_until(due).await,
                        _ => core::future::pending().await,
                    }
                } => {
                    self.source.resume(self.partition)?;
                    return Ok(self.held.take().unwrap().0);
                }
                received = self.source.receive() => received?,
            };
            let is_slow = match &received {
                Received::Delivered(Delivered { position, .. }) => {
                    position.partition == self.partition
                }
                Received::CaughtUp { partition } => *partition == self.partition,
                _ => false,
            };
            if !is_slow {
                return Ok(received);
            }
            self.source.pause(self.partition)?;
            self.held = Some((received, self.each.map(|each| Instant::now() + each)));
        }
    }

    fn pause(&mut self, partition: u32) -> Result<(), TransportError> {
        self.source.pause(partition)
    }

    fn resume(&mut self, partition: u32) -> Result<(), TransportError> {
        self.source.resume(partition)
    }

    async fn seek(&mut self, position: Position) -> Result<(), TransportError> {
        self.source.seek(position).await
    }

    async fn commit(&mut self, next: Position) -> Result<(), TransportError> {
        self.source.commit(next).await
    }

    async fn definitions(&mut self) -> Result<Vec<Definition>, TransportError> {
        self.source.definitions().await
    }
}
