//! What brokers refuse after all was well at first: topics that go, frames that are too long together, partitions that are not there.

use core::time::Duration;

use rdkafka::admin::{AdminClient, AdminOptions, AlterConfig, ResourceSpecifier};
use strictframe_broker::Listener;
use strictframe_dashflow::ThreadId;
use strictframe_dashflow::config::KafkaConfig;
use strictframe_dashflow::dead_letter::DeadLetterReader;
use strictframe_dashflow::producer::{Producer, ProducerConfig};
use strictframe_dashflow::transport::kafka::{KafkaSink, KafkaSource, client_config};
use strictframe_dashflow::transport::{
    Definition, ErrorClass, Position, Received, Sink, Source, Start,
};
use strictframe_dashflow::v1::DashStreamMessage;

use crate::place::{ALIVE, Topic, in_time, make_topic, new_name, plaintext, single};
use crate::suite::{delivered, drain};
use crate::support::{event, frame, frame_of_text, noise_of, token};

pub(crate) async fn delete_topic(config: &KafkaConfig) {
    let admin: AdminClient<_> = client_config(config).create().unwrap();
    let gone = admin.delete_topics(&[&config.topic], &AdminOptions::new()).await.unwrap();
    assert!(gone.iter().all(Result::is_ok), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_that_are_too_long_together_are_not_sent_together() {
    let _alive = ALIVE.read().await;
    let brokers = single().address(Listener::Plaintext).unwrap();
    let config = plaintext(&brokers, &new_name());
    make_topic(&config, 1, &[("max.message.bytes", "5000")]).await;
    let sink = KafkaSink::connect(&config).await.unwrap();
    sink.announce(Definition::envelope()).await.unwrap();
    let frames = (1..=200).map(|number| frame_of_text("a", number, noise_of(number, 1_000)));
    let receipts: Vec<_> = frames.map(|frame| sink.send(frame)).collect();
    for receipt in receipts {
        in_time(receipt).await.unwrap();
    }
    let mut source = KafkaSource::connect(&config, &Start::Earliest).await.unwrap();
    assert_eq!(drain(&mut source).await.len(), 200);
}

#[tokio::test]
async fn a_start_in_a_partition_that_is_not_there_is_named() {
    let topic = Topic::new().await;
    let at = |partition| Start::At(vec![Position { partition, offset: 0 }]);
    let error = KafkaSource::connect(&topic.config, &at(3)).await.unwrap_err();
    assert_eq!((error.class(), error.name()), (ErrorClass::Permanent, "UnknownPartition"));
    assert!(error.to_string().contains("partition 3"), "{error}");
    // One that is there and is not read here is no error.
    let mut config = topic.config.clone();
    config.partition = Some(0);
    let mut source = KafkaSource::connect(&config, &at(2)).await.unwrap();
    assert_eq!(source.receive().await, Ok(Received::Assigned(vec![0])));
}

async fn topic(brokers: &str) -> (KafkaConfig, KafkaSink) {
    let config = plaintext(brokers, &new_name());
    make_topic(&config, 1, &[]).await;
    let sink = KafkaSink::connect(&config).await.unwrap();
    (config, sink)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_that_goes_is_named_and_messages_for_it_are_dead_letters() {
    let _alive = ALIVE.read().await;
    let brokers = single().address(Listener::Plaintext).unwrap();
    let (config, sink) = topic(&brokers).await;
    let (_, letters) = topic(&brokers).await;
    let mut source = KafkaSource::connect(&config, &Start::Earliest).await.unwrap();
    let producer = Producer::builder(sink.clone()).dead_letters(letters).start().unwrap();
    let run = producer.thread(ThreadId::new("run").unwrap());
    run.send(event("plan")).unwrap();
    assert_eq!(in_time(delivered(&mut source)).await.position.offset, 0);
    delete_topic(&config).await;
    let unknown = (ErrorClass::Permanent, "UnknownTopic");
    let error = in_time(async {
        loop {
            match source.receive().await {
                Ok(Received::CaughtUp { .. }) => {}
                other => break other,
            }
        }
    });
    let error = error.await.unwrap_err();
    assert_eq!((error.class(), error.name()), unknown, "{error}");
    let error = in_time(sink.send(frame("a", 1))).await.unwrap_err();
    assert_eq!((error.class(), error.name()), unknown, "{error}");
    run.send(event("plan")).unwrap();
    let report = in_time(producer.close(Duration::from_secs(80))).await.unwrap();
    assert_eq!((report.delivered, report.dead_lettered, report.lost()), (1, 1, 0), "{report:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dead_letters_whose_topic_is_gone_wait_on_the_disk_until_it_is_back() {
    let _alive = ALIVE.read().await;
    let brokers = single().address(Listener::Plaintext).unwrap();
    let (_, sink) = topic(&brokers).await;
    let (letters, gone) = topic(&brokers).await;
    let folder = tempfile::tempdir().unwrap();
    let settings = ProducerConfig::default().with_spool(folder.path(), 1 << 20);
    let producer = Producer::builder(sink.clone()).dead_letters(gone);
    let producer = producer.config(settings.clone()).start().unwrap();
    delete_topic(&letters).await;
    let run = producer.thread(ThreadId::new("run").unwrap());
    // Nothing is inside, so that nobody would take it.
    run.send(DashStreamMessage::default()).unwrap();
    let report = in_time(producer.close(Duration::from_secs(80))).await.unwrap();
    assert_eq!((report.spooled, report.lost()), (1, 0), "{report:?}");

    make_topic(&letters, 1, &[]).await;
    let back = KafkaSink::connect(&letters).await.unwrap();
    let producer = Producer::builder(sink).dead_letters(back).config(settings).start().unwrap();
    let mut source = KafkaSource::connect(&letters, &Start::Earliest).await.unwrap();
    let letter = in_time(delivered(&mut source)).await;
    let letter = DeadLetterReader::default().read(&letter.value).unwrap();
    assert_eq!((letter.thread_id.as_str(), letter.error_code.as_str()), ("run", "DS-0102"));
    in_time(producer.close(Duration::from_secs(80))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_that_takes_less_than_it_did_gets_what_it_takes_and_the_rest_are_dead_letters() {
    let _alive = ALIVE.read().await;
    let brokers = single().address(Listener::Plaintext).unwrap();
    let (config, letters) = (plaintext(&brokers, &new_name()), plaintext(&brokers, &new_name()));
    make_topic(&config, 1, &[]).await;
    make_topic(&letters, 1, &[]).await;
    let sink = KafkaSink::connect(&config).await.unwrap();
    sink.announce(Definition::envelope()).await.unwrap();
    let admin: AdminClient<_> = client_config(&config).create().unwrap();
    let less = AlterConfig::new(ResourceSpecifier::Topic(&config.topic));
    let less = less.set("max.message.bytes", "5000").set("retention.ms", "-1");
    let set = admin.alter_configs([&less], &AdminOptions::new()).await.unwrap();
    assert!(set.iter().all(Result::is_ok), "{set:?}");
    let producer = Producer::builder(sink)
        .dead_letters(KafkaSink::connect(&letters).await.unwrap())
        .start()
        .unwrap();
    let run = producer.thread(ThreadId::new("run").unwrap());
    for number in 0..40 {
        run.send(token("run", 1, noise_of(number, 500)).message().unwrap().clone()).unwrap();
    }
    run.send(token("run", 1, noise_of(99, 9_000)).message().unwrap().clone()).unwrap();
    let report = in_time(producer.close(Duration::from_secs(80))).await.unwrap();
    assert_eq!((report.sent, report.delivered, report.dead_lettered), (41, 40, 1), "{report:?}");
}
