//! Consecutive records of one thread in one frame.

use prost::Message as _;
use strictframe::{CodecChoice, CompressionPolicy, EncodeError, Kind, Limits, Outcome};
use strictframe_dashflow::{
    FrameError, FrameOptions, Framer, KindSet, MessageKind, Record, Unframer, v1,
};

use crate::support::{event, framer, identity, record};

fn unframer() -> Unframer {
    Unframer::new(Limits::DEFAULT).unwrap()
}

#[test]
fn one_record_is_a_message_and_many_are_a_batch_and_all_come_back_in_order() {
    for count in [1_usize, 2, 100] {
        let records: Vec<_> = (1..).take(count).map(|number| record("t", number)).collect();
        let frame = framer().frame(&records).unwrap();
        let mut unframer = unframer();
        let unframed = unframer.unframe(frame.bytes()).unwrap();
        assert_eq!(unframed.head.is_batch, count > 1);
        assert_eq!(unframed.outcome, Some(Outcome::Exact));
        let sent: Vec<_> = records.iter().map(|record| record.message().unwrap().clone()).collect();
        assert_eq!(unframed.messages, sent);
    }
}

#[test]
fn a_batch_mixes_kinds_and_says_which() {
    let token = v1::TokenChunk { text: "so".to_owned(), ..v1::TokenChunk::default() };
    let records = [
        record("t", 1),
        Record::new(token, identity("t", 2)).unwrap(),
        Record::new(v1::Error::default(), identity("t", 3)).unwrap(),
    ];
    let frame = framer().frame(&records).unwrap();
    let kinds = [MessageKind::EVENT, MessageKind::TOKEN_CHUNK, MessageKind::ERROR];
    let mut unframer = unframer();
    let unframed = unframer.unframe(frame.bytes()).unwrap();
    assert_eq!(unframed.head.kinds, Some(kinds.into_iter().collect::<KindSet>()));
    let found: Vec<_> = unframed.messages.iter().filter_map(v1::DashStreamMessage::kind).collect();
    assert_eq!(found, kinds);
}

#[test]
fn records_that_do_not_follow_each_other_are_not_framed() {
    let mut other_epoch = identity("t", 2);
    other_epoch.epoch = 8;
    for (second, why) in [
        (record("t", 3), "a gap"),
        (record("t", 1), "a repetition"),
        (record("u", 2), "another thread"),
        (Record::new(event("plan"), other_epoch).unwrap(), "another epoch"),
    ] {
        let refused = framer().frame(&[record("t", 1), second]).unwrap_err();
        assert_eq!(refused, FrameError::NotConsecutive { index: 1 }, "{why}");
    }
    let none = framer().frame::<Record>(&[]).unwrap_err();
    assert_eq!(none, FrameError::Encode(EncodeError::BatchCount { count: 0 }));
}

#[test]
fn records_that_are_too_large_together_can_be_told_from_other_refusals() {
    let limits = Limits::DEFAULT.with_raw(400);
    let policy = CompressionPolicy::new(CodecChoice::None);
    let mut framer = Framer::new(policy, [], FrameOptions::ALL, limits).unwrap();
    let records: Vec<_> = (1..=9).map(|number| record("t", number)).collect();
    let refused = framer.frame(&records).unwrap_err();
    assert!(refused.is_too_large(), "{refused}");
    assert!(!FrameError::NotConsecutive { index: 1 }.is_too_large());
    // Fewer of them fit, and the framer is as good as before.
    assert!(framer.frame(&records[..2]).is_ok());
}

#[test]
fn the_bytes_inside_are_those_that_protobuf_has_for_the_message() {
    let policy = CompressionPolicy::new(CodecChoice::None);
    let mut framer = Framer::new(policy, [], FrameOptions::NONE, Limits::DEFAULT).unwrap();
    let record = record("t", 1);
    let frame = framer.frame(core::slice::from_ref(&record)).unwrap();
    let parsed = strictframe::Frame::parse(frame.bytes(), &Limits::DEFAULT).unwrap();
    assert_eq!(parsed.kind(), Kind::MESSAGE);
    let payload = record.message().unwrap().encode_to_vec();
    assert_eq!(&frame.bytes()[28..frame.bytes().len() - 4], payload);
}

#[test]
fn a_message_encoded_elsewhere_keeps_its_bytes_and_its_identity() {
    let before = record("t", 41);
    // The fields of the event the other way round, which prost would not write.
    let event = before.message().unwrap().encode_to_vec();
    let bytes = backwards(&event);
    assert_ne!(bytes, event);
    let after = Record::from_encoded(bytes.clone().into()).unwrap();
    assert_eq!((after.sequence(), after.thread()), (before.sequence(), before.thread()));
    assert_eq!(after.message_id(), before.message_id());
    assert_eq!((after.kind(), after.encoded_len()), (MessageKind::EVENT, event.len()));
    let policy = CompressionPolicy::new(CodecChoice::None);
    let mut framer = Framer::new(policy, [], FrameOptions::NONE, Limits::DEFAULT).unwrap();
    let frame = framer.frame(&[after]).unwrap();
    assert_eq!(&frame.bytes()[28..frame.bytes().len() - 4], bytes);
}

#[test]
fn bytes_that_a_reader_would_refuse_are_not_framed() {
    let mut bytes = record("t", 1).message().unwrap().encode_to_vec();
    // An unknown field, which a decoder would drop.
    bytes.extend([0xF8, 0x01, 0x05]);
    let unknown = Record::from_encoded(bytes.into()).unwrap();
    let refused = framer().frame(&[unknown]).unwrap_err();
    let FrameError::Record { index: 0, fault } = refused else { panic!("{refused}") };
    assert_eq!(fault.name(), "PayloadUnknown");
}

/// The same event with its fields in descending order; all of them are of wire types 0 and 2, with one-byte tags.
fn backwards(envelope: &[u8]) -> Vec<u8> {
    let varint = |bytes: &[u8]| {
        let len = bytes.iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
        let add = |value: usize, byte: &u8| (value << 7) | usize::from(byte & 0x7F);
        (bytes[..len].iter().rev().fold(0, add), len)
    };
    let (_, size) = varint(&envelope[1..]);
    let (head, mut rest) = envelope.split_at(1 + size);
    let mut fields = Vec::new();
    while let Some(tag) = rest.first() {
        let (value, len) = varint(&rest[1..]);
        let end = 1 + len + if tag & 7 == 2 { value } else { 0 };
        fields.push(&rest[..end]);
        rest = &rest[end..];
    }
    fields.reverse();
    [head, &fields.concat()].concat()
}
