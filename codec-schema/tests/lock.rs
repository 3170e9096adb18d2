//! Lock files: what is written is read again, and nothing else is.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic in a test is a failed test"
)]

mod edits;
mod merges;
mod plans;
mod round_trip;
pub(crate) mod samples;
