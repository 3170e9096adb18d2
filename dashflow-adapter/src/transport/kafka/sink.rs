//! The sink into a topic.

use core::fmt;
use std::sync::Arc;

use rdkafka::client::ClientContext;
use rdkafka::error::KafkaError;
use rdkafka::message::{DeliveryResult, Header, Message as _, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer, ProducerContext, ThreadedProducer};
use rdkafka::util::IntoOpaque;

use super::admin::Admin;
use super::client::{Complaints, client_config, failed, metadata};
use super::definitions_topic;
use crate::config::KafkaConfig;
use crate::framing::OutFrame;
use crate::transport::announced::Announced;
use crate::transport::blocking::blocking;
use crate::transport::receipt::Outcome;
use crate::transport::{Definition, DefinitionId, Position, Receipt, Sink, TransportError};

/// Sends frames to a topic. Copies are handles to one client of Kafka.
///
/// When the last one goes, whatever has no receipt yet gets one named `Closed`: [`Sink::flush`] comes before.
#[derive(Clone)]
pub struct KafkaSink {
    producer: ThreadedProducer<Deliveries>,
    shared: Arc<Shared>,
}

struct Shared {
    config: KafkaConfig,
    definitions: String,
    announced: Arc<Announced>,
    longest: usize,
}

impl KafkaSink {
    /// Connects, and finds out what the topic takes. The topic must be there; the one for definitions is made when it is not.
    ///
    /// # Errors
    /// [`TransportError`], one and clear: `TlsRefused` or `LoginRefused` as soon as a broker refuses, `Unreachable` when none has answered within
    /// `metadata_timeout`, `UnknownTopic`, `NotAllowed`, `NotCompacted`.
    pub async fn connect(config: &KafkaConfig) -> Result<Self, TransportError> {
        let (announced, complaints) = (Arc::default(), Complaints::default());
        let producer = producer(config, BATCH, &announced, &complaints)?;
        let (twin, settings) = (producer.clone(), config.clone());
        blocking(move || {
            let poll = || twin.poll(core::time::Duration::ZERO);
            metadata(twin.client(), &complaints, &settings, &settings.topic, poll).map(drop)
        })
        .await?;
        let admin = Admin::new(config)?;
        admin.ensure_definitions().await?;
        let longest = admin.longest().await?.min(LONGEST);
        let producer = if longest < BATCH {
            // A broker refuses all messages of a request that are longer together than the topic takes one.
            self::producer(config, longest, &announced, &Complaints::default())?
        } else {
            producer
        };
        let definitions = definitions_topic(&config.topic);
        let config = config.clone();
        Ok(Self { producer, shared: Arc::new(Shared { config, definitions, announced, longest }) })
    }

    /// Refuses a frame that is not taken here.
    pub(super) fn check(&self, frame: &OutFrame) -> Result<(), TransportError> {
        self.shared.announced.check(frame, self.shared.longest)
    }

    fn put(&self, record: BaseRecord<'_, str, [u8], Box<Delivery>>) {
        if let Err((error, record)) = self.producer.send(record) {
            record.delivery_opaque.refuse(self.producer.context().complaints.of(&error));
        }
    }
}

impl Sink for KafkaSink {
    fn send(&self, frame: OutFrame) -> Receipt<Position> {
        let config = &self.shared.config;
        if let Err(error) = self.check(&frame) {
            return Receipt::known(Err(error));
        }
        let (outcome, receipt) = Receipt::pending();
        let delivery = Box::new(Delivery::Frame(outcome));
        self.put(record(&config.topic, &frame, delivery));
        receipt
    }

    fn announce(&self, definition: Definition) -> Receipt<()> {
        let id = definition.id();
        if self.shared.announced.contains(id) {
            return Receipt::known(Ok(()));
        }
        let (outcome, receipt) = Receipt::pending();
        let delivery = Box::new(Delivery::Definition(id, outcome));
        let (key, payload): (_, &[u8]) = (id.to_string(), definition.frame());
        let record = BaseRecord::with_opaque_to(&self.shared.definitions, delivery);
        self.put(record.partition(0).key(key.as_str()).payload(payload));
        receipt
    }

