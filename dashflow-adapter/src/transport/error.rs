//! What can happen to a frame on its way.

use core::fmt;

/// What can be done about an error.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorClass {
    /// Nothing more will be taken or given until the sink or source is made anew.
    Fatal,
    /// This frame or request will never be taken, however often it is tried.
    Permanent,
    /// The same again, later, may be taken.
    Retryable,
}

/// An error of a transport: its class, a name that stays, and a sentence for people.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TransportError {
    class: ErrorClass,
    name: &'static str,
    message: String,
}

impl TransportError {
    /// An error that a retry may mend.
    #[must_use]
    pub fn retryable(name: &'static str, message: impl Into<String>) -> Self {
        Self { class: ErrorClass::Retryable, name, message: message.into() }
    }

    /// An error of one frame or request.
    #[must_use]
    pub fn permanent(name: &'static str, message: impl Into<String>) -> Self {
        Self { class: ErrorClass::Permanent, name, message: message.into() }
    }

    /// An error that ends a sink or source.
    #[must_use]
    pub fn fatal(name: &'static str, message: impl Into<String>) -> Self {
        Self { class: ErrorClass::Fatal, name, message: message.into() }
    }

    /// What can be done about it.
    #[must_use]
    pub const fn class(&self) -> ErrorClass {
        self.class
    }

    /// One of a few words, for code and for labels of metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn queue_full(len: usize) -> Self {
        let message =
            format!("{len} frames are waiting and no more are taken: send it again later");
        Self::retryable("QueueFull", message)
    }

    pub(crate) fn closed() -> Self {
        Self::fatal("Closed", "the sink is closed: open it again")
    }

    pub(crate) fn too_large(len: usize, longest: usize) -> Self {
        let message = format!("a frame of {len} bytes where {longest} are taken: put less into it");
        Self::permanent("FrameTooLarge", message)
    }

    pub(crate) fn unknown_partition(partition: u32) -> Self {
        let message = format!("partition {partition} is not read by this source");
        Self::permanent("UnknownPartition", message)
    }

    /// Of a log with one partition.
    pub(crate) fn check_only_partition(partition: u32) -> Result<(), Self> {
        if partition == 0 { Ok(()) } else { Err(Self::unknown_partition(partition)) }
    }

    pub(crate) fn position_gone(asked: u64, first: u64) -> Self {
        let message = format!("offset {asked} is not kept any more: the first one kept is {first}");
        Self::permanent("PositionGone", message)
    }

    /// Of a group that is to begin nowhere but at a position.
    #[cfg(feature = "kafka")]
    pub(crate) fn no_position(partition: i32) -> Self {
        let message = format!(
            "the group has no position in partition {partition}, and auto_offset_reset is none: commit one, or let it be earliest or latest"
        );
        Self::permanent("NoPosition", message)
    }

    pub(crate) fn no_group() -> Self {
        Self::permanent("NoGroup", "positions are kept for a group: open the source with one")
    }

    pub(crate) fn io(doing: impl fmt::Display, error: &std::io::Error) -> Self {
        Self::retryable("Io", format!("{doing}: {error}"))
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for TransportError {}
