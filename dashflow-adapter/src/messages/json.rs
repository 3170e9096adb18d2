//! Messages as JSON and back, by the locked descriptor.

use core::fmt;

use prost::Message as _;
use strictframe::SchemaError;
use strictframe_schema::payload::{JsonError, PayloadError};

use super::v1;
use crate::framing::{Code, RecordFault};
use crate::payload::PayloadCheck;

/// Writes messages as JSON and reads them: the JSON mapping of protobuf, strict in both directions. Its buffers are kept.
#[derive(Debug)]
pub struct MessageJson {
    payloads: PayloadCheck,
    payload: Vec<u8>,
}

impl MessageJson {
    /// A writer and reader.
    ///
    /// # Errors
    /// None as long as the lock is one that the build has accepted.
    pub fn new() -> Result<Self, SchemaError> {
        Ok(Self { payloads: PayloadCheck::new()?, payload: Vec::new() })
    }

    /// Appends a message to `out`, in one line. After a refusal `out` is as it was.
    ///
    /// # Errors
    /// [`PayloadError`] for what JSON has no form for.
    pub fn write(
        &mut self,
        message: &v1::DashStreamMessage,
        out: &mut String,
    ) -> Result<(), PayloadError> {
        self.payload.clear();
        message.encode_raw(&mut self.payload);
        self.payloads.write_json(&self.payload, out)
    }

    /// The same with a message in protobuf.
    ///
    /// # Errors
    /// [`PayloadError`], also for bytes that are no such message.
    pub fn write_encoded(&mut self, message: &[u8], out: &mut String) -> Result<(), PayloadError> {
        self.payloads.write_json(message, out)
    }

    /// The message that a JSON text says: whatever [`MessageJson::write`] writes, and what the mapping has readers take beside it.
    ///
    /// # Errors
    /// [`JsonRefused`]; a text without a kind of message in it is refused as well, since nobody would take it.
    pub fn read(&mut self, json: &[u8]) -> Result<v1::DashStreamMessage, JsonRefused> {
        self.payload.clear();
        self.payloads.read_json(json, &mut self.payload).map_err(JsonRefused::Json)?;
        let message = v1::DashStreamMessage::decode(self.payload.as_slice())
            .map_err(|_| JsonRefused::Message(RecordFault::Malformed))?;
        match message.message {
            None => Err(JsonRefused::Message(RecordFault::Empty)),
            Some(_) => Ok(message),
        }
    }
}

/// Why a JSON text is no message.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum JsonRefused {
    /// It is no JSON, or does not fit the types; the place is in it.
    Json(JsonError),
    /// It fits, and says nothing that could be sent.
    Message(RecordFault),
}

impl JsonRefused {
    /// The number of the refusal.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Json(error) => Code::of_format(error.kind().code()),
            Self::Message(fault) => fault.code(),
        }
    }

    /// The name of the refusal.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Json(error) => error.kind().name(),
            Self::Message(fault) => fault.name(),
        }
    }
}

impl fmt::Display for JsonRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) if error.pointer().is_empty() => error.kind().fmt(f),
            Self::Json(error) => write!(f, "{}: {}", error.pointer(), error.kind()),
            Self::Message(fault) => fault.fmt(f),
        }
    }
}

impl core::error::Error for JsonRefused {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_comes_back_out_of_its_json() {
        let mut json = MessageJson::new().unwrap();
        let header = v1::Header {
            message_id: vec![7; 16],
            sequence: u64::MAX,
            thread_id: "run \u{1F600}".to_owned(),
            ..v1::Header::default()
        };
        let event =
            v1::Event { header: Some(header), node_id: "plan".to_owned(), ..v1::Event::default() };
        let message = v1::DashStreamMessage::from(event);
        let mut text = String::new();
        json.write(&message, &mut text).unwrap();
        assert!(text.contains(r#""sequence":"18446744073709551615""#), "{text}");
        assert_eq!(json.read(text.as_bytes()), Ok(message.clone()));
        let mut again = String::new();
        json.write_encoded(&message.encode_to_vec(), &mut again).unwrap();
        assert_eq!(again, text);
    }

    #[test]
    fn what_is_no_message_is_refused_with_its_place() {
        let mut json = MessageJson::new().unwrap();
        for (text, code, place) in [
            (r#"{"event": {"nodeIdd": "x"}}"#, "SF-0802", "/event/nodeIdd"),
            (r#"{"event": {"nodeId": 7}}"#, "SF-0802", "/event/nodeId"),
            ("{", "SF-0801", ""),
            ("{}", "DS-0102", ""),
        ] {
            let refused = json.read(text.as_bytes()).unwrap_err();
            assert_eq!(refused.code().to_string(), code, "{text}: {refused}");
            assert!(refused.to_string().starts_with(place), "{text}: {refused}");
        }
    }
}
