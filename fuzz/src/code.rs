//! The error numbers and names of `spec/REGISTRY.md`, as the vectors write them.

/// An error of the registry; its discriminant is its number, its variant its name.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[allow(missing_docs, reason = "each is described in the registry")]
#[allow(clippy::exhaustive_enums, reason = "the registry of this version is closed")]
pub enum Code {
    BadMagic = 101,
    UnsupportedVersion = 102,
    Truncated = 103,
    TrailingData = 104,
    BadKind = 201,
    BadCodec = 202,
    ReservedFlag = 203,
    KeyRule = 204,
    LimitExceeded = 205,
    HeaderCrc = 312,
    FrameCrc = 313,
    RawCrc = 314,
    BodyStructure = 401,
    NonCanonicalCompression = 402,
    ExtensionError = 403,
    UnknownCritical = 404,
    UnexpectedKind = 405,
    BatchStructure = 406,
    UnknownSchema = 501,
    SchemaFork = 502,
    SchemaTooOld = 503,
    SchemaVersionUnknown = 504,
    SchemaForward = 505,
    SchemaTooNew = 506,
    SchemaOverstated = 507,
    UnknownDictionary = 601,
    CodecUnavailable = 602,
    CodecProfile = 603,
    Decompress = 604,
    DictionaryClash = 605,
    NotAStream = 701,
    StreamEdited = 702,
    Unterminated = 703,
    NoStreamId = 704,
    PayloadSyntax = 801,
    PayloadDepth = 809,
    PayloadWireType = 810,
    PayloadRange = 811,
    PayloadEnum = 812,
    PayloadUtf8 = 813,
    PayloadTwice = 814,
    PayloadOneof = 815,
    PayloadRequired = 816,
    PayloadUnknown = 817,
}

impl Code {
    /// The four digits of the registry.
    #[must_use]
    pub fn number(self) -> String {
        format!("{:04}", self as u16)
    }

    /// The name of the registry.
    #[must_use]
    pub fn name(self) -> String {
        format!("{self:?}")
    }

    /// Every error that describes a frame, a stream or a payload.
    pub const ALL: [Self; 44] = [
        Self::BadMagic,
        Self::UnsupportedVersion,
        Self::Truncated,
        Self::TrailingData,
        Self::BadKind,
        Self::BadCodec,
        Self::ReservedFlag,
        Self::KeyRule,
        Self::LimitExceeded,
        Self::HeaderCrc,
        Self::FrameCrc,
        Self::RawCrc,
        Self::BodyStructure,
        Self::NonCanonicalCompression,
        Self::ExtensionError,
        Self::UnknownCritical,
        Self::UnexpectedKind,
        Self::BatchStructure,
        Self::UnknownSchema,
        Self::SchemaFork,
        Self::SchemaTooOld,
        Self::SchemaVersionUnknown,
        Self::SchemaForward,
        Self::SchemaTooNew,
        Self::SchemaOverstated,
        Self::UnknownDictionary,
        Self::CodecUnavailable,
        Self::CodecProfile,
        Self::Decompress,
        Self::DictionaryClash,
        Self::NotAStream,
        Self::StreamEdited,
        Self::Unterminated,
        Self::NoStreamId,
        Self::PayloadSyntax,
        Self::PayloadDepth,
        Self::PayloadWireType,
        Self::PayloadRange,
        Self::PayloadEnum,
        Self::PayloadUtf8,
        Self::PayloadTwice,
        Self::PayloadOneof,
        Self::PayloadRequired,
        Self::PayloadUnknown,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_that_of_the_registry() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/REGISTRY.md");
        let registry = std::fs::read_to_string(path).unwrap();
        let rows: Vec<(String, String)> = registry
            .lines()
            // What an implementation adds of its own stands in a table behind.
            .take_while(|line| !line.starts_with("The rest of"))
            .filter_map(|line| {
                let mut cells = line.split('|').map(str::trim).skip(1);
                let (number, name) = (cells.next()?, cells.next()?);
                let is_number =
                    number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit());
                is_number.then(|| (number.to_owned(), name.to_owned()))
            })
            // Extension types have four digits too, and stand before the errors.
            .skip_while(|(_, name)| name != "BadMagic")
            .collect();
        let ours: Vec<_> = Code::ALL.iter().map(|code| (code.number(), code.name())).collect();
        assert_eq!(rows, ours);
    }
}
