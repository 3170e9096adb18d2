//! Decompression with libzstd and LZ4, contexts kept between messages.

use core::fmt;
use std::collections::BTreeMap;

use strictframe_core::{Codec, Decompress, Refused, pure};
use zstd_safe::{DCtx, DDict};

use crate::dictionary::Dictionary;

/// The codecs of this crate and the dictionaries a decoder holds.
#[derive(Default)]
pub struct Codecs {
    context: Option<DCtx<'static>>,
    dictionaries: BTreeMap<[u8; 4], Held>,
}

struct Held {
    dictionary: Dictionary,
    /// Made at the first use; nothing when it cannot be used with Zstandard.
    prepared: Option<Option<DDict<'static>>>,
}

impl Codecs {
    /// Takes in a dictionary.
    ///
    /// # Errors
    /// Gives back the dictionary already held when it has the same id and other bytes.
    pub fn add(&mut self, dictionary: Dictionary) -> Result<(), Dictionary> {
        // SPEC [DIC-2]: two under one id are one too many.
        match self.dictionaries.get(&dictionary.id()) {
            Some(held) if held.dictionary != dictionary => Err(held.dictionary.clone()),
            Some(_) => Ok(()),
            None => {
                let held = Held { dictionary, prepared: None };
                self.dictionaries.insert(held.dictionary.id(), held);
                Ok(())
            }
        }
    }

    /// The dictionary with this id.
    #[must_use]
    pub fn dictionary(&self, id: [u8; 4]) -> Option<&Dictionary> {
        self.dictionaries.get(&id).map(|held| &held.dictionary)
    }

    /// The bytes of the context, and of the dictionaries with their digests, as libzstd counts them.
    #[must_use]
    pub fn memory(&self) -> usize {
        let held = self.dictionaries.values().map(|held| {
            let digest = held.prepared.as_ref().and_then(Option::as_ref);
            held.dictionary.bytes().len() + digest.map_or(0, DDict::sizeof)
        });
        held.sum::<usize>() + self.context.as_ref().map_or(0, DCtx::sizeof)
    }

    fn zstd(
        &mut self,
        dictionary: Option<[u8; 4]>,
        stored: &[u8],
        output: &mut [u8],
    ) -> Result<(), Refused> {
        let context = self.context.get_or_insert_with(DCtx::create);
        let written = match dictionary {
            None => context.decompress(output, stored),
            Some(id) => {
                let held = self.dictionaries.get_mut(&id).ok_or(Refused)?;
                let prepared = held.prepared.get_or_insert_with(|| prepare(&held.dictionary));
                context.decompress_using_ddict(output, stored, prepared.as_ref().ok_or(Refused)?)
            }
        };
        if written.is_ok_and(|written| written == output.len()) { Ok(()) } else { Err(Refused) }
    }
}

impl Decompress for Codecs {
    fn has_codec(&self, codec: Codec) -> bool {
        codec == Codec::LZ4 || codec == Codec::ZSTD
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
        if codec == Codec::ZSTD {
            return self.zstd(dictionary, stored, output);
        }
        let bytes = match dictionary {
            Some(id) => Some(self.dictionary(id).ok_or(Refused)?.bytes()),
            None => None,
        };
        pure::lz4(bytes, stored, output)
    }
}

impl fmt::Debug for Codecs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = self.dictionaries.values().map(|held| &held.dictionary);
        f.debug_tuple("Codecs").field(&held.collect::<Vec<_>>()).finish()
    }
}

// SPEC [DIC-3]: libzstd would quietly leave out raw content of fewer than 8 bytes.
fn prepare(dictionary: &Dictionary) -> Option<DDict<'static>> {
    (dictionary.bytes().len() >= 8).then(|| DDict::try_create(dictionary.bytes())).flatten()
}
