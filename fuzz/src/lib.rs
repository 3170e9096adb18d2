//! What must hold of the format, as functions: vectors, properties, and the damage campaign.
//!
//! The vectors are written by [`vectors`] from the words of `spec/SPEC.md`, with an encoder of
//! their own ([`forge`]) that can bend any field, and judged by [`runner`] with the shipped code.

pub mod answer;
pub mod campaign;
pub mod code;
pub mod codecs;
pub mod forge;
pub mod properties;
pub mod runner;
#[cfg(feature = "telemetry")]
pub mod target;
pub mod vector;
pub mod vectors;
