//! A user who may do a part of what is needed: what is refused has its name, nothing is lost, and what is allowed later goes on.

use core::time::Duration;
use std::path::Path;

use strictframe_broker::{Resource, Right, User};
use strictframe_dashflow::ThreadId;
use strictframe_dashflow::config::KafkaConfig;
use strictframe_dashflow::dead_letter::DeadLetterReader;
use strictframe_dashflow::producer::{CloseReport, Producer, ProducerConfig};
use strictframe_dashflow::transport::kafka::{KafkaSink, KafkaSource, definitions_topic};
use strictframe_dashflow::transport::{
    Definition, ErrorClass, Received, Sink, Source, Start, TransportError,
};

use crate::place::{
    Topic, eventually, in_time, make_topic, new_name, of, of_bob, plaintext, single,
};
use crate::suite::{Place as _, delivered, drain};
use crate::support::{event, frame};

/// Of Bob, who may write somewhere while other tests run, if not here.
fn allow(resource: Resource<'_>, right: Right) {
    single().allow(User::Bob, resource, right).unwrap();
}

fn check(error: &TransportError) {
    assert_eq!((error.class(), error.name()), (ErrorClass::Permanent, "NotAllowed"), "{error}");
}

async fn producer(sink: KafkaSink, letters: &KafkaConfig, spool: &Path) -> Producer {
    let mut settings = ProducerConfig::default().with_batch(None).with_spool(spool, 1 << 20);
    settings.retry.deadline_ms = 60_000;
    let letters = KafkaSink::connect(letters).await.unwrap();
    Producer::builder(sink).dead_letters(letters).config(settings).start().unwrap()
}

/// Sends three messages, and gives the account.
async fn send(sink: KafkaSink, letters: &KafkaConfig, spool: &Path) -> CloseReport {
    let producer = producer(sink, letters, spool).await;
    let run = producer.thread(ThreadId::new("run").unwrap());
    for _ in 0..3 {
        run.send(event("plan")).unwrap();
    }
    let report = in_time(producer.close(Duration::from_secs(60))).await.unwrap();
    assert_eq!((report.sent, report.lost()), (3, 0), "{report:?}");
    report
}

/// The errors of the dead letters.
async fn errors(letters: &KafkaConfig) -> Vec<String> {
    let mut source = KafkaSource::connect(letters, &Start::Earliest).await.unwrap();
    let mut reader = DeadLetterReader::default();
    let letters = drain(&mut source).await;
    letters.iter().map(|letter| reader.read(&letter.value).unwrap().error_name).collect()
}

