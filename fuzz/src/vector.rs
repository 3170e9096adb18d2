//! A vector as it stands in its file (`spec/vectors/README.md`): one input, what it is judged with, one answer.

use serde::{Deserialize, Serialize};
use serde_with::{DisplayFromStr, hex::Hex, serde_as, skip_serializing_none};

use crate::answer::Answer;

/// One file of `spec/vectors`.
#[skip_serializing_none]
#[serde_as]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "the members of a vector file")]
pub struct Vector {
    /// The path of the file below `spec/vectors`, without `.json`.
    pub name: String,
    /// One line: what is special about the input.
    pub about: String,
    /// The clauses it shows.
    pub clauses: Vec<String>,
    /// What is done with the input.
    pub operation: Operation,
    /// The input, in parts that are joined.
    pub input: Option<Vec<Part>>,
    /// The limits that differ from the defaults.
    pub limits: Option<LimitsGiven>,
    /// The dictionaries that a decoder holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dictionaries: Vec<Vec<Part>>,
    /// The codecs that a decoder has beside none.
    pub codecs: Option<Vec<String>>,
    /// What the schema key is judged against.
    pub registry: Option<RegistryGiven>,
    /// Whether a stream must declare its schemas.
    pub self_contained: Option<bool>,
    /// The stream id that a caller of recovery gives.
    #[serde_as(as = "Option<Hex>")]
    #[serde(default)]
    pub stream_id: Option<[u8; 16]>,
    /// The key to judge.
    pub frame_key: Option<FrameKey>,
    /// What to identify.
    pub identity: Option<Identity>,
    /// What a record is read under.
    pub payload: Option<PayloadGiven>,
    /// What to compare.
    pub change: Option<ChangeGiven>,
    /// The one answer.
    pub expect: Answer,
}

/// What is done with the input.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(clippy::exhaustive_enums, reason = "the operations of the vector format")]
pub enum Operation {
    /// One frame, as a relay sees it.
    Relay,
    /// One frame down to its records.
    Decode,
    /// Frames one after another.
    Deframe,
    /// A strict read of a stream.
    Stream,
    /// A recovery.
    Recover,
    /// A schema judgement.
    Judge,
    /// What identifiers follow from a schema or dictionary.
    Identity,
    /// The canonical form of a JSON Schema.
    Canonical,
    /// A record under its descriptor.
    Payload,
    /// What changed between versions of a schema.
    Change,
}

/// A part of an input.
#[serde_as]
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(untagged)]
#[allow(clippy::exhaustive_enums, reason = "the two forms of the vector format")]
pub enum Part {
    /// Bytes.
    Hex(#[serde_as(as = "Hex")] Vec<u8>),
    /// Bytes, again and again.
    Repeat {
        /// The bytes.
        #[serde_as(as = "Hex")]
        repeat: Vec<u8>,
        /// How often.
        #[serde_as(as = "DisplayFromStr")]
        times: usize,
    },
}

/// The limits that a vector gives.
#[skip_serializing_none]
#[serde_as]
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "the members of a vector file")]
pub struct LimitsGiven {
    /// The largest body, in bytes.
    #[serde_as(as = "Option<DisplayFromStr>")]
    #[serde(default)]
    pub body: Option<u32>,
    /// The largest payload, in bytes.
    #[serde_as(as = "Option<DisplayFromStr>")]
    #[serde(default)]
    pub raw: Option<u32>,
    /// The most schemas from one stream.
    #[serde_as(as = "Option<DisplayFromStr>")]
    #[serde(default)]
    pub schemas: Option<u32>,
    /// The most dictionaries from one stream.
    #[serde_as(as = "Option<DisplayFromStr>")]
    #[serde(default)]
    pub dictionaries: Option<u32>,
}

/// What a reader knows of schemas.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "the members of a vector file")]
pub struct RegistryGiven {
    /// Whether newer versions are taken on their writer's word.
    pub allow_forward: bool,
    /// The lineages it reads.
    pub lineages: Vec<LineageGiven>,
}

/// What a reader knows of one lineage.
#[serde_as]
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "the members of a vector file")]
pub struct LineageGiven {
    /// The lineage id.
    #[serde_as(as = "Hex")]
    pub lineage: [u8; 8],
    /// The reader's own version.
    #[serde_as(as = "DisplayFromStr")]
    pub reader: u16,
    /// The oldest writer version it can decode.
    #[serde_as(as = "DisplayFromStr")]
    pub oldest_writer: u16,
    /// The versions it was built with.
    pub versions: Vec<VersionGiven>,
    /// The schema of its own version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnGiven>,
}

