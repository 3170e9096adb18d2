//! The key of a record: what stands at a JSON pointer in it.

use std::path::Path;

use serde_json::Value;

use crate::failure::{Failure, Refusal, numbered};
use crate::terminal::{shown, tame};

/// What stands at `pointer`, as bytes that are the same for the same value however it is spelled.
pub(crate) fn key(
    record: &[u8],
    pointer: &str,
    input: &Path,
    line: u64,
) -> Result<Vec<u8>, Failure> {
    let place = format!("(at line {line} of {})", shown(input));
    let about = Refusal {
        input: Some(input.to_string_lossy().into_owned()),
        line: Some(line),
        ..Refusal::default()
    };
    let refused = |refusal| Failure::Data(Box::new(refusal));
    let value: Value = serde_json::from_slice(record).map_err(|error| {
        let column = error.column() as u64;
        refused(Refusal {
            code: Some(numbered(801)),
            name: Some("PayloadSyntax"),
            column: Some(column),
            message: format!("the record is not JSON, column {column} {place}"),
            help: "correct the line, or leave out --key: a key stands in JSON".to_owned(),
            ..about.clone()
        })
    })?;
    let found = value.pointer(pointer).and_then(|found| serde_json::to_vec(found).ok());
    found.ok_or_else(|| {
        refused(Refusal {
            pointer: Some(pointer.to_owned()),
            message: format!("the record has nothing at {} {place}", tame(pointer, 100)),
            help:
                "give a --key that all records have, or none: each record is then a key of its own"
                    .to_owned(),
            ..about
        })
    })
}

/// A JSON pointer as an option.
pub(crate) fn pointer(text: &str) -> Result<String, String> {
    if text.is_empty() || text.starts_with('/') {
        return Ok(text.to_owned());
    }
    Err(format!("a JSON pointer begins with a slash, as in /{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_of(record: &str, pointer: &str) -> Option<Vec<u8>> {
        key(record.as_bytes(), pointer, Path::new("r"), 1).ok()
    }

    #[test]
    fn a_key_is_a_value_and_not_its_spelling() {
        let first = key_of(r#"{"a":{"b":[1,"x"]}}"#, "/a/b");
        assert_eq!(first.as_deref(), Some(&br#"[1,"x"]"#[..]));
        assert_eq!(key_of(r#"{ "c":0, "a" : {"b": [1, "\u0078"]}}"#, "/a/b"), first);
        assert_ne!(key_of(r#"{"a":{"b":[1,"y"]}}"#, "/a/b"), first);
        assert_eq!(key_of("7", "").as_deref(), Some(&b"7"[..]));
        assert_eq!(key_of(r#"{"a/b":{"~":1}}"#, "/a~1b/~0").as_deref(), Some(&b"1"[..]));
        assert_eq!(key_of(r#"{"a":1}"#, "/b"), None);
        assert_eq!(key_of(r#"{"a":1"#, "/a"), None);
    }
}
