//! Messages go into frames and come out again, and what their readers would refuse is not written.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic in a test is a failed test")]

#[path = "support/material.rs"]
mod support;

use strictframe::core::identity::Encoding;
use strictframe::message::{JsonFault, NamedKey, UnknownFields};
use strictframe::{
    EncodeError, Encoder, KnownSchema, KnownVersion, MessageError, Outcome, PayloadRefused,
    Payloads, Registry, Schema, SchemaPolicy,
};
use strictframe_example_orders::{Money, Order, Refund, Shop, Visit};
use support::{decoder, lock, order, refund, visit};

fn encoded<T: Schema>(message: &T) -> Vec<u8> {
    let mut frame = Vec::new();
    let len =
        Encoder::builder(T::SCHEMA).build().unwrap().encode_message(message, &mut frame).unwrap();
    assert_eq!(len, frame.len());
    frame
}

#[test]
fn the_constants_are_what_the_lock_has() {
    // SPEC [KEY-1]: the key follows from the descriptor that the type carries.
    let lock = lock();
    let constants: [&KnownSchema; 3] = [Order::SCHEMA, Refund::SCHEMA, Visit::SCHEMA];
    for schema in constants {
        let versions = lock.versions(schema.name(), schema.encoding());
        let known: Vec<_> =
            versions.iter().map(|version| KnownVersion::from(version.descriptor())).collect();
        let newest = versions.last().unwrap();
        assert_eq!(schema.versions(), known);
        assert_eq!(schema.oldest_writer(), newest.oldest_writer());
        assert_eq!(schema.key(), newest.descriptor().key());
        assert_eq!(&schema.descriptor().unwrap(), newest.descriptor());
    }
    assert_eq!((Order::SCHEMA.name(), Order::SCHEMA.key().version()), ("shop.Order", 2));
    assert_eq!(Visit::SCHEMA.encoding(), Encoding::JSON);
}

#[test]
fn each_type_comes_out_as_it_went_in() {
    let mut decoder = decoder();
    for lines in [0, 1, 40] {
        let decoded = decoder.decode_message::<Order>(&encoded(&order(lines))).unwrap().message;
        assert_eq!(decoded, order(lines));
    }
    let frame = encoded(&refund());
    let decoded = decoder.decode_message::<Refund>(&frame).unwrap();
    assert_eq!((&decoded.message, decoded.outcome), (&refund(), Outcome::Exact));
    assert_eq!(decoded.unknown_fields, UnknownFields::default());
    assert_eq!(decoded.frame.key(), Refund::SCHEMA.key());
    let frame = encoded(&visit());
    assert_eq!(decoder.decode_message::<Visit>(&frame).unwrap().message, visit());
}

#[test]
fn the_key_chooses_among_several_types() {
    let mut decoder = decoder();
    let mut any = |frame: &[u8]| decoder.decode_any::<Shop>(frame).unwrap().message;
    assert_eq!(any(&encoded(&order(3))), Shop::Order(order(3)));
    assert_eq!(any(&encoded(&refund())), Shop::from(refund()));
    assert_eq!(any(&encoded(&visit())), Shop::Visit(visit()));
}

#[test]
fn a_batch_gives_all_of_its_messages() {
    let mut payloads = Payloads::new();
    let records: Vec<_> =
        (0..5).map(|lines| payloads.write(&order(lines)).unwrap().to_vec()).collect();
    let mut batch = Vec::new();
    let mut encoder = Encoder::builder(Order::SCHEMA).build().unwrap();
    encoder.encode_batch(&records, &[], &mut batch).unwrap();
    let mut decoder = decoder();
    let orders = decoder.decode_messages::<Order>(&batch).unwrap().message;
    assert_eq!(orders, (0..5).map(order).collect::<Vec<_>>());
    let one = decoder.decode_messages::<Shop>(&encoded(&order(2))).unwrap().message;
    assert_eq!(one, [Shop::Order(order(2))]);
    let error = decoder.decode_message::<Order>(&batch).unwrap_err();
    assert_eq!((error.code(), error.name(), error.offset()), (820, "MessageCount", Some(2)));
}

#[test]
fn a_payload_is_read_apart_from_its_frame() {
    let mut payloads = Payloads::new();
    let payload = payloads.write(&refund()).unwrap().to_vec();
    let (policy, key) = (SchemaPolicy::default(), Refund::SCHEMA.key());
    let read = payloads.read::<Shop>(&key, policy, &payload).unwrap();
    assert_eq!(read, (Shop::Refund(refund()), Outcome::Exact, UnknownFields::default()));
    let error = payloads.read::<Order>(&key, policy, &payload).unwrap_err();
    assert_eq!(error.code(), 501);
}

