//! Compressed bytes from the libraries, in the profile of COD-2, and dictionaries.

use core::fmt;

use lz4_flex::block;
use zstd_safe::{CCtx, CParameter};

use super::payload;

/// A compression library refused to compress.
#[derive(Debug)]
#[non_exhaustive]
pub struct Failure {
    /// What the library says.
    pub message: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a compression library refused: {}", self.message)
    }
}

impl core::error::Error for Failure {}

/// One LZ4 block.
///
/// # Errors
/// [`Failure`] when the library refuses.
pub fn lz4(payload: &[u8], dictionary: Option<&[u8]>) -> Result<Vec<u8>, Failure> {
    let mut output = vec![0; block::get_maximum_output_size(payload.len())];
    let len = match dictionary {
        None => block::compress_into(payload, &mut output),
        Some(dictionary) => block::compress_into_with_dict(payload, &mut output, dictionary),
    };
    output.truncate(len.map_err(|error| Failure { message: error.to_string() })?);
    Ok(output)
}

/// One Zstandard frame: content size, no checksum, no dictionary id.
///
/// # Errors
/// [`Failure`] when the library refuses.
pub fn zstd(payload: &[u8], dictionary: Option<&[u8]>) -> Result<Vec<u8>, Failure> {
    zstd_at(9, payload, dictionary)
}

/// The same at another level.
///
/// # Errors
/// [`Failure`] when the library refuses.
pub fn zstd_at(level: i32, payload: &[u8], dictionary: Option<&[u8]>) -> Result<Vec<u8>, Failure> {
    let mut context = CCtx::try_create().ok_or_else(|| named("no context"))?;
    for parameter in [
        CParameter::CompressionLevel(level),
        CParameter::ContentSizeFlag(true),
        CParameter::ChecksumFlag(false),
        CParameter::DictIdFlag(false),
        CParameter::WindowLog(20),
    ] {
        context.set_parameter(parameter).map_err(coded)?;
    }
    if let Some(dictionary) = dictionary {
        context.load_dictionary(dictionary).map_err(coded)?;
    }
    let mut output = Vec::with_capacity(zstd_safe::compress_bound(payload.len()));
    context.compress2(&mut output, payload).map_err(coded)?;
    Ok(output)
}

/// A trained Zstandard dictionary of at most `len` bytes, the same on every run.
///
/// # Errors
/// [`Failure`] when the library refuses.
pub fn train(len: usize) -> Result<Vec<u8>, Failure> {
    let samples: Vec<Vec<u8>> = (10_000..12_000).map(payload::record).collect();
    let sizes: Vec<usize> = samples.iter().map(Vec::len).collect();
    let mut dictionary = Vec::with_capacity(len);
    zstd_safe::train_from_buffer(&mut dictionary, &samples.concat(), &sizes).map_err(coded)?;
    Ok(dictionary)
}

fn coded(code: usize) -> Failure {
    named(zstd_safe::get_error_name(code))
}

fn named(message: &str) -> Failure {
    Failure { message: message.to_owned() }
}

/// Zstandard frames put together by hand (RFC 8878).
pub mod by_hand {
    /// The magic, and a frame header with a window of `window` and a content size of 4 bytes.
    #[must_use]
    pub fn header(window: u8, content_size: u32) -> Vec<u8> {
        [&MAGIC[..], &[0x80, window], &content_size.to_le_bytes()].concat()
    }

    /// A block header: type 0 raw, 1 RLE, 2 compressed, 3 reserved.
    #[must_use]
    pub fn block(last: bool, kind: u32, size: u32) -> Vec<u8> {
        let header = u32::from(last) | kind << 1 | size << 3;
        header.to_le_bytes()[..3].to_vec()
    }

    /// A block that stands for `size` times `byte`.
    #[must_use]
    pub fn rle(last: bool, size: u32, byte: u8) -> Vec<u8> {
        [block(last, 1, size), vec![byte]].concat()
    }

    /// A frame of one RLE block.
    #[must_use]
    pub fn run(size: u32, byte: u8) -> Vec<u8> {
        [header(WINDOW_128_KIB, size), rle(true, size, byte)].concat()
    }

    /// The magic of a Zstandard frame.
    pub const MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
    /// A window descriptor: 2^(10 + 7).
    pub const WINDOW_128_KIB: u8 = 7 << 3;
    /// A window descriptor: 2^(10 + 13), the largest of the profile.
    pub const WINDOW_8_MIB: u8 = 13 << 3;
}