/// The schema of a reader's own version.
#[serde_as]
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "the members of a vector file")]
pub struct OwnGiven {
    /// The encoding's number.
    #[serde_as(as = "DisplayFromStr")]
    pub enc_id: u8,
    /// The fully-qualified name.
    pub name: String,
    /// The canonical descriptor, as text.
    pub descriptor: String,
}

/// Versions of a schema, one after another from version 1 on.
#[serde_as]
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "the members of a vector file")]
pub struct ChangeGiven {
    /// The encoding's number.
    #[serde_as(as = "DisplayFromStr")]
    pub enc_id: u8,
    /// The fully-qualified name.
    pub name: String,
    /// The schemas, as text.
    pub versions: Vec<String>,
}

/// A version that a reader was built with.
#[serde_as]
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "the members of a vector file")]
pub struct VersionGiven {
    /// The version.
    #[serde_as(as = "DisplayFromStr")]
    pub version: u16,
    /// Its min_reader.
    #[serde_as(as = "DisplayFromStr")]
    pub min_reader: u16,
    /// Its fork check.
    #[serde_as(as = "Hex")]
    pub fork_check: [u8; 4],
}

/// The four parts of a schema key.
#[serde_as]
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "the members of a vector file")]
pub struct FrameKey {
    /// The lineage id.
    #[serde_as(as = "Hex")]
    pub lineage: [u8; 8],
    /// The writer's version.
    #[serde_as(as = "DisplayFromStr")]
    pub version: u16,
    /// The oldest reader version.
    #[serde_as(as = "DisplayFromStr")]
    pub min_reader: u16,
    /// The fork check.
    #[serde_as(as = "Hex")]
    pub fork_check: [u8; 4],
}

/// What an identifier is asked of.
#[serde_as]
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(untagged)]
#[allow(clippy::exhaustive_enums, reason = "the two forms of the vector format")]
pub enum Identity {
    /// A version of a schema.
    Schema {
        /// The encoding's number.
        #[serde_as(as = "DisplayFromStr")]
        enc_id: u8,
        /// The fully-qualified name.
        name: String,
        /// The version.
        #[serde_as(as = "DisplayFromStr")]
        version: u16,
        /// The oldest reader version.
        #[serde_as(as = "DisplayFromStr")]
        min_reader: u16,
        /// The canonical descriptor.
        descriptor: Vec<Part>,
    },
    /// A dictionary.
    Dictionary {
        /// Its bytes.
        dictionary: Vec<Part>,
    },
}

/// What a record is read under.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "the members of a vector file")]
pub struct PayloadGiven {
    /// The full name of the root.
    pub name: String,
    /// The canonical descriptor.
    pub descriptor: String,
    /// Whether the outcome was Exact.
    pub exact: bool,
}

/// The bytes that parts stand for.
#[must_use]
pub fn join(parts: &[Part]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        match part {
            Part::Hex(hex) => bytes.extend_from_slice(hex),
            Part::Repeat { repeat, times } => bytes.extend(repeat.repeat(*times)),
        }
    }
    bytes
}

/// Parts that stand for these bytes, runs of one byte written short.
#[must_use]
pub fn split(bytes: &[u8]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut plain = Vec::new();
    for run in bytes.chunk_by(|a, b| a == b) {
        if run.len() < LONG_RUN {
            plain.extend_from_slice(run);
            continue;
        }
        if !plain.is_empty() {
            parts.push(Part::Hex(core::mem::take(&mut plain)));
        }
        parts.push(Part::Repeat { repeat: vec![run[0]], times: run.len() });
    }
    if !plain.is_empty() {
        parts.push(Part::Hex(plain));
    }
    parts
}

const LONG_RUN: usize = 48;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_for_the_bytes_they_were_made_from() {
        for bytes in [vec![], vec![1, 2, 2], vec![0; 500], [vec![1], vec![7; 90], vec![2]].concat()]
        {
            assert_eq!(join(&split(&bytes)), bytes);
        }
        assert_eq!(split(&[3; 48]), [Part::Repeat { repeat: vec![3], times: 48 }]);
    }
}