    fn flush(&self) -> Receipt<()> {
        let (outcome, receipt) = Receipt::pending();
        let (producer, timeout) = (self.producer.clone(), self.shared.config.operation_timeout);
        // librdkafka waits, so that a thread must.
        let flushing = std::thread::Builder::new().name("kafka-flush".to_owned());
        let spawned = flushing.spawn(move || {
            let flushed = producer.flush(timeout);
            let _ = outcome.send(flushed.map_err(failed("flushing")));
        });
        match spawned {
            Ok(_) => receipt,
            Err(error) => Receipt::known(Err(TransportError::io("starting a thread", &error))),
        }
    }

    fn longest(&self) -> usize {
        self.shared.longest
    }
}

impl fmt::Debug for KafkaSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KafkaSink").field("config", &self.shared.config).finish_non_exhaustive()
    }
}

/// A client that sends no more together than so many bytes, unless one message is longer.
fn producer(
    config: &KafkaConfig,
    batch: usize,
    announced: &Arc<Announced>,
    complaints: &Complaints,
) -> Result<ThreadedProducer<Deliveries>, TransportError> {
    let deliveries =
        Deliveries { complaints: complaints.clone(), announced: Arc::clone(announced) };
    let mut client = client_config(config);
    client.set("enable.idempotence", "true").set("acks", "all");
    client.set("compression.type", "none").set("message.max.bytes", LONGEST.to_string());
    client.set("batch.size", batch.to_string());
    client.set("message.timeout.ms", config.operation_timeout.as_millis().to_string());
    client.create_with_context(deliveries).map_err(failed("setting up a producer"))
}

/// The message that a frame is in a topic.
pub(super) fn record<'a, D: IntoOpaque>(
    topic: &'a str,
    frame: &'a OutFrame,
    opaque: D,
) -> BaseRecord<'a, str, [u8], D> {
    let payload: &[u8] = frame.bytes();
    let mut record = BaseRecord::with_opaque_to(topic, opaque).payload(payload);
    if let Some(thread) = frame.thread() {
        record = record.key(thread.as_str());
    }
    let millis = frame.time().map(|time| time.div_euclid(NANOS_PER_MILLI));
    if let Some(millis) = millis.filter(|millis| *millis > 0) {
        record = record.timestamp(millis);
    }
    if let Some(trace) = frame.trace() {
        let text = trace.to_string();
        let header = Header { key: "traceparent", value: Some(&text) };
        record = record.headers(OwnedHeaders::new_with_capacity(1).insert(header));
    }
    record
}

/// Hears what became of each message.
struct Deliveries {
    complaints: Complaints,
    announced: Arc<Announced>,
}

/// Who waits for it.
enum Delivery {
    Definition(DefinitionId, Outcome<()>),
    Frame(Outcome<Position>),
}

impl Delivery {
    fn refuse(self, error: TransportError) {
        let _ = match self {
            Self::Definition(_, outcome) => outcome.send(Err(error)).is_ok(),
            Self::Frame(outcome) => outcome.send(Err(error)).is_ok(),
        };
    }
}

impl ClientContext for Deliveries {
    fn error(&self, error: KafkaError, reason: &str) {
        self.complaints.error(error, reason);
    }
}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = Box<Delivery>;

    fn delivery(&self, result: &DeliveryResult<'_>, delivery: Box<Delivery>) {
        match (result, *delivery) {
            (Err((error, _)), delivery) => delivery.refuse(self.complaints.of(error)),
            (Ok(_), Delivery::Definition(id, outcome)) => {
                self.announced.add(id);
                let _ = outcome.send(Ok(()));
            }
            (Ok(message), Delivery::Frame(outcome)) => {
                let place = (message.partition().try_into(), message.offset().try_into());
                let position = match place {
                    (Ok(partition), Ok(offset)) => Ok(Position { partition, offset }),
                    _ => Err(TransportError::retryable("Kafka", "delivered to no place")),
                };
                let _ = outcome.send(position);
            }
        }
    }
}

/// The longest frame that the format has, and what stands beside it.
pub(super) const LONGEST: usize = (64 << 20) + (64 << 10);
/// What is sent together at most, in bytes.
pub(super) const BATCH: usize = 1_000_000;
const NANOS_PER_MILLI: i64 = 1_000_000;
