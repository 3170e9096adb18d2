//! What a protobuf type is, resolved: every feature, default and type name said outright (SPEC KEY-6).

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use strictframe_core::map::Map;

/// Messages and enums by their full names.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ProtobufSchema {
    pub(crate) types: Map<String, Type>,
}

/// A message or an enum.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Type {
    /// An enum.
    Enum(Enum),
    /// A message.
    Message(Message),
}

/// A message type.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Message {
    /// Its fields and the known extensions of it, by number.
    pub fields: Map<u32, Field>,
    /// Numbers open to extensions.
    pub extensions: Ranges,
    /// Numbers no field may have.
    pub reserved: Ranges,
    /// Names no field may have.
    pub reserved_names: Map<String, ()>,
}

/// A field of a message, or an extension of it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Field {
    /// The name; the full name of an extension.
    pub name: String,
    /// Whether it is an extension.
    pub is_extension: bool,
    /// The type of one value.
    pub kind: FieldType,
    /// How many values there are, and how none is told from the default.
    pub label: Label,
    /// The oneof it is an arm of.
    pub oneof: Option<String>,
    /// The default the schema declares, as the canonical text prints it.
    pub default: Option<String>,
    /// The name in JSON, when it is not the one that follows from the name.
    pub json_name: Option<String>,
}

/// The type of a field's value.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum FieldType {
    /// An enum, by its full name.
    Enum(String),
    /// A message between a start and an end tag, by its full name.
    Group(String),
    /// A map; the value is a scalar, an enum or a message.
    Map(Scalar, Box<Self>),
    /// A message behind its length, by its full name.
    Message(String),
    /// A scalar.
    Scalar(Scalar),
}

/// How many values a field has.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Label {
    /// At most one; none and the default are two things.
    Explicit,
    /// At most one; the default is not written.
    Implicit,
    /// Any number, written together where the type allows.
    Packed,
    /// Any number, each with its tag.
    Repeated,
    /// Exactly one.
    Required,
}

/// A scalar type.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[allow(missing_docs, reason = "the names are those of the protobuf language")]
#[non_exhaustive]
pub enum Scalar {
    Bool,
    Bytes,
    Double,
    Fixed32,
    Fixed64,
    Float,
    Int32,
    Int64,
    Sfixed32,
    Sfixed64,
    Sint32,
    Sint64,
    String,
    /// A string whose bytes need not be UTF-8.
    StringUnverified,
    Uint32,
    Uint64,
}

/// An enum type.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Enum {
    /// Whether values without a name are refused.
    pub is_closed: bool,
    /// The value a field has that was not given one.
    pub first: i32,
    /// Names by number; aliases in the order of their declaration.
    pub values: Map<i32, Vec<String>>,
    /// Numbers no value may have.
    pub reserved: Ranges,
    /// Names no value may have.
    pub reserved_names: Map<String, ()>,
}

/// Disjoint ranges of numbers, both ends included, in ascending order and never adjacent.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Ranges(Vec<(i64, i64)>);

impl Ranges {
    /// Adds the numbers `first..=last`; nothing when `last` is below `first`.
    pub fn add(&mut self, first: i64, last: i64) {
        if first > last {
            return;
        }
        let (mut low, mut high) = (first, last);
        let mut kept = Vec::new();
        for (start, end) in self.0.drain(..) {
            if end < low.saturating_sub(1) || start > high.saturating_add(1) {
                kept.push((start, end));
            } else {
                (low, high) = (low.min(start), high.max(end));
            }
        }
        kept.push((low, high));
        kept.sort_unstable();
        self.0 = kept;
    }

    /// Whether `number` is in one of the ranges.
    #[must_use]
    pub fn contain(&self, number: i64) -> bool {
        let behind = self.0.partition_point(|(_, end)| *end < number);
        self.0.get(behind).is_some_and(|(start, _)| *start <= number)
    }

    /// Whether every number of `other` is in one of the ranges.
    #[must_use]
    pub fn cover(&self, other: &Self) -> bool {
        other
            .iter()
            .all(|(first, last)| self.iter().any(|(start, end)| start <= first && last <= end))
    }

