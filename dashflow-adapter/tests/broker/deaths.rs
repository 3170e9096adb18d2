//! Brokers that die in the middle and come back.

use strictframe_broker::Listener;
use strictframe_dashflow::transport::kafka::{KafkaSink, KafkaSource};
use strictframe_dashflow::transport::{Definition, Position, Sink, Start};

use crate::place::{ALIVE, cluster, make_topic, new_name, plaintext, single};
use crate::suite::drain;
use crate::support::frame;

/// Sends while something happens to the brokers; every receipt must be good in the end.
async fn send_through(
    sink: &KafkaSink,
    count: u64,
    disturb: impl FnOnce() + Send + 'static,
) -> Vec<Position> {
    sink.announce(Definition::envelope()).await.unwrap();
    let mut receipts: Vec<_> =
        (1..=count / 2).map(|number| sink.send(frame("a", number))).collect();
    let disturbing = tokio::task::spawn_blocking(disturb);
    receipts.extend((count / 2 + 1..=count).map(|number| sink.send(frame("a", number))));
    let mut positions = Vec::new();
    for receipt in receipts {
        positions.push(receipt.await.unwrap());
    }
    disturbing.await.unwrap();
    positions
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_broker_that_is_killed_and_started_again_has_every_frame_once_and_in_order() {
    let _alone = ALIVE.write().await;
    let single = single();
    let config = plaintext(&single.address(Listener::Plaintext).unwrap(), &new_name());
    make_topic(&config, 1, &[]).await;
    let sink = KafkaSink::connect(&config).await.unwrap();
    let positions = send_through(&sink, 2_000, move || {
        single.kill().unwrap();
        assert!(!single.is_running());
        single.start().unwrap();
    })
    .await;
    let mut source = KafkaSource::connect(&config, &Start::Earliest).await.unwrap();
    let found: Vec<_> = drain(&mut source).await.iter().map(|found| found.position).collect();
    assert_eq!(found, positions);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_goes_on_when_one_broker_is_killed_and_then_another() {
    let cluster = cluster();
    let config = plaintext(&cluster.addresses(), &new_name());
    make_topic(&config, 1, &[]).await;
    let sink = KafkaSink::connect(&config).await.unwrap();
    let mut positions = Vec::new();
    for index in [0, 1] {
        let cluster = cluster.clone();
        positions.extend(
            send_through(&sink, 1_000, move || {
                cluster.kill(index).unwrap();
                assert!(!cluster.is_running(index));
                cluster.start(index).unwrap();
            })
            .await,
        );
    }
    let mut source = KafkaSource::connect(&config, &Start::Earliest).await.unwrap();
    let found: Vec<_> = drain(&mut source).await.iter().map(|found| found.position).collect();
    assert_eq!(found, positions);
}
