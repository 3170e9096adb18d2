//! Why a message was not read or written: one code, and what to do next.

use core::fmt;

use strictframe_core::{Error, ErrorKind, SchemaKey};
use strictframe_schema::SchemaError;
use strictframe_schema::payload::PayloadError;

use super::KnownSchema;

/// A frame that is not the message that was asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum MessageError {
    /// A batch where one message was asked for.
    Batch {
        /// The messages in it.
        count: usize,
    },
    /// The bytes are no frame, or none that can be opened here.
    Frame(Error),
    /// The frame is right, and its payload is not what the schema says.
    Payload {
        /// The message in the frame, from 0; more than 0 only in a batch.
        record: usize,
        /// What is wrong with it.
        refused: PayloadRefused,
    },
    /// The frame is of another type, version or fork.
    Schema(Box<SchemaRefused>),
}

impl MessageError {
    /// The number of the registry; printed as `SF-` and four digits.
    #[must_use]
    pub const fn code(&self) -> u16 {
        match self {
            Self::Batch { .. } => 820,
            Self::Frame(error) => error.kind().code(),
            Self::Payload { refused, .. } => refused.code(),
            Self::Schema(refused) => refused.kind.code(),
        }
    }

    /// The name of the registry.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Batch { .. } => "MessageCount",
            Self::Frame(error) => error.kind().name(),
            Self::Payload { refused, .. } => refused.name(),
            Self::Schema(refused) => refused.kind.name(),
        }
    }

    /// The byte it is about, in the frame; of the message in its payload, when it is about that.
    #[must_use]
    pub const fn offset(&self) -> Option<u64> {
        match self {
            Self::Batch { .. } => Some(2),
            Self::Frame(error) => Some(error.offset()),
            Self::Payload { refused, .. } => refused.offset(),
            Self::Schema(_) => Some(4),
        }
    }
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Batch { count } => {
                write!(
                    f,
                    "a batch of {count} where one message was asked for: take it with decode_messages"
                )
            }
            Self::Frame(error) => error.fmt(f),
            Self::Payload { record: 0, refused } => refused.fmt(f),
            Self::Payload { record, refused } => {
                write!(f, "message {record} of the batch: {refused}")
            }
            Self::Schema(refused) => refused.fmt(f),
        }
    }
}

impl core::error::Error for MessageError {}

impl From<Error> for MessageError {
    fn from(error: Error) -> Self {
        Self::Frame(error)
    }
}

impl From<SchemaRefused> for MessageError {
    fn from(refused: SchemaRefused) -> Self {
        Self::Schema(Box::new(refused))
    }
}

/// A frame's key that is none of those that are read here.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct SchemaRefused {
    /// Which of the refusals of SPEC section 4 it is.
    pub kind: ErrorKind,
    /// What the frame was written with.
    pub found: NamedKey,
    /// What was asked for: the type of the frame's lineage, or all types when none is of it.
    pub expected: Vec<NamedKey>,
}

/// A schema key, and the name of its lineage where it is known.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct NamedKey {
    /// The key, which has the version.
    pub key: SchemaKey,
    /// The name. A frame bears none, so that it comes from the type that was asked for or from the registry.
    pub name: Option<String>,
}

impl SchemaRefused {
    pub(super) fn new(
        kind: ErrorKind,
        key: SchemaKey,
        schemas: impl Iterator<Item = &'static KnownSchema>,
        name: Option<&str>,
    ) -> Self {
        let mut expected: Vec<NamedKey> = schemas.map(NamedKey::from).collect();
        if kind != ErrorKind::UnknownSchema {
            expected.retain(|known| known.key.lineage() == key.lineage());
        }
        let of_lineage = expected.iter().find(|known| known.key.lineage() == key.lineage());
        let name = of_lineage.and_then(|known| known.name.clone()).or(name.map(str::to_owned));
        Self { kind, found: NamedKey { key, name }, expected }
    }

    /// What to do about it.
    fn remedy(&self) -> &'static str {
        match self.kind {
            ErrorKind::SchemaFork => {
                "two branches locked this version: `strictframe schema check --against` finds them, and one has to become the next version"
            }
            ErrorKind::SchemaTooOld => "decode it with a reader of its own time, or write it anew",
            ErrorKind::SchemaVersionUnknown => {
                "build the reader with a lock that has this version, which the writer's has"
            }
            ErrorKind::SchemaForward => {
                "build the reader with the writer's lock, or allow it with SchemaPolicy::AllowForward"
            }
            ErrorKind::SchemaOverstated | ErrorKind::SchemaTooNew => {
                "build the reader with the writer's lock"
            }
            _ => "decode it as its own type, or with decode_any as one of several",
        }
    }
}

