//! The canonical form of a JSON Schema, which is the descriptor of a JSON type (KEY-3, KEY-4).
//!
//! `text` gives tokens, `parse` reads them and leaves out annotations, `position` knows where schema objects are,
//! `number` decides whether binary64 holds a number, `write` prints RFC 8785, `escape` its strings.

use alloc::vec::Vec;

use crate::error::SchemaError;

pub(crate) use self::parse::parse;
#[cfg(feature = "change")]
pub(crate) use self::value::{Name, Value};
pub(crate) use self::write::write;

mod escape;
mod number;
mod parse;
mod position;
mod text;
mod value;
mod write;

#[cfg(feature = "protobuf")]
pub(crate) use self::escape::string as write_string;
#[cfg(feature = "payload")]
pub(crate) use self::text::Text;

/// The canonical descriptor of the JSON Schema whose text is `schema`.
///
/// Equal for texts that differ in white space, member order, escapes, the spelling of numbers and
/// the annotations of schema objects. Idempotent: a canonical descriptor is its own canonical
/// form. The rules on what is refused hold for the whole text, what is left out included.
///
/// # Errors
///
/// The first offence from left to right, each with its offset in `schema`: any kind of
/// [`SchemaErrorKind`](crate::SchemaErrorKind) whose doc says that it concerns a schema text.
pub fn canonical_json(schema: &[u8]) -> Result<Vec<u8>, SchemaError> {
    let root = parse(schema)?;
    Ok(write(&root))
}
