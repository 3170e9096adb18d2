//! A log, what is put there, and what a consumer gives of it.

use core::time::Duration;

use bytes::Bytes;
use strictframe::{CompressionPolicy, Limits};
use strictframe_dashflow::consumer::{Consumer, ConsumerOptions, Item, Messages, Order};
use strictframe_dashflow::transport::memory::{MemoryLog, MemorySource};
use strictframe_dashflow::transport::{Source, Start};
use strictframe_dashflow::{FrameOptions, Framer, Identity, Record, v1};

use crate::support::{identity, token};

/// A frame of tokens of a thread with these numbers, of one epoch.
pub(crate) fn frame(thread: &str, epoch: u64, numbers: core::ops::RangeInclusive<u64>) -> Bytes {
    frame_with(FrameOptions::ALL, thread, epoch, numbers)
}

pub(crate) fn frame_with(
    options: FrameOptions,
    thread: &str,
    epoch: u64,
    numbers: core::ops::RangeInclusive<u64>,
) -> Bytes {
    let records: Vec<_> = numbers.map(|number| record(thread, epoch, number)).collect();
    let policy = CompressionPolicy::default();
    let mut framer = Framer::new(policy, [], options, Limits::DEFAULT).unwrap();
    framer.frame(&records).unwrap().bytes().clone()
}

/// Its text says where it belongs, its id is like no other's.
fn record(thread: &str, epoch: u64, number: u64) -> Record {
    let template = token(thread, number, format!("{thread} {epoch} {number}"));
    let message = template.message().unwrap().clone();
    let mut id = u128::from(number) | u128::from(epoch) << 64;
    id ^= u128::from(strictframe::core::checksum::crc32c(thread.as_bytes())) << 96;
    let identity = Identity { epoch, message_id: id.to_be_bytes(), ..identity(thread, number) };
    Record::new(message, identity).unwrap()
}

/// A log of one partition with these values.
pub(crate) fn log(values: impl IntoIterator<Item = Bytes>) -> MemoryLog {
    let log = MemoryLog::new(1);
    values.into_iter().for_each(|value| append(&log, value));
    log
}

pub(crate) fn append(log: &MemoryLog, value: Bytes) {
    log.append(0, Some(Bytes::from_static(b"key")), value).unwrap();
}

pub(crate) fn consumer(log: &MemoryLog, options: ConsumerOptions) -> Consumer<MemorySource> {
    Consumer::new(log.source(&Start::Committed, Some("g")).unwrap(), options).unwrap()
}

/// Everything until all that there is was given, assignments left out.
pub(crate) async fn drain<S: Source>(consumer: &mut Consumer<S>) -> Vec<Item> {
    let mut items = Vec::new();
    loop {
        let next = tokio::time::timeout(Duration::from_secs(60), consumer.next());
        match next.await.expect("an item in time").unwrap() {
            Item::Assigned(_) => {}
            Item::CaughtUp { .. } => return items,
            item => items.push(item),
        }
    }
}

/// The text of each message, and what its number meant.
pub(crate) fn texts(items: &[Item]) -> Vec<(String, Order)> {
    let messages = items.iter().map(|item| match item {
        Item::Messages(messages) => messages,
        other => panic!("{other:?}"),
    });
    messages.flat_map(texts_of).collect()
}

pub(crate) fn texts_of(messages: &Messages) -> Vec<(String, Order)> {
    let text = |message: &v1::DashStreamMessage| match &message.message {
        Some(v1::dash_stream_message::Message::TokenChunk(token)) => token.text.clone(),
        other => panic!("{other:?}"),
    };
    messages.messages.iter().map(|numbered| (text(&numbered.message), numbered.order)).collect()
}
