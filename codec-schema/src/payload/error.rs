//! Why a payload was refused: one kind, one offset and, where there is one, the field.

use core::fmt;

/// What is wrong with a payload. One reason each; some share a code of the registry.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum PayloadErrorKind {
    /// SPEC PAY-9: a closed enum has no value of this number.
    EnumValue,
    /// SPEC PAY-6: a field that may stand once stands there again.
    FieldTwice,
    /// SPEC PAY-3: an end tag that ends no group, or another one.
    GroupEnd,
    /// SPEC PAY-3: a group has no end tag.
    GroupOpen,
    /// JSON has no form: a Duration is out of range, or its parts differ in sign.
    JsonDuration,
    /// JSON has no form: a path of a FieldMask has no form in JSON that reads back.
    JsonFieldMask,
    /// JSON has no form: another field of the message has the same name in JSON.
    JsonName,
    /// JSON has no form: a string that is not UTF-8 has no form in JSON.
    JsonText,
    /// JSON has no form: a Timestamp is out of the years 1 to 9999.
    JsonTimestamp,
    /// JSON has no form: the text would be longer than 64 MiB.
    JsonTooLong,
    /// JSON has no form: a Value without a kind, or with a number that is not finite, has no form in JSON.
    JsonValue,
    /// SPEC PAY-2: a length reaches beyond the message it stands in.
    LengthBeyond,
    /// SPEC PAY-8: a map has this key already.
    MapKeyTwice,
    /// SPEC PAY-10: a string is not UTF-8.
    NotUtf8,
    /// SPEC PAY-7: a oneof has a value already.
    OneofTwice,
    /// SPEC PAY-9: the field's type does not have this number.
    OutOfRange,
    /// SPEC PAY-11: a required field is missing.
    RequiredMissing,
    /// SPEC PAY-2: a tag says a field number or a wire type that there is not.
    TagInvalid,
    /// SPEC PAY-4: messages are nested deeper than 64 levels.
    TooDeep,
    /// SPEC PAY-2: the message ends inside a varint or a number of fixed length.
    Truncated,
    /// SPEC PAY-12: the writer's own schema does not have this field.
    UnknownField,
    /// SPEC PAY-2: a varint uses more bytes than its number needs.
    VarintPadded,
    /// SPEC PAY-2: a varint goes on beyond 64 bits.
    VarintTooLong,
    /// SPEC PAY-5: a field has another wire type than its type.
    WireType,
}

impl PayloadErrorKind {
    /// All kinds.
    pub const ALL: [Self; 24] = [
        Self::EnumValue,
        Self::FieldTwice,
        Self::GroupEnd,
        Self::GroupOpen,
        Self::JsonDuration,
        Self::JsonFieldMask,
        Self::JsonName,
        Self::JsonText,
        Self::JsonTimestamp,
        Self::JsonTooLong,
        Self::JsonValue,
        Self::LengthBeyond,
        Self::MapKeyTwice,
        Self::NotUtf8,
        Self::OneofTwice,
        Self::OutOfRange,
        Self::RequiredMissing,
        Self::TagInvalid,
        Self::TooDeep,
        Self::Truncated,
        Self::UnknownField,
        Self::VarintPadded,
        Self::VarintTooLong,
        Self::WireType,
    ];

    /// The number of the registry, printed as `SF-` and four digits.
    #[must_use]
    pub const fn code(self) -> u16 {
        self.row().0
    }

