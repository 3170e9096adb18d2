//! A frame that is not what was asked for is refused with both keys, and a payload that is not what its frame says with its place.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic in a test is a failed test")]

#[path = "support/material.rs"]
mod support;

use strictframe::message::{SchemaRefused, UnknownFields};
use strictframe::{
    AnyOf, Decoder, ErrorKind, MessageError, Outcome, PayloadRefused, Registry, Schema, SchemaKey,
};
use strictframe_example_orders::{Order, Refund, Shop, Visit};
use support::{decoder, forward_decoder, frame, lock, with_version};

fn schema_refused<M: AnyOf>(decoder: &mut Decoder, frame: &[u8]) -> (SchemaRefused, String) {
    let error = decoder.decode_any::<M>(frame).map(|_| ()).unwrap_err();
    assert_eq!(error.offset(), Some(4));
    let text = error.to_string();
    let MessageError::Schema(refused) = error else { panic!("{text}") };
    (*refused, text)
}

fn payload_refused<T: Schema>(payload: &[u8]) -> (u16, Option<u64>) {
    let frame = frame(T::SCHEMA.key(), payload);
    let error = decoder().decode_message::<T>(&frame).map(|_| ()).unwrap_err();
    let MessageError::Payload { record: 0, .. } = error else { panic!("{error:?}") };
    (error.code(), error.offset())
}

#[test]
fn a_frame_of_another_type_is_refused_with_both_keys_and_names() {
    // SPEC [JDG-1]: another lineage is unknown to a reader of this type.
    let frame = frame(Refund::SCHEMA.key(), b"");
    let registry = Registry::new().with_lock(&lock()).unwrap();
    let mut decoder = Decoder::builder(registry).build();
    let (refused, text) = schema_refused::<Order>(&mut decoder, &frame);
    assert_eq!(refused.kind, ErrorKind::UnknownSchema);
    assert_eq!(refused.found.key, Refund::SCHEMA.key());
    assert_eq!(refused.found.name.as_deref(), Some("shop.Refund"));
    let [expected] = refused.expected.as_slice() else { panic!("{refused:?}") };
    assert_eq!((expected.key, expected.name.as_deref()), (Order::SCHEMA.key(), Some("shop.Order")));
    let (found, asked) = (Refund::SCHEMA.key(), Order::SCHEMA.key());
    assert_eq!(
        text,
        format!(
            "unknown schema: the frame is of shop.Refund {found} where shop.Order {asked} is read; decode it as its own type, or with decode_any as one of several (at byte 4)"
        )
    );
}

#[test]
fn a_frame_of_a_schema_nobody_named_is_refused_with_all_that_are_read() {
    let key = SchemaKey::new([9; 8], 1, 1, [9; 4]);
    let (refused, text) = schema_refused::<Shop>(&mut decoder(), &frame(key, b""));
    assert_eq!((refused.found.key, refused.found.name), (key, None));
    let names: Vec<_> = refused.expected.iter().filter_map(|known| known.name.clone()).collect();
    assert_eq!(names, ["shop.Order", "shop.Refund", "shop.Visit"]);
    assert!(text.contains("a schema without a known name, 0909090909090909 v1"), "{text}");
}

#[test]
fn a_fork_of_a_version_is_refused_even_if_it_is_the_readers_own() {
    // SPEC [JDG-1]: the fork check of each known version is compared.
    let own = Order::SCHEMA.key();
    for version in [1, 2] {
        let key = SchemaKey::new(own.lineage(), version, 1, [0; 4]);
        let (refused, text) = schema_refused::<Shop>(&mut forward_decoder(), &frame(key, b""));
        assert_eq!((refused.kind, refused.expected.len()), (ErrorKind::SchemaFork, 1));
        assert_eq!(refused.found.name.as_deref(), Some("shop.Order"));
        assert!(text.contains("two branches locked this version"), "{text}");
    }
}

#[test]
fn a_newer_frame_is_read_when_its_writer_and_the_caller_allow_it() {
    // SPEC [JDG-2]: Forward is off unless it is asked for.
    let own = Order::SCHEMA.key();
    let payload = b"\x08\x07\x92\x03\x01x\x98\x03\x05";
    let newer = frame(with_version(own, 3, 1), payload);
    let (refused, text) = schema_refused::<Order>(&mut decoder(), &newer);
    assert_eq!(refused.kind, ErrorKind::SchemaForward);
    assert!(text.contains("SchemaPolicy::AllowForward"), "{text}");
    let mut forward = forward_decoder();
    let decoded = forward.decode_message::<Order>(&newer).unwrap();
    assert_eq!((decoded.outcome, decoded.message.id), (Outcome::Forward, 7));
    let UnknownFields { count, first, .. } = decoded.unknown_fields;
    assert_eq!((count, first), (2, Some(2)));
    let (refused, _) =
        schema_refused::<Order>(&mut forward, &frame(with_version(own, 3, 3), payload));
    assert_eq!(refused.kind, ErrorKind::SchemaTooNew);
}

