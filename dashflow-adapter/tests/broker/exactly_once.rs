//! Frames into frames in transactions, by programs that are killed in the middle.

use core::time::Duration;
use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use strictframe::Limits;
use strictframe_dashflow::config::KafkaConfig;
use strictframe_dashflow::peek;
use strictframe_dashflow::transport::kafka::{KafkaSink, KafkaSource, Transactions};
use strictframe_dashflow::transport::{
    Definition, ErrorClass, Position, Received, Sink, Source, Start,
};

use crate::place::{ALIVE, config, make_topic, new_name, plaintext, single};
use crate::suite::drain;
use crate::support::frame;
use strictframe_broker::Listener;

const BROKERS: &str = "STRICTFRAME_BROKERS_OF_CHILD";
const TOPIC: &str = "STRICTFRAME_TOPIC_OF_CHILD";
const THREADS: [&str; 3] = ["a", "b", "c"];
const EACH: u64 = 400;

/// The topic read from, as a group; the topic written to has its name and `-out`.
fn input(brokers: &str, topic: &str) -> KafkaConfig {
    config(&[
        ("KAFKA_BROKERS", brokers),
        ("KAFKA_TOPIC", topic),
        ("KAFKA_GROUP_ID", topic),
        // A fixed one: a member that was killed is missed by its group for most of a minute.
        ("KAFKA_PARTITION", "0"),
        ("KAFKA_SECURITY_PROTOCOL", "plaintext"),
        ("KAFKA_OPERATION_TIMEOUT_SECS", "120"),
    ])
}

fn output(brokers: &str, topic: &str) -> KafkaConfig {
    plaintext(brokers, &format!("{topic}-out"))
}

/// The number of the frame that an output was made of is its own.
fn sequences(values: &[strictframe_dashflow::transport::Delivered]) -> BTreeMap<String, Vec<u64>> {
    let mut found = BTreeMap::<String, Vec<u64>>::new();
    for value in values {
        let head = peek(&value.value, &Limits::DEFAULT).unwrap();
        let thread = head.thread.unwrap().to_owned();
        found.entry(thread).or_default().push(head.sequence.unwrap());
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_is_killed_leaves_each_frame_made_exactly_once() {
    if let (Ok(brokers), Ok(topic)) = (std::env::var(BROKERS), std::env::var(TOPIC)) {
        return make_until_killed(&brokers, &topic).await;
    }
    let _alive = ALIVE.read().await;
    let brokers = single().address(Listener::Plaintext).unwrap();
    let topic = new_name();
    let (from, to) = (input(&brokers, &topic), output(&brokers, &topic));
    make_topic(&from, 1, &[]).await;
    make_topic(&to, 2, &[]).await;
    let sink = KafkaSink::connect(&from).await.unwrap();
    sink.announce(Definition::envelope()).await.unwrap();
    let mut receipts = Vec::new();
    for number in 1..=EACH {
        receipts.extend(THREADS.map(|thread| sink.send(frame(thread, number))));
    }
    for receipt in receipts {
        receipt.await.unwrap();
    }
    let expected: BTreeMap<String, Vec<u64>> =
        THREADS.iter().map(|thread| ((*thread).to_owned(), (1..=EACH).collect())).collect();
    let mut kills = 0;
    loop {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture"])
            .arg("exactly_once::a_program_that_is_killed_leaves_each_frame_made_exactly_once")
            .env(BROKERS, &brokers)
            .env(TOPIC, &topic)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Longer from kill to kill, so that a machine that is busy gets there as well.
        let time = Duration::from_millis(700 + 300 * kills);
        tokio::time::sleep(time).await;
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
        let mut source = KafkaSource::connect(&to, &Start::Earliest).await.unwrap();
        let found = sequences(&drain(&mut source).await);
        for (thread, numbers) in &found {
            let due = expected.get(thread).unwrap();
            assert_eq!(numbers[..], due[..numbers.len()], "{thread} after {kills} kills");
        }
        if found == expected {
            break;
        }
        assert!(kills < 60, "{:?}", found.values().map(Vec::len).collect::<Vec<_>>());
    }
    assert!(kills > 1, "nothing was killed in the middle");
}

/// Makes one frame of each, a few in each transaction, slowly.
async fn make_until_killed(brokers: &str, topic: &str) {
    let mut transactions = Transactions::connect(&output(brokers, topic), topic).await.unwrap();
    transactions.announce(Definition::envelope()).await.unwrap();
    // Not before what a dead one began is undone: its positions are not certain until then.
    let mut source = KafkaSource::connect(&input(brokers, topic), &Start::Committed).await.unwrap();
    let (mut frames, mut next) = (Vec::new(), BTreeMap::new());
    loop {
        let received = tokio::time::timeout(Duration::from_secs(5), source.receive()).await;
        if let Ok(Ok(Received::Delivered(value))) = received {
            let head = peek(&value.value, &Limits::DEFAULT).unwrap();
            frames.push(frame(head.thread.unwrap(), head.sequence.unwrap()));
            next.insert(value.position.partition, value.position.next());
            if frames.len() < 7 {
                continue;
            }
        }
        if !frames.is_empty() {
            let done: Vec<Position> = next.values().copied().collect();
            transactions.commit(&source, &frames, &done).await.unwrap();
            (frames, next) = Default::default();
        }
    }
}

#[tokio::test]
async fn a_transaction_that_is_refused_leaves_nothing_and_may_be_tried_again() {
    let _alive = ALIVE.read().await;
    let brokers = single().address(Listener::Plaintext).unwrap();
    let topic = new_name();
    let (from, to) = (input(&brokers, &topic), output(&brokers, &topic));
    make_topic(&from, 1, &[]).await;
    make_topic(&to, 1, &[]).await;
    let sink = KafkaSink::connect(&from).await.unwrap();
    sink.announce(Definition::envelope()).await.unwrap();
    sink.send(frame("a", 1)).await.unwrap();
    let mut source = KafkaSource::connect(&from, &Start::Committed).await.unwrap();
    let at = crate::suite::delivered(&mut source).await.position;

    let mut first = Transactions::connect(&to, &topic).await.unwrap();
    // A frame whose schema nobody was told is refused before anything is begun.
    let error = first.commit(&source, &[frame("a", 1)], &[at.next()]).await.unwrap_err();
    assert_eq!((error.class(), error.name()), (ErrorClass::Permanent, "Unannounced"));
    first.announce(Definition::envelope()).await.unwrap();
    // A source without a group has no position to keep.
    let alone = KafkaSource::connect(&to, &Start::Earliest).await.unwrap();
    let error = first.commit(&alone, &[frame("a", 1)], &[at.next()]).await.unwrap_err();
    assert_eq!(error.name(), "NoGroup");

    // Whoever comes with the same id takes over, and the one before is told so.
    let mut second = Transactions::connect(&to, &topic).await.unwrap();
    second.announce(Definition::envelope()).await.unwrap();
    let error = first.commit(&source, &[frame("a", 8)], &[at.next()]).await.unwrap_err();
    assert_eq!((error.class(), error.name()), (ErrorClass::Fatal, "Fenced"), "{error}");
    second.commit(&source, &[frame("a", 1), frame("a", 2)], &[at.next()]).await.unwrap();
    drop(source);

    let mut made = KafkaSource::connect(&to, &Start::Earliest).await.unwrap();
    let found = sequences(&drain(&mut made).await);
    assert_eq!(found, BTreeMap::from([("a".to_owned(), vec![1, 2])]));
    // The position is kept with the group.
    let mut again = KafkaSource::connect(&from, &Start::Committed).await.unwrap();
    assert_eq!(drain(&mut again).await, []);
}
