//! Records become frames and come back, or are refused by name.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic in a test is a failed test"
)]

#[path = "../support/mod.rs"]
mod support;

mod batches;
mod d1_every_record_is_validated;
mod extensions;
mod s2_no_schema_no_frame;
