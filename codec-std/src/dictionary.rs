//! Dictionaries: checked when they are made, shared without a copy, trained from samples (SPEC section 6).

use core::fmt;
use std::sync::Arc;

use strictframe_core::{dictionary, identity};
use zstd_safe::DDict;

mod directory;
mod file;
mod gain;
mod id;
mod prepared;
mod report;
mod train;
mod training;

pub use self::directory::{DictionaryDirectory, StoredDictionary};
pub use self::file::DictionaryFileError;
pub use self::gain::Gain;
pub use self::id::{DictionaryId, NoDictionaryId};
pub use self::prepared::PreparedDictionary;
pub use self::report::{ReportError, TrainingReport};
pub use self::training::{DictionaryKind, Split, TrainingSet};

/// A dictionary and its id.
#[derive(Clone, Eq, PartialEq)]
pub struct Dictionary {
    id: [u8; 4],
    bytes: Arc<[u8]>,
}

impl Dictionary {
    /// The largest dictionary, in bytes.
    pub const MAX_LEN: usize = dictionary::MAX_LEN;

    /// A dictionary of these bytes: a trained Zstandard one when they begin with `37 A4 30 EC`, raw content otherwise.
    ///
    /// # Errors
    /// [`DictionaryError::Length`] unless there are 1 to 2^20 bytes, [`DictionaryError::BrokenTables`] when a trained one cannot be loaded.
    pub fn new(bytes: impl Into<Arc<[u8]>>) -> Result<Self, DictionaryError> {
        let bytes = bytes.into();
        if bytes.is_empty() || bytes.len() > Self::MAX_LEN {
            return Err(DictionaryError::Length { len: bytes.len() });
        }
        // SPEC [DIC-3]: broken tables are found here, not at the first message.
        if dictionary::is_trained(&bytes) && DDict::try_create(&bytes).is_none() {
            return Err(DictionaryError::BrokenTables);
        }
        Ok(Self { id: identity::dictionary_id(&bytes), bytes })
    }

    /// The dictionary of a DICT frame, whose length was checked; its tables are tried at its first use.
    pub(crate) fn unchecked(bytes: &[u8]) -> Self {
        Self { id: identity::dictionary_id(bytes), bytes: bytes.into() }
    }

    /// The first four bytes of the SHA-256 of the bytes.
    #[must_use]
    pub const fn id(&self) -> [u8; 4] {
        self.id
    }

    /// The dictionary's bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether it carries Zstandard's tables, and not content alone.
    #[must_use]
    pub fn is_trained(&self) -> bool {
        dictionary::is_trained(&self.bytes)
    }

    /// What it is made of.
    #[must_use]
    pub fn kind(&self) -> DictionaryKind {
        if self.is_trained() { DictionaryKind::Trained } else { DictionaryKind::Raw }
    }
}

impl fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = u32::from_be_bytes(self.id);
        write!(f, "Dictionary({id:08x}, {} bytes)", self.bytes.len())
    }
}

/// Why bytes are no dictionary, or none could be trained.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DictionaryError {
    /// Not 1 to 2^20 bytes.
    Length {
        /// The bytes there are, or were asked for.
        len: usize,
    },
    /// It begins like a trained dictionary and its tables cannot be read.
    BrokenTables,
    /// Zstandard could not train on the samples; its word on it.
    Training(&'static str),
}

impl fmt::Display for DictionaryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { len } => {
                write!(f, "a dictionary has 1 to {} bytes, not {len}", Dictionary::MAX_LEN)
            }
            Self::BrokenTables => f.write_str("the tables of the trained dictionary are broken"),
            Self::Training(reason) => write!(f, "no dictionary could be trained: {reason}"),
        }
    }
}

impl core::error::Error for DictionaryError {}
