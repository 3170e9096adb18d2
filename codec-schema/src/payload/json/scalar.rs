//! Scalars and enums out of JSON, as they stand in a payload.

use alloc::vec::Vec;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::error::JsonErrorKind as Kind;
use super::number;
use crate::payload::layout::EnumLayout;
use crate::protobuf::Scalar;

/// What stands in the place of a scalar.
#[derive(Clone, Copy)]
pub(super) enum Given<'a> {
    Bool(bool),
    Null,
    /// A number of the JSON grammar.
    Number(&'a str),
    Text(&'a str),
    /// An array or an object.
    Nested,
}

/// Appends a scalar, without a tag; true when it is the default.
pub(super) fn scalar(wanted: Scalar, given: Given<'_>, out: &mut Vec<u8>) -> Result<bool, Kind> {
    match wanted {
        Scalar::Bool => {
            let Given::Bool(value) = given else { return Err(Kind::Expected("true or false")) };
            out.push(value.into());
            Ok(!value)
        }
        Scalar::Bytes => {
            let Given::Text(text) = given else { return Err(Kind::Expected("base64 in quotes")) };
            let bytes = base64(text).ok_or(Kind::Expected("base64"))?;
            delimited(out, &bytes);
            Ok(bytes.is_empty())
        }
        Scalar::String | Scalar::StringUnverified => {
            let Given::Text(text) = given else { return Err(Kind::Expected("a string")) };
            delimited(out, text.as_bytes());
            Ok(text.is_empty())
        }
        Scalar::Double => {
            let number = double(given)?;
            out.extend_from_slice(&number.to_le_bytes());
            Ok(number.to_bits() == 0)
        }
        Scalar::Float => {
            let number = float(given)?;
            out.extend_from_slice(&number.to_le_bytes());
            Ok(number.to_bits() == 0)
        }
        _ => integer_scalar(wanted, integer(given)?, out),
    }
}

/// Appends an integer as its type has it.
fn integer_scalar(wanted: Scalar, number: i128, out: &mut Vec<u8>) -> Result<bool, Kind> {
    let range = |_| Kind::OutOfRange;
    let int32 = || i32::try_from(number).map_err(range);
    let int64 = || i64::try_from(number).map_err(range);
    let uint32 = || u32::try_from(number).map_err(range);
    let uint64 = || u64::try_from(number).map_err(range);
    match wanted {
        Scalar::Fixed32 => out.extend_from_slice(&uint32()?.to_le_bytes()),
        Scalar::Fixed64 => out.extend_from_slice(&uint64()?.to_le_bytes()),
        Scalar::Sfixed32 => out.extend_from_slice(&int32()?.to_le_bytes()),
        Scalar::Sfixed64 => out.extend_from_slice(&int64()?.to_le_bytes()),
        Scalar::Int32 => varint(out, i64::from(int32()?).cast_unsigned()),
        Scalar::Sint32 => varint(out, zigzag(int32()?.into())),
        Scalar::Sint64 => varint(out, zigzag(int64()?)),
        Scalar::Uint32 => varint(out, uint32()?.into()),
        Scalar::Uint64 => varint(out, uint64()?),
        _ => varint(out, int64()?.cast_unsigned()),
    }
    Ok(number == 0)
}

/// Appends the number of an enum's value, by name or number; true when it is the default.
pub(super) fn enumeration(
    wanted: &EnumLayout,
    given: Given<'_>,
    out: &mut Vec<u8>,
) -> Result<bool, Kind> {
    let number = match given {
        Given::Text(name) => wanted.number_of(name).ok_or(Kind::EnumValue)?,
        Given::Number(_) => i32::try_from(integer(given)?).map_err(|_| Kind::OutOfRange)?,
        _ => return Err(Kind::Expected("the name or number of an enum's value")),
    };
    if wanted.is_closed() && wanted.name_of(number).is_none() {
        return Err(Kind::EnumValue);
    }
    varint(out, i64::from(number).cast_unsigned());
    Ok(number == wanted.first())
}

fn integer(given: Given<'_>) -> Result<i128, Kind> {
    let text = match given {
        Given::Number(text) => text,
        Given::Text(text) if number::is_number(text) => text,
        _ => return Err(Kind::Expected("an integer, as a number or in quotes")),
    };
    let is_whole = || !text.contains(['.', 'e', 'E']);
    match number::integer(text) {
        Some(number) => Ok(number),
        None if is_whole() => Err(Kind::OutOfRange),
        None => Err(Kind::Expected("an integer in the range of the field's type")),
    }
}

fn double(given: Given<'_>) -> Result<f64, Kind> {
    match given {
        Given::Text("NaN") => Ok(f64::NAN),
        Given::Text("Infinity") => Ok(f64::INFINITY),
        Given::Text("-Infinity") => Ok(f64::NEG_INFINITY),
        given => {
            let number = decimal(given)?.parse::<f64>().map_err(|_| Kind::OutOfRange)?;
            if number.is_finite() { Ok(number) } else { Err(Kind::OutOfRange) }
        }
    }
}

/// Read as the type has it: by way of 64 bits it would be rounded twice.
fn float(given: Given<'_>) -> Result<f32, Kind> {
    match given {
        Given::Text("NaN") => Ok(f32::NAN),
        Given::Text("Infinity") => Ok(f32::INFINITY),
        Given::Text("-Infinity") => Ok(f32::NEG_INFINITY),
        given => {
            let number = decimal(given)?.parse::<f32>().map_err(|_| Kind::OutOfRange)?;
            if number.is_finite() { Ok(number) } else { Err(Kind::OutOfRange) }
        }
    }
}

fn decimal(given: Given<'_>) -> Result<&str, Kind> {
    match given {
        Given::Number(text) => Ok(text),
        Given::Text(text) if number::is_number(text) => Ok(text),
        _ => Err(Kind::Expected("a number, or \"NaN\", \"Infinity\" or \"-Infinity\"")),
    }
}

/// Either alphabet, with its padding or without.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    const CONFIG: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let alphabet = if text.contains(['-', '_']) { &URL_SAFE } else { &STANDARD };
    GeneralPurpose::new(alphabet, CONFIG).decode(text).ok()
}

const fn zigzag(number: i64) -> u64 {
    (number.wrapping_shl(1) ^ (number >> 63)).cast_unsigned()
}

/// Appends bytes behind their length.
pub(super) fn delimited(out: &mut Vec<u8>, bytes: &[u8]) {
    varint(out, u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    out.extend_from_slice(bytes);
}

pub(super) fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        let [low, ..] = number.to_le_bytes();
        out.push(low | 0x80);
        number >>= 7;
    }
    let [low, ..] = number.to_le_bytes();
    out.push(low);
}
