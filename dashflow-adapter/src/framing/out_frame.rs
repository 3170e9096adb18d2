//! A frame on its way out.

use bytes::Bytes;
use strictframe::{Frame, Limits, SchemaKey};

use super::head::head_of;
use super::refused::Refused;
use crate::identity::{ThreadId, TraceContext};

/// One data frame, with what a transport must know of it. It was written here or verified, so it bears a schema key.
///
/// Bytes alone are none, whatever is in them:
///
/// ```compile_fail,E0308
/// use strictframe_dashflow::transport::{Sink, memory::MemoryLog};
///
/// let _ = MemoryLog::new(1).sink().send(bytes::Bytes::from_static(b"no schema"));
/// ```
#[derive(Clone, Debug)]
pub struct OutFrame {
    pub(super) bytes: Bytes,
    pub(super) key: SchemaKey,
    pub(super) dictionary: Option<[u8; 4]>,
    pub(super) thread: Option<ThreadId>,
    pub(super) time: Option<i64>,
    pub(super) trace: Option<TraceContext>,
}

impl OutFrame {
    /// Takes a frame of any schema that was written elsewhere, after verifying it. Its thread, time and trace are what its extensions say.
    ///
    /// # Errors
    /// [`Refused::Frame`] for what is no intact data frame, [`Refused::Extension`].
    pub fn verify(bytes: Bytes, limits: &Limits) -> Result<Self, Refused> {
        let frame = Frame::parse(&bytes, limits)?;
        frame.check_data()?;
        let head = head_of(&frame)?;
        // It was found to be the name of a thread.
        let thread = head.thread.and_then(|thread| ThreadId::new(thread).ok());
        let (key, dictionary, time, trace) = (head.key, head.dictionary, head.time, head.trace);
        Ok(Self { bytes, key, dictionary, thread, time, trace })
    }

    /// The frame's bytes.
    #[must_use]
    pub const fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Its schema key.
    #[must_use]
    pub const fn key(&self) -> SchemaKey {
        self.key
    }

    /// A dictionary without which it may not be readable.
    #[must_use]
    pub const fn dictionary(&self) -> Option<[u8; 4]> {
        self.dictionary
    }

    /// The thread of its records: frames of one thread keep their order.
    #[must_use]
    pub const fn thread(&self) -> Option<&ThreadId> {
        self.thread.as_ref()
    }

    /// The time of its first record, in nanoseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn time(&self) -> Option<i64> {
        self.time
    }

    /// The trace context of its first record.
    #[must_use]
    pub const fn trace(&self) -> Option<TraceContext> {
        self.trace
    }
}
