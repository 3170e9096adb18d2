//! Records of protobuf under their descriptors (SPEC section 13).
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic in a test is a failed test"
)]

#[path = "payload/check.rs"]
mod check;
#[path = "payload/json.rs"]
mod json;
#[path = "payload/layout.rs"]
mod layout;
#[path = "payload/random.rs"]
mod random;
#[path = "payload/reflect.rs"]
mod reflect;
#[path = "payload/wire.rs"]
mod wire;
