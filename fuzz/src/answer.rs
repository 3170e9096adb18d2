//! The answers of the vectors (`spec/vectors/README.md`), the same for who states them and who finds them.

use serde::{Deserialize, Deserializer, Serialize};
use serde_with::{DisplayFromStr, hex::Hex, serde_as, skip_serializing_none};

use crate::code::Code;

mod frame;

pub use self::frame::{ControlAnswer, Digest, ExtensionAnswer, FrameAnswer};

/// What an input leads to.
#[serde_as]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(untagged, deny_unknown_fields)]
#[allow(clippy::exhaustive_enums, reason = "the forms of the vector format")]
pub enum Answer {
    /// The one error.
    Refused {
        /// It.
        error: ErrorAnswer,
        /// The frames a stream reader accepted before it.
        #[serde_as(as = "Option<DisplayFromStr>")]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        frames: Option<u64>,
    },
    /// What a relay sees.
    Frame {
        /// It.
        frame: Box<FrameAnswer>,
    },
    /// The records of a frame.
    Decoded {
        /// They.
        decoded: DecodedAnswer,
    },
    /// The frames of a connection.
    Deframed {
        /// They.
        frames: Vec<FrameAt>,
    },
    /// A stream that reached its END.
    Stream {
        /// It.
        stream: StreamAnswer,
    },
    /// What a recovery brought out.
    Recovered {
        /// It.
        recovery: RecoveryAnswer,
    },
    /// A judgement.
    Judged {
        /// `Exact`, `Backward` or `Forward`.
        outcome: String,
    },
    /// The identity of a version of a schema.
    Identified {
        /// The lineage id.
        #[serde_as(as = "Hex")]
        lineage: [u8; 8],
        /// The fingerprint.
        #[serde_as(as = "Hex")]
        fingerprint: [u8; 32],
        /// The fork check.
        #[serde_as(as = "Hex")]
        fork_check: [u8; 4],
    },
    /// The identity of a dictionary.
    DictionaryId {
        /// It.
        #[serde_as(as = "Hex")]
        dict_id: [u8; 4],
    },
    /// A canonical descriptor.
    Canonical {
        /// Its text.
        descriptor: String,
    },
    /// A record that holds to its descriptor.
    Payload {
        /// What was found in it.
        payload: PayloadAnswer,
    },
    /// What changed between the last two versions of a schema, and the numbers of all of them.
    Changed {
        /// The changes, in the order of their paths and names, each once.
        changes: Vec<ChangeAnswer>,
        /// The numbers of each version.
        reach: Vec<ReachAnswer>,
    },
    /// A schema without a canonical form.
    SchemaRefused {
        /// True.
        refused: bool,
    },
}

/// A change.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "the members of a vector file")]
pub struct ChangeAnswer {
    /// Where it is.
    pub path: String,
    /// The row of Annex B.
    pub change: String,
}

/// The numbers of a version.
#[serde_as]
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "the members of a vector file")]
pub struct ReachAnswer {
    /// The oldest reader version that decodes its data.
    #[serde_as(as = "DisplayFromStr")]
    pub min_reader: u16,
    /// The oldest writer version whose data its readers decode.
    #[serde_as(as = "DisplayFromStr")]
    pub oldest_writer: u16,
}

/// An error as an answer states it.
#[serde_as]
#[skip_serializing_none]
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "the members of a vector file")]
pub struct ErrorAnswer {
    /// The four digits of the registry.
    pub code: String,
    /// Its name there.
    pub name: String,
    /// Where it is.
    #[serde_as(as = "DisplayFromStr")]
    pub offset: u64,
    /// `raw` when the offset counts in the decompressed payload.
    #[serde(rename = "in")]
    pub place: Option<String>,
    /// Of `Truncated`: the bytes present.
    #[serde_as(as = "Option<DisplayFromStr>")]
    #[serde(default)]
    pub have: Option<u64>,
    /// Of `Truncated`: the bytes needed.
    #[serde_as(as = "Option<DisplayFromStr>")]
    #[serde(default)]
    pub need: Option<u64>,
    /// Of `LimitExceeded`: what was asked for.
    #[serde_as(as = "Option<DisplayFromStr>")]
    #[serde(default)]
    pub declared: Option<u64>,
    /// Of `LimitExceeded`: what is accepted.
    #[serde_as(as = "Option<DisplayFromStr>")]
    #[serde(default)]
    pub limit: Option<u64>,
    /// Of `BadMagic`, and there always given: a name of section 12 or null.
    #[serde(default, deserialize_with = "given")]
    pub looks_like: Option<Option<String>>,
}

