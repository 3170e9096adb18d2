//! SCHEMA and DICT frames on their own, as they travel beside the data.

use core::fmt;

use bytes::Bytes;
use strictframe::core::control::Control;
use strictframe::core::{Content, Parts, identity};
use strictframe::{
    Dictionary, ErrorKind, Frame, Kind, KnownSchema, Limits, Schema as _, SchemaKey,
};

use crate::framing::Refused;
use crate::messages::v1::DashStreamMessage;
use crate::schema::schema_frame;

/// One schema or dictionary as readers are told of it: a SCHEMA or DICT frame, verified.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Definition {
    id: DefinitionId,
    frame: Bytes,
}

/// What a definition defines.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum DefinitionId {
    /// The dictionary with this id.
    Dictionary([u8; 4]),
    /// The schema with this key.
    Schema(SchemaKey),
}

impl Definition {
    /// That of the envelope.
    #[must_use]
    pub const fn envelope() -> Self {
        Self::constant(DashStreamMessage::SCHEMA, schema_frame())
    }

    /// That of a locked type, whose frame the build has written.
    pub(crate) const fn constant(schema: &KnownSchema, frame: &'static [u8]) -> Self {
        Self { id: DefinitionId::Schema(schema.key()), frame: Bytes::from_static(frame) }
    }

    /// That of a dictionary.
    ///
    /// # Errors
    /// `LimitExceeded` for one that no frame can hold.
    pub fn dictionary(dictionary: &Dictionary) -> Result<Self, Refused> {
        let mut frame = Vec::new();
        // What does not fit is refused by the verification.
        let _ = Parts::control(Kind::DICT, &[dictionary.bytes()]).write(&mut frame);
        Self::verify(frame.into(), &Limits::MAXIMUM)
    }

    /// Takes a SCHEMA or DICT frame, after verifying it.
    ///
    /// # Errors
    /// [`Refused::Frame`] for what is no intact frame, and `UnexpectedKind` for one of another kind.
    pub fn verify(frame: Bytes, limits: &Limits) -> Result<Self, Refused> {
        let id = match Frame::parse(&frame, limits)?.content() {
            Content::Control(Control::Schema(schema)) => DefinitionId::Schema(schema.key()),
            Content::Control(Control::Dictionary(bytes)) => {
                DefinitionId::Dictionary(identity::dictionary_id(bytes))
            }
            _ => return Err(ErrorKind::UnexpectedKind.at(2).into()),
        };
        Ok(Self { id, frame })
    }

    /// What it defines.
    #[must_use]
    pub const fn id(&self) -> DefinitionId {
        self.id
    }

    /// The frame.
    #[must_use]
    pub const fn frame(&self) -> &Bytes {
        &self.frame
    }
}

impl fmt::Display for DefinitionId {
    /// `schema-` or `dictionary-` and the id in hex: the key it has in a compacted topic.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dictionary(id) => write!(f, "dictionary-{:08x}", u32::from_be_bytes(*id)),
            Self::Schema(key) => write!(f, "schema-{:032x}", u128::from_be_bytes(key.to_bytes())),
        }
    }
}
