//! The dump of any bytes: complete, in order, and never more certain than the checksums are.
#![expect(
    clippy::disallowed_methods,
    clippy::panic,
    clippy::unwrap_used,
    reason = "frames are damaged in place, and a panic in a test is a failed test"
)]

mod frames;
mod invariants;
mod lines;
mod marks;
