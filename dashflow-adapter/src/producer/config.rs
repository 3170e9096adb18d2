//! How a producer works, as plain data.

use core::time::Duration;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use strictframe::{BatchLimits, CompressionPolicy};

use super::priority::Priority;
use crate::framing::FrameOptions;
use crate::problem::{ConfigError, Problem};

/// How a producer works. Every field may be left out and then has its default; a field of another name is an error.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ProducerConfig {
    /// What dead letters and labels of metrics call the place that frames go to. Default: `telemetry`.
    pub topic: String,
    /// What may wait in memory.
    pub queue: QueueConfig,
    /// How frames are compressed, and in its `batch` when a batch is complete. Default: that of a compression policy, with batches.
    pub policy: CompressionPolicy,
    /// A file of JSON that takes the place of `policy`, also when it changes later. Default: none.
    pub policy_file: Option<PathBuf>,
    /// What frames say beside their records. Default: everything.
    pub extensions: FrameOptions,
    /// The threads whose numbers are remembered; one that was forgotten and comes back has a new epoch. 1 to 10,000,000. Default: 10,000.
    #[cfg_attr(feature = "schemars", schemars(range(min = 1, max = 10_000_000)))]
    pub threads: usize,
    /// The frames that may be on their way at once, of one thread never more than one. 1 to 65,536. Default: 256.
    #[cfg_attr(feature = "schemars", schemars(range(min = 1, max = 65_536)))]
    pub in_flight: usize,
    /// What is done about errors that may pass.
    pub retry: RetryConfig,
    /// Where what cannot be sent waits on the disk. Default: nowhere, so that it is lost, and said to be.
    pub spool: Option<SpoolConfig>,
    /// The longest that the sender's thread sleeps, in microseconds, 100 to 1,000,000: nobody wakes it, since that would cost a system call on the thread that
    /// sends. So long at most does the first message wait after a pause, and so much room must the queue have. Default: 2,000.
    #[cfg_attr(feature = "schemars", schemars(range(min = 100, max = 1_000_000)))]
    pub tick_us: u64,
    /// How long frames on their way may still get their receipts when the last handle goes without a close, in milliseconds, at most 60,000. Default: 200.
    #[cfg_attr(feature = "schemars", schemars(range(min = 0, max = 60_000)))]
    pub drop_wait_ms: u64,
}

/// What may wait in memory, by priority.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct QueueConfig {
    /// For errors, checkpoints, ends and traces. Default: 1,024 messages, the oldest go.
    pub critical: LaneConfig,
    /// For everything else. Default: 4,096 messages, the oldest go.
    pub normal: LaneConfig,
    /// For progress and tokens. Default: 2,048 messages, the oldest go.
    pub low: LaneConfig,
}

/// The room for messages of one priority.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "how much, and what then, is all there is")]
pub struct LaneConfig {
    /// The messages that may wait, 1 to 1,048,576. Under `drop_oldest` as many again may wait to be looked at.
    #[cfg_attr(feature = "schemars", schemars(range(min = 1, max = 1_048_576)))]
    pub capacity: usize,
    /// What happens when they do.
    pub overflow: Overflow,
}

/// What happens to a message for which there is no room.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Overflow {
    /// It waits, or is given back where nobody can wait.
    Block,
    /// It is dropped.
    DropNewest,
    /// It takes the place of the oldest one that waits with its priority.
    DropOldest,
}

/// What is done about errors that may pass.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct RetryConfig {
    /// The longest pause before the first retry, in milliseconds; it doubles from try to try, and each pause is any part of it (full jitter). Default: 50.
    #[cfg_attr(feature = "schemars", schemars(range(min = 1, max = 3_600_000)))]
    pub first_ms: u64,
    /// The longest pause of all, in milliseconds. Default: 5,000.
    #[cfg_attr(feature = "schemars", schemars(range(min = 1, max = 3_600_000)))]
    pub most_ms: u64,
    /// How long a frame is tried altogether, in milliseconds. Default: 30,000.
    #[cfg_attr(feature = "schemars", schemars(range(min = 1, max = 86_400_000)))]
    pub deadline_ms: u64,
}

/// Where what cannot be sent waits on the disk.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "where and how much is all there is")]
pub struct SpoolConfig {
    /// The folder; of one producer at a time.
    pub folder: PathBuf,
    /// What may wait there, in bytes, at least 65,536. What does not fit is refused; what is there stays.
    #[serde(default = "default_spool_bytes")]
    #[cfg_attr(feature = "schemars", schemars(range(min = 65_536)))]
    pub bytes: u64,
}

