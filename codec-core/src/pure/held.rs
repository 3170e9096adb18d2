//! The same codecs with dictionaries of their own, each prepared once.

use alloc::vec::Vec;

use crate::codec::{Codec, Decompress, Refused};
use crate::{dictionary, identity};

/// The codecs this build has, over dictionaries that they hold.
///
/// What Zstandard needs for a dictionary is made at its first use and kept, and so is its working memory: a frame costs its own bytes.
#[derive(Default)]
pub struct HeldCodecs {
    #[cfg(feature = "zstd")]
    plain: Option<zrip::DecompressContext>,
    dictionaries: Vec<Held>,
    without: Vec<Codec>,
}

struct Held {
    id: [u8; 4],
    bytes: Vec<u8>,
    /// Made at the first use; nothing when it cannot be used with Zstandard.
    #[cfg(feature = "zstd")]
    prepared: Option<Option<zrip::DecompressContext>>,
}

impl HeldCodecs {
    /// Takes in a dictionary. One that is held already stays.
    ///
    /// # Errors
    /// [`DictionaryRefused`], each of its reasons.
    pub fn add(&mut self, bytes: &[u8]) -> Result<[u8; 4], DictionaryRefused> {
        // SPEC [CTL-3]: 1..2^20 bytes.
        if bytes.is_empty() || bytes.len() > dictionary::MAX_LEN {
            return Err(DictionaryRefused::Length);
        }
        let id = identity::dictionary_id(bytes);
        // SPEC [DIC-2]: two under one id are one too many.
        match self.held(id) {
            Some(held) if held.bytes != bytes => return Err(DictionaryRefused::Clash { id }),
            Some(_) => return Ok(id),
            None => {}
        }
        let mut owned = Vec::new();
        owned.try_reserve_exact(bytes.len()).map_err(|_| DictionaryRefused::Memory)?;
        owned.extend_from_slice(bytes);
        self.dictionaries.try_reserve(1).map_err(|_| DictionaryRefused::Memory)?;
        self.dictionaries.push(Held {
            id,
            bytes: owned,
            #[cfg(feature = "zstd")]
            prepared: None,
        });
        Ok(id)
    }

    /// Does without a codec that this build has.
    pub fn leave_out(&mut self, codec: Codec) {
        self.without.push(codec);
    }

    /// Whether it was told to do without that codec.
    #[must_use]
    pub fn is_left_out(&self, codec: Codec) -> bool {
        self.without.contains(&codec)
    }

    /// The dictionary with that id.
    #[must_use]
    pub fn dictionary(&self, id: [u8; 4]) -> Option<&[u8]> {
        self.held(id).map(|held| held.bytes.as_slice())
    }

    /// How many dictionaries are held.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.dictionaries.len()
    }

    /// Whether none is held.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.dictionaries.is_empty()
    }

    fn held(&self, id: [u8; 4]) -> Option<&Held> {
        self.dictionaries.iter().find(|held| held.id == id)
    }

    #[cfg(feature = "zstd")]
    fn zstd(
        &mut self,
        id: Option<[u8; 4]>,
        stored: &[u8],
        output: &mut [u8],
    ) -> Result<(), Refused> {
        let context = match id {
            None => self.plain.get_or_insert_with(zrip::DecompressContext::new),
            Some(id) => {
                let held = self.dictionaries.iter_mut().find(|held| held.id == id);
                let Held { bytes, prepared, .. } = held.ok_or(Refused)?;
                let prepared = prepared.get_or_insert_with(|| super::prepare(bytes).ok());
                prepared.as_mut().ok_or(Refused)?
            }
        };
        super::fill(context, stored, output)
    }
}

impl Decompress for HeldCodecs {
    fn has_codec(&self, codec: Codec) -> bool {
        super::has_codec(codec) && !self.is_left_out(codec)
    }

    fn has_dictionary(&self, id: [u8; 4]) -> bool {
        self.held(id).is_some()
    }

    fn decompress(
        &mut self,
        codec: Codec,
        dictionary: Option<[u8; 4]>,
        stored: &[u8],
        output: &mut [u8],
    ) -> Result<(), Refused> {
        match codec {
            #[cfg(feature = "lz4")]
            Codec::LZ4 => {
                let held = dictionary.map(|id| self.held(id).ok_or(Refused)).transpose()?;
                super::lz4(held.map(|held| held.bytes.as_slice()), stored, output)
            }
            #[cfg(feature = "zstd")]
            Codec::ZSTD => self.zstd(dictionary, stored, output),
            _ => {
                let _ = (dictionary, stored, output);
                Err(Refused)
            }
        }
    }
}

/// Why a dictionary was not taken in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DictionaryRefused {
    /// Another one with its id is held.
    Clash {
        /// The id.
        id: [u8; 4],
    },
    /// It is empty, or longer than a DICT frame may be.
    Length,
    /// There is no memory for it.
    Memory,
}

impl core::fmt::Debug for HeldCodecs {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.dictionaries.iter().map(|held| held.id)).finish()
    }
}
