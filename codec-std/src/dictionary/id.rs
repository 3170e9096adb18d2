//! A dictionary's id as text: the name of its file, and what policies and reports say.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The id of a dictionary, the first four bytes of its SHA-256; as text eight digits of `0-9a-f`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[allow(clippy::exhaustive_structs, reason = "an id is four bytes and nothing else")]
pub struct DictionaryId(pub [u8; 4]);

/// A text that is not eight digits of `0-9a-f`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "there is nothing to add")]
pub struct NoDictionaryId;

impl fmt::Display for DictionaryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl FromStr for DictionaryId {
    type Err = NoDictionaryId;

    fn from_str(text: &str) -> Result<Self, NoDictionaryId> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 8 || !text.bytes().all(is_digit) {
            return Err(NoDictionaryId);
        }
        let number = u32::from_str_radix(text, 16).map_err(|_| NoDictionaryId)?;
        Ok(Self(number.to_be_bytes()))
    }
}

impl<'de> Deserialize<'de> for DictionaryId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for DictionaryId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for NoDictionaryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected eight digits of 0-9a-f")
    }
}

impl core::error::Error for NoDictionaryId {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_eight_small_hexadecimal_digits_and_nothing_else() {
        assert_eq!("00ff12ab".parse(), Ok(DictionaryId([0, 0xFF, 0x12, 0xAB])));
        assert_eq!(DictionaryId([0, 0xFF, 0x12, 0xAB]).to_string(), "00ff12ab");
        for text in
            ["", "00ff12a", "00ff12abc", "00FF12AB", "+0ff12ab", "0x00ff12", "00ff12a\u{e4}"]
        {
            assert_eq!(text.parse::<DictionaryId>(), Err(NoDictionaryId), "{text}");
        }
    }
}
