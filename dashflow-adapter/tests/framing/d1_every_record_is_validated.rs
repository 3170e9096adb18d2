//! Row D1: no decode path without validation, and of a batch each record, with its index in the error.

use prost::Message as _;
use strictframe::{Encoder, Extension, Limits, extension};
use strictframe_dashflow::{
    FrameError, KINDS, MessageKind, Record, RecordFault, Refused, Unframer, schema_key, v1,
};
use v1::attribute_value::Value;
use v1::dash_stream_message::Message;

use crate::support::{event, identity, record};

/// A frame of these records with these extensions, as a writer without our checks would make it.
fn forge(records: &[Vec<u8>], extensions: &[Extension<'_>]) -> Vec<u8> {
    let mut frame = Vec::new();
    let mut encoder = Encoder::builder(schema_key()).build().unwrap();
    match records {
        [one] => encoder.encode_with(one, extensions, &mut frame).unwrap(),
        records => encoder.encode_batch(records, extensions, &mut frame).unwrap(),
    };
    frame
}

fn refusal(frame: &[u8]) -> Refused {
    Unframer::new(Limits::DEFAULT).unwrap().unframe(frame).unwrap_err()
}

fn good(sequence: u64) -> v1::DashStreamMessage {
    record("t", sequence).message().unwrap().clone()
}

fn with_header(change: impl FnOnce(&mut v1::Header)) -> v1::DashStreamMessage {
    let mut envelope = good(2);
    let Some(Message::Event(event)) = &mut envelope.message else { panic!("an event") };
    change(event.header.as_mut().unwrap());
    envelope
}

#[test]
fn d1_whatever_is_wrong_with_a_record_is_named_with_its_index() {
    let headless = v1::DashStreamMessage::from(event("plan"));
    let events = vec![event("plan")];
    let batch = v1::EventBatch { header: None, events };
    let header = good(2).header().cloned().unwrap();
    let header = v1::Header { r#type: 8, ..header };
    let batch = v1::EventBatch { header: Some(header), ..batch };
    for (bad, fault) in [
        (v1::DashStreamMessage::default(), RecordFault::Empty),
        (headless, RecordFault::HeaderMissing),
        (batch.into(), RecordFault::EventHeaderMissing { event: 0 }),
        (
            with_header(|header| header.r#type = 3),
            RecordFault::TypeMismatch { said: 3, found: MessageKind::EVENT },
        ),
        (with_header(|header| header.schema_version = 0), RecordFault::SchemaVersionZero),
        (
            with_header(|header| header.schema_version = 2),
            RecordFault::SchemaVersionTooNew { said: 2 },
        ),
        (
            with_header(|header| header.message_id = vec![1; 15]),
            RecordFault::MessageIdLength { len: 15 },
        ),
        (with_header(|header| header.thread_id = "  ".to_owned()), RecordFault::ThreadBlank),
        (
            with_header(|header| header.thread_id = "t".repeat(257)),
            RecordFault::ThreadTooLong { len: 257 },
        ),
    ] {
        let records = [good(1), bad, good(3)].map(|message| message.encode_to_vec());
        let refused = refusal(&forge(&records, &[]));
        assert_eq!(refused, Refused::Record { index: 1, count: 3, fault });
        assert_eq!((refused.index(), refused.name()), (Some(1), fault.name()));
        assert!(refused.to_string().ends_with("(record 1 of 3)"), "{refused}");
    }
}

#[test]
fn d1_payloads_that_say_two_things_or_more_than_their_schema_are_refused_with_their_index() {
    let one = good(1).encode_to_vec();
    let error = v1::DashStreamMessage::from(v1::Error::default()).encode_to_vec();
    let mut longer = good(2).encode_to_vec();
    longer.extend([0xF8, 0x01, 0x05]);
    for (bad, name, code) in [
        (b"{\"node\": \"plan\"}".to_vec(), "PayloadSyntax", "SF-0801"),
        (one[..one.len() - 1].to_vec(), "PayloadSyntax", "SF-0801"),
        // Two arms of the envelope, of which protobuf takes the last.
        ([good(2).encode_to_vec(), error].concat(), "PayloadOneof", "SF-0815"),
        ([one.as_slice(), &one].concat(), "PayloadTwice", "SF-0814"),
        (longer, "PayloadUnknown", "SF-0817"),
        (deep(31, 2).encode_to_vec(), "PayloadDepth", "SF-0809"),
    ] {
        let refused = refusal(&forge(&[one.clone(), bad], &[]));
        assert_eq!((refused.index(), refused.name()), (Some(1), name), "{refused}");
        assert_eq!(refused.code().to_string(), code);
    }
}

#[test]
fn d1_records_that_are_not_what_their_frame_says_are_refused() {
    let records = [1, 2, 3].map(|number| good(number).encode_to_vec());
    let (one, time) = (1_u64.to_le_bytes(), identity("t", 1).time);
    let wrong_time = (time + 1_000).to_le_bytes();
    let same_micro = (time + 1 - time.rem_euclid(1_000)).to_le_bytes();
    let extension = |kind, value| [Extension { kind, value }];
    let at = |index, fault| Refused::Record { index, count: 3, fault };
    for (bytes, expected) in [
        (
            forge(&records, &extension(extension::STREAM_KEY, b"u")),
            at(0, RecordFault::ThreadMismatch),
        ),
        (
            forge(
                &[records[0].clone(), records[2].clone(), records[1].clone()],
                &extension(extension::SEQUENCE, &one),
            ),
            at(1, RecordFault::SequenceMismatch { expected: 2, found: 3 }),
        ),
        (
            forge(&records, &extension(extension::TIME, &wrong_time)),
            at(0, RecordFault::TimeMismatch),
        ),
        (
            forge(&records[..1], &extension(extension::MESSAGE_ID, &[9; 16])),
            Refused::Record { index: 0, count: 1, fault: RecordFault::MessageIdMismatch },
        ),
        (
            forge(&records, &extension(KINDS, &[0x0A])),
            Refused::Kinds {
                said: [MessageKind::EVENT, MessageKind::TOKEN_CHUNK].into_iter().collect(),
                found: [MessageKind::EVENT].into_iter().collect(),
            },
        ),
        (forge(&records, &extension(KINDS, &[2, 0])), Refused::Extension { kind: KINDS }),
        (
            forge(&records, &extension(extension::STREAM_KEY, b" ")),
            Refused::Extension { kind: extension::STREAM_KEY },
        ),
        (
            forge(&records, &extension(extension::TRACE_CONTEXT, &[0; 25])),
            Refused::Extension { kind: extension::TRACE_CONTEXT },
        ),
    ] {
        assert_eq!(refusal(&bytes), expected);
    }
    // A header counts in microseconds: within one of them the frame is the finer clock.
    let frame = forge(&records, &extension(extension::TIME, &same_micro));
    assert!(Unframer::new(Limits::DEFAULT).unwrap().unframe(&frame).is_ok());
}

#[test]
fn d1_what_no_reader_would_take_is_not_framed() {
    let empty = Record::new(v1::DashStreamMessage::default(), identity("t", 1)).unwrap_err();
    assert_eq!(empty, RecordFault::Empty);
    let batch = v1::EventBatch { events: vec![event("plan")], ..v1::EventBatch::default() };
    let refused = Record::new(batch, identity("t", 1)).unwrap_err();
    assert_eq!(refused, RecordFault::EventHeaderMissing { event: 0 });
}

/// An event whose attributes are so many maps deep, in an envelope, with a header.
fn deep(depth: u32, sequence: u64) -> v1::DashStreamMessage {
    let nested = (0..depth).fold(v1::AttributeValue::default(), |inner, _| v1::AttributeValue {
        value: Some(Value::MapValue(v1::AttributeMap { values: [("k".to_owned(), inner)].into() })),
    });
    let mut inner = event("plan");
    inner.attributes.insert("deep".to_owned(), nested);
    Record::new(inner, identity("t", sequence)).unwrap().message().unwrap().clone()
}

#[test]
fn d1_what_is_nested_too_deep_is_not_framed_and_what_is_framed_is_read_back() {
    let mut deepest = 0;
    for depth in 1..40 {
        let Some(Message::Event(inner)) = deep(depth, 1).message else { panic!("an event") };
        let record = Record::new(inner, identity("t", 1)).unwrap();
        match crate::support::framer().frame(&[record]) {
            Ok(frame) => {
                let mut unframer = Unframer::new(Limits::DEFAULT).unwrap();
                assert_eq!(unframer.unframe(frame.bytes()).unwrap().messages.len(), 1);
                deepest = depth;
            }
            Err(FrameError::Record { index: 0, fault }) => {
                assert_eq!(fault.code().to_string(), "SF-0809");
            }
            Err(other) => panic!("{other}"),
        }
    }
    // Two levels a map, below the envelope, the event and the value: of 64.
    assert_eq!(deepest, 30);
}
