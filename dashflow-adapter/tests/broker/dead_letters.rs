//! A consumer that puts what it cannot take with the dead letters, or waits where they are not.

use bytes::Bytes;
use rdkafka::producer::{FutureProducer, FutureRecord};
use strictframe_broker::Listener;
use strictframe_dashflow::config::KafkaConfig;
use strictframe_dashflow::consumer::{Action, Consumer, ConsumerOptions, Item, OnRefusal, Refusal};
use strictframe_dashflow::dead_letter::DeadLetterReader;
use strictframe_dashflow::transport::kafka::{KafkaSink, KafkaSource, client_config};
use strictframe_dashflow::transport::{Definition, ErrorClass, Position, Sink, Start};

use crate::place::{ALIVE, in_time, make_topic, new_name, plaintext, single};
use crate::refused::delete_topic;
use crate::suite::drain;
use crate::support::frame;

/// A topic with a good value in front of and behind a bad one, read by a group, and a name for dead letters.
async fn bad_between_good() -> (KafkaConfig, KafkaConfig, Bytes) {
    let brokers = single().address(Listener::Plaintext).unwrap();
    let (mut config, letters) =
        (plaintext(&brokers, &new_name()), plaintext(&brokers, &new_name()));
    make_topic(&config, 1, &[]).await;
    let mut bad = frame("a", 2).bytes().to_vec();
    bad[40] ^= 1;
    let sink = KafkaSink::connect(&config).await.unwrap();
    sink.announce(Definition::envelope()).await.unwrap();
    sink.send(frame("a", 1)).await.unwrap();
    let raw: FutureProducer = client_config(&config).create().unwrap();
    let record = FutureRecord::to(&config.topic).partition(0).key("a").payload(&bad);
    raw.send(record, core::time::Duration::from_secs(60)).await.unwrap();
    sink.send(frame("a", 3)).await.unwrap();
    config.group_id = Some(config.topic.clone());
    config.partition = Some(0);
    (config, letters, bad.into())
}

async fn consumer(config: &KafkaConfig, on_refusal: OnRefusal) -> Consumer<KafkaSource> {
    let source = KafkaSource::connect(config, &Start::Committed).await.unwrap();
    let mut options = ConsumerOptions::default();
    options.on_refusal = on_refusal;
    Consumer::new(source, options).unwrap()
}

/// The sequence numbers of messages, and refusals, until a partition is caught up or waits.
async fn read(consumer: &mut Consumer<KafkaSource>) -> (Vec<u64>, Vec<Refusal>) {
    let (mut numbers, mut refusals) = (Vec::new(), Vec::new());
    loop {
        match in_time(consumer.next()).await.unwrap() {
            Item::Assigned(_) => {}
            Item::CaughtUp { .. } => return (numbers, refusals),
            Item::Messages(messages) => {
                let headers = messages.messages.iter().map(|found| found.message.header());
                numbers.extend(headers.map(|header| header.unwrap().sequence));
            }
            Item::Refused(refusal) => {
                let waits = refusal.action == Action::Pause;
                refusals.push(refusal);
                if waits {
                    return (numbers, refusals);
                }
            }
            other => panic!("{other:?}"),
        }
    }
}

/// There is one letter, and it holds the value.
async fn check_letter(config: &KafkaConfig, letters: &KafkaConfig, bad: &Bytes) {
    let mut source = KafkaSource::connect(letters, &Start::Earliest).await.unwrap();
    let [letter] = &drain(&mut source).await[..] else { panic!("one letter") };
    let letter = DeadLetterReader::default().read(&letter.value).unwrap();
    assert_eq!((&letter.topic, letter.partition, letter.offset), (&config.topic, Some(0), Some(1)));
    assert_eq!((letter.original.as_slice(), letter.key.as_slice()), (&bad[..], &b"a"[..]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_that_is_refused_is_with_the_dead_letters_and_its_partition_goes_on() {
    let _alive = ALIVE.read().await;
    let (config, letters, bad) = bad_between_good().await;
    make_topic(&letters, 1, &[]).await;
    let sink = KafkaSink::connect(&letters).await.unwrap();
    let consumer = consumer(&config, OnRefusal::always(Action::DeadLetter)).await;
    let mut consumer = consumer.with_dead_letters(sink, &config.topic, "billing").unwrap();
    let (numbers, refusals) = read(&mut consumer).await;
    assert_eq!(numbers, [1, 3]);
    let [refusal] = &refusals[..] else { panic!("{refusals:?}") };
    assert_eq!((refusal.action, refusal.position.offset), (Action::DeadLetter, 1));
    consumer.commit().await.unwrap();
    check_letter(&config, &letters, &bad).await;
    // It is done with.
    drop(consumer);
    let mut next = self::consumer(&config, OnRefusal::always(Action::Stop)).await;
    assert_eq!(read(&mut next).await, (vec![], vec![]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_topic_of_dead_letters_is_gone_the_partition_waits_and_goes_on_when_it_is_back() {
    let _alive = ALIVE.read().await;
    let (config, letters, bad) = bad_between_good().await;
    let error = KafkaSink::connect(&letters).await.unwrap_err();
    assert_eq!((error.class(), error.name()), (ErrorClass::Permanent, "UnknownTopic"), "{error}");
    make_topic(&letters, 1, &[]).await;
    let sink = KafkaSink::connect(&letters).await.unwrap();
    delete_topic(&letters).await;
    let waiting = consumer(&config, OnRefusal::always(Action::DeadLetter)).await;
    let mut waiting = waiting.with_dead_letters(sink, &config.topic, "billing").unwrap();
    let (numbers, refusals) = read(&mut waiting).await;
    assert_eq!(numbers, [1]);
    let [refusal] = &refusals[..] else { panic!("{refusals:?}") };
    let bad_at = Position { partition: 0, offset: 1 };
    assert_eq!((refusal.action, refusal.position, &refusal.value), (Action::Pause, bad_at, &bad));
    assert_eq!((waiting.counts().dead_letters, waiting.counts().dead_letter_failures), (0, 1));
    waiting.commit().await.unwrap();
    // Resumed before the topic is back, it waits once more.
    waiting.resume(0).unwrap();
    let (numbers, refusals) = read(&mut waiting).await;
    assert_eq!((numbers.len(), refusals[0].position), (0, bad_at));

    make_topic(&letters, 1, &[]).await;
    // The sink looks for the topic from time to time.
    let deadline = std::time::Instant::now() + core::time::Duration::from_secs(60);
    loop {
        waiting.resume(0).unwrap();
        let (numbers, refusals) = read(&mut waiting).await;
        assert_eq!(refusals[0].position, bad_at);
        if refusals[0].action == Action::DeadLetter {
            assert_eq!(numbers, [3]);
            break;
        }
        assert!(std::time::Instant::now() < deadline, "it stays paused");
    }
    waiting.commit().await.unwrap();
    check_letter(&config, &letters, &bad).await;
    drop(waiting);
    let mut next = consumer(&config, OnRefusal::always(Action::Stop)).await;
    assert_eq!(read(&mut next).await, (vec![], vec![]));
}
