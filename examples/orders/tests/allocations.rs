//! Encoding a typed message allocates nothing once warm.
#![allow(clippy::unwrap_used, reason = "a panic in a test is a failed test")]

#[path = "support/material.rs"]
mod support;

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use strictframe::{CodecChoice, CompressionPolicy, Encoder, MessageError, Schema};
use strictframe_example_orders::Order;
use support::{decoder, frame, order, refund, visit};

#[global_allocator]
static GLOBAL: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Allocations and reallocations of one run of `work`: the fewest of five, since the test harness allocates beside it now and then.
fn allocations(mut work: impl FnMut()) -> usize {
    let mut once = || {
        let region = Region::new(GLOBAL);
        work();
        let change = region.change();
        change.allocations + change.reallocations
    };
    (0..5).map(|_| once()).min().unwrap()
}

fn encoding<T: Schema>(messages: &[T], codec: CodecChoice) -> usize {
    let policy = CompressionPolicy::new(codec);
    let mut encoder = Encoder::builder(T::SCHEMA).policy(policy).build().unwrap();
    let mut out = Vec::new();
    let mut encode_all = || {
        out.clear();
        for message in messages {
            encoder.encode_message(message, &mut out).unwrap();
        }
    };
    encode_all();
    allocations(encode_all)
}

// One test, since the count is that of the whole process.
#[test]
fn typed_messages_are_written_and_judged_without_an_allocation() {
    assert_eq!(allocations(|| drop(core::hint::black_box(Box::new(1)))), 1);
    let orders: Vec<_> = (0..50).map(order).collect();
    for codec in [CodecChoice::None, CodecChoice::Lz4, CodecChoice::Zstd] {
        assert_eq!(encoding(&orders, codec), 0, "{codec:?}");
        assert_eq!(encoding(&[refund()], codec), 0, "{codec:?}");
        assert_eq!(encoding(&[visit()], codec), 0, "{codec:?}");
    }
    // An order without strings and lines has nothing on the heap: neither judgement nor the walk over its payload does.
    let (mut decoder, frame) = (decoder(), frame(Order::SCHEMA.key(), b"\x08\x07"));
    let mut decode = || -> Result<(), MessageError> {
        assert_eq!(decoder.decode_message::<Order>(&frame)?.message.id, 7);
        Ok(())
    };
    decode().unwrap();
    assert_eq!(allocations(|| decode().unwrap()), 0);
}
