//! Compression with libzstd and LZ4, contexts kept between messages.

use core::fmt;

use lz4_flex::block::{
    CompressError, CompressTable, compress_into_with_dict, compress_into_with_table,
    get_maximum_output_size,
};
use strictframe_core::Codec;
use zstd_safe::{CCtx, CParameter, zstd_sys::ZSTD_ErrorCode};

use crate::dictionary::PreparedDictionary;
use crate::error::EncodeError;
use crate::policy::{CodecChoice, CompressionPolicy, Rung};

/// The codecs that a policy may use, and perhaps a dictionary.
pub(crate) struct Compressor {
    lz4: Option<Box<CompressTable>>,
    zstd: Option<Zstd>,
    /// The levels that a dictionary must have been digested for.
    levels: Vec<i32>,
    dictionary: Option<PreparedDictionary>,
}

/// A codec, settled for one payload.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Engine {
    Lz4,
    Zstd { level: i32 },
}

struct Zstd {
    context: CCtx<'static>,
    level: i32,
}

impl Compressor {
    /// A compressor for this policy, or nothing when it compresses nothing.
    pub(crate) fn new(policy: &CompressionPolicy) -> Result<Option<Self>, EncodeError> {
        let rungs = policy.rungs();
        let any = |wanted: &[CodecChoice]| rungs.iter().any(|rung| wanted.contains(&rung.codec));
        let lz4 =
            any(&[CodecChoice::Auto, CodecChoice::Lz4]).then(|| Box::new(CompressTable::large()));
        let levels: Vec<_> = policy.levels().into_iter().collect();
        let zstd = levels.first().map(|level| Zstd::new(*level)).transpose()?;
        if lz4.is_none() && zstd.is_none() {
            return Ok(None);
        }
        Ok(Some(Self { lz4, zstd, levels, dictionary: None }))
    }

    /// Takes a dictionary, or none, in the place of the one it has, and gives that back.
    ///
    /// # Errors
    /// [`EncodeError::DictionaryRefused`] when it was not prepared for these levels; the one it has stays then.
    pub(crate) fn switch(
        &mut self,
        dictionary: Option<PreparedDictionary>,
    ) -> Result<Option<PreparedDictionary>, EncodeError> {
        if let Some(prepared) = &dictionary
            && self.levels.iter().any(|level| prepared.digest(*level).is_none())
        {
            return Err(EncodeError::DictionaryRefused);
        }
        Ok(core::mem::replace(&mut self.dictionary, dictionary))
    }

    pub(crate) fn dictionary(&self) -> Option<&PreparedDictionary> {
        self.dictionary.as_ref()
    }

    /// What so many bytes are compressed with at that rung of the policy; nothing when it stores them.
    pub(crate) fn engine_for(&self, rung: Rung, raw_len: usize) -> Option<Engine> {
        let zstd = Engine::Zstd { level: rung.level };
        match rung.codec {
            CodecChoice::None => None,
            CodecChoice::Lz4 => Some(Engine::Lz4),
            CodecChoice::Zstd => Some(zstd),
            CodecChoice::Auto if raw_len >= AUTO_ZSTD || self.dictionary.is_some() => Some(zstd),
            CodecChoice::Auto => Some(Engine::Lz4),
        }
    }

    /// The dictionary that so many bytes are compressed with.
    pub(crate) fn dictionary_for(
        &self,
        engine: Engine,
        raw_len: usize,
    ) -> Option<&PreparedDictionary> {
        // SPEC [COD-2]: with a digested dictionary libzstd chooses window and tables by itself, of more than the 8 MiB and of more memory than is wanted here.
        let fits = match engine {
            Engine::Zstd { level } => level < LARGE_TABLES || raw_len <= DICTIONARY_LEN,
            Engine::Lz4 => true,
        };
        self.dictionary.as_ref().filter(|_| fits)
    }

    /// The bytes of the contexts, and of the dictionary with its digests.
    pub(crate) fn memory(&self) -> usize {
        let lz4 = self.lz4.as_ref().map_or(0, |_| LZ4_TABLE);
        let zstd = self.zstd.as_ref().map_or(0, |zstd| zstd.context.sizeof());
        lz4 + zstd + self.dictionary.as_ref().map_or(0, PreparedDictionary::memory)
    }

