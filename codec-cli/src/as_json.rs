//! Records as JSON, by the schemas that their stream carries.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use strictframe::core::control::Schema;
use strictframe::core::identity::Encoding;
use strictframe::{Descriptor, SchemaKey};
use strictframe_schema::payload::{Layout, PayloadError, Scratch, write_opaque};

use crate::failure::{self, Refusal, numbered};
use crate::terminal::tame;

/// The schemas of a stream, ready to read its records by.
#[derive(Default)]
pub(crate) struct Schemas {
    known: BTreeMap<SchemaKey, Shape>,
    /// The descriptors' bytes in sum.
    bytes: usize,
    scratch: Scratch,
}

/// What the records of a schema are.
enum Shape {
    Json,
    /// Bytes that only their users understand; whether that was said.
    Opaque {
        name: String,
        is_told: bool,
    },
    Protobuf(Box<Layout>),
    /// Why they cannot be read.
    Unusable(String),
}

impl Schemas {
    /// Takes in what a SCHEMA frame brings.
    pub(crate) fn take_in(&mut self, schema: &Schema<'_>) {
        if self.known.contains_key(&schema.key()) {
            return;
        }
        let len = self.bytes.saturating_add(schema.descriptor().len());
        let shape = match schema.encoding() {
            Encoding::PROTOBUF if len > MOST => {
                Shape::Unusable("the stream has more schemas than are held".to_owned())
            }
            _ => match Descriptor::from_body(schema) {
                Ok(descriptor) => return self.add(&descriptor),
                Err(error) => Shape::Unusable(error.to_string()),
            },
        };
        self.known.insert(schema.key(), shape);
    }

    /// Takes in a schema.
    pub(crate) fn add(&mut self, descriptor: &Descriptor) {
        let shape = match descriptor.encoding() {
            Encoding::JSON => Shape::Json,
            Encoding::PROTOBUF => {
                self.bytes = self.bytes.saturating_add(descriptor.canonical().len());
                match Layout::new(descriptor) {
                    Ok(layout) => Shape::Protobuf(Box::new(layout)),
                    Err(error) => Shape::Unusable(error.to_string()),
                }
            }
            _ => Shape::Opaque { name: tame(descriptor.name(), NAME), is_told: false },
        };
        self.known.insert(descriptor.key(), shape);
    }

    /// The layout of the records of a schema of protobuf.
    pub(crate) fn layout(&mut self, key: &SchemaKey) -> Option<(&Layout, &mut Scratch)> {
        match self.known.get(key) {
            Some(Shape::Protobuf(layout)) => Some((layout, &mut self.scratch)),
            _ => None,
        }
    }

    /// Appends a record as one JSON value. Records of JSON stay as they are but for an LF in them; opaque ones are base64 in an object that says so.
    pub(crate) fn write(
        &mut self,
        key: &SchemaKey,
        record: &[u8],
        out: &mut String,
    ) -> Result<(), Box<Refusal>> {
        let Self { known, scratch, .. } = self;
        match known.get_mut(key) {
            Some(Shape::Json) => {
                let text = core::str::from_utf8(record).map_err(|_| not_json("not UTF-8"))?;
                serde_json::from_str::<IgnoredAny>(text)
                    .map_err(|error| not_json(&error.to_string()))?;
                // All that an LF can be in JSON is white space.
                out.extend(text.chars().map(|it| if it == '\n' { ' ' } else { it }));
                Ok(())
            }
            Some(Shape::Opaque { name, is_told }) => {
                if !core::mem::replace(is_told, true) {
                    failure::warn(format_args!(
                        "records of {name} are opaque: they are written as base64"
                    ));
                }
                write_opaque(record, out);
                Ok(())
            }
            Some(Shape::Protobuf(layout)) => {
                let written = layout.to_json(record, scratch, out);
                written.map(|_| ()).map_err(|error| refused(&error))
            }
            Some(Shape::Unusable(what)) => Err(Box::new(Refusal {
                code: Some(numbered(803)),
                name: Some("SchemaRefused"),
                message: format!("its schema cannot be used: {what}"),
                help: "unpack without --as gives the records as they are".to_owned(),
                ..Refusal::default()
            })),
            None => Err(Box::new(Refusal {
                code: Some(numbered(501)),
                name: Some("UnknownSchema"),
                message: "the stream does not carry its schema".to_owned(),
                help: "unpack without --as gives the records as they are".to_owned(),
                ..Refusal::default()
            })),
        }
    }
}

/// The refusal of a payload.
pub(crate) fn refused(error: &PayloadError) -> Box<Refusal> {
    Box::new(Refusal {
        code: Some(numbered(error.kind().code())),
        name: Some(error.kind().name()),
        message: error.to_string(),
        help: format!("see `strictframe explain {}`", numbered(error.kind().code())),
        ..Refusal::default()
    })
}

fn not_json(what: &str) -> Box<Refusal> {
    Box::new(Refusal {
        code: Some(numbered(801)),
        name: Some("PayloadSyntax"),
        message: format!("its schema says JSON, and it is none: {what}"),
        help: "unpack without --as gives the record as it is".to_owned(),
        ..Refusal::default()
    })
}

/// The longest name of a schema that is shown, in characters.
const NAME: usize = 200;
/// The most bytes of descriptors that are held; a compiled one takes up to twenty times its length.
const MOST: usize = 8 << 20;
