//! Why a descriptor was refused: one kind and, where it is about a schema text, one offset.

use core::fmt;

/// What is wrong. One reason each; the code is that of the registry and is shared by many.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SchemaErrorKind {
    /// SPEC KEY-7: the bytes are no descriptor set of protobuf, or one that contradicts itself.
    DescriptorSet,
    /// SPEC KEY-6: a descriptor of protobuf is not written as the canonical text is.
    DescriptorSyntax,
    /// The descriptor is so long that no SCHEMA frame can carry it.
    DescriptorTooLong,
    /// SPEC KEY-4: an object of the schema text has this name already.
    DuplicateName,
    /// This build cannot tell whether a descriptor of that encoding is canonical.
    EncodingUnavailable,
    /// SPEC KEY-4: a reference of the schema text leads out of it.
    ExternalReference,
    /// SPEC KEY-4: a string of the schema text holds half of a surrogate pair.
    LoneSurrogate,
    /// SPEC KEY-7: a message has the wire format of message sets.
    MessageSet,
    /// SPEC FRM-9: `min_reader` is 0 or above the version.
    MinReaderRange,
    /// SPEC KEY-2: the lineage name is empty.
    NameEmpty,
    /// SPEC KEY-2: the lineage name begins with a dot.
    NameLeadingDot,
    /// SPEC KEY-2: the lineage name has more than 65535 bytes.
    NameTooLong,
    /// SPEC KEY-3: a descriptor that is not its own canonical form, from this byte on.
    NotCanonical,
    /// The schema text is not UTF-8.
    NotUtf8,
    /// SPEC KEY-4: binary64 does not hold this number of the schema text.
    NumberNotExact,
    /// SPEC KEY-4: the schema text is neither an object nor a boolean.
    RootNotSchema,
    /// The schema text is not JSON.
    Syntax(Expected),
    /// SPEC KEY-4: the schema text is nested deeper than 64 levels.
    TooDeep,
    /// A message has more than 16,384 fields, or all have more than 262,144: too many to be walked.
    TooManyFields,
    /// SPEC KEY-7: there are more than 16,384 types.
    TooManyTypes,
    /// SPEC KEY-7: a field, a value or a type breaks a rule of the protobuf language.
    TypeRule,
    /// SPEC KEY-7: a name leads to no type of its kind.
    TypeUnknown,
    /// SPEC KEY-7: a file has an edition whose defaults are not known here.
    UnknownEdition,
    /// SPEC FRM-9: the version is 0.
    VersionZero,
}

impl SchemaErrorKind {
    /// The number of the registry, printed as `SF-` and four digits: 803 when the schema is
    /// refused, 904 when the name or a number of the key is.
    #[must_use]
    pub const fn code(self) -> u16 {
        if self.is_about_key() { 904 } else { 803 }
    }

