//! What follows from a dictionary's bytes alone (SPEC section 6).

use crate::codec::Codec;

pub use crate::limits::MAX_DICTIONARY_LEN as MAX_LEN;

/// Whether it begins like a dictionary with Zstandard's tables; any other is content alone.
#[must_use]
pub fn is_trained(bytes: &[u8]) -> bool {
    bytes.starts_with(&TRAINED)
}

/// Whether it is long enough to be used with `codec`.
///
/// Zstandard needs 8 bytes; libzstd would quietly take fewer for no dictionary at all.
#[must_use]
pub fn is_long_enough(codec: Codec, bytes: &[u8]) -> bool {
    // SPEC [DIC-3]: raw content that is shorter is not used.
    codec != Codec::ZSTD || bytes.len() >= ZSTD_LEAST
}

const TRAINED: [u8; 4] = [0x37, 0xA4, 0x30, 0xEC];
const ZSTD_LEAST: usize = 8;
