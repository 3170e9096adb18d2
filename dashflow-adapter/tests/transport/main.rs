//! Sinks and sources: the same suite over each of them, and what is each one's own.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic in a test is a failed test"
)]

#[path = "../support/mod.rs"]
mod support;

mod file;
mod memory;
mod read_ahead;
mod suite;
