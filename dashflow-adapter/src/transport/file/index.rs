//! What the finished segments of a log hold, kept beside them.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use strictframe::{Descriptor, Limits};

use super::segment::{Read, SegmentError, SegmentFile, SegmentReader};
use crate::transport::TransportError;
use crate::transport::frame_file::FrameFile;

/// What a segment holds.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Segment {
    /// The number of its first frame.
    pub first: u64,
    /// The data frames in it; of a damaged one those before the damage.
    pub count: u64,
    /// Its length in bytes.
    pub bytes: u64,
    /// The earliest time that a frame in it says, in nanoseconds since 1970-01-01T00:00:00Z.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub earliest: Option<i64>,
    /// The latest time that a frame in it says.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub latest: Option<i64>,
    /// Whether it ends with END, as every one but the last should.
    pub is_finished: bool,
    /// What is wrong with it, if something is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub damage: Option<String>,
}

/// The segments of a log, oldest first: those of the index that agree with their files, and the others read through.
///
/// # Errors
/// [`TransportError`] named `Io`.
pub fn segments(folder: &Path) -> Result<Vec<Segment>, TransportError> {
    let known = load(folder);
    SegmentFile::list(folder)?.iter().map(|file| known.segment(file)).collect()
}

impl Segment {
    /// A segment that has no frame yet.
    pub(super) const fn empty(first: u64) -> Self {
        Self {
            first,
            count: 0,
            bytes: 0,
            earliest: None,
            latest: None,
            is_finished: false,
            damage: None,
        }
    }

    pub(super) fn add(&mut self, time: Option<i64>) {
        self.count += 1;
        self.earliest = [self.earliest, time].into_iter().flatten().min();
        self.latest = [self.latest, time].into_iter().flatten().max();
    }

    /// The number of the next frame, above every one that the segment can hold.
    pub(super) const fn end(&self) -> u64 {
        match self.damage {
            None => self.first + self.count,
            // What lies behind the damage is not known, and no frame is shorter than this.
            Some(_) => self.first + self.bytes / strictframe::Frame::OVERHEAD as u64 + 1,
        }
    }

    /// Reads a segment through.
    pub(super) fn read(file: &SegmentFile) -> Result<Self, TransportError> {
        let failed = |error: SegmentError| error.of(&file.path);
        let open = || SegmentReader::open(&file.path).map_err(SegmentError::Io);
        let mut reader = open().map_err(failed)?;
        let mut segment = Self::empty(file.first);
        loop {
            match reader.next() {
                Ok(Read::Data(frame)) => segment.add(frame.time),
                Ok(Read::Definition(_)) => {}
                Ok(Read::CaughtUp) => break,
                Ok(Read::End) => {
                    segment.is_finished = true;
                    break;
                }
                Err(SegmentError::Refused(error)) => {
                    segment.damage = Some(error.to_string());
                    break;
                }
                Err(error) => return Err(failed(error)),
            }
        }
        segment.bytes = len(file)?;
        Ok(segment)
    }
}

/// What an index says, by the segments' first numbers.
#[derive(Debug, Default)]
pub(super) struct Index(BTreeMap<u64, Segment>);

impl Index {
    /// What is known of a segment, if it is finished and has the length it had; what it holds, otherwise.
    pub(super) fn segment(&self, file: &SegmentFile) -> Result<Segment, TransportError> {
        let bytes = len(file)?;
        let agrees = |known: &&Segment| known.is_finished && known.bytes == bytes;
        match self.0.get(&file.first).filter(agrees) {
            Some(known) => Ok(known.clone()),
            None => Segment::read(file),
        }
    }
}

/// The index of a folder; an empty one when it is missing or refused, since all of it can be found anew.
pub(super) fn load(folder: &Path) -> Index {
    let stored = frame_file(folder).and_then(|file| file.load::<Vec<Segment>>());
    let segments = stored.ok().flatten().unwrap_or_default();
    Index(segments.into_iter().map(|segment| (segment.first, segment)).collect())
}

pub(super) fn store(folder: &Path, segments: &[Segment]) -> Result<(), TransportError> {
    frame_file(folder)?.store(&segments)
}

fn frame_file(folder: &Path) -> Result<FrameFile, TransportError> {
    let schema = Descriptor::json("strictframe.dashflow.LogIndex", 1, 1, SCHEMA);
    let schema = schema.map_err(|error| TransportError::fatal("Schema", error.to_string()))?;
    Ok(FrameFile::new(folder.join("index.frame"), schema, Limits::MAXIMUM))
}

fn len(file: &SegmentFile) -> Result<u64, TransportError> {
    let found = std::fs::metadata(&file.path);
    let found = found.map_err(|error| SegmentError::Io(error).of(&file.path))?;
    Ok(found.len())
}

const SCHEMA: &[u8] = br#"{
  "type": "array",
  "description": "The finished segments of a log, oldest first",
  "items": {
    "type": "object",
    "properties": {
      "first": {"type": "integer", "minimum": 0},
      "count": {"type": "integer", "minimum": 0},
      "bytes": {"type": "integer", "minimum": 0},
      "earliest": {"type": "integer"},
      "latest": {"type": "integer"},
      "is_finished": {"type": "boolean"},
      "damage": {"type": "string"}
    },
    "required": ["first", "count", "bytes", "is_finished"],
    "additionalProperties": false
  }
}"#;
