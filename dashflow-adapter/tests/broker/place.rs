//! Topics on the brokers that run, and who may get to them how.

use core::fmt::Display;
use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use std::path::Path;
use std::time::Instant;

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use strictframe_broker::{Cluster, Home, Listener, Single, User};
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

/// The configuration of Bob, who may do nothing but log in, unless a test lets him.
pub(crate) fn of_bob(topic: &str) -> KafkaConfig {
    of(User::Bob, topic)
}

/// The configuration of somebody with a name.
pub(crate) fn of(user: User, topic: &str) -> KafkaConfig {
    let single = single();
    config(&[
        ("KAFKA_BROKERS", &single.address(Listener::SaslSsl).unwrap()),
        ("KAFKA_TOPIC", topic),
        ("KAFKA_SECURITY_PROTOCOL", "sasl_ssl"),
        ("KAFKA_SASL_MECHANISM", "SCRAM-SHA-512"),
        ("KAFKA_SASL_USERNAME", user.name()),
        ("KAFKA_SASL_PASSWORD", single.password(user)),
        ("KAFKA_SSL_CA_LOCATION", &single.certificates().ca().display().to_string()),
    ])
}

/// Tries until it comes out well; fails with the last error when it does not in time.
pub(crate) async fn eventually<T, E: Display>(mut work: impl AsyncFnMut() -> Result<T, E>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match work().await {
            Ok(found) => return found,
            Err(error) => assert!(Instant::now() < deadline, "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What is waited for must come within this time, also on a machine that is busy.
pub(crate) async fn in_time<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.expect("it comes in time")
}

pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

pub(crate) async fn make_topic(config: &KafkaConfig, partitions: i32, settings: &[(&str, &str)]) {
    make_replicated(config, partitions, TopicReplication::Fixed(-1), settings).await;
}

pub(crate) async fn make_replicated(
    config: &KafkaConfig,
    partitions: i32,
    replication: TopicReplication<'_>,
    settings: &[(&str, &str)],
) {
    let admin: AdminClient<_> = client_config(config).create().unwrap();
    let new = NewTopic::new(&config.topic, partitions, replication);
    // Frames of tests are of one day, and a broker deletes by the time that is in them whatever is older than its retention.
    let new = new.set("retention.ms", "-1");
    let new = settings.iter().fold(new, |new, (key, value)| new.set(key, value));
    let made = admin.create_topics([&new], &AdminOptions::new()).await.unwrap();
    assert!(made.iter().all(Result::is_ok), "{made:?}");
    // Made is not known everywhere yet: a broker that is busy learns of it later.
    eventually(async || {
        let found = admin.inner().fetch_metadata(Some(&config.topic), PATIENCE);
        let found = found.map_err(|error| error.to_string())?;
        let led = found.topics()[0].partitions().iter().filter(|found| found.leader() >= 0);
        let led = led.count();
        if i32::try_from(led) == Ok(partitions) { Ok(()) } else { Err(format!("{led} are led")) }
    })
    .await;
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
