//! Decompression: LZ4 as the core has it, Zstandard by libzstd, which is smaller and quicker here than what is written in Rust (`spec/RATIONALE.md` has the table).

#[cfg(feature = "zstd")]
use alloc::vec::Vec;

#[cfg(feature = "zstd")]
use strictframe_core::dictionary;
use strictframe_core::pure::{DictionaryRefused, HeldCodecs};
use strictframe_core::{Codec, Decompress, Refused};
#[cfg(feature = "zstd")]
use zstd_safe::{DCtx, DDict};

/// The codecs of this build, and the dictionaries that a decoder holds.
#[derive(Default)]
pub(crate) struct Codecs {
    held: HeldCodecs,
    /// Made at the first use, and used again for every frame.
    #[cfg(feature = "zstd")]
    context: Option<DCtx<'static>>,
    /// What was made of a dictionary at its first use; nothing where it cannot be used.
    #[cfg(feature = "zstd")]
    prepared: Vec<([u8; 4], Option<DDict<'static>>)>,
}

impl Codecs {
    /// Takes in a dictionary. One that is held already stays.
    pub(crate) fn add(&mut self, bytes: &[u8]) -> Result<(), DictionaryRefused> {
        self.held.add(bytes).map(|_| ())
    }

    /// Does without a codec that this build has.
    pub(crate) fn leave_out(&mut self, codec: Codec) {
        self.held.leave_out(codec);
    }

    #[cfg(feature = "zstd")]
    fn zstd(
        &mut self,
        id: Option<[u8; 4]>,
        stored: &[u8],
        output: &mut [u8],
    ) -> Result<(), Refused> {
        let Self { held, context, prepared } = self;
        let context = match context {
            Some(context) => context,
            None => context.insert(DCtx::try_create().ok_or(Refused)?),
        };
        let written = match id {
            None => context.decompress(output, stored),
            Some(id) => {
                let index = match prepared.iter().position(|(known, _)| *known == id) {
                    Some(index) => index,
                    None => {
                        prepared.push((id, prepare(held.dictionary(id).ok_or(Refused)?)));
                        prepared.len().saturating_sub(1)
                    }
                };
                let prepared = prepared.get(index).and_then(|(_, prepared)| prepared.as_ref());
                context.decompress_using_ddict(output, stored, prepared.ok_or(Refused)?)
            }
        };
        // SPEC [COD-5]: a shorter result is not reported by the library.
        if written.is_ok_and(|written| written == output.len()) { Ok(()) } else { Err(Refused) }
    }
}

impl Decompress for Codecs {
    fn has_codec(&self, codec: Codec) -> bool {
        if codec == Codec::ZSTD {
            return cfg!(feature = "zstd") && !self.held.is_left_out(codec);
        }
        self.held.has_codec(codec)
    }

    fn has_dictionary(&self, id: [u8; 4]) -> bool {
        self.held.has_dictionary(id)
    }

    fn decompress(
        &mut self,
        codec: Codec,
        dictionary: Option<[u8; 4]>,
        stored: &[u8],
        output: &mut [u8],
    ) -> Result<(), Refused> {
        #[cfg(feature = "zstd")]
        if codec == Codec::ZSTD {
            return self.zstd(dictionary, stored, output);
        }
        self.held.decompress(codec, dictionary, stored, output)
    }
}

impl core::fmt::Debug for Codecs {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.held.fmt(f)
    }
}

// SPEC [DIC-3]: too short to be used, or with tables that are broken.
#[cfg(feature = "zstd")]
fn prepare(bytes: &[u8]) -> Option<DDict<'static>> {
    dictionary::is_long_enough(Codec::ZSTD, bytes).then(|| DDict::try_create(bytes)).flatten()
}
