//! What a topic is like, and the topic beside it, made when it is not there.

use std::sync::Arc;

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::error::RDKafkaErrorCode;

use super::client::{Complaints, client_config, failed};
use super::definitions_topic;
use super::errors::of_code;
use crate::config::KafkaConfig;
use crate::transport::TransportError;
use crate::transport::blocking::blocking;

/// Asks for topics and makes one.
pub(super) struct Admin<'a> {
    client: Arc<AdminClient<Complaints>>,
    options: AdminOptions,
    config: &'a KafkaConfig,
}

impl<'a> Admin<'a> {
    pub(super) fn new(config: &'a KafkaConfig) -> Result<Self, TransportError> {
        let client = client_config(config).create_with_context(Complaints::default());
        let client = Arc::new(client.map_err(failed("asking for topics"))?);
        let options = AdminOptions::new()
            .request_timeout(Some(config.operation_timeout))
            .operation_timeout(Some(config.operation_timeout));
        Ok(Self { client, options, config })
    }

    /// The longest frame that the topic takes, in bytes; what Kafka takes by default when this user may not know.
    pub(super) async fn longest(&self) -> Result<usize, TransportError> {
        let topic = self.config.topic.as_str();
        let most = match self.setting(topic, "max.message.bytes").await {
            Ok(most) => most.and_then(|most| most.parse().ok()),
            Err(error) if error.name() == "NotAllowed" => None,
            Err(error) => return Err(error),
        };
        Ok(most.unwrap_or(DEFAULT_MESSAGE).saturating_sub(BESIDE_A_FRAME))
    }

    /// Makes the topic of definitions, or refuses one that forgets them. One that is there already may be used without the right to make it.
    pub(super) async fn ensure_definitions(&self) -> Result<(), TransportError> {
        let topic = definitions_topic(&self.config.topic);
        let doing = format!("making topic {topic}");
        let replication = TopicReplication::Fixed(-1);
        let new = NewTopic::new(&topic, 1, replication).set("cleanup.policy", "compact");
        let made = self.client.create_topics([&new], &self.options).await;
        match made.map_err(failed(&doing))?.into_iter().next() {
            Some(Err((_, RDKafkaErrorCode::TopicAlreadyExists))) => self.check(&topic).await,
            Some(Err((_, RDKafkaErrorCode::TopicAuthorizationFailed)))
                if self.has(&topic).await =>
            {
                self.check(&topic).await
            }
            Some(Err((_, code))) => Err(of_code(code, format!("{doing}: {code}"))),
            _ => Ok(()),
        }
    }

    async fn has(&self, topic: &str) -> bool {
        let (client, topic) = (Arc::clone(&self.client), topic.to_owned());
        let patience = self.config.operation_timeout;
        blocking(move || {
            let found = client.inner().fetch_metadata(Some(&topic), patience);
            let found = found.map_err(failed("asking for topics"))?;
            let topic = found.topics().iter().find(|found| found.name() == topic);
            Ok::<_, TransportError>(topic.is_some_and(|topic| topic.error().is_none()))
        })
        .await
        .unwrap_or(false)
    }

    async fn check(&self, topic: &str) -> Result<(), TransportError> {
        match self.setting(topic, "cleanup.policy").await {
            Ok(Some(policy)) if policy != "compact" => Err(TransportError::permanent(
                "NotCompacted",
                format!(
                    "topic {topic} has cleanup.policy={policy} and will forget definitions: set it to compact"
                ),
            )),
            Err(error) if error.name() != "NotAllowed" => Err(error),
            _ => Ok(()),
        }
    }

    async fn setting(&self, topic: &str, name: &str) -> Result<Option<String>, TransportError> {
        let doing = format!("asking for the settings of topic {topic}");
        let topic = ResourceSpecifier::Topic(topic);
        let found = self.client.describe_configs([&topic], &self.options).await;
        let found = found.map_err(failed(&doing))?.into_iter().next();
        let found = found.transpose().map_err(|code| of_code(code, format!("{doing}: {code}")))?;
        Ok(found.and_then(|found| found.get(name)?.value.clone()))
    }
}

/// What a broker takes by default.
pub(super) const DEFAULT_MESSAGE: usize = 1_048_588;
/// Key, headers and the record around a frame are shorter than this.
pub(super) const BESIDE_A_FRAME: usize = 1024;
