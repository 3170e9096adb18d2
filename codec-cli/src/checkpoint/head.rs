//! What a checkpoint says of itself, as it is shown.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use strictframe::{Schema as _, SchemaKey};
use strictframe_dashflow::ThreadId;
use strictframe_dashflow::checkpoint::{CheckpointHead, CheckpointId, JsonState};

use super::place::Wrong;

/// A checkpoint in JSON.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    pub(super) thread: &'a str,
    pub(super) id: CheckpointId,
    #[serde(flatten)]
    pub(super) said: Option<Said<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<&'a Wrong>,
}

/// What a whole one says.
#[derive(Serialize)]
pub(super) struct Said<'a> {
    time: String,
    node: &'a str,
    parent: Option<CheckpointId>,
    base: Option<CheckpointId>,
    bytes: u64,
    schema: SchemaRow,
    metadata: &'a BTreeMap<String, String>,
}

#[derive(Serialize)]
struct SchemaRow {
    /// The name, where the lineage is one that is known here.
    name: Option<&'static str>,
    key: String,
    version: u16,
}

impl<'a> Row<'a> {
    pub(super) fn of(thread: &'a ThreadId, head: &'a CheckpointHead) -> Self {
        let said = Said {
            time: time(head.time),
            node: &head.node,
            parent: head.parent,
            base: head.base,
            bytes: head.bytes,
            schema: SchemaRow {
                name: schema_name(head.key),
                key: head.key.to_string(),
                version: head.key.version(),
            },
            metadata: &head.metadata,
        };
        Self { thread: thread.as_str(), id: head.id, said: Some(said), error: None }
    }

    pub(super) fn wrong(thread: &'a ThreadId, id: CheckpointId, error: &'a Wrong) -> Self {
        Self { thread: thread.as_str(), id, said: None, error: Some(error) }
    }
}

/// A time in nanoseconds since 1970 as a date.
pub(super) fn time(nanos: i64) -> String {
    Timestamp::from_nanosecond(i128::from(nanos))
        .map_or_else(|_| nanos.to_string(), |time| time.to_string())
}

/// The name of a schema, where its lineage is known here.
pub(super) fn schema_name(key: SchemaKey) -> Option<&'static str> {
    is_json_state(key).then_some(JSON_STATE)
}

/// Whether states of that schema are JSON objects of no further type.
pub(super) fn is_json_state(key: SchemaKey) -> bool {
    key.lineage() == JsonState::SCHEMA.key().lineage()
}

/// The schema for a person: its name, or its lineage.
pub(super) fn schema(key: SchemaKey) -> String {
    match schema_name(key) {
        Some(name) => format!("{name} v{}", key.version()),
        None => {
            let lineage: String = key.lineage().iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{lineage} v{}", key.version())
        }
    }
}

const JSON_STATE: &str = "strictframe.dashflow.JsonState";
