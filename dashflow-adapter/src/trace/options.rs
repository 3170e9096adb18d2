//! How traces are collected, and how far that is.

use core::time::Duration;

use serde::Serialize;
use strictframe::{Limits, SchemaPolicy};

/// How traces are collected.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CollectOptions {
    /// When everything was read that was asked for. Default: [`Until::CaughtUp`].
    pub until: Until,
    /// The largest frames and payloads that are taken. Default: [`Limits::DEFAULT`].
    pub limits: Limits,
    /// Whether newer versions of the messages are read, as for a consumer.
    pub schema_policy: SchemaPolicy,
    /// Threads that are collected when none are named; messages of more are counted alone. Default: 10,000.
    pub threads: usize,
    /// What is kept of one thread, in bytes; what comes later is counted alone. Default: 16 MiB.
    pub thread_bytes: usize,
    /// What is kept of all threads together, in bytes until it becomes runs, thread by thread. Default: 512 MiB.
    pub bytes: usize,
    /// Values that are told one by one when they are refused or lost; more are counted alone. Default: 1,000 of each.
    pub told: usize,
}

impl Default for CollectOptions {
    fn default() -> Self {
        Self {
            until: Until::CaughtUp,
            limits: Limits::DEFAULT,
            schema_policy: SchemaPolicy::default(),
            threads: 10_000,
            thread_bytes: 16 << 20,
            bytes: 512 << 20,
            told: 1_000,
        }
    }
}

/// When everything was read that was asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Until {
    /// When every partition was read as far as it went.
    CaughtUp,
    /// As soon as every thread that was named has an end and lacks nothing, also of a log that is still written. What comes behind that is not looked for. Without names it
    /// goes on to the deadline.
    Completed,
}

/// How far collecting is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Progress {
    /// Values that were read, of whatever thread.
    pub values: u64,
    /// Messages of the threads that are collected.
    pub messages: u64,
    /// Values that were refused.
    pub refused: u64,
    /// Threads that are collected: those that were named, or that were found.
    pub threads: usize,
    /// Threads of them that have an end and lack nothing until now.
    pub threads_done: usize,
    /// Partitions that are read.
    pub partitions: usize,
    /// Partitions of them that were read as far as they went.
    pub partitions_caught_up: usize,
    /// The time since it began.
    pub elapsed: Duration,
}
