//! A topic of Apache Kafka, and the compacted topic beside it that holds the definitions.
//!
//! | topic | key | value |
//! |---|---|---|
//! | `TOPIC` | the thread id | one data frame; the headers are the trace context of W3C and nothing else |
//! | `TOPIC.strictframe` | `schema-KEY` or `dictionary-ID`, in hex | one SCHEMA or DICT frame; one partition, `cleanup.policy=compact` |
//!
//! Kafka's own compression is off, since it gains nothing on frames that are compressed. The sink is idempotent and waits for all replicas in sync; readers see
//! committed transactions alone. librdkafka is built with TLS and SASL; what it logs goes to `tracing`.

mod admin;
mod astray;
mod certificate;
mod client;
mod definitions;
mod errors;
mod examine;
mod judge;
mod offsets;
mod sink;
mod source;
mod transactions;
mod watch;

pub use self::client::client_config;
pub use self::errors::transport_error;
pub use self::examine::{Broker, Examination, TopicState, examine};
pub use self::judge::{Finding, Wanted};
pub use self::sink::KafkaSink;
pub use self::source::KafkaSource;
pub use self::transactions::Transactions;

/// The topic beside the data.
#[must_use]
pub fn definitions_topic(topic: &str) -> String {
    format!("{topic}.strictframe")
}
