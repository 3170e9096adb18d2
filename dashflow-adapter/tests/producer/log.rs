//! What is in a log, message by message.

use core::time::Duration;
use std::collections::BTreeMap;

use strictframe::{BatchLimits, Limits};
use strictframe_dashflow::dead_letter::{DeadLetter, DeadLetterReader};
use strictframe_dashflow::producer::{ProducerConfig, ProducerEvent, RetryConfig, Subscription};
use strictframe_dashflow::transport::memory::MemoryLog;
use strictframe_dashflow::{Unframer, v1};

/// One message as a consumer sees it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) thread: String,
    pub(crate) epoch: u64,
    pub(crate) sequence: u64,
    pub(crate) id: Vec<u8>,
    pub(crate) message: v1::DashStreamMessage,
}

/// The numbers of messages in each frame, and all messages in their order.
pub(crate) fn read(log: &MemoryLog) -> (Vec<usize>, Vec<Seen>) {
    let mut unframer = Unframer::new(Limits::DEFAULT).unwrap();
    let (mut counts, mut seen) = (Vec::new(), Vec::new());
    for value in log.values(0) {
        let unframed = unframer.unframe(&value).unwrap();
        counts.push(unframed.messages.len());
        let epoch = unframed.head.epoch.unwrap();
        for message in unframed.messages {
            let header = message.header().unwrap();
            seen.push(Seen {
                thread: header.thread_id.clone(),
                epoch,
                sequence: header.sequence,
                id: header.message_id.clone(),
                message: message.clone(),
            });
        }
    }
    (counts, seen)
}

/// The sequence numbers of each thread, in the order of the log.
pub(crate) fn sequences(seen: &[Seen]) -> BTreeMap<String, Vec<u64>> {
    let mut sequences = BTreeMap::<_, Vec<_>>::new();
    for message in seen {
        sequences.entry(message.thread.clone()).or_default().push(message.sequence);
    }
    sequences
}

pub(crate) fn token(text: &str) -> v1::TokenChunk {
    v1::TokenChunk { text: text.to_owned(), ..v1::TokenChunk::default() }
}

pub(crate) fn error(message: &str) -> v1::Error {
    v1::Error { message: message.to_owned(), ..v1::Error::default() }
}

/// A configuration whose retries are quick.
pub(crate) fn quick() -> ProducerConfig {
    let mut config = ProducerConfig::default();
    config.retry = retry(1, 5, 2_000);
    config
}

pub(crate) fn retry(first_ms: u64, most_ms: u64, deadline_ms: u64) -> RetryConfig {
    let mut retry = RetryConfig::default();
    (retry.first_ms, retry.most_ms, retry.deadline_ms) = (first_ms, most_ms, deadline_ms);
    retry
}

pub(crate) fn batch(bytes: u32, count: u32, time_ms: u32) -> BatchLimits {
    let mut batch = BatchLimits::default();
    (batch.bytes, batch.count, batch.time_ms) = (bytes, count, time_ms);
    batch
}

pub(crate) const SOON: Duration = Duration::from_secs(20);

/// Every event that is there.
pub(crate) fn events(subscription: &mut Subscription) -> Vec<ProducerEvent> {
    core::iter::from_fn(|| subscription.take()).collect()
}

/// Waits until something holds, and fails when it does not in time.
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = std::time::Instant::now();
    while !holds() {
        assert!(begun.elapsed() < SOON, "{what}: not in time");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The dead letters in a log.
pub(crate) fn letters(log: &MemoryLog) -> Vec<DeadLetter> {
    let mut reader = DeadLetterReader::default();
    log.values(0).iter().map(|value| reader.read(value).unwrap()).collect()
}
