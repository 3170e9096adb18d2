//! Declared defaults, in one spelling each (SPEC KEY-6).

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::model::{FieldType, Scalar};
use super::number::{Format, is_shortest};
use super::print::quoted;

/// The spelling of a default that a descriptor set gives for a field of that type; nothing when it does not fit the type.
///
/// Integers are decimal, floating-point numbers the shortest decimal form that ECMAScript prints (or `inf`, `-inf`, `nan`, `-0`), strings are in quotes
/// as RFC 8785 has them, bytes hexadecimal behind `0x`, enum values their name.
#[cfg(feature = "descriptor-set")]
pub(super) fn canonical_default(kind: &FieldType, given: &str) -> Option<String> {
    match kind {
        FieldType::Scalar(Scalar::Double) => {
            float(given, |number| ryu_js::Buffer::new().format(number).to_owned())
        }
        FieldType::Scalar(Scalar::Float) => {
            let narrow = |_: f64| {
                // The decimal text is read as the type has it: by way of binary64 it would be rounded twice.
                given.parse::<f32>().map_or_else(
                    |_| given.to_owned(),
                    |number| ryu_js::Buffer::new().format(number).to_owned(),
                )
            };
            float(given, narrow)
        }
        FieldType::Scalar(Scalar::Bytes) => unescaped(given).map(|bytes| hexadecimal(&bytes)),
        kind => canonical_other(kind, given),
    }
}

/// The same of the types whose defaults are spelled in a descriptor as they are in a descriptor set.
fn canonical_other(kind: &FieldType, given: &str) -> Option<String> {
    let scalar = match kind {
        FieldType::Enum(_) => return Some(given.to_owned()),
        FieldType::Scalar(scalar) => *scalar,
        _ => return None,
    };
    match scalar {
        Scalar::Bool => matches!(given, "true" | "false").then(|| given.to_owned()),
        Scalar::Bytes | Scalar::Double | Scalar::Float => None,
        Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => integer::<i32>(given),
        Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => integer::<i64>(given),
        Scalar::Uint32 | Scalar::Fixed32 => integer::<u32>(given),
        Scalar::Uint64 | Scalar::Fixed64 => integer::<u64>(given),
        Scalar::String | Scalar::StringUnverified => Some(quoted(given)),
    }
}

/// Whether `text` is the spelling of a default for a field of that type.
pub(super) fn is_canonical_default(kind: &FieldType, text: &str) -> bool {
    let canonical = match kind {
        FieldType::Scalar(Scalar::String | Scalar::StringUnverified) => {
            return text.starts_with('"');
        }
        FieldType::Scalar(scalar @ (Scalar::Double | Scalar::Float)) => {
            let format = match scalar {
                Scalar::Float => Format::BINARY32,
                _ => Format::BINARY64,
            };
            return matches!(text, "inf" | "-inf" | "nan") || is_shortest(text, format);
        }
        FieldType::Scalar(Scalar::Bytes) => bytes(text).map(|bytes| hexadecimal(&bytes)),
        kind => canonical_other(kind, text),
    };
    canonical.as_deref() == Some(text)
}

/// The bytes that the text of a bytes default stands for.
pub(super) fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x")?.as_bytes();
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    pairs
        .iter()
        .map(|pair| {
            let pair = core::str::from_utf8(pair).ok()?;
            if pair.starts_with('+') { None } else { u8::from_str_radix(pair, 16).ok() }
        })
        .collect()
}

fn integer<N: core::str::FromStr + ToString>(given: &str) -> Option<String> {
    if given.starts_with('+') {
        return None;
    }
    given.parse::<N>().ok().map(|number| number.to_string())
}

#[cfg(feature = "descriptor-set")]
fn float(given: &str, finite: impl Fn(f64) -> String) -> Option<String> {
    if matches!(given, "inf" | "-inf" | "nan") {
        return Some(given.to_owned());
    }
    let is_decimal = given.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    let number = given.parse::<f64>().ok().filter(|_| is_decimal)?;
    // ECMAScript prints both zeros alike.
    if number == 0.0 && number.is_sign_negative() {
        Some("-0".to_owned())
    } else {
        Some(finite(number))
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("0x{digits}")
}

/// The bytes behind the escapes of C, in which descriptor sets spell defaults of bytes.
#[cfg(feature = "descriptor-set")]
fn unescaped(given: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = given.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let (escape, behind) = rest.split_first()?;
        rest = behind;
        bytes.push(match escape {
            b'a' => 7,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 11,
            b'\\' | b'\'' | b'"' | b'?' => *escape,
            b'0'..=b'7' => {
                let digits =
                    behind.iter().take(2).take_while(|b| (b'0'..=b'7').contains(b)).count();
                let (more, behind) = behind.split_at_checked(digits)?;
                rest = behind;
                let octal = core::iter::once(escape).chain(more);
                u8::from_str_radix(&octal.map(|b| char::from(*b)).collect::<String>(), 8).ok()?
            }
            b'x' | b'X' => {
                let digits = behind.iter().take(2).take_while(|b| b.is_ascii_hexdigit()).count();
                let (more, behind) = behind.split_at_checked(digits)?;
                rest = behind;
                u8::from_str_radix(core::str::from_utf8(more).ok()?, 16).ok()?
            }
            _ => return None,
        });
    }
    Some(bytes)
}
