//! JSON payloads, by `serde`.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::de::IgnoredAny;
use serde_path_to_error::Segment;

use super::ReadPayload;
use super::error::{JsonFault, PayloadRefused};
use super::finite::{Finite, NOT_FINITE, TOO_DEEP};

/// Appends the payload of a value as JSON without white space.
///
/// # Errors
/// [`PayloadRefused::Json`] for a float that is not finite, for values nested deeper than 127 levels, and for what the type itself refuses to write:
/// nothing of these would be read back.
pub fn write_json<T: Serialize>(value: &T, out: &mut Vec<u8>) -> Result<(), PayloadRefused> {
    let mut serializer = serde_json::Serializer::new(out);
    let written = value.serialize(Finite::new(&mut serializer));
    written.map_err(|error| {
        let text = error.to_string();
        let known = [NOT_FINITE, TOO_DEEP].into_iter().find(|known| text.starts_with(known));
        let expected = known.unwrap_or("a value that its type can write").to_owned();
        json_fault(JsonFault { is_syntax: false, offset: None, pointer: String::new(), expected })
    })
}

/// The value of a JSON payload, and how many members its type left out.
///
/// # Errors
/// [`PayloadRefused::Json`] with the byte at which the fault was noticed, the place in the value, and what was expected there.
pub fn read_json<T: DeserializeOwned>(payload: &[u8]) -> ReadPayload<T> {
    let mut left_out = 0_u64;
    let mut deserializer = serde_json::Deserializer::from_slice(payload);
    serde_ignored::deserialize(&mut deserializer, |_| left_out = left_out.saturating_add(1))
        .and_then(|value| deserializer.end().map(|()| (value, left_out)))
        .map_err(|error| refused::<T>(payload, &error))
}

#[cold]
fn refused<T: DeserializeOwned>(payload: &[u8], error: &serde_json::Error) -> PayloadRefused {
    let offset = Some(offset(payload, error));
    // The parser calls a number in the place of a name a fault of syntax as well.
    if serde_json::from_slice::<IgnoredAny>(payload).is_err() {
        let expected = "one JSON value".to_owned();
        return json_fault(JsonFault { is_syntax: true, offset, pointer: String::new(), expected });
    }
    // Read once more by what keeps the place, which every payload would pay for otherwise.
    let again = serde_path_to_error::deserialize::<_, T>(
        &mut serde_json::Deserializer::from_slice(payload),
    );
    let mut pointer = String::new();
    for segment in again.err().iter().flat_map(|error| error.path().iter()) {
        match segment {
            Segment::Seq { index } => pointer += &format!("/{index}"),
            // Names of the type. Those of a map come from the payload, and are told only as far as they are harmless.
            Segment::Map { key: name } | Segment::Enum { variant: name } => {
                pointer.push('/');
                pointer += &name.escape_debug().to_string().replace('~', "~0").replace('/', "~1");
            }
            Segment::Unknown => {}
        }
    }
    let expected = expected(error);
    json_fault(JsonFault { is_syntax: false, offset, pointer, expected })
}

const fn json_fault(fault: JsonFault) -> PayloadRefused {
    PayloadRefused::Json(fault)
}

/// Where serde noticed it, as a byte of the payload.
fn offset(payload: &[u8], error: &serde_json::Error) -> u64 {
    if error.is_eof() {
        return payload.len() as u64;
    }
    let before =
        payload.split_inclusive(|byte| *byte == b'\n').take(error.line().saturating_sub(1));
    let start: usize = before.map(<[u8]>::len).sum();
    let offset = start.saturating_add(error.column()).saturating_sub(1);
    offset.min(payload.len()) as u64
}

/// What serde expected, without what it found, which is the payload's.
fn expected(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let text = text.strip_suffix(&place).unwrap_or(&text);
    match text.rsplit_once("expected ") {
        Some((_, expected)) => expected.to_owned(),
        None if text.starts_with("missing field") || text.starts_with("duplicate field") => {
            format!("each field once, {text}")
        }
        None => "a value that its type takes".to_owned(),
    }
}

