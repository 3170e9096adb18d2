//! P1 on brokers: traces of many threads in one pass, whatever stands between their messages and whichever partition gives nothing.

use core::time::Duration;
use std::time::Instant;

use bytes::Bytes;
use rdkafka::admin::TopicReplication;
use rdkafka::producer::{BaseProducer, FutureProducer, FutureRecord, Producer as _};
use strictframe::core::checksum;
use strictframe_broker::Listener;
use strictframe_dashflow::config::KafkaConfig;
use strictframe_dashflow::trace::{
    CollectOptions, Collection, Ended, Progress, ThreadState, Until, collect_traces,
};
use strictframe_dashflow::transport::kafka::{KafkaSink, KafkaSource, client_config};
use strictframe_dashflow::transport::{Definition, ErrorClass, Sink as _, Start};
use strictframe_dashflow::v1::EventType;

use crate::place::{
    ALIVE, CLUSTER, PATIENCE, cluster, eventually, make_replicated, make_topic, new_name,
    plaintext, single,
};
use crate::support::{is_big, thread};
use crate::trace_world::{Message, event, frame};

const PARTITIONS: u32 = 8;

fn partition_of(name: &str) -> u32 {
    checksum::crc32c(name.as_bytes()) % PARTITIONS
}

/// A graph of so many nodes, one after another.
fn run(nodes: usize) -> Vec<Message> {
    let mut messages = vec![event(EventType::GraphStart, "").into()];
    for node in 0..nodes {
        let node = format!("node {node}");
        messages.push(event(EventType::NodeStart, &node).into());
        messages.push(event(EventType::NodeEnd, &node).into());
    }
    messages.push(event(EventType::GraphEnd, "").into());
    messages
}

/// The frames of a run, of so many messages each.
fn frames(name: &str, nodes: usize, each: usize) -> Vec<Bytes> {
    let messages = run(nodes);
    let chunks = (0..).zip(messages.chunks(each));
    chunks.map(|(index, part)| frame(name, 1, index * each as u64 + 1, part.to_vec())).collect()
}

fn poison(frame: &Bytes) -> Bytes {
    let mut bytes = frame.to_vec();
    bytes[40] ^= 1;
    bytes.into()
}

async fn announce(config: &KafkaConfig) {
    let sink = KafkaSink::connect(config).await.unwrap();
    sink.announce(Definition::envelope()).await.unwrap();
}

/// Sends each value to the partition of its thread, in this order, as whoever writes to a topic may.
async fn send(config: &KafkaConfig, values: &[(String, Bytes)]) {
    let raw: FutureProducer = client_config(config).create().unwrap();
    let mut receipts = Vec::new();
    for (name, value) in values {
        let partition = i32::try_from(partition_of(name)).unwrap();
        let record = FutureRecord::to(&config.topic).partition(partition);
        let record = record.key(name.as_bytes()).payload(&value[..]);
        receipts.push(raw.send_result(record).map_err(|(error, _)| error).unwrap());
    }
    for receipt in receipts {
        receipt.await.unwrap().map_err(|(error, _)| error).unwrap();
    }
}

async fn collect(
    source: KafkaSource,
    names: &[String],
    until: Until,
    within: Duration,
) -> Collection {
    collect_telling(source, names, until, within, |_| {}).await
}

/// The same, and `told` hears how many messages there are.
async fn collect_telling(
    source: KafkaSource,
    names: &[String],
    until: Until,
    within: Duration,
    told: impl Fn(u64),
) -> Collection {
    let names: Vec<_> = names.iter().map(|name| thread(name)).collect();
    let mut options = CollectOptions::default();
    options.until = until;
    let deadline = Instant::now() + within;
    let told = |progress: &Progress| told(progress.messages);
    let found = collect_traces(source, names, deadline, options, told).await.unwrap();
    let late = deadline.elapsed();
    assert!(late < Duration::from_millis(1_500), "{late:?} behind the deadline");
    found
}

