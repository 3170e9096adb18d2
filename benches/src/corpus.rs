//! What is measured on: real records where they are found, made ones of the same shape elsewhere.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use prost::Message as _;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Fault;
use crate::event::{AttributeValue, Event, Header};

mod made;

/// One record in both of its forms.
#[derive(Clone, Debug)]
pub struct Record {
    /// The protobuf form, as a program holds it.
    pub event: Event,
    /// The protobuf form, encoded.
    pub protobuf: Bytes,
    /// The JSON form: the record as it stands, without white space between its parts.
    pub json: Vec<u8>,
    /// What the record was part of; dictionaries are trained on other tasks.
    pub task: u32,
}

/// Records of one kind.
#[derive(Clone, Debug)]
pub struct Corpus {
    /// Its name in the results.
    pub name: &'static str,
    /// Whether it was recorded somewhere, and not made here.
    pub is_real: bool,
    /// In the order they were recorded in.
    pub records: Vec<Record>,
}

/// Which form of a record is meant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// [`Record::protobuf`]
    Protobuf,
    /// [`Record::json`]
    Json,
}

impl Corpus {
    /// Recorded runs of a tool-calling agent, system prompts left out.
    ///
    /// # Errors
    /// When the file is there and is not what it should be.
    pub fn agent_runs() -> Result<Self, Fault> {
        let Some(text) = real("agent-runs/gpt-4o-airline.json")? else {
            return Ok(Self::made_agent_runs());
        };
        let runs: Vec<Run<'_>> = serde_json::from_str(&text)?;
        let mut records = Vec::new();
        for run in &runs {
            let thread = format!("airline-{}-{}", run.task_id, run.trial);
            let mut sequence = 0;
            for message in &run.traj {
                let Role { role } = serde_json::from_str(message.get())?;
                if role != "system" {
                    sequence += 1;
                    let json = compact(message.get());
                    records.push(Record::new(run.task_id, &thread, sequence, &role, json));
                }
            }
        }
        Ok(Self { name: "agent runs", is_real: true, records })
    }

    /// The made twin of [`Corpus::agent_runs`], the same on every machine.
    #[must_use]
    pub fn made_agent_runs() -> Self {
        let records = made::agent_runs();
        Self { name: "agent runs", is_real: false, records }
    }

    /// One recorded session of a coding agent: many short lines.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn token_stream() -> Result<Self, Fault> {
        let real = real("token-stream/oss-story.jsonl")?;
        let is_real = real.is_some();
        let text = real.unwrap_or_else(made::token_stream);
        let lines = text.lines().zip(0..);
        let records = lines
            // A session has no tasks; stretches of 200 lines take their place.
            .map(|(line, n)| {
                Record::new(n / 200, "session", u64::from(n) + 1, "tui", compact(line))
            })
            .collect();
        Ok(Self { name: "token stream", is_real, records })
    }

    /// Two versions of one large document.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn state_pair() -> Result<Self, Fault> {
        let mut records = Vec::new();
        let mut is_real = true;
        for (task, version) in (0..).zip(["2025-03-26", "2025-06-18"]) {
            let real = real(&format!("state-pair/mcp-{version}.json"))?;
            is_real &= real.is_some();
            let text = real.unwrap_or_else(|| made::document(task));
            let sequence = u64::from(task) + 1;
            records.push(Record::new(task, "document", sequence, "state", compact(&text)));
        }
        Ok(Self { name: "state pair", is_real, records })
    }

    /// The records whose protobuf form is nearest to `len` bytes, in their order.
    #[must_use]
    pub fn near(&self, len: usize, count: usize) -> Vec<Record> {
        let mut order: Vec<usize> = (0..self.records.len()).collect();
        let distance = |index: &usize| {
            self.records
                .get(*index)
                .map_or(usize::MAX, |record| record.protobuf.len().abs_diff(len))
        };
        order.sort_by_key(distance);
        order.truncate(count);
        order.sort_unstable();
        order.iter().filter_map(|index| self.records.get(*index)).cloned().collect()
    }

    /// The records of every second task, and the others.
    #[must_use]
    pub fn halves(&self) -> [Vec<&Record>; 2] {
        [0, 1].map(|half| self.records.iter().filter(|record| record.task % 2 == half).collect())
    }

    /// What the results call it.
    #[must_use]
    pub fn label(&self) -> String {
        let origin = if self.is_real { "real" } else { "made" };
        format!("{} ({origin}, {} records)", self.name, self.records.len())
    }
}

