//! What a dictionary gains on records, frames and all.

use core::ops::Add;

use serde::Serialize;
use strictframe_schema::Descriptor;

use super::Dictionary;
use crate::encoder::Encoder;
use crate::error::EncodeError;
use crate::policy::CompressionPolicy;

/// Sizes of some records: as they are, and as frames with and without a dictionary.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Gain {
    /// How many records were looked at.
    pub records: u64,
    /// The records as they are, in bytes.
    pub record_bytes: u64,
    /// Each as a frame of its own without a dictionary, overhead counted.
    pub plain_frame_bytes: u64,
    /// Each as a frame of its own with the dictionary, overhead counted; the dictionary itself is not.
    pub dictionary_frame_bytes: u64,
}

impl Gain {
    /// Encodes every record twice under a policy, with the dictionary and without.
    ///
    /// # Errors
    /// As [`EncoderBuilder::build`](crate::EncoderBuilder::build) and [`Encoder::encode`].
    pub fn measure<T: AsRef<[u8]>>(
        dictionary: &Dictionary,
        policy: &CompressionPolicy,
        records: &[T],
    ) -> Result<Self, EncodeError> {
        Ok(Self {
            records: records.len() as u64,
            record_bytes: records.iter().map(|record| record.as_ref().len() as u64).sum(),
            plain_frame_bytes: frames_len(records, policy, None)?,
            dictionary_frame_bytes: frames_len(records, policy, Some(dictionary))?,
        })
    }

    /// The bytes that the dictionary saves; below 0 when it costs some.
    #[must_use]
    pub const fn saved(&self) -> i64 {
        self.plain_frame_bytes.cast_signed() - self.dictionary_frame_bytes.cast_signed()
    }

    /// The number of such records after which a dictionary of `len` bytes has saved as much as it is long; nothing when it never does.
    #[must_use]
    pub fn pays_after(&self, len: usize) -> Option<u64> {
        let saved = u128::try_from(self.saved()).ok().filter(|saved| *saved > 0)?;
        let cost = len as u128 * u128::from(self.records);
        u64::try_from(cost.div_ceil(saved)).ok()
    }
}

/// The gain on the records of both.
impl Add for Gain {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            records: self.records + other.records,
            record_bytes: self.record_bytes + other.record_bytes,
            plain_frame_bytes: self.plain_frame_bytes + other.plain_frame_bytes,
            dictionary_frame_bytes: self.dictionary_frame_bytes + other.dictionary_frame_bytes,
        }
    }
}

fn frames_len<T: AsRef<[u8]>>(
    records: &[T],
    policy: &CompressionPolicy,
    dictionary: Option<&Dictionary>,
) -> Result<u64, EncodeError> {
    // Any key will do: it does not change a frame's length.
    let key = Descriptor::opaque("strictframe.Sample", 1, 1, b"")
        .map_err(|_| EncodeError::KeyRefused)?
        .key();
    let builder = Encoder::builder(key).policy(policy.clone());
    let mut encoder = match dictionary {
        Some(dictionary) => builder.dictionary(dictionary.clone()).build()?,
        None => builder.build()?,
    };
    let mut frame = Vec::new();
    records.iter().try_fold(0, |sum, record| {
        frame.clear();
        Ok(sum + encoder.encode(record.as_ref(), &mut frame)? as u64)
    })
}
