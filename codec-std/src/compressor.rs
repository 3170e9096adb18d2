//! Compression with libzstd and LZ4, contexts kept between messages.

use core::fmt;

use lz4_flex::block::{
    CompressError, CompressTable, compress_into_with_dict, compress_into_with_table,
    get_maximum_output_size,
};
use strictframe_core::{Codec, Compress, Refused};
use zstd_safe::{CCtx, CParameter, zstd_sys::ZSTD_ErrorCode};

use crate::dictionary::PreparedDictionary;
use crate::error::EncodeError;

/// One codec, one level, and perhaps a dictionary.
pub(crate) struct Compressor {
    engine: Engine,
    dictionary: Option<PreparedDictionary>,
}

enum Engine {
    Lz4 { table: Box<CompressTable> },
    Zstd { context: CCtx<'static>, level: i32 },
}

impl Compressor {
    pub(crate) fn lz4() -> Self {
        let table = Box::new(CompressTable::large());
        Self { engine: Engine::Lz4 { table }, dictionary: None }
    }

    pub(crate) fn zstd(level: i32) -> Result<Self, EncodeError> {
        let mut context = CCtx::create();
        // SPEC [COD-2]: no checksum, no dictionary id, the content size, a window of 8 MiB at most.
        let parameters = [
            CParameter::CompressionLevel(level),
            CParameter::ChecksumFlag(false),
            CParameter::DictIdFlag(false),
            CParameter::ContentSizeFlag(true),
        ];
        for parameter in parameters {
            context.set_parameter(parameter).map_err(|_| EncodeError::CompressorFailed)?;
        }
        if level > WINDOW_LEVEL {
            context
                .set_parameter(CParameter::WindowLog(23))
                .map_err(|_| EncodeError::CompressorFailed)?;
        }
        Ok(Self { engine: Engine::Zstd { context, level }, dictionary: None })
    }

    /// Takes a dictionary, or none, in the place of the one it has, and gives that back.
    ///
    /// # Errors
    /// [`EncodeError::DictionaryRefused`] when it was not prepared for this codec and level; the one it has stays then.
    pub(crate) fn switch(
        &mut self,
        dictionary: Option<PreparedDictionary>,
    ) -> Result<Option<PreparedDictionary>, EncodeError> {
        if let (Engine::Zstd { level, .. }, Some(prepared)) = (&self.engine, &dictionary)
            && prepared.digest(*level).is_none()
        {
            return Err(EncodeError::DictionaryRefused);
        }
        Ok(core::mem::replace(&mut self.dictionary, dictionary))
    }

    pub(crate) fn dictionary(&self) -> Option<&PreparedDictionary> {
        self.dictionary.as_ref()
    }

    /// The dictionary that so many bytes are compressed with.
    pub(crate) fn dictionary_for(&self, raw_len: usize) -> Option<&PreparedDictionary> {
        // SPEC [COD-2]: a digested dictionary brings its own window, above level 19 of more than 8 MiB where there is so much to see.
        let fits = |prepared: &&PreparedDictionary| match self.engine {
            Engine::Zstd { level, .. } if level > WINDOW_LEVEL => {
                raw_len + prepared.dictionary().bytes().len() <= WINDOW
            }
            Engine::Zstd { .. } | Engine::Lz4 { .. } => true,
        };
        self.dictionary.as_ref().filter(fits)
    }

    /// The bytes of the context, and of the dictionary with its digests.
    pub(crate) fn memory(&self) -> usize {
        let engine = match &self.engine {
            Engine::Lz4 { .. } => LZ4_TABLE,
            Engine::Zstd { context, .. } => context.sizeof(),
        };
        engine + self.dictionary.as_ref().map_or(0, PreparedDictionary::memory)
    }

    pub(crate) const fn codec(&self) -> Codec {
        match self.engine {
            Engine::Lz4 { .. } => Codec::LZ4,
            Engine::Zstd { .. } => Codec::ZSTD,
        }
    }

    /// The room that any `raw_len` bytes fit into compressed. With less, LZ4 does not begin, and Zstandard gives up some bytes early.
    pub(crate) fn room(&self, raw_len: usize) -> usize {
        match self.engine {
            Engine::Lz4 { .. } => get_maximum_output_size(raw_len),
            Engine::Zstd { .. } => zstd_safe::compress_bound(raw_len),
        }
    }
}

impl Compress for Compressor {
    fn compress(&mut self, raw: &[u8], output: &mut [u8]) -> Result<Option<usize>, Refused> {
        let with_dictionary = self.dictionary_for(raw.len()).is_some();
        let dictionary = self.dictionary.as_ref().filter(|_| with_dictionary);
        match &mut self.engine {
            Engine::Lz4 { table } => {
                let written = match dictionary {
                    Some(prepared) => {
                        compress_into_with_dict(raw, output, prepared.dictionary().bytes())
                    }
                    None => compress_into_with_table(raw, output, table),
                };
                match written {
                    Ok(written) => Ok(Some(written)),
                    Err(CompressError::OutputTooSmall) => Ok(None),
                    Err(_) => Err(Refused),
                }
            }
            Engine::Zstd { context, level } => {
                let written = match dictionary {
                    Some(prepared) => {
                        let digest = prepared.digest(*level).ok_or(Refused)?;
                        context.compress_using_cdict(output, raw, digest)
                    }
                    None => context.compress2(output, raw),
                };
                let too_small = ZSTD_ErrorCode::ZSTD_error_dstSize_tooSmall;
                match written {
                    Ok(written) => Ok(Some(written)),
                    Err(code) if zstd_safe::is_error_kind(code, too_small) => Ok(None),
                    Err(_) => Err(Refused),
                }
            }
        }
    }
}

impl fmt::Debug for Compressor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.codec().name())
    }
}

/// Above this level libzstd takes windows of more than 8 MiB of itself.
const WINDOW_LEVEL: i32 = 19;
/// The length of LZ4's table: 4096 numbers of 32 bits.
const LZ4_TABLE: usize = 16 << 10;
/// The largest window that a frame may have, in bytes.
const WINDOW: usize = 8 << 20;
