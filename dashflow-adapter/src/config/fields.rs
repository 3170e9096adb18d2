//! The names of all values.

/// A value: its name in a file, and the variables it may come from, the first of which is the one to use.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    /// Other names that it has in files.
    pub(super) aliases: &'static [&'static str],
    pub(super) variables: &'static [&'static str],
    /// Whether nobody may see its value.
    pub(super) is_secret: bool,
}

const fn field(name: &'static str, variables: &'static [&'static str]) -> Field {
    Field { name, aliases: &[], variables, is_secret: false }
}

const fn secret(name: &'static str, variables: &'static [&'static str]) -> Field {
    Field { name, aliases: &[], variables, is_secret: true }
}

impl Field {
    /// The field that a file calls so.
    pub(super) fn called(key: &str) -> Option<&'static Self> {
        ALL.iter().find(|field| field.name == key || field.aliases.contains(&key))
    }

    /// The variable to use.
    pub(super) fn variable(&self) -> &'static str {
        self.variables.first().copied().unwrap_or_default()
    }
}

pub(super) static ALL: [Field; 23] = [
    field("brokers", &["KAFKA_BROKERS", "KAFKA_BOOTSTRAP_SERVERS"]),
    field("topic", &["KAFKA_TOPIC", "DASHSTREAM_TOPIC"]),
    field("partition", &["KAFKA_PARTITION"]),
    field("auto_offset_reset", &["KAFKA_AUTO_OFFSET_RESET"]),
    field("tenant_id", &["KAFKA_TENANT_ID"]),
    field("operation_timeout_secs", &["KAFKA_OPERATION_TIMEOUT_SECS"]),
    field("metadata_timeout_secs", &["KAFKA_METADATA_TIMEOUT_SECS"]),
    field("broker_address_family", &["KAFKA_BROKER_ADDRESS_FAMILY"]),
    field("group_id", &["KAFKA_GROUP_ID"]),
    field("dlq_topic", &["KAFKA_DLQ_TOPIC"]),
    field("cluster_id", &["KAFKA_CLUSTER_ID"]),
    field("old_data_use_timestamp", &["KAFKA_OLD_DATA_USE_TIMESTAMP"]),
    field("old_data_grace_seconds", &["KAFKA_OLD_DATA_GRACE_SECONDS"]),
    field("on_decode_error", &["KAFKA_ON_DECODE_ERROR"]),
    field("security_protocol", &["KAFKA_SECURITY_PROTOCOL"]),
    field("sasl_mechanism", &["KAFKA_SASL_MECHANISM"]),
    field("sasl_username", &["KAFKA_SASL_USERNAME"]),
    secret("sasl_password", &["KAFKA_SASL_PASSWORD"]),
    field("ssl_ca_location", &["KAFKA_SSL_CA_LOCATION"]),
    field("ssl_certificate_location", &["KAFKA_SSL_CERTIFICATE_LOCATION"]),
    field("ssl_key_location", &["KAFKA_SSL_KEY_LOCATION"]),
    secret("ssl_key_password", &["KAFKA_SSL_KEY_PASSWORD"]),
    Field {
        name: "ssl_endpoint_identification_algorithm",
        aliases: &["ssl_endpoint_algorithm"],
        variables: &["KAFKA_SSL_ENDPOINT_ALGORITHM"],
        is_secret: false,
    },
];
