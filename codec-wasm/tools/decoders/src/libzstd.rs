//! libzstd, compiled by clang.

use zstd_safe::{DCtx, DDict};

/// A context, and what was made of a dictionary.
pub(super) struct Context(DCtx<'static>, Option<DDict<'static>>);

impl Context {
    pub(super) fn new() -> Self {
        Self(DCtx::create(), None)
    }

    pub(super) fn with(dictionary: &[u8]) -> Option<Self> {
        Some(Self(DCtx::create(), Some(DDict::try_create(dictionary)?)))
    }

    pub(super) fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Option<usize> {
        let Self(context, dictionary) = self;
        let written = match dictionary {
            None => context.decompress(output, input),
            Some(dictionary) => context.decompress_using_ddict(output, input, dictionary),
        };
        written.ok()
    }
}
