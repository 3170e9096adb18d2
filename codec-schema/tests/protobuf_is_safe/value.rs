//! Random messages of a schema, with values at the borders of their types.

use std::collections::HashMap;

use fastrand::Rng;
use prost_reflect::{DynamicMessage, EnumDescriptor, Kind, MapKey, MessageDescriptor, Value};

use super::slot::Slot;

/// A message that fits the schema: required fields are there, and closed enums have values with a name.
pub(crate) fn message(
    random: &mut Rng,
    descriptor: &MessageDescriptor,
    depth: u8,
) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    for slot in Slot::all(descriptor) {
        let is_deep = matches!(slot.kind(), Kind::Message(_)) && !slot.is_map();
        if !slot.is_required() && (random.u8(0..3) == 0 || (is_deep && depth == 0)) {
            continue;
        }
        let value = value(random, &slot, depth);
        // Setting an arm clears the others.
        slot.set(&mut message, value);
    }
    message
}

fn value(random: &mut Rng, slot: &Slot, depth: u8) -> Value {
    let kind = slot.kind();
    if let (true, Kind::Message(entry)) = (slot.is_map(), &kind) {
        let (key, value) =
            (entry.map_entry_key_field().kind(), entry.map_entry_value_field().kind());
        let count = random.usize(0..4);
        let is_deep = matches!(value, Kind::Message(_)) && depth == 0;
        let count = if is_deep { 0 } else { count };
        let pairs = (0..count).map(|_| (map_key(random, &key), one(random, &value, depth)));
        return Value::Map(pairs.collect::<HashMap<_, _>>());
    }
    if slot.is_list() {
        return Value::List((0..random.usize(0..4)).map(|_| one(random, &kind, depth)).collect());
    }
    one(random, &kind, depth)
}

fn map_key(random: &mut Rng, key: &Kind) -> MapKey {
    match one(random, key, 0) {
        Value::Bool(key) => MapKey::Bool(key),
        Value::I32(key) => MapKey::I32(key),
        Value::I64(key) => MapKey::I64(key),
        Value::U32(key) => MapKey::U32(key),
        Value::U64(key) => MapKey::U64(key),
        Value::String(key) => MapKey::String(key),
        other => panic!("{other:?} is no key"),
    }
}

fn one(random: &mut Rng, kind: &Kind, depth: u8) -> Value {
    match kind {
        Kind::Bool => Value::Bool(random.bool()),
        Kind::Bytes => {
            let bytes: Vec<u8> = (0..random.usize(0..4)).map(|_| random.u8(..)).collect();
            Value::Bytes(bytes.into())
        }
        // A zero has no sign here: libraries differ in whether -0 is a default.
        Kind::Double => Value::F64([0.0, 1.5, -1e300, f64::INFINITY, f64::NAN][random.usize(0..5)]),
        Kind::Float => Value::F32([0.0, 1.5, -1e30, f32::INFINITY, f32::NAN][random.usize(0..5)]),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
            Value::I32([0, 1, -1, i32::MIN, i32::MAX, random.i32(..)][random.usize(0..6)])
        }
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
            Value::I64([0, 1, -1, i64::MIN, i64::MAX, random.i64(..)][random.usize(0..6)])
        }
        Kind::Uint32 | Kind::Fixed32 => {
            Value::U32([0, 1, 1 << 31, u32::MAX, random.u32(..)][random.usize(0..5)])
        }
        Kind::Uint64 | Kind::Fixed64 => {
            Value::U64([0, 1, 1 << 63, u64::MAX, random.u64(..)][random.usize(0..5)])
        }
        Kind::String => {
            Value::String(["", "a", "\u{0}", "ä€😀", "0"][random.usize(0..5)].to_owned())
        }
        Kind::Enum(found) => Value::EnumNumber(number(random, found)),
        Kind::Message(found) => Value::Message(message(random, found, depth.saturating_sub(1))),
    }
}

/// A number of the enum; of an open one any number at all.
fn number(random: &mut Rng, found: &EnumDescriptor) -> i32 {
    if !is_closed(found) && random.u8(0..3) == 0 {
        return [random.i32(0..12), -1, i32::MIN, i32::MAX][random.usize(0..4)];
    }
    let numbers: Vec<i32> = found.values().map(|value| value.number()).collect();
    numbers[random.usize(0..numbers.len())]
}

/// Enums of proto2 are closed.
pub(crate) fn is_closed(found: &EnumDescriptor) -> bool {
    found.parent_file().syntax() == prost_reflect::Syntax::Proto2
}
