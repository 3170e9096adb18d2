//! Streams of an agent's own.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic in a test is a failed test"
)]

mod b2_back_pressure;
mod b2_ends;
mod b2_policies;
mod b2_property;
mod o4_counters;
