//! States of which nothing is known but that they are JSON objects.

use serde_json::{Map, Value};
use strictframe::message::{ReadPayload, read_json, write_json};
use strictframe::{KnownSchema, PayloadRefused, Schema};

use crate::generated::STRICTFRAME_DASHFLOW_JSON_STATE;

/// A state without a type of its own: any JSON object, at most 127 levels deep, of the schema `strictframe.dashflow.JsonState`.
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
        read_json(payload).map(|(members, unknown)| (Self(members), unknown))
    }
}
