//! `strictframe kafka` against a real broker: the real binary, and everything that a directory cannot say no to.
//!
//! `cargo xtask test` starts the broker; at your desk `cargo xtask kafka up` does.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic in a test is a failed test, in what tests share as well"
)]

#[path = "../cli/stage.rs"]
#[allow(dead_code, reason = "made for all commands; these need a part of it")]
mod stage;

mod check;
mod messages;
mod place;
#[cfg(feature = "serve")]
mod serve;
#[cfg(feature = "serve")]
#[path = "../cli/serve/world.rs"]
#[allow(dead_code, reason = "made for files; topics need a part of it")]
mod world;
