//! Places in a log, and the file that keeps them.

use core::fmt;
use std::collections::BTreeMap;
use std::path::PathBuf;

use strictframe::{Descriptor, Limits, SchemaError};

use super::error::TransportError;
use super::frame_file::FrameFile;

/// A place in a log.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[allow(clippy::exhaustive_structs, reason = "a partition and an offset are all there is")]
pub struct Position {
    /// The partition; 0 where there is but one.
    pub partition: u32,
    /// The number of the frame in it, from 0.
    pub offset: u64,
}

impl Position {
    /// The position behind this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self { offset: self.offset.saturating_add(1), ..self }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.partition, self.offset)
    }
}

/// Where a source begins.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Start {
    /// At these positions; a partition without one at its first frame.
    At(Vec<Position>),
    /// Where its group left off; a partition without a committed position at its first frame.
    #[default]
    Committed,
    /// At the first frame there is.
    Earliest,
    /// Behind the last frame there is.
    Latest,
}

impl Start {
    /// Refuses a start in a partition that is not among so many.
    pub(super) fn check_partitions(&self, count: usize) -> Result<(), TransportError> {
        let Self::At(positions) = self else { return Ok(()) };
        let beyond = |position: &&Position| position.partition as usize >= count;
        match positions.iter().find(beyond) {
            Some(position) => Err(TransportError::unknown_partition(position.partition)),
            None => Ok(()),
        }
    }

    /// The offset to begin at in a partition of which `first..end` are kept.
    pub(super) fn offset(
        &self,
        partition: u32,
        committed: Option<u64>,
        (first, end): (u64, u64),
    ) -> Result<u64, TransportError> {
        let asked = match self {
            Self::At(positions) => positions
                .iter()
                .find(|position| position.partition == partition)
                .map(|position| position.offset),
            Self::Committed => committed,
            Self::Earliest => None,
            Self::Latest => Some(end),
        };
        match asked {
            Some(asked) if asked < first => Err(TransportError::position_gone(asked, first)),
            Some(asked) if asked > end => {
                let message = format!("offset {asked} is not there yet: the next one is {end}");
                Err(TransportError::permanent("PositionAhead", message))
            }
            asked => Ok(asked.unwrap_or(first)),
        }
    }
}

/// A file that keeps one position for each partition: one frame, so that a damaged file is refused and never read as other positions.
#[derive(Clone, Debug)]
pub struct PositionFile {
    file: FrameFile,
}

impl PositionFile {
    /// The file at that path, which need not be there yet.
    ///
    /// # Errors
    /// None as long as the schema of positions has a canonical form.
    pub fn new(path: impl Into<PathBuf>) -> Result<Self, SchemaError> {
        let schema = Descriptor::json("strictframe.dashflow.Positions", 1, 1, SCHEMA)?;
        Ok(Self { file: FrameFile::new(path.into(), schema, Limits::TINY) })
    }

    /// The next offset of each partition; nothing when there is no file.
    ///
    /// # Errors
    /// [`TransportError`] named `FileRefused` for a file that does not hold what was stored, `Io`.
    pub fn load(&self) -> Result<BTreeMap<u32, u64>, TransportError> {
        self.file.load().map(Option::unwrap_or_default)
    }

    /// Takes the place of what was stored before, durably and all at once.
    ///
    /// # Errors
    /// [`TransportError`] named `Io`; what was stored before is then still there.
    pub fn store(&self, positions: &BTreeMap<u32, u64>) -> Result<(), TransportError> {
        self.file.store(positions)
    }
}

const SCHEMA: &[u8] = br#"{
  "type": "object",
  "description": "The next offset of each partition, by the partition's number",
  "propertyNames": {"pattern": "^(0|[1-9][0-9]*)$"},
  "additionalProperties": {"type": "integer", "minimum": 0}
}"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_come_back_and_a_flipped_bit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("group.frame");
        let file = PositionFile::new(&path).unwrap();
        assert_eq!(file.load().unwrap(), BTreeMap::new());
        for positions in [BTreeMap::from([(0, 7)]), BTreeMap::from([(0, u64::MAX), (11, 0)])] {
            file.store(&positions).unwrap();
            assert_eq!(file.load().unwrap(), positions);
        }
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[30] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        let error = file.load().unwrap_err();
        assert_eq!(
            (error.class(), error.name()),
            (crate::transport::ErrorClass::Permanent, "FileRefused")
        );
        assert!(error.to_string().contains("frame checksum mismatch"), "{error}");
    }

    #[test]
    fn a_start_outside_of_what_is_kept_is_refused() {
        let at = |offset| Start::At(vec![Position { partition: 1, offset }]);
        assert_eq!(at(5).offset(1, None, (5, 9)), Ok(5));
        assert_eq!(at(9).offset(1, None, (5, 9)), Ok(9));
        assert_eq!(at(4).offset(1, None, (5, 9)).unwrap_err().name(), "PositionGone");
        assert_eq!(at(10).offset(1, None, (5, 9)).unwrap_err().name(), "PositionAhead");
        assert_eq!(at(4).offset(0, None, (5, 9)), Ok(5));
        assert_eq!(Start::Committed.offset(0, Some(6), (5, 9)), Ok(6));
        assert_eq!(Start::Committed.offset(0, None, (5, 9)), Ok(5));
        assert_eq!(Start::Latest.offset(0, Some(6), (5, 9)), Ok(9));
        assert_eq!(Start::Earliest.offset(0, Some(6), (5, 9)), Ok(5));
    }
}