async fn source(config: &KafkaConfig) -> KafkaSource {
    KafkaSource::connect(config, &Start::Earliest).await.unwrap()
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("run-{number:03}")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p1_of_many_threads_the_whole_are_complete_and_what_others_lack_is_named() {
    let _alive = ALIVE.read().await;
    let config = plaintext(&single().address(Listener::Plaintext).unwrap(), &new_name());
    make_topic(&config, PARTITIONS as i32, &[]).await;
    let mut asked = names(50);
    let (mut values, mut refused) = (Vec::new(), 0_u64);
    for index in 0..4 {
        for (number, name) in asked.iter().enumerate() {
            let frames = frames(name, 3, 2);
            assert_eq!(frames.len(), 4);
            // One has no end, and one a hole.
            if (number, index) == (7, 3) || (number, index) == (9, 1) {
                continue;
            }
            if number % 5 == index {
                values.push((name.clone(), poison(&frames[index])));
                refused += 1;
            }
            values.push((name.clone(), frames[index].clone()));
        }
        values.push(("poisoned".to_owned(), poison(&frames("poisoned", 3, 2)[index])));
        values.push((format!("stranger {index}"), Bytes::from_static(b"what is no frame")));
        values.push(("other".to_owned(), frames("other", 3, 2)[index].clone()));
        refused += 2;
    }
    announce(&config).await;
    send(&config, &values).await;

    asked.extend(["nowhere".to_owned(), "poisoned".to_owned()]);
    let found = collect(source(&config).await, &asked, Until::CaughtUp, PATIENCE).await;
    assert_eq!(found.ended, Ended::CaughtUp, "{:?}", found.source_errors);
    assert_eq!((found.partitions.len(), found.unread().count()), (PARTITIONS as usize, 0));
    assert_eq!(found.values, values.len() as u64);
    assert_eq!(
        (found.refused.values().sum::<u64>(), found.lost),
        (refused, 0),
        "{:?}",
        found.refused
    );
    assert_eq!(found.refused.get("SF-0313"), Some(&(refused - 4)), "{:?}", found.refused);
    let refusal =
        found.refusals.iter().find(|refusal| refusal.thread.as_deref() == Some("run-000"));
    assert_eq!(refusal.unwrap().partition, partition_of("run-000"));
    for (number, name) in asked.iter().enumerate() {
        let thread = found.thread(name).unwrap();
        match (number, &thread.state) {
            (7, ThreadState::Incomplete(lacks)) => {
                assert_eq!((lacks.start, lacks.end, lacks.gaps.len()), (false, true, 0));
            }
            (9, ThreadState::Incomplete(lacks)) => {
                let [gap] = &lacks.gaps[..] else { panic!("{lacks:?}") };
                assert_eq!((gap.from, gap.to, lacks.end), (3, 4, false));
            }
            (50, ThreadState::Missing { is_certain: true }) => {}
            (51, ThreadState::Refused { code, count: 4, .. }) => assert_eq!(code, "SF-0313"),
            (_, ThreadState::Complete) => {
                assert!(number < 50 && number != 7 && number != 9, "{name}");
                let [run] = &thread.runs[..] else { panic!("one run") };
                assert!(run.completed && thread.messages == 8, "{name}");
                assert_eq!(thread.refused, u64::from(number % 5 < 4), "{name}");
            }
            (_, state) => panic!("{name}: {state:?}"),
        }
    }
    // And when none are named: all that there are.
    let all = collect(source(&config).await, &[], Until::CaughtUp, PATIENCE).await;
    assert!(all.thread("other").is_some_and(|other| other.state == ThreadState::Complete));
}

/// The partitions that this broker leads, or that nobody leads where none is named.
async fn led_by(config: &KafkaConfig, broker: Option<usize>) -> Vec<u32> {
    let id = broker.map_or(-1, |index| i32::try_from(index).unwrap() + 1);
    eventually(async || {
        let config = config.clone();
        let ask = move || {
            let client: BaseProducer = client_config(&config).create().unwrap();
            client.client().fetch_metadata(Some(&config.topic), PATIENCE)
        };
        let found = tokio::task::spawn_blocking(ask).await.unwrap();
        let found = found.map_err(|error| error.to_string())?;
        let partitions = found.topics()[0].partitions();
        // Whoever was asked may know nothing of it yet.
        if partitions.len() != PARTITIONS as usize {
            return Err(format!("{} partitions", partitions.len()));
        }
        let led = partitions.iter().filter(|partition| partition.leader() == id);
        Ok(led.map(|partition| u32::try_from(partition.id()).unwrap()).collect())
    })
    .await
}

/// A topic each of whose partitions is on one broker of the cluster, so that nobody else can lead it.
async fn scattered() -> KafkaConfig {
    let config = plaintext(&cluster().addresses(), &new_name());
    let (once, settings) = (TopicReplication::Fixed(1), [("min.insync.replicas", "1")]);
    make_replicated(&config, PARTITIONS as i32, once, &settings).await;
    config
}

const DEAD: usize = 1;

/// Kills a broker, and waits until others know; gives the partitions that nobody leads then.
async fn kill(config: &KafkaConfig) -> Vec<u32> {
    let led = led_by(config, Some(DEAD)).await;
    assert!(!led.is_empty() && led.len() < PARTITIONS as usize, "{led:?}");
    tokio::task::spawn_blocking(|| cluster().kill(DEAD).unwrap()).await.unwrap();
    eventually(async || {
        let dead = led_by(config, None).await;
        if dead == led { Ok(dead) } else { Err(format!("nobody leads {dead:?} of {led:?}")) }
    })
    .await
}

async fn start() {
    tokio::task::spawn_blocking(|| cluster().start(DEAD).unwrap()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p1_partitions_that_give_nothing_more_hold_up_no_deadline_and_no_other() {
    let _alone = CLUSTER.lock().await;
    let (config, names) = (scattered().await, names(40));
    let halves = |half: usize| {
        names.iter().map(move |name| (name.clone(), frames(name, 3, 4)[half].clone()))
    };
    announce(&config).await;
    send(&config, &halves(0).collect::<Vec<_>>()).await;

    // Long enough for a broker's death to be known, and short enough not to be waited out otherwise.
    let within = Duration::from_secs(40);
    let (read, is_read) = tokio::sync::watch::channel(0);
    let reading = tokio::spawn({
        let (source, names) = (source(&config).await, names.clone());
        async move {
            collect_telling(source, &names, Until::Completed, within, |messages| {
                read.send_replace(messages);
            })
            .await
        }
    });
    let all = 4 * names.len() as u64;
    is_read.clone().wait_for(|messages| *messages == all).await.unwrap();
    let dead = kill(&config).await;
    let is_dead = |name: &str| dead.contains(&partition_of(name));
    let rest: Vec<_> = halves(1).filter(|(name, _)| !is_dead(name)).collect();
    send(&config, &rest).await;
    let found = reading.await;
    start().await;
    let found = found.unwrap();
    assert_eq!(found.ended, Ended::Deadline);
    for thread in &found.threads {
        match &thread.state {
            ThreadState::Complete => assert!(!is_dead(&thread.thread), "{}", thread.thread),
            ThreadState::Incomplete(lacks) => {
                assert!(is_dead(&thread.thread) && lacks.end && !lacks.start, "{}", thread.thread);
            }
            state => panic!("{}: {state:?}", thread.thread),
        }
    }
    // When it is back the rest comes, and it is not waited for any longer.
    let rest: Vec<_> = halves(1).filter(|(name, _)| is_dead(name)).collect();
    send(&config, &rest).await;
    let found = collect(source(&config).await, &names, Until::Completed, PATIENCE).await;
    assert_eq!(found.ended, Ended::Completed);
    assert!(found.threads.iter().all(|thread| thread.state == ThreadState::Complete));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p1_a_partition_that_nobody_leads_may_be_led_again_and_is_not_called_unknown() {
    let _alone = CLUSTER.lock().await;
    let mut config = scattered().await;
    config.operation_timeout = Duration::from_secs(3);
    let dead = kill(&config).await;
    let begun = Instant::now();
    let refused = KafkaSource::connect(&config, &Start::Earliest).await;
    let took = begun.elapsed();
    start().await;
    let error = refused.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Retryable, "{}: {error}", error.name());
    // A broker that was asked first may not have heard of the death.
    let names = ["Unavailable", "Unreachable", "TimedOut"];
    assert!(names.contains(&error.name()), "{}: {error}", error.name());
    let of_dead = dead.iter().any(|dead| error.to_string().contains(&format!("partition {dead}")));
    assert!(of_dead || error.name() != "Unavailable", "{error}");
    assert!((Duration::from_secs(3)..Duration::from_secs(30)).contains(&took), "{took:?}");
    eventually(async || KafkaSource::connect(&config, &Start::Earliest).await).await;
}

/// With `STRICTFRAME_BIG=1` a million messages, otherwise 20,000.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p1_a_thousand_threads_are_collected_at_five_times_the_speed_of_one_after_another() {
    let _alive = ALIVE.read().await;
    let config = plaintext(&single().address(Listener::Plaintext).unwrap(), &new_name());
    make_topic(&config, PARTITIONS as i32, &[]).await;
    let (names, nodes, each) =
        (names(1_000), if is_big() { 499 } else { 9 }, if is_big() { 50 } else { 5 });
    let (mut values, mut refused) = (Vec::new(), 0_u64);
    for name in &names {
        for frame in frames(name, nodes, each) {
            if values.len() % 100 == 0 {
                values.push((name.clone(), poison(&frame)));
                refused += 1;
            }
            values.push((name.clone(), frame));
        }
    }
    announce(&config).await;
    send(&config, &values).await;
    let within = if is_big() { 4 * PATIENCE } else { PATIENCE };
    let found = collect(source(&config).await, &names, Until::CaughtUp, within).await;
    assert_eq!(found.ended, Ended::CaughtUp, "{:?}", found.source_errors);
    assert_eq!(found.refused.get("SF-0313"), Some(&refused));
    assert_eq!(found.messages, 1_000 * (2 * nodes as u64 + 2));
    assert!(found.threads.iter().all(|thread| thread.state == ThreadState::Complete));

    // The best that one after another can do: each reading ends with the end of its thread. Of a sample, since all would take an hour.
    let sample: Vec<_> = names.iter().step_by(names.len() / 8).cloned().collect();
    let begun = Instant::now();
    for name in &sample {
        let one =
            collect(source(&config).await, core::slice::from_ref(name), Until::Completed, within)
                .await;
        assert_eq!(one.threads[0].state, ThreadState::Complete);
    }
    let all = u32::try_from(names.len() / sample.len()).unwrap();
    let one_by_one = begun.elapsed() * all;
    let ratio = one_by_one.as_secs_f64() / found.took.as_secs_f64();
    println!(
        "{} messages in {} values at once in {:.2?}; one thread after another {one_by_one:.0?} (by a sample of {}): {ratio:.0} times",
        found.messages,
        found.values,
        found.took,
        sample.len(),
    );
    assert!(ratio >= 5.0, "{ratio}");
}
