//! What identifies a schema, and the body of its SCHEMA frame there and back.
#![cfg(feature = "json")]

use core::error::Error;

use strictframe_core::control::{Control, write_schema};
use strictframe_core::identity::Encoding;
use strictframe_core::{Content, Frame, Kind, Limits, Parts, SliceSink};
use strictframe_schema::SchemaErrorKind::{
    DescriptorTooLong, DuplicateName, MinReaderRange, NameEmpty, NameLeadingDot, NameTooLong,
    NotCanonical, Syntax, VersionZero,
};
use strictframe_schema::{Descriptor, Expected, SchemaError};

const ORDER: &str = r#"{"title": "An order", "type": "object",
    "properties": {"id": {"type": "integer", "description": "A number"}}}"#;

#[test]
fn identities_are_those_of_the_formula() -> Result<(), SchemaError> {
    // SPEC [KEY-1]: computed apart from this code, with the SHA-256 of another language.
    for (descriptor, lineage, fingerprint) in [
        (
            Descriptor::json("orders.Order", 3, 2, ORDER.as_bytes())?,
            "d35b9cce225bfa9f",
            "fc5bebea34a0929501e248759697946fb0ebd5289d579f1d7db828dede42a8c2",
        ),
        (
            Descriptor::json("a", 1, 1, b" true ")?,
            "a65217969325161a",
            "47161d1b08fc2f09ffe7f41808a3b347d5afb246ae3ce9d3f0f55c706715e0fa",
        ),
        (
            Descriptor::opaque("sensors.Größe", 1, 1, &[0, 0xFF, 0x7B])?,
            "e71331d6742b37ab",
            "bd65d8c8a8b889fe524b0ae535c6a9b867a5b792886da5e7faab0e4f4c350871",
        ),
        (
            Descriptor::opaque("a", 65_535, 1, b"")?,
            "3903cbc61a584ef2",
            "380174f3aedfcc27f52ded3cce09731668c3e448f4fd227fce5aae9a50c3a41c",
        ),
    ] {
        assert_eq!(hex(&descriptor.lineage()), lineage);
        assert_eq!(hex(&descriptor.fingerprint()), fingerprint);
        assert_eq!(hex(&descriptor.fork_check()), fingerprint.split_at(8).0);
        let key = descriptor.key();
        assert_eq!(key.lineage(), descriptor.lineage());
        assert_eq!(key.fork_check(), descriptor.fork_check());
        assert_eq!(key.version(), descriptor.version());
        assert_eq!(key.min_reader(), descriptor.min_reader());
    }
    Ok(())
}

#[test]
fn every_part_of_a_descriptor_changes_its_key() -> Result<(), SchemaError> {
    // SPEC [KEY-1]: encoding, name, version, min_reader and descriptor.
    let keys = [
        Descriptor::json("a.B", 3, 2, b"{}")?,
        Descriptor::opaque("a.B", 3, 2, b"{}")?,
        Descriptor::json("a.C", 3, 2, b"{}")?,
        Descriptor::json("a.B", 4, 2, b"{}")?,
        Descriptor::json("a.B", 3, 3, b"{}")?,
        Descriptor::json("a.B", 3, 2, b"true")?,
    ]
    .map(|descriptor| (descriptor.key().lineage(), descriptor.key().fork_check()));
    for (index, key) in keys.iter().enumerate() {
        assert!(!keys[..index].contains(key), "key {index} is that of another");
    }
    Ok(())
}

#[test]
fn names_are_bounded_and_do_not_begin_with_a_dot() {
    // SPEC [KEY-2]: 1..65535 bytes, counted as UTF-8; `str` is nothing else.
    let longest = "é".repeat(32_767) + "a";
    for (name, refused) in [
        ("", Some(NameEmpty)),
        (".", Some(NameLeadingDot)),
        (".orders.Order", Some(NameLeadingDot)),
        (&(longest.clone() + "a"), Some(NameTooLong)),
        (&longest, None),
        ("a", None),
        ("a.", None),
        ("..".trim_start_matches('.'), Some(NameEmpty)),
        ("\u{0}", None),
    ] {
        let kind = |result: Result<Descriptor, SchemaError>| result.err().map(|error| error.kind());
        assert_eq!(kind(Descriptor::json(name, 1, 1, b"{}")), refused);
        assert_eq!(kind(Descriptor::opaque(name, 1, 1, b"{}")), refused);
    }
}

#[test]
fn numbers_out_of_range_are_refused_before_the_schema_is_read() {
    // SPEC [KEY-1]: what no frame may bear is not derived either.
    for (version, min_reader, kind) in
        [(0, 0, VersionZero), (0, 1, VersionZero), (1, 0, MinReaderRange), (7, 8, MinReaderRange)]
    {
        let error = Descriptor::json("a", version, min_reader, b"not JSON").unwrap_err();
        assert_eq!((error.kind(), error.offset()), (kind, None));
        assert_eq!((error.kind().code(), error.kind().name()), (904, "KeyRefused"));
    }
    assert!(Descriptor::opaque("a", 65_535, 65_535, b"").is_ok());
}

