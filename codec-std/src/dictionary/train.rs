//! Dictionaries made from samples.

use super::{Dictionary, DictionaryError, Gain};
use crate::policy::{CodecChoice, CompressionPolicy};

impl Dictionary {
    /// The most raw content that LZ4 can use, in bytes (SPEC section 6).
    pub const MAX_RAW_LEN: usize = 64 << 10;

    /// Trains a dictionary of at most `size` bytes from samples, by Zstandard's cover algorithm.
    ///
    /// # Errors
    /// [`DictionaryError::Length`] when `size` is 0 or above 2^20, [`DictionaryError::Training`] when the samples are too few or too alike.
    pub fn train<S: AsRef<[u8]>>(samples: &[S], size: usize) -> Result<Self, DictionaryError> {
        check_size(size, Self::MAX_LEN)?;
        Self::new(cover(samples, size)?)
    }

    /// Makes raw content of at most `size` bytes from samples, what is most likely to be of use last: for LZ4, which has no use for Zstandard's tables.
    ///
    /// Two ways are tried, the segments that Zstandard's cover algorithm chooses and whole samples from everywhere. Each is made from four fifths
    /// of the samples and judged on the others, under LZ4, and the better one is made again from all of them.
    ///
    /// # Errors
    /// [`DictionaryError::Length`] when `size` is 0 or above [`Dictionary::MAX_RAW_LEN`], [`DictionaryError::Training`] when the samples are too few or too alike.
    pub fn train_raw<S: AsRef<[u8]>>(samples: &[S], size: usize) -> Result<Self, DictionaryError> {
        check_size(size, Self::MAX_RAW_LEN)?;
        let part = |wanted: bool| {
            let samples = samples.iter().enumerate();
            let samples = samples.filter(move |(index, _)| (index % 5 == 4) == wanted);
            samples.map(|(_, sample)| sample.as_ref()).collect::<Vec<_>>()
        };
        let (made_from, judged_on) = (part(false), part(true));
        let mut policy = CompressionPolicy::new(CodecChoice::Lz4);
        policy.smallest_size = 0;
        let frames_len = |content: Vec<u8>| {
            let dictionary = Self::new(content)?;
            Gain::measure(&dictionary, &policy, &judged_on)
                .map(|gain| gain.dictionary_frame_bytes)
                .map_err(|_| DictionaryError::Training("the samples cannot be encoded"))
        };
        if samples.iter().all(|sample| sample.as_ref().is_empty()) {
            return Err(DictionaryError::Training("there are no samples"));
        }
        // Samples that the cover algorithm refuses may still be good content as they are.
        let segments_len = segments(&made_from, size).and_then(frames_len);
        let whole_len = frames_len(whole(&made_from, size))?;
        if segments_len.is_ok_and(|len| len <= whole_len) {
            Self::new(segments(samples, size)?)
        } else {
            Self::new(whole(samples, size))
        }
    }
}

/// A dictionary with tables, as Zstandard trains it.
fn cover<S: AsRef<[u8]>>(samples: &[S], size: usize) -> Result<Vec<u8>, DictionaryError> {
    let joined: Vec<u8> = samples.iter().flat_map(|sample| sample.as_ref()).copied().collect();
    let sizes: Vec<usize> = samples.iter().map(|sample| sample.as_ref().len()).collect();
    let mut bytes = vec![0; size];
    let len = zstd_safe::train_from_buffer(bytes.as_mut_slice(), &joined, &sizes)
        .map_err(|code| DictionaryError::Training(zstd_safe::get_error_name(code)))?;
    bytes.truncate(len);
    Ok(bytes)
}

/// The content of a trained dictionary. Its best segments stand last.
fn segments<S: AsRef<[u8]>>(samples: &[S], size: usize) -> Result<Vec<u8>, DictionaryError> {
    let mut trained = cover(samples, size + TABLES)?;
    let tables = trained.len().saturating_sub(size).max(TABLES);
    trained.drain(..tables.min(trained.len()));
    Ok(trained)
}

/// Whole samples, evenly from the first to the last one, which ends it; the first one taken may lack its beginning.
fn whole<S: AsRef<[u8]>>(samples: &[S], size: usize) -> Vec<u8> {
    let all: usize = samples.iter().map(|sample| sample.as_ref().len()).sum();
    let step = all.div_ceil(size).max(1);
    let mut chosen: Vec<&[u8]> = samples.iter().rev().step_by(step).map(AsRef::as_ref).collect();
    chosen.reverse();
    let content = chosen.concat();
    content.get(content.len().saturating_sub(size)..).unwrap_or_default().to_vec()
}

fn check_size(size: usize, most: usize) -> Result<(), DictionaryError> {
    if size == 0 || size > most { Err(DictionaryError::Length { len: size }) } else { Ok(()) }
}

/// The most that the magic, the id, the tables and the repeat offsets of a trained dictionary take: libzstd writes them into a buffer of this size.
const TABLES: usize = 256;
