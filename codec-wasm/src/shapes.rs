//! What JavaScript must know of a descriptor to make objects of a tape: names and kinds of all fields.

use strictframe_schema::payload::{Element, EnumLayout, FieldLayout, Layout, MessageLayout};
use strictframe_schema::protobuf::{Label, Scalar};

use crate::values::Values;
use crate::word;

/// Writes a layout: the index of the root; the messages, each with its name and its fields; the enums, each with its name and the numbers that have a name.
pub(crate) fn write(layout: &Layout, out: &mut Values) {
    out.clear(&[]);
    let root = layout.root().map(MessageLayout::name);
    let index = layout.messages().iter().position(|message| Some(message.name()) == root);
    out.push(index.map_or(u32::MAX, word));
    out.push(word(layout.messages().len()));
    for message in layout.messages() {
        out.push_text(message.name());
        out.push(word(message.fields().len()));
        message.fields().iter().for_each(|field| write_field(field, out));
    }
    out.push(word(layout.enums().len()));
    layout.enums().iter().for_each(|found| write_enum(found, out));
}

/// Number, kind, label, kind of the key and one more, index of the type, both names.
fn write_field(field: &FieldLayout, out: &mut Values) {
    let (kind, index) = match field.element() {
        Element::Enum(index) => (ENUM, index),
        Element::Group(index) | Element::Message(index) => (MESSAGE, index),
        Element::Scalar(scalar) => (kind(scalar), 0),
        _ => (0, 0),
    };
    out.push(field.number());
    out.push(kind);
    out.push(match field.label() {
        Label::Implicit => 0,
        Label::Explicit => 1,
        Label::Required => 2,
        _ => 3,
    });
    out.push(field.key().map_or(0, kind_of_key));
    out.push(word(index));
    out.push_text(field.name());
    out.push_text(field.json_name());
}

fn write_enum(found: &EnumLayout, out: &mut Values) {
    out.push_text(found.type_name());
    out.push(found.first().cast_unsigned());
    out.push(word(found.iter().count()));
    for (number, name) in found.iter() {
        out.push(number.cast_unsigned());
        out.push_text(name);
    }
}

fn kind_of_key(key: Scalar) -> u32 {
    kind(key).saturating_add(1)
}

const fn kind(scalar: Scalar) -> u32 {
    match scalar {
        Scalar::Bool => 0,
        Scalar::Int32 | Scalar::Sfixed32 | Scalar::Sint32 => 1,
        Scalar::Fixed32 | Scalar::Uint32 => 2,
        Scalar::Int64 | Scalar::Sfixed64 | Scalar::Sint64 => 3,
        Scalar::Fixed64 | Scalar::Uint64 => 4,
        Scalar::Float => 5,
        Scalar::Double => 6,
        Scalar::String => 7,
        Scalar::Bytes => 8,
        _ => UNVERIFIED,
    }
}

const ENUM: u32 = 9;
const MESSAGE: u32 = 10;
/// A string that need not be UTF-8.
const UNVERIFIED: u32 = 11;
