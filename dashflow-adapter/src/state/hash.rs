//! The hash of a state: SHA-256 of its canonical JSON.

use core::fmt;
use std::io;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::error::StateError;
use super::{canonical, depth};

/// SHA-256 of a state as RFC 8785 writes it: the same in Rust and in JavaScript, whatever the order of members and the form of numbers. `spec/state-hash` has vectors.
///
/// Numbers are doubles in canonical JSON, so that two integers beyond 2^53 with the same nearest double have the same hash.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct StateHash([u8; 32]);

impl StateHash {
    /// The hash of a state.
    ///
    /// # Errors
    /// [`StateError::TooDeep`] and [`StateError::Number`].
    pub fn of(state: &Value) -> Result<Self, StateError> {
        Self::within(state, u64::MAX).map(|(hash, _)| hash)
    }

    /// The hash of the state that a JSON text is.
    ///
    /// # Errors
    /// [`StateError::Json`] beside those of [`StateHash::of`].
    pub fn of_json(text: &[u8]) -> Result<Self, StateError> {
        let state = serde_json::from_slice(text);
        Self::of(&state.map_err(|error| depth::parse_error(text, &error))?)
    }

    /// The hash, and how many bytes the canonical JSON has.
    pub(super) fn within(state: &Value, limit: u64) -> Result<(Self, u64), StateError> {
        let mut hashing =
            Hashing { digest: Sha256::new(), waiting: Vec::with_capacity(WAITING), len: 0, limit };
        canonical::write(state, limit, &mut hashing)?;
        hashing.digest.update(&hashing.waiting);
        Ok((Self(hashing.digest.finalize().into()), hashing.len))
    }

    /// The hash of those bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for StateHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Lower-case hex.
impl fmt::Display for StateHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Gathers small pieces, so that the digest gets large ones.
struct Hashing {
    digest: Sha256,
    waiting: Vec<u8>,
    len: u64,
    limit: u64,
}

impl io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.len = self.len.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if self.len > self.limit {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        if self.waiting.len() + bytes.len() > WAITING {
            self.digest.update(&self.waiting);
            self.waiting.clear();
        }
        if bytes.len() > WAITING {
            self.digest.update(bytes);
        } else {
            self.waiting.extend_from_slice(bytes);
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const WAITING: usize = 16 << 10;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_golden_hash_of_dashflow_is_the_same() {
        let state = json!({"b": 2, "a": 1, "nested": {"z": "x", "y": [true, null]}});
        let golden = "f35279c8aa6b00bc82d43a191596cc3b41b7de7899ee16e36a08efe3afc45103";
        assert_eq!(StateHash::of(&state).unwrap().to_string(), golden);
    }

    #[test]
    fn pieces_of_every_length_hash_as_the_whole_does() {
        for len in [0, 1, WAITING - 3, WAITING - 2, WAITING - 1, WAITING, WAITING + 1, 50_000] {
            let state = json!([len, "x".repeat(len), "y".repeat(len / 2)]);
            let text = canonical::canonical_json(&state).unwrap();
            let (hash, found) = StateHash::within(&state, u64::MAX).unwrap();
            assert_eq!(hash.as_bytes()[..], Sha256::digest(&text)[..], "{len}");
            assert_eq!(found, u64::try_from(text.len()).unwrap());
            let limit = found - 1;
            assert_eq!(StateHash::within(&state, limit), Err(StateError::TooLong { limit }));
        }
    }

    #[test]
    fn half_of_a_surrogate_pair_is_one_error_with_its_place() {
        let error = StateHash::of_json(br#"{"a": "\ud800"}"#).unwrap_err();
        assert_eq!(error, StateError::Json { line: 1, column: 14 });
        assert_eq!((error.code().to_string(), error.name()), ("DS-0301".to_owned(), "StateJson"));
    }

    #[test]
    fn ten_thousand_lists_within_each_other_are_one_error() {
        let text = "[".repeat(10_000) + &"]".repeat(10_000);
        assert_eq!(StateHash::of_json(text.as_bytes()), Err(StateError::TooDeep));
    }
}
