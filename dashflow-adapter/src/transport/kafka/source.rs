//! The source of a topic: all of its partitions, one of them, or a group's share.

use core::fmt;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use rdkafka::client::ClientContext;
use rdkafka::consumer::{
    BaseConsumer, CommitMode, Consumer as _, ConsumerContext, Rebalance, StreamConsumer,
};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message as _};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::client::{Complaints, client_config, failed, metadata};
use super::definitions;
use super::errors::transport_error;
use crate::config::{KafkaConfig, OffsetReset};
use crate::transport::blocking::blocking;
use crate::transport::{Definition, Delivered, Position, Received, Source, Start, TransportError};

/// Reads a topic.
///
/// With a group, [`Start::Committed`] and no partition in the configuration it takes its share of the group's partitions, which may change at any time. Otherwise
/// its partitions are fixed: the one that the configuration names, or all there are now.
pub struct KafkaSource {
    consumer: Arc<StreamConsumer<Watch>>,
    config: KafkaConfig,
    events: UnboundedReceiver<Received>,
    /// What came together with an event that goes before it.
    held: Option<Result<Received, TransportError>>,
    has_group: bool,
}

impl KafkaSource {
    /// Connects. The group is the configuration's; without one positions cannot be committed.
    ///
    /// # Errors
    /// As [`KafkaSink::connect`](super::KafkaSink::connect); `PositionGone` or `PositionAhead` for a start that is not there.
    pub async fn connect(config: &KafkaConfig, start: &Start) -> Result<Self, TransportError> {
        let (settings, start) = (config.clone(), start.clone());
        blocking(move || Self::open(settings, &start)).await
    }

    fn open(config: KafkaConfig, start: &Start) -> Result<Self, TransportError> {
        let doing = format!("reading topic {}", config.topic);
        let (sender, events) = unbounded_channel();
        let complaints = Complaints::default();
        let watch = Watch { complaints: complaints.clone(), events: sender };
        let mut client = client_config(&config);
        client.set("group.id", config.group_id.as_deref().unwrap_or(NO_GROUP));
        client.set("enable.auto.commit", "false").set("enable.partition.eof", "true");
        let is_shared =
            config.group_id.is_some() && config.partition.is_none() && *start == Start::Committed;
        // Where partitions are fixed, a position that is gone is told.
        let reset = match config.auto_offset_reset {
            _ if !is_shared => "error",
            OffsetReset::Earliest => "earliest",
            OffsetReset::Latest => "latest",
            OffsetReset::None => "error",
        };
        client.set("auto.offset.reset", reset);
        let consumer: StreamConsumer<Watch> =
            client.create_with_context(watch).map_err(failed(&doing))?;
        let found = metadata(consumer.client(), &complaints, &config, &config.topic, || ())?;
        let has_group = config.group_id.is_some();
        let source = Self { consumer: Arc::new(consumer), config, events, held: None, has_group };
        if is_shared {
            let topics = [source.config.topic.as_str()];
            source.consumer.subscribe(&topics).map_err(failed(&doing))?;
        } else {
            let topics = found.topics().iter().flat_map(|topic| topic.partitions());
            source.assign(topics.map(|partition| partition.id()).collect(), start)?;
        }
        Ok(source)
    }

    /// Takes these partitions, or the one that is wanted.
    fn assign(&self, mut partitions: Vec<i32>, start: &Start) -> Result<(), TransportError> {
        if let Some(wanted) = self.config.partition {
            partitions.retain(|partition| u32::try_from(*partition) == Ok(wanted));
            if partitions.is_empty() {
                return Err(TransportError::unknown_partition(wanted));
            }
        }
        partitions.sort_unstable();
        let committed = self.committed(&partitions)?;
        let mut list = TopicPartitionList::new();
        let mut numbers = Vec::new();
        for partition in partitions {
            let Ok(number) = u32::try_from(partition) else { continue };
            let kept = watermarks(&self.consumer, &self.config, partition)?;
            let committed = committed.as_ref().and_then(|list| offset_in(list, partition));
            let offset = offset(start.offset(number, committed, kept)?);
            let added = list.add_partition_offset(&self.config.topic, partition, offset);
            added.map_err(failed("choosing offsets"))?;
            numbers.push(number);
        }
        self.consumer.assign(&list).map_err(failed("taking partitions"))?;
        let _ = self.consumer.context().events.send(Received::Assigned(numbers));
        Ok(())
    }

