//! Topics that are not there, not allowed, too small, or forgetful.

use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::message::{Headers as _, Message as _};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use strictframe_broker::Listener;
use strictframe_dashflow::transport::kafka::{
    KafkaSink, KafkaSource, client_config, definitions_topic,
};
use strictframe_dashflow::transport::{Definition, ErrorClass, Sink, Source, Start};
use strictframe_dashflow::{FrameOptions, Framer, Record, TraceContext};

use crate::place::{ALIVE, Topic, make_topic, new_name, of_bob, plaintext, single};
use crate::suite::{Place, delivered};
use crate::support::{event, frame, identity};

#[tokio::test]
async fn a_topic_that_is_not_there_is_named() {
    let _alive = ALIVE.read().await;
    let brokers = single().address(Listener::Plaintext).unwrap();
    let config = plaintext(&brokers, &new_name());
    for error in [
        KafkaSink::connect(&config).await.unwrap_err(),
        KafkaSource::connect(&config, &Start::Earliest).await.unwrap_err(),
    ] {
        assert_eq!((error.class(), error.name()), (ErrorClass::Permanent, "UnknownTopic"));
        assert!(error.to_string().contains(&config.topic), "{error}");
    }
}

#[tokio::test]
async fn a_user_who_may_not_is_told_so() {
    let topic = Topic::new().await;
    let bob = of_bob(&topic.config.topic);
    for error in [
        KafkaSink::connect(&bob).await.unwrap_err(),
        KafkaSource::connect(&bob, &Start::Earliest).await.unwrap_err(),
    ] {
        assert_eq!((error.class(), error.name()), (ErrorClass::Permanent, "NotAllowed"), "{error}");
    }
}

#[tokio::test]
async fn a_partition_that_is_not_there_is_named() {
    let topic = Topic::new().await;
    let mut config = topic.config.clone();
    config.partition = Some(7);
    let error = KafkaSource::connect(&config, &Start::Earliest).await.unwrap_err();
    assert_eq!((error.class(), error.name()), (ErrorClass::Permanent, "UnknownPartition"));
}

#[tokio::test]
async fn the_longest_frame_is_what_the_topic_takes() {
    let _alive = ALIVE.read().await;
    let brokers = single().address(Listener::Plaintext).unwrap();
    let config = plaintext(&brokers, &new_name());
    make_topic(&config, 1, &[("max.message.bytes", "5000")]).await;
    let sink = KafkaSink::connect(&config).await.unwrap();
    sink.announce(Definition::envelope()).await.unwrap();
    assert_eq!(sink.longest(), 5000 - 1024);
    let fits = crate::support::frame_of_text("a", 1, "x".repeat(100));
    assert!(sink.send(fits).await.is_ok());
    let too_long = crate::support::frame_of_text("a", 2, crate::support::noise(5000));
    let error = sink.send(too_long).await.unwrap_err();
    assert_eq!((error.class(), error.name()), (ErrorClass::Permanent, "FrameTooLarge"));
}

#[tokio::test]
async fn a_topic_of_definitions_that_forgets_them_is_refused() {
    let topic = Topic::new().await;
    let mut beside = topic.config.clone();
    beside.topic = definitions_topic(&topic.config.topic);
    make_topic(&beside, 1, &[("cleanup.policy", "delete")]).await;
    let error = KafkaSink::connect(&topic.config).await.unwrap_err();
    assert_eq!((error.class(), error.name()), (ErrorClass::Permanent, "NotCompacted"));
}

#[tokio::test]
async fn a_value_bears_its_thread_as_key_its_time_and_its_trace_and_no_other_header() {
    let topic = Topic::new().await;
    let sink = topic.sink().await;
    sink.announce(Definition::envelope()).await.unwrap();
    let mut identity = identity("the thread", 1);
    identity.trace = Some(TraceContext::new([1; 16], [2; 8], 1).unwrap());
    let record = Record::new(event("plan"), identity.clone()).unwrap();
    let mut framer =
        Framer::new(Default::default(), [], FrameOptions::ALL, strictframe::Limits::DEFAULT)
            .unwrap();
    let frame = framer.frame(&[record]).unwrap();
    let position = sink.send(frame.clone()).await.unwrap();
    let mut client = client_config(&topic.config);
    let consumer: BaseConsumer = client.set("group.id", "any").create().unwrap();
    let mut list = TopicPartitionList::new();
    let partition = i32::try_from(position.partition).unwrap();
    list.add_partition_offset(&topic.config.topic, partition, Offset::Beginning).unwrap();
    consumer.assign(&list).unwrap();
    let message = consumer.poll(core::time::Duration::from_secs(30)).unwrap().unwrap();
    assert_eq!(message.key(), Some(&b"the thread"[..]));
    assert_eq!(message.payload(), Some(&frame.bytes()[..]));
    assert_eq!(message.timestamp().to_millis(), Some(identity.time / 1_000_000));
    let headers = message.headers().unwrap();
    assert_eq!(headers.count(), 1);
    let header = headers.get(0);
    let trace = identity.trace.unwrap().to_string();
    assert_eq!((header.key, header.value), ("traceparent", Some(trace.as_bytes())));
}

#[tokio::test]
async fn a_group_shares_partitions_and_hands_them_over() {
    let topic = Topic::new().await;
    let sink = topic.sink().await;
    sink.announce(Definition::envelope()).await.unwrap();
    for (name, sequence) in (0..30).map(|number| (format!("thread {number}"), 1)) {
        sink.send(frame(&name, sequence)).await.unwrap();
    }
    let mut first = topic.source(&Start::Committed, Some("sharers")).await.unwrap();
    for _ in 0..30 {
        let done = delivered(&mut first).await.position;
        first.commit(done.next()).await.unwrap();
    }
    drop(first);
    // All of them are committed: whoever comes next has nothing to do.
    let mut second = topic.source(&Start::Committed, Some("sharers")).await.unwrap();
    assert_eq!(crate::suite::drain(&mut second).await, []);
    sink.send(frame("thread 1", 2)).await.unwrap();
    delivered(&mut second).await;
}
