//! The source of a topic: all of its partitions, one of them, or a group's share.

use core::fmt;
use core::future::Future as _;
use core::pin::pin;
use core::task::{Context, Waker};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use rdkafka::consumer::{CommitMode, Consumer as _, ConsumerGroupMetadata, StreamConsumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message as _};
use rdkafka::topic_partition_list::TopicPartitionList;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::astray::Astray;
use super::client::{Complaints, client_config, failed, metadata};
use super::definitions;
use super::errors::{NOT_ALLOWED, transport_error};
use super::offsets::{committed, offset, offset_in, seek, watermarks};
use super::watch::Watch;
use crate::config::KafkaConfig;
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
    /// Whether a position was said not to be there, and it was not found out yet which.
    is_astray: bool,
    /// Where each partition stands, as far as this source has put it somewhere or given something of it.
    next: BTreeMap<i32, u64>,
    paused: BTreeSet<i32>,
    has_group: bool,
    /// Whether the group divides the partitions among its members.
    is_shared: bool,
}

impl KafkaSource {
    /// Connects. The group is the configuration's; without one positions cannot be committed.
    ///
    /// # Errors
    /// As [`KafkaSink::connect`](super::KafkaSink::connect); `PositionGone`, `PositionAhead` or `UnknownPartition` for a start that is not there.
    pub async fn connect(config: &KafkaConfig, start: &Start) -> Result<Self, TransportError> {
        let (settings, start) = (config.clone(), start.clone());
        blocking(move || Self::open(settings, &start)).await
    }

