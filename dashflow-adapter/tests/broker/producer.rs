//! The producer on brokers that die and stay away: nothing that was acknowledged is lost, and the account adds up.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use strictframe::{BatchLimits, Limits};
use strictframe_broker::Listener;
use strictframe_dashflow::config::KafkaConfig;
use strictframe_dashflow::producer::{CloseReport, Overflow, Producer, ProducerConfig};
use strictframe_dashflow::transport::Start;
use strictframe_dashflow::transport::kafka::{KafkaSink, KafkaSource};
use strictframe_dashflow::{ThreadId, Unframer};

use crate::place::{ALIVE, CLUSTER, cluster, make_topic, new_name, plaintext, single};
use crate::suite::drain;
use crate::support::event;

/// The messages of a topic by threads: epoch and sequence number in the order of the log, once for each id. Also how many came more than once.
async fn read(config: &KafkaConfig) -> (BTreeMap<String, Vec<(u64, u64)>>, usize) {
    let mut source = KafkaSource::connect(config, &Start::Earliest).await.unwrap();
    let mut unframer = Unframer::new(Limits::DEFAULT).unwrap();
    let (mut threads, mut ids, mut again) = (BTreeMap::<_, Vec<_>>::new(), BTreeSet::new(), 0);
    for delivered in drain(&mut source).await {
        let unframed = unframer.unframe(&delivered.value).unwrap();
        let epoch = unframed.head.epoch.unwrap();
        for message in unframed.messages {
            let header = message.header().unwrap();
            if ids.insert(header.message_id.clone()) {
                let numbers = threads.entry(header.thread_id.clone()).or_default();
                numbers.push((epoch, header.sequence));
            } else {
                again += 1;
            }
        }
    }
    (threads, again)
}

fn config(capacity: usize, overflow: Overflow) -> ProducerConfig {
    let mut config = ProducerConfig::default().with_lanes(capacity, overflow);
    config.retry.deadline_ms = 180_000;
    config.with_batch(Some(BatchLimits::default()))
}

/// Sends so many messages of eight threads, waiting for room, and lets something happen in the middle.
async fn send_through(producer: &Producer, count: usize, disturb: Vec<Box<dyn FnOnce() + Send>>) {
    let senders: Vec<_> = (0..8)
        .map(|number| producer.thread(ThreadId::new(&format!("run {number}")).unwrap()))
        .collect();
    let step = count / (disturb.len() + 1);
    let mut disturb = disturb.into_iter();
    let mut disturbing = Vec::new();
    for number in 0..count {
        let sender = &senders[number % senders.len()];
        sender.send_async(event(&number.to_string())).await.unwrap();
        if number % step == step - 1
            && let Some(disturb) = disturb.next()
        {
            disturbing.push(tokio::task::spawn_blocking(disturb));
        }
    }
    for disturbed in disturbing {
        disturbed.await.unwrap();
    }
}

