//! Scalars as JSON.

use alloc::string::String;
use core::fmt::{Display, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::visit::Value;
use super::super::well_known::NULL_VALUE;

/// Writes a value that is no message. Bytes stand as base64, also those of a string.
pub(super) fn value(out: &mut String, value: Value<'_, '_>) {
    match value {
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Bytes(bytes) => {
            out.push('"');
            STANDARD.encode_string(bytes, out);
            out.push('"');
        }
        Value::Double(number) if number.is_finite() => double(out, number),
        Value::Double(number) => not_finite(out, number),
        Value::Enum(number, found) => match found.name_of(number) {
            Some(_) if number == 0 && found.type_name() == NULL_VALUE => out.push_str("null"),
            // A name is an identifier: nothing in it is escaped.
            Some(name) => in_quotes(out, name),
            None => display(out, number),
        },
        Value::Float(number) if number.is_finite() => {
            minus_zero(out, number.to_bits() == (-0.0_f32).to_bits());
            out.push_str(ryu_js::Buffer::new().format_finite(number));
        }
        Value::Float(number) => not_finite(out, number.into()),
        Value::Int32(number) => display(out, number),
        Value::Int64(number) => in_quotes(out, number),
        Value::String(content) => string(out, content),
        Value::Uint32(number) => display(out, number),
        Value::Uint64(number) => in_quotes(out, number),
    }
}

/// Writes a value as the name of a member.
pub(super) fn key(out: &mut String, key: Value<'_, '_>) {
    match key {
        Value::Int32(_) | Value::Uint32(_) | Value::Bool(_) => {
            out.push('"');
            value(out, key);
            out.push('"');
        }
        _ => value(out, key),
    }
    out.push(':');
}

/// Writes a string: what JSON forbids bare is escaped, and nothing else.
pub(super) fn string(out: &mut String, content: &str) {
    out.push('"');
    let mut rest = content;
    let is_special = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    while let Some(at) = rest.bytes().position(is_special) {
        let Some((plain, behind)) = rest.split_at_checked(at) else { break };
        out.push_str(plain);
        let mut characters = behind.chars();
        match characters.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\u{8}') => out.push_str("\\b"),
            Some('\t') => out.push_str("\\t"),
            Some('\n') => out.push_str("\\n"),
            Some('\u{c}') => out.push_str("\\f"),
            Some('\r') => out.push_str("\\r"),
            // A string takes everything.
            Some(other) => {
                let _ = write!(out, "\\u{:04x}", u32::from(other));
            }
            None => {}
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

/// Writes a finite number.
pub(super) fn double(out: &mut String, number: f64) {
    minus_zero(out, number.to_bits() == (-0.0_f64).to_bits());
    out.push_str(ryu_js::Buffer::new().format_finite(number));
}

/// ECMAScript prints both zeros alike; the payload has two.
fn minus_zero(out: &mut String, is_it: bool) {
    if is_it {
        out.push('-');
    }
}

fn not_finite(out: &mut String, number: f64) {
    out.push_str(if number.is_nan() {
        "\"NaN\""
    } else if number > 0.0 {
        "\"Infinity\""
    } else {
        "\"-Infinity\""
    });
}

pub(super) fn in_quotes(out: &mut String, content: impl Display) {
    // A string takes everything.
    let _ = write!(out, "\"{content}\"");
}

fn display(out: &mut String, content: impl Display) {
    let _ = write!(out, "{content}");
}
