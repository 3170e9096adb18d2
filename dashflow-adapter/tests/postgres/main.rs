//! Checkpoints in a real PostgreSQL: the suite of all stores, what goes wrong on the way there, and servers that die.
//!
//! The tests start servers of their own from the programs of this machine (Debian: `apt-get install postgresql`).
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic in a test is a failed test"
)]

#[path = "../checkpoint/hostile.rs"]
mod hostile;
#[path = "../checkpoint/pair.rs"]
mod pair;
#[path = "../checkpoint/small_world.rs"]
#[cfg(target_os = "linux")]
#[allow(dead_code, reason = "made for all stores; these need a part of it")]
mod small_world;
#[path = "../checkpoint/suite.rs"]
mod suite;
#[path = "../support/mod.rs"]
mod support;
#[path = "../checkpoint/world.rs"]
#[allow(dead_code, reason = "made for all stores; these need a part of it")]
mod world;

#[cfg(target_os = "linux")]
mod disk;
mod encrypted;
mod kill;
mod large;
mod lost;
mod open;
mod place;
mod proxy;
mod refused;
mod store;
mod together;