/// All of them are there, in the order of their threads.
async fn check(config: &KafkaConfig, report: &CloseReport, count: usize) {
    assert_eq!((report.sent, report.delivered), (count as u64, count as u64), "{report:?}");
    let (threads, again) = read(config).await;
    for (name, numbers) in &threads {
        let expected: Vec<u64> = (1..=(count / 8) as u64).collect();
        let found: Vec<u64> = numbers.iter().map(|(_, sequence)| *sequence).collect();
        assert!(found == expected, "{name}: {} numbers of {}", found.len(), expected.len());
    }
    assert_eq!(threads.len(), 8);
    println!(
        "{count} messages, {again} of them twice before they were told apart, {} retries",
        report.retries
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_a_single_broker_killed_during_100_000_sends_loses_nothing() {
    let _alone = ALIVE.write().await;
    let single = single();
    let kafka = plaintext(&single.address(Listener::Plaintext).unwrap(), &new_name());
    make_topic(&kafka, 3, &[]).await;
    let sink = KafkaSink::connect(&kafka).await.unwrap();
    let producer = Producer::builder(sink).config(config(1_000, Overflow::Block)).start().unwrap();
    let disturb = move || {
        single.kill().unwrap();
        single.start().unwrap();
    };
    send_through(&producer, 100_000, vec![Box::new(disturb)]).await;
    let report = producer.close(Duration::from_secs(180)).await.unwrap();
    check(&kafka, &report, 100_000).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_a_cluster_whose_brokers_are_killed_one_after_another_during_100_000_sends_loses_nothing()
 {
    let _alone = CLUSTER.lock().await;
    let cluster = cluster();
    let kafka = plaintext(&cluster.addresses(), &new_name());
    make_topic(&kafka, 3, &[]).await;
    let sink = KafkaSink::connect(&kafka).await.unwrap();
    let producer = Producer::builder(sink).config(config(1_000, Overflow::Block)).start().unwrap();
    let turn = std::sync::Arc::new(std::sync::Mutex::new(()));
    let disturb = [0, 1].map(|index| -> Box<dyn FnOnce() + Send> {
        let (cluster, turn) = (cluster.clone(), std::sync::Arc::clone(&turn));
        Box::new(move || {
            // Two of three must be there at any moment.
            let _turn = turn.lock().unwrap();
            cluster.kill(index).unwrap();
            cluster.start(index).unwrap();
        })
    });
    send_through(&producer, 100_000, disturb.into()).await;
    let report = producer.close(Duration::from_secs(180)).await.unwrap();
    check(&kafka, &report, 100_000).await;
}

/// How often this thread has waited for something, and the memory that the process has, in bytes.
fn waits_and_memory() -> (u64, u64) {
    let number = |path: &str, name: &str| -> u64 {
        let text = std::fs::read_to_string(path).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    };
    let waits = number("/proc/thread-self/status", "voluntary_ctxt_switches:");
    (waits, number("/proc/self/status", "VmRSS:") * 1024)
}

/// So long a broker is away: short unless `STRICTFRAME_AWAY_SECS` says otherwise.
fn away() -> Duration {
    let seconds = std::env::var("STRICTFRAME_AWAY_SECS").ok();
    Duration::from_secs(seconds.map_or(8, |seconds| seconds.parse().unwrap()))
}

#[tokio::test(flavor = "multi_thread")]
async fn r2_a_broker_that_is_away_holds_up_nobody_and_the_spool_is_drained_when_it_is_back() {
    let _alone = ALIVE.write().await;
    let single = single();
    let mut kafka = plaintext(&single.address(Listener::Plaintext).unwrap(), &new_name());
    // What librdkafka keeps trying for; the producer's own deadline comes then.
    kafka.operation_timeout = Duration::from_secs(2);
    make_topic(&kafka, 3, &[]).await;
    let folder = tempfile::tempdir().unwrap();
    let sink = KafkaSink::connect(&kafka).await.unwrap();
    let mut settings = config(1_000, Overflow::DropOldest).with_spool(folder.path(), 1 << 30);
    settings.retry.deadline_ms = 3_000;
    let producer = Producer::builder(sink).config(settings).start().unwrap();
    let senders: Vec<_> = (0..8)
        .map(|number| producer.thread(ThreadId::new(&format!("run {number}")).unwrap()))
        .collect();
    let sending = std::thread::spawn(move || {
        let (_, before) = waits_and_memory();
        let (begun, mut most, mut slowest, mut waited, mut sent) =
            (Instant::now(), before, Duration::ZERO, 0, 0_u64);
        while begun.elapsed() < away() + Duration::from_secs(4) {
            let messages: Vec<_> = (0..50).map(|number: u32| event(&number.to_string())).collect();
            let (waits, memory) = waits_and_memory();
            for (message, sender) in messages.into_iter().zip(senders.iter().cycle()) {
                let at = Instant::now();
                sender.send(message).unwrap();
                slowest = slowest.max(at.elapsed());
                sent += 1;
            }
            waited += waits_and_memory().0 - waits;
            most = most.max(memory);
            std::thread::sleep(Duration::from_millis(10));
        }
        (sent, waited, slowest, most.saturating_sub(before))
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (other, time) = (single.clone(), away());
    tokio::task::spawn_blocking(move || {
        other.kill().unwrap();
        std::thread::sleep(time);
        other.start().unwrap();
    })
    .await
    .unwrap();
    let (sent, waited, slowest, grown) = sending.join().unwrap();
    println!(
        "away for {:?}: {sent} sent, waited {waited} times, slowest {slowest:?}, {} MiB more memory",
        away(),
        grown >> 20
    );
    assert_eq!(waited, 0, "a sender has waited");
    assert!(grown < 128 << 20, "{grown} bytes");
    // The spool is drained once the broker is back.
    let (mut there, mut same) = (0, 0);
    while same < 4 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let found: usize = read(&kafka).await.0.values().map(Vec::len).sum();
        same = if found == there && found > 0 { same + 1 } else { 0 };
        there = found;
    }
    let report = producer.close(Duration::from_secs(60)).await.unwrap();
    println!("{report:?}");
    assert_eq!((report.sent, report.accounted(), report.spooled), (sent, sent, 0), "{report:?}");
    let (threads, _) = read(&kafka).await;
    let there: u64 = threads.values().map(|numbers| numbers.len() as u64).sum();
    assert_eq!(there, report.delivered, "{report:?}");
    for (name, numbers) in &threads {
        assert!(numbers.is_sorted(), "{name} is out of order");
    }
}
