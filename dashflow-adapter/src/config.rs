//! Where Kafka is, and how to get in: from a file, from the environment, checked whole before anything connects.
//!
//! The names are those that DashFlow's programs have. Each value comes from its variable, else from the file, else it has its default; an empty variable is one
//! that is not set. Whatever is wrong is told at once, each with its name, what was expected, and what to do.
//!
//! | field in a file | variable | default, values |
//! |---|---|---|
//! | `brokers` | `KAFKA_BROKERS`, `KAFKA_BOOTSTRAP_SERVERS` | `localhost:9092` |
//! | `topic` | `KAFKA_TOPIC`, `DASHSTREAM_TOPIC` | none: it must be said |
//! | `partition` | `KAFKA_PARTITION` | every partition |
//! | `auto_offset_reset` | `KAFKA_AUTO_OFFSET_RESET` | `earliest`; `latest`, `none` |
//! | `tenant_id` | `KAFKA_TENANT_ID` | `default` |
//! | `operation_timeout_secs` | `KAFKA_OPERATION_TIMEOUT_SECS` | 30; 1 to 3600 |
//! | `metadata_timeout_secs` | `KAFKA_METADATA_TIMEOUT_SECS` | 30; 1 to 3600 |
//! | `broker_address_family` | `KAFKA_BROKER_ADDRESS_FAMILY` | `any`; `v4`, `v6` |
//! | `group_id` | `KAFKA_GROUP_ID` | none |
//! | `dlq_topic` | `KAFKA_DLQ_TOPIC` | none |
//! | `cluster_id` | `KAFKA_CLUSTER_ID` | none |
//! | `old_data_use_timestamp` | `KAFKA_OLD_DATA_USE_TIMESTAMP` | `false` |
//! | `old_data_grace_seconds` | `KAFKA_OLD_DATA_GRACE_SECONDS` | 30 |
//! | `on_decode_error` | `KAFKA_ON_DECODE_ERROR` | `pause`, `skip`; else as [`OnRefusal`] has it |
//! | `security_protocol` | `KAFKA_SECURITY_PROTOCOL` | `ssl`; `sasl_ssl`, and by name alone `plaintext`, `sasl_plaintext` |
//! | `sasl_mechanism` | `KAFKA_SASL_MECHANISM` | `PLAIN`, `SCRAM-SHA-256`, `SCRAM-SHA-512` |
//! | `sasl_username` | `KAFKA_SASL_USERNAME` | |
//! | `sasl_password` | `KAFKA_SASL_PASSWORD` | |
//! | `ssl_ca_location` | `KAFKA_SSL_CA_LOCATION` | the system's authorities |
//! | `ssl_certificate_location` | `KAFKA_SSL_CERTIFICATE_LOCATION` | no client certificate |
//! | `ssl_key_location` | `KAFKA_SSL_KEY_LOCATION` | |
//! | `ssl_key_password` | `KAFKA_SSL_KEY_PASSWORD` | |
//! | `ssl_endpoint_identification_algorithm` | `KAFKA_SSL_ENDPOINT_ALGORITHM` | `https`; `none` takes a certificate for any host |
//!
//! `tenant_id`, `old_data_use_timestamp` and `old_data_grace_seconds` are for the program that reads the configuration: nothing here acts on them.

mod fields;
mod gather;
mod read;
mod security;

use core::time::Duration;
use std::path::Path;

pub use self::security::{ClientCertificate, Mechanism, Sasl, Security, Tls};
use crate::consumer::{Action, ConsumerOptions, OnRefusal};
pub use crate::problem::{ConfigError, Problem};
use gather::Gathered;
use read::Reading;

