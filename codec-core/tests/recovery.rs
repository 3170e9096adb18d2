//! Recovery (SPEC section 10): streams whose every frame is known, damaged in every way, and what comes back.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in a test is a failed test")]

mod damage;
mod damaged;
mod edited;
mod hostile;
mod nested;
mod outcome;
mod stream;
mod told;

use strictframe_core as codec_core;
