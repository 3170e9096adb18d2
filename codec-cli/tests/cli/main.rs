//! The `strictframe` command as scripts use it: the real binary, real files, exit codes and both streams.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic in a test is a failed test, in what tests share as well"
)]

#[cfg(feature = "dashflow")]
mod checkpoint;
mod dictionaries;
mod dictionary;
mod diff;
mod explain;
mod hostile;
mod identity;
mod inspect;
#[cfg(feature = "dashflow")]
mod kafka;
mod memory;
#[cfg(feature = "dashflow")]
mod moving;
mod pack;
mod payload;
mod readme;
mod recover;
mod refuse;
mod schema;
#[cfg(feature = "serve")]
mod serve;
mod stage;
mod stats;
#[cfg(feature = "dashflow")]
mod trace;
mod tune;
mod unpack;
mod usage;
mod verify;
