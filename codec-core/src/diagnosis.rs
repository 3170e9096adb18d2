//! What bytes that are no frame look like (SPEC section 12). It explains a refusal and never changes one.

/// A known form of damage, or another format, named by its first bytes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Foreign {
    /// Avro single-object encoding.
    AvroSingleObject,
    /// A frame as base64 text.
    Base64,
    /// The two magic bytes exchanged.
    ByteSwapped,
    /// A frame read as cp1252 and written as UTF-8.
    Cp1252AsUtf8,
    /// gzip.
    Gzip,
    /// A frame as hexadecimal text.
    HexText,
    /// JSON text.
    Json,
    /// A frame read as Latin-1 and written as UTF-8.
    Latin1AsUtf8,
    /// Confluent, gRPC or DashStream framing.
    LengthOrIdPrefix,
    /// A frame decoded as UTF-8 with replacement characters.
    LossyUtf8,
    /// An LZ4 frame.
    Lz4Frame,
    /// A frame whose high bits were cut off.
    SevenBit,
    /// A frame widened to 16-bit units.
    Utf16,
    /// A Zstandard frame.
    Zstd,
}

impl Foreign {
    /// The row of the table that fits the first bytes, if one does.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        // SPEC [DIA-1]: all bytes of a row, or no diagnosis.
        TABLE.iter().find(|(prefix, _)| bytes.starts_with(prefix)).map(|(_, foreign)| *foreign)
    }

    /// The name of section 12.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AvroSingleObject => "avro-single-object",
            Self::Base64 => "base64",
            Self::ByteSwapped => "byte-swapped",
            Self::Cp1252AsUtf8 => "cp1252-as-utf8",
            Self::Gzip => "gzip",
            Self::HexText => "hex-text",
            Self::Json => "json",
            Self::Latin1AsUtf8 => "latin1-as-utf8",
            Self::LengthOrIdPrefix => "length-or-id-prefix",
            Self::LossyUtf8 => "lossy-utf8",
            Self::Lz4Frame => "lz4-frame",
            Self::SevenBit => "seven-bit",
            Self::Utf16 => "utf16",
            Self::Zstd => "zstd",
        }
    }

    /// What the bytes look like, to stand after "looks like".
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::AvroSingleObject => "an Avro single-object message",
            Self::Base64 => "a frame encoded as base64 text",
            Self::ByteSwapped => "a frame with its bytes swapped in pairs",
            Self::Cp1252AsUtf8 => "a frame read as cp1252 text and written as UTF-8",
            Self::Gzip => "gzip data",
            Self::HexText => "a frame printed as hexadecimal text",
            Self::Json => "JSON text",
            Self::Latin1AsUtf8 => "a frame read as Latin-1 text and written as UTF-8",
            Self::LengthOrIdPrefix => "Confluent, gRPC or DashStream framing",
            Self::LossyUtf8 => "a frame decoded as UTF-8 text and written back",
            Self::Lz4Frame => "an LZ4 frame file",
            Self::SevenBit => "a frame whose high bits were cut off",
            Self::Utf16 => "a frame widened to UTF-16",
            Self::Zstd => "a bare Zstandard frame",
        }
    }
}

const TABLE: [(&[u8], Foreign); 17] = [
    (b"\xEF\xBF\xBD\xEF\xBF\xBD", Foreign::LossyUtf8),
    (b"\xC2\x9E\xC3\x81", Foreign::Latin1AsUtf8),
    (b"\xC5\xBE\xC3\x81", Foreign::Cp1252AsUtf8),
    (b"\x1E\x41", Foreign::SevenBit),
    (b"\x6E\x73\x45", Foreign::Base64),
    (b"\x39\x65\x63\x31", Foreign::HexText),
    (b"\x39\x45\x43\x31", Foreign::HexText),
    (b"\xC1\x9E", Foreign::ByteSwapped),
    (b"\x9E\x00\xC1\x00", Foreign::Utf16),
    (b"\x00", Foreign::LengthOrIdPrefix),
    (b"\x01", Foreign::LengthOrIdPrefix),
    (b"\xC3\x01", Foreign::AvroSingleObject),
    (b"\x28\xB5\x2F\xFD", Foreign::Zstd),
    (b"\x04\x22\x4D\x18", Foreign::Lz4Frame),
    (b"\x1F\x8B", Foreign::Gzip),
    (b"\x7B", Foreign::Json),
    (b"\x5B", Foreign::Json),
];
