//! Real brokers: the suite of all transports, TLS and SASL and what goes wrong with them, and brokers that die.
//!
//! `cargo xtask test` starts the brokers; at your desk `cargo xtask kafka up` and `cargo xtask kafka cluster` do.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic in a test is a failed test"
)]

#[path = "../transport/suite.rs"]
mod suite;
#[path = "../support/mod.rs"]
mod support;
#[path = "../trace/world.rs"]
#[allow(dead_code, reason = "made for logs in memory; these need a part of it")]
mod trace_world;

mod dead_letters;
mod deaths;
mod denied;
mod exactly_once;
mod groups;
mod leaders;
mod place;
mod producer;
mod refused;
mod retention;
mod s1_security;
mod topics;
mod traces;
mod transport;
