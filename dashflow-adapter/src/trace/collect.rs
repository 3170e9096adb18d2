//! The one pass over a log.

use core::pin::pin;
use std::collections::{BTreeMap, HashSet};
use std::time::Instant;

use super::collection::{
    Collection, Ended, LostValues, PartitionRead, RefusedValue, SourceErrors, ThreadTrace,
};
use super::gather::Gather;
use super::options::{CollectOptions, Progress, Until};
use super::seen::Seen;
use super::states::Work;
use crate::consumer::{Action, Consumer, ConsumerError, ConsumerOptions, Item, OnRefusal, Refusal};
use crate::identity::ThreadId;
use crate::schema::SetupError;
use crate::transport::{ErrorClass, OfThreads, Position, Source, TransportError};

/// Collects what the graphs of these threads did, or of all threads that are found when none are named: of every partition, in one pass.
///
/// It ends when everything was read that was asked for ([`Until`]), and does not wait longer than the deadline, whatever the source does; what was read until then is
/// put together. It is read in the task that awaits this, which must be one of tokio's with its timers; other tasks come to their turns. What threads and partitions
/// lack stands in the [`Collection`], and so do values that were refused: nothing ends the reading of others, except an error of the source that is fatal.
///
/// `progress` is called now and then, a few times a second at least. Dropped before it is ready, nothing has changed: nothing is committed.
///
/// # Errors
/// None as long as the lock is one that the build has accepted.
pub async fn collect_traces<S: Source>(
    source: S,
    thread_ids: impl IntoIterator<Item = ThreadId>,
    deadline: Instant,
    options: CollectOptions,
    mut progress: impl FnMut(&Progress),
) -> Result<Collection, SetupError> {
    let begun = Instant::now();
    let threads: HashSet<Box<str>> = thread_ids.into_iter().map(|it| it.as_str().into()).collect();
    let mut reading = ConsumerOptions::default();
    reading.limits = options.limits;
    reading.schema_policy = options.schema_policy;
    reading.on_refusal = OnRefusal::always(Action::Skip);
    reading.threads = reading.threads.max(threads.len());
    // Otherwise nothing would be given for as long as a source repeats itself.
    reading.tells_duplicates = true;
    let seen = Seen::default();
    let gather = Gather::new(options, threads.iter().map(|thread| &**thread));
    let counting = seen.clone();
    let source = OfThreads::new(source, threads).telling(move |value| counting.count(value));
    let mut consumer = Consumer::new(source, reading)?;
    let mut collecting = Collecting::new(options, gather, seen, begun);
    let ended = loop {
        if let Some(ended) = collecting.ended(deadline) {
            break ended;
        }
        collecting.report(&mut progress);
        let next = {
            // Held through the ticks: what is asked for beside the data may take longer than one of them.
            let mut next = pin!(consumer.next());
            loop {
                let tick = deadline.min(Instant::now() + TICK);
                if let Ok(next) = tokio::time::timeout_at(tick.into(), next.as_mut()).await {
                    break Some(next);
                }
                if Instant::now() >= deadline {
                    break None;
                }
                collecting.report(&mut progress);
            }
        };
        match next {
            None => break Ended::Deadline,
            Some(Ok(item)) => collecting.item(item),
            Some(Err(ConsumerError::Transport(error))) if error.class() != ErrorClass::Fatal => {
                collecting.source_error(&error);
                tokio::time::sleep_until(deadline.min(Instant::now() + PAUSE).into()).await;
            }
            Some(Err(error)) => break failed(&error),
        }
        collecting.leave_others_their_turn().await;
    };
    let duplicates = consumer.counts().duplicates;
    drop(consumer);
    collecting.report_last(&mut progress);
    Ok(collecting.finish(ended, duplicates, deadline))
}

/// What is known while it is read.
struct Collecting {
    options: CollectOptions,
    gather: Gather,
    seen: Seen,
    begun: Instant,
    partitions: BTreeMap<u32, PartitionRead>,
    refused: BTreeMap<String, u64>,
    refusals: Vec<RefusedValue>,
    lost: u64,
    losses: Vec<LostValues>,
    source_errors: Option<SourceErrors>,
    items: u32,
    told: Progress,
}

impl Collecting {
    fn new(options: CollectOptions, gather: Gather, seen: Seen, begun: Instant) -> Self {
        Self {
            options,
            gather,
            seen,
            begun,
            partitions: BTreeMap::new(),
            refused: BTreeMap::new(),
            refusals: Vec::new(),
            lost: 0,
            losses: Vec::new(),
            source_errors: None,
            items: 0,
            told: Progress::default(),
        }
    }

    /// Why reading ends now, if it does.
    fn ended(&self, deadline: Instant) -> Option<Ended> {
        let is_caught_up = || {
            let mut partitions = self.partitions.values();
            !self.partitions.is_empty() && partitions.all(|partition| partition.is_caught_up)
        };
        match self.options.until {
            Until::CaughtUp if is_caught_up() => Some(Ended::CaughtUp),
            Until::Completed if self.gather.is_done() => Some(Ended::Completed),
            _ => (Instant::now() >= deadline).then_some(Ended::Deadline),
        }
    }