    /// The name of the registry.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().1
    }

    /// The reason in the form that scripts match, such as `varint-padded`; stable.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        self.row().2
    }

    /// One sentence without capital or full stop.
    #[must_use]
    pub const fn summary(self) -> &'static str {
        self.row().3
    }

    /// The clause of the specification that is broken; PAY-1, which all others serve, where only JSON has no form.
    #[must_use]
    pub const fn clause(self) -> &'static str {
        match self {
            Self::LengthBeyond
            | Self::TagInvalid
            | Self::Truncated
            | Self::VarintPadded
            | Self::VarintTooLong => "PAY-2",
            Self::GroupEnd | Self::GroupOpen => "PAY-3",
            Self::TooDeep => "PAY-4",
            Self::WireType => "PAY-5",
            Self::FieldTwice => "PAY-6",
            Self::OneofTwice => "PAY-7",
            Self::MapKeyTwice => "PAY-8",
            Self::EnumValue | Self::OutOfRange => "PAY-9",
            Self::NotUtf8 => "PAY-10",
            Self::RequiredMissing => "PAY-11",
            Self::UnknownField => "PAY-12",
            Self::JsonDuration
            | Self::JsonFieldMask
            | Self::JsonName
            | Self::JsonText
            | Self::JsonTimestamp
            | Self::JsonTooLong
            | Self::JsonValue => "PAY-1",
        }
    }

    const fn row(self) -> (u16, &'static str, &'static str, &'static str) {
        const SYNTAX: (u16, &str) = (801, "PayloadSyntax");
        const NO_JSON: (u16, &str) = (818, "PayloadNoJson");
        let ((code, name), reason, summary) = match self {
            Self::EnumValue => {
                ((812, "PayloadEnum"), "enum-value", "a closed enum has no value of this number")
            }
            Self::FieldTwice => {
                ((814, "PayloadTwice"), "field-twice", "a field that is not repeated stands twice")
            }
            Self::GroupEnd => (SYNTAX, "group-end", "an end tag ends no group that is open here"),
            Self::GroupOpen => (SYNTAX, "group-open", "a group has no end tag"),
            Self::JsonDuration => (
                NO_JSON,
                "json-duration",
                "a Duration is out of range, or its parts differ in sign",
            ),
            Self::JsonFieldMask => (
                NO_JSON,
                "json-field-mask",
                "a path of a FieldMask has no form in JSON that reads back",
            ),
            Self::JsonName => {
                (NO_JSON, "json-name", "another field of the message has the same name in JSON")
            }
            Self::JsonText => {
                (NO_JSON, "json-text", "a string that is not UTF-8 has no form in JSON")
            }
            Self::JsonTimestamp => {
                (NO_JSON, "json-timestamp", "a Timestamp is out of the years 1 to 9999")
            }
            Self::JsonTooLong => {
                (NO_JSON, "json-too-long", "the record as JSON is longer than 64 MiB")
            }
            Self::JsonValue => (
                NO_JSON,
                "json-value",
                "a Value without a kind, or with a number that is not finite, has no form in JSON",
            ),
            Self::LengthBeyond => {
                (SYNTAX, "length-beyond", "a length reaches beyond the message it stands in")
            }
            Self::MapKeyTwice => {
                ((814, "PayloadTwice"), "map-key-twice", "a map has this key already")
            }
            Self::NotUtf8 => ((813, "PayloadUtf8"), "not-utf8", "a string is not UTF-8"),
            Self::OneofTwice => {
                ((815, "PayloadOneof"), "oneof-twice", "a oneof has more than one field")
            }
            Self::OutOfRange => (
                (811, "PayloadRange"),
                "out-of-range",
                "a number is out of the range of the field's type",
            ),
            Self::RequiredMissing => {
                ((816, "PayloadRequired"), "required-missing", "a required field is missing")
            }
            Self::TagInvalid => {
                (SYNTAX, "tag-invalid", "a tag has a field number or wire type that there is not")
            }
            Self::TooDeep => {
                ((809, "PayloadDepth"), "too-deep", "messages are nested deeper than 64 levels")
            }
            Self::Truncated => (SYNTAX, "truncated", "the message ends inside a number"),
            Self::UnknownField => (
                (817, "PayloadUnknown"),
                "unknown-field",
                "the schema that the frame names does not have this field",
            ),
            Self::VarintPadded => {
                (SYNTAX, "varint-padded", "a varint uses more bytes than it needs")
            }
            Self::VarintTooLong => (SYNTAX, "varint-too-long", "a varint has more than 64 bits"),
            Self::WireType => {
                ((810, "PayloadWireType"), "wire-type", "a field has the wire type of another type")
            }
        };
        (code, name, reason, summary)
    }
}

/// A refusal: its kind, the byte of the payload it is about, and the field.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct PayloadError {
    kind: PayloadErrorKind,
    offset: u64,
    field: Option<u32>,
}

impl PayloadError {
    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> PayloadErrorKind {
        self.kind
    }

    /// The byte of the payload that it is about.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// The number of the field that it is about, when the payload got as far as to name it.
    #[must_use]
    pub const fn field(&self) -> Option<u32> {
        self.field
    }

    pub(super) fn at(offset: usize, kind: PayloadErrorKind) -> Self {
        Self { kind, offset: u64::try_from(offset).unwrap_or(u64::MAX), field: None }
    }

    /// The same, in a payload that begins there in another one.
    #[must_use]
    pub(super) fn behind(mut self, offset: usize) -> Self {
        self.offset = self.offset.saturating_add(u64::try_from(offset).unwrap_or(u64::MAX));
        self
    }

    /// The same, of that field if it is of none yet.
    #[must_use]
    pub(super) const fn of(mut self, field: u32) -> Self {
        if self.field.is_none() {
            self.field = Some(field);
        }
        self
    }
}

impl fmt::Display for PayloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.summary())?;
        match self.field {
            Some(field) => write!(f, " (field {field}, at byte {} of the payload)", self.offset),
            None => write!(f, " (at byte {} of the payload)", self.offset),
        }
    }
}

impl core::error::Error for PayloadError {}