    /// The name of the registry: `SchemaRefused` or `KeyRefused`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        if self.is_about_key() { "KeyRefused" } else { "SchemaRefused" }
    }

    /// The reason in the form that scripts match, such as `duplicate-name`; stable.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        self.row().0
    }

    /// One sentence without capital or full stop.
    #[must_use]
    pub const fn summary(self) -> &'static str {
        self.row().1
    }

    const fn is_about_key(self) -> bool {
        matches!(
            self,
            Self::MinReaderRange
                | Self::NameEmpty
                | Self::NameLeadingDot
                | Self::NameTooLong
                | Self::VersionZero
        )
    }

    const fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::DescriptorSet => ("descriptor-set", "not a descriptor set of protobuf"),
            Self::DescriptorSyntax => {
                ("descriptor-syntax", "the canonical text of a protobuf schema goes on otherwise")
            }
            Self::DescriptorTooLong => {
                ("descriptor-too-long", "descriptor does not fit into a SCHEMA frame")
            }
            Self::DuplicateName => ("duplicate-name", "an object has this name already"),
            Self::EncodingUnavailable => {
                ("encoding-unavailable", "descriptors of this encoding cannot be checked here")
            }
            Self::ExternalReference => {
                ("external-reference", "a reference does not begin with `#`")
            }
            Self::LoneSurrogate => ("lone-surrogate", "half of a surrogate pair"),
            Self::MessageSet => ("message-set", "message sets have no descriptor"),
            Self::MinReaderRange => {
                ("min-reader-range", "min_reader is not between 1 and the version")
            }
            Self::NameEmpty => ("name-empty", "schema name is empty"),
            Self::NameLeadingDot => ("name-leading-dot", "schema name begins with a dot"),
            Self::NameTooLong => ("name-too-long", "schema name has more than 65535 bytes"),
            Self::NotCanonical => ("not-canonical", "descriptor is not in canonical form"),
            Self::NotUtf8 => ("not-utf8", "schema is not UTF-8"),
            Self::NumberNotExact => {
                ("number-not-exact", "a 64-bit float does not hold this number as it is written")
            }
            Self::RootNotSchema => ("root-not-schema", "schema is neither an object nor a boolean"),
            Self::Syntax(_) => ("syntax", "schema is not JSON"),
            Self::TooDeep => ("too-deep", "schema is nested deeper than 64 levels"),
            Self::TooManyFields => (
                "too-many-fields",
                "a message has more than 16384 fields, or all have more than 262144",
            ),
            Self::TooManyTypes => ("too-many-types", "schema has more than 16384 types"),
            Self::TypeRule => ("type-rule", "a rule of the protobuf language is broken"),
            Self::TypeUnknown => ("type-unknown", "a name leads to no type of its kind"),
            Self::UnknownEdition => {
                ("unknown-edition", "the defaults of this edition are not known")
            }
            Self::VersionZero => ("version-zero", "schema version is 0"),
        }
    }
}

/// What the grammar of JSON asks for where something else stands, or nothing.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Expected {
    /// A colon between a name and its value.
    Colon,
    /// A comma, or the bracket that closes the array or object.
    CommaOrEnd,
    /// A digit of a number.
    Digit,
    /// White space or nothing, behind the schema.
    EndOfText,
    /// One of the escapes of JSON, whole.
    Escape,
    /// The escape of a control character, which stands there bare.
    EscapedControl,
    /// A name in quotes.
    Name,
    /// The quote that ends a string.
    Quote,
    /// A value.
    Value,
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Colon => "a colon",
            Self::CommaOrEnd => "a comma or a closing bracket",
            Self::Digit => "a digit",
            Self::EndOfText => "the end of the text",
            Self::Escape => "an escape",
            Self::EscapedControl => "the escape of a control character",
            Self::Name => "a name in quotes",
            Self::Quote => "a closing quote",
            Self::Value => "a value",
        })
    }
}

/// A refusal: its kind, and the byte of the schema text it is about.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct SchemaError {
    kind: SchemaErrorKind,
    offset: Option<u64>,
}

impl SchemaError {
    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> SchemaErrorKind {
        self.kind
    }

    /// The byte of the schema text or descriptor that it is about; `None` when it is about the
    /// name, a number of the key, or a descriptor as a whole.
    #[must_use]
    pub const fn offset(&self) -> Option<u64> {
        self.offset
    }

    pub(crate) fn at(offset: usize, kind: SchemaErrorKind) -> Self {
        Self { kind, offset: Some(u64::try_from(offset).unwrap_or(u64::MAX)) }
    }
}

impl From<SchemaErrorKind> for SchemaError {
    fn from(kind: SchemaErrorKind) -> Self {
        Self { kind, offset: None }
    }
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.summary())?;
        if let SchemaErrorKind::Syntax(expected) = self.kind {
            write!(f, ", {expected} was expected")?;
        }
        if let Some(offset) = self.offset {
            write!(f, " (at byte {offset})")?;
        }
        Ok(())
    }
}

impl core::error::Error for SchemaError {}
