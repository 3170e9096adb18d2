//! How deep a state is, found without going deeper than the limit.

use std::io;

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};

use super::error::StateError;
use super::limits::MAX_DEPTH;

/// # Errors
/// [`StateError::TooDeep`].
pub(super) fn check(state: &Value) -> Result<(), StateError> {
    if fits(state, MAX_DEPTH) { Ok(()) } else { Err(StateError::TooDeep) }
}

/// Whether no more than `left` lists and objects stand within each other.
pub(super) fn fits(value: &Value, left: usize) -> bool {
    match value {
        Value::Array(values) => {
            left > 0 && values.iter().all(|value| fits(value, left.saturating_sub(1)))
        }
        Value::Object(members) => {
            left > 0 && members.values().all(|value| fits(value, left.saturating_sub(1)))
        }
        _ => true,
    }
}

/// The state that a type is, refused before anything of it is deeper than the limit.
///
/// # Errors
/// [`StateError::TooDeep`], [`StateError::NotSerializable`].
pub(super) fn value_of<T: Serialize + ?Sized>(state: &T) -> Result<Value, StateError> {
    let mut depth = Depth::default();
    let written = state.serialize(&mut Serializer::with_formatter(io::sink(), &mut depth));
    if depth.is_exceeded {
        return Err(StateError::TooDeep);
    }
    written
        .and_then(|()| serde_json::to_value(state))
        .map_err(|error| StateError::NotSerializable(error.to_string()))
}

/// The error of a text that was not read.
pub(super) fn parse_error(text: &[u8], error: &serde_json::Error) -> StateError {
    if is_text_deep(text) {
        return StateError::TooDeep;
    }
    StateError::Json { line: error.line(), column: error.column() }
}

/// Whether a text opens more than the limit before it is at fault; `serde_json` says so in words alone.
fn is_text_deep(text: &[u8]) -> bool {
    let (mut depth, mut is_string, mut is_escaped) = (0_usize, false, false);
    for byte in text {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_string => is_escaped = true,
            b'"' => is_string = !is_string,
            b'[' | b'{' if !is_string => depth += 1,
            b']' | b'}' if !is_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return true;
        }
    }
    false
}

/// Counts what is open, and ends the writing at the limit.
#[derive(Default)]
struct Depth {
    open: usize,
    is_exceeded: bool,
}

impl Depth {
    fn begin(&mut self) -> io::Result<()> {
        self.open += 1;
        self.is_exceeded = self.open > MAX_DEPTH;
        if self.is_exceeded { Err(io::ErrorKind::InvalidInput.into()) } else { Ok(()) }
    }

    fn end(&mut self) -> io::Result<()> {
        self.open = self.open.saturating_sub(1);
        Ok(())
    }
}

impl Formatter for &mut Depth {
    fn begin_array<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.begin()
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.end()
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.begin()
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_deep_as_serde_json_reads_is_deep_enough_and_one_more_is_not() {
        for (depth, is_read) in [(MAX_DEPTH, true), (MAX_DEPTH + 1, false)] {
            let text = "[".repeat(depth) + &"]".repeat(depth);
            let read = serde_json::from_str::<Value>(&text);
            assert_eq!(read.is_ok(), is_read, "{depth}");
            match read {
                Ok(value) => {
                    check(&value).unwrap();
                    let deeper = Value::Array(vec![value]);
                    assert_eq!(check(&deeper), Err(StateError::TooDeep));
                    assert_eq!(value_of(&deeper), Err(StateError::TooDeep));
                }
                Err(error) => assert_eq!(parse_error(text.as_bytes(), &error), StateError::TooDeep),
            }
        }
    }

    #[test]
    fn brackets_in_strings_are_not_deep() {
        let text = format!("{{\"a\\\"\": \"{}\" ]", "[".repeat(1_000));
        let error = serde_json::from_str::<Value>(&text).unwrap_err();
        let expected = StateError::Json { line: 1, column: text.len() };
        assert_eq!(parse_error(text.as_bytes(), &error), expected);
    }

    #[test]
    fn a_type_that_json_has_no_form_for_is_named_so() {
        let map = std::collections::HashMap::from([((1, 2), 3)]);
        assert_eq!(value_of(&map).unwrap_err().name(), "StateNotSerializable");
    }
}
