//! Scalars as JSON.

use alloc::string::String;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::visit::Value;
use super::super::well_known::NULL_VALUE;
use crate::canonical_json::write_string;

/// Writes a value that is no message. Bytes stand as base64, also those of a string.
pub(super) fn value(out: &mut String, value: Value<'_, '_>) {
    match value {
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Bytes(content) => bytes(out, content),
        Value::Double(number) if number.is_finite() => double(out, number),
        Value::Double(number) => not_finite(out, number),
        Value::Enum(number, found) => match found.name_of(number) {
            Some(_) if number == 0 && found.type_name() == NULL_VALUE => out.push_str("null"),
            // A name is an identifier: nothing in it is escaped.
            Some(name) => in_quotes(out, name),
            None => integer(out, number),
        },
        Value::Float(number) if number.is_finite() => {
            minus_zero(out, number.to_bits() == (-0.0_f32).to_bits());
            out.push_str(ryu_js::Buffer::new().format_finite(number));
        }
        Value::Float(number) => not_finite(out, number.into()),
        Value::Int32(number) => integer(out, number),
        Value::Int64(number) => in_quotes(out, itoa::Buffer::new().format(number)),
        Value::String(content) => write_string(out, content),
        Value::Uint32(number) => integer(out, number),
        Value::Uint64(number) => in_quotes(out, itoa::Buffer::new().format(number)),
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
    } else if number.is_sign_positive() {
        "\"Infinity\""
    } else {
        "\"-Infinity\""
    });
}

fn integer(out: &mut String, number: impl itoa::Integer) {
    out.push_str(itoa::Buffer::new().format(number));
}

fn in_quotes(out: &mut String, content: &str) {
    out.push('"');
    out.push_str(content);
    out.push('"');
}

/// Writes base64, a piece at a time where no memory is needed for it.
fn bytes(out: &mut String, content: &[u8]) {
    let (pieces, last) = content.as_chunks::<48>();
    let mut room = [0; 64];
    out.push('"');
    for piece in pieces.iter().map(<[u8; 48]>::as_slice).chain([last]) {
        // Each piece fits, and is written in ASCII.
        let written = STANDARD.encode_slice(piece, &mut room).ok();
        let text = written.and_then(|len| core::str::from_utf8(room.get(..len)?).ok());
        out.push_str(text.unwrap_or_default());
    }
    out.push('"');
}
