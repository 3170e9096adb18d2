//! States that are sent and followed: rows B3 and D4 of the backlog, redaction, the hash beside JavaScript.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic in a test is a failed test"
)]

mod d4_diffs;
mod javascript;
mod refusals;
mod stream;
mod world;
