//! The producer: nothing is lost silently, whatever the sink does.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic in a test is a failed test"
)]

#[path = "../support/mod.rs"]
mod support;

mod b1_bounded_queue;
mod b4_sequence_numbers;
mod log;
mod o1_events;
mod o2_instruments;
mod p2_batches;
mod p3_policy_file;
mod r1_retry;
mod r2_kill;
mod r2_spool;
mod r3_close;