impl ProducerConfig {
    /// Refuses what is out of range.
    ///
    /// # Errors
    /// [`ConfigError`] with everything that is wrong.
    pub fn check(&self) -> Result<(), ConfigError> {
        let mut problems = Vec::new();
        let mut range = |place: &str, found: u64, (least, most): (u64, u64)| {
            if !(least..=most).contains(&found) {
                problems.push(Problem {
                    place: place.to_owned(),
                    found: Some(found.to_string()),
                    what: "it is out of range".to_owned(),
                    remedy: format!("use {least} to {most}"),
                });
            }
        };
        for priority in Priority::ALL {
            let place = format!("queue.{priority}.capacity");
            range(&place, self.queue.lane(priority).capacity as u64, (1, 1 << 20));
        }
        range("threads", self.threads as u64, (1, 10_000_000));
        range("in_flight", self.in_flight as u64, (1, 65_536));
        range("retry.first_ms", self.retry.first_ms, (1, 3_600_000));
        range("retry.most_ms", self.retry.most_ms, (self.retry.first_ms.max(1), 3_600_000));
        range("retry.deadline_ms", self.retry.deadline_ms, (1, 86_400_000));
        range("tick_us", self.tick_us, (100, 1_000_000));
        range("drop_wait_ms", self.drop_wait_ms, (0, 60_000));
        if let Some(spool) = &self.spool {
            range("spool.bytes", spool.bytes, (65_536, u64::MAX));
        }
        if self.topic.trim().is_empty() {
            problems.push(Problem {
                place: "topic".to_owned(),
                found: None,
                what: "it is blank".to_owned(),
                remedy: "name the place that frames go to".to_owned(),
            });
        }
        if let Err(error) = self.policy.check() {
            problems.push(Problem {
                place: format!("policy{}", error.pointer.replace('/', ".")),
                found: None,
                what: "it is out of range".to_owned(),
                remedy: format!("use {}", error.expected),
            });
        }
        if problems.is_empty() { Ok(()) } else { Err(ConfigError { problems }) }
    }

    /// The same with batches of these limits; one message a frame without.
    #[must_use]
    pub fn with_batch(mut self, batch: Option<BatchLimits>) -> Self {
        self.policy.batch = batch;
        self
    }

    /// The same with this spool.
    #[must_use]
    pub fn with_spool(mut self, folder: impl Into<PathBuf>, bytes: u64) -> Self {
        self.spool = Some(SpoolConfig { folder: folder.into(), bytes });
        self
    }

    /// The same with this room for every priority.
    #[must_use]
    pub fn with_lanes(mut self, capacity: usize, overflow: Overflow) -> Self {
        let lane = LaneConfig { capacity, overflow };
        self.queue = QueueConfig { critical: lane, normal: lane, low: lane };
        self
    }

    pub(super) const fn tick(&self) -> Duration {
        Duration::from_micros(self.tick_us)
    }
}

impl Default for ProducerConfig {
    fn default() -> Self {
        let mut policy = CompressionPolicy::default();
        policy.batch = Some(BatchLimits::default());
        Self {
            topic: "telemetry".to_owned(),
            queue: QueueConfig::default(),
            policy,
            policy_file: None,
            extensions: FrameOptions::ALL,
            threads: 10_000,
            in_flight: 256,
            retry: RetryConfig::default(),
            spool: None,
            tick_us: 2_000,
            drop_wait_ms: 200,
        }
    }
}

impl QueueConfig {
    /// The room for that priority.
    #[must_use]
    pub const fn lane(&self, priority: Priority) -> LaneConfig {
        match priority {
            Priority::Critical => self.critical,
            Priority::Normal => self.normal,
            Priority::Low => self.low,
        }
    }
}

impl Default for QueueConfig {
    fn default() -> Self {
        let lane = |capacity| LaneConfig { capacity, overflow: Overflow::DropOldest };
        Self { critical: lane(1_024), normal: lane(4_096), low: lane(2_048) }
    }
}

impl Default for RetryConfig {
    fn default() -> Self {
        Self { first_ms: 50, most_ms: 5_000, deadline_ms: 30_000 }
    }
}

const fn default_spool_bytes() -> u64 {
    256 << 20
}
