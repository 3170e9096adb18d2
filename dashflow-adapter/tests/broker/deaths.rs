//! Brokers that die in the middle and come back.

use std::collections::{BTreeMap, BTreeSet};

use strictframe::Limits;
use strictframe_broker::Listener;
use strictframe_dashflow::config::KafkaConfig;
use strictframe_dashflow::peek;
use strictframe_dashflow::transport::kafka::{KafkaSink, KafkaSource};
use strictframe_dashflow::transport::{Definition, Position, Sink, Start};

use crate::place::{ALIVE, CLUSTER, cluster, make_topic, new_name, plaintext, single};
use crate::suite::drain;
use crate::support::frame;

/// Where each frame of one thread is, by its sequence number, as the receipts say.
pub(crate) type Receipts = BTreeMap<u64, Position>;

/// Sends so many frames, and lets something happen to the brokers in the middle; every receipt must be good in the end.
async fn send_through(
    sink: &KafkaSink,
    numbers: core::ops::RangeInclusive<u64>,
    disturb: impl FnOnce() + Send + 'static,
) -> Receipts {
    sink.announce(Definition::envelope()).await.unwrap();
    let middle = u64::midpoint(*numbers.start(), *numbers.end());
    let mut disturb = Some(disturb);
    let (mut receipts, mut disturbing) = (Vec::new(), None);
    for number in numbers {
        receipts.push((number, sink.send(frame("a", number))));
        if number == middle {
            disturbing = disturb.take().map(tokio::task::spawn_blocking);
        }
    }
    let mut positions = Receipts::new();
    for (number, receipt) in receipts {
        positions.insert(number, receipt.await.unwrap());
    }
    disturbing.unwrap().await.unwrap();
    positions
}

/// Every frame with a receipt is where it says; once what came twice is left out, all are there in their order.
pub(crate) async fn check(config: &KafkaConfig, receipts: &Receipts) {
    let mut source = KafkaSource::connect(config, &Start::Earliest).await.unwrap();
    let mut found = Vec::new();
    for delivered in drain(&mut source).await {
        let head = peek(&delivered.value, &Limits::DEFAULT).unwrap();
        found.push((head.sequence.unwrap(), delivered.position));
    }
    let there: BTreeSet<_> = found.iter().copied().collect();
    let lost: Vec<_> =
        receipts.iter().filter(|(number, at)| !there.contains(&(**number, **at))).collect();
    assert!(
        lost.is_empty(),
        "{} lost, first {:?}; {} found, first {:?}",
        lost.len(),
        lost[0],
        found.len(),
        found[0]
    );
    let mut seen = BTreeSet::new();
    let once: Vec<u64> =
        found.iter().map(|(number, _)| *number).filter(|number| seen.insert(*number)).collect();
    assert!(once.iter().eq(receipts.keys()), "out of order or unknown: {once:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_broker_that_is_killed_and_started_again_loses_nothing_it_acknowledged() {
    let _alone = ALIVE.write().await;
    let single = single();
    let config = plaintext(&single.address(Listener::Plaintext).unwrap(), &new_name());
    make_topic(&config, 1, &[]).await;
    let sink = KafkaSink::connect(&config).await.unwrap();
    let receipts = send_through(&sink, 1..=2_000, move || {
        single.kill().unwrap();
        assert!(!single.is_running());
        single.start().unwrap();
    })
    .await;
    check(&config, &receipts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_goes_on_when_one_broker_is_killed_and_then_another() {
    let _alone = CLUSTER.lock().await;
    let cluster = cluster();
    let config = plaintext(&cluster.addresses(), &new_name());
    make_topic(&config, 1, &[]).await;
    let sink = KafkaSink::connect(&config).await.unwrap();
    let mut receipts = Receipts::new();
    for (index, numbers) in [(0, 1..=1_000), (1, 1_001..=2_000)] {
        let cluster = cluster.clone();
        let more = send_through(&sink, numbers, move || {
            cluster.kill(index).unwrap();
            assert!(!cluster.is_running(index));
            cluster.start(index).unwrap();
        });
        receipts.extend(more.await);
    }
    check(&config, &receipts).await;
}