/// A topic that its owner has made ready, and its topic of definitions, both known to Bob; and a topic for dead letters.
async fn known_to_bob() -> (Topic, KafkaConfig, KafkaConfig) {
    let topic = Topic::new().await;
    let name = topic.config.topic.clone();
    drop(topic.sink().await);
    allow(Resource::Topic(&name), Right::Describe);
    allow(Resource::Topic(&definitions_topic(&name)), Right::Describe);
    let letters = plaintext(&topic.config.brokers, &new_name());
    make_topic(&letters, 1, &[]).await;
    (topic, of_bob(&name), letters)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_write_nowhere_is_told_so_and_messages_wait_on_the_disk_for_somebody_who_may() {
    let (topic, _, letters) = known_to_bob().await;
    let folder = tempfile::tempdir().unwrap();
    let name = &topic.config.topic;
    for name in [name, &definitions_topic(name)] {
        single().allow(User::Carol, Resource::Topic(name), Right::Describe).unwrap();
    }
    let carol = of(User::Carol, name);
    // There is nothing to make any more, so that the right to is not needed.
    let sink = eventually(async || KafkaSink::connect(&carol).await).await;
    let error = in_time(sink.announce(Definition::envelope())).await.unwrap_err();
    assert_eq!((error.class(), error.name()), (ErrorClass::Fatal, "NotAllowed"), "{error}");
    let report = send(sink, &letters, folder.path()).await;
    assert_eq!(report.spooled, 3, "{report:?}");

    let mut source = topic.source(&Start::Earliest, None).await.unwrap();
    let producer = producer(topic.sink().await, &letters, folder.path()).await;
    for _ in 0..3 {
        delivered(&mut source).await;
    }
    let report = in_time(producer.close(Duration::from_secs(60))).await.unwrap();
    assert_eq!(report.lost(), 0, "{report:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_that_may_not_be_written_are_dead_letters_at_once_and_are_taken_once_they_may() {
    let (topic, bob, letters) = known_to_bob().await;
    let folder = tempfile::tempdir().unwrap();
    allow(Resource::Topic(&definitions_topic(&bob.topic)), Right::Write);
    let sink = eventually(async || {
        let sink = KafkaSink::connect(&bob).await?;
        sink.announce(Definition::envelope()).await?;
        Ok::<_, TransportError>(sink)
    })
    .await;
    check(&in_time(sink.send(frame("a", 1))).await.unwrap_err());
    let report = send(sink.clone(), &letters, folder.path()).await;
    assert_eq!(report.dead_lettered, 3, "{report:?}");
    assert_eq!(errors(&letters).await, ["NotAllowed"; 3]);

    // The same sink goes on with what is allowed later.
    allow(Resource::Topic(&bob.topic), Right::Write);
    eventually(async || sink.send(frame("a", 1)).await).await;
    let mut source = topic.source(&Start::Earliest, None).await.unwrap();
    assert_eq!(drain(&mut source).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_readers_may_not_be_told_the_schema_messages_are_dead_letters_at_once() {
    let (topic, bob, letters) = known_to_bob().await;
    let folder = tempfile::tempdir().unwrap();
    allow(Resource::Topic(&bob.topic), Right::Write);
    let sink = eventually(async || {
        let sink = KafkaSink::connect(&bob).await?;
        match sink.announce(Definition::envelope()).await {
            Err(error) if error.class() == ErrorClass::Permanent => Ok(sink),
            Err(error) => Err(error),
            Ok(()) => panic!("it was announced"),
        }
    })
    .await;
    check(&in_time(sink.announce(Definition::envelope())).await.unwrap_err());
    let report = send(sink, &letters, folder.path()).await;
    assert_eq!(report.dead_lettered, 3, "{report:?}");
    assert_eq!(errors(&letters).await, ["NotAllowed"; 3]);
    let mut source = topic.source(&Start::Earliest, None).await.unwrap();
    assert_eq!(drain(&mut source).await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_make_the_topic_of_definitions_is_told_which_one_it_is() {
    let topic = Topic::new().await;
    let name = topic.config.topic.clone();
    allow(Resource::Topic(&name), Right::Write);
    let bob = of_bob(&name);
    let definitions = definitions_topic(&name);
    // Until he may know the topic, it is the one that is named.
    let error = eventually(async || match KafkaSink::connect(&bob).await {
        Err(error) if error.to_string().contains(&definitions) => Ok(error),
        Err(error) => Err(error),
        Ok(sink) => panic!("{sink:?}"),
    })
    .await;
    check(&error);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_may_not_read_says_so_and_goes_on_once_it_may() {
    let topic = Topic::new().await;
    let name = topic.config.topic.clone();
    let sink = topic.sink().await;
    sink.announce(Definition::envelope()).await.unwrap();
    let sent = sink.send(frame("a", 1)).await.unwrap();
    allow(Resource::Topic(&name), Right::Describe);
    let mut bob = of_bob(&name);
    bob.partition = Some(sent.partition);
    let mut source = eventually(async || KafkaSource::connect(&bob, &Start::Earliest).await).await;
    assert_eq!(source.receive().await, Ok(Received::Assigned(vec![sent.partition])));
    check(&in_time(source.receive()).await.unwrap_err());
    check(&in_time(source.definitions()).await.unwrap_err());
    allow(Resource::Topic(&name), Right::Read);
    let received = eventually(async || source.receive().await).await;
    assert!(
        matches!(&received, Received::Delivered(value) if value.position == sent),
        "{received:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_that_may_not_be_one_says_so_and_becomes_one_once_it_may() {
    let topic = Topic::new().await;
    let name = topic.config.topic.clone();
    let sink = topic.sink().await;
    sink.announce(Definition::envelope()).await.unwrap();
    let sent = sink.send(frame("a", 1)).await.unwrap();
    allow(Resource::Topic(&name), Right::Read);
    let mut bob = of_bob(&name);
    bob.group_id = Some(name.clone());
    // A group's share.
    let mut source = eventually(async || KafkaSource::connect(&bob, &Start::Committed).await).await;
    check(&in_time(source.receive()).await.unwrap_err());
    // A fixed partition, whose committed position is asked for at once.
    let mut fixed = bob.clone();
    fixed.partition = Some(sent.partition);
    fixed.group_id = Some(format!("{name}-fixed"));
    check(&KafkaSource::connect(&fixed, &Start::Committed).await.unwrap_err());
    // Where it is not asked for, reading says so, beside what it reads.
    let mut fixed = KafkaSource::connect(&fixed, &Start::Earliest).await.unwrap();
    loop {
        match in_time(fixed.receive()).await {
            Ok(received) => assert!(
                !matches!(received, Received::Revoked(_) | Received::Lost { .. }),
                "{received:?}"
            ),
            Err(error) => break check(&error),
        }
    }
    drop(fixed);

    allow(Resource::Group(&name), Right::Read);
    let assigned = eventually(async || source.receive().await).await;
    assert_eq!(assigned, Received::Assigned(vec![0, 1, 2]));
    assert_eq!(delivered(&mut source).await.position, sent);
}
