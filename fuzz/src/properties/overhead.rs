//! What a frame costs beside its payload.

use strictframe_core::{Content, Frame, Limits};

/// A frame without extensions is 32 bytes longer than its stored bytes, 40 with a codec, 44 with a dictionary too.
pub fn is_fixed(bytes: &[u8]) {
    let Ok(frame) = Frame::parse(bytes, &Limits::MAXIMUM) else { return };
    let Content::Data { compressed, extensions, stored } = frame.content() else { return };
    let fields = match compressed {
        None => 0,
        Some(compressed) if compressed.dictionary.is_none() => 8,
        Some(_) => 12,
    };
    let block = extensions.block().len();
    let extensions = if block == 0 { 0 } else { 2 + block };
    // SPEC [FRM-1]: nothing else is written.
    assert_eq!(bytes.len() - stored.len(), 32 + fields + extensions);
}
