//! Every bound of states and of what changes them.

/// How many lists and objects may stand within each other: as many as `serde_json` reads, so that what is sent can be read.
pub const MAX_DEPTH: usize = 127;

/// What a state and a diff may take. Writer and reader hold to the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct StateLimits {
    /// Bytes of a state as JSON; 64 MiB by default.
    pub max_len: u64,
    /// Operations of a diff; 10,000 by default, which is what DashFlow's own page takes.
    pub max_operations: usize,
    /// Bytes of a JSON pointer; 1,000 by default, for the same reason.
    pub max_pointer_len: usize,
}

impl Default for StateLimits {
    fn default() -> Self {
        Self { max_len: 64 << 20, max_operations: 10_000, max_pointer_len: 1_000 }
    }
}

/// What applying one diff may cost: values looked at and elements of lists moved. Copies and moves cost without adding bytes to the message.
pub(super) const MAX_WORK: u64 = 1 << 28;
