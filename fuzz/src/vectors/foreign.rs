//! Section 12: what is no frame, and what it looks like.

use super::case::{Case, bad_magic};
use super::sample;
use crate::forge::Data;
use crate::vector::Vector;

/// All of them.
#[must_use]
pub(super) fn vectors() -> Vec<Vector> {
    damaged()
        .into_iter()
        .chain(others())
        .map(|(name, looks_like, about, input)| {
            Case::relay(&format!("magic/{name}"), "DIA-1", about, &input)
                .error(bad_magic(0, looks_like))
        })
        .collect()
}

/// Name, diagnosis, what it is, first bytes.
pub(super) type Foreign = (&'static str, Option<&'static str>, &'static str, Vec<u8>);

/// A frame that went through a text decoder, a cable or a printer.
fn damaged() -> Vec<Foreign> {
    let frame = Data::message(sample::key(), br#"{"sequence":7,"step":"plan"}"#).bytes();
    let latin1: String = frame.iter().copied().map(char::from).collect();
    // Of the two magic bytes cp1252 differs from Latin-1 in the first.
    let cp1252 = latin1.replacen('\u{9E}', "\u{17E}", 1);
    let hex: String = frame.iter().map(|byte| format!("{byte:02x}")).collect();
    let swapped = frame.chunks(2).flat_map(|pair| pair.iter().rev().copied()).collect();
    let wide = frame.iter().flat_map(|byte| [*byte, 0]).collect();
    let seven = frame.iter().map(|byte| byte & 0x7F).collect();
    vec![
        (
            "lossy-utf8",
            Some("lossy-utf8"),
            "decoded as UTF-8 with replacement characters",
            String::from_utf8_lossy(&frame).into_owned().into_bytes(),
        ),
        (
            "latin1",
            Some("latin1-as-utf8"),
            "read as Latin-1 and written as UTF-8",
            latin1.into_bytes(),
        ),
        (
            "cp1252",
            Some("cp1252-as-utf8"),
            "read as cp1252 and written as UTF-8",
            cp1252.into_bytes(),
        ),
        ("seven-bit", Some("seven-bit"), "the high bit of every byte cut off", seven),
        ("base64", Some("base64"), "the first bytes as base64 text", b"nsERAA==".to_vec()),
        (
            "hex-lower",
            Some("hex-text"),
            "printed in lower-case hexadecimal",
            hex.clone().into_bytes(),
        ),
        (
            "hex-upper",
            Some("hex-text"),
            "printed in upper-case hexadecimal",
            hex.to_uppercase().into_bytes(),
        ),
        ("swapped", Some("byte-swapped"), "every two bytes exchanged", swapped),
        ("utf16", Some("utf16"), "every byte widened to 16 bits", wide),
    ]
}

/// Messages of other formats.
#[must_use]
pub fn others() -> Vec<Foreign> {
    let protobuf = b"\x0A\x05hello\x10\x07".to_vec();
    let joined = |prefix: &[u8]| [prefix, &protobuf].concat();
    vec![
        ("protobuf", None, "a protobuf message", protobuf.clone()),
        ("confluent", Some("length-or-id-prefix"), "Confluent framing: zero, a schema id, the message", joined(b"\x00\x00\x00\x01\x2C\x00")),
        ("grpc", Some("length-or-id-prefix"), "gRPC framing: not compressed, a length, the message", joined(b"\x00\x00\x00\x00\x09")),
        ("grpc-compressed", Some("length-or-id-prefix"), "gRPC framing of a compressed message", joined(b"\x01\x00\x00\x00\x09")),
        ("dashstream", Some("length-or-id-prefix"), "DashStream framing of a plain message", joined(b"\x00")),
        ("dashstream-zstd", Some("length-or-id-prefix"), "DashStream framing of a Zstandard frame", b"\x01\x28\xB5\x2F\xFD\x20\x09\x49\x00\x00\x0A\x05hello\x10\x07".to_vec()),
        ("avro", Some("avro-single-object"), "Avro single-object encoding: marker, fingerprint, datum", b"\xC3\x01\x9E\x71\x10\x25\x14\x1B\xC0\xEA\x0Ahello".to_vec()),
        ("avro-datum", None, "an Avro datum without a marker", b"\x0Ahello\x0E".to_vec()),
        ("zstd", Some("zstd"), "a bare Zstandard frame", b"\x28\xB5\x2F\xFD\x20\x05\x29\x00\x00hello".to_vec()),
        ("lz4-frame", Some("lz4-frame"), "an LZ4 frame file", b"\x04\x22\x4D\x18\x60\x40\x82\x05\x00\x00\x80hello\x00\x00\x00\x00".to_vec()),
        ("gzip", Some("gzip"), "a gzip file", b"\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\x03\xCB\x48\xCD\xC9\xC9\x07\x00\x86\xA6\x10\x36\x05\x00\x00\x00".to_vec()),
        ("json-object", Some("json"), "a JSON object", br#"{"sequence":7}"#.to_vec()),
        ("json-array", Some("json"), "a JSON array", b"[7]".to_vec()),
        ("cbor", None, "a CBOR map", b"\xA1\x68sequence\x07".to_vec()),
        ("msgpack", None, "a MessagePack map", b"\x81\xA8sequence\x07".to_vec()),
        ("arrow-stream", None, "an Arrow IPC message", b"\xFF\xFF\xFF\xFF\x70\x00\x00\x00\x10\x00\x00\x00".to_vec()),
        ("arrow-file", None, "an Arrow IPC file", b"ARROW1\x00\x00".to_vec()),
        ("lossy-utf8-cut", None, "five of the six bytes of a diagnosis", b"\xEF\xBF\xBD\xEF\xBF".to_vec()),
        ("zstd-cut", None, "three of the four bytes of a diagnosis", b"\x28\xB5\x2F".to_vec()),
        ("utf16-cut", None, "9E 00 and no more", b"\x9E\x00".to_vec()),
    ]
}
