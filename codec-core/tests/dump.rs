//! The dump of any bytes: complete, in order, and never more certain than the checksums are.
#![cfg(feature = "alloc")]
#![expect(
    clippy::disallowed_methods,
    clippy::panic,
    clippy::unwrap_used,
    reason = "frames are damaged in place, and a panic in a test is a failed test"
)]

#[path = "dump/frames.rs"]
mod frames;
#[path = "dump/invariants.rs"]
mod invariants;
#[path = "dump/lines.rs"]
mod lines;
#[path = "dump/marks.rs"]
mod marks;
