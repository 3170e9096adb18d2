//! What the graphs of an agent did, put together from its telemetry: many threads at once, out of one pass over a log.
//!
//! [`collect_traces`] reads any [`Source`](crate::transport::Source) through a [`Consumer`](crate::consumer::Consumer), so that every partition is read, batches
//! are understood, duplicates are dropped, and what cannot be taken is passed over by its name. What frames say of themselves decides which are decompressed at all.
//! For every thread that was asked for it says what became of it ([`ThreadState`]): complete, incomplete with what is lacking, refused, or missing. Its messages
//! are put in order by epoch and number, and become [`Run`]s, one for each execution of a graph, which give [`v1::ExecutionTrace`](crate::v1::ExecutionTrace)s.
//!
//! Collecting ends when what there was has been read ([`Until`]), and at its deadline whatever a source does meanwhile; partitions that were not read to their end
//! are then named. It commits nothing: the positions of the source's group stay where they were. A source should be opened at the beginning of its log
//! ([`Start::Earliest`](crate::transport::Start::Earliest)) and without a group, or in one of its own, so that it reads all partitions.

mod collect;
mod collection;
mod gather;
mod message;
mod numbers;
mod options;
mod run;
mod seen;
mod states;
mod step;
mod thread;
mod weave;

pub use self::collect::collect_traces;
pub use self::collection::{
    Collection, Ended, Lacks, LostValues, PartitionRead, RefusedValue, SourceErrors, ThreadState,
    ThreadTrace,
};
pub use self::numbers::MissingNumbers;
pub use self::options::{CollectOptions, Progress, Until};
pub use self::run::{Run, RunError, RunState, Span, SpanKind, SpanOutcome, Tokens};
