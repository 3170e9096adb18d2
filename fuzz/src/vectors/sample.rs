//! The schemas, dictionaries and ids that the vectors share.

use crate::forge::compress::{self, Failure};
use crate::forge::control::Schema;
use crate::forge::payload;
use crate::vector::{FrameKey, LineageGiven, RegistryGiven, VersionGiven};

/// Version 3 of the sample type, readable from version 1 on.
#[must_use]
pub fn schema() -> Schema {
    Schema::json(NAME, 3, 1, DESCRIPTOR)
}

/// The key of the sample type's version 3.
#[must_use]
pub fn key() -> FrameKey {
    schema().key()
}

/// The key of another version of the sample type.
#[must_use]
pub fn key_of(version: u16, min_reader: u16) -> FrameKey {
    Schema::json(NAME, version, min_reader, DESCRIPTOR).key()
}

/// What a reader of version `reader` knows of the sample type when it was built with `versions`.
#[must_use]
pub fn registry(reader: u16, oldest_writer: u16, versions: &[(u16, u16)]) -> RegistryGiven {
    let versions = versions.iter().map(|&(version, min_reader)| {
        let fork_check = key_of(version, min_reader).fork_check;
        VersionGiven { version, min_reader, fork_check }
    });
    let versions = versions.collect();
    let lineage = schema().lineage();
    let lineages = vec![LineageGiven { lineage, reader, oldest_writer, versions, own: None }];
    RegistryGiven { allow_forward: false, lineages }
}

/// The dictionaries that vectors use.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Dictionaries {
    /// A trained Zstandard dictionary.
    pub trained: Vec<u8>,
    /// Raw content: the beginning of some records.
    pub text: Vec<u8>,
}

impl Dictionaries {
    /// The same on every run.
    ///
    /// # Errors
    /// [`Failure`] when the library cannot train.
    pub fn new() -> Result<Self, Failure> {
        Ok(Self { trained: compress::train(640)?, text: payload::text(500, 200) })
    }
}

/// The stream id of most streams.
pub const STREAM_ID: [u8; 16] =
    *b"\x5A\x17\xE0\x9B\x3C\xD4\x42\x86\xAF\x01\x6D\xF8\x70\x2B\xC9\x35";
/// Another stream's id.
pub const OTHER_ID: [u8; 16] = *b"\x13\xB8\x74\x0E\xD1\x5F\x49\xA2\x86\x3D\xC7\x90\x2E\x6B\xF4\x58";

const NAME: &str = "example.v1.Event";
const DESCRIPTOR: &str = r#"{"properties":{"node":{"type":"string"},"sequence":{"minimum":0,"type":"integer"},"step":{"type":"string"}},"required":["sequence","step"],"type":"object"}"#;
