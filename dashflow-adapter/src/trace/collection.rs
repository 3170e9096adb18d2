//! What was collected, and what is lacking of it.

use core::time::Duration;
use std::collections::BTreeMap;

use serde::Serialize;

use super::numbers::MissingNumbers;
use super::run::Run;
use super::states::Work;
use super::thread::Thread;
use super::weave::weave;

/// What became of every thread, partition and value.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Collection {
    /// The threads that were named, or all that were found, in the order of their names.
    pub threads: Vec<ThreadTrace>,
    /// The partitions that were read, in the order of their numbers.
    pub partitions: Vec<PartitionRead>,
    /// Why reading ended.
    pub ended: Ended,
    /// Values that were read, of whatever thread.
    pub values: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Messages of the threads, and events of batches.
    pub messages: u64,
    /// Messages that were there twice, and were taken once.
    pub duplicates: u64,
    /// Messages of more threads than were to be collected, where none are named.
    pub untaken: u64,
    /// Values that were refused, by code.
    pub refused: BTreeMap<String, u64>,
    /// The first of them, one by one.
    pub refusals: Vec<RefusedValue>,
    /// Times that positions could not be read.
    pub lost: u64,
    /// The first of them, one by one.
    pub losses: Vec<LostValues>,
    /// Errors of the source behind which reading went on.
    pub source_errors: Option<SourceErrors>,
    /// How long it took.
    pub took: Duration,
}

/// Why reading ended.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "by")]
#[non_exhaustive]
pub enum Ended {
    /// Every partition was read as far as it went.
    CaughtUp,
    /// Every thread has an end and lacks nothing.
    Completed,
    /// There was no time left.
    Deadline,
    /// The source gives nothing more.
    Failed {
        /// The name of its error.
        name: String,
        /// What it says.
        message: String,
    },
}

/// A thread.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ThreadTrace {
    /// Its name.
    pub thread: String,
    /// What became of it.
    pub state: ThreadState,
    /// Its runs, one for each execution of a graph, in their order.
    pub runs: Vec<Run>,
    /// The epochs of the producers that sent it.
    pub epochs: Vec<u64>,
    /// Its messages, and its events in batches.
    pub messages: u64,
    /// Values that say they are of it and were refused.
    pub refused: u64,
}

/// What became of a thread.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "is")]
#[non_exhaustive]
pub enum ThreadState {
    /// Each of its runs has its start and its end, and no number is missing.
    Complete,
    /// Something of it is not there.
    Incomplete(Lacks),
    /// There is nothing of it.
    Missing {
        /// Whether everything was read that there was. Otherwise it may be where nothing was read.
        is_certain: bool,
    },
    /// There is nothing of it but values that were refused.
    Refused {
        /// The number of the first refusal.
        code: String,
        /// Its name.
        name: String,
        /// What it says.
        message: String,
        /// The values.
        count: u64,
    },
}

/// What is not there of a thread.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Lacks {
    /// The first numbers that are missing, in their order.
    pub gaps: Vec<MissingNumbers>,
    /// Gaps beside those.
    pub more_gaps: u64,
    /// Whether the start of a run is not there.
    pub start: bool,
    /// Whether the end of a run is not there.
    pub end: bool,
    /// Whether something was left out because it was too much.
    pub is_over: bool,
}

/// A partition.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PartitionRead {
    /// Its number.
    pub partition: u32,
    /// Values of it that were read.
    pub values: u64,
    /// The offset behind the last one.
    pub next: Option<u64>,
    /// Whether it was read as far as it went. Otherwise threads may lack what is in it.
    pub is_caught_up: bool,
    /// Whether others read it now.
    pub is_revoked: bool,
}

/// A value that was refused, and passed over.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RefusedValue {
    /// The partition it is in.
    pub partition: u32,
    /// Its offset there.
    pub offset: u64,
    /// The thread that it says it is of, in its frame or in its key.
    pub thread: Option<String>,
    /// The number of the refusal.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it says.
    pub message: String,
}

/// Positions that could not be read.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LostValues {
    /// The partition.
    pub partition: u32,
    /// The first offset that could not be read.
    pub from: u64,
    /// The offset behind the last one, where it is known.
    pub to: Option<u64>,
    /// The name of the error.
    pub name: String,
    /// What it says.
    pub message: String,
}

/// Errors of a source behind which reading went on.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SourceErrors {
    /// How many.
    pub count: u64,
    /// The name of the last one.
    pub name: String,
    /// What it says.
    pub message: String,
}

impl Collection {
    /// Whether every thread is complete, and nothing was passed over that might have been of one.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let is_complete = |thread: &ThreadTrace| thread.state == ThreadState::Complete;
        self.threads.iter().all(is_complete) && self.refused.is_empty() && self.lost == 0
    }

    /// The partitions that were not read to their end.
    pub fn unread(&self) -> impl Iterator<Item = &PartitionRead> {
        self.partitions.iter().filter(|partition| !partition.is_caught_up)
    }

    /// The thread of that name.
    #[must_use]
    pub fn thread(&self, name: &str) -> Option<&ThreadTrace> {
        let found =
            self.threads.binary_search_by(|thread| thread.thread.as_str().cmp(name)).ok()?;
        self.threads.get(found)
    }
}

impl ThreadTrace {
    /// What was gathered of a thread, put together. `is_certain` says whether all that there was has been read.
    pub(super) fn of(name: String, found: Thread, is_certain: bool, work: &mut Work) -> Self {
        let lacks = found.lacks();
        let (epochs, messages, refused) = (found.epochs, found.messages, found.refused);
        let runs = weave(&name, found.steps, work);
        let is_open = runs.is_empty() || runs.iter().any(|run| !run.has_end);
        let lacks = Lacks {
            start: runs.is_empty() || runs.iter().any(|run| !run.has_start),
            end: is_open,
            ..lacks
        };
        let state = match found.refusal {
            Some(first) if messages == 0 => ThreadState::Refused {
                code: first.code().to_string(),
                name: first.name().to_owned(),
                message: first.to_string(),
                count: refused,
            },
            _ if messages == 0 => ThreadState::Missing { is_certain },
            _ if lacks == Lacks::default() => ThreadState::Complete,
            _ => ThreadState::Incomplete(lacks),
        };
        let epochs = epochs.into_iter().collect();
        Self { thread: name, state, runs, epochs, messages, refused }
    }
}

impl Thread {
    fn lacks(&self) -> Lacks {
        let mut missing = self.numbers.missing();
        let gaps: Vec<_> = missing.by_ref().take(MOST_GAPS).collect();
        Lacks { gaps, more_gaps: missing.count() as u64, is_over: self.is_over, ..Lacks::default() }
    }
}

/// Gaps that are told one by one.
const MOST_GAPS: usize = 1_000;
