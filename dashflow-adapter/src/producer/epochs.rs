//! Epochs: each is used once, by one run of one producer.

use core::time::Duration;
use std::path::Path;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use strictframe::{Descriptor, Limits};

use crate::transport::TransportError;
use crate::transport::frame_file::FrameFile;

/// Gives epochs, each above all before it.
///
/// An epoch is the time in microseconds, or one more than the last one where that is later. Where there is a folder, those that may have been given are kept in
/// it before they are, so that a clock which goes back gives none again.
#[derive(Debug)]
pub(super) struct Epochs {
    file: Option<FrameFile>,
    last: u64,
    /// Those up to here are durable.
    reserved: u64,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Reserved {
    reserved: u64,
}

impl Epochs {
    /// Those that follow what the folder remembers.
    pub(super) fn open(folder: Option<&Path>) -> Result<Self, TransportError> {
        let Some(folder) = folder else {
            return Ok(Self { file: None, last: 0, reserved: u64::MAX });
        };
        let schema = Descriptor::json("strictframe.dashflow.Epochs", 1, 1, SCHEMA);
        let schema = schema.map_err(|error| TransportError::fatal("Schema", error.to_string()))?;
        let file = FrameFile::new(folder.join("epochs.frame"), schema, Limits::TINY);
        let last = file.load::<Reserved>()?.map_or(0, |found| found.reserved);
        Ok(Self { file: Some(file), last, reserved: last })
    }

    /// One that was never given.
    ///
    /// # Errors
    /// [`TransportError`] named `Io` when it cannot be made durable; none is given then.
    pub(super) fn next(&mut self) -> Result<u64, TransportError> {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let now = since.map_or(0, |since| u64::try_from(since.as_micros()).unwrap_or(0));
        let next = now.max(self.last.saturating_add(1));
        if next > self.reserved {
            let reserved = next.saturating_add(AHEAD);
            if let Some(file) = &self.file {
                file.store(&Reserved { reserved })?;
            }
            self.reserved = reserved;
        }
        self.last = next;
        Ok(next)
    }
}

/// So many are made durable at once.
const AHEAD: u64 = Duration::from_secs(10).as_micros() as u64;
const SCHEMA: &[u8] = br#"{
  "type": "object",
  "description": "The last epoch that may have been given",
  "properties": {"reserved": {"type": "integer", "minimum": 0}},
  "required": ["reserved"],
  "additionalProperties": false
}"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_grow_within_a_run_and_from_run_to_run() {
        let folder = tempfile::tempdir().unwrap();
        let mut last = 0;
        for _ in 0..3 {
            let mut epochs = Epochs::open(Some(folder.path())).unwrap();
            for _ in 0..100 {
                let next = epochs.next().unwrap();
                assert!(next > last, "{next} after {last}");
                last = next;
            }
        }
    }

    #[test]
    fn a_clock_that_goes_back_gives_no_epoch_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut epochs = Epochs::open(Some(folder.path())).unwrap();
        // As if it had run in the year 2100.
        epochs.last = 4_102_444_800_000_000;
        let late = epochs.next().unwrap();
        assert!(Epochs::open(Some(folder.path())).unwrap().next().unwrap() > late);
    }
}
