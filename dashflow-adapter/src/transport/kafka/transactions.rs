//! Frames in, frames out, and the positions of what was read: all of it or nothing.

use core::fmt;
use core::time::Duration;
use std::time::Instant;

use rdkafka::consumer::ConsumerGroupMetadata;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{Producer as _, ThreadedProducer};
use rdkafka::topic_partition_list::TopicPartitionList;

use super::client::{Complaints, client_config, failed, metadata};
use super::errors::transport_error;
use super::offsets::offset;
use super::sink::{BATCH, KafkaSink, LONGEST, record};
use super::source::KafkaSource;
use crate::config::KafkaConfig;
use crate::framing::OutFrame;
use crate::transport::blocking::blocking;
use crate::transport::{Definition, ErrorClass, Position, Receipt, Sink as _, TransportError};

/// Sends what was made of frames that a source of a group gave, together with the group's positions (Kafka's transactions).
///
/// Readers that see committed transactions alone, as every [`KafkaSource`] does, find each frame's outcome exactly once, however often the program that makes it dies:
/// what a dead one had begun is undone when the next one connects with its id.
///
/// Connected before the source, since the group's positions are not certain until what a dead one had begun is undone:
///
/// 1. [`Source::receive`](crate::transport::Source::receive) frames, and make others of them.
/// 2. [`Transactions::commit`] these, with the position behind the last frame of each partition that was read.
/// 3. When that is refused with a class that allows a retry, nothing of it is there: receive on, forget what is of partitions that were revoked, and commit the
///    rest again.
pub struct Transactions {
    producer: ThreadedProducer<Complaints>,
    sink: KafkaSink,
    topic: String,
    patience: Duration,
}

impl Transactions {
    /// Connects to the topic of this configuration, under an id that no other running program has: one that does is put out with `Fenced`.
    ///
    /// # Errors
    /// As [`KafkaSink::connect`], and `NotAllowed` when the id may not be used.
    pub async fn connect(config: &KafkaConfig, id: &str) -> Result<Self, TransportError> {
        // Definitions are no part of transactions: they are true whatever becomes of these.
        let sink = KafkaSink::connect(config).await?;
        let complaints = Complaints::default();
        let mut client = client_config(config);
        // A transaction may take as long as one of its requests; brokers allow no more than a quarter of an hour.
        let longest = config.operation_timeout.min(Duration::from_secs(900)).as_millis();
        client.set("transaction.timeout.ms", longest.to_string());
        client.set("transactional.id", id).set("compression.type", "none");
        client.set("message.max.bytes", LONGEST.to_string());
        client.set("batch.size", sink.longest().min(BATCH).to_string());
        let producer: ThreadedProducer<Complaints> = client
            .create_with_context(complaints.clone())
            .map_err(failed("setting up a producer"))?;
        let (twin, settings) = (producer.clone(), config.clone());
        let patience = config.operation_timeout;
        blocking(move || {
            let poll = || twin.poll(Duration::ZERO);
            metadata(twin.client(), &complaints, &settings, &settings.topic, poll)?;
            tried("beginning with transactions", patience, || twin.init_transactions(patience))
        })
        .await?;
        Ok(Self { producer, sink, topic: config.topic.clone(), patience })
    }

    /// Makes a schema or dictionary known to every reader, as [`Sink::announce`](crate::transport::Sink::announce).
    pub fn announce(&self, definition: Definition) -> Receipt<()> {
        self.sink.announce(definition)
    }

    /// Sends the frames, and sets the group of the source to these positions: both or neither.
    ///
    /// # Errors
    /// [`TransportError`] of class retryable, named `Aborted` among others, when nothing of it is there and it may be tried again; permanent for a frame that is
    /// never taken, and `NoGroup` for a source without one; fatal, `Fenced`, when another program has taken over.
    pub async fn commit(
        &mut self,
        source: &KafkaSource,
        frames: &[OutFrame],
        next: &[Position],
    ) -> Result<(), TransportError> {
        for frame in frames {
            self.sink.check(frame)?;
        }
        let group = source.group()?;
        let mut positions = TopicPartitionList::new();
        for Position { partition, offset: number } in next {
            let partition = i32::try_from(*partition).unwrap_or(i32::MAX);
            let added = positions.add_partition_offset(source.topic(), partition, offset(*number));
            added.map_err(failed("choosing offsets"))?;
        }
        let work = Work {
            producer: self.producer.clone(),
            topic: self.topic.clone(),
            frames: frames.to_vec(),
            positions,
            group,
            patience: self.patience,
        };
        blocking(move || work.run()).await
    }
}

impl fmt::Debug for Transactions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transactions").field("topic", &self.topic).finish_non_exhaustive()
    }
}

/// One transaction, on a thread that may wait.
struct Work {
    producer: ThreadedProducer<Complaints>,
    topic: String,
    frames: Vec<OutFrame>,
    positions: TopicPartitionList,
    group: ConsumerGroupMetadata,
    patience: Duration,
}

impl Work {
    fn run(self) -> Result<(), TransportError> {
        let Self { producer, patience, .. } = &self;
        tried("beginning a transaction", *patience, || producer.begin_transaction())?;
        self.fill().map_err(|error| {
            let abort = || producer.abort_transaction(*patience);
            // What cannot be undone now is undone when the id is used again; the error that led here says more.
            match tried("undoing a transaction", *patience, abort) {
                Err(undone) if undone.class() == ErrorClass::Fatal => undone,
                _ => error,
            }
        })
    }

    fn fill(&self) -> Result<(), TransportError> {
        let Self { producer, topic, positions, group, patience, .. } = self;
        for frame in &self.frames {
            self.send(record(topic, frame, ()))?;
        }
        tried("sending positions", *patience, || {
            producer.send_offsets_to_transaction(positions, group, *patience)
        })?;
        tried("ending a transaction", *patience, || producer.commit_transaction(*patience))
    }

    /// Sends a frame; waits for room where there is none.
    fn send(
        &self,
        mut record: rdkafka::producer::BaseRecord<'_, str, [u8], ()>,
    ) -> Result<(), TransportError> {
        let deadline = Instant::now() + self.patience;
        loop {
            match self.producer.send(record) {
                Ok(()) => return Ok(()),
                Err((error, given_back)) => {
                    let is_full = error.rdkafka_error_code() == Some(RDKafkaErrorCode::QueueFull);
                    if !is_full || Instant::now() >= deadline {
                        return Err(transport_error("sending", &error));
                    }
                    record = given_back;
                    std::thread::sleep(PAUSE);
                }
            }
        }
    }
}

/// Does it, and again as long as librdkafka says that it may be done again.
fn tried(
    doing: &str,
    patience: Duration,
    mut work: impl FnMut() -> Result<(), KafkaError>,
) -> Result<(), TransportError> {
    let deadline = Instant::now() + patience;
    loop {
        let error = match work() {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        let KafkaError::Transaction(said) = &error else {
            return Err(transport_error(doing, &error));
        };
        let message = format!("{doing}: {said}");
        if said.is_fatal() {
            return Err(TransportError::fatal("Fenced", message));
        }
        if said.txn_requires_abort() {
            return Err(TransportError::retryable("Aborted", message));
        }
        if !said.is_retriable() || Instant::now() >= deadline {
            return Err(super::errors::of_code(said.code(), message));
        }
        std::thread::sleep(PAUSE);
    }
}

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(20);
