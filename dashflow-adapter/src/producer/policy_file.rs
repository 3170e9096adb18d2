//! The compression policy: what a framer is made from, and the file that may change it while the producer runs.

use core::time::Duration;
use std::path::{Path, PathBuf};
use std::time::Instant;

use strictframe::{BatchLimits, CompressionPolicy, Limits, Schema as _};

use crate::framing::{FrameOptions, Framer};
use crate::messages::v1::DashStreamMessage;
use crate::transport::{Definition, TransportError};

/// Watches a file.
#[derive(Debug)]
pub(super) struct PolicyFile {
    path: PathBuf,
    /// What was looked at last, good or not.
    seen: Vec<u8>,
    looked: Instant,
}

/// A policy that was found good.
#[derive(Debug)]
pub(super) struct Policy {
    pub(super) framer: Framer,
    pub(super) batch: BatchLimits,
    /// What readers must know before the first frame.
    pub(super) dictionary: Option<Definition>,
}

impl Policy {
    pub(super) fn new(policy: CompressionPolicy, options: FrameOptions) -> Result<Self, String> {
        let one = || {
            let mut one = BatchLimits::default();
            one.count = 1;
            one
        };
        let batch = policy.for_schema(DashStreamMessage::SCHEMA.name()).batch.unwrap_or_else(one);
        // A batch may hold messages that are each as long as a frame can be; the sink's own limit comes behind it.
        let framer = Framer::new(policy, [], options, Limits::DEFAULT);
        let framer = framer.map_err(|error| error.to_string())?;
        let dictionary = framer.encoder().dictionary().map(Definition::dictionary);
        let dictionary = dictionary.transpose().map_err(|error| error.to_string())?;
        Ok(Self { framer, batch, dictionary })
    }
}

impl PolicyFile {
    /// The file, and the policy in it.
    pub(super) fn open(
        path: &Path,
        options: FrameOptions,
    ) -> Result<(Self, Policy), TransportError> {
        let refused = |why: String| {
            let message = format!("the policy in {}: {why}", path.display());
            TransportError::permanent("PolicyRefused", message)
        };
        let seen = std::fs::read(path).map_err(|error| refused(error.to_string()))?;
        let policy = read(path, &seen, options).map_err(refused)?;
        Ok((Self { path: path.to_path_buf(), seen, looked: Instant::now() }, policy))
    }

    /// The policy that the file has now, if it has another one; what is wrong with it otherwise. It looks once a second.
    pub(super) fn changed(
        &mut self,
        now: Instant,
        options: FrameOptions,
    ) -> Option<Result<Policy, String>> {
        if now.saturating_duration_since(self.looked) < PERIOD {
            return None;
        }
        self.looked = now;
        let found = match std::fs::read(&self.path) {
            Ok(found) if found == self.seen => return None,
            // It may be about to be replaced; what it had stays until it is.
            Err(_) => return None,
            Ok(found) => found,
        };
        let policy = read(&self.path, &found, options);
        self.seen = found;
        Some(policy.map_err(|why| format!("the policy in {}: {why}", self.path.display())))
    }
}

fn read(path: &Path, text: &[u8], options: FrameOptions) -> Result<Policy, String> {
    let policy = CompressionPolicy::from_json(text).map_err(|error| error.to_string())?;
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    Policy::new(policy.with_paths_from(folder), options)
}

/// How often it looks.
const PERIOD: Duration = Duration::from_secs(1);
