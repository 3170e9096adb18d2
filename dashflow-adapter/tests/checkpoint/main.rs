//! Checkpoints, and what happens to files.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic in a test is a failed test"
)]

#[path = "../support/mod.rs"]
mod support;

mod d2_every_blob_is_a_frame;
mod d3_the_index_is_a_cache;
mod d5_doubles_are_whole;
#[cfg(unix)]
mod dead_holder;
#[cfg(target_os = "linux")]
mod disk;
mod hostile;
#[cfg(feature = "import")]
mod import;
mod incremental;
mod kill;
mod large;
mod p4_open_blocks_nobody;
mod pair;
mod r4_newest_valid_wins;
mod s4_files;
#[cfg(feature = "seal")]
mod sealed;
#[cfg(target_os = "linux")]
mod small_world;
#[cfg(feature = "sqlite")]
mod sqlite;
mod stores;
mod suite;
mod together;
mod untyped;
mod world;
