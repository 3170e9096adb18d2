//! Values as their types read them (SPEC PAY-9, PAY-10).

use super::error::{PayloadError, PayloadErrorKind};
use super::input::Input;
use super::layout::{EnumLayout, wire_of};
use super::scratch::KeyValue;
use super::skip::skip;
use super::visit::Value;
use crate::protobuf::Scalar;

/// Reads a scalar.
pub(super) fn scalar<'p>(
    scalar: Scalar,
    input: &mut Input<'p>,
) -> Result<Value<'static, 'p>, PayloadError> {
    let start = input.offset();
    // SPEC [PAY-9]: what the type does not have is not cut to what it has.
    let out_of_range = |_| PayloadError::at(start, PayloadErrorKind::OutOfRange);
    Ok(match scalar {
        Scalar::Bool => Value::Bool(match input.varint()? {
            0 => false,
            1 => true,
            _ => return Err(PayloadError::at(start, PayloadErrorKind::OutOfRange)),
        }),
        Scalar::Bytes => Value::Bytes(input.bytes()?),
        Scalar::Double => Value::Double(f64::from_le_bytes(input.fixed64()?)),
        Scalar::Fixed32 => Value::Uint32(u32::from_le_bytes(input.fixed32()?)),
        Scalar::Fixed64 => Value::Uint64(u64::from_le_bytes(input.fixed64()?)),
        Scalar::Float => Value::Float(f32::from_le_bytes(input.fixed32()?)),
        Scalar::Int32 => {
            Value::Int32(i32::try_from(input.varint()?.cast_signed()).map_err(out_of_range)?)
        }
        Scalar::Int64 => Value::Int64(input.varint()?.cast_signed()),
        Scalar::Sfixed32 => Value::Int32(i32::from_le_bytes(input.fixed32()?)),
        Scalar::Sfixed64 => Value::Int64(i64::from_le_bytes(input.fixed64()?)),
        Scalar::Sint32 => {
            let number = u32::try_from(input.varint()?).map_err(out_of_range)?;
            Value::Int32((number >> 1).cast_signed() ^ (number & 1).cast_signed().wrapping_neg())
        }
        Scalar::Sint64 => {
            let number = input.varint()?;
            Value::Int64((number >> 1).cast_signed() ^ (number & 1).cast_signed().wrapping_neg())
        }
        Scalar::String => {
            let content = input.bytes()?;
            // SPEC [PAY-10]: named by the first byte that belongs to no character.
            Value::String(core::str::from_utf8(content).map_err(|error| {
                let start = input.offset().saturating_sub(content.len());
                let offset = start.saturating_add(error.valid_up_to());
                PayloadError::at(offset, PayloadErrorKind::NotUtf8)
            })?)
        }
        Scalar::StringUnverified => {
            let content = input.bytes()?;
            core::str::from_utf8(content).map_or(Value::Bytes(content), Value::String)
        }
        Scalar::Uint32 => Value::Uint32(u32::try_from(input.varint()?).map_err(out_of_range)?),
        Scalar::Uint64 => Value::Uint64(input.varint()?),
    })
}

/// Reads the number of an enum.
pub(super) fn enumeration(found: &EnumLayout, input: &mut Input<'_>) -> Result<i32, PayloadError> {
    let start = input.offset();
    let refused = |kind| PayloadError::at(start, kind);
    let number = i32::try_from(input.varint()?.cast_signed())
        .map_err(|_| refused(PayloadErrorKind::OutOfRange))?;
    // SPEC [PAY-9]: a closed enum has the numbers of its values and no other.
    if found.is_closed() && found.name_of(number).is_none() {
        return Err(refused(PayloadErrorKind::EnumValue));
    }
    Ok(number)
}

/// The value of a scalar that is not written.
pub(super) const fn default_of(scalar: Scalar) -> Value<'static, 'static> {
    match scalar {
        Scalar::Bool => Value::Bool(false),
        Scalar::Bytes => Value::Bytes(&[]),
        Scalar::Double => Value::Double(0.0),
        Scalar::Fixed32 | Scalar::Uint32 => Value::Uint32(0),
        Scalar::Fixed64 | Scalar::Uint64 => Value::Uint64(0),
        Scalar::Float => Value::Float(0.0),
        Scalar::Int32 | Scalar::Sfixed32 | Scalar::Sint32 => Value::Int32(0),
        Scalar::Int64 | Scalar::Sfixed64 | Scalar::Sint64 => Value::Int64(0),
        Scalar::String | Scalar::StringUnverified => Value::String(""),
    }
}

/// Looks for the key of an entry ahead of its fields, which are judged afterwards: the default when there is none, or none that is good.
pub(super) fn key_ahead<'p>(key: Scalar, mut entry: Input<'p>, level: usize) -> Value<'static, 'p> {
    while !entry.is_empty() {
        let Ok(tag) = entry.tag() else { break };
        if tag.number() == 1 && tag.wire() == wire_of(key) {
            return scalar(key, &mut entry).unwrap_or(default_of(key));
        }
        if skip(tag, &mut entry, level).is_err() {
            break;
        }
    }
    default_of(key)
}

/// What is compared of a key that was read just before `end`.
pub(super) fn kept_key(key: &Value<'_, '_>, end: usize) -> KeyValue {
    let text = |len| KeyValue::Text { start: end.saturating_sub(len), end };
    match key {
        Value::Bool(value) => KeyValue::Bits((*value).into()),
        Value::Bytes(bytes) => text(bytes.len()),
        Value::Int32(number) => KeyValue::Bits(i64::from(*number).cast_unsigned()),
        Value::Int64(number) => KeyValue::Bits(number.cast_unsigned()),
        Value::String(content) => text(content.len()),
        Value::Uint32(number) => KeyValue::Bits((*number).into()),
        Value::Uint64(number) => KeyValue::Bits(*number),
        // No map has keys of these types.
        Value::Double(_) | Value::Enum(..) | Value::Float(_) => KeyValue::Bits(0),
    }
}
