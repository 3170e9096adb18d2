//! The last value that is allowed and the first that is not, and what small types say of themselves.
#![allow(clippy::unwrap_used, reason = "a panic in a test is a failed test")]

use strictframe_core::extension::{self, Extension};
use strictframe_core::recovery::ReadAt;
use strictframe_core::{
    Batch, Codec, Compressed, ErrorKind, Frame, Kind, LenSink, Limits, NoCodecs, Parts, Records,
    SchemaKey, Sink as _, batch,
};

const KEY: SchemaKey = SchemaKey::new([1; 8], 3, 2, [4; 4]);

fn written(parts: Parts<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    parts.write(&mut bytes).unwrap();
    bytes
}

#[test]
fn limits_are_the_numbers_of_the_specification() {
    // SPEC [LIM-1]: section 11.
    let said =
        |limits: Limits| (limits.body(), limits.raw(), limits.schemas(), limits.dictionaries());
    assert_eq!(said(Limits::DEFAULT), (4_194_304, 4_194_304, 4096, 16));
    assert_eq!(said(Limits::TINY), (65_536, 65_536, 16, 1));
    assert_eq!(said(Limits::MAXIMUM), (67_108_864, 67_108_864, 4096, 16));
    let changed = Limits::TINY.with_body(1).with_raw(2).with_schemas(3).with_dictionaries(4);
    assert_eq!(said(changed), (1, 2, 3, 4));
    let above = Limits::TINY.with_body(67_108_865).with_raw(u32::MAX);
    assert_eq!(said(above), (67_108_864, 67_108_864, 16, 1));
}

#[test]
fn what_is_as_long_as_the_limit_is_taken() {
    let bytes = written(Parts::plain(Kind::MESSAGE, KEY, &[], &[b"record"]));
    for (body, raw, is_taken) in [(6, 6, true), (5, 6, false), (6, 5, false)] {
        let limits = Limits::DEFAULT.with_body(body).with_raw(raw);
        assert_eq!(Frame::parse(&bytes, &limits).is_ok(), is_taken, "{body} {raw}");
    }
    let compressed = Some(Compressed { raw_len: 100, raw_crc: 0, dictionary: None });
    let (kind, codec) = (Kind::MESSAGE, Codec::LZ4);
    let bytes =
        written(Parts { kind, key: KEY, codec, compressed, extensions: &[], stored: &[b"short"] });
    Frame::parse(&bytes, &Limits::DEFAULT.with_raw(100)).unwrap();
    let error = Frame::parse(&bytes, &Limits::DEFAULT.with_raw(99)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded { declared: 100, limit: 99 });
}

#[test]
fn extensions_are_32_and_4096_bytes_at_most() {
    let block = |count: u16, len: usize| {
        let value = vec![7; len];
        let all: Vec<_> =
            (0..count).map(|at| Extension { kind: 0x4000 + at, value: &value }).collect();
        let mut block = Vec::new();
        extension::write(&all, Kind::MESSAGE, &mut block).map(|()| block)
    };
    // SPEC [EXT-2, EXT-3]: both borders, on either side.
    for (count, len) in [(32, 0), (32, 124), (1, 4092)] {
        let block = block(count, len).unwrap();
        let bytes = written(Parts::plain(Kind::MESSAGE, KEY, &block, &[b"r"]));
        let extensions = Frame::parse(&bytes, &Limits::DEFAULT).unwrap().extensions();
        assert_eq!(extensions.iter().count(), usize::from(count));
    }
    for (count, len) in [(33, 0), (34, 0), (32, 125), (1, 4093)] {
        let refused = block(count, len).unwrap_err();
        assert_eq!(refused.kind, None);
        assert_eq!(refused.to_string(), "more than 32 extensions or 4096 bytes of them");
    }
    let twice = [Extension { kind: 0x4000, value: b"" }; 2];
    let refused = extension::write(&twice, Kind::MESSAGE, &mut Vec::new()).unwrap_err();
    assert_eq!(refused.kind, Some(0x4000));
    assert_eq!(refused.to_string(), "extension 0x4000 is out of order, malformed or critical");
}

#[test]
fn records_are_one_or_those_of_a_batch() {
    let decoded = |kind, payload: &[u8]| {
        let bytes = written(Parts::plain(kind, KEY, &[], &[payload]));
        let mut room = Vec::new();
        let frame = Frame::parse(&bytes, &Limits::DEFAULT).unwrap();
        let records = frame.decode(|_| Ok(None), &mut NoCodecs, &mut room).unwrap().records;
        let all: Vec<Vec<u8>> = records.iter().map(<[u8]>::to_vec).collect();
        let by_index: Vec<_> =
            (0..=all.len()).map(|at| records.get(at).map(<[u8]>::to_vec)).collect();
        let expected = all.iter().cloned().map(Some).chain([None]);
        assert_eq!(by_index, expected.collect::<Vec<_>>());
        assert!(!records.is_empty());
        (all, records.len(), records.bytes_len(), matches!(records, Records::One(_)))
    };
    let one = decoded(Kind::MESSAGE, b"record");
    assert_eq!(one, (vec![b"record".to_vec()], 1, 6, true));
    let mut payload = Vec::new();
    batch::write(&[&b"one"[..], b"", b"three"], &mut payload).unwrap();
    let several = decoded(Kind::BATCH, &payload);
    assert_eq!(several, (vec![b"one".to_vec(), b"".to_vec(), b"three".to_vec()], 3, 8, false));
    let items = Batch::parse(&payload).unwrap();
    assert!(items.iter().eq([&b"one"[..], b"", b"three"]));
}

#[test]
fn lengths_and_emptiness_agree() {
    let mut sink = LenSink::default();
    assert!(sink.is_empty());
    sink.put(b"").unwrap();
    assert_eq!((sink.len(), sink.is_empty()), (0, true));
    sink.put(b"ab").unwrap();
    assert_eq!((sink.len(), sink.is_empty()), (2, false));
    let source = &b"ab"[..];
    assert_eq!((ReadAt::len(&source), ReadAt::is_empty(&source)), (2, false));
    assert_eq!(ReadAt::bytes(&source), Some(&b"ab"[..]));
    assert!(ReadAt::is_empty(&&b""[..]));
}

#[test]
fn keys_are_in_the_order_of_their_parts() {
    let key = |lineage, version, min_reader, fork| {
        SchemaKey::new([0, 0, 0, 0, 0, 0, 0, lineage], version, min_reader, [fork, 0, 0, 9])
    };
    let ascending =
        [key(1, 9, 9, 9), key(2, 1, 1, 3), key(2, 256, 1, 1), key(2, 256, 2, 0), key(2, 256, 2, 1)];
    assert!(ascending.is_sorted());
    let mut others = ascending;
    others.reverse();
    others.sort_unstable();
    assert_eq!(others, ascending);
    assert_eq!(key(1, 2, 1, 5).partial_cmp(&key(1, 2, 1, 5)), Some(core::cmp::Ordering::Equal));
    assert_eq!(key(1, 2, 1, 5).fork_check(), [5, 0, 0, 9]);
    let words = SchemaKey::new(*b"\x00\x11\x22\x33\x44\x55\x66\x77", 3, 1, *b"\x88\x99\xaa\xbb");
    assert_eq!(words.to_string(), "0011223344556677 v3 (min_reader 1, fork 8899aabb)");
}
