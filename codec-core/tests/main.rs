//! What the core does, seen from outside.

mod borders;
mod chunks;
mod clauses;
#[cfg(all(feature = "lz4", feature = "zstd"))]
mod codecs;
mod dump;
mod recovery;
mod words;