    /// Compresses `raw` into `output`, which has the room that [`Engine::room`] says; nothing when it does not fit after all.
    pub(crate) fn compress(
        &mut self,
        engine: Engine,
        raw: &[u8],
        output: &mut [u8],
    ) -> Result<Option<usize>, EncodeError> {
        let with_dictionary = self.dictionary_for(engine, raw.len()).is_some();
        let dictionary = self.dictionary.as_ref().filter(|_| with_dictionary);
        let written = match engine {
            Engine::Lz4 => self.lz4.as_mut().and_then(|table| {
                let written = match dictionary {
                    Some(prepared) => {
                        compress_into_with_dict(raw, output, prepared.dictionary().bytes())
                    }
                    None => compress_into_with_table(raw, output, table),
                };
                match written {
                    Ok(written) => Some(Some(written)),
                    Err(CompressError::OutputTooSmall) => Some(None),
                    Err(_) => None,
                }
            }),
            Engine::Zstd { level } => {
                self.zstd.as_mut().and_then(|zstd| zstd.compress(level, dictionary, raw, output))
            }
        };
        written.ok_or(EncodeError::CompressorFailed)
    }
}

impl fmt::Debug for Compressor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compressor")
            .field("levels", &self.levels)
            .field("dictionary", &self.dictionary)
            .finish_non_exhaustive()
    }
}

impl Engine {
    pub(crate) const fn codec(self) -> Codec {
        match self {
            Self::Lz4 => Codec::LZ4,
            Self::Zstd { .. } => Codec::ZSTD,
        }
    }

    /// The room that any `raw_len` bytes fit into compressed. With less, LZ4 does not begin, and Zstandard gives up some bytes early.
    pub(crate) fn room(self, raw_len: usize) -> usize {
        match self {
            Self::Lz4 => get_maximum_output_size(raw_len),
            Self::Zstd { .. } => zstd_safe::compress_bound(raw_len),
        }
    }
}

impl Zstd {
    fn new(level: i32) -> Result<Self, EncodeError> {
        let mut zstd = Self { context: CCtx::create(), level };
        // SPEC [COD-2]: no checksum, no dictionary id, the content size.
        let parameters = [
            CParameter::ChecksumFlag(false),
            CParameter::DictIdFlag(false),
            CParameter::ContentSizeFlag(true),
        ];
        let set = parameters.into_iter().all(|parameter| zstd.set(parameter).is_some());
        let set = set.then(|| zstd.take_level(level)).flatten();
        set.map(|()| zstd).ok_or(EncodeError::CompressorFailed)
    }

    /// Nothing when libzstd refuses; `Some(None)` when the output is too small.
    fn compress(
        &mut self,
        level: i32,
        dictionary: Option<&PreparedDictionary>,
        raw: &[u8],
        output: &mut [u8],
    ) -> Option<Option<usize>> {
        let written = match dictionary {
            Some(prepared) => {
                let digest = prepared.digest(level)?;
                self.context.compress_using_cdict(output, raw, digest)
            }
            None => {
                if self.level != level {
                    self.take_level(level)?;
                }
                self.context.compress2(output, raw)
            }
        };
        let too_small = ZSTD_ErrorCode::ZSTD_error_dstSize_tooSmall;
        match written {
            Ok(written) => Some(Some(written)),
            Err(code) if zstd_safe::is_error_kind(code, too_small) => Some(None),
            Err(_) => None,
        }
    }

    /// Compresses at that level from now on.
    fn take_level(&mut self, level: i32) -> Option<()> {
        // SPEC [COD-2]: a window of 8 MiB at most. 0 is the level's own value.
        let window = if level > WINDOW_LEVEL { 23 } else { 0 };
        let (hash, chain) = if level >= LARGE_TABLES { (HASH_LOG, CHAIN_LOG) } else { (0, 0) };
        self.set(CParameter::CompressionLevel(level))?;
        self.set(CParameter::WindowLog(window))?;
        self.set(CParameter::HashLog(hash))?;
        self.set(CParameter::ChainLog(chain))?;
        self.level = level;
        Some(())
    }

    fn set(&mut self, parameter: CParameter) -> Option<()> {
        self.context.set_parameter(parameter).ok().map(drop)
    }
}

/// From this length on `auto` takes Zstandard without a dictionary as well; below it LZ4 saves most of what there is to save in a fraction of the time.
const AUTO_ZSTD: usize = 512;
/// Above this level libzstd takes windows of more than 8 MiB of itself.
const WINDOW_LEVEL: i32 = 19;
/// From this level on libzstd takes tables of 32 MiB and more for a payload of 4 MiB.
const LARGE_TABLES: i32 = 12;
/// The logarithms of the entries that its tables have instead, 4 bytes each; what comes out is hardly longer for it.
const HASH_LOG: u32 = 21;
const CHAIN_LOG: u32 = 22;
/// The longest payload that is compressed with a dictionary at such a level. What a dictionary gives to a longer one is little.
const DICTIONARY_LEN: usize = 1 << 20;
/// The length of LZ4's table: 4096 numbers of 32 bits.
const LZ4_TABLE: usize = 16 << 10;
