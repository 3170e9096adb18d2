//! The schema of the envelope, as it is locked in `strictframe.lock`.

use core::fmt;

use strictframe::{EncodeError, Registry, RegistryError, Schema as _, SchemaError, SchemaKey};

use crate::messages::v1::DashStreamMessage;

/// The key that every frame of telemetry bears.
#[must_use]
pub const fn schema_key() -> SchemaKey {
    DashStreamMessage::SCHEMA.key()
}

/// The SCHEMA frame that describes it, for streams and for the topic beside the data.
#[must_use]
pub const fn schema_frame() -> &'static [u8] {
    include_bytes!(concat!(env!("OUT_DIR"), "/envelope.frame"))
}

/// A registry that knows every locked version of the envelope; its own is the newest.
///
/// # Errors
/// None as long as the lock is one that the build has accepted.
pub fn registry() -> Result<Registry, RegistryError> {
    Registry::new().with_message::<DashStreamMessage>()
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
