//! The consumer over a log in memory, whose every fault can be chosen.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic in a test is a failed test"
)]

#[path = "../support/mod.rs"]
mod support;

mod forward;
mod mixture;
mod order;
mod property;
mod refusals;
mod restart;
mod world;
