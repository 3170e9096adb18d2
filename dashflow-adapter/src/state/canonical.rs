//! States as canonical JSON (RFC 8785), written piece by piece.
//!
//! `serde_json_canonicalizer` writes the same and keeps each member of each object in a buffer of its own until the object ends, the whole text several times over; here nothing is kept.
//! Strings are written by `serde_json`, whose escapes are those of RFC 8785, and numbers by `ryu_js`.

use core::cmp::Ordering;
use std::io;

use serde_json::{Map, Number, Value};

use super::error::StateError;
use super::limits::MAX_DEPTH;

/// The state as RFC 8785 writes it.
///
/// Numbers are doubles there: an integer beyond 2^53 is written as the double nearest to it, as JavaScript does.
///
/// # Errors
/// [`StateError::TooDeep`] and [`StateError::Number`].
pub fn canonical_json(state: &Value) -> Result<Vec<u8>, StateError> {
    let mut text = Vec::new();
    write(state, u64::MAX, &mut text)?;
    Ok(text)
}

/// Writes a state; an error of `out` means that it takes no more than `limit` bytes.
pub(super) fn write(state: &Value, limit: u64, out: &mut impl io::Write) -> Result<(), StateError> {
    value(state, MAX_DEPTH, out).map_err(|stop| match stop {
        Stop::Deep => StateError::TooDeep,
        Stop::Number => StateError::Number,
        Stop::Full => StateError::TooLong { limit },
    })
}

fn value(value: &Value, left: usize, out: &mut impl io::Write) -> Result<(), Stop> {
    match value {
        Value::Null => Ok(out.write_all(b"null")?),
        Value::Bool(true) => Ok(out.write_all(b"true")?),
        Value::Bool(false) => Ok(out.write_all(b"false")?),
        Value::Number(found) => number(found, out),
        Value::String(text) => string(text, out),
        Value::Array(values) => array(values, left.checked_sub(1).ok_or(Stop::Deep)?, out),
        Value::Object(members) => object(members, left.checked_sub(1).ok_or(Stop::Deep)?, out),
    }
}

fn array(values: &[Value], left: usize, out: &mut impl io::Write) -> Result<(), Stop> {
    out.write_all(b"[")?;
    for (index, element) in values.iter().enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        value(element, left, out)?;
    }
    Ok(out.write_all(b"]")?)
}

fn object(map: &Map<String, Value>, left: usize, out: &mut impl io::Write) -> Result<(), Stop> {
    let mut before = None;
    let is_sorted = map.keys().all(|name| {
        let is_next = before.is_none_or(|before: &String| before < name);
        before = Some(name);
        is_next && is_low(name)
    });
    if is_sorted {
        return members(map.iter(), left, out);
    }
    let mut sorted: Vec<_> = map.iter().collect();
    sorted.sort_unstable_by(|(name, _), (other, _)| utf16_order(name, other));
    members(sorted.into_iter(), left, out)
}

fn members<'a>(
    members: impl Iterator<Item = (&'a String, &'a Value)>,
    left: usize,
    out: &mut impl io::Write,
) -> Result<(), Stop> {
    out.write_all(b"{")?;
    for (index, (name, member)) in members.enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        string(name, out)?;
        out.write_all(b":")?;
        value(member, left, out)?;
    }
    Ok(out.write_all(b"}")?)
}

fn string(text: &str, out: &mut impl io::Write) -> Result<(), Stop> {
    serde_json::to_writer(out, text).map_err(|_| Stop::Full)
}

fn number(number: &Number, out: &mut impl io::Write) -> Result<(), Stop> {
    let whole = number.as_i64().filter(|whole| whole.unsigned_abs() <= EXACT);
    if let Some(whole) = whole {
        return Ok(out.write_all(itoa::Buffer::new().format(whole).as_bytes())?);
    }
    let double = number.as_f64().filter(|double| double.is_finite()).ok_or(Stop::Number)?;
    Ok(out.write_all(ryu_js::Buffer::new().format_finite(double).as_bytes())?)
}

/// The order of names in RFC 8785: by UTF-16 code units. Below U+E000 that is the order of the bytes.
fn utf16_order(name: &str, other: &str) -> Ordering {
    if is_low(name) && is_low(other) {
        name.cmp(other)
    } else {
        name.encode_utf16().cmp(other.encode_utf16())
    }
}

fn is_low(name: &str) -> bool {
    name.bytes().all(|byte| byte < 0xEE)
}

enum Stop {
    Deep,
    Full,
    Number,
}

impl From<io::Error> for Stop {
    fn from(_: io::Error) -> Self {
        Self::Full
    }
}

/// Up to here every integer is a double.
const EXACT: u64 = 1 << 53;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::state::same::tests::any_value;

    #[test]
    fn names_are_in_the_order_of_their_utf16_code_units() {
        let state = json!({"\u{FFFD}": 1, "\u{1F600}": 2, "\u{20AC}": 3, "a": 4, "": 5});
        let text = String::from_utf8(canonical_json(&state).unwrap()).unwrap();
        assert_eq!(text, "{\"\":5,\"a\":4,\"\u{20AC}\":3,\"\u{1F600}\":2,\"\u{FFFD}\":1}");
    }

    proptest! {
        #[test]
        fn another_implementation_writes_the_same(state in any_value()) {
            let other = serde_json_canonicalizer::to_vec(&state).unwrap();
            prop_assert_eq!(canonical_json(&state).unwrap(), other);
        }

        #[test]
        fn every_double_is_written_as_another_implementation_writes_it(bits: u64) {
            let double = f64::from_bits(bits);
            prop_assume!(double.is_finite());
            let state = json!([double, bits, bits.cast_signed()]);
            let other = serde_json_canonicalizer::to_vec(&state).unwrap();
            prop_assert_eq!(canonical_json(&state).unwrap(), other);
        }
    }
}