/// Both keys, and what to do.
impl fmt::Display for SchemaRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: the frame is of {} where ", self.kind.summary(), self.found)?;
        for (index, expected) in self.expected.iter().enumerate() {
            let before = if index == 0 { "" } else { " or " };
            write!(f, "{before}{expected}")?;
        }
        write!(f, " is read; {} (at byte 4)", self.remedy())
    }
}

/// A key whose name is not known.
impl From<SchemaKey> for NamedKey {
    fn from(key: SchemaKey) -> Self {
        Self { key, name: None }
    }
}

impl From<&KnownSchema> for NamedKey {
    fn from(schema: &KnownSchema) -> Self {
        Self { key: schema.key(), name: Some(schema.name().to_owned()) }
    }
}

impl fmt::Display for NamedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.as_deref().unwrap_or("a schema without a known name,");
        write!(f, "{name} {}", self.key)
    }
}

/// A payload that is not what its schema says, or a value that has none that would be.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PayloadRefused {
    /// The type's own descriptor is none.
    Descriptor(SchemaError),
    /// It is JSON and not of the type, or no JSON.
    Json(JsonFault),
    /// It breaks a rule of protobuf or of its descriptor.
    Protobuf(PayloadError),
    /// Its type refuses what its schema allows.
    Type {
        /// What the type expected.
        expected: &'static str,
    },
}

/// What is wrong with a JSON payload.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct JsonFault {
    /// Whether it is no JSON at all.
    pub is_syntax: bool,
    /// The byte of the payload at which it was noticed; nothing of a value that was to be written.
    pub offset: Option<u64>,
    /// The place, as a JSON pointer; empty for the whole, and where it is not known.
    pub pointer: String,
    /// What was expected there.
    pub expected: String,
}

impl PayloadRefused {
    /// The refusal of a type with a form of its own, which `expected` something else.
    #[must_use]
    pub const fn of_type(expected: &'static str) -> Self {
        Self::Type { expected }
    }

    /// The number of the registry; printed as `SF-` and four digits.
    #[must_use]
    pub const fn code(&self) -> u16 {
        match self {
            Self::Descriptor(error) => error.kind().code(),
            Self::Json(JsonFault { is_syntax: true, .. }) => 801,
            Self::Json(_) | Self::Type { .. } => 802,
            Self::Protobuf(error) => error.kind().code(),
        }
    }

    /// The name of the registry.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Descriptor(error) => error.kind().name(),
            Self::Json(JsonFault { is_syntax: true, .. }) => "PayloadSyntax",
            Self::Json(_) | Self::Type { .. } => "PayloadSchema",
            Self::Protobuf(error) => error.kind().name(),
        }
    }

    /// The byte of the payload that it is about, where it is about one.
    #[must_use]
    pub const fn offset(&self) -> Option<u64> {
        match self {
            Self::Descriptor(_) | Self::Type { .. } => None,
            Self::Json(fault) => fault.offset,
            Self::Protobuf(error) => Some(error.offset()),
        }
    }
}

impl fmt::Display for PayloadRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Descriptor(error) => {
                write!(f, "{error} in the type's own constants: build it again with its lock")
            }
            Self::Json(fault) => fault.fmt(f),
            Self::Protobuf(error) => error.fmt(f),
            Self::Type { expected } => {
                write!(f, "the payload is not what its type reads: expected {expected}")
            }
        }
    }
}

impl fmt::Display for JsonFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { is_syntax, offset, pointer, expected } = self;
        f.write_str(match is_syntax {
            true => "the payload is no JSON",
            false => "the payload is not of its type",
        })?;
        if !pointer.is_empty() {
            write!(f, ", at {pointer}")?;
        }
        write!(f, ": expected {expected}")?;
        match offset {
            Some(offset) => write!(f, " (at byte {offset} of the payload)"),
            None => Ok(()),
        }
    }
}

impl core::error::Error for PayloadRefused {}
