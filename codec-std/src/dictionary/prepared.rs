//! A dictionary made ready for an encoder, so that taking it costs no more than a pointer.

use core::fmt;
use std::sync::Arc;

use strictframe_core::Codec;
use strictframe_core::dictionary::is_long_enough;
use zstd_safe::CDict;

use super::Dictionary;
use crate::error::EncodeError;
use crate::policy::CompressionPolicy;

/// A dictionary digested for what a policy compresses with.
///
/// Made once, away from where messages are encoded; cloned, sent to other threads and shared by any number of encoders for the price of a pointer.
#[derive(Clone)]
pub struct PreparedDictionary {
    inner: Arc<Inner>,
}

struct Inner {
    dictionary: Dictionary,
    /// For each level of Zstandard that the policy may use.
    digests: Vec<(i32, CDict<'static>)>,
}

impl PreparedDictionary {
    /// Digests a dictionary for every level that a policy may compress with, its overrides included. This takes milliseconds, and seconds at the highest levels.
    ///
    /// # Errors
    /// [`EncodeError::PolicyRefused`] for a policy out of range, [`EncodeError::DictionaryRefused`] for a dictionary that its codec cannot use (DIC-3).
    pub fn new(dictionary: Dictionary, policy: &CompressionPolicy) -> Result<Self, EncodeError> {
        policy.check().map_err(EncodeError::PolicyRefused)?;
        let digest = |level| Some((level, digest(&dictionary, level)?));
        let digests: Option<Vec<_>> = policy.levels().into_iter().map(digest).collect();
        let digests = digests.ok_or(EncodeError::DictionaryRefused)?;
        Ok(Self { inner: Arc::new(Inner { dictionary, digests }) })
    }

    /// The dictionary itself.
    #[must_use]
    pub fn dictionary(&self) -> &Dictionary {
        &self.inner.dictionary
    }

    /// The bytes of the dictionary and of its digests, as libzstd counts them.
    pub(crate) fn memory(&self) -> usize {
        let digests = self.inner.digests.iter().map(|(_, digest)| digest.sizeof());
        self.inner.dictionary.bytes().len() + digests.sum::<usize>()
    }

    /// The form that Zstandard takes at this level, if it was made.
    pub(crate) fn digest(&self, level: i32) -> Option<&CDict<'static>> {
        self.inner.digests.iter().find(|(made_for, _)| *made_for == level).map(|(_, made)| made)
    }
}

impl fmt::Debug for PreparedDictionary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let levels: Vec<_> = self.inner.digests.iter().map(|(level, _)| level).collect();
        f.debug_struct("PreparedDictionary")
            .field("dictionary", &self.inner.dictionary)
            .field("levels", &levels)
            .finish()
    }
}

fn digest(dictionary: &Dictionary, level: i32) -> Option<CDict<'static>> {
    let bytes = dictionary.bytes();
    // SPEC [DIC-3]: libzstd would quietly leave it out.
    if !is_long_enough(Codec::ZSTD, bytes) {
        return None;
    }
    if !dictionary.is_trained() {
        return CDict::try_create(bytes, level);
    }
    // SPEC [COD-2]: a digested dictionary has its own number written into every frame, and 0 is how it says that it has none.
    let mut unnumbered = bytes.to_vec();
    unnumbered.get_mut(4..8)?.fill(0);
    CDict::try_create(&unnumbered, level)
}