    fn item(&mut self, item: Item) {
        match item {
            Item::Messages(found) => self.gather.take(found),
            Item::Refused(refusal) => self.refused(&refusal),
            Item::Assigned(partitions) => {
                for partition in partitions {
                    self.partition(partition).is_revoked = false;
                }
            }
            Item::Revoked(partitions) => {
                for partition in partitions {
                    self.partition(partition).is_revoked = true;
                }
            }
            Item::CaughtUp { partition } => self.partition(partition).is_caught_up = true,
            Item::Lost { from, to, error } => self.lost(from, to, &error),
            Item::Duplicates { .. } => {}
        }
    }

    fn partition(&mut self, partition: u32) -> &mut PartitionRead {
        let begin = || PartitionRead { partition, ..PartitionRead::default() };
        self.partitions.entry(partition).or_insert_with(begin)
    }

    fn refused(&mut self, refusal: &Refusal) {
        let Refusal { position, refused, .. } = refusal;
        let thread = self.gather.refused(refusal);
        let code = refused.code().to_string();
        *self.refused.entry(code.clone()).or_default() += 1;
        if self.refusals.len() < self.options.told {
            let Position { partition, offset } = *position;
            let (name, message) = (refused.name().to_owned(), refused.to_string());
            self.refusals.push(RefusedValue { partition, offset, thread, code, name, message });
        }
    }

    fn lost(&mut self, from: Position, to: Option<u64>, error: &TransportError) {
        self.lost += 1;
        if self.losses.len() < self.options.told {
            let Position { partition, offset } = from;
            let (name, message) = (error.name().to_owned(), error.to_string());
            self.losses.push(LostValues { partition, from: offset, to, name, message });
        }
    }

    fn source_error(&mut self, error: &TransportError) {
        let count = self.source_errors.take().map_or(0, |errors| errors.count) + 1;
        let (name, message) = (error.name().to_owned(), error.to_string());
        self.source_errors = Some(SourceErrors { count, name, message });
    }

    /// Tells how far it is, when it was told some time ago or something came to its end.
    fn report(&mut self, progress: &mut impl FnMut(&Progress)) {
        let before = self.told;
        let elapsed = self.begun.elapsed();
        let caught_up = self.partitions.values().filter(|it| it.is_caught_up).count();
        if elapsed.saturating_sub(before.elapsed) >= TICK
            || caught_up != before.partitions_caught_up
        {
            self.report_last(progress);
        }
    }

    fn report_last(&mut self, progress: &mut impl FnMut(&Progress)) {
        self.told = Progress {
            values: self.seen.values(),
            messages: self.gather.messages,
            refused: self.refused.values().sum(),
            threads: self.gather.count(),
            threads_done: self.gather.done,
            partitions: self.partitions.len(),
            partitions_caught_up: self.partitions.values().filter(|it| it.is_caught_up).count(),
            elapsed: self.begun.elapsed(),
        };
        progress(&self.told);
    }

    async fn leave_others_their_turn(&mut self) {
        self.items = self.items.wrapping_add(1);
        if self.items.is_multiple_of(IN_A_ROW) {
            tokio::task::yield_now().await;
        }
    }

    fn finish(mut self, ended: Ended, duplicates: u64, deadline: Instant) -> Collection {
        let mut work = Work::until(deadline);
        let shares = self.seen.shares().clone();
        for (partition, share) in &shares {
            let read = self.partition(*partition);
            (read.values, read.next) = (share.values, share.next);
        }
        let is_certain = !self.partitions.is_empty()
            && self.lost == 0
            && self.partitions.values().all(|partition| partition.is_caught_up);
        let Gather { messages, untaken, duplicates: more, .. } = self.gather;
        let threads = self.gather.into_threads().into_iter();
        Collection {
            threads: threads
                .map(|(name, it)| ThreadTrace::of(name, it, is_certain, &mut work))
                .collect(),
            partitions: self.partitions.into_values().collect(),
            ended,
            values: shares.values().map(|share| share.values).sum(),
            bytes: shares.values().map(|share| share.bytes).sum(),
            messages,
            duplicates: duplicates.saturating_add(more),
            untaken,
            refused: self.refused,
            refusals: self.refusals,
            lost: self.lost,
            losses: self.losses,
            source_errors: self.source_errors,
            took: self.begun.elapsed(),
        }
    }
}

fn failed(error: &ConsumerError) -> Ended {
    let name = match error {
        ConsumerError::Transport(error) => error.name(),
        ConsumerError::Stopped(refusal) => refusal.refused.name(),
    };
    Ended::Failed { name: name.to_owned(), message: error.to_string() }
}

/// Between two reports, and two looks at whether there is something to report.
const TICK: core::time::Duration = core::time::Duration::from_millis(200);
/// Between an error of the source and another try.
const PAUSE: core::time::Duration = core::time::Duration::from_millis(50);
/// Items that are taken before others have their turn.
const IN_A_ROW: u32 = 64;
