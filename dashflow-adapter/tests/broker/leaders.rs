//! The leader of a partition dies while frames are sent to it and read from it.

use rdkafka::producer::{BaseProducer, Producer as _};
use strictframe_dashflow::config::KafkaConfig;
use strictframe_dashflow::consumer::{Consumer, ConsumerError, ConsumerOptions, Item, Order};
use strictframe_dashflow::transport::kafka::{KafkaSink, KafkaSource, client_config};
use strictframe_dashflow::transport::{Definition, ErrorClass, Sink as _, Start, TransportError};

use crate::deaths::{Receipts, check};
use crate::place::{CLUSTER, PATIENCE, cluster, in_time, make_topic, new_name, plaintext};
use crate::support::frame;

const COUNT: u64 = 2_000;

/// The broker that leads partition 0, by its index in the cluster.
fn leader(config: &KafkaConfig) -> usize {
    let client: BaseProducer = client_config(config).create().unwrap();
    let found = client.client().fetch_metadata(Some(&config.topic), PATIENCE).unwrap();
    let leader = found.topics()[0].partitions()[0].leader();
    usize::try_from(leader - 1).unwrap()
}

fn check_passing(error: &TransportError) {
    assert_eq!(error.class(), ErrorClass::Retryable, "{}: {error}", error.name());
}

/// Reads everything as a group, and commits now and then; gives the names of errors.
async fn consume(mut consumer: Consumer<KafkaSource>) -> Vec<&'static str> {
    let (mut due, mut errors) = (1, Vec::new());
    while due <= COUNT {
        match consumer.next().await {
            Ok(Item::Messages(messages)) => {
                let [message] = &messages.messages[..] else { panic!("one of each frame") };
                assert_eq!(message.message.header().unwrap().sequence, due);
                assert!(matches!(message.order, Order::First | Order::Next), "{message:?}");
                if due % 100 == 0
                    && let Err(error) = consumer.commit().await
                {
                    check_passing(&error);
                    errors.push(error.name());
                }
                due += 1;
            }
            Ok(Item::Assigned(_) | Item::Revoked(_) | Item::CaughtUp { .. }) => {}
            Ok(other) => panic!("{other:?}"),
            Err(ConsumerError::Transport(error)) => {
                check_passing(&error);
                errors.push(error.name());
            }
            Err(other) => panic!("{other}"),
        }
    }
    while let Err(error) = consumer.commit().await {
        check_passing(&error);
    }
    errors
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_is_killed_is_replaced_and_neither_side_loses_or_doubles_anything() {
    let _alone = CLUSTER.lock().await;
    let cluster = cluster();
    let mut config = plaintext(&cluster.addresses(), &new_name());
    make_topic(&config, 1, &[]).await;
    let sink = KafkaSink::connect(&config).await.unwrap();
    config.group_id = Some(config.topic.clone());
    let source = KafkaSource::connect(&config, &Start::Committed).await.unwrap();
    let consumer = Consumer::new(source, ConsumerOptions::default()).unwrap();
    let reading = tokio::spawn(tokio::time::timeout(2 * PATIENCE, consume(consumer)));
    sink.announce(Definition::envelope()).await.unwrap();
    let send = |number| (number, sink.send(frame("a", number)));
    let mut sent: Vec<_> = (1..=COUNT / 2).map(send).collect();
    let (settings, twin) = (config.clone(), cluster.clone());
    let killed = tokio::task::spawn_blocking(move || {
        let leads = leader(&settings);
        twin.kill(leads).unwrap();
        assert!(!twin.is_running(leads));
        leads
    });
    let leads = killed.await.unwrap();
    sent.extend((COUNT / 2 + 1..=COUNT).map(send));
    let starting = tokio::task::spawn_blocking(move || cluster.start(leads).unwrap());
    let mut receipts = Receipts::new();
    for (number, receipt) in sent {
        receipts.insert(number, in_time(receipt).await.unwrap());
    }
    starting.await.unwrap();
    let errors = reading.await.unwrap().expect("everything is read in time");
    println!("errors that passed: {errors:?}");
    config.group_id = None;
    check(&config, &receipts).await;
}
