//! `zrip`, which gives its bytes in memory of its own.

use zrip::{DecompressContext, Dictionary};

/// A context, with a dictionary or without.
pub(super) struct Context(DecompressContext);

impl Context {
    pub(super) fn new() -> Self {
        Self(DecompressContext::new())
    }

    pub(super) fn with(dictionary: &[u8]) -> Option<Self> {
        let dictionary = Dictionary::from_bytes(dictionary).ok()?;
        Some(Self(DecompressContext::with_dict(dictionary)))
    }

    pub(super) fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Option<usize> {
        let decoded = self.0.decompress_with_limit(input, output.len()).ok()?;
        if decoded.len() == output.len() {
            output.copy_from_slice(&decoded);
        }
        Some(decoded.len())
    }
}
