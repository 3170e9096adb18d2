//! What a decoded frame gives, and where a decompressed payload is put.

use crate::batch::Batch;
use crate::frame::Frame;
use crate::judgement::Outcome;

/// A frame decoded down to its records.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Decoded<'a> {
    /// The frame: its schema key, its extensions, how it was stored.
    pub frame: Frame<'a>,
    /// How the schema was judged; nothing without a registry.
    pub outcome: Option<Outcome>,
    /// The decompressed payload.
    pub payload: &'a [u8],
    /// The records in it.
    pub records: Records<'a>,
}

/// The records of a data frame.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Records<'a> {
    /// Of a MESSAGE.
    One(&'a [u8]),
    /// Of a BATCH.
    Batch(Batch<'a>),
}

impl<'a> Records<'a> {
    /// The number of records.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Batch(batch) => batch.len(),
        }
    }

    /// The length of all records together, in bytes.
    #[must_use]
    pub const fn bytes_len(&self) -> usize {
        match self {
            Self::One(record) => record.len(),
            Self::Batch(batch) => batch.bytes_len(),
        }
    }

    /// False: a frame has a record.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        false
    }

    /// Record `index`, where it lies in the payload; nothing from the count on. As [`Batch::get`], it looks at no other record.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&'a [u8]> {
        match self {
            Self::One(record) => (index == 0).then_some(*record),
            Self::Batch(batch) => batch.get(index),
        }
    }

    /// The records in order.
    pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let (one, batch) = match *self {
            Self::One(record) => (Some(record), None),
            Self::Batch(batch) => (None, Some(batch)),
        };
        one.into_iter().chain(batch.into_iter().flat_map(|batch| batch.iter()))
    }
}

/// Where a decompressed payload is put.
pub trait Room {
    /// Exactly `len` bytes of room; what they hold does not matter.
    ///
    /// # Errors
    /// The most bytes there is room for, when that is less.
    fn room(&mut self, len: usize) -> Result<&mut [u8], u64>;
}

impl Room for [u8] {
    fn room(&mut self, len: usize) -> Result<&mut [u8], u64> {
        let most = u64::try_from(self.len()).unwrap_or(u64::MAX);
        self.get_mut(..len).ok_or(most)
    }
}

impl<const N: usize> Room for [u8; N] {
    fn room(&mut self, len: usize) -> Result<&mut [u8], u64> {
        self.as_mut_slice().room(len)
    }
}

#[cfg(feature = "alloc")]
impl Room for alloc::vec::Vec<u8> {
    fn room(&mut self, len: usize) -> Result<&mut [u8], u64> {
        // SPEC [LIM-2]: the length was under a checksum and within its limit before it came here.
        if self.len() < len {
            let more = len.saturating_sub(self.len());
            let most = u64::try_from(self.capacity()).unwrap_or(u64::MAX);
            self.try_reserve_exact(more).map_err(|_| most)?;
            self.resize(len, 0);
        }
        self.as_mut_slice().room(len)
    }
}
