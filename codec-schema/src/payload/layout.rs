//! A descriptor compiled for walking: types by index, fields by number (SPEC KEY-6).

use alloc::string::String;
use alloc::vec::Vec;

use strictframe_core::identity::Encoding;
use strictframe_core::map::Map;

use super::input::Wire;
use super::well_known::Form;
use crate::Descriptor;
use crate::canonical_json::write_string;
use crate::error::{SchemaError, SchemaErrorKind};
use crate::protobuf::{Enum, Field, FieldType, Label, Message, ProtobufSchema, Scalar, Type};

/// The types of a protobuf descriptor, compiled. Immutable; one is shared by all that read the type.
#[derive(Debug)]
pub struct Layout {
    messages: Vec<MessageLayout>,
    enums: Vec<EnumLayout>,
    root: usize,
}

/// A message type.
#[derive(Debug)]
pub struct MessageLayout {
    name: String,
    /// In ascending order of their numbers.
    fields: Vec<FieldLayout>,
    /// Where the fields of small numbers stand, counted from 1; 0 is no field.
    dense: Vec<u32>,
    /// The required fields.
    required: Vec<usize>,
    /// One for each field, and behind them one for each oneof.
    slots: usize,
    form: Form,
    /// The fields by the names that JSON may have for them, in ascending order; a name of several fields is none.
    json_names: Vec<(String, usize)>,
}

/// A field of a message, or an extension of it.
#[derive(Debug)]
pub struct FieldLayout {
    index: usize,
    number: u32,
    name: String,
    json_name: String,
    /// The name in JSON as a member begins: in quotes, and a colon behind it.
    json_key: String,
    /// Whether no other field has that name in JSON.
    pub(super) is_json_name_own: bool,
    element: Element,
    key: Option<Scalar>,
    label: Label,
    /// The slot of its oneof.
    pub(super) oneof: Option<usize>,
    pub(super) wire: Wire,
    pub(super) is_packable: bool,
}

/// The type of one value of a field; of a map, of the value beside a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Element {
    /// An enum, by its index in the layout.
    Enum(usize),
    /// A message between a start and an end tag, by its index.
    Group(usize),
    /// A message behind its length, by its index.
    Message(usize),
    /// A scalar.
    Scalar(Scalar),
}

/// An enum type.
#[derive(Debug)]
pub struct EnumLayout {
    name: String,
    is_closed: bool,
    first: i32,
    /// The first name of each number, in ascending order of the numbers.
    names: Vec<(i32, String)>,
    /// The number of each name, aliases too, in ascending order of the names.
    numbers: Vec<(String, i32)>,
}

impl Layout {
    /// The layout of the records of `descriptor`.
    ///
    /// # Errors
    ///
    /// `EncodingUnavailable` when the descriptor is not one of protobuf; `TooManyFields` when a message has more than 16,384 fields
    /// or all of them together more than 262,144; `TypeUnknown` when the descriptor does not have its root.
    pub fn new(descriptor: &Descriptor) -> Result<Self, SchemaError> {
        if descriptor.encoding() != Encoding::PROTOBUF {
            return Err(SchemaErrorKind::EncodingUnavailable.into());
        }
        let schema = ProtobufSchema::parse(descriptor.canonical())?;
        Self::of_schema(&schema, descriptor.name())
    }

    /// The layout of the message `root` of `schema`, which may have more types than it leads to.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), and `TypeUnknown` when a field leads to no type of its kind.
    pub fn of_schema(schema: &ProtobufSchema, root: &str) -> Result<Self, SchemaError> {
        let mut indexes = Indexes::default();
        for (name, kind) in schema.iter() {
            indexes.add(name, kind);
        }
        let root = indexes.message(root)?;
        let (mut messages, mut enums, mut total) = (Vec::new(), Vec::new(), 0_usize);
        for (name, kind) in schema.iter() {
            match kind {
                Type::Enum(found) => enums.push(EnumLayout::new(name, found)),
                Type::Message(found) => {
                    total = total.saturating_add(found.fields.len());
                    if are_too_many(found.fields.len(), total) {
                        return Err(SchemaErrorKind::TooManyFields.into());
                    }
                    messages.push(MessageLayout::new(name, found, &indexes)?);
                }
            }
        }
        Ok(Self { messages, enums, root })
    }

