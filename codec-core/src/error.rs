//! Why a frame or stream was refused: one kind, one offset, no allocation.

use core::fmt;

use crate::diagnosis::Foreign;

/// What is wrong. The names and numbers are those of `spec/REGISTRY.md`, in its order.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// SPEC FRM-2: the bytes do not begin with the magic.
    BadMagic {
        /// What they look like, when section 12 knows.
        looks_like: Option<Foreign>,
    },
    /// SPEC FRM-3: a format version other than 1.
    UnsupportedVersion,
    /// SPEC FRM-4, FRM-12: the input ends inside a frame. Both count from the frame's start.
    Truncated {
        /// The bytes present.
        have: u64,
        /// The bytes the frame has, or its header as long as that is not complete.
        need: u64,
    },
    /// SPEC FRM-13, STR-9: bytes where nothing may follow.
    TrailingData,
    /// SPEC FRM-6: an unassigned kind.
    BadKind,
    /// SPEC FRM-7: an unassigned codec.
    BadCodec,
    /// SPEC FRM-8: a flag that must not be set here.
    ReservedFlag,
    /// SPEC FRM-9, FRM-10: a schema key that the kind forbids.
    KeyRule,
    /// SPEC FRM-11, BDY-2, STR-15: more than the reader was set to accept.
    LimitExceeded {
        /// What the frame says, in bytes, or the count it leads to.
        declared: u64,
        /// What is accepted.
        limit: u64,
    },
    /// SPEC FRM-5: the header's checksum does not match.
    HeaderCrc,
    /// SPEC FRM-14: the frame's checksum does not match.
    FrameCrc,
    /// SPEC COD-6: the decompressed payload's checksum does not match.
    RawCrc,
    /// SPEC BDY-1, CTL-1..3: a field of the body does not fit or is wrong.
    BodyStructure,
    /// SPEC BDY-4: compressed although that does not pay.
    NonCanonicalCompression,
    /// SPEC EXT-2..4: the extension block is not well-formed.
    ExtensionError,
    /// SPEC EXT-5: a critical extension this version does not know.
    UnknownCritical,
    /// SPEC CTL-4: a control frame where records are asked for.
    UnexpectedKind,
    /// SPEC BAT-2, BAT-3: a batch whose counts and sizes do not add up.
    BatchStructure,
    /// SPEC JDG-1, STR-13: a lineage the reader does not know.
    UnknownSchema,
    /// SPEC JDG-1, STR-12: two descriptors claim one version.
    SchemaFork,
    /// SPEC JDG-1: older than the reader can decode.
    SchemaTooOld,
    /// SPEC JDG-1: an older version the reader was not built with.
    SchemaVersionUnknown,
    /// SPEC JDG-1, JDG-2: newer and readable, which the caller did not allow.
    SchemaForward,
    /// SPEC JDG-1: newer, and not for readers of this version.
    SchemaTooNew,
    /// SPEC JDG-5: newer, and its min_reader admits a reader that its descriptor leaves behind.
    SchemaOverstated,
    /// SPEC DIC-1: a dictionary that is not held.
    UnknownDictionary,
    /// SPEC COD-1: an assigned codec that this build lacks.
    CodecUnavailable,
    /// SPEC COD-3, COD-4: compressed bytes outside the profile.
    CodecProfile,
    /// SPEC COD-5, DIC-3: the codec refused, or did not give exactly raw_len bytes.
    Decompress,
    /// SPEC STR-11, DIC-2: two dictionaries with one id.
    DictionaryClash,
    /// SPEC STR-5: a stream that does not begin with a SYNC.
    NotAStream,
    /// SPEC STR-6, STR-7: frames were deleted, inserted, repeated or moved.
    StreamEdited,
    /// SPEC STR-8: the input ends between frames and without END.
    Unterminated,
    /// SPEC REC-1: nothing tells which stream this is.
    NoStreamId,
}

impl ErrorKind {
    /// The number of the registry; printed as `SF-` and four digits.
    #[must_use]
    pub const fn code(self) -> u16 {
        self.row().0
    }

