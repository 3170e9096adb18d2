//! What the protobuf language demands of fields, types and names (SPEC KEY-7).

use alloc::string::String;

use strictframe_core::map::Map;

use super::default::is_canonical_default;
use super::model::{Enum, Field, FieldType, Label, Message, ProtobufSchema, Type};
use crate::error::SchemaErrorKind;

/// A rule is broken.
pub(super) struct Broken;

/// The rules a field is held to on its own.
// SPEC [KEY-7]: number, label, oneof and default go together.
pub(super) fn of_field(number: u32, field: &Field) -> Result<(), Broken> {
    let Field { is_extension, kind, label, oneof, default, json_name, name } = field;
    let is_message = matches!(kind, FieldType::Group(_) | FieldType::Message(_));
    let is_map = matches!(kind, FieldType::Map(..));
    let is_kept = (1..=LAST_FIELD).contains(&number) && !IMPLEMENTATION.contains(&number);
    let fits = match label {
        Label::Implicit => !is_message && !is_extension,
        Label::Packed => kind.is_packable(),
        Label::Required => !is_extension,
        Label::Repeated => !(is_map && *is_extension),
        Label::Explicit => true,
    };
    let is_arm = oneof.is_none() || (*label == Label::Explicit && !is_extension);
    let has_default = match default {
        Some(default) => {
            matches!(label, Label::Explicit | Label::Required)
                && !is_message
                && is_canonical_default(kind, default)
        }
        None => true,
    };
    // A name that follows from the field's would be two spellings of one schema.
    let is_told_once = json_name
        .as_ref()
        .is_none_or(|json| !is_extension && *json != super::model::json_name(name));
    let holds = is_kept && fits && is_arm && has_default && is_told_once;
    if holds { Ok(()) } else { Err(Broken) }
}

/// The rules a message or enum is held to as a whole.
pub(super) fn of_type(kind: &Type) -> Result<(), Broken> {
    let holds = match kind {
        Type::Enum(found) => enum_holds(found),
        Type::Message(message) => message_holds(message),
    };
    if holds { Ok(()) } else { Err(Broken) }
}

fn message_holds(message: &Message) -> bool {
    let Message { fields, extensions, reserved, reserved_names } = message;
    let mut names: Map<&String, ()> = Map::new();
    let are_fields = fields.iter().all(|(number, field)| {
        let number = i64::from(*number);
        names.insert(&field.name, ()).is_none()
            && !reserved.contain(number)
            && !reserved_names.contains_key(&field.name)
            && extensions.contain(number) == field.is_extension
    });
    // A oneof and a field may not share a name.
    let mut arms = fields.values().filter_map(|field| field.oneof.as_ref());
    let last = i64::from(LAST_FIELD);
    let are_ranges = [extensions, reserved]
        .into_iter()
        .flat_map(|ranges| ranges.iter())
        .all(|(first, end)| first >= 1 && end <= last);
    let overlap = reserved
        .iter()
        .any(|(first, end)| extensions.iter().any(|(start, stop)| first <= stop && start <= end));
    are_fields && arms.all(|oneof| !names.contains_key(oneof)) && are_ranges && !overlap
}

fn enum_holds(found: &Enum) -> bool {
    let Enum { first, values, reserved, reserved_names, .. } = found;
    let mut names: Map<&String, ()> = Map::new();
    // An open enum has 0 for its first value, which is what the parser says for it.
    values.contains_key(first)
        && values.iter().all(|(number, aliases)| {
            !reserved.contain(i64::from(*number))
                && aliases.iter().all(|name| {
                    names.insert(name, ()).is_none() && !reserved_names.contains_key(name)
                })
        })
}

/// That every name leads to a type of its kind, and a default to a value of its enum.
pub(super) fn references(schema: &ProtobufSchema) -> Result<(), (String, SchemaErrorKind)> {
    for (name, kind) in &schema.types {
        let Type::Message(message) = kind else { continue };
        for field in message.fields.values() {
            leads(schema, field).map_err(|kind| (name.clone(), kind))?;
        }
    }
    Ok(())
}

fn leads(schema: &ProtobufSchema, field: &Field) -> Result<(), SchemaErrorKind> {
    let value = match &field.kind {
        FieldType::Map(_, value) => value,
        kind => kind,
    };
    match value {
        FieldType::Enum(name) => {
            let found = schema.enumeration(name).ok_or(SchemaErrorKind::TypeUnknown)?;
            let mut names = found.values.values().flatten();
            let default = field.default.as_ref();
            // A field without presence starts at 0, which a closed enum need not have.
            let is_open = !found.is_closed || field.label != Label::Implicit;
            let is_named = default.is_none_or(|default| names.any(|name| name == default));
            if is_open && is_named { Ok(()) } else { Err(SchemaErrorKind::TypeRule) }
        }
        FieldType::Group(name) | FieldType::Message(name) => {
            schema.message(name).map(|_| ()).ok_or(SchemaErrorKind::TypeUnknown)
        }
        FieldType::Map(..) | FieldType::Scalar(_) => Ok(()),
    }
}

/// The largest field number.
pub(super) const LAST_FIELD: u32 = 536_870_911;
/// Numbers that the language keeps for its implementations.
const IMPLEMENTATION: core::ops::RangeInclusive<u32> = 19_000..=19_999;