/// In which way the schema of a type differs from its locked one, and what to do; nothing when it does not.
///
/// The schema of the type is written into `folder`, so that it can be locked.
#[cfg(feature = "schemars")]
#[doc(hidden)]
#[must_use]
pub fn differs<T: super::Schema + schemars::JsonSchema>(
    folder: &std::path::Path,
) -> Option<String> {
    let schema = T::SCHEMA;
    let (name, key) = (schema.name(), schema.key());
    let (version, min_reader) = (key.version().max(1), key.min_reader().max(1));
    let ours = match strictframe_schema::Descriptor::of_type::<T>(name, version, min_reader) {
        Ok(ours) => ours,
        Err(error) => return Some(format!("{name}: the type has no canonical schema: {error}")),
    };
    if ours.key() == key {
        return None;
    }
    let is_plain = |found: char| found.is_ascii_alphanumeric() || ".-_".contains(found);
    let file: String =
        name.chars().map(|found| if is_plain(found) { found } else { '_' }).collect();
    let path = folder.join(format!("{file}.schema.json"));
    let state = match schema.versions() {
        [] => "is not locked".to_owned(),
        _ => format!("is not what version {version} in the lock says"),
    };
    Some(match std::fs::write(&path, ours.canonical()) {
        Ok(()) => format!(
            "{name} {state}: run `strictframe schema lock {} --name {name}` where strictframe.lock lies",
            path.display()
        ),
        Err(error) => format!("{name} {state}, and {} cannot be written: {error}", path.display()),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::super::finite::DEEPEST;
    use super::*;

    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    struct Visit {
        page: String,
        depth: Option<f64>,
        #[serde(default)]
        tags: BTreeMap<String, u8>,
    }

    fn fault(payload: &str) -> JsonFault {
        match read_json::<Visit>(payload.as_bytes()) {
            Err(PayloadRefused::Json(fault)) => fault,
            other => panic!("not refused as JSON: {other:?}"),
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let visit = Visit { page: "a\"b".to_owned(), depth: Some(0.5), tags: BTreeMap::new() };
        let mut payload = Vec::new();
        write_json(&visit, &mut payload).unwrap();
        assert_eq!(payload, br#"{"page":"a\"b","depth":0.5,"tags":{}}"#);
        assert_eq!(read_json::<Visit>(&payload).unwrap(), (visit, 0));
    }

    #[test]
    fn members_that_the_type_does_not_know_are_counted() {
        let (visit, left_out) =
            read_json::<Visit>(br#"{"page":"a","x":{"y":1},"tags":{"n":1},"z":[]}"#).unwrap();
        assert_eq!((visit.tags.len(), left_out), (1, 2));
    }

    #[test]
    fn a_fault_has_its_place_and_what_was_expected_and_nothing_of_the_payload() {
        let found = fault(r#"{"page":"a","tags":{"n":"secret"}}"#);
        assert_eq!((found.pointer.as_str(), found.expected.as_str()), ("/tags/n", "u8"));
        assert_eq!((found.is_syntax, found.offset), (false, Some(31)));
        let found = fault("{\"page\":\"a\",\n\"page\":\"b\"}");
        assert_eq!(found.expected, "each field once, duplicate field `page`");
        assert_eq!((found.is_syntax, found.offset), (false, Some(18)));
        let found = fault(r#"{"depth":1}"#);
        assert_eq!(found.expected, "each field once, missing field `page`");
        for text in [r#"{"page":"a"} x"#, r#"{"page":"#, "", "\u{feff}{}"] {
            let found = fault(text);
            assert!(found.is_syntax && found.expected == "one JSON value", "{text}: {found:?}");
        }
        assert_eq!(fault(r#"{"page":"a"} x"#).offset, Some(13));
    }

    #[test]
    fn a_float_that_json_does_not_have_is_not_written_as_null() {
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let visit = Visit { page: String::new(), depth: Some(number), tags: BTreeMap::new() };
            match write_json(&visit, &mut Vec::new()) {
                Err(PayloadRefused::Json(fault)) => assert_eq!(fault.expected, NOT_FINITE),
                other => panic!("{other:?}"),
            }
        }
    }

    #[derive(Debug, Default, Deserialize, Serialize)]
    struct Nested {
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        below: Vec<Nested>,
    }

    #[test]
    fn what_is_nested_deeper_than_the_reader_goes_is_not_written() {
        let mut value = Nested::default();
        let mut deepest = 0;
        for depth in 1..200 {
            let mut payload = Vec::new();
            match write_json(&value, &mut payload) {
                Ok(()) => {
                    assert!(read_json::<Nested>(&payload).is_ok(), "{depth}");
                    deepest = depth;
                }
                Err(PayloadRefused::Json(fault)) => {
                    assert_eq!(fault.expected, TOO_DEEP);
                    let plain = serde_json::to_vec(&value).unwrap();
                    assert!(read_json::<Nested>(&plain).is_err(), "{depth}");
                }
                Err(other) => panic!("{other}"),
            }
            value = Nested { below: vec![value] };
        }
        assert_eq!(deepest, DEEPEST.div_ceil(2));
    }
}
