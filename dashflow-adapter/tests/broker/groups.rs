//! Members of a group that come, and consumers that are killed and started again.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use strictframe_broker::Listener;
use strictframe_dashflow::ThreadId;
use strictframe_dashflow::config::KafkaConfig;
use strictframe_dashflow::consumer::{Consumer, ConsumerOptions, Item, Order, StateFile};
use strictframe_dashflow::producer::{Overflow, Producer, ProducerConfig};
use strictframe_dashflow::transport::kafka::{KafkaSink, KafkaSource};
use strictframe_dashflow::transport::{Definition, Position, Sink as _, Start};

use crate::place::{
    ALIVE, PATIENCE, Topic, config, in_time, make_topic, new_name, plaintext, single,
};
use crate::suite::{Place as _, drain};
use crate::support::{event, frame};

/// A member of a group, and what it was given.
struct Member {
    consumer: Consumer<KafkaSource>,
    /// What it was told of partitions: whether they came or went, and which.
    told: Vec<(bool, Vec<u32>)>,
    assigned: BTreeSet<u32>,
    caught_up: BTreeSet<u32>,
    given: Vec<Position>,
}

impl Member {
    async fn join(config: &KafkaConfig) -> Self {
        let source = KafkaSource::connect(config, &Start::Committed).await.unwrap();
        let consumer = Consumer::new(source, ConsumerOptions::default()).unwrap();
        let (told, assigned, caught_up, given) = Default::default();
        Self { consumer, told, assigned, caught_up, given }
    }

    async fn take(&mut self, item: Item) {
        match item {
            Item::Assigned(partitions) => {
                self.assigned.extend(&partitions);
                self.told.push((true, partitions));
            }
            Item::Revoked(partitions) => {
                for partition in &partitions {
                    assert!(self.assigned.remove(partition), "{partition} was not here");
                    self.caught_up.remove(partition);
                }
                self.told.push((false, partitions));
                // What is others' now is not committed any more.
                self.consumer.commit().await.unwrap();
            }
            Item::CaughtUp { partition } => _ = self.caught_up.insert(partition),
            Item::Messages(messages) => {
                assert!(self.assigned.contains(&messages.position.partition));
                self.given.push(messages.position);
            }
            other => panic!("{other:?}"),
        }
    }

