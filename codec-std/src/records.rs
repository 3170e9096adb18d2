//! What a stream holds, found by reading it whole.

use std::collections::BTreeMap;
use std::io::Read;

use serde::Serialize;
use strictframe_core::control::Control;
use strictframe_core::stream::Profile;
use strictframe_core::{Content, Limits, SchemaKey};

use crate::error::StreamError;
use crate::reader::StreamReader;

/// What a stream that reached its END holds.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// The length of the stream in bytes.
    pub bytes: u64,
    /// Frames of every kind.
    pub frames: u64,
    /// MESSAGE and BATCH frames.
    pub data_frames: u64,
    /// Records.
    pub records: u64,
    /// Bytes of the records, without anything around them.
    pub record_bytes: u64,
    /// Distinct dictionaries.
    pub dictionaries: u64,
    /// The schemas it carries, in the order of their first SCHEMA frame.
    pub schemas: Vec<SchemaSummary>,
}

/// A schema of a stream.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SchemaSummary {
    /// The fully-qualified name.
    pub name: String,
    /// The encoding's name in the registry.
    pub encoding: &'static str,
    /// The version.
    pub version: u16,
    /// The oldest reader that may decode it.
    pub min_reader: u16,
    /// Records written with it.
    pub records: u64,
}

/// Reads a stream from its first byte to its end, every record decompressed and counted; `progress` is told the offset behind each frame.
///
/// # Errors
/// As [`StreamReader::next_frame`].
pub fn verify<R: Read>(
    source: R,
    limits: Limits,
    profile: Profile,
    mut progress: impl FnMut(u64),
) -> Result<Summary, StreamError> {
    let mut reader = StreamReader::new(source, limits, profile);
    let mut summary = Summary::default();
    let mut known: BTreeMap<SchemaKey, usize> = BTreeMap::new();
    let mut dictionaries = std::collections::BTreeSet::new();
    while let Some(frame) = reader.next_frame()? {
        summary.frames += 1;
        summary.bytes = frame.start + frame.bytes.len() as u64;
        match frame.frame.content() {
            Content::Control(Control::Schema(schema)) => {
                known.entry(schema.key()).or_insert_with(|| {
                    summary.schemas.push(SchemaSummary {
                        name: schema.name().to_owned(),
                        encoding: schema.encoding().name(),
                        version: schema.key().version(),
                        min_reader: schema.key().min_reader(),
                        records: 0,
                    });
                    summary.schemas.len() - 1
                });
            }
            Content::Control(Control::Dictionary(bytes)) => {
                dictionaries.insert(strictframe_core::identity::dictionary_id(bytes));
            }
            _ => {}
        }
        if let Some(decoded) = &frame.decoded {
            let count = decoded.records.len() as u64;
            summary.data_frames += 1;
            summary.records += count;
            summary.record_bytes += decoded.records.bytes_len() as u64;
            let schema = known.get(&frame.frame.key()).and_then(|i| summary.schemas.get_mut(*i));
            if let Some(schema) = schema {
                schema.records += count;
            }
        }
        progress(summary.bytes);
    }
    summary.dictionaries = dictionaries.len() as u64;
    Ok(summary)
}