#[test]
fn a_registry_that_knows_a_type_judges_its_frames_and_tells_its_name() {
    let registry = Registry::new().with_message::<Order>().unwrap();
    let mut decoder = strictframe::Decoder::builder(registry).build();
    let frame = encoded(&order(1));
    assert_eq!(decoder.decode(&frame).unwrap().outcome, Some(Outcome::Exact));
    assert_eq!(decoder.decode(&encoded(&refund())).unwrap_err().kind().code(), 501);
    assert_eq!(decoder.decode(&frame).unwrap().outcome, Some(Outcome::Exact));
    let error = decoder.decode_message::<Refund>(&frame).unwrap_err();
    let MessageError::Schema(refused) = error else { panic!("{error:?}") };
    assert_eq!(refused.found.name.as_deref(), Some("shop.Order"));
}

#[test]
fn a_message_of_another_schema_than_the_encoders_is_not_written() {
    let mut encoder = Encoder::builder(Order::SCHEMA).build().unwrap();
    let mut out = b"before".to_vec();
    let error = encoder.encode_message(&refund(), &mut out).unwrap_err();
    assert_eq!((error.code(), error.name()), (913, "MessageMismatch"));
    let EncodeError::MessageMismatch { encoder, message } = &error else { panic!("{error:?}") };
    assert_eq!((*encoder, message.key), (Order::SCHEMA.key(), Refund::SCHEMA.key()));
    assert_eq!(message.name.as_deref(), Some("shop.Refund"));
    assert_eq!(out, b"before");
}

#[test]
fn what_its_own_reader_would_refuse_is_not_written() {
    // SPEC [PAY-9, LIM-1]: a value that the closed enum does not have.
    let mut encoder = Encoder::builder(Refund::SCHEMA).build().unwrap();
    let mut out = b"before".to_vec();
    let unknown_reason = Refund { reason: Some(9), ..refund() };
    let error = encoder.encode_message(&unknown_reason, &mut out).unwrap_err();
    assert_eq!((error.code(), error.name()), (812, "PayloadEnum"));
    let EncodeError::MessageRefused(refused) = error else { panic!("{error:?}") };
    assert_eq!(refused.offset(), Some(13));
    // And JSON has no number for it.
    let mut encoder = Encoder::builder(Visit::SCHEMA).build().unwrap();
    let error = encoder.encode_message(&Visit { seconds: f64::NAN, ..visit() }, &mut out);
    let EncodeError::MessageRefused(PayloadRefused::Json(fault)) = error.unwrap_err() else {
        panic!("not refused as JSON")
    };
    let JsonFault { is_syntax, offset, expected, .. } = fault;
    assert_eq!((is_syntax, offset, expected.as_str()), (false, None, "a finite number"));
    assert_eq!(out, b"before");
    encoder.encode_message(&visit(), &mut out).unwrap();
    assert!(out.starts_with(b"before\x9e\xc1"));
}

#[test]
fn a_schema_without_a_version_writes_and_reads_nothing() {
    // SPEC [FRM-9, JDG-3]: it has no key that may stand on a frame.
    struct Unlocked;
    impl Schema for Unlocked {
        const SCHEMA: &'static KnownSchema =
            &KnownSchema::new("shop.Unlocked", Encoding::OPAQUE, [7; 8], 0, &[], b"");

        fn write_payload(&self, _: &mut Vec<u8>) -> Result<(), PayloadRefused> {
            Ok(())
        }

        fn read_payload(_: &[u8]) -> strictframe::message::ReadPayload<Self> {
            Ok((Self, 0))
        }
    }
    let error = Encoder::builder(Unlocked::SCHEMA).build().unwrap_err();
    assert_eq!(error, EncodeError::KeyRefused);
    assert!(Registry::new().with_message::<Unlocked>().is_err());
    let error = decoder().decode_message::<Unlocked>(&encoded(&visit())).map(|_| ()).unwrap_err();
    assert_eq!(error.code(), 501);
}

#[test]
fn a_key_is_told_with_its_name() {
    let named = NamedKey::from(Order::SCHEMA).to_string();
    assert_eq!(named, format!("shop.Order {}", Order::SCHEMA.key()));
    let amount = Money { currency: String::new(), amount: 0 };
    assert_eq!(encoded(&Refund { order: 0, amount, reason: None }).len(), 32 + 4);
}
