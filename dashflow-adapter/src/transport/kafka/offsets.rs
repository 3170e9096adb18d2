//! Offsets, as librdkafka has them.

use core::future::Future as _;
use core::pin::pin;
use core::task::{Context, Waker};
use std::time::Instant;

use rdkafka::consumer::{Consumer as _, ConsumerContext, StreamConsumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::client::{Complaints, STEP};
use super::errors::{UNAVAILABLE, transport_error};
use crate::config::KafkaConfig;
use crate::transport::TransportError;

/// The first offset that is kept, and that of the next message to come.
pub(super) fn watermarks<C: ConsumerContext + 'static>(
    consumer: &StreamConsumer<C>,
    config: &KafkaConfig,
    partition: i32,
) -> Result<(u64, u64), TransportError> {
    let deadline = Instant::now() + config.operation_timeout;
    loop {
        let rest = deadline.saturating_duration_since(Instant::now());
        let error = match consumer.fetch_watermarks(&config.topic, partition, rest) {
            Ok((first, end)) => {
                return Ok((u64::try_from(first).unwrap_or(0), u64::try_from(end).unwrap_or(0)));
            }
            // By this librdkafka means a partition that is there, and that nobody leads.
            Err(KafkaError::MetadataFetch(RDKafkaErrorCode::UnknownPartition)) => {
                let message = format!("asking for offsets: nobody leads partition {partition}");
                TransportError::retryable(UNAVAILABLE, message)
            }
            Err(error) => transport_error("asking for offsets", &error),
        };
        // librdkafka asks no second time, whoever leads by then.
        if error.name() != UNAVAILABLE || rest.is_zero() {
            return Err(error);
        }
        std::thread::sleep(PAUSE);
    }
}

/// The positions that the group has committed in these partitions.
///
/// librdkafka asks on when it may not know, until the time for it is over, and says why only to who reads meanwhile.
pub(super) fn committed<C: ConsumerContext + 'static>(
    consumer: &StreamConsumer<C>,
    complaints: &Complaints,
    config: &KafkaConfig,
    partitions: &TopicPartitionList,
) -> Result<TopicPartitionList, TransportError> {
    let deadline = Instant::now() + config.operation_timeout;
    loop {
        let rest = deadline.saturating_duration_since(Instant::now());
        let error = match consumer.committed_offsets(partitions.clone(), rest.min(STEP)) {
            Ok(found) => return Ok(found),
            Err(error) => error,
        };
        // Nothing is read yet, so that nothing but complaints can come.
        let _ = pin!(consumer.recv()).poll(&mut Context::from_waker(Waker::noop()));
        if let Some(error) = complaints.decisive() {
            return Err(error);
        }
        if rest.is_zero() {
            return Err(transport_error("asking for committed positions", &error));
        }
    }
}

/// librdkafka seeks only what it has begun to fetch, which takes a moment after partitions were taken.
pub(super) fn seek<C: ConsumerContext + 'static>(
    consumer: &StreamConsumer<C>,
    config: &KafkaConfig,
    partition: i32,
    to: u64,
) -> Result<(), TransportError> {
    let deadline = Instant::now() + config.operation_timeout;
    loop {
        let rest = deadline.saturating_duration_since(Instant::now());
        match consumer.seek(&config.topic, partition, offset(to), rest) {
            Ok(()) => return Ok(()),
            Err(error) if rest.is_zero() => return Err(transport_error("seeking", &error)),
            Err(_) => std::thread::sleep(PAUSE),
        }
    }
}

pub(super) fn offset(number: u64) -> Offset {
    Offset::Offset(i64::try_from(number).unwrap_or(i64::MAX))
}

pub(super) fn offset_in(list: &TopicPartitionList, partition: i32) -> Option<u64> {
    let elements = list.elements();
    let element = elements.iter().find(|element| element.partition() == partition)?;
    match element.offset() {
        Offset::Offset(offset) => u64::try_from(offset).ok(),
        _ => None,
    }
}

/// Between two tries.
const PAUSE: core::time::Duration = core::time::Duration::from_millis(20);
