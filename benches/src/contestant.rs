//! What races against what: one trait for every way to carry records.

use core::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::Fault;
use crate::corpus::Record;
use crate::event::Event;

/// One way to carry records, with the settings and the contexts it keeps between them.
pub trait Contestant {
    /// What it is, the same at every call.
    fn card(&self) -> Card;

    /// Carries these records: one, or all of a file, as [`Card::group`] says. `out` is empty and keeps its room between calls.
    ///
    /// # Errors
    /// Whatever its library reports.
    fn encode(&mut self, records: &[Record], out: &mut Vec<u8>) -> Result<(), Fault>;

    /// Gives back what [`Contestant::encode`] wrote, record by record and in order. The bytes may be shared, as they come from a client library.
    ///
    /// # Errors
    /// Whatever its library reports; one that checks integrity refuses bytes that were changed.
    fn decode(&mut self, bytes: &Bytes, take: &mut dyn FnMut(Taken<'_>)) -> Result<(), Fault>;
}

/// What a contestant is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Card {
    /// Its name in the results; no two are the same.
    pub name: String,
    /// What it does with the payload's size.
    pub packing: Packing,
    /// What it is handed and gives back.
    pub carries: Carries,
    /// How many records go into one call.
    pub group: Group,
    /// Whether it has a checksum over the payload, and it is on and looked at.
    pub is_checked: bool,
}

/// How payloads are compressed.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// LZ4.
    Lz4,
    /// Zstandard at the level of the library's default.
    Zstd,
    /// Zstandard with a trained dictionary.
    ZstdDictionary,
}

/// What goes in and comes out.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub enum Carries {
    /// [`Record::protobuf`], as bytes.
    Bytes,
    /// [`Record::event`], so that the time of its own serialization is in the time of the contestant.
    Events,
}

/// How records are grouped.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub enum Group {
    /// A message format: each on its own.
    Single,
    /// A file or batch format: so many at a time.
    Of(usize),
}

/// A record given back.
#[derive(Debug)]
pub enum Taken<'a> {
    /// As bytes.
    Bytes(&'a [u8]),
    /// As a value.
    Event(&'a Event),
}

impl Group {
    /// The records of one call.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::Single => 1,
            Self::Of(count) => count,
        }
    }
}

impl fmt::Display for Packing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "none",
            Self::Lz4 => "lz4",
            Self::Zstd => "zstd",
            Self::ZstdDictionary => "zstd, dictionary",
        })
    }
}
