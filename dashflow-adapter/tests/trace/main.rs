//! Traces out of one pass over a log, whatever stands in it.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic in a test is a failed test"
)]

#[path = "../support/mod.rs"]
mod support;

mod p1_agent;
mod p1_at_once;
mod p1_deadline;
mod p1_property;
mod p1_runs;
mod p1_states;
#[allow(dead_code, reason = "nothing is saved here")]
#[path = "../../../examples/agent/src/run.rs"]
mod run;
mod slow;
#[path = "../../../examples/agent/src/story.rs"]
mod story;
#[path = "../../../examples/agent/src/words.rs"]
mod words;
mod world;

/// What the steps of the simulated agent give.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn core::error::Error + Send + Sync>>;
