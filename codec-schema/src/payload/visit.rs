//! What a walk tells: one event for each value, in the order of the bytes.

use super::error::PayloadError;
use super::layout::{EnumLayout, FieldLayout, MessageLayout};

/// Is told what a payload holds while it is walked, and may end the walk.
///
/// Nothing is allocated for an event. What was told before a refusal is worth nothing: a payload is good when its walk is over.
pub trait Visitor<'l, 'p> {
    /// How the walk ends early: the payload is refused, or the visitor has its own reason.
    type Error: From<PayloadError>;

    /// A message begins: the root, or a value of a field.
    ///
    /// # Errors
    ///
    /// The visitor's own; the walk ends with it.
    fn enter(&mut self, place: Place<'l>, message: &'l MessageLayout) -> Result<(), Self::Error> {
        let _ = (place, message);
        Ok(())
    }

    /// The message that was entered last ends.
    ///
    /// # Errors
    ///
    /// The visitor's own; the walk ends with it.
    fn leave(&mut self, place: Place<'l>, message: &'l MessageLayout) -> Result<(), Self::Error> {
        let _ = (place, message);
        Ok(())
    }

    /// A repeated field or a map goes on after other fields stood in between.
    ///
    /// # Errors
    ///
    /// The visitor's own; the walk ends with it.
    fn resume(&mut self, place: Place<'l>) -> Result<(), Self::Error> {
        let _ = place;
        Ok(())
    }

    /// The key of an entry of a map; the value follows, its default when the entry has none.
    ///
    /// # Errors
    ///
    /// The visitor's own; the walk ends with it.
    fn key(&mut self, place: Place<'l>, key: Value<'l, 'p>) -> Result<(), Self::Error> {
        let _ = (place, key);
        Ok(())
    }

    /// A value that is no message: of a field, of a repeated field one of them, of a map that beside the key told last.
    ///
    /// # Errors
    ///
    /// The visitor's own; the walk ends with it.
    fn value(&mut self, place: Place<'l>, value: Value<'l, 'p>) -> Result<(), Self::Error> {
        let _ = (place, value);
        Ok(())
    }
}

/// Where in the payload a visitor is.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Place<'l> {
    /// The field; nothing for the root.
    pub field: Option<&'l FieldLayout>,
    /// The byte of the payload at which the value stands, or the message begins or ends.
    pub offset: usize,
}

/// A value that is no message.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Value<'l, 'p> {
    /// `bool`
    Bool(bool),
    /// `bytes`, and a string whose UTF-8 nobody verifies when it is none.
    Bytes(&'p [u8]),
    /// `double`
    Double(f64),
    /// An enum: the number, and the type that may have a name for it.
    Enum(i32, &'l EnumLayout),
    /// `float`
    Float(f32),
    /// `int32`, `sint32`, `sfixed32`
    Int32(i32),
    /// `int64`, `sint64`, `sfixed64`
    Int64(i64),
    /// `string`
    String(&'p str),
    /// `uint32`, `fixed32`
    Uint32(u32),
    /// `uint64`, `fixed64`
    Uint64(u64),
}

/// Listens to nothing.
pub(super) struct Nobody;

impl Visitor<'_, '_> for Nobody {
    type Error = PayloadError;
}