    fn open(config: KafkaConfig, start: &Start) -> Result<Self, TransportError> {
        let doing = format!("reading topic {}", config.topic);
        let (sender, events) = unbounded_channel();
        let complaints = Complaints::default();
        let begin = config.auto_offset_reset;
        let watch = Watch { complaints: complaints.clone(), events: sender, begin };
        let mut client = client_config(&config);
        client.set("group.id", config.group_id.as_deref().unwrap_or(NO_GROUP));
        client.set("enable.auto.commit", "false").set("enable.partition.eof", "true");
        let is_shared =
            config.group_id.is_some() && config.partition.is_none() && *start == Start::Committed;
        // A position that is gone is told, and not passed over.
        client.set("auto.offset.reset", "error");
        let consumer: StreamConsumer<Watch> =
            client.create_with_context(watch).map_err(failed(&doing))?;
        // Nothing is read yet, so that all that comes are complaints.
        let poll = || {
            _ = pin!(consumer.recv()).poll(&mut Context::from_waker(Waker::noop()));
        };
        let found = metadata(consumer.client(), &complaints, &config, &config.topic, poll)?;
        let has_group = config.group_id.is_some();
        // librdkafka says once that a group may not be used, and may have said it while nothing was read.
        let held = complaints.decisive().filter(|error| error.name() == NOT_ALLOWED).map(Err);
        let (is_astray, next) = (false, BTreeMap::new());
        let consumer = Arc::new(consumer);
        let mut source = Self {
            consumer,
            config,
            events,
            held,
            is_astray,
            next,
            paused: BTreeSet::new(),
            has_group,
            is_shared,
        };
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
    fn assign(&mut self, mut partitions: Vec<i32>, start: &Start) -> Result<(), TransportError> {
        if let Start::At(positions) = start {
            let is_there =
                |number: u32| i32::try_from(number).is_ok_and(|it| partitions.contains(&it));
            let mut numbers = positions.iter().map(|position| position.partition);
            if let Some(unknown) = numbers.find(|number| !is_there(*number)) {
                return Err(TransportError::unknown_partition(unknown));
            }
        }
        if let Some(wanted) = self.config.partition {
            partitions.retain(|partition| u32::try_from(*partition) == Ok(wanted));
            if partitions.is_empty() {
                return Err(TransportError::unknown_partition(wanted));
            }
        }
        partitions.sort_unstable();
        let asks = self.has_group && *start == Start::Committed;
        let committed = if asks { Some(self.committed(&partitions)?) } else { None };
        let mut list = TopicPartitionList::new();
        let mut numbers = Vec::new();
        for partition in partitions {
            let Ok(number) = u32::try_from(partition) else { continue };
            let kept = watermarks(&self.consumer, &self.config, partition)?;
            let committed = committed.as_ref().and_then(|list| offset_in(list, partition));
            let first = start.offset(number, committed, kept)?;
            let added = list.add_partition_offset(&self.config.topic, partition, offset(first));
            added.map_err(failed("choosing offsets"))?;
            self.next.insert(partition, first);
            numbers.push(number);
        }
        self.consumer.assign(&list).map_err(failed("taking partitions"))?;
        let _ = self.consumer.context().events.send(Received::Assigned(numbers));
        Ok(())
    }

    fn committed(&self, partitions: &[i32]) -> Result<TopicPartitionList, TransportError> {
        let mut list = TopicPartitionList::new();
        for partition in partitions {
            list.add_partition(&self.config.topic, *partition);
        }
        let complaints = &self.consumer.context().complaints;
        committed(&self.consumer, complaints, &self.config, &list)
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

    /// What this member of its group is, for those who keep positions elsewhere than here.
    pub(super) fn group(&self) -> Result<ConsumerGroupMetadata, TransportError> {
        let group = self.consumer.group_metadata().filter(|_| self.has_group);
        group.ok_or_else(TransportError::no_group)
    }

    /// The topic.
    pub(super) fn topic(&self) -> &str {
        &self.config.topic
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
    fn told(&mut self, error: KafkaError) -> Result<Option<Received>, TransportError> {
        match error {
            KafkaError::PartitionEOF(partition) => {
                let partition = u32::try_from(partition).unwrap_or(0);
                Ok(Some(Received::CaughtUp { partition }))
            }
            KafkaError::MessageConsumption(
                RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange,
            ) => {
                self.is_astray = true;
                Ok(None)
            }
            error => Err(transport_error("reading", &error)),
        }
    }

    /// Goes on with partitions whose positions are not there, and has what is lost told.
    async fn settle(&mut self) -> Result<(), TransportError> {
        let (consumer, config) = (Arc::clone(&self.consumer), self.config.clone());
        let (next, paused) = (self.next.clone(), self.paused.clone());
        let astray = Astray { consumer, config, next, paused, is_shared: self.is_shared };
        let (lost, next) = blocking(move || astray.settle()).await?;
        (self.next, self.is_astray) = (next, false);
        let events = &self.consumer.context().events;
        lost.into_iter().for_each(|lost| _ = events.send(lost));
        Ok(())
    }

    /// Remembers where a partition stands when that was given.
    fn given(&mut self, received: &Received) {
        let stands = match received {
            Received::Delivered(delivered) => delivered.position.next(),
            Received::Lost { from, to: Some(to), .. } => Position { offset: *to, ..*from },
            Received::Revoked(partitions) => {
                let number = |partition: &u32| i32::try_from(*partition).unwrap_or(i32::MAX);
                for partition in partitions.iter().map(number) {
                    self.next.remove(&partition);
                    self.paused.remove(&partition);
                }
                return;
            }
            _ => return,
        };
        self.next.insert(i32::try_from(stands.partition).unwrap_or(i32::MAX), stands.offset);
    }

    /// What comes next; nothing when what came was no news.
    async fn step(&mut self) -> Result<Option<Received>, TransportError> {
        if let Ok(event) = self.events.try_recv() {
            return Ok(Some(event));
        }
        if let Some(held) = self.held.take() {
            return held.map(Some);
        }
        if self.is_astray {
            return self.settle().await.map(|()| None);
        }
        let received = tokio::select! {
            Some(event) = self.events.recv() => return Ok(Some(event)),
            received = self.consumer.recv() => match received {
                Ok(message) => self.delivered(&message).map(Some),
                Err(error) => self.told(error),
            },
        };
        match (self.events.try_recv(), received.transpose()) {
            // Partitions come and go while something is waited for: that comes before what is of them.
            (Ok(event), received) => {
                self.held = received;
                Ok(Some(event))
            }
            (Err(_), received) => received.transpose(),
        }
    }
}

impl Source for KafkaSource {
    async fn receive(&mut self) -> Result<Received, TransportError> {
        loop {
            if let Some(received) = self.step().await? {
                self.given(&received);
                return Ok(received);
            }
        }
    }

    fn pause(&mut self, partition: u32) -> Result<(), TransportError> {
        let list = self.assigned(partition)?;
        self.consumer.pause(&list).map_err(failed("pausing a partition"))?;
        self.paused.insert(i32::try_from(partition).unwrap_or(i32::MAX));
        Ok(())
    }

    fn resume(&mut self, partition: u32) -> Result<(), TransportError> {
        let list = self.assigned(partition)?;
        self.consumer.resume(&list).map_err(failed("resuming a partition"))?;
        self.paused.remove(&i32::try_from(partition).unwrap_or(i32::MAX));
        Ok(())
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
        .await?;
        let partition = i32::try_from(position.partition).unwrap_or(i32::MAX);
        self.next.insert(partition, position.offset);
        Ok(())
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

/// The name that librdkafka wants where nothing is committed.
const NO_GROUP: &str = "strictframe-no-group";