impl ErrorAnswer {
    /// An error without details.
    #[must_use]
    pub fn new(code: Code, offset: u64) -> Self {
        Self {
            code: code.number(),
            name: code.name(),
            offset,
            place: None,
            have: None,
            need: None,
            declared: None,
            limit: None,
            looks_like: None,
        }
    }
}

/// Tells a member that is null from one that is absent.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// The records of a frame.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "the members of a vector file")]
pub struct DecodedAnswer {
    /// `Exact`, `Backward`, `Forward`, or null without a registry.
    pub outcome: Option<String>,
    /// The records in order.
    pub records: Vec<Digest>,
}

/// What was found in a record.
#[serde_as]
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "the members of a vector file")]
pub struct PayloadAnswer {
    /// How many fields its descriptor does not have.
    #[serde_as(as = "DisplayFromStr")]
    pub unknown_fields: u64,
    /// Where the first of them stands.
    #[serde_as(as = "Option<DisplayFromStr>")]
    pub first_unknown: Option<u64>,
}

/// A frame and where it starts.
#[serde_as]
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "the members of a vector file")]
pub struct FrameAt {
    /// Where.
    #[serde_as(as = "DisplayFromStr")]
    pub offset: u64,
    /// The kind's number.
    #[serde_as(as = "DisplayFromStr")]
    pub kind: u8,
}

/// A stream that reached its END.
#[serde_as]
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "the members of a vector file")]
pub struct StreamAnswer {
    /// Its id.
    #[serde_as(as = "Hex")]
    pub stream_id: [u8; 16],
    /// All frames.
    pub frames: Vec<FrameAt>,
    /// The number of records.
    #[serde_as(as = "DisplayFromStr")]
    pub records: u64,
    /// Over each record's length (u64) and bytes.
    #[serde_as(as = "Hex")]
    pub records_sha256: [u8; 32],
}

/// What a recovery brought out.
#[serde_as]
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "the members of a vector file")]
pub struct RecoveryAnswer {
    /// The stream's id.
    #[serde_as(as = "Hex")]
    pub stream_id: [u8; 16],
    /// `caller`, `first-sync` or `learnt`.
    pub id_source: String,
    /// The positions of delivered data frames.
    #[serde_as(as = "Vec<DisplayFromStr>")]
    pub frames: Vec<u64>,
    /// The gaps.
    pub gaps: Vec<GapAnswer>,
    /// The segments marked edited.
    pub edited: Vec<EditedAnswer>,
    /// The positions of frames of unassigned kinds.
    #[serde_as(as = "Vec<DisplayFromStr>")]
    pub unassigned: Vec<u64>,
    /// Data frames behind the last anchor.
    #[serde_as(as = "DisplayFromStr")]
    pub unconfirmed: u64,
    /// Whether an END was reached.
    pub terminated: bool,
    /// Bytes after END.
    #[serde_as(as = "DisplayFromStr")]
    pub trailing: u64,
}

/// A gap.
#[serde_as]
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "the members of a vector file")]
pub struct GapAnswer {
    /// Where the walk ended.
    #[serde_as(as = "DisplayFromStr")]
    pub from: u64,
    /// Where the next anchor starts.
    #[serde_as(as = "DisplayFromStr")]
    pub to: u64,
    /// The shift after it.
    #[serde_as(as = "DisplayFromStr")]
    pub shift: i64,
    /// Data frames lost, or null when nobody knows.
    #[serde_as(as = "Option<DisplayFromStr>")]
    pub frames_lost: Option<u64>,
}

/// A segment marked edited.
#[serde_as]
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "the members of a vector file")]
pub struct EditedAnswer {
    /// Its first anchor.
    #[serde_as(as = "DisplayFromStr")]
    pub from: u64,
    /// Its next anchor.
    #[serde_as(as = "DisplayFromStr")]
    pub to: u64,
}
