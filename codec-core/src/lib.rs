//! The strictframe format, decided in one place: frames, batches, streams, recovery.
//!
//! Bytes come in as `&[u8]` and go out through a [`Sink`]; no clock, file, thread or global is touched.
//! Every function returns what it found, says how much more it needs, or refuses with an [`Error`]: one kind, one offset.
//! The clauses cited in the code (`SPEC [FRM-5]`) are those of `spec/SPEC.md`.
//!
//! Frames and batches are read without an allocator; streams and recovery need the feature `alloc`.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::get_unwrap,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::panic,
    clippy::panic_in_result_fn,
    clippy::string_slice,
    clippy::todo,
    clippy::unimplemented,
    clippy::unreachable,
    clippy::unwrap_in_result,
    clippy::unwrap_used
)]
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::integer_division,
        clippy::panic_in_result_fn,
        reason = "a panic in a test is a failed test"
    )
)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(test, feature = "std", feature = "arbitrary"))]
extern crate std;

pub mod batch;
mod chain;
pub mod checksum;
pub mod codec;
pub mod control;
mod deframer;
mod diagnosis;
pub mod dictionary;
pub mod dump;
mod error;
pub mod extension;
mod frame;
mod header;
pub mod identity;
pub mod judgement;
mod limits;
mod lz4;
#[cfg(feature = "alloc")]
pub mod map;
mod parts;
#[cfg(any(feature = "lz4", feature = "zstd"))]
pub mod pure;
mod reader;
mod records;
#[cfg(feature = "alloc")]
pub mod recovery;
mod schema_key;
mod sink;
#[cfg(feature = "alloc")]
pub mod stream;
mod zstd;

pub use self::batch::Batch;
pub use self::chain::Chain;
pub use self::codec::{Codec, Compress, Decompress, NoCodecs, Refused};
pub use self::deframer::{Deframer, Event, Step};
pub use self::diagnosis::Foreign;
pub use self::error::{Error, ErrorKind, Fault};
pub use self::extension::{Extension, Extensions};
pub use self::frame::{Compressed, Content, Frame};
pub use self::header::{Header, Kind};
pub use self::judgement::{Outcome, SchemaPolicy};
pub use self::limits::Limits;
pub use self::parts::{Parts, pays};
pub use self::reader::Reader;
pub use self::records::{Decoded, Records, Room};
pub use self::schema_key::SchemaKey;
pub use self::sink::{LenSink, Sink, SinkFull, SliceSink};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
