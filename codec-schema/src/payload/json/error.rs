//! Why a JSON text is no record of its type: one kind, and its place.

use alloc::format;
use alloc::string::String;
use core::fmt;

use crate::error::{SchemaError, SchemaErrorKind};

/// What is wrong with a JSON text.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum JsonErrorKind {
    /// A value is not of the form that its place asks for, which is this.
    Expected(&'static str),
    /// A closed enum has no value of this number, or no enum one of this name.
    EnumValue,
    /// An object has this name, or a map this key, already.
    NameTwice,
    /// The message has no field of this name.
    NameUnknown,
    /// Another field of the oneof is there already.
    OneofTwice,
    /// The type of the field does not have this number.
    OutOfRange,
    /// A required field is missing.
    RequiredMissing,
    /// The text is no JSON, for this reason.
    Syntax(SchemaErrorKind),
    /// Messages are nested deeper than 64 levels.
    TooDeep,
}

impl JsonErrorKind {
    /// The number of the registry, printed as `SF-` and four digits: 801 when the text is no JSON, 802 otherwise.
    #[must_use]
    pub const fn code(self) -> u16 {
        if matches!(self, Self::Syntax(_)) { 801 } else { 802 }
    }

    /// The name of the registry: `PayloadSyntax` or `PayloadSchema`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        if matches!(self, Self::Syntax(_)) { "PayloadSyntax" } else { "PayloadSchema" }
    }
}

impl fmt::Display for JsonErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expected(wanted) => write!(f, "{wanted} was expected"),
            Self::EnumValue => f.write_str("the enum has no such value"),
            Self::NameTwice => f.write_str("the name stands twice"),
            Self::NameUnknown => f.write_str("the message has no field of this name"),
            Self::OneofTwice => f.write_str("another field of the oneof is there already"),
            Self::OutOfRange => f.write_str("the number is out of the range of the field's type"),
            Self::RequiredMissing => f.write_str("a required field is missing"),
            Self::Syntax(SchemaErrorKind::LoneSurrogate) => f.write_str("half of a surrogate pair"),
            Self::Syntax(SchemaErrorKind::NotUtf8) => f.write_str("not UTF-8"),
            Self::Syntax(SchemaErrorKind::Syntax(expected)) => {
                write!(f, "not JSON: {expected} was expected")
            }
            Self::Syntax(_) => f.write_str("not JSON"),
            Self::TooDeep => f.write_str("messages are nested deeper than 64 levels"),
        }
    }
}

/// A refusal: its kind, and its place as a byte of the text and as a JSON pointer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct JsonError {
    kind: JsonErrorKind,
    offset: u64,
    pointer: String,
}

impl JsonError {
    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> JsonErrorKind {
        self.kind
    }

    /// The byte of the text that it is about.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// The place as a JSON pointer (RFC 6901); empty for the whole text. Of a required field that is missing, where it should be.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    pub(super) fn at(offset: usize, kind: JsonErrorKind) -> Self {
        let offset = u64::try_from(offset).unwrap_or(u64::MAX);
        Self { kind, offset, pointer: String::new() }
    }

    /// The same, in the member of that name.
    #[must_use]
    pub(super) fn within(mut self, name: &str) -> Self {
        let name = name.replace('~', "~0").replace('/', "~1");
        self.pointer = format!("/{name}{}", self.pointer);
        self
    }
}

impl From<SchemaError> for JsonError {
    fn from(error: SchemaError) -> Self {
        let kind = JsonErrorKind::Syntax(error.kind());
        Self { kind, offset: error.offset().unwrap_or_default(), pointer: String::new() }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, offset, pointer } = self;
        match pointer.as_str() {
            "" => write!(f, "{kind} (at byte {offset})"),
            pointer => write!(f, "{kind} at {pointer} (at byte {offset})"),
        }
    }
}

impl core::error::Error for JsonError {}
