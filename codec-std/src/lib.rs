//! Frames that are understood or refused.
//!
//! An [`Encoder`] turns records into frames, a [`Decoder`] turns frames into records or one named [`Error`] with an offset.
//! A [`StreamWriter`] and a [`StreamReader`] do the same for whole files, in which nothing can be lost, added or moved unseen;
//! [`recover()`] brings what is intact out of a damaged one and counts exactly what is not.
//!
//! The bytes are specified in `spec/SPEC.md`; every decision about them is made by [`strictframe_core`], which this crate feeds.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod append;
mod batch_encoder;
mod codecs;
mod compressor;
mod decoder;
mod dictionary;
mod encoder;
mod error;
#[cfg(feature = "instruments")]
pub mod instruments;
#[cfg(not(feature = "instruments"))]
#[path = "uninstrumented.rs"]
mod instruments;
mod judge;
pub mod message;
mod pace;
mod policy;
mod publish;
mod reader;
mod reading;
mod records;
mod recover;
mod registry;
mod slice_reader;
#[cfg(feature = "tokio")]
pub mod tokio;
mod writer;

pub use self::append::{Appended, TornTail, open_append};
pub use self::batch_encoder::{BatchEncoder, Item, ItemsRefused};
pub use self::codecs::Codecs;
pub use self::decoder::{Decoder, DecoderBuilder};
pub use self::dictionary::{
    Dictionary, DictionaryDirectory, DictionaryError, DictionaryFileError, DictionaryId,
    DictionaryKind, Gain, NoDictionaryId, PreparedDictionary, ReportError, Split, StoredDictionary,
    TrainingReport, TrainingSet,
};
pub use self::encoder::{Encoder, EncoderBuilder};
pub use self::error::{EncodeError, StreamError};
pub use self::message::{
    AnyOf, DecodedMessage, KnownSchema, MessageError, PayloadRefused, Payloads, Schema,
};
pub use self::policy::{
    Adaptive, AdaptiveStatus, BatchLimits, CodecChoice, CompressionPolicy, DictionaryChoice,
    Override, PolicyError, Rung,
};
pub use self::publish::Publish;
pub use self::reader::{StreamFrame, StreamReader};
pub use self::records::{SchemaSummary, Summary, verify};
pub use self::recover::{GapReport, RecoveryOptions, RecoveryReport, Refusal, Span, recover};
pub use self::registry::{Registry, RegistryError};
pub use self::slice_reader::SliceReader;
pub use self::writer::{StreamOptions, StreamWriter};
#[cfg(feature = "prost")]
#[cfg_attr(docsrs, doc(cfg(feature = "prost")))]
pub use prost;
pub use strictframe_core as core;
pub use strictframe_core::extension::{self, Extension, Extensions};
pub use strictframe_core::judgement::{KnownVersion, Lineage};
pub use strictframe_core::stream::Profile;
pub use strictframe_core::{
    Codec, Decoded, Error, ErrorKind, Frame, Header, Kind, Limits, Outcome, Records, SchemaKey,
    SchemaPolicy,
};
#[cfg(feature = "lock")]
pub use strictframe_schema::lock;
pub use strictframe_schema::{Descriptor, SchemaError};

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct ReadmeOfAll;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