#[test]
fn a_json_descriptor_is_canonical_and_an_opaque_one_is_as_given() -> Result<(), SchemaError> {
    // SPEC [KEY-3, KEY-5]: one is made, the other is kept.
    let canonical = br#"{"properties":{"id":{"type":"integer"}},"type":"object"}"#;
    assert_eq!(Descriptor::json("a", 1, 1, ORDER.as_bytes())?.canonical(), canonical);
    assert_eq!(Descriptor::opaque("a", 1, 1, ORDER.as_bytes())?.canonical(), ORDER.as_bytes());
    let every_byte: Vec<u8> = (0..=255).collect();
    assert_eq!(Descriptor::opaque("a", 1, 1, &every_byte)?.canonical(), every_byte);
    Ok(())
}

#[test]
fn the_longest_descriptor_is_what_one_schema_frame_carries() -> Result<(), SchemaError> {
    // SPEC [FRM-11]: 12 bytes of fields, 3 of the name, and the rest of 2^26.
    let mut bytes = vec![0; (1 << 26) - 15];
    assert_eq!(Descriptor::opaque("a.B", 1, 1, &bytes)?.body_len(), 1 << 26);
    bytes.push(0);
    let error = Descriptor::opaque("a.B", 1, 1, &bytes).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (DescriptorTooLong, None));
    assert_eq!(error.kind().code(), 803);
    Ok(())
}

#[test]
fn a_body_is_laid_out_as_the_table_says() -> Result<(), Box<dyn Error>> {
    // SPEC [FRM-1]: encoding, zero, version, min_reader, name and descriptor behind their lengths.
    let descriptor = Descriptor::json("a.B", 0x0302, 0x0201, b"{ }")?;
    let mut body = Vec::new();
    descriptor.write_body(&mut body)?;
    assert_eq!(body, b"\x02\0\x02\x03\x01\x02\x03\0a.B\x02\0\0\0{}");
    assert_eq!(body.len(), descriptor.body_len());
    let mut room = [0; 16];
    assert!(descriptor.write_body(&mut SliceSink::new(&mut room)).is_err());
    Ok(())
}

#[test]
fn a_descriptor_comes_back_from_the_frame_that_carries_it() -> Result<(), Box<dyn Error>> {
    // SPEC [KEY-1, KEY-3, KEY-5]: equal in every part, the identities included.
    let order = Descriptor::json("orders.Order", 3, 2, ORDER.as_bytes())?;
    assert_eq!((order.name(), order.encoding()), ("orders.Order", Encoding::JSON));
    for descriptor in [
        order,
        Descriptor::json("yes", 1, 1, b"true")?,
        Descriptor::opaque("sensors.Größe", 65_535, 1, &[0, 0xFF, 0x7B])?,
    ] {
        let mut body = Vec::new();
        descriptor.write_body(&mut body)?;
        assert_eq!(read(&body)??, descriptor);
    }
    Ok(())
}

#[test]
fn a_body_whose_descriptor_is_not_canonical_is_refused_where_it_differs()
-> Result<(), Box<dyn Error>> {
    // SPEC [KEY-3]: another spelling of a schema would be another fingerprint of it.
    for (descriptor, kind, offset) in [
        ("{ }", NotCanonical, Some(1)),
        ("{}\n", NotCanonical, Some(2)),
        ("{\"title\":\"t\"}", NotCanonical, Some(1)),
        ("{\"b\":1,\"a\":1}", NotCanonical, Some(2)),
        ("{\"maximum\":1e2}", NotCanonical, Some(12)),
        ("{\"const\":\"\\u0061\"}", NotCanonical, Some(10)),
        ("{\"a\":1,\"a\":1}", DuplicateName, Some(7)),
        ("", Syntax(Expected::Value), Some(0)),
    ] {
        let mut body = Vec::new();
        write_schema(Encoding::JSON, 1, 1, "a", descriptor.as_bytes(), &mut body)?;
        let error = read(&body)?.unwrap_err();
        assert_eq!((error.kind(), error.offset()), (kind, offset), "{descriptor}");
    }
    Ok(())
}

#[cfg(not(feature = "protobuf"))]
#[test]
fn a_body_of_an_encoding_without_canonical_form_here_is_refused() -> Result<(), Box<dyn Error>> {
    let mut body = Vec::new();
    write_schema(Encoding::PROTOBUF, 1, 1, "a", b"", &mut body)?;
    let error = read(&body)?.unwrap_err();
    assert_eq!(
        (error.kind(), error.offset()),
        (strictframe_schema::SchemaErrorKind::EncodingUnavailable, None)
    );
    Ok(())
}

/// The descriptor in a SCHEMA frame of this body.
fn read(body: &[u8]) -> Result<Result<Descriptor, SchemaError>, Box<dyn Error>> {
    let mut bytes = Vec::new();
    Parts::control(Kind::SCHEMA, &[body]).write(&mut bytes)?;
    let frame = Frame::parse(&bytes, &Limits::MAXIMUM).map_err(|error| error.to_string())?;
    match frame.content() {
        Content::Control(Control::Schema(schema)) => Ok(Descriptor::from_body(schema)),
        _ => Err("not a SCHEMA frame".into()),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