    /// The name of the registry.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().1
    }

    /// One sentence without capital or full stop.
    #[must_use]
    pub const fn summary(self) -> &'static str {
        self.row().2
    }

    /// The clause of the specification that is broken; the first of several.
    #[must_use]
    pub const fn clause(self) -> &'static str {
        match self {
            Self::BadMagic { .. } => "FRM-2",
            Self::UnsupportedVersion => "FRM-3",
            Self::Truncated { .. } => "FRM-12",
            Self::TrailingData => "FRM-13",
            Self::BadKind => "FRM-6",
            Self::BadCodec => "FRM-7",
            Self::ReservedFlag => "FRM-8",
            Self::KeyRule => "FRM-9",
            Self::LimitExceeded { .. } => "FRM-11",
            Self::HeaderCrc => "FRM-5",
            Self::FrameCrc => "FRM-14",
            Self::RawCrc => "COD-6",
            Self::BodyStructure => "BDY-1",
            Self::NonCanonicalCompression => "BDY-4",
            Self::ExtensionError => "EXT-2",
            Self::UnknownCritical => "EXT-5",
            Self::UnexpectedKind => "CTL-4",
            Self::BatchStructure => "BAT-2",
            Self::UnknownSchema
            | Self::SchemaFork
            | Self::SchemaTooOld
            | Self::SchemaVersionUnknown
            | Self::SchemaTooNew => "JDG-1",
            Self::SchemaForward => "JDG-2",
            Self::SchemaOverstated => "JDG-5",
            Self::UnknownDictionary => "DIC-1",
            Self::CodecUnavailable => "COD-1",
            Self::CodecProfile => "COD-3",
            Self::Decompress => "COD-5",
            Self::DictionaryClash => "DIC-2",
            Self::NotAStream => "STR-5",
            Self::StreamEdited => "STR-6",
            Self::Unterminated => "STR-8",
            Self::NoStreamId => "REC-1",
        }
    }

    /// Whose matter it is.
    #[must_use]
    pub const fn fault(self) -> Fault {
        match self {
            Self::LimitExceeded { .. } => Fault::Limit,
            Self::UnknownSchema
            | Self::SchemaFork
            | Self::SchemaTooOld
            | Self::SchemaVersionUnknown
            | Self::SchemaForward
            | Self::SchemaTooNew
            | Self::SchemaOverstated
            | Self::UnknownDictionary
            | Self::CodecUnavailable => Fault::Reader,
            _ => Fault::Input,
        }
    }

    /// This kind at an offset from the frame's start.
    #[must_use]
    pub const fn at(self, offset: u64) -> Error {
        Error { kind: self, frame: 0, offset, in_raw: false }
    }

    /// This kind at an offset in the decompressed payload.
    #[must_use]
    pub const fn in_raw(self, offset: u64) -> Error {
        Error { kind: self, frame: 0, offset, in_raw: true }
    }

    const fn row(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::BadMagic { .. } => (101, "BadMagic", "not a frame"),
            Self::UnsupportedVersion => (102, "UnsupportedVersion", "unsupported format version"),
            Self::Truncated { .. } => (103, "Truncated", "input ends inside a frame"),
            Self::TrailingData => (104, "TrailingData", "bytes after the end"),
            Self::BadKind => (201, "BadKind", "unassigned kind"),
            Self::BadCodec => (202, "BadCodec", "unassigned codec"),
            Self::ReservedFlag => (203, "ReservedFlag", "a flag that must not be set here"),
            Self::KeyRule => (204, "KeyRule", "schema key not allowed on this frame"),
            Self::LimitExceeded { .. } => (205, "LimitExceeded", "limit exceeded"),
            Self::HeaderCrc => (312, "HeaderCrc", "header checksum mismatch"),
            Self::FrameCrc => (313, "FrameCrc", "frame checksum mismatch"),
            Self::RawCrc => (314, "RawCrc", "payload checksum mismatch after decompression"),
            Self::BodyStructure => (401, "BodyStructure", "a field of the body does not fit"),
            Self::NonCanonicalCompression => {
                (402, "NonCanonicalCompression", "compressed although it does not pay")
            }
            Self::ExtensionError => (403, "ExtensionError", "extension block is not well-formed"),
            Self::UnknownCritical => (404, "UnknownCritical", "unknown critical extension"),
            Self::UnexpectedKind => {
                (405, "UnexpectedKind", "a control frame where records are asked for")
            }
            Self::BatchStructure => (406, "BatchStructure", "batch does not add up"),
            Self::UnknownSchema => (501, "UnknownSchema", "unknown schema"),
            Self::SchemaFork => (502, "SchemaFork", "two descriptors claim one schema version"),
            Self::SchemaTooOld => (503, "SchemaTooOld", "schema version is too old"),
            Self::SchemaVersionUnknown => {
                (504, "SchemaVersionUnknown", "unknown older schema version")
            }
            Self::SchemaForward => {
                (505, "SchemaForward", "newer schema version, and reading forward is off")
            }
            Self::SchemaTooNew => (506, "SchemaTooNew", "schema version is too new"),
            Self::SchemaOverstated => (
                507,
                "SchemaOverstated",
                "min_reader admits a reader that the schema leaves behind",
            ),
            Self::UnknownDictionary => (601, "UnknownDictionary", "unknown dictionary"),
            Self::CodecUnavailable => (602, "CodecUnavailable", "codec not available here"),
            Self::CodecProfile => {
                (603, "CodecProfile", "compressed bytes are outside the codec's profile")
            }
            Self::Decompress => (604, "Decompress", "decompression failed"),
            Self::DictionaryClash => (605, "DictionaryClash", "two dictionaries with one id"),
            Self::NotAStream => (701, "NotAStream", "not a stream: it does not begin with a SYNC"),
            Self::StreamEdited => {
                (702, "StreamEdited", "frames were deleted, inserted, repeated or moved")
            }
            Self::Unterminated => (703, "Unterminated", "stream ends without END"),
            Self::NoStreamId => (704, "NoStreamId", "nothing tells which stream this is"),
        }
    }
}

