//! What an agent would send, and what is collected of it.

use core::time::Duration;
use std::time::Instant;

use bytes::Bytes;
use strictframe::core::checksum;
use strictframe::{CompressionPolicy, Limits};
use strictframe_dashflow::trace::{CollectOptions, Collection, collect_traces};
use strictframe_dashflow::transport::memory::MemoryLog;
use strictframe_dashflow::transport::{Source, Start};
use strictframe_dashflow::v1::{self, EventType};
use strictframe_dashflow::{FrameOptions, Framer, Identity, Record, ThreadId};

pub(crate) type Message = v1::DashStreamMessage;

/// When everything begins, in microseconds.
pub(crate) const BASE: i64 = 1_767_225_600_000_000;

/// A frame of these messages, numbered from `first` on. Each is a millisecond behind the one before.
pub(crate) fn frame(thread: &str, epoch: u64, first: u64, messages: Vec<Message>) -> Bytes {
    frame_with(FrameOptions::ALL, thread, epoch, first, messages)
}

pub(crate) fn frame_with(
    options: FrameOptions,
    thread: &str,
    epoch: u64,
    first: u64,
    messages: Vec<Message>,
) -> Bytes {
    let records = (first..).zip(messages).map(|(number, message)| {
        let time = BASE + i64::try_from(number).unwrap() * 1_000;
        let mut id = u128::from(number) | u128::from(epoch) << 64;
        id ^= u128::from(checksum::crc32c(thread.as_bytes())) << 96;
        let identity = Identity {
            thread: ThreadId::new(thread).unwrap(),
            epoch,
            sequence: number,
            time: time * 1_000,
            message_id: id.to_be_bytes(),
            trace: None,
        };
        Record::new(message, identity).unwrap()
    });
    let records: Vec<_> = records.collect();
    let policy = CompressionPolicy::default();
    let mut framer = Framer::new(policy, [], options, Limits::DEFAULT).unwrap();
    framer.frame(&records).unwrap().bytes().clone()
}

pub(crate) fn event(kind: EventType, node: &str) -> v1::Event {
    v1::Event { event_type: kind.into(), node_id: node.to_owned(), ..v1::Event::default() }
}

pub(crate) fn with_text(mut event: v1::Event, name: &str, text: &str) -> v1::Event {
    let value = Some(v1::attribute_value::Value::StringValue(text.to_owned()));
    event.attributes.insert(name.to_owned(), v1::AttributeValue { value });
    event
}

pub(crate) fn with_number(mut event: v1::Event, name: &str, number: i64) -> v1::Event {
    let value = Some(v1::attribute_value::Value::IntValue(number));
    event.attributes.insert(name.to_owned(), v1::AttributeValue { value });
    event
}

/// The shortest run there is: a graph of one node.
pub(crate) fn short_run() -> Vec<Message> {
    use EventType::{GraphEnd, GraphStart, NodeEnd, NodeStart};
    let events = [(GraphStart, ""), (NodeStart, "plan"), (NodeEnd, "plan"), (GraphEnd, "")];
    events.map(|(kind, node)| event(kind, node).into()).to_vec()
}

/// A log of so many partitions with these values, whose keys are those threads.
pub(crate) fn log<'a>(
    partitions: u32,
    values: impl IntoIterator<Item = (u32, &'a str, Bytes)>,
) -> MemoryLog {
    let log = MemoryLog::new(partitions);
    for (partition, key, value) in values {
        log.append(partition, Some(Bytes::copy_from_slice(key.as_bytes())), value).unwrap();
    }
    log
}

pub(crate) fn named(names: &[&str]) -> Vec<ThreadId> {
    names.iter().map(|name| ThreadId::new(name).unwrap()).collect()
}

/// What is collected of these threads, in ten seconds at most.
pub(crate) async fn collect(log: &MemoryLog, names: &[&str]) -> Collection {
    let source = log.source(&Start::Earliest, None).unwrap();
    collect_from(source, names, Duration::from_secs(10), CollectOptions::default()).await
}

pub(crate) async fn collect_from<S: Source>(
    source: S,
    names: &[&str],
    within: Duration,
    options: CollectOptions,
) -> Collection {
    let deadline = Instant::now() + within;
    collect_traces(source, named(names), deadline, options, |_| {}).await.unwrap()
}
