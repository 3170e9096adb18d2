//! Newer versions of the messages: read where that was asked for and their schemas show that it is right, refused otherwise.

use bytes::Bytes;
use prost::Message as _;
use strictframe::core::Parts;
use strictframe::core::identity::Encoding;
use strictframe::{Descriptor, Encoder, Kind, Limits, Schema as _, SchemaPolicy};
use strictframe_dashflow::consumer::{
    Action, Consumer, ConsumerOptions, Item, OnRefusal, RefusalClass,
};
use strictframe_dashflow::transport::Definition;
use strictframe_dashflow::transport::memory::{MemoryLog, MemorySource};
use strictframe_dashflow::v1;

use crate::support::record;
use crate::world::{append, drain, frame, log};

/// Version 2, which says of itself that readers of version 1 read it.
fn newer(edit: fn(&str) -> String) -> Descriptor {
    let own = v1::DashStreamMessage::SCHEMA.descriptor().unwrap();
    let text = edit(core::str::from_utf8(own.canonical()).unwrap());
    Descriptor::from_canonical(Encoding::PROTOBUF, own.name(), 2, 1, text.as_bytes()).unwrap()
}

fn with_a_field_more() -> Descriptor {
    newer(|text| {
        let last =
            " 9 execution_trace message dashstream.v1.ExecutionTrace explicit oneof=message\n";
        assert!(text.contains(last));
        text.replace(last, &format!("{last} 10 note string implicit\n"))
    })
}

/// Text where readers of version 1 find a number.
fn with_another_meaning() -> Descriptor {
    newer(|text| {
        let field = " 4 compression_ratio float implicit\n";
        assert!(text.contains(field));
        text.replace(field, " 4 compression_ratio string implicit\n")
    })
}

/// A frame of that version, with the field that version 1 does not have.
fn frame_of(descriptor: &Descriptor) -> Bytes {
    let mut payload = record("a", 2).message().unwrap().encode_to_vec();
    payload.extend(b"\x52\x03new");
    let mut frame = Vec::new();
    Encoder::builder(descriptor).build().unwrap().encode(&payload, &mut frame).unwrap();
    frame.into()
}

fn definition(descriptor: &Descriptor) -> Definition {
    let (mut body, mut frame) = (Vec::new(), Vec::new());
    descriptor.write_body(&mut body).unwrap();
    Parts::control(Kind::SCHEMA, &[&body]).write(&mut frame).unwrap();
    Definition::verify(frame.into(), &Limits::MAXIMUM).unwrap()
}

fn forward(log: &MemoryLog) -> Consumer<MemorySource> {
    let mut options = ConsumerOptions::default();
    options.schema_policy = SchemaPolicy::AllowForward;
    options.on_refusal = OnRefusal::always(Action::Skip);
    crate::world::consumer(log, options)
}

fn code(item: &Item) -> String {
    let Item::Refused(refusal) = item else { return "messages".to_owned() };
    assert_eq!(refusal.class, RefusalClass::Unknown);
    refusal.refused.code().to_string()
}

#[tokio::test]
async fn a_newer_version_is_read_once_its_schema_was_found_beside_the_data() {
    let descriptor = with_a_field_more();
    let value = frame_of(&descriptor);
    let log = log([frame("a", 1, 1..=1), value.clone()]);
    let mut consumer = forward(&log);
    let codes: Vec<_> = drain(&mut consumer).await.iter().map(code).collect();
    // SPEC [STR-13]: nobody said what it is.
    assert_eq!(codes, ["messages", "SF-0501"]);

    log.define(definition(&descriptor));
    consumer.resume(0).unwrap();
    append(&log, value.clone());
    let items = drain(&mut consumer).await;
    let [Item::Messages(messages)] = &items[..] else { panic!("{items:?}") };
    assert_eq!(messages.outcome, Some(strictframe::Outcome::Forward));
    // Whoever begins now learns it without a word.
    let codes: Vec<_> = drain(&mut forward(&log)).await.iter().map(code).collect();
    assert_eq!(codes, ["messages", "messages"]);
}

#[tokio::test]
async fn a_newer_version_that_claims_too_much_is_refused() {
    // SPEC [JDG-5]
    let descriptor = with_another_meaning();
    let log = log([frame_of(&descriptor), frame("a", 1, 1..=1)]);
    log.define(definition(&descriptor));
    let codes: Vec<_> = drain(&mut forward(&log)).await.iter().map(code).collect();
    assert_eq!(codes, ["SF-0507", "messages"]);
}

#[tokio::test]
async fn a_newer_version_is_refused_where_reading_forward_was_not_asked_for() {
    let descriptor = with_a_field_more();
    let log = log([frame_of(&descriptor)]);
    log.define(definition(&descriptor));
    let mut options = ConsumerOptions::default();
    options.on_refusal = OnRefusal::always(Action::Skip);
    let mut consumer = crate::world::consumer(&log, options);
    let codes: Vec<_> = drain(&mut consumer).await.iter().map(code).collect();
    assert_eq!(codes, ["SF-0505"]);
}