    fn committed(&self, partitions: &[i32]) -> Result<Option<TopicPartitionList>, TransportError> {
        if !self.has_group {
            return Ok(None);
        }
        let mut list = TopicPartitionList::new();
        for partition in partitions {
            list.add_partition(&self.config.topic, *partition);
        }
        let found = self.consumer.committed_offsets(list, self.config.operation_timeout);
        found.map(Some).map_err(failed("asking for committed positions"))
    }

    /// A list of this one partition, if it is read here.
    fn assigned(&self, partition: u32) -> Result<TopicPartitionList, TransportError> {
        let number = i32::try_from(partition).unwrap_or(i32::MAX);
        let assignment = self.consumer.assignment().map_err(failed("asking for partitions"))?;
        if assignment.find_partition(&self.config.topic, number).is_none() {
            return Err(TransportError::unknown_partition(partition));
        }
        let mut list = TopicPartitionList::new();
        list.add_partition(&self.config.topic, number);
        Ok(list)
    }

    fn delivered(&self, message: &BorrowedMessage<'_>) -> Result<Received, TransportError> {
        let place = (message.partition().try_into(), message.offset().try_into());
        let (Ok(partition), Ok(offset)) = place else {
            return Err(TransportError::retryable("Kafka", "a message from no place"));
        };
        Ok(Received::Delivered(Delivered {
            position: Position { partition, offset },
            key: message.key().map(Bytes::copy_from_slice),
            value: Bytes::copy_from_slice(message.payload().unwrap_or_default()),
            written: message.timestamp().to_millis(),
        }))
    }

    /// What librdkafka gives in the place of a message.
    async fn told(&self, error: KafkaError) -> Result<Received, TransportError> {
        match error {
            KafkaError::PartitionEOF(partition) => {
                Ok(Received::CaughtUp { partition: u32::try_from(partition).unwrap_or(0) })
            }
            KafkaError::MessageConsumption(
                RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange,
            ) => self.lost().await,
            error => Err(transport_error("reading", &error)),
        }
    }

    /// Finds the partition whose position is gone, and goes on at the first one that is kept.
    async fn lost(&self) -> Result<Received, TransportError> {
        let (consumer, config) = (Arc::clone(&self.consumer), self.config.clone());
        blocking(move || {
            let list = consumer.position().map_err(failed("asking for positions"))?;
            for element in list.elements_for_topic(&config.topic) {
                let (partition, Offset::Offset(at)) = (element.partition(), element.offset())
                else {
                    continue;
                };
                let (first, _) = watermarks(&consumer, &config, partition)?;
                let at = u64::try_from(at).unwrap_or(0);
                if at < first {
                    seek(&consumer, &config, partition, first)?;
                    let partition = u32::try_from(partition).unwrap_or(0);
                    let from = Position { partition, offset: at };
                    let error = TransportError::position_gone(at, first);
                    return Ok(Received::Lost { from, to: Some(first), error });
                }
            }
            Err(TransportError::retryable("Kafka", "a position is gone, and all are there"))
        })
        .await
    }
}

impl Source for KafkaSource {
    async fn receive(&mut self) -> Result<Received, TransportError> {
        if let Ok(event) = self.events.try_recv() {
            return Ok(event);
        }
        if let Some(held) = self.held.take() {
            return held;
        }
        let received = tokio::select! {
            Some(event) = self.events.recv() => return Ok(event),
            received = self.consumer.recv() => match received {
                Ok(message) => self.delivered(&message),
                Err(error) => self.told(error).await,
            },
        };
        match self.events.try_recv() {
            // Partitions come and go while something is waited for: that comes before what is of them.
            Ok(event) => {
                self.held = Some(received);
                Ok(event)
            }
            Err(_) => received,
        }
    }