/// Who can do something about an error.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// The bytes are wrong, whoever reads them.
    Input,
    /// The bytes may be right, and are more than this reader was set to accept.
    Limit,
    /// The bytes may be right, and this reader lacks a schema, dictionary or codec.
    Reader,
}

/// A refusal: its kind, and the byte it is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Error {
    kind: ErrorKind,
    frame: u64,
    offset: u64,
    in_raw: bool,
}

impl Error {
    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The byte it is about, from the start of the input; of the decompressed payload when [`Error::is_in_raw`].
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// Where the frame concerned starts in the input, or would start: of `Unterminated` the one that is missing, of a stream's `TrailingData` what stands behind END.
    #[must_use]
    pub const fn frame(&self) -> u64 {
        self.frame
    }

    /// Whether the offset counts in the decompressed payload.
    #[must_use]
    pub const fn is_in_raw(&self) -> bool {
        self.in_raw
    }

    /// The same error of a frame that starts `by` bytes further on.
    #[must_use]
    pub const fn moved(self, by: u64) -> Self {
        let offset = if self.in_raw { self.offset } else { self.offset.saturating_add(by) };
        Self { frame: self.frame.saturating_add(by), offset, ..self }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.summary())?;
        match self.kind {
            ErrorKind::BadMagic { looks_like: Some(foreign) } => {
                write!(f, ", looks like {}", foreign.description())?;
            }
            ErrorKind::Truncated { have, need } => write!(f, ", {have} of {need} bytes")?,
            ErrorKind::LimitExceeded { declared, limit } => {
                write!(f, ", {declared} where {limit} is accepted")?;
            }
            _ => {}
        }
        if self.in_raw {
            write!(
                f,
                " (at byte {} of the decompressed payload of the frame at byte {})",
                self.offset, self.frame
            )
        } else {
            write!(f, " (at byte {})", self.offset)
        }
    }
}

impl core::error::Error for Error {}

/// As in the vectors: code, name, offset, what the kind adds, and the message.
#[cfg(feature = "serde")]
impl serde::Serialize for Error {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;

        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("code", &format_args!("SF-{:04}", self.kind.code()))?;
        map.serialize_entry("name", self.kind.name())?;
        map.serialize_entry("offset", &self.offset)?;
        map.serialize_entry("frame", &self.frame)?;
        if self.in_raw {
            map.serialize_entry("in", "raw")?;
        }
        match self.kind {
            ErrorKind::BadMagic { looks_like } => {
                map.serialize_entry("looks_like", &looks_like.map(Foreign::name))?;
            }
            ErrorKind::Truncated { have, need } => {
                map.serialize_entry("have", &have)?;
                map.serialize_entry("need", &need)?;
            }
            ErrorKind::LimitExceeded { declared, limit } => {
                map.serialize_entry("declared", &declared)?;
                map.serialize_entry("limit", &limit)?;
            }
            _ => {}
        }
        map.serialize_entry("message", &format_args!("{self}"))?;
        map.end()
    }
}
