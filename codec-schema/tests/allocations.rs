//! What a walk over a payload allocates, and what writing it as JSON does: nothing, once their memory has grown.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a panic in a test is a failed test"
)]

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use strictframe_schema::payload::{
    Layout, MessageLayout, PayloadError, Place, Scratch, Value, Visitor,
};
use strictframe_schema::protobuf::ProtobufSchema;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const TEXT: &str = "\
message google.protobuf.Any
 1 type_url string implicit
 2 value bytes implicit
message T
 1 count int32 implicit
 2 name string implicit
 3 inner message T repeated
 4 by map string message T
 5 many uint32 packed
 6 block group T explicit
 7 any message google.protobuf.Any explicit
 8 number double implicit
 9 token bytes implicit
";

fn behind_length(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut varint = Vec::new();
    let mut rest = content.len();
    while rest >= 0x80 {
        varint.push(u8::try_from(rest & 0x7F).unwrap() | 0x80);
        rest >>= 7;
    }
    varint.push(u8::try_from(rest).unwrap());
    [&[tag][..], &varint, content].concat()
}

/// A message with every kind of field, `depth` levels deep, and many of each.
fn payload(depth: u32) -> Vec<u8> {
    let mut all = vec![8, 5];
    all.extend(behind_length(0x12, b"some text"));
    if depth > 0 {
        let inner = payload(depth - 1);
        for key in b'a'..b'f' {
            all.extend(behind_length(0x1A, &inner));
            let entry = [&[0x0A, 1, key][..], &behind_length(0x12, &inner)].concat();
            all.extend(behind_length(0x22, &entry));
        }
    }
    all.extend(behind_length(0x2A, &[1, 2, 3, 4]));
    all.extend([0x33, 8, 1, 0x34]);
    all
}

#[derive(Default)]
struct Count {
    messages: u64,
    values: u64,
    keys: u64,
    bytes: usize,
}

impl<'l, 'p> Visitor<'l, 'p> for Count {
    type Error = PayloadError;

    fn enter(&mut self, _: Place<'l>, _: &'l MessageLayout) -> Result<(), PayloadError> {
        self.messages += 1;
        Ok(())
    }

    fn key(&mut self, _: Place<'l>, _: Value<'l, 'p>) -> Result<(), PayloadError> {
        self.keys += 1;
        Ok(())
    }

    fn value(&mut self, _: Place<'l>, value: Value<'l, 'p>) -> Result<(), PayloadError> {
        self.values += 1;
        if let Value::String(text) = value {
            self.bytes += text.len();
        }
        Ok(())
    }
}

/// What the work allocates: the least of some rounds, because the thread that runs the tests may allocate beside it.
fn allocated(mut work: impl FnMut()) -> usize {
    let round = |_| {
        let region = Region::new(ALLOCATOR);
        work();
        let spent = region.change();
        spent.allocations + spent.reallocations
    };
    (0..5).map(round).min().unwrap_or_default()
}

fn a_walk_allocates_nothing_for_what_it_finds() {
    let layout = Layout::of_schema(&ProtobufSchema::parse(TEXT.as_bytes()).unwrap(), "T").unwrap();
    let payload = payload(3);
    let mut scratch = Scratch::default();
    layout.check(&payload, &mut scratch).unwrap();
    let mut count = Count::default();
    let allocated = allocated(|| {
        count = Count::default();
        layout.walk(&payload, &mut scratch, &mut count).unwrap();
        layout.check(&payload, &mut scratch).unwrap();
    });
    assert_eq!(allocated, 0);
    // 1 + 10 + 100 + 1000 messages, each with a group.
    assert_eq!(count.messages, 2222);
    assert_eq!(count.keys, 5 + 50 + 500);
    assert_eq!(count.values, 1111 * 7);
    assert_eq!(count.bytes, 1111 * 9);
}

fn writing_json_allocates_nothing_for_any_kind_of_field() {
    let layout = Layout::of_schema(&ProtobufSchema::parse(TEXT.as_bytes()).unwrap(), "T").unwrap();
    // Its maps and lists alternate, so that it is put in order; and so does what the Any in it holds, which has one as well.
    let mut content = payload(2);
    for _ in 0..2 {
        let any = [behind_length(0x0A, b"type.example/T"), behind_length(0x12, &content)].concat();
        content = [behind_length(0x3A, &any), payload(2)].concat();
    }
    content.extend([0x41, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F]);
    content.extend(behind_length(0x4A, &[0xFF; 200]));
    let (mut scratch, mut text) = (Scratch::default(), String::new());
    layout.to_json(&content, &mut scratch, &mut text).unwrap();
    let before = core::mem::take(&mut text);
    text.reserve(2 * before.len());
    let allocated = allocated(|| {
        text.clear();
        layout.to_json(&content, &mut scratch, &mut text).unwrap();
    });
    assert_eq!(allocated, 0);
    assert_eq!(text, before);
    assert_eq!(text.matches("\"@type\":\"type.example/T\"").count(), 2);
    assert!(text.contains("\"number\":1.5,\"token\":\"////"), "{text}");
}

/// One test, because whatever runs beside it would be counted.
#[test]
fn neither_a_walk_nor_writing_json_allocates_once_warm() {
    a_walk_allocates_nothing_for_what_it_finds();
    writing_json_allocates_nothing_for_any_kind_of_field();
}