/// Where Kafka is and how to get in, checked. Printed for debugging, it shows no secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct KafkaConfig {
    /// Hosts and ports, with commas between them.
    pub brokers: String,
    /// The topic of the data.
    pub topic: String,
    /// The one partition to read; every one unless said.
    pub partition: Option<u32>,
    /// Where a group begins that has no position, or one that is gone.
    pub auto_offset_reset: OffsetReset,
    /// Whose data it is.
    pub tenant_id: String,
    /// The longest that a request may take.
    pub operation_timeout: Duration,
    /// The longest that asking for brokers, topics and partitions may take.
    pub metadata_timeout: Duration,
    /// Which addresses of a broker are tried.
    pub broker_address_family: AddressFamily,
    /// The group of readers.
    pub group_id: Option<String>,
    /// The topic of dead letters.
    pub dlq_topic: Option<String>,
    /// The cluster that is meant.
    pub cluster_id: Option<String>,
    /// Whether old data is told by its time.
    pub old_data_use_timestamp: bool,
    /// How old data is that is old.
    pub old_data_grace: Duration,
    /// What a consumer does with a value that is refused; `on_decode_error` says one thing for all sorts of refusals.
    pub on_refusal: OnRefusal,
    /// How the connection is protected.
    pub security: Security,
}

/// Where a group begins that has no position, or one that is gone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum OffsetReset {
    /// At the first message there is.
    Earliest,
    /// Behind the last message there is.
    Latest,
    /// Nowhere: it is an error.
    None,
}

/// Which addresses of a broker are tried.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum AddressFamily {
    /// Both.
    Any,
    /// IPv4 alone.
    V4,
    /// IPv6 alone.
    V6,
}

impl KafkaConfig {
    /// What the environment of this process says.
    ///
    /// # Errors
    /// [`ConfigError`] with everything that is wrong.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::load(None, |name| std::env::var_os(name))
    }

    /// What that file says (TOML, or JSON when its name ends so), the environment of this process before it.
    ///
    /// # Errors
    /// [`ConfigError`] with everything that is wrong.
    pub fn from_file(path: &Path) -> Result<Self, ConfigError> {
        Self::load(Some(path), |name| std::env::var_os(name))
    }

    /// How a consumer reads, as far as the configuration says.
    #[must_use]
    pub fn consumer_options(&self) -> ConsumerOptions {
        ConsumerOptions { on_refusal: self.on_refusal, ..ConsumerOptions::default() }
    }

    /// The same for the topic of dead letters, if there is one.
    #[must_use]
    pub fn dead_letters(&self) -> Option<Self> {
        let topic = self.dlq_topic.clone()?;
        Some(Self { topic, dlq_topic: None, ..self.clone() })
    }

    /// What a file says, if there is one, and these variables before it.
    ///
    /// # Errors
    /// [`ConfigError`] with everything that is wrong.
    pub fn load(
        path: Option<&Path>,
        variable: impl Fn(&str) -> Option<std::ffi::OsString>,
    ) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let gathered = Gathered::new(path, variable, &mut problems);
        let mut reading = Reading::new(&gathered, &mut problems);
        let config = Self {
            brokers: reading.brokers(),
            topic: reading.topic("topic").unwrap_or_else(|| reading.missing_topic()),
            partition: reading.number("partition", 0..=i32::MAX.unsigned_abs().into()),
            auto_offset_reset: reading.one_of(
                "auto_offset_reset",
                ("earliest", OffsetReset::Earliest),
                [("latest", OffsetReset::Latest), ("none", OffsetReset::None)],
            ),
            tenant_id: reading.text("tenant_id").unwrap_or_else(|| "default".to_owned()),
            operation_timeout: reading.seconds("operation_timeout_secs", 1),
            metadata_timeout: reading.seconds("metadata_timeout_secs", 1),
            broker_address_family: reading.one_of(
                "broker_address_family",
                ("any", AddressFamily::Any),
                [("v4", AddressFamily::V4), ("v6", AddressFamily::V6)],
            ),
            group_id: reading.text("group_id"),
            dlq_topic: reading.topic("dlq_topic"),
            cluster_id: reading.text("cluster_id"),
            old_data_use_timestamp: reading.one_of(
                "old_data_use_timestamp",
                ("false", false),
                [("true", true)],
            ),
            old_data_grace: reading.seconds("old_data_grace_seconds", 0),
            on_refusal: reading
                .one_if_said("on_decode_error", &[("pause", Action::Pause), ("skip", Action::Skip)])
                .map_or_else(OnRefusal::default, OnRefusal::always),
            security: security::read(&mut reading),
        };
        if problems.is_empty() { Ok(config) } else { Err(ConfigError { problems }) }
    }
}
