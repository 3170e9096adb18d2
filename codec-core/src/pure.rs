//! Decompression in pure Rust, for where a C library cannot go: LZ4 by `lz4_flex` (no alloc), Zstandard by `zrip`.

use crate::codec::{Codec, Decompress, Refused};
#[cfg(feature = "zstd")]
use crate::dictionary;
#[cfg(feature = "zstd")]
use zrip::DecompressContext;

#[cfg(feature = "alloc")]
mod held;

#[cfg(feature = "alloc")]
pub use self::held::{DictionaryRefused, HeldCodecs};

/// The codecs this build has, over dictionaries that the caller holds.
#[derive(Clone, Copy, Debug, Default)]
pub struct PureCodecs<'d> {
    dictionaries: &'d [(/* id */ [u8; 4], &'d [u8])],
}

impl<'d> PureCodecs<'d> {
    /// Codecs with these dictionaries, each with its id ([`crate::identity::dictionary_id`]).
    #[must_use]
    pub const fn new(dictionaries: &'d [([u8; 4], &'d [u8])]) -> Self {
        Self { dictionaries }
    }

    fn dictionary(&self, id: [u8; 4]) -> Option<&'d [u8]> {
        self.dictionaries.iter().find(|(held, _)| *held == id).map(|(_, bytes)| *bytes)
    }
}

impl Decompress for PureCodecs<'_> {
    fn has_codec(&self, codec: Codec) -> bool {
        has_codec(codec)
    }

    fn has_dictionary(&self, id: [u8; 4]) -> bool {
        self.dictionary(id).is_some()
    }

    fn decompress(
        &mut self,
        codec: Codec,
        dictionary: Option<[u8; 4]>,
        stored: &[u8],
        output: &mut [u8],
    ) -> Result<(), Refused> {
        let dictionary = dictionary.map(|id| self.dictionary(id).ok_or(Refused)).transpose()?;
        match codec {
            #[cfg(feature = "lz4")]
            Codec::LZ4 => lz4(dictionary, stored, output),
            #[cfg(feature = "zstd")]
            Codec::ZSTD => zstd(dictionary, stored, output),
            _ => {
                let _ = (dictionary, stored, output);
                Err(Refused)
            }
        }
    }
}

fn has_codec(codec: Codec) -> bool {
    (codec == Codec::LZ4 && cfg!(feature = "lz4"))
        || (codec == Codec::ZSTD && cfg!(feature = "zstd"))
}

/// Fills `output` from one LZ4 block; of a dictionary the last 64 KiB stand before it (SPEC section 6).
///
/// # Errors
/// [`Refused`] when the block is malformed or does not give exactly `output.len()` bytes.
#[cfg(feature = "lz4")]
pub fn lz4(dictionary: Option<&[u8]>, stored: &[u8], output: &mut [u8]) -> Result<(), Refused> {
    let len = output.len();
    let written = match dictionary {
        Some(dictionary) => {
            let window = dictionary.last_chunk::<LZ4_WINDOW>().map_or(dictionary, |last| last);
            lz4_flex::block::decompress_into_with_dict(stored, output, window)
        }
        None => lz4_flex::block::decompress_into(stored, output),
    };
    // SPEC [COD-5]: a shorter result is not reported by the library.
    if written.is_ok_and(|written| written == len) { Ok(()) } else { Err(Refused) }
}

/// Fills `output` from one Zstandard frame of the profile.
///
/// # Errors
/// [`Refused`] when the frame or the dictionary is malformed or does not give exactly `output.len()` bytes.
#[cfg(feature = "zstd")]
pub fn zstd(content: Option<&[u8]>, stored: &[u8], output: &mut [u8]) -> Result<(), Refused> {
    let mut context = match content {
        Some(bytes) => prepare(bytes)?,
        None => DecompressContext::new(),
    };
    fill(&mut context, stored, output)
}

/// A context for frames of that dictionary.
#[cfg(feature = "zstd")]
fn prepare(bytes: &[u8]) -> Result<DecompressContext, Refused> {
    // SPEC [DIC-3]: too short to be used, or with tables that are broken.
    if !dictionary::is_long_enough(Codec::ZSTD, bytes) {
        return Err(Refused);
    }
    zstd_dictionary(bytes).map(DecompressContext::with_dict)
}

#[cfg(feature = "zstd")]
fn fill(context: &mut DecompressContext, stored: &[u8], output: &mut [u8]) -> Result<(), Refused> {
    let decompressed = context.decompress_with_limit(stored, output.len()).map_err(|_| Refused)?;
    if decompressed.len() != output.len() {
        return Err(Refused);
    }
    crate::sink::copy(output, &decompressed);
    Ok(())
}

/// `zrip` takes trained dictionaries only. Raw content is given the tables of a trained one and the repeat offsets 1, 4, 8 that raw content has;
/// a frame made with raw content never asks for the tables, and raw_crc stands behind one that does.
#[cfg(feature = "zstd")]
fn zstd_dictionary(bytes: &[u8]) -> Result<zrip::Dictionary, Refused> {
    if dictionary::is_trained(bytes) {
        let trained = zrip::Dictionary::from_bytes(bytes).map_err(|_| Refused)?;
        // SPEC [DIC-3]: broken tables are refused, and so are offsets that lead out of the content; the library lets these pass.
        let len = trained.content().len();
        let is_within =
            |offset: &u32| usize::try_from(*offset).is_ok_and(|offset| (1..=len).contains(&offset));
        return if trained.rep_offsets().iter().all(is_within) {
            Ok(trained)
        } else {
            Err(Refused)
        };
    }
    let mut trained = alloc::vec::Vec::new();
    let len = RAW_CONTENT_TABLES.len().saturating_add(bytes.len());
    trained.try_reserve_exact(len).map_err(|_| Refused)?;
    trained.extend_from_slice(&RAW_CONTENT_TABLES);
    trained.extend_from_slice(bytes);
    zrip::Dictionary::from_bytes(&trained).map_err(|_| Refused)
}

/// The head of a dictionary that libzstd trained: magic, id 1, one Huffman and three FSE tables, repeat offsets 1, 4, 8.
#[cfg(feature = "zstd")]
#[rustfmt::skip]
const RAW_CONTENT_TABLES: [u8; 114] = [
    0x37, 0xA4, 0x30, 0xEC, 0x01, 0x00, 0x00, 0x00, 0x18, 0x10, 0xD8, 0x0A, 0x0A, 0xE9, 0x0C, 0xC3, 0x30, 0x0C, 0x83,
    0x73, 0x44, 0xA1, 0x4B, 0x49, 0xA6, 0xB4, 0x67, 0x86, 0x61, 0x58, 0x29, 0x6B, 0x6D, 0x03, 0x00, 0x40, 0x80, 0x80,
    0x78, 0x68, 0x44, 0x31, 0x33, 0x06, 0x00, 0x00, 0x04, 0x00, 0x6B, 0x13, 0x1A, 0x0A, 0xC8, 0x00, 0x83, 0x00, 0x02,
    0x00, 0x18, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0xF4, 0xA3, 0x25, 0x04, 0xC4, 0x23, 0x03, 0x23, 0x83, 0xA2, 0x22, 0x71, 0x44, 0x1E, 0x0E, 0x06, 0x25, 0x5A, 0x96,
    0x89, 0x39, 0x64, 0x02, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00,
];

#[cfg(feature = "lz4")]
const LZ4_WINDOW: usize = 64 << 10;