    fn is_done(&self) -> bool {
        !self.assigned.is_empty() && self.assigned == self.caught_up
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_that_comes_gets_what_was_not_committed_and_none_is_given_anything_twice() {
    let topic = Topic::new().await;
    let sink = topic.sink().await;
    sink.announce(Definition::envelope()).await.unwrap();
    let mut all = BTreeSet::new();
    for number in 0..90 {
        let frame = frame(&format!("thread {}", number % 30), number + 1);
        all.insert(sink.send(frame).await.unwrap());
    }
    let mut config = topic.config.clone();
    config.group_id = Some(config.topic.clone());
    let mut first = Member::join(&config).await;
    while !first.is_done() {
        let item = in_time(first.consumer.next()).await.unwrap();
        first.take(item).await;
    }
    assert_eq!(first.given.iter().copied().collect::<BTreeSet<_>>(), all);

    // Nothing is committed when the second one comes.
    let mut second = Member::join(&config).await;
    in_time(async {
        while !(first.is_done() && second.is_done()) {
            tokio::select! {
                item = first.consumer.next() => first.take(item.unwrap()).await,
                item = second.consumer.next() => second.take(item.unwrap()).await,
            }
        }
    })
    .await;
    let every = vec![0, 1, 2];
    let kept: Vec<u32> = first.assigned.iter().copied().collect();
    assert_eq!(first.told, [(true, every.clone()), (false, every), (true, kept)]);
    assert_eq!(second.told, [(true, second.assigned.iter().copied().collect())]);
    assert_eq!(first.assigned.union(&second.assigned).count(), 3);
    assert!(first.assigned.is_disjoint(&second.assigned));
    // The second one has all of its partitions, each in its order; the first one was given nothing again, and has counted it.
    let of_second = all.iter().filter(|position| second.assigned.contains(&position.partition));
    let mut given = second.given.clone();
    given.sort_by_key(|position| position.partition);
    assert!(given.iter().eq(of_second), "{given:?}");
    assert_eq!(first.given.len(), all.len());
    assert_eq!(first.consumer.counts().duplicates, (all.len() - given.len()) as u64);

    // Each commits its own, and nothing is left.
    first.consumer.commit().await.unwrap();
    second.consumer.commit().await.unwrap();
    drop((first, second));
    let mut next = KafkaSource::connect(&config, &Start::Committed).await.unwrap();
    assert_eq!(drain(&mut next).await, []);
}

const BROKERS: &str = "STRICTFRAME_BROKERS_OF_CONSUMER";
const TOPIC: &str = "STRICTFRAME_TOPIC_OF_CONSUMER";
const FOLDER: &str = "STRICTFRAME_FOLDER_OF_CONSUMER";
const LOG: &str = "log";
/// Messages of each run of the producer, in two threads.
const EACH: u64 = 150;

/// What a consumer says it was given and has committed.
#[derive(Debug)]
enum Line {
    Given {
        offset: u64,
        order: String,
        message: (String, u64, u64),
    },
    Committed {
        next: u64,
    },
    /// It has come to the end of what there is.
    End,
}

fn lines(path: &Path) -> Vec<Line> {
    let text = fs::read_to_string(path).unwrap_or_default();
    // The last line may be cut.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let line = |line: &str| match line.split(' ').collect::<Vec<_>>()[..] {
        ["end"] => Line::End,
        ["committed", next] => Line::Committed { next: next.parse().unwrap() },
        ["given", offset, order, thread, epoch, sequence] => Line::Given {
            offset: offset.parse().unwrap(),
            order: order.to_owned(),
            message: (thread.to_owned(), epoch.parse().unwrap(), sequence.parse().unwrap()),
        },
        _ => panic!("{line}"),
    };
    whole.lines().map(line).collect()
}

/// One partition of a group, so that nobody waits until a dead member is missed.
fn input(brokers: &str, topic: &str) -> KafkaConfig {
    config(&[
        ("KAFKA_BROKERS", brokers),
        ("KAFKA_TOPIC", topic),
        ("KAFKA_GROUP_ID", topic),
        ("KAFKA_PARTITION", "0"),
        ("KAFKA_SECURITY_PROTOCOL", "plaintext"),
        ("KAFKA_OPERATION_TIMEOUT_SECS", "120"),
    ])
}

/// Reads, says what it was given, and commits now and then, until it is killed.
async fn read_until_killed(config: &KafkaConfig, folder: &Path) {
    let source = KafkaSource::connect(config, &Start::Committed).await.unwrap();
    let consumer = Consumer::new(source, ConsumerOptions::default()).unwrap();
    let file = StateFile::new(folder.join("state")).unwrap();
    let mut consumer = consumer.with_state(file, true).unwrap();
    let mut log = File::create(folder.join(LOG)).unwrap();
    let mut frames = 0;
    loop {
        let found = match consumer.next().await.unwrap() {
            Item::Messages(found) => found,
            Item::CaughtUp { .. } => {
                writeln!(log, "end").unwrap();
                continue;
            }
            Item::Assigned(_) => continue,
            other => panic!("{other:?}"),
        };
        for numbered in &found.messages {
            let header = numbered.message.header().unwrap();
            let order = match numbered.order {
                Order::First => "first".to_owned(),
                Order::Next => "next".to_owned(),
                other => format!("{other:?}").replace(' ', ""),
            };
            let (thread, sequence) = (&header.thread_id, header.sequence);
            let (offset, epoch) = (found.position.offset, found.epoch.unwrap());
            writeln!(log, "given {offset} {order} {thread} {epoch} {sequence}").unwrap();
        }
        frames += 1;
        if frames % 7 == 0 {
            consumer.commit().await.unwrap();
            writeln!(log, "committed {}", found.position.next().offset).unwrap();
        }
    }
}

/// A run of the producer, with an epoch of its own.
async fn produce(config: &KafkaConfig, spool: &Path) {
    let sink = KafkaSink::connect(config).await.unwrap();
    let settings = ProducerConfig::default().with_lanes(1_000, Overflow::Block);
    let settings = settings.with_batch(None).with_spool(spool, 1 << 20);
    let producer = Producer::builder(sink).config(settings).start().unwrap();
    let threads = ["a", "b"].map(|name| producer.thread(ThreadId::new(name).unwrap()));
    for number in 0..EACH {
        for thread in &threads {
            thread.send_async(event(&number.to_string())).await.unwrap();
        }
    }
    let report = in_time(producer.close(PATIENCE)).await.unwrap();
    assert_eq!(report.delivered, 2 * EACH, "{report:?}");
}

/// Starts a consumer, kills it when it has said so much or has come to the end, and gives what it said.
async fn kill_after(count: u64, brokers: &str, topic: &str, folder: &Path) -> Vec<Line> {
    let (log, errors) = (folder.join(LOG), folder.join("errors"));
    let _ = fs::remove_file(&log);
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture"])
        .arg("groups::a_consumer_that_is_killed_goes_on_behind_its_commit_and_finds_no_gap_and_nothing_twice")
        .envs([(BROKERS, brokers), (TOPIC, topic)])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .stderr(File::create(&errors).unwrap())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + PATIENCE;
    loop {
        let found = lines(&log);
        let is_at_end = found.iter().any(|line| matches!(line, Line::End));
        if is_at_end || found.len() as u64 >= count {
            break;
        }
        let said = || fs::read_to_string(&errors).unwrap();
        assert!(Instant::now() < deadline, "{} lines of {count}: {}", found.len(), said());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    lines(&log)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consumer_that_is_killed_goes_on_behind_its_commit_and_finds_no_gap_and_nothing_twice() {
    let variables = [BROKERS, TOPIC, FOLDER].map(std::env::var);
    if let [Ok(brokers), Ok(topic), Ok(folder)] = variables {
        return read_until_killed(&input(&brokers, &topic), Path::new(&folder)).await;
    }
    let _alive = ALIVE.read().await;
    let brokers = single().address(Listener::Plaintext).unwrap();
    let topic = new_name();
    let config = plaintext(&brokers, &topic);
    make_topic(&config, 1, &[]).await;
    let folder = tempfile::tempdir().unwrap();
    let spool = folder.path().join("spool");
    produce(&config, &spool).await;
    let mut seen = BTreeMap::new();
    let (mut done, mut last, mut cut) = (0, 0, 0);
    for run in 0_u64.. {
        if seen.len() as u64 == 4 * EACH {
            break;
        }
        // The producer is started again while nobody reads.
        if run == 2 {
            produce(&config, &spool).await;
        }
        let found = kill_after(80 + 10 * run, &brokers, &topic, folder.path()).await;
        cut += u64::from(!found.iter().any(|line| matches!(line, Line::End)));
        let mut next = None;
        for line in found {
            match line {
                Line::End => {}
                Line::Committed { next } => done = next,
                Line::Given { offset, order, message } => {
                    // It goes on where it was kept, which may be further than it came to say.
                    let expected = next.map_or(done..=last, |next| next..=next);
                    assert!(expected.contains(&offset), "{offset} and not {expected:?}");
                    (next, last) = (Some(offset + 1), last.max(offset + 1));
                    let may_be_first = done == 0 && message.2 == 1;
                    let is_right = order == "next" || (may_be_first && order == "first");
                    assert!(is_right, "{order}: {message:?}");
                    // The same one is at the same place.
                    assert_eq!(*seen.entry(message).or_insert(offset), offset);
                }
            }
        }
    }
    println!("killed {cut} times in the middle");
    assert!(cut > 2, "{cut} were killed in the middle");
    let mut epochs: Vec<u64> = seen.keys().map(|(_, epoch, _)| *epoch).collect();
    epochs.sort_unstable();
    epochs.dedup();
    assert_eq!(epochs.len(), 2);
}
