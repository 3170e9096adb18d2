//! The schema of the envelope, as it is locked in `strictframe.lock`.

use core::fmt;

use strictframe::{EncodeError, KnownVersion, Registry, RegistryError, SchemaError, SchemaKey};
use strictframe_schema::protobuf::ProtobufSchema;

/// The key that every frame of telemetry bears.
#[must_use]
pub const fn schema_key() -> SchemaKey {
    SchemaKey::from_bytes(KEY)
}

/// The SCHEMA frame that describes it, for streams and for the topic beside the data.
#[must_use]
pub const fn schema_frame() -> &'static [u8] {
    include_bytes!(concat!(env!("OUT_DIR"), "/schema.frame"))
}

/// A registry that knows every locked version of the envelope; its own is the newest.
///
/// # Errors
/// None as long as the lock is one that the build has accepted.
pub fn registry() -> Result<Registry, RegistryError> {
    let known = |(version, min_reader, fork_check): &(u16, u16, [u8; 4])| KnownVersion {
        version: *version,
        min_reader: *min_reader,
        fork_check: *fork_check,
    };
    let versions = VERSIONS.iter().map(known).collect();
    let key = schema_key();
    Registry::new().with_lineage(key.lineage(), key.version(), OLDEST_WRITER, versions)
}

/// Why a framer or unframer was not made.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SetupError {
    /// The policy or the dictionary is refused.
    Encode(EncodeError),
    /// The registry is refused; not as long as the lock is one that the build has accepted.
    Registry(RegistryError),
    /// The descriptor is refused; not as long as the lock is one that the build has accepted.
    Schema(SchemaError),
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encode(error) => error.fmt(f),
            Self::Registry(error) => error.fmt(f),
            Self::Schema(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for SetupError {}

impl From<EncodeError> for SetupError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

impl From<RegistryError> for SetupError {
    fn from(error: RegistryError) -> Self {
        Self::Registry(error)
    }
}

impl From<SchemaError> for SetupError {
    fn from(error: SchemaError) -> Self {
        Self::Schema(error)
    }
}

/// The types of the envelope, as the lock has them.
pub(crate) fn types() -> Result<ProtobufSchema, SchemaError> {
    ProtobufSchema::parse(include_bytes!(concat!(env!("OUT_DIR"), "/schema.txt")))
}

/// The full name of the envelope.
pub(crate) const NAME: &str = "dashstream.v1.DashStreamMessage";

include!(concat!(env!("OUT_DIR"), "/schema.rs"));

#[cfg(test)]
mod tests {
    use strictframe::core::Content;
    use strictframe::core::control::Control;
    use strictframe::{Frame, Limits, Outcome, SchemaPolicy};

    use super::*;

    #[test]
    fn the_key_is_that_of_the_schema_frame_and_the_registry_knows_it() {
        let frame = Frame::parse(schema_frame(), &Limits::DEFAULT).unwrap();
        let Content::Control(Control::Schema(schema)) = frame.content() else {
            panic!("a SCHEMA frame")
        };
        assert_eq!(schema.name(), "dashstream.v1.DashStreamMessage");
        assert_eq!(schema.key(), schema_key());
        let judged = registry().unwrap().judge(&schema_key(), SchemaPolicy::default());
        assert_eq!(judged, Ok(Outcome::Exact));
    }
}