    /// The type of a whole payload.
    #[must_use]
    pub fn root(&self) -> Option<&MessageLayout> {
        self.messages.get(self.root)
    }

    /// All message types, in the order of their indexes.
    #[must_use]
    pub fn messages(&self) -> &[MessageLayout] {
        &self.messages
    }

    /// All enum types, in the order of their indexes.
    #[must_use]
    pub fn enums(&self) -> &[EnumLayout] {
        &self.enums
    }

    /// The message type of that index.
    #[must_use]
    pub fn message(&self, index: usize) -> Option<&MessageLayout> {
        self.messages.get(index)
    }

    /// The enum type of that index.
    #[must_use]
    pub fn enumeration(&self, index: usize) -> Option<&EnumLayout> {
        self.enums.get(index)
    }

    /// The message type of that full name.
    #[must_use]
    pub fn message_named(&self, name: &str) -> Option<&MessageLayout> {
        // They stand in the order of their names, as those of a schema do.
        let index = self.messages.binary_search_by(|message| message.name.as_str().cmp(name));
        index.ok().and_then(|index| self.messages.get(index))
    }
}

impl MessageLayout {
    fn new(name: &str, source: &Message, indexes: &Indexes<'_>) -> Result<Self, SchemaError> {
        let mut oneofs = Map::new();
        let mut fields = Vec::new();
        for (number, field) in &source.fields {
            let slot = match &field.oneof {
                Some(oneof) => {
                    let next = source.fields.len().saturating_add(oneofs.len());
                    oneofs.get_or_insert_with(oneof.as_str(), || next).copied()
                }
                None => None,
            };
            fields.push(FieldLayout::new(fields.len(), *number, field, slot, indexes)?);
        }
        let is_required = |field: &FieldLayout| field.label == Label::Required;
        let required = fields.iter().enumerate().filter(|(_, field)| is_required(field));
        Ok(Self {
            name: String::from(name),
            dense: dense(&fields),
            required: required.map(|(index, _)| index).collect(),
            slots: fields.len().saturating_add(oneofs.len()),
            form: Form::of(name, source),
            json_names: json_names(&mut fields),
            fields,
        })
    }

    /// The full name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The fields, in ascending order of their numbers.
    #[must_use]
    pub fn fields(&self) -> &[FieldLayout] {
        &self.fields
    }

    /// The field of that number.
    #[must_use]
    pub fn field(&self, number: u32) -> Option<&FieldLayout> {
        self.find(number).map(|(_, field)| field)
    }

    #[inline]
    pub(super) fn find(&self, number: u32) -> Option<(usize, &FieldLayout)> {
        let index = match usize::try_from(number).ok().and_then(|number| self.dense.get(number)) {
            Some(place) => usize::try_from(*place).ok()?.checked_sub(1)?,
            None => self.fields.binary_search_by_key(&number, |field| field.number).ok()?,
        };
        self.fields.get(index).map(|field| (index, field))
    }

    /// The field that JSON means by a name: its JSON name, or the one of the schema.
    pub(super) fn json_field(&self, name: &str) -> Option<(usize, &FieldLayout)> {
        let found = self.json_names.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok()?;
        let (_, index) = self.json_names.get(found)?;
        self.fields.get(*index).map(|field| (*index, field))
    }

    pub(super) const fn form(&self) -> Form {
        self.form
    }

    pub(super) const fn slots(&self) -> usize {
        self.slots
    }

    pub(super) fn required(&self) -> &[usize] {
        &self.required
    }
}

