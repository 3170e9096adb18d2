//! What the tests of the messages are made of.
#![allow(dead_code, reason = "every test file takes what it needs")]

use strictframe::lock::Lock;
use strictframe::{Decoder, Encoder, Registry, SchemaKey, SchemaPolicy};
use strictframe_example_orders::order::{Line, Payment};
use strictframe_example_orders::{Card, Money, Order, Refund, Visit};

/// The lock that the constants were made of.
pub(crate) fn lock() -> Lock {
    Lock::read(include_bytes!("../../strictframe.lock")).unwrap()
}

/// An order of some lines, with every field set.
pub(crate) fn order(lines: u32) -> Order {
    let line = |n| Line {
        article: format!("article {n}"),
        count: n + 1,
        price: Some(Money { currency: "EUR".to_owned(), amount: i64::from(n) * 100 - 50 }),
    };
    Order {
        id: 70_000 + u64::from(lines),
        customer: "K\u{e4}the".to_owned(),
        lines: (0..lines).map(line).collect(),
        payment: Some(Payment::Card(Card { token: "tok_1".to_owned() })),
    }
}

pub(crate) fn refund() -> Refund {
    let amount = Money { currency: "EUR".to_owned(), amount: 250 };
    Refund { order: 7, amount, reason: Some(2) }
}

pub(crate) fn visit() -> Visit {
    Visit { page: "/orders".to_owned(), seconds: 2.5, referrer: Some("/".to_owned()) }
}

/// A frame of that key and payload, as somebody else's program might write it.
pub(crate) fn frame(key: SchemaKey, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    Encoder::builder(key).build().unwrap().encode(payload, &mut frame).unwrap();
    frame
}

pub(crate) fn decoder() -> Decoder {
    Decoder::builder(Registry::new()).build()
}

pub(crate) fn forward_decoder() -> Decoder {
    Decoder::builder(Registry::new()).schema_policy(SchemaPolicy::AllowForward).build()
}

/// The same key with other numbers.
pub(crate) fn with_version(key: SchemaKey, version: u16, min_reader: u16) -> SchemaKey {
    SchemaKey::new(key.lineage(), version, min_reader, key.fork_check())
}
