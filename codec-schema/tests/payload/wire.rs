//! The wire format by hand, and layouts from texts.

use strictframe_schema::payload::{Layout, PayloadErrorKind, Scratch};
use strictframe_schema::protobuf::ProtobufSchema;

/// The layout of the message `T` of a canonical text.
pub(crate) fn layout(text: &str) -> Layout {
    Layout::of_schema(&ProtobufSchema::parse(text.as_bytes()).unwrap(), "T").unwrap()
}

/// Kind, offset and field of the refusal of a payload.
pub(crate) fn refusal(text: &str, payload: &[u8]) -> (PayloadErrorKind, u64, Option<u32>) {
    let error = layout(text).check(payload, &mut Scratch::default()).unwrap_err();
    (error.kind(), error.offset(), error.field())
}

pub(crate) fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// A field with a varint.
pub(crate) fn number(field: u64, value: u64) -> Vec<u8> {
    [varint(field << 3), varint(value)].concat()
}

/// A field behind its length.
pub(crate) fn bytes(field: u64, content: &[u8]) -> Vec<u8> {
    [varint(field << 3 | 2), varint(content.len() as u64), content.to_vec()].concat()
}