impl FieldLayout {
    fn new(
        index: usize,
        number: u32,
        source: &Field,
        oneof: Option<usize>,
        indexes: &Indexes<'_>,
    ) -> Result<Self, SchemaError> {
        let (key, kind) = match &source.kind {
            FieldType::Map(key, value) => (Some(*key), value.as_ref()),
            kind => (None, kind),
        };
        let element = match kind {
            FieldType::Enum(name) => Element::Enum(indexes.enumeration(name)?),
            FieldType::Group(name) => Element::Group(indexes.message(name)?),
            FieldType::Message(name) => Element::Message(indexes.message(name)?),
            FieldType::Scalar(scalar) => Element::Scalar(*scalar),
            FieldType::Map(..) => return Err(SchemaErrorKind::TypeRule.into()),
        };
        let json_name = source.json_name();
        let mut json_key = String::new();
        write_string(&mut json_key, &json_name);
        json_key.push(':');
        Ok(Self {
            index,
            number,
            name: source.name.clone(),
            json_name,
            json_key,
            is_json_name_own: true,
            element,
            key,
            label: source.label,
            oneof,
            wire: if key.is_some() { Wire::Delimited } else { element.wire() },
            is_packable: source.label.is_repeated() && source.kind.is_packable(),
        })
    }

    /// Which one it is among the fields of its message.
    #[must_use]
    pub const fn index(&self) -> usize {
        self.index
    }

    /// The number.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// The name; the full name of an extension.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name in JSON: the declared one, or the one that follows from the name; of an extension its full name in brackets.
    #[must_use]
    pub fn json_name(&self) -> &str {
        &self.json_name
    }

    /// The type of one value; of a map, of the value beside a key.
    #[must_use]
    pub const fn element(&self) -> Element {
        self.element
    }

    /// The type of the keys of a map.
    #[must_use]
    pub const fn key(&self) -> Option<Scalar> {
        self.key
    }

    pub(super) fn json_key(&self) -> &str {
        &self.json_key
    }

    pub(super) const fn scalar(&self) -> Option<Scalar> {
        match self.element {
            Element::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// How many values there are, and how none is told from the default.
    #[must_use]
    pub const fn label(&self) -> Label {
        self.label
    }
}

impl Element {
    pub(super) const fn wire(self) -> Wire {
        match self {
            Self::Enum(_) => Wire::Varint,
            Self::Group(_) => Wire::Start,
            Self::Message(_) => Wire::Delimited,
            Self::Scalar(scalar) => wire_of(scalar),
        }
    }
}

impl EnumLayout {
    fn new(name: &str, source: &Enum) -> Self {
        let first_names =
            source.values.iter().filter_map(|(number, names)| Some((*number, names.first()?)));
        let all = source.values.iter();
        let mut numbers: Vec<_> = all
            .flat_map(|(number, names)| names.iter().map(|name| (name.clone(), *number)))
            .collect();
        numbers.sort_unstable();
        Self {
            numbers,
            name: String::from(name),
            is_closed: source.is_closed,
            first: source.first,
            names: first_names.map(|(number, name)| (number, name.clone())).collect(),
        }
    }

    /// The full name.
    #[must_use]
    pub fn type_name(&self) -> &str {
        &self.name
    }

    /// Whether numbers without a name are refused.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// The number that a field has which was not given one.
    #[must_use]
    pub const fn first(&self) -> i32 {
        self.first
    }

    /// The number of that name.
    #[must_use]
    pub fn number_of(&self, name: &str) -> Option<i32> {
        let index = self.numbers.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok()?;
        self.numbers.get(index).map(|(_, number)| *number)
    }

    /// Every number that has a name, in ascending order, with the name; of several the one declared first.
    pub fn iter(&self) -> impl Iterator<Item = (i32, &str)> {
        self.names.iter().map(|(number, name)| (*number, name.as_str()))
    }

    /// The name of that number; of several the one declared first.
    #[must_use]
    pub fn name_of(&self, number: i32) -> Option<&str> {
        let index = self.names.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        self.names.get(index).map(|(_, name)| name.as_str())
    }
}

/// The indexes of types by their names.
#[derive(Default)]
struct Indexes<'a> {
    messages: Map<&'a str, usize>,
    enums: Map<&'a str, usize>,
}

impl<'a> Indexes<'a> {
    fn add(&mut self, name: &'a str, kind: &Type) {
        let indexes = match kind {
            Type::Enum(_) => &mut self.enums,
            Type::Message(_) => &mut self.messages,
        };
        let index = indexes.len();
        indexes.insert(name, index);
    }

