//! Folds what was read into one number.

use strictframe_core::{Error, Extensions, Frame, SchemaKey};

/// Depends on everything that was put into it.
pub(crate) struct Fold(u64);

impl Fold {
    pub(crate) const fn new() -> Self {
        Self(0)
    }

    pub(crate) const fn number(&mut self, number: u64) {
        self.0 = self.0.rotate_left(7) ^ number;
    }

    pub(crate) fn len(&mut self, len: usize) {
        self.number(u64::try_from(len).unwrap_or(u64::MAX));
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.len(bytes.len());
        bytes.iter().for_each(|byte| self.number(u64::from(*byte)));
    }

    pub(crate) fn key(&mut self, key: SchemaKey) {
        self.bytes(&key.to_bytes());
    }

    pub(crate) fn error(&mut self, error: Error) {
        self.number(u64::from(error.kind().code()));
        self.number(error.offset());
    }

    pub(crate) fn extensions(&mut self, extensions: Extensions<'_>) {
        for extension in extensions.iter() {
            self.number(u64::from(extension.kind));
            self.bytes(extension.value);
        }
        self.number(extensions.sequence().unwrap_or(0));
        self.bytes(&extensions.time().unwrap_or(0).to_le_bytes());
        self.bytes(extensions.trace_context().unwrap_or_default());
        self.bytes(extensions.stream_key().unwrap_or_default().as_bytes());
        self.bytes(&extensions.message_id().unwrap_or_default());
        self.number(u64::from(extensions.item_count().unwrap_or(0)));
        self.number(extensions.producer_epoch().unwrap_or(0));
    }

    pub(crate) fn frame(&mut self, frame: &Frame<'_>) {
        self.number(u64::from(frame.kind().0));
        self.number(u64::from(frame.header().codec().0));
        self.number(u64::from(frame.trailer()));
        self.number(frame.stored_offset());
        self.key(frame.key());
        self.extensions(frame.extensions());
    }

    pub(crate) const fn sum(&self) -> u64 {
        self.0
    }
}
