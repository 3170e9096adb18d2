//! What outlives a consumer: how far each partition is done with, and the numbers seen in it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use strictframe::{Descriptor, Limits, SchemaError};

use super::sequence::Sequence;
use crate::transport::{FrameFile, TransportError};

/// A file that keeps it: one frame, so that a damaged file is refused and never read as other positions.
///
/// Positions and numbers are stored at once, so that both are of the same moment.
#[derive(Clone, Debug)]
pub struct StateFile {
    file: FrameFile,
}

/// Everything that is kept.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(transparent)]
pub(super) struct State {
    pub(super) partitions: BTreeMap<u32, PartitionState>,
}

/// What is kept of a partition.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PartitionState {
    /// The offset behind the last value that is done with.
    pub(super) next: u64,
    /// From the thread that was not seen for longest to the one seen last.
    pub(super) threads: Vec<(String, Sequence)>,
}

impl StateFile {
    /// The file at that path, which need not be there yet.
    ///
    /// # Errors
    /// None as long as the schema of it has a canonical form.
    pub fn new(path: impl Into<PathBuf>) -> Result<Self, SchemaError> {
        let schema = Descriptor::json("strictframe.dashflow.ConsumerState", 1, 1, SCHEMA)?;
        Ok(Self { file: FrameFile::new(path.into(), schema, Limits::MAXIMUM) })
    }

    /// What was stored; nothing when there is no file.
    pub(super) fn load(&self) -> Result<State, TransportError> {
        self.file.load().map(Option::unwrap_or_default)
    }

    /// Takes the place of what was stored before, durably and all at once.
    pub(super) fn store(&self, state: &State) -> Result<(), TransportError> {
        self.file.store(state)
    }
}

const SCHEMA: &[u8] = br#"{
  "type": "object",
  "description": "How far each partition is done with, and the numbers seen of its threads, by the partition's number",
  "propertyNames": {"pattern": "^(0|[1-9][0-9]*)$"},
  "additionalProperties": {
    "type": "object",
    "required": ["next", "threads"],
    "properties": {
      "next": {"type": "integer", "minimum": 0},
      "threads": {
        "type": "array",
        "items": {
          "type": "array",
          "minItems": 2,
          "maxItems": 2,
          "prefixItems": [
            {"type": "string"},
            {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["epoch", "floor", "next", "missing"],
                "properties": {
                  "epoch": {"type": "integer", "minimum": 0},
                  "floor": {"type": "integer", "minimum": 0},
                  "next": {"type": "integer", "minimum": 0},
                  "missing": {
                    "type": "array",
                    "items": {
                      "type": "array",
                      "items": {"type": "integer", "minimum": 0},
                      "minItems": 2,
                      "maxItems": 2
                    }
                  }
                },
                "additionalProperties": false
              }
            }
          ]
        }
      }
    },
    "additionalProperties": false
  }
}"#;
