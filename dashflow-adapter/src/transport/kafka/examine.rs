//! What brokers and topics are like, asked for without changing anything.

use core::time::Duration;
use std::collections::BTreeMap;

use rdkafka::admin::{AdminClient, AdminOptions, ResourceSpecifier};
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::metadata::{Metadata, MetadataTopic};

use super::client::{Complaints, ask, client_config, failed};
use super::definitions_topic;
use super::errors::of_code;
use super::judge::{Finding, Wanted, judge, judge_cluster};
use crate::config::KafkaConfig;
use crate::transport::TransportError;
use crate::transport::blocking::blocking;

/// The brokers that answered, the topics that were asked for, and what endangers what they hold.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Examination {
    /// The cluster's id, where its brokers tell it.
    pub cluster_id: Option<String>,
    /// The brokers, by their ids.
    pub brokers: Vec<Broker>,
    /// The topics in the order in which they were asked for, each with the one beside it.
    pub topics: Vec<TopicState>,
    /// What endangers messages; nothing when all is well.
    pub findings: Vec<Finding>,
}

/// A broker.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Broker {
    /// Its number.
    pub id: i32,
    /// Host and port, as it tells clients.
    pub address: String,
}

/// What a topic is like.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct TopicState {
    /// Its name.
    pub name: String,
    /// Whether it is there.
    pub is_there: bool,
    /// Whether it is the compacted topic beside one of data, which holds the definitions.
    pub is_beside: bool,
    /// Its partitions.
    pub partitions: usize,
    /// The copies of the partition that has the fewest.
    pub replication: usize,
    /// Its settings by name, as far as this user may know them.
    pub settings: BTreeMap<String, String>,
    /// Why the settings are not known, if they are not.
    pub unknown: Option<TransportError>,
}

/// Connects, logs in, and asks for brokers, for these topics and for those beside them. Nothing is made, changed or committed.
///
/// # Errors
/// [`TransportError`] as [`KafkaSink::connect`](super::KafkaSink::connect) has them, each within the configuration's timeouts; a topic that is not there is a
/// [`Finding`], and so are settings that this user may not know.
pub async fn examine(
    config: &KafkaConfig,
    topics: &[String],
    wanted: &Wanted,
) -> Result<Examination, TransportError> {
    let settings = config.clone();
    let (metadata, cluster_id) = blocking(move || connect(&settings)).await?;
    let mut states = Vec::new();
    for topic in topics {
        states.push(state(&metadata, topic, false));
        states.push(state(&metadata, &definitions_topic(topic), true));
    }
    let options = AdminOptions::new()
        .request_timeout(Some(config.operation_timeout))
        .operation_timeout(Some(config.operation_timeout));
    let client = client_config(config).create_with_context(Complaints::default());
    let client: AdminClient<Complaints> = client.map_err(failed("asking for settings"))?;
    for state in states.iter_mut().filter(|state| state.is_there) {
        match describe(&client, &options, &state.name).await {
            Ok(found) => state.settings = found,
            Err(error) if error.name() == "NotAllowed" => state.unknown = Some(error),
            Err(error) => return Err(error),
        }
    }
    let mut findings: Vec<Finding> = Vec::new();
    findings.extend(judge_cluster(config.cluster_id.as_deref(), cluster_id.as_deref()));
    findings.extend(states.iter().flat_map(|state| judge(state, wanted)));
    let brokers = metadata.brokers().iter().map(|broker| Broker {
        id: broker.id(),
        address: format!("{}:{}", broker.host(), broker.port()),
    });
    let mut brokers: Vec<Broker> = brokers.collect();
    brokers.sort_by_key(|broker| broker.id);
    Ok(Examination { cluster_id, brokers, topics: states, findings })
}

/// What all brokers and topics are, and the cluster's id.
fn connect(config: &KafkaConfig) -> Result<(Metadata, Option<String>), TransportError> {
    let complaints = Complaints::default();
    let mut client = client_config(config);
    // A client for settings hears no complaints. This one reads nothing and joins nothing.
    client.set("group.id", "strictframe-examine").set("enable.auto.commit", "false");
    let client = client.create_with_context(complaints.clone());
    let client: BaseConsumer<Complaints> = client.map_err(failed("asking for brokers"))?;
    let poll = || _ = client.poll(Duration::ZERO);
    // All topics are asked for, since a broker may make one that is asked for by its name.
    let metadata = ask(client.client(), &complaints, config, None, poll)?;
    let cluster_id = client.client().fetch_cluster_id(config.operation_timeout);
    Ok((metadata, cluster_id))
}

fn state(metadata: &Metadata, name: &str, is_beside: bool) -> TopicState {
    let found = metadata.topics().iter().find(|topic| topic.name() == name);
    let found = found.filter(|topic| {
        topic.error().map(RDKafkaErrorCode::from) != Some(RDKafkaErrorCode::UnknownTopicOrPartition)
    });
    let partitions = found.map(MetadataTopic::partitions).unwrap_or_default();
    let replicas = partitions.iter().map(|partition| partition.replicas().len());
    TopicState {
        name: name.to_owned(),
        is_there: found.is_some(),
        is_beside,
        partitions: partitions.len(),
        replication: replicas.min().unwrap_or(0),
        ..TopicState::default()
    }
}

async fn describe(
    client: &AdminClient<Complaints>,
    options: &AdminOptions,
    topic: &str,
) -> Result<BTreeMap<String, String>, TransportError> {
    let doing = format!("asking for the settings of topic {topic}");
    let found = client.describe_configs([&ResourceSpecifier::Topic(topic)], options).await;
    let found = found.map_err(failed(&doing))?.into_iter().next();
    let found = found.transpose().map_err(|code| of_code(code, format!("{doing}: {code}")))?;
    let entries = found.into_iter().flat_map(|found| found.entries);
    Ok(entries.filter_map(|entry| Some((entry.name, entry.value?))).collect())
}
