//! Cursors: how far a client has been told a log.

use core::fmt;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Everything of a log before this was sent, or said to be missed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cursor {
    /// The name of a file, or the number of a partition.
    #[serde(serialize_with = "as_text", deserialize_with = "from_text")]
    pub(super) log: Arc<str>,
    /// The stream in the file: another one under the same name is another log. A partition has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) stream: Option<StreamId>,
    /// The byte of the file, or the offset in the partition, that comes next.
    pub(super) offset: Decimal,
}

/// The id of a stream: 32 digits of `0-9a-f` in text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct StreamId(pub(super) [u8; 16]);

/// A number as decimal digits in a string, since a number of JavaScript ends at 2^53.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Decimal(pub(super) u64);

/// The cursors of all logs that something is known of, by their names.
pub(super) type Cursors = BTreeMap<Arc<str>, Cursor>;

/// Written as serde does itself with its feature `rc`, which every crate of the build would then be compiled with.
pub(super) fn as_text<S: Serializer>(name: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(name)
}

fn from_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<str>, D::Error> {
    String::deserialize(deserializer).map(Arc::from)
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl Serialize for StreamId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for StreamId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let is_plain =
            text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let id = u128::from_str_radix(&text, 16).ok().filter(|_| is_plain);
        let refused = || D::Error::custom("a stream is 32 digits of 0-9a-f");
        Ok(Self(id.ok_or_else(refused)?.to_be_bytes()))
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // One spelling for each number: no sign, no zero in front.
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit())
            && (text == "0" || !text.starts_with('0'));
        let number = text.parse().ok().filter(|_| is_plain);
        let refused = || D::Error::custom("an offset is a string of decimal digits below 2^64");
        number.map(Self).ok_or_else(refused)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_that_was_printed_is_read_as_the_same(
            log in ".*", stream in any::<Option<[u8; 16]>>(), offset in any::<u64>()
        ) {
            let cursor = Cursor { log: log.into(), stream: stream.map(StreamId), offset: Decimal(offset) };
            let text = serde_json::to_string(&cursor).unwrap();
            prop_assert_eq!(serde_json::from_str::<Cursor>(&text).unwrap(), cursor);
        }

        #[test]
        fn whatever_is_read_as_an_offset_is_printed_as_it_was(text in "[0-9+ -]{0,22}") {
            let quoted = serde_json::to_string(&text).unwrap();
            match serde_json::from_str::<Decimal>(&quoted) {
                Ok(offset) => prop_assert_eq!(offset.0.to_string(), text),
                Err(_) => prop_assert!(text.parse::<u64>().is_err() || text != text.parse::<u64>().unwrap().to_string()),
            }
        }

        #[test]
        fn whatever_is_read_as_a_stream_is_printed_as_it_was(text in "[0-9a-fA-F+]{30,33}") {
            let quoted = serde_json::to_string(&text).unwrap();
            if let Ok(stream) = serde_json::from_str::<StreamId>(&quoted) {
                prop_assert_eq!(stream.to_string(), text);
            }
        }
    }

    #[test]
    fn a_cursor_of_another_shape_is_refused() {
        for text in [
            r#"{"log": "a.sframe", "offset": 3}"#,
            r#"{"log": "a.sframe", "offset": "03"}"#,
            r#"{"log": "a.sframe", "offset": "-3"}"#,
            r#"{"log": "a.sframe", "offset": "18446744073709551616"}"#,
            r#"{"log": "a.sframe", "offset": ""}"#,
            r#"{"log": "a.sframe"}"#,
            r#"{"log": 3, "offset": "3"}"#,
            r#"{"log": "a.sframe", "offset": "3", "more": 1}"#,
            r#"{"log": "a.sframe", "offset": "3", "stream": "0123"}"#,
            r#"{"log": "a.sframe", "offset": "3", "stream": "0123456789ABCDEF0123456789abcdef"}"#,
        ] {
            assert!(serde_json::from_str::<Cursor>(text).is_err(), "{text}");
        }
    }
}
