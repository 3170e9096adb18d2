//! The definitions beside a topic, read from their first to their last.

use std::collections::BTreeMap;
use std::time::Instant;

use bytes::Bytes;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError;
use rdkafka::message::Message as _;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use strictframe::Limits;

use super::client::{Complaints, client_config, failed, metadata};
use super::definitions_topic;
use super::errors::transport_error;
use crate::config::KafkaConfig;
use crate::transport::{Definition, TransportError};

/// All that are there now; none when there is no topic for them. It waits for the brokers.
pub(super) fn read(config: &KafkaConfig) -> Result<Vec<Definition>, TransportError> {
    let topic = definitions_topic(&config.topic);
    let doing = format!("reading topic {topic}");
    let complaints = Complaints::default();
    let mut client = client_config(config);
    // Nothing is committed; librdkafka reads for a group alone.
    client.set("group.id", "strictframe-definitions").set("enable.auto.commit", "false");
    client.set("enable.partition.eof", "true").set("auto.offset.reset", "earliest");
    let consumer: BaseConsumer<Complaints> =
        client.create_with_context(complaints.clone()).map_err(failed(&doing))?;
    match metadata(consumer.client(), &complaints, config, &topic, || {
        let _ = consumer.poll(core::time::Duration::ZERO);
    }) {
        Err(error) if error.name() == "UnknownTopic" => return Ok(Vec::new()),
        found => found?,
    };
    let mut partitions = TopicPartitionList::new();
    partitions.add_partition_offset(&topic, 0, Offset::Beginning).map_err(failed(&doing))?;
    consumer.assign(&partitions).map_err(failed(&doing))?;
    let deadline = Instant::now() + config.operation_timeout;
    let mut definitions = BTreeMap::new();
    loop {
        let rest = deadline.saturating_duration_since(Instant::now());
        match consumer.poll(rest) {
            None => {
                let message = format!("{doing}: its end did not come in time");
                return Err(TransportError::retryable("TimedOut", message));
            }
            Some(Err(KafkaError::PartitionEOF(_))) => {
                return Ok(definitions.into_values().collect());
            }
            Some(Err(error)) => return Err(transport_error(&doing, &error)),
            Some(Ok(message)) => {
                let frame = Bytes::copy_from_slice(message.payload().unwrap_or_default());
                match Definition::verify(frame, &Limits::MAXIMUM) {
                    Ok(definition) => {
                        definitions.insert(definition.id(), definition);
                    }
                    // Whoever needs it is refused; whoever does not is not held up by it.
                    Err(refused) => tracing::warn!(
                        target: "strictframe",
                        topic,
                        offset = message.offset(),
                        code = %refused.code(),
                        "a definition is refused: {refused}"
                    ),
                }
            }
        }
    }
}
