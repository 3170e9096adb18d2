//! What holds for any bytes at all. Each function takes some and panics when it does not hold.

#[cfg(feature = "telemetry")]
pub mod boundary;
pub mod chunking;
pub mod codec;
#[cfg(feature = "telemetry")]
pub mod files;
pub mod foreign;
pub mod frame;
pub mod judgement;
pub mod overhead;
pub mod parts;
pub mod payload;
pub mod recovery;
pub mod schema;
pub mod sealed;
#[cfg(feature = "telemetry")]
pub mod telemetry;
