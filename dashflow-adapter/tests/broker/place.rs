//! Topics on the brokers that run, and who may get to them how.

use core::sync::atomic::{AtomicU32, Ordering};
use std::path::Path;

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use strictframe_broker::{Cluster, Home, Listener, Single};
use strictframe_dashflow::config::KafkaConfig;
use strictframe_dashflow::transport::kafka::{KafkaSink, KafkaSource, client_config};
use strictframe_dashflow::transport::{Start, TransportError};
use tokio::sync::{Mutex, RwLock, RwLockReadGuard};

use crate::suite::Place;

pub(crate) fn home() -> Home {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    Home::new(&target.join("kafka")).unwrap()
}

pub(crate) fn single() -> Single {
    home().single().unwrap()
}

pub(crate) fn cluster() -> Cluster {
    home().cluster().unwrap()
}

/// Held for reading by whoever needs the single broker alive, for writing by whoever kills it.
pub(crate) static ALIVE: RwLock<()> = RwLock::const_new(());

/// Held by whoever kills brokers of the cluster: two of three must be there at any moment.
pub(crate) static CLUSTER: Mutex<()> = Mutex::const_new(());

/// A name that no other topic has.
pub(crate) fn new_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("t-{:08x}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// What these variables say; whatever is wrong with them fails the test.
pub(crate) fn config(variables: &[(&str, &str)]) -> KafkaConfig {
    let find = |name: &str| variables.iter().find(|(variable, _)| *variable == name);
    KafkaConfig::load(None, |name| find(name).map(|(_, value)| value.into())).unwrap()
}

/// The configuration for a topic by plaintext.
pub(crate) fn plaintext(brokers: &str, topic: &str) -> KafkaConfig {
    config(&[
        ("KAFKA_BROKERS", brokers),
        ("KAFKA_TOPIC", topic),
        ("KAFKA_SECURITY_PROTOCOL", "plaintext"),
        // On a machine that is busy a broker takes long to come back.
        ("KAFKA_OPERATION_TIMEOUT_SECS", "120"),
    ])
}

pub(crate) async fn make_topic(config: &KafkaConfig, partitions: i32, settings: &[(&str, &str)]) {
    let admin: AdminClient<_> = client_config(config).create().unwrap();
    let new = NewTopic::new(&config.topic, partitions, TopicReplication::Fixed(-1));
    // Frames of tests are of one day, and a broker deletes by the time that is in them whatever is older than its retention.
    let new = new.set("retention.ms", "-1");
    let new = settings.iter().fold(new, |new, (key, value)| new.set(key, value));
    let made = admin.create_topics([&new], &AdminOptions::new()).await.unwrap();
    assert!(made.iter().all(Result::is_ok), "{made:?}");
}

/// A topic of its own on the single broker.
pub(crate) struct Topic {
    pub(crate) config: KafkaConfig,
    _alive: RwLockReadGuard<'static, ()>,
}

impl Topic {
    pub(crate) async fn new() -> Self {
        let alive = ALIVE.read().await;
        let brokers = single().address(Listener::Plaintext).unwrap();
        let config = plaintext(&brokers, &new_name());
        make_topic(&config, 3, &[]).await;
        Self { config, _alive: alive }
    }
}

impl Place for Topic {
    type Sink = KafkaSink;
    type Source = KafkaSource;

    async fn sink(&self) -> KafkaSink {
        KafkaSink::connect(&self.config).await.unwrap()
    }

    async fn source(
        &self,
        start: &Start,
        group: Option<&str>,
    ) -> Result<KafkaSource, TransportError> {
        let mut config = self.config.clone();
        // Groups are of the whole cluster, and this one is of this topic.
        config.group_id = group.map(|group| format!("{group}-of-{}", config.topic));
        KafkaSource::connect(&config, start).await
    }
}
