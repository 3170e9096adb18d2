//! How payloads are compressed, as plain data. Nothing of it is needed to decode.

use core::fmt;

use serde::{Deserialize, Serialize};

/// Which codec an encoder tries.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum CodecChoice {
    /// The codec this library recommends, which is Zstandard.
    #[default]
    Auto,
    /// Store payloads as they are.
    None,
    /// The LZ4 block format.
    Lz4,
    /// Zstandard.
    Zstd,
}

/// What an encoder compresses, how hard it tries, and when it leaves a payload alone.
///
/// As JSON every field may be left out and then has its default; a field of another name is an error.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CompressionPolicy {
    /// The codec. Default: `auto`.
    pub codec: CodecChoice,
    /// The level for Zstandard, -131072..=22; 0 is the library's default. LZ4 has no levels. Default: 3.
    pub level: i32,
    /// The smallest payload worth trying, in bytes. Default: 64.
    pub smallest_size: u32,
    /// The least part of a payload that compression must save to be kept, 0.0..1.0. Default: 0.0, which keeps whatever the format allows.
    pub least_gain: f64,
}

impl CompressionPolicy {
    /// A policy with that codec and defaults otherwise.
    #[must_use]
    pub fn new(codec: CodecChoice) -> Self {
        Self { codec, ..Self::default() }
    }

    /// The same policy with another level.
    #[must_use]
    pub fn with_level(self, level: i32) -> Self {
        Self { level, ..self }
    }

    /// Refuses values out of range.
    ///
    /// # Errors
    /// [`PolicyError`] naming the field, as a JSON pointer, and the range.
    pub fn check(&self) -> Result<(), PolicyError> {
        let levels = zstd_safe::min_c_level()..=zstd_safe::max_c_level();
        if !levels.contains(&self.level) {
            return Err(PolicyError { field: "/level", expected: "-131072..=22" });
        }
        if !(0.0..1.0).contains(&self.least_gain) {
            return Err(PolicyError {
                field: "/least_gain",
                expected: "0.0 or more and below 1.0",
            });
        }
        Ok(())
    }

    /// The longest compressed form of a payload that is kept, or nothing when it is not worth trying.
    ///
    /// This is the policy's wish alone; what the format demands (SPEC BDY-3) comes on top.
    pub(crate) fn longest(&self, raw_len: usize) -> Option<usize> {
        if raw_len < usize::try_from(self.smallest_size).unwrap_or(usize::MAX) {
            return None;
        }
        #[allow(clippy::cast_precision_loss, reason = "payloads are below 2^26 bytes")]
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 <= x <= raw_len"
        )]
        let longest = (raw_len as f64 * (1.0 - self.least_gain)) as usize;
        Some(longest)
    }
}

impl Default for CompressionPolicy {
    fn default() -> Self {
        Self { codec: CodecChoice::Auto, level: 3, smallest_size: 64, least_gain: 0.0 }
    }
}

/// A policy with a value out of range.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PolicyError {
    /// The field, as a JSON pointer.
    pub field: &'static str,
    /// The values it may have.
    pub expected: &'static str,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "compression policy: {} must be {}", self.field, self.expected)
    }
}

impl core::error::Error for PolicyError {}
