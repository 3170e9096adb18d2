//! What a record is known by: its thread, its place there, its time, its id, its trace.

use core::fmt;
use std::sync::Arc;
use std::time::SystemTime;

mod trace_context;

pub use self::trace_context::{TraceContext, TraceContextError};

/// The name of a thread: 1 to 256 bytes of text that is not blank. Copies share it.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ThreadId(Arc<str>);

impl ThreadId {
    /// The longest one, in bytes; what the extension for it can hold.
    pub const MAX_LEN: usize = 256;

    /// The thread of that name.
    ///
    /// # Errors
    /// [`ThreadIdError`] for a name that is blank or too long.
    pub fn new(name: &str) -> Result<Self, ThreadIdError> {
        Self::check(name).map(|()| Self(name.into()))
    }

    pub(crate) fn check(name: &str) -> Result<(), ThreadIdError> {
        if name.len() > Self::MAX_LEN {
            Err(ThreadIdError::TooLong { len: name.len() })
        } else if name.trim().is_empty() {
            Err(ThreadIdError::Blank)
        } else {
            Ok(())
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ThreadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a name is no name of a thread.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ThreadIdError {
    /// Nothing but white space.
    Blank,
    /// More than [`ThreadId::MAX_LEN`] bytes.
    TooLong {
        /// Its length in bytes.
        len: usize,
    },
}

impl fmt::Display for ThreadIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => f.write_str("thread id is blank: give the thread a name"),
            Self::TooLong { len } => write!(
                f,
                "thread id of {len} bytes where {} are accepted: give the thread a shorter name",
                ThreadId::MAX_LEN
            ),
        }
    }
}

impl core::error::Error for ThreadIdError {}

/// What makes one record of a thread that record and no other.
#[derive(Clone, Debug, Eq, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "a record that lacks one of them has no identity")]
pub struct Identity {
    /// The thread.
    pub thread: ThreadId,
    /// The run of the producer within which `sequence` counts.
    pub epoch: u64,
    /// The record's number in its thread, from 1 in each epoch.
    pub sequence: u64,
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    pub time: i64,
    /// The record's own id, a UUID.
    pub message_id: [u8; 16],
    /// The span it belongs to.
    pub trace: Option<TraceContext>,
}

/// Nanoseconds since 1970-01-01T00:00:00Z, which the system gives without being called where its clock can be read by everybody.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}