    fn message(&self, name: &str) -> Result<usize, SchemaError> {
        self.messages.get(name).copied().ok_or(SchemaErrorKind::TypeUnknown.into())
    }

    fn enumeration(&self, name: &str) -> Result<usize, SchemaError> {
        self.enums.get(name).copied().ok_or(SchemaErrorKind::TypeUnknown.into())
    }
}

pub(super) const fn wire_of(scalar: Scalar) -> Wire {
    match scalar {
        Scalar::Bool
        | Scalar::Int32
        | Scalar::Int64
        | Scalar::Sint32
        | Scalar::Sint64
        | Scalar::Uint32
        | Scalar::Uint64 => Wire::Varint,
        Scalar::Bytes | Scalar::String | Scalar::StringUnverified => Wire::Delimited,
        Scalar::Double | Scalar::Fixed64 | Scalar::Sfixed64 => Wire::Fixed64,
        Scalar::Fixed32 | Scalar::Float | Scalar::Sfixed32 => Wire::Fixed32,
    }
}

/// The names that JSON may have for fields. What two of them would be called is nobody's name.
fn json_names(fields: &mut [FieldLayout]) -> Vec<(String, usize)> {
    // The field of each name, and whether another one has it too.
    let mut names: Map<String, (usize, bool)> = Map::new();
    for (index, field) in fields.iter().enumerate() {
        match names.get_mut(&field.json_name) {
            Some((_, is_shared)) => *is_shared = true,
            None => _ = names.insert(field.json_name.clone(), (index, false)),
        }
    }
    for (index, field) in fields.iter_mut().enumerate() {
        field.is_json_name_own =
            names.get(&field.json_name).is_some_and(|(_, is_shared)| !is_shared);
        // Where the name of one field is the JSON name of another it means the other one, which is what is written.
        names.get_or_insert_with(field.name.clone(), || (index, false));
    }
    let own = names.iter().filter(|(_, (_, is_shared))| !is_shared);
    own.map(|(name, (index, _))| (name.clone(), *index)).collect()
}

/// Of one message, and of all up to it.
const fn are_too_many(fields: usize, total: usize) -> bool {
    fields > MOST_FIELDS || total > MOST_FIELDS_OF_ALL
}

/// The table of the fields whose numbers are small beside how many fields there are, so that no number makes it large.
fn dense(fields: &[FieldLayout]) -> Vec<u32> {
    let end = fields.len().saturating_mul(4).saturating_add(SMALL_NUMBERS);
    let numbers = fields.iter().filter_map(|field| usize::try_from(field.number).ok());
    let last = numbers.filter(|number| *number < end).max();
    let mut table = alloc::vec![0; last.map_or(0, |last| last.saturating_add(1))];
    for (place, field) in (1..).zip(fields) {
        let number = usize::try_from(field.number).ok();
        if let Some(entry) = number.and_then(|number| table.get_mut(number)) {
            *entry = place;
        }
    }
    table
}

/// The most fields of a message: a bit for each is cleared for every message of that type in a payload.
const MOST_FIELDS: usize = 16_384;
/// The most fields of all messages together.
const MOST_FIELDS_OF_ALL: usize = 262_144;
const SMALL_NUMBERS: usize = 64;

#[cfg(test)]
mod tests;
