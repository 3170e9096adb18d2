//! `ruzstd`, whose frames here do not name their dictionary, so that it is given with each.

use ruzstd::decoding::{Dictionary, FrameDecoder};

/// A decoder, and the id of its dictionary.
pub(super) struct Context(FrameDecoder, Option<u32>);

impl Context {
    pub(super) fn new() -> Self {
        Self(FrameDecoder::new(), None)
    }

    pub(super) fn with(dictionary: &[u8]) -> Option<Self> {
        let dictionary = Dictionary::decode_dict(dictionary).ok()?;
        let (id, mut decoder) = (dictionary.id, FrameDecoder::new());
        decoder.add_dict(dictionary).ok()?;
        Some(Self(decoder, Some(id)))
    }

    pub(super) fn decode(&mut self, mut input: &[u8], output: &mut [u8]) -> Option<usize> {
        let Self(decoder, id) = self;
        let Some(id) = id else { return decoder.decode_all(input, output).ok() };
        decoder.reset(&mut input).ok()?;
        decoder.force_dict(*id).ok()?;
        decoder.decode_blocks(&mut input, ruzstd::decoding::BlockDecodingStrategy::All).ok()?;
        let decoded = decoder.collect()?;
        output.get_mut(..decoded.len())?.copy_from_slice(&decoded);
        Some(decoded.len())
    }
}
