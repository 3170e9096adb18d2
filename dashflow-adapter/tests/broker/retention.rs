//! Positions that a topic does not keep any more, and groups that have none.

use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use strictframe_broker::Listener;
use strictframe_dashflow::config::{KafkaConfig, OffsetReset};
use strictframe_dashflow::consumer::{Consumer, ConsumerOptions, Item, StateFile};
use strictframe_dashflow::transport::kafka::{KafkaSink, KafkaSource, client_config};
use strictframe_dashflow::transport::{
    Definition, ErrorClass, Position, Received, Sink as _, Source as _, Start,
};

use crate::place::{ALIVE, in_time, make_topic, new_name, plaintext, single};
use crate::suite::delivered;
use crate::support::frame;

/// A topic of one partition with ten frames, and a group of its name.
async fn ten() -> KafkaConfig {
    let brokers = single().address(Listener::Plaintext).unwrap();
    let mut config = plaintext(&brokers, &new_name());
    make_topic(&config, 1, &[]).await;
    let sink = KafkaSink::connect(&config).await.unwrap();
    sink.announce(Definition::envelope()).await.unwrap();
    for number in 1..=10 {
        sink.send(frame("a", number)).await.unwrap();
    }
    config.group_id = Some(config.topic.clone());
    config
}

/// Takes away what is in front of that offset, as retention does.
async fn take_away(config: &KafkaConfig, before: u64) {
    let admin: AdminClient<_> = client_config(config).create().unwrap();
    let mut list = TopicPartitionList::new();
    let before = Offset::Offset(i64::try_from(before).unwrap());
    list.add_partition_offset(&config.topic, 0, before).unwrap();
    admin.delete_records(&list, &AdminOptions::new()).await.unwrap();
}

const fn at(offset: u64) -> Position {
    Position { partition: 0, offset }
}

/// The next thing is that loss.
async fn check_lost(source: &mut KafkaSource, from: u64, to: u64) {
    match in_time(source.receive()).await.unwrap() {
        Received::Lost { from: found, to: Some(end), error } => {
            assert_eq!((found, end), (at(from), to));
            assert_eq!((error.class(), error.name()), (ErrorClass::Permanent, "PositionGone"));
        }
        other => panic!("{other:?}"),
    }
}

/// Commits behind the second frame, as a member of the group.
async fn commit_two(config: &KafkaConfig) {
    let mut first = KafkaSource::connect(config, &Start::Committed).await.unwrap();
    for offset in 0..2 {
        assert_eq!(delivered(&mut first).await.position, at(offset));
    }
    first.commit(at(2)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_is_told_what_was_taken_away_behind_its_commit_and_while_it_reads() {
    let _alive = ALIVE.read().await;
    let config = ten().await;
    commit_two(&config).await;
    take_away(&config, 4).await;
    let mut source = KafkaSource::connect(&config, &Start::Committed).await.unwrap();
    assert_eq!(in_time(source.receive()).await, Ok(Received::Assigned(vec![0])));
    check_lost(&mut source, 2, 4).await;
    assert_eq!(delivered(&mut source).await.position, at(4));
    // What was fetched ahead is fetched again after a pause.
    source.pause(0).unwrap();
    take_away(&config, 8).await;
    source.resume(0).unwrap();
    check_lost(&mut source, 5, 8).await;
    assert_eq!(delivered(&mut source).await.position, at(8));
    source.commit(at(9)).await.unwrap();
    assert_eq!(delivered(&mut source).await.position, at(9));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_goes_on_where_it_is_to_when_its_position_is_gone_or_it_has_none() {
    let _alive = ALIVE.read().await;
    let mut config = ten().await;
    commit_two(&config).await;
    take_away(&config, 4).await;
    config.auto_offset_reset = OffsetReset::None;
    let mut source = KafkaSource::connect(&config, &Start::Committed).await.unwrap();
    assert_eq!(in_time(source.receive()).await, Ok(Received::Assigned(vec![0])));
    let error = in_time(source.receive()).await.unwrap_err();
    assert_eq!((error.class(), error.name()), (ErrorClass::Permanent, "PositionGone"), "{error}");
    drop(source);
    config.auto_offset_reset = OffsetReset::Latest;
    let mut source = KafkaSource::connect(&config, &Start::Committed).await.unwrap();
    assert_eq!(in_time(source.receive()).await, Ok(Received::Assigned(vec![0])));
    check_lost(&mut source, 2, 10).await;
    assert_eq!(in_time(source.receive()).await, Ok(Received::CaughtUp { partition: 0 }));
    drop(source);

    let expected = [
        (OffsetReset::Earliest, Ok(4)),
        (OffsetReset::Latest, Ok(10)),
        (OffsetReset::None, Err("NoPosition")),
    ];
    for (reset, expected) in expected {
        config.group_id = Some(format!("{}-{reset:?}", config.topic));
        config.auto_offset_reset = reset;
        let mut source = KafkaSource::connect(&config, &Start::Committed).await.unwrap();
        assert_eq!(in_time(source.receive()).await, Ok(Received::Assigned(vec![0])));
        let found = match in_time(source.receive()).await {
            Ok(Received::Delivered(value)) => Ok(value.position.offset),
            Ok(Received::CaughtUp { .. }) => Ok(10),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error.name()),
        };
        assert_eq!(found, expected, "{reset:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fixed_partitions_what_was_taken_away_is_told_before_and_while_they_are_read() {
    let _alive = ALIVE.read().await;
    let mut config = ten().await;
    config.partition = Some(0);
    commit_two(&config).await;
    let folder = tempfile::tempdir().unwrap();
    let open = async || {
        let source = KafkaSource::connect(&config, &Start::Earliest).await.unwrap();
        let file = StateFile::new(folder.path().join("state")).unwrap();
        let consumer = Consumer::new(source, ConsumerOptions::default()).unwrap();
        consumer.with_state(file, false).unwrap()
    };
    let mut consumer = open().await;
    assert_eq!(consumer.next().await, Ok(Item::Assigned(vec![0])));
    assert!(matches!(in_time(consumer.next()).await, Ok(Item::Messages(_))));
    consumer.commit().await.unwrap();
    let mut source = KafkaSource::connect(&config, &Start::Earliest).await.unwrap();
    assert_eq!(delivered(&mut source).await.position, at(0));
    source.pause(0).unwrap();
    take_away(&config, 4).await;
    // While it is read.
    source.resume(0).unwrap();
    check_lost(&mut source, 1, 4).await;
    assert_eq!(delivered(&mut source).await.position, at(4));
    // Sought, and begun at.
    assert_eq!(source.seek(at(3)).await.unwrap_err().name(), "PositionGone");
    for start in [Start::Committed, Start::At(vec![at(3)])] {
        let error = KafkaSource::connect(&config, &start).await.unwrap_err();
        assert_eq!((error.class(), error.name()), (ErrorClass::Permanent, "PositionGone"));
    }
    // A consumer with a file goes on behind it.
    let mut consumer = open().await;
    assert_eq!(consumer.next().await, Ok(Item::Assigned(vec![0])));
    let lost = in_time(consumer.next()).await.unwrap();
    let Item::Lost { from, error, .. } = lost else { panic!("{lost:?}") };
    assert_eq!((from, error.name()), (at(1), "PositionGone"));
    let messages = in_time(consumer.next()).await.unwrap();
    assert!(matches!(&messages, Item::Messages(found) if found.position == at(4)), "{messages:?}");
}
