//! Descriptors of protobuf messages (SPEC KEY-6, KEY-7): one canonical text, which people can read, print and review.
//!
//! `resolve` makes types of a descriptor set, `print` gives their text, `parse` takes it back under the `rules` of the language.

mod default;
#[cfg(feature = "descriptor-set")]
mod descriptor_proto;
#[cfg(feature = "descriptor-set")]
mod features;
mod line;
mod model;
mod number;
mod parse;
mod print;
#[cfg(feature = "descriptor-set")]
mod resolve;
mod rules;

pub use self::model::{
    Enum, Field, FieldType, Label, Message, ProtobufSchema, Ranges, Scalar, Type, json_name,
};
