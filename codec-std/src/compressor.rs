//! Compression with libzstd and LZ4, contexts kept between messages.

use core::fmt;

use lz4_flex::block::{
    CompressError, CompressTable, compress_into_with_dict, compress_into_with_table,
    get_maximum_output_size,
};
use strictframe_core::dictionary::is_long_enough;
use strictframe_core::{Codec, Compress, Refused};
use zstd_safe::{CCtx, CParameter, zstd_sys::ZSTD_ErrorCode};

use crate::dictionary::Dictionary;
use crate::error::EncodeError;

/// One codec, one level, and perhaps a dictionary.
pub(crate) enum Compressor {
    Lz4 { table: Box<CompressTable>, dictionary: Option<Dictionary> },
    Zstd { context: CCtx<'static> },
}

impl Compressor {
    pub(crate) fn lz4(dictionary: Option<Dictionary>) -> Self {
        Self::Lz4 { table: Box::new(CompressTable::large()), dictionary }
    }

    pub(crate) fn zstd(level: i32, dictionary: Option<&Dictionary>) -> Result<Self, EncodeError> {
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
        if let Some(dictionary) = dictionary {
            // SPEC [DIC-3]: libzstd would quietly leave it out.
            if !is_long_enough(Codec::ZSTD, dictionary.bytes()) {
                return Err(EncodeError::DictionaryRefused);
            }
            context
                .load_dictionary(dictionary.bytes())
                .map_err(|_| EncodeError::DictionaryRefused)?;
        }
        Ok(Self::Zstd { context })
    }

    pub(crate) const fn codec(&self) -> Codec {
        match self {
            Self::Lz4 { .. } => Codec::LZ4,
            Self::Zstd { .. } => Codec::ZSTD,
        }
    }

    /// The room that any `raw_len` bytes fit into compressed. With less, LZ4 does not begin, and Zstandard gives up some bytes early.
    pub(crate) fn room(&self, raw_len: usize) -> usize {
        match self {
            Self::Lz4 { .. } => get_maximum_output_size(raw_len),
            Self::Zstd { .. } => zstd_safe::compress_bound(raw_len),
        }
    }
}

impl Compress for Compressor {
    fn compress(&mut self, raw: &[u8], output: &mut [u8]) -> Result<Option<usize>, Refused> {
        match self {
            Self::Lz4 { table, dictionary } => {
                let written = match dictionary {
                    Some(dictionary) => compress_into_with_dict(raw, output, dictionary.bytes()),
                    None => compress_into_with_table(raw, output, table),
                };
                match written {
                    Ok(written) => Ok(Some(written)),
                    Err(CompressError::OutputTooSmall) => Ok(None),
                    Err(_) => Err(Refused),
                }
            }
            Self::Zstd { context } => match context.compress2(output, raw) {
                Ok(written) => Ok(Some(written)),
                Err(code)
                    if zstd_safe::is_error_kind(
                        code,
                        ZSTD_ErrorCode::ZSTD_error_dstSize_tooSmall,
                    ) =>
                {
                    Ok(None)
                }
                Err(_) => Err(Refused),
            },
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
