//! What a stream takes over from another, unchanged, and what it does not take.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic in a test is a failed test")]

#[path = "support/material.rs"]
mod material;

use material::{encoder, event, places, read_strictly, record, trained, writer};
use strictframe::core::Parts;
use strictframe::{
    CodecChoice, Descriptor, EncodeError, Encoder, ErrorKind, Frame, Kind, Limits, StreamError,
    StreamOptions, StreamWriter,
};

fn plain() -> Encoder {
    encoder(CodecChoice::None, None)
}

#[test]
fn a_relayed_frame_is_the_same_byte_for_byte() {
    // SPEC [FRM-15]: whatever extensions it bears, critical ones that nobody knows included; and with every codec.
    let mut frames = Vec::new();
    for choice in [CodecChoice::None, CodecChoice::Lz4, CodecChoice::Zstd] {
        let mut frame = Vec::new();
        encoder(choice, Some(trained())).encode(&record(39), &mut frame).unwrap();
        frames.push(frame);
    }
    let mut batch = Vec::new();
    plain().encode_batch(&[b"a", b"b"], &[], &mut batch).unwrap();
    // A payload that no decoder of batches takes is no business of a relay.
    let (mut unreadable, mut critical) = (Vec::new(), Vec::new());
    let key = event().key();
    Parts::plain(Kind::BATCH, key, &[], &[b"\0\0\0\0"]).write(&mut unreadable).unwrap();
    let block = [0x01, 0x00, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0x0A, 0x0A, 0, 0, 0x00, 0xFF, 1, 0, 9];
    Parts::plain(Kind::MESSAGE, key, &block, &[b"{}"]).write(&mut critical).unwrap();
    frames.extend([batch, unreadable, critical]);
    let mut writer = writer();
    writer.add_dictionary(&trained()).unwrap();
    frames.iter().for_each(|frame| writer.write_frame(frame).unwrap());
    assert_eq!(writer.count(), 6);
    let stream = writer.finish().unwrap();
    let relayed = places(&stream).into_iter().filter(|place| place.kind.is_data());
    let relayed = relayed.map(|place| stream[place.start as usize..place.end() as usize].to_vec());
    assert!(relayed.eq(frames));
}

#[test]
fn a_relayed_schema_or_dictionary_stands_before_the_frames_that_need_it() {
    // SPEC [FRM-15, STR-4]: a stream relayed frame by frame is the stream that was read.
    let mut writer = writer();
    let mut with = encoder(CodecChoice::Zstd, Some(trained()));
    for n in 30..60 {
        writer.write(&mut with, &record(n), &[]).unwrap();
    }
    let stream = writer.finish().unwrap();
    let mut options = StreamOptions::default();
    options.stream_id = Some(*b"a stream of test");
    let mut relay = StreamWriter::create(Vec::new(), options).unwrap();
    for place in places(&stream) {
        let frame = &stream[place.start as usize..place.end() as usize];
        match (place.kind, relay.write_frame(frame)) {
            (Kind::SYNC | Kind::END, Err(StreamError::Refused(error))) => {
                assert_eq!((error.kind(), error.offset()), (ErrorKind::UnexpectedKind, 2));
            }
            (_, written) => written.unwrap(),
        }
    }
    assert!(relay.finish().unwrap() == stream);
}

#[test]
fn a_frame_that_does_not_verify_is_not_relayed() {
    // SPEC [FRM-15]: nothing of it reaches the stream, which goes on.
    let mut frame = Vec::new();
    plain().encode(b"{}", &mut frame).unwrap();
    let mut writer = writer();
    for at in 0..frame.len() {
        let mut damaged = frame.clone();
        damaged[at] ^= 4;
        let expected = Frame::parse(&damaged, &Limits::DEFAULT).unwrap_err();
        let error = writer.write_frame(&damaged).unwrap_err();
        assert_eq!(*error.refusal().unwrap(), expected);
    }
    let error = writer.write_frame(&[frame.as_slice(), b"!"].concat()).unwrap_err();
    let end = frame.len() as u64;
    assert_eq!(error.refusal().unwrap().kind(), ErrorKind::TrailingData);
    assert_eq!(error.refusal().unwrap().offset(), end);
    writer.write_frame(&frame).unwrap();
    assert_eq!(read_strictly(&writer.finish().unwrap()), (vec![b"{}".to_vec()], None));
}

fn encode_error(result: Result<(), StreamError>) -> EncodeError {
    match result {
        Err(StreamError::Encode(error)) => error,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn frames_whose_schema_or_dictionary_the_stream_lacks_are_refused() {
    // SPEC [STR-4]: it is self-contained or it is not written.
    let mut writer = StreamWriter::create(Vec::new(), StreamOptions::default()).unwrap();
    let refused = encode_error(writer.write(&mut plain(), b"{}", &[]));
    assert_eq!(refused, EncodeError::SchemaUndeclared);
    writer.add_schema(&event()).unwrap();
    let mut frame = Vec::new();
    encoder(CodecChoice::Zstd, Some(trained())).encode(&record(39), &mut frame).unwrap();
    assert_eq!(encode_error(writer.write_frame(&frame)), EncodeError::DictionaryUndeclared);
    // Another fork of the same version is another schema.
    let other = Descriptor::json("test.Event", 1, 1, b"true").unwrap();
    let mut forked = Encoder::builder(other.key()).build().unwrap();
    assert_eq!(encode_error(writer.write(&mut forked, b"{}", &[])), EncodeError::SchemaUndeclared);
    let error = *writer.add_schema(&other).unwrap_err().refusal().unwrap();
    assert_eq!((error.kind(), error.offset()), (ErrorKind::SchemaFork, 28));
    // None of it left a trace.
    writer.write(&mut plain(), b"{}", &[]).unwrap();
    assert_eq!(read_strictly(&writer.finish().unwrap()), (vec![b"{}".to_vec()], None));
}
