//! From a feed into the queue of one client: everything while it catches up, and from then on the present, as far as it takes it in time.

use core::time::Duration;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

use strictframe::core::identity;

use super::cursor::{Cursor, Decimal};
use super::feed::{Feed, Given, Log, Placed};
use super::log::{Event, Report};
use super::queue::{Filling, Gone};
use super::words::{Missed, Told, Trouble};

/// What is known of one client's reading.
pub(super) struct Pump<'a> {
    queue: &'a Filling,
    report: &'a Report,
    client: u64,
    /// The digests of the SCHEMA and DICT frames that were sent.
    defined: HashSet<[u8; 32]>,
    /// Cursors that were not sent yet.
    cursors: BTreeMap<Arc<str>, Cursor>,
    /// Frames since the last cursor.
    unmarked: u32,
    /// Whether everything there was at first was sent: from then on the client may lag for `lag` and no longer.
    is_live: bool,
    lag: Duration,
    /// Since when there was something that had to wait for room.
    lagging: Option<Instant>,
    missing: Option<Missing>,
}

/// What a client has missed so far.
#[derive(Default)]
struct Missing {
    frames: u64,
    bytes: u64,
    from: BTreeMap<Arc<str>, Cursor>,
    to: BTreeMap<Arc<str>, Cursor>,
}

/// Why nothing more is put in.
pub(super) enum Ended {
    /// The client has gone.
    Gone,
    /// The source cannot be read.
    Failed(Trouble),
}

impl<'a> Pump<'a> {
    pub(super) fn new(queue: &'a Filling, report: &'a Report, client: u64, lag: Duration) -> Self {
        Self {
            queue,
            report,
            client,
            defined: HashSet::new(),
            cursors: BTreeMap::new(),
            unmarked: 0,
            is_live: false,
            lag,
            lagging: None,
            missing: None,
        }
    }

    /// Gives everything, for as long as there is someone to take it.
    pub(super) async fn run(mut self, mut feed: Feed) -> Ended {
        loop {
            let batch = match feed.next().await {
                Ok(batch) => batch,
                Err(trouble) => return Ended::Failed(trouble),
            };
            for given in batch.given {
                if self.take(given).await.is_err() {
                    return Ended::Gone;
                }
            }
            if batch.is_behind {
                if self.rest().await.is_err() {
                    return Ended::Gone;
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    async fn take(&mut self, given: Given) -> Result<(), Gone> {
        match given {
            Given::Frame(placed) => self.frame(placed).await,
            // SPEC: before the first frame that needs it, and so never missed.
            Given::Definition(frame) if self.defined.insert(identity::digest(&frame)) => {
                self.queue.put(frame).await
            }
            Given::Definition(_) => Ok(()),
            Given::Lost(lost) => self.queue.tell(&Told::Lost(lost)).await,
            Given::Notice(notice) => self.queue.tell(&Told::Notice(notice)).await,
            Given::Refused(refused) => self.queue.tell(&Told::Refused(refused)).await,
        }
    }

    async fn frame(&mut self, placed: Placed) -> Result<(), Gone> {
        if self.missing.is_some() || !self.put(&placed).await? {
            self.miss(&placed);
            return Ok(());
        }
        self.mark(&placed.log, placed.next);
        self.unmarked = self.unmarked.saturating_add(1);
        if self.unmarked >= FRAMES_PER_CURSOR {
            self.tell_cursors().await?;
        }
        Ok(())
    }

    /// Puts a frame in, unless the client lags for too long already.
    async fn put(&mut self, placed: &Placed) -> Result<bool, Gone> {
        if !self.is_live {
            self.queue.put(placed.frame.clone()).await?;
            return Ok(true);
        }
        if self.queue.offer(&placed.frame)? {
            return Ok(true);
        }
        let since = *self.lagging.get_or_insert_with(Instant::now);
        let left = self.lag.saturating_sub(since.elapsed());
        match tokio::time::timeout(left, self.queue.put(placed.frame.clone())).await {
            Ok(put) => put.map(|()| true),
            Err(_) => Ok(false),
        }
    }

    fn mark(&mut self, log: &Arc<Log>, next: u64) {
        self.cursors.insert(Arc::clone(&log.name), log.at(next));
    }

    fn miss(&mut self, placed: &Placed) {
        let Placed { frame, log, start, next } = placed;
        let missing = self.missing.get_or_insert_default();
        missing.frames = missing.frames.saturating_add(1);
        missing.bytes = missing.bytes.saturating_add(frame.len() as u64);
        missing.from.entry(Arc::clone(&log.name)).or_insert_with(|| log.at(*start));
        missing.to.insert(Arc::clone(&log.name), log.at(*next));
    }

    /// Everything there is was read: this is the present, to which a client is brought that has missed something.
    async fn rest(&mut self) -> Result<(), Gone> {
        self.lagging = None;
        if self.missing.is_some() && self.queue.is_half_free() {
            self.tell_missed().await?;
        }
        self.tell_cursors().await?;
        if !core::mem::replace(&mut self.is_live, true) {
            self.queue.tell(&Told::CaughtUp {}).await?;
        }
        Ok(())
    }

    async fn tell_missed(&mut self) -> Result<(), Gone> {
        let Some(missing) = self.missing.take() else { return Ok(()) };
        // What was sent before the first that was missed.
        self.tell_cursors().await?;
        let Missing { frames, bytes, from, to } = missing;
        self.report.tell(&Event::Missed { client: self.client, frames, bytes });
        let (from, to) = (from.into_values().collect(), to.into_values().collect());
        let (frames, bytes) = (Decimal(frames), Decimal(bytes));
        self.queue.tell(&Told::Missed(Missed { frames, bytes, from, to })).await
    }

    async fn tell_cursors(&mut self) -> Result<(), Gone> {
        self.unmarked = 0;
        for cursor in core::mem::take(&mut self.cursors).into_values() {
            self.queue.tell(&Told::Cursor(cursor)).await?;
        }
        Ok(())
    }
}

/// Between two looks for more.
const PAUSE: Duration = Duration::from_millis(50);
/// A cursor is sent after so many frames, and whenever there is nothing more for now.
const FRAMES_PER_CURSOR: u32 = 256;
