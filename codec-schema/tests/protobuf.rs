//! The canonical text of protobuf schemas: equal for what means the same, different for what does not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in a test is a failed test")]

mod buf;
pub(crate) mod compile;
mod edits;
mod refusals;
mod spelling;
mod text;
