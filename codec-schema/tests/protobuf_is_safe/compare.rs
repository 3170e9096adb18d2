//! Whether a reader has what was written, as far as it knows it, and whether a strict reader would have taken it.

use prost_reflect::{
    DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MapKey, ReflectMessage as _, Value,
};

use super::slot::Slot;
use super::value::is_closed;

/// Compares field by field, by number.
pub(crate) fn same(written: &DynamicMessage, read: &DynamicMessage) -> Result<(), String> {
    let (from, to) = (written.descriptor(), read.descriptor());
    for slot in Slot::all(&to) {
        let name = slot.full_name();
        let is_there = slot.is_in(read);
        if slot.is_required() && !is_there {
            return Err(format!("{name} is required and missing"));
        }
        let Some(source) = Slot::of(&from, slot.number()) else {
            if is_there {
                return Err(format!("{name} came from nowhere"));
            }
            continue;
        };
        let was_there = source.is_in(written);
        if source.supports_presence() && slot.supports_presence() && was_there != is_there {
            return Err(format!("{name}: there {was_there}, read {is_there}"));
        }
        if source.is_one_message() && slot.is_one_message() && !was_there {
            continue;
        }
        // What is absent is read as the default.
        let (one, other) = (source.get(written), slot.get(read));
        values((&one, &source.kind()), (&other, &slot.kind()))
            .map_err(|error| format!("{name}: {error}"))?;
    }
    // A strict reader refuses two arms of one of its oneofs.
    for oneof in to.oneofs() {
        let is_written = |field: &FieldDescriptor| {
            from.get_field(field.number()).is_some_and(|source| written.has_field(&source))
        };
        let arms = oneof.fields().filter(is_written).count();
        if arms > 1 {
            return Err(format!("{arms} arms of {}", oneof.full_name()));
        }
    }
    Ok(())
}

fn values((one, source): (&Value, &Kind), (other, kind): (&Value, &Kind)) -> Result<(), String> {
    match (one, other) {
        (Value::List(one), Value::List(other)) => {
            if one.len() != other.len() {
                return Err(format!("{} elements, read {}", one.len(), other.len()));
            }
            let mut both = one.iter().zip(other);
            both.try_for_each(|(one, other)| single(one, (other, kind)))
        }
        (Value::Map(one), Value::Map(other)) => {
            let sorted = |map: &std::collections::HashMap<MapKey, Value>| {
                let mut pairs: Vec<_> =
                    map.iter().map(|(key, value)| (word(key), value.clone())).collect();
                pairs.sort_by(|a, b| a.0.cmp(&b.0));
                pairs
            };
            let (Kind::Message(_), Kind::Message(to)) = (source, kind) else {
                return Err("a map without entries".to_owned());
            };
            let kind = to.map_entry_value_field().kind();
            let (one, other) = (sorted(one), sorted(other));
            if one.len() != other.len() {
                return Err(format!("{} pairs, read {}", one.len(), other.len()));
            }
            one.iter().zip(&other).try_for_each(|((key, one), (other_key, other))| {
                if key != other_key {
                    return Err(format!("key {key}, read {other_key}"));
                }
                single(one, (other, &kind))
            })
        }
        (Value::List(_) | Value::Map(_), _) | (_, Value::List(_) | Value::Map(_)) => {
            Err("one side has one value and the other many".to_owned())
        }
        (one, other) => single(one, (other, kind)),
    }
}

fn single(one: &Value, (other, kind): (&Value, &Kind)) -> Result<(), String> {
    if let (Kind::Enum(found), Value::EnumNumber(number)) = (kind, other) {
        // A strict reader refuses a number without a name where the enum is closed.
        if is_closed(found) && !has(found, *number) {
            return Err(format!("{number} has no name in {}", found.full_name()));
        }
    }
    match (one, other) {
        (Value::Message(one), Value::Message(other)) => same(one, other),
        (one, other) if meaning(one).is_some() && meaning(one) == meaning(other) => Ok(()),
        _ => Err(format!("{:?}, read {:?}", meaning(one), meaning(other))),
    }
}

fn has(found: &EnumDescriptor, number: i32) -> bool {
    found.values().any(|value| value.number() == number)
}

/// What a value means, whatever its type is called; nothing for a message.
#[derive(Debug, PartialEq)]
enum Meaning {
    Bits(u64),
    Bytes(Vec<u8>),
    Truth(bool),
    Whole(i128),
}

fn meaning(value: &Value) -> Option<Meaning> {
    Some(match value {
        Value::Bool(value) => Meaning::Truth(*value),
        Value::Bytes(value) => Meaning::Bytes(value.to_vec()),
        Value::EnumNumber(value) | Value::I32(value) => Meaning::Whole((*value).into()),
        Value::F32(value) => Meaning::Bits(f64::from(*value).to_bits()),
        Value::F64(value) => Meaning::Bits(value.to_bits()),
        Value::I64(value) => Meaning::Whole((*value).into()),
        Value::String(value) => Meaning::Bytes(value.clone().into_bytes()),
        Value::U32(value) => Meaning::Whole((*value).into()),
        Value::U64(value) => Meaning::Whole((*value).into()),
        Value::List(_) | Value::Map(_) | Value::Message(_) => return None,
    })
}

fn word(key: &MapKey) -> String {
    match key {
        MapKey::Bool(key) => key.to_string(),
        MapKey::I32(key) => key.to_string(),
        MapKey::I64(key) => key.to_string(),
        MapKey::U32(key) => key.to_string(),
        MapKey::U64(key) => key.to_string(),
        MapKey::String(key) => format!("{key:?}"),
    }
}
