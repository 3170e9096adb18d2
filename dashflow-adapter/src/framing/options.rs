//! What a frame says of its records beside their bytes.

use serde::{Deserialize, Serialize};

/// Which extensions frames bear. All of them together cost some 100 bytes a frame, most of it the thread id.
///
/// What is left out here still stands in the header of every message, except for the epoch, the trace context and the set of kinds; but it cannot be
/// seen without decompressing.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct FrameOptions {
    /// `0001`: the sequence number of the first record.
    pub sequence: bool,
    /// `0002`: the time of the first record.
    pub time: bool,
    /// `0003`: the trace context of the first record.
    pub trace: bool,
    /// `0004`: the thread id.
    pub thread: bool,
    /// `0005`: the message id; on frames of one record.
    pub message_id: bool,
    /// `0006`: the number of records; on batches.
    pub count: bool,
    /// `0007`: the epoch within which sequence numbers count.
    pub epoch: bool,
    /// `7F01`: the set of kinds of the records (`KindSet`).
    pub kinds: bool,
}

impl FrameOptions {
    /// Every extension; the default.
    pub const ALL: Self = Self {
        sequence: true,
        time: true,
        trace: true,
        thread: true,
        message_id: true,
        count: true,
        epoch: true,
        kinds: true,
    };
    /// No extension.
    pub const NONE: Self = Self {
        sequence: false,
        time: false,
        trace: false,
        thread: false,
        message_id: false,
        count: false,
        epoch: false,
        kinds: false,
    };
}

impl Default for FrameOptions {
    fn default() -> Self {
        Self::ALL
    }
}
