//! Whether a record is JSON, whether it fits the schema, and what it is encoded as.

use jsonschema::{ValidationError, Validator};
use serde::de::IgnoredAny;
use serde_json::Value;
use strictframe_schema::payload::{JsonErrorKind, Layout, Scratch};

use crate::terminal::tame;

/// Checks records, one after the other.
pub(crate) struct Checker {
    validator: Option<Validator>,
    protobuf: Option<Box<Protobuf>>,
}

/// Makes records of protobuf out of JSON.
struct Protobuf {
    layout: Layout,
    scratch: Scratch,
    payload: Vec<u8>,
}

/// What is wrong with a record.
#[derive(Debug, PartialEq)]
pub(super) enum Fault {
    /// It is not one JSON text.
    Syntax {
        /// What was found or missing.
        what: String,
        /// Where, in bytes from 1.
        column: u64,
    },
    /// It is no record of the message type.
    Message {
        /// What is wrong.
        what: String,
        /// Where in the record, as a JSON pointer.
        pointer: String,
    },
    /// It does not fit the schema.
    Schema {
        /// What was expected.
        what: String,
        /// Where in the record, as a JSON pointer.
        pointer: String,
    },
}

impl Checker {
    /// Checks that records are JSON, and that they fit the schema if there is one.
    ///
    /// # Errors
    /// What the schema itself does wrong.
    pub(crate) fn new(schema: Option<&[u8]>) -> Result<Self, String> {
        let Some(schema) = schema else { return Ok(Self { validator: None, protobuf: None }) };
        let schema: Value = serde_json::from_slice(schema).map_err(|error| error.to_string())?;
        let validator = jsonschema::options()
            // Never fetched: a file or an address in a schema is not followed.
            .build(&schema)
            .map_err(|error| expectation(&error))?;
        Ok(Self { validator: Some(validator), protobuf: None })
    }

    /// Makes records of protobuf out of JSON.
    pub(super) fn protobuf(layout: Layout) -> Self {
        let protobuf = Protobuf { layout, scratch: Scratch::default(), payload: Vec::new() };
        Self { validator: None, protobuf: Some(Box::new(protobuf)) }
    }

    /// Checks the record that `bytes` end with, and puts its encoding into its place.
    pub(super) fn take(&mut self, bytes: &mut Vec<u8>, start: usize) -> Result<(), Fault> {
        let record = bytes.get(start..).unwrap_or_default();
        let Some(protobuf) = &mut self.protobuf else { return self.check(record) };
        let Protobuf { layout, scratch, payload } = protobuf.as_mut();
        if record.iter().all(u8::is_ascii_whitespace) {
            return Err(blank());
        }
        payload.clear();
        layout.from_json(record, scratch, payload).map_err(|error| match error.kind() {
            JsonErrorKind::Syntax(_) => Fault::Syntax {
                what: format!("the record is not as it should be: {}", error.kind()),
                column: error.offset() + 1,
            },
            kind => {
                Fault::Message { what: kind.to_string(), pointer: tame(error.pointer(), POINTER) }
            }
        })?;
        bytes.truncate(start);
        bytes.extend_from_slice(payload);
        Ok(())
    }

    /// Checks one record.
    pub(super) fn check(&self, record: &[u8]) -> Result<(), Fault> {
        if record.iter().all(u8::is_ascii_whitespace) {
            return Err(blank());
        }
        let text = core::str::from_utf8(record).map_err(|error| Fault::Syntax {
            what: "the record is not UTF-8".to_owned(),
            column: error.valid_up_to() as u64 + 1,
        })?;
        let Some(validator) = &self.validator else { return well_formed(text) };
        match serde_json::from_str::<Value>(text) {
            Ok(value) if validator.is_valid(&value) => Ok(()),
            Ok(value) => Err(misfit(validator, &value)),
            Err(error) => {
                // JSON without bounds may still be too much for a validator.
                well_formed(text)?;
                let what = format!("cannot be validated: {}", without_position(&error));
                Err(Fault::Schema { what, pointer: String::new() })
            }
        }
    }
}

fn blank() -> Fault {
    let what = "a blank line stands where a record is expected".to_owned();
    Fault::Syntax { what, column: 1 }
}

fn well_formed(text: &str) -> Result<(), Fault> {
    serde_json::from_str::<IgnoredAny>(text).map(drop).map_err(|error| Fault::Syntax {
        what: format!("the record is not JSON: {}", without_position(&error)),
        column: error.column() as u64,
    })
}

fn misfit(validator: &Validator, value: &Value) -> Fault {
    match validator.validate(value) {
        Ok(()) => Fault::Schema { what: "not valid".to_owned(), pointer: String::new() },
        Err(error) => Fault::Schema {
            what: expectation(&error),
            pointer: tame(error.instance_path().as_str(), POINTER),
        },
    }
}

/// What was expected, without the value that was found.
fn expectation(error: &ValidationError<'_>) -> String {
    tame(&error.masked().to_string(), EXPECTATION)
}

/// The message of the parser without the line it counted, which is always the first.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what).to_owned()
}

/// The longest pointer and the longest expectation that are shown, in characters.
const POINTER: usize = 100;
const EXPECTATION: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &[u8] =
        br#"{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}"#;

    fn column(checker: &Checker, record: &[u8]) -> u64 {
        match checker.check(record) {
            Err(Fault::Syntax { column, .. }) => column,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_not_one_json_text_is_refused_with_and_without_a_schema() {
        for checker in [Checker::new(None).unwrap(), Checker::new(Some(SCHEMA)).unwrap()] {
            assert_eq!(column(&checker, b""), 1);
            assert_eq!(column(&checker, b" \r"), 1);
            assert_eq!(column(&checker, br#"{"n":1} x"#), 9);
            assert_eq!(column(&checker, br#"{"n":1}{"n":2}"#), 8);
            assert_eq!(column(&checker, b"{\"n\":1,\"s\":\"\xff\"}"), 13);
            assert_eq!(column(&checker, br#"{"n":01}"#), 7);
            assert_eq!(column(&checker, b"\xef\xbb\xbf{}"), 1);
            assert_eq!(checker.check(b"{\"n\":1}\r"), Ok(()));
        }
    }

    #[test]
    fn a_misfit_says_where_and_what_was_expected_but_not_what_was_found() {
        let checker = Checker::new(Some(SCHEMA)).unwrap();
        let fault = checker.check(br#"{"n":"secret"}"#).unwrap_err();
        let Fault::Schema { what, pointer } = fault else { panic!("{fault:?}") };
        assert_eq!((what.as_str(), pointer.as_str()), ("value is not of type \"integer\"", "/n"));
        let fault = checker.check(b"{}").unwrap_err();
        let Fault::Schema { what, pointer } = fault else { panic!("{fault:?}") };
        assert_eq!((what.as_str(), pointer.as_str()), ("\"n\" is a required property", ""));
    }

    #[test]
    fn json_that_no_validator_can_hold_is_a_misfit_and_not_a_fault_of_syntax() {
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        let any = Checker::new(Some(b"true")).unwrap();
        assert!(matches!(any.check(deep.as_bytes()), Err(Fault::Schema { .. })));
        assert!(matches!(any.check(b"1e999"), Err(Fault::Schema { .. })));
        let none = Checker::new(None).unwrap();
        assert_eq!(none.check(deep.as_bytes()), Ok(()));
        assert_eq!(none.check(b"1e999"), Ok(()));
    }

    #[test]
    fn a_reference_out_of_the_schema_is_not_followed() {
        let schema = br#"{"$ref":"https://example.org/other.json"}"#;
        assert!(Checker::new(Some(schema)).is_err());
    }
}