impl Record {
    /// The record with that JSON form, at its place in a thread.
    #[must_use]
    pub fn new(task: u32, thread: &str, sequence: u64, node: &str, json: Vec<u8>) -> Self {
        let text = String::from_utf8_lossy(&json).into_owned();
        let value = AttributeValue { string_value: Some(text) };
        let seed = u64::from(task).wrapping_mul(0x0001_0000_0001).wrapping_add(sequence);
        let id = made::words(seed ^ thread.len() as u64).take(2).flat_map(u64::to_le_bytes);
        let header = Header {
            message_id: id.collect(),
            timestamp_us: 1_754_795_546_500_000 + i64::try_from(sequence * 1_317_011).unwrap_or(0),
            thread_id: thread.to_owned(),
            sequence,
            r#type: 1,
            schema_version: 1,
            ..Header::default()
        };
        let event = Event {
            header: Some(header),
            event_type: 82,
            node_id: node.to_owned(),
            attributes: HashMap::from([("record".to_owned(), value)]),
            ..Event::default()
        };
        Self { protobuf: event.encode_to_vec().into(), event, json, task }
    }

    /// The bytes of a form.
    #[must_use]
    pub fn form(&self, form: Form) -> &[u8] {
        match form {
            Form::Protobuf => &self.protobuf,
            Form::Json => &self.json,
        }
    }
}

/// The protobuf form.
impl AsRef<[u8]> for Record {
    fn as_ref(&self) -> &[u8] {
        &self.protobuf
    }
}

impl Form {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Protobuf, Self::Json];

    /// Its name in the results.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Protobuf => "protobuf",
            Self::Json => "JSON",
        }
    }
}

#[derive(Deserialize)]
struct Run<'a> {
    task_id: u32,
    trial: u32,
    #[serde(borrow)]
    traj: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Role {
    role: String,
}

/// A file of the folder with real data; nothing when there is no such folder.
fn real(path: &str) -> Result<Option<String>, Fault> {
    let folder = data();
    if !folder.is_dir() {
        return Ok(None);
    }
    let path = folder.join(path);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(error) => Err(format!("{}: {error}", path.display()).into()),
    }
}

/// Beside the repository, unless the environment names another place.
fn data() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    std::env::var_os("STRICTFRAME_DATA").map_or_else(beside, PathBuf::from)
}

/// Bytes that no codec makes smaller, the same for a seed on every machine.
#[must_use]
pub fn noise(len: usize, seed: u64) -> Vec<u8> {
    made::words(seed << 32).flat_map(u64::to_le_bytes).take(len).collect()
}

/// JSON without the white space between its parts; everything else stays as it is.
fn compact(json: &str) -> Vec<u8> {
    let (mut is_string, mut is_escaped) = (false, false);
    let stays = |byte: &u8| {
        let is_between = !is_string && byte.is_ascii_whitespace();
        if *byte == b'"' && !is_escaped {
            is_string = !is_string;
        }
        is_escaped = is_string && *byte == b'\\' && !is_escaped;
        !is_between
    };
    json.bytes().filter(stays).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_goes_between_parts_and_stays_in_strings() {
        let json = "{ \"a b\" : [ 1 ,\n 2 ], \"c\": \" \\\" d \\\\\" , \"e\": \" \" }";
        let expected = r#"{"a b":[1,2],"c":" \" d \\","e":" "}"#;
        assert_eq!(String::from_utf8(compact(json)).unwrap(), expected);
    }

    #[test]
    fn made_records_have_the_shape_of_the_real_ones() {
        let made = Corpus::made_agent_runs();
        assert!((4_000..6_000).contains(&made.records.len()), "{}", made.records.len());
        let mean = made.records.iter().map(|r| r.json.len()).sum::<usize>() / made.records.len();
        assert!((350..420).contains(&mean), "{mean}");
        assert!(made.halves().iter().all(|half| half.len() > 1_500));
        for record in made.records.iter().take(100) {
            let value: serde_json::Value = serde_json::from_slice(&record.json).unwrap();
            assert!(value.get("role").is_some());
            assert_eq!(Event::decode(record.protobuf.clone()).unwrap(), record.event);
        }
    }

    #[test]
    fn the_records_near_a_length_are_the_nearest() {
        let made = Corpus::made_agent_runs();
        let near = made.near(2048, 64);
        let far = near.iter().map(|record| record.protobuf.len().abs_diff(2048)).max().unwrap();
        let nearer = |record: &&Record| record.protobuf.len().abs_diff(2048) < far;
        assert!(made.records.iter().filter(nearer).count() < 64);
        assert_eq!(near.len(), 64);
    }
}