    /// The ranges, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.0.iter().copied()
    }

    /// Whether there is no range.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl ProtobufSchema {
    /// The type of that full name, written without a leading dot.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Type> {
        self.types.get(name)
    }

    /// The message of that full name.
    #[must_use]
    pub fn message(&self, name: &str) -> Option<&Message> {
        match self.types.get(name) {
            Some(Type::Message(message)) => Some(message),
            _ => None,
        }
    }

    /// The enum of that full name.
    #[must_use]
    pub fn enumeration(&self, name: &str) -> Option<&Enum> {
        match self.types.get(name) {
            Some(Type::Enum(found)) => Some(found),
            _ => None,
        }
    }

    /// The types with their full names, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Type)> {
        self.types.iter().map(|(name, kind)| (name.as_str(), kind))
    }

    /// The message `root` and every type it leads to; nothing when there is no such message. A name that leads nowhere is left out.
    // SPEC [KEY-6]: the transitive closure, and nothing else of what was compiled beside it.
    #[must_use]
    pub fn closure(&self, root: &str) -> Option<Self> {
        self.message(root)?;
        let mut types = Map::new();
        let mut due = Vec::from([root]);
        while let Some(name) = due.pop() {
            let Some((name, found)) = self.types.get_key_value(name) else { continue };
            if types.contains_key(name) {
                continue;
            }
            types.insert(name.clone(), found.clone());
            if let Type::Message(message) = found {
                due.extend(message.fields.values().filter_map(|field| field.kind.type_name()));
            }
        }
        Some(Self { types })
    }
}

impl FieldType {
    /// The full name of the message or enum it is, or that a map's values are.
    #[must_use]
    pub fn type_name(&self) -> Option<&str> {
        match self {
            Self::Enum(name) | Self::Group(name) | Self::Message(name) => Some(name),
            Self::Map(_, value) => value.type_name(),
            Self::Scalar(_) => None,
        }
    }

    /// Whether repeated values of it may be written together.
    #[must_use]
    pub fn is_packable(&self) -> bool {
        match self {
            Self::Enum(_) => true,
            Self::Scalar(scalar) => {
                !matches!(scalar, Scalar::Bytes | Scalar::String | Scalar::StringUnverified)
            }
            Self::Group(_) | Self::Map(..) | Self::Message(_) => false,
        }
    }
}

impl Field {
    /// The name in JSON: the declared one, or the one that follows from the name. An extension has its full name in brackets.
    #[must_use]
    pub fn json_name(&self) -> String {
        match &self.json_name {
            Some(name) => name.clone(),
            None if self.is_extension => alloc::format!("[{}]", self.name),
            None => json_name(&self.name),
        }
    }
}

impl Label {
    /// Whether a field may have more than one value.
    #[must_use]
    pub const fn is_repeated(self) -> bool {
        matches!(self, Self::Packed | Self::Repeated)
    }

    /// The word of the canonical text.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Explicit => "explicit",
            Self::Implicit => "implicit",
            Self::Packed => "packed",
            Self::Repeated => "repeated",
            Self::Required => "required",
        }
    }
}

impl Scalar {
    /// All scalar types.
    pub const ALL: [Self; 16] = [
        Self::Bool,
        Self::Bytes,
        Self::Double,
        Self::Fixed32,
        Self::Fixed64,
        Self::Float,
        Self::Int32,
        Self::Int64,
        Self::Sfixed32,
        Self::Sfixed64,
        Self::Sint32,
        Self::Sint64,
        Self::String,
        Self::StringUnverified,
        Self::Uint32,
        Self::Uint64,
    ];

    /// The word of the canonical text, which is the protobuf language's but for `string-unverified`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Bytes => "bytes",
            Self::Double => "double",
            Self::Fixed32 => "fixed32",
            Self::Fixed64 => "fixed64",
            Self::Float => "float",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Sfixed32 => "sfixed32",
            Self::Sfixed64 => "sfixed64",
            Self::Sint32 => "sint32",
            Self::Sint64 => "sint64",
            Self::String => "string",
            Self::StringUnverified => "string-unverified",
            Self::Uint32 => "uint32",
            Self::Uint64 => "uint64",
        }
    }

    /// Whether a map may have keys of it.
    #[must_use]
    pub const fn is_map_key(self) -> bool {
        !matches!(self, Self::Bytes | Self::Double | Self::Float)
    }
}

/// The JSON name that follows from a field's name: underscores left out, the letter behind each in upper case.
#[must_use]
pub fn json_name(name: &str) -> String {
    let mut is_next_upper = false;
    let mut json = String::new();
    for character in name.chars() {
        if character == '_' {
            is_next_upper = true;
        } else {
            json.push(if is_next_upper { character.to_ascii_uppercase() } else { character });
            is_next_upper = false;
        }
    }
    json
}
