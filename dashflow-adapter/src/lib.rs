//! DashFlow's telemetry in frames that are understood or refused.
//!
//! The messages are those of `dashstream.v1` ([`v1`]); every frame holds one [`v1::DashStreamMessage`], or many that follow each other in one thread.
//! A [`Framer`] turns [`Record`]s into frames, an [`Unframer`] turns frames into messages or one [`Refused`]; there is no other way to either.
//! A [`producer`] does the former for an agent, off its threads, and loses nothing silently.
//! What is sent of an agent's states, and how they are followed, is in [`state`].
//! Frames travel through a [`transport`]: memory, a directory of stream files, or Kafka (feature `kafka`).
#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::todo,
    clippy::unimplemented,
    clippy::unwrap_used
)]

pub mod checkpoint;
#[cfg(feature = "kafka")]
#[cfg_attr(docsrs, doc(cfg(feature = "kafka")))]
pub mod config;
pub mod consumer;
pub mod convert;
mod courier;
pub mod dead_letter;
mod framing;
mod generated;
mod identity;
mod messages;
mod payload;
mod problem;
pub mod producer;
mod schema;
pub mod state;
pub mod stream;
pub mod trace;
pub mod transport;

pub use self::framing::{
    Code, FrameError, FrameHead, FrameOptions, Framer, KINDS, OutFrame, Record, RecordFault,
    Refused, Unframed, Unframer, peek,
};
pub use self::identity::{Identity, ThreadId, ThreadIdError, TraceContext, TraceContextError};
pub use self::messages::{JsonRefused, KindSet, MessageJson, MessageKind, v1};
pub use self::problem::{ConfigError, Problem};
pub use self::schema::{SetupError, registry, schema_frame, schema_key};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(all(doctest, feature = "kafka"))]
#[doc = include_str!("../MOVING.md")]
struct Moving;
