//! Records of protobuf under their descriptors (SPEC section 13).
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic in a test is a failed test"
)]

mod borders;
mod check;
mod json;
mod known;
mod layout;
mod random;
mod reflect;
mod scalars;
mod wire;
mod words;
