//! P2: batches by bytes, count and age; what comes rarely does not wait.

use core::time::Duration;
use std::time::Instant;

use strictframe_dashflow::producer::{Overflow, Producer, ProducerConfig};
use strictframe_dashflow::transport::memory::{Fate, MemoryLog};
use strictframe_dashflow::v1;

use crate::log::{SOON, batch, quick, read, sequences, token, until};
use crate::support::{noise_of, thread};

fn config(bytes: u32, count: u32, time_ms: u32) -> ProducerConfig {
    let config = quick().with_lanes(10_000, Overflow::DropNewest);
    config.with_batch(Some(batch(bytes, count, time_ms)))
}

#[test]
fn p2_a_batch_is_complete_at_its_count() {
    let log = MemoryLog::new(1);
    let producer =
        Producer::builder(log.sink()).config(config(1 << 20, 10, 60_000)).start().unwrap();
    let run = producer.thread(thread("a"));
    for number in 0..95 {
        run.send(token(&number.to_string())).unwrap();
    }
    until("nine batches", || log.values(0).len() == 9);
    std::thread::sleep(Duration::from_millis(30));
    assert_eq!(read(&log).0, [10; 9]);
    producer.close(SOON).wait().unwrap();
    assert_eq!(read(&log).0, [10, 10, 10, 10, 10, 10, 10, 10, 10, 5]);
}

#[test]
fn p2_a_batch_is_complete_at_its_bytes() {
    let log = MemoryLog::new(1);
    let producer =
        Producer::builder(log.sink()).config(config(10_000, 1_000, 60_000)).start().unwrap();
    let run = producer.thread(thread("a"));
    for _ in 0..40 {
        run.send(token(&"x".repeat(1_000))).unwrap();
    }
    let report = producer.close(SOON).wait().unwrap();
    assert_eq!(report.delivered, 40);
    let (counts, _) = read(&log);
    assert!(counts.iter().all(|count| (1..=9).contains(count)), "{counts:?}");
    assert!(counts.len() <= 7, "{counts:?}");
}

#[test]
fn p2_a_batch_is_complete_at_its_age() {
    let log = MemoryLog::new(1);
    let producer =
        Producer::builder(log.sink()).config(config(1 << 20, 1_000, 50)).start().unwrap();
    let run = producer.thread(thread("a"));
    let begun = Instant::now();
    for number in 0..3 {
        run.send(token(&number.to_string())).unwrap();
    }
    until("the batch", || log.values(0).len() == 1);
    assert!(begun.elapsed() >= Duration::from_millis(50), "{:?}", begun.elapsed());
    assert_eq!(read(&log).0, [3]);
}

#[test]
fn p2_messages_that_come_further_apart_than_a_batch_waits_go_at_once() {
    let log = MemoryLog::new(1);
    let producer =
        Producer::builder(log.sink()).config(config(1 << 20, 1_000, 100)).start().unwrap();
    let run = producer.thread(thread("a"));
    let mut waited = Duration::ZERO;
    for number in 1..=12 {
        let begun = Instant::now();
        run.send(token(&number.to_string())).unwrap();
        until("its frame", || log.values(0).len() == number);
        waited = begun.elapsed();
        // The mean of the gaps grows beyond 100 ms within a few messages.
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(waited < Duration::from_millis(80), "{waited:?}");
    producer.close(SOON).wait().unwrap();
}

#[test]
fn p2_messages_of_all_kinds_and_no_two_threads_are_in_a_batch() {
    let log = MemoryLog::new(1);
    let producer =
        Producer::builder(log.sink()).config(config(1 << 20, 100, 60_000)).start().unwrap();
    for number in 0..50 {
        for name in ["a", "b"] {
            let run = producer.thread(thread(name));
            run.send(token(&number.to_string())).unwrap();
            run.send(v1::Metrics { scope: "quality".to_owned(), ..v1::Metrics::default() })
                .unwrap();
        }
    }
    producer.close(SOON).wait().unwrap();
    // The unframer has compared every message with the thread and the numbers of its frame.
    let (counts, seen) = read(&log);
    assert_eq!(counts, [100, 100]);
    assert_eq!(sequences(&seen)["b"], (1..=100).collect::<Vec<_>>());
}

#[test]
fn p2_while_a_frame_is_on_its_way_the_next_one_of_its_thread_grows() {
    let log = MemoryLog::new(1);
    log.decide(|_| Fate::Hold);
    let producer = Producer::builder(log.sink()).config(config(1 << 20, 100, 1)).start().unwrap();
    let run = producer.thread(thread("a"));
    run.send(token("first")).unwrap();
    until("the first frame", || log.values(0).len() == 1);
    for number in 0..50 {
        run.send(token(&number.to_string())).unwrap();
        std::thread::sleep(Duration::from_millis(1));
    }
    log.release();
    producer.close(SOON).wait().unwrap();
    assert_eq!(read(&log).0, [1, 50]);
}

#[test]
fn p2_a_batch_that_is_too_long_for_the_sink_is_cut() {
    let log = MemoryLog::with_longest(1, 8_000);
    let producer =
        Producer::builder(log.sink()).config(config(1 << 20, 64, 60_000)).start().unwrap();
    let run = producer.thread(thread("a"));
    for seed in 0..64 {
        run.send(token(&noise_of(seed, 1_000))).unwrap();
    }
    let report = producer.close(SOON).wait().unwrap();
    assert_eq!((report.delivered, report.lost()), (64, 0));
    let (counts, seen) = read(&log);
    assert!(
        counts.len() > 4 && log.values(0).iter().all(|value| value.len() <= 8_000),
        "{counts:?}"
    );
    assert_eq!(sequences(&seen)["a"], (1..=64).collect::<Vec<_>>());
}