#[test]
fn an_older_frame_is_read_and_what_is_gone_since_is_counted() {
    let first = lock().versions("shop.Order", Order::SCHEMA.encoding())[0].descriptor().key();
    let older = frame(first, b"\x08\x07\x98\x06\x01");
    let mut decoder = decoder();
    let decoded = decoder.decode_message::<Order>(&older).unwrap();
    assert_eq!((decoded.outcome, decoded.unknown_fields.count), (Outcome::Backward, 1));
    assert_eq!(decoded.message.id, 7);
}

#[test]
fn a_writer_of_the_own_version_has_no_fields_of_its_own() {
    // SPEC [PAY-12]: it has lied about its schema.
    assert_eq!(payload_refused::<Order>(b"\x08\x07\x98\x06\x01"), (817, Some(2)));
    let frame = frame(Order::SCHEMA.key(), b"\x98\x06\x01");
    let text = decoder().decode_message::<Order>(&frame).unwrap_err().to_string();
    assert!(text.contains("field 99"), "{text}");
}

#[test]
fn payloads_that_say_two_things_or_nothing_are_refused_at_their_place() {
    // SPEC [PAY-7]: a card and an invoice.
    assert_eq!(payload_refused::<Order>(b"\x22\x00\x2a\x00"), (815, Some(2)));
    // SPEC [PAY-10]: half of a character.
    assert_eq!(payload_refused::<Order>(b"\x08\x01\x12\x02a\xc3"), (813, Some(5)));
    // SPEC [PAY-9]: a reason that the closed enum does not have.
    assert_eq!(payload_refused::<Refund>(b"\x08\x01\x12\x00\x18\x09"), (812, Some(5)));
    // SPEC [PAY-11]: no amount.
    assert_eq!(payload_refused::<Refund>(b"\x08\x01").0, 816);
    // SPEC [PAY-2]: the end of a number is missing.
    assert_eq!(payload_refused::<Order>(b"\x08\x80"), (801, Some(1)));
}

#[test]
fn json_is_refused_at_its_place_and_unknown_members_are_counted() {
    let key = Visit::SCHEMA.key();
    let payload = br#"{"page":"/","seconds":1,"referrer":null,"agent":"x","more":{}}"#;
    let (mut decoder, visit) = (decoder(), frame(key, payload));
    // Its schema allows other members, so that nobody has lied.
    let decoded = decoder.decode_message::<Visit>(&visit).unwrap();
    assert_eq!((decoded.outcome, decoded.unknown_fields.count), (Outcome::Exact, 2));
    assert_eq!(payload_refused::<Visit>(br#"{"page":"/","seconds":"1"}"#), (802, Some(24)));
    assert_eq!(payload_refused::<Visit>(br#"{"page":"/","seconds":1"#), (801, Some(23)));
}

#[test]
fn one_refused_message_refuses_its_batch_and_is_named() {
    let mut batch = Vec::new();
    let mut encoder = strictframe::Encoder::builder(Order::SCHEMA).build().unwrap();
    let records: [&[u8]; 3] = [b"\x08\x01", b"", b"\x08\x80"];
    encoder.encode_batch(&records, &[], &mut batch).unwrap();
    let error = decoder().decode_messages::<Order>(&batch).map(|_| ()).unwrap_err();
    let MessageError::Payload { record: 2, refused: PayloadRefused::Protobuf(refused) } = error
    else {
        panic!("{error:?}")
    };
    assert_eq!(refused.offset(), 1);
}

#[test]
fn what_is_wrong_with_the_frame_comes_before_its_schema() {
    let mut frame = frame(Refund::SCHEMA.key(), b"\x08\x01");
    let last = frame.len() - 1;
    frame[last] ^= 1;
    let error = decoder().decode_message::<Order>(&frame).map(|_| ()).unwrap_err();
    assert_eq!((error.code(), error.name()), (313, "FrameCrc"));
    assert_eq!(error.offset(), Some(last as u64 - 3));
}
