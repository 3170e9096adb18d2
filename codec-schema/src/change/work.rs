//! What one comparison may cost, whoever wrote the schemas.

/// What is left of it. A comparison of two schemas can lead through every pair of their types, and a stream brings schemas that nobody chose.
pub(super) struct Work {
    left: usize,
}

impl Work {
    /// As much as schemas of these lengths may cost, in bytes.
    pub(super) fn of(old: &[u8], new: &[u8]) -> Self {
        let lengths = old.len().saturating_add(new.len());
        Self { left: lengths.saturating_mul(TIMES).saturating_add(ALWAYS) }
    }

    /// Spends a step that looks at, or writes down, `len` bytes.
    pub(super) const fn spend(&mut self, len: usize) {
        self.left = self.left.saturating_sub(len.saturating_add(STEP));
    }

    pub(super) const fn is_spent(&self) -> bool {
        self.left == 0
    }
}

const STEP: usize = 16;
/// A schema whose types are each compared once costs less than this times its length.
const TIMES: usize = 8;
const ALWAYS: usize = 1 << 22;
