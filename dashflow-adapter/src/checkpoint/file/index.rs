//! What the checkpoints of a thread say of themselves, kept beside them: a cache, which is never believed of a file that it does not know as it is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use strictframe::{Descriptor, Limits, SchemaKey};

use super::folder::{list, write};
use super::id_of;
use crate::checkpoint::bases::Bases;
use crate::checkpoint::error::CheckpointError;
use crate::checkpoint::frame::CheckpointHead;
use crate::checkpoint::id::CheckpointId;
use crate::checkpoint::store::History;
use crate::identity::ThreadId;
use crate::transport::{FrameFile, TransportError};

/// A file as it was when it was read, and what it said.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: CheckpointId,
    bytes: u64,
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    modified: u64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    parent: Option<CheckpointId>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    base: Option<CheckpointId>,
    time: i64,
    node: String,
    metadata: BTreeMap<String, String>,
    key: [u8; 16],
}

/// The history of a thread: files that are as the index knows them are not read once more.
pub(super) fn history(
    folder: &Path,
    thread: &ThreadId,
    read: impl Fn(CheckpointId) -> Result<Option<CheckpointHead>, CheckpointError>,
) -> Result<History, CheckpointError> {
    let (mut history, mut bases) = (History::default(), Bases::new());
    let path = folder.join("index.frame");
    let file = file(path.clone())?;
    let known = file.load::<Vec<Entry>>().unwrap_or_else(|error| {
        tracing::warn!(target: "strictframe", %error, "an index is made anew");
        history.index = Some(error.to_string());
        None
    });
    let known = known.unwrap_or_default();
    let by_id: BTreeMap<_, _> = known.iter().map(|entry| (entry.id, entry)).collect();
    let mut names = list(folder)?;
    names.sort();
    let mut entries = Vec::new();
    for (name, _) in &names {
        let Some(id) = id_of(Path::new(name)) else { continue };
        let is =
            folder.join(name).symlink_metadata().ok().map(|found| (found.len(), modified(&found)));
        let same = |entry: &&&Entry| is == Some((entry.bytes, Some(entry.modified)));
        if let Some(entry) = by_id.get(&id).filter(same) {
            history.add(bases.judge(thread, Ok(entry.head())).map(Some))?;
            entries.push((*entry).clone());
            continue;
        }
        let read = read(id);
        if let (Ok(Some(head)), Some((bytes, Some(modified)))) = (&read, is)
            && head.bytes == bytes
        {
            entries.push(Entry::new(head, modified));
        }
        let judged = read.transpose().map(|read| bases.judge(thread, read));
        history.add(judged.transpose())?;
    }
    if entries != known
        && let Err(error) = store(&path, &file, &entries)
    {
        // It is a cache: who cannot write it reads the files once more.
        tracing::debug!(target: "strictframe", %error, "the index stays as it was");
    }
    Ok(history)
}

impl Entry {
    fn new(head: &CheckpointHead, modified: u64) -> Self {
        let CheckpointHead { id, parent, base, time, node, metadata, key, bytes } = head.clone();
        Self { id, bytes, modified, parent, base, time, node, metadata, key: key.to_bytes() }
    }

    fn head(&self) -> CheckpointHead {
        let Self { id, bytes, parent, base, time, node, metadata, key, .. } = self.clone();
        let key = SchemaKey::from_bytes(key);
        CheckpointHead { id, parent, base, time, node, metadata, key, bytes }
    }
}

fn modified(found: &std::fs::Metadata) -> Option<u64> {
    let since = found.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    u64::try_from(since.as_nanos()).ok()
}

fn store(path: &Path, file: &FrameFile, entries: &[Entry]) -> Result<(), CheckpointError> {
    // Metadata are nobody else's business either.
    write(path, &file.frame(&entries)?)
        .map_err(|error| CheckpointError::io("writing an index", &error))
}

fn file(path: PathBuf) -> Result<FrameFile, CheckpointError> {
    let schema = Descriptor::json("strictframe.dashflow.CheckpointIndex", 1, 1, SCHEMA);
    let schema = schema.map_err(|error| TransportError::fatal("Schema", error.to_string()))?;
    Ok(FrameFile::new(path, schema, Limits::MAXIMUM))
}

const SCHEMA: &[u8] = br#"{
  "type": "array",
  "description": "What the checkpoints of a thread say of themselves, oldest first",
  "items": {
    "type": "object",
    "properties": {
      "id": {"type": "string"},
      "bytes": {"type": "integer", "minimum": 0},
      "modified": {"type": "integer", "minimum": 0},
      "parent": {"type": "string"},
      "base": {"type": "string"},
      "time": {"type": "integer"},
      "node": {"type": "string"},
      "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
      "key": {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 255}, "minItems": 16, "maxItems": 16}
    },
    "required": ["id", "bytes", "modified", "time", "node", "metadata", "key"],
    "additionalProperties": false
  }
}"#;
