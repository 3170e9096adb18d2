//! What a relay sees of one frame.

use serde::{Deserialize, Serialize};
use serde_with::{DisplayFromStr, hex::Hex, serde_as};

/// The fields of one frame.
#[serde_as]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "the members of a vector file")]
pub struct FrameAnswer {
    /// The kind's number.
    #[serde_as(as = "DisplayFromStr")]
    pub kind: u8,
    /// The codec's number.
    #[serde_as(as = "DisplayFromStr")]
    pub codec: u8,
    /// The lineage id.
    #[serde_as(as = "Hex")]
    pub lineage: [u8; 8],
    /// The writer's version of the schema.
    #[serde_as(as = "DisplayFromStr")]
    pub version: u16,
    /// The oldest reader version.
    #[serde_as(as = "DisplayFromStr")]
    pub min_reader: u16,
    /// The fork check.
    #[serde_as(as = "Hex")]
    pub fork_check: [u8; 4],
    /// The length of the body.
    #[serde_as(as = "DisplayFromStr")]
    pub body_len: u32,
    /// The length before compression.
    #[serde_as(as = "Option<DisplayFromStr>")]
    pub raw_len: Option<u32>,
    /// The checksum before compression.
    #[serde_as(as = "Option<DisplayFromStr>")]
    pub raw_crc: Option<u32>,
    /// The dictionary.
    #[serde_as(as = "Option<Hex>")]
    pub dict_id: Option<[u8; 4]>,
    /// The extensions in order.
    pub extensions: Vec<ExtensionAnswer>,
    /// The stored bytes; of a control frame the body.
    pub stored: Digest,
    /// The body of a control frame.
    pub control: Option<ControlAnswer>,
}

/// One extension.
#[serde_as]
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "the members of a vector file")]
pub struct ExtensionAnswer {
    /// The type.
    #[serde_as(as = "DisplayFromStr")]
    pub r#type: u16,
    /// The value.
    #[serde_as(as = "Hex")]
    pub value: Vec<u8>,
}

/// Bytes, by length and hash.
#[serde_as]
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "the members of a vector file")]
pub struct Digest {
    /// The length.
    #[serde_as(as = "DisplayFromStr")]
    pub len: u64,
    /// The SHA-256.
    #[serde_as(as = "Hex")]
    pub sha256: [u8; 32],
}

impl Digest {
    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self { len: bytes.len() as u64, sha256: crate::forge::sha256(&[bytes]) }
    }
}

/// The body of a control frame.
#[serde_as]
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(untagged, deny_unknown_fields)]
#[allow(clippy::exhaustive_enums, reason = "the forms of the vector format")]
pub enum ControlAnswer {
    /// Of SYNC and END.
    Position {
        /// The stream's id.
        #[serde_as(as = "Hex")]
        stream_id: [u8; 16],
        /// Where the frame starts in its stream.
        #[serde_as(as = "DisplayFromStr")]
        own_offset: u64,
        /// Where the SYNC before it starts.
        #[serde_as(as = "DisplayFromStr")]
        previous: u64,
        /// Data frames before it.
        #[serde_as(as = "DisplayFromStr")]
        count: u64,
        /// The checksum over all trailers before it.
        #[serde_as(as = "DisplayFromStr")]
        chain_crc: u32,
    },
    /// Of SCHEMA.
    Schema {
        /// The encoding's number.
        #[serde_as(as = "DisplayFromStr")]
        enc_id: u8,
        /// The version.
        #[serde_as(as = "DisplayFromStr")]
        version: u16,
        /// The oldest reader version.
        #[serde_as(as = "DisplayFromStr")]
        min_reader: u16,
        /// The fully-qualified name.
        name: String,
        /// The canonical descriptor.
        #[serde_as(as = "Hex")]
        descriptor: Vec<u8>,
        /// The lineage id that follows.
        #[serde_as(as = "Hex")]
        lineage: [u8; 8],
        /// The fork check that follows.
        #[serde_as(as = "Hex")]
        fork_check: [u8; 4],
    },
    /// Of DICT.
    Dictionary {
        /// The dictionary id that follows.
        #[serde_as(as = "Hex")]
        dict_id: [u8; 4],
    },
}
