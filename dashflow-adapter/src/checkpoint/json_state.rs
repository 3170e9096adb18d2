//! States of which nothing is known but that they are JSON objects.

use serde_json::{Map, Value};
use strictframe::message::{ReadPayload, read_json, write_json};
use strictframe::{KnownSchema, PayloadRefused, Schema};

use super::distinct::Distinct;
use crate::generated::STRICTFRAME_DASHFLOW_JSON_STATE;

/// A state without a type of its own: any JSON object, at most 127 levels deep and without a member twice at any depth, of the schema `strictframe.dashflow.JsonState`.
///
/// A type of serde with a schema of its own (`strictframe::json_messages!`) is better: what it refuses was never a state.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "its members are all there is")]
pub struct JsonState(pub Map<String, Value>);

impl Schema for JsonState {
    const SCHEMA: &'static KnownSchema = &STRICTFRAME_DASHFLOW_JSON_STATE;

    fn write_payload(&self, out: &mut Vec<u8>) -> Result<(), PayloadRefused> {
        write_json(&self.0, out)
    }

    fn read_payload(payload: &[u8]) -> ReadPayload<Self> {
        // Of two members with one name the map would keep the last, and nobody would know.
        read_json::<Distinct>(payload)?;
        read_json(payload).map(|(members, unknown)| (Self(members), unknown))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(payload: &str) -> (String, Option<u64>, String) {
        match JsonState::read_payload(payload.as_bytes()) {
            Err(PayloadRefused::Json(fault)) => (fault.pointer, fault.offset, fault.expected),
            other => panic!("{payload}: {other:?}"),
        }
    }

    #[test]
    fn a_member_twice_is_refused_with_its_place_and_not_read_as_the_last_of_both() {
        let expected = "each member of an object once".to_owned();
        let found = fault(r#"{"a":1,"b":2,"a":3}"#);
        assert_eq!(found, (String::new(), Some(15), expected.clone()));
        let found = fault(r#"{"a":[0,{"b":{},"\u0062":{}}]}"#);
        assert_eq!(found, ("/a/1".to_owned(), Some(23), expected));
    }

    #[test]
    fn a_name_may_stand_in_as_many_objects_as_there_are() {
        let payload = br#"{"a":{"a":1},"b":[{"a":2},{"a":3}]}"#;
        let (state, unknown) = JsonState::read_payload(payload).unwrap();
        let mut written = Vec::new();
        state.write_payload(&mut written).unwrap();
        assert_eq!((written.as_slice(), unknown), (payload.as_slice(), 0));
    }
}
