//! The decompressors that vectors and properties are judged with: `lz4_flex` and libzstd.

use std::collections::BTreeMap;

use strictframe_core::{Codec, Decompress, Refused};
use zstd_safe::DCtx;

use crate::forge::dictionary_id;

/// The codecs and dictionaries that a decoder holds.
#[derive(Clone, Debug)]
pub struct Codecs {
    codecs: Vec<Codec>,
    dictionaries: BTreeMap<[u8; 4], Vec<u8>>,
}

impl Codecs {
    /// Both codecs and no dictionary.
    #[must_use]
    pub fn new() -> Self {
        Self::of(&[Codec::LZ4, Codec::ZSTD])
    }

    /// These codecs and no dictionary.
    #[must_use]
    pub fn of(codecs: &[Codec]) -> Self {
        Self { codecs: codecs.to_vec(), dictionaries: BTreeMap::new() }
    }

    /// Holds no dictionary any more.
    pub fn forget(&mut self) {
        self.dictionaries.clear();
    }

    /// Holds a dictionary under its own id.
    pub fn hold(&mut self, dictionary: Vec<u8>) {
        self.hold_as(dictionary_id(&dictionary), dictionary);
    }

    /// Holds a dictionary under any id, as nobody should.
    pub fn hold_as(&mut self, id: [u8; 4], dictionary: Vec<u8>) {
        self.dictionaries.insert(id, dictionary);
    }
}

impl Default for Codecs {
    fn default() -> Self {
        Self::new()
    }
}

impl Decompress for Codecs {
    fn has_codec(&self, codec: Codec) -> bool {
        self.codecs.contains(&codec)
    }

    fn has_dictionary(&self, id: [u8; 4]) -> bool {
        self.dictionaries.contains_key(&id)
    }

    fn decompress(
        &mut self,
        codec: Codec,
        dictionary: Option<[u8; 4]>,
        stored: &[u8],
        output: &mut [u8],
    ) -> Result<(), Refused> {
        let dictionary = match dictionary {
            Some(id) => Some(self.dictionaries.get(&id).ok_or(REFUSED)?.as_slice()),
            None => None,
        };
        let len = match codec {
            Codec::LZ4 => lz4(dictionary, stored, output),
            Codec::ZSTD => zstd(dictionary, stored, output),
            _ => None,
        };
        // SPEC [COD-5]: exactly the room, no more and no less.
        if len == Some(output.len()) { Ok(()) } else { Err(REFUSED) }
    }
}

fn lz4(dictionary: Option<&[u8]>, stored: &[u8], output: &mut [u8]) -> Option<usize> {
    let dictionary = dictionary.unwrap_or_default();
    // The last 64 KiB stand before the block; what is before them is out of reach.
    let reach = &dictionary[dictionary.len().saturating_sub(64 << 10)..];
    lz4_flex::block::decompress_into_with_dict(stored, output, reach).ok()
}

fn zstd(dictionary: Option<&[u8]>, stored: &[u8], output: &mut [u8]) -> Option<usize> {
    let mut context = DCtx::try_create()?;
    if let Some(dictionary) = dictionary {
        // SPEC [DIC-3]: libzstd takes a shorter one for none at all.
        if dictionary.len() < 8 {
            return None;
        }
        context.load_dictionary(dictionary).ok()?;
    }
    context.decompress(output, stored).ok()
}

const REFUSED: Refused = Refused;