    fn pause(&mut self, partition: u32) -> Result<(), TransportError> {
        let list = self.assigned(partition)?;
        self.consumer.pause(&list).map_err(failed("pausing a partition"))
    }

    fn resume(&mut self, partition: u32) -> Result<(), TransportError> {
        let list = self.assigned(partition)?;
        self.consumer.resume(&list).map_err(failed("resuming a partition"))
    }

    async fn seek(&mut self, position: Position) -> Result<(), TransportError> {
        self.assigned(position.partition)?;
        let (consumer, config) = (Arc::clone(&self.consumer), self.config.clone());
        blocking(move || {
            let partition = i32::try_from(position.partition).unwrap_or(i32::MAX);
            let kept = watermarks(&consumer, &config, partition)?;
            let start = Start::At(vec![position]);
            let offset = start.offset(position.partition, None, kept)?;
            seek(&consumer, &config, partition, offset)
        })
        .await
    }

    async fn commit(&mut self, next: Position) -> Result<(), TransportError> {
        let mut list = self.assigned(next.partition)?;
        if !self.has_group {
            return Err(TransportError::no_group());
        }
        list.set_all_offsets(offset(next.offset)).map_err(failed("committing"))?;
        let consumer = Arc::clone(&self.consumer);
        blocking(move || consumer.commit(&list, CommitMode::Sync).map_err(failed("committing")))
            .await
    }

    async fn definitions(&mut self) -> Result<Vec<Definition>, TransportError> {
        let config = self.config.clone();
        blocking(move || definitions::read(&config)).await
    }
}

impl fmt::Debug for KafkaSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KafkaSource").field("config", &self.config).finish_non_exhaustive()
    }
}

/// The first offset that is kept, and that of the next message to come.
fn watermarks(
    consumer: &StreamConsumer<Watch>,
    config: &KafkaConfig,
    partition: i32,
) -> Result<(u64, u64), TransportError> {
    let found = consumer.fetch_watermarks(&config.topic, partition, config.operation_timeout);
    let (first, end) = found.map_err(failed("asking for offsets"))?;
    Ok((u64::try_from(first).unwrap_or(0), u64::try_from(end).unwrap_or(0)))
}

/// librdkafka seeks only what it has begun to fetch, which takes a moment after partitions were taken.
fn seek(
    consumer: &StreamConsumer<Watch>,
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

fn offset(number: u64) -> Offset {
    Offset::Offset(i64::try_from(number).unwrap_or(i64::MAX))
}

fn offset_in(list: &TopicPartitionList, partition: i32) -> Option<u64> {
    let elements = list.elements();
    let element = elements.iter().find(|element| element.partition() == partition)?;
    match element.offset() {
        Offset::Offset(offset) => u64::try_from(offset).ok(),
        _ => None,
    }
}

/// Hears of partitions that come and go.
struct Watch {
    complaints: Complaints,
    events: UnboundedSender<Received>,
}

impl ClientContext for Watch {
    fn error(&self, error: KafkaError, reason: &str) {
        self.complaints.error(error, reason);
    }
}

impl ConsumerContext for Watch {
    fn pre_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        let numbers = |list: &TopicPartitionList| {
            let elements = list.elements();
            let numbers = elements.iter().map(|element| u32::try_from(element.partition()));
            numbers.filter_map(Result::ok).collect()
        };
        // Whoever receives may be gone.
        let _ = match rebalance {
            Rebalance::Assign(list) => self.events.send(Received::Assigned(numbers(list))),
            Rebalance::Revoke(list) => self.events.send(Received::Revoked(numbers(list))),
            Rebalance::Error(_) => Ok(()),
        };
    }
}

/// The name that librdkafka wants where nothing is committed.
const NO_GROUP: &str = "strictframe-no-group";
const PAUSE: core::time::Duration = core::time::Duration::from_millis(20);
