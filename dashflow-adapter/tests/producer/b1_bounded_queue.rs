//! B1: one bounded queue and one sender; what happens when it is full is a policy for each priority, and everything is counted.

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::sync::Arc;

use proptest::prelude::*;
use strictframe_dashflow::producer::{
    Overflow, Producer, ProducerConfig, ProducerEvent, Reason, SendError,
};
use strictframe_dashflow::transport::TransportError;
use strictframe_dashflow::transport::memory::{Fate, MemoryLog};

use crate::log::{SOON, error, events, quick, read, sequences, token, until};
use crate::support::{event, thread};

/// A log that holds back every receipt, so that a thread's second frame waits for ever.
fn stuck() -> MemoryLog {
    let log = MemoryLog::new(1);
    log.decide(|_| Fate::Hold);
    log
}

fn small(capacity: usize, overflow: Overflow) -> ProducerConfig {
    quick().with_lanes(capacity, overflow).with_batch(None)
}

#[test]
fn b1_drop_newest_keeps_what_waits_and_says_which_messages_it_dropped() {
    let log = stuck();
    let producer =
        Producer::builder(log.sink()).config(small(10, Overflow::DropNewest)).start().unwrap();
    let mut subscription = producer.subscribe();
    let run = producer.thread(thread("a"));
    run.send(token("first")).unwrap();
    until("the first frame", || log.values(0).len() == 1);
    let mut dropped = Vec::new();
    for number in 0..25 {
        match run.send(token(&number.to_string())) {
            Ok(_) => assert!(number < 10, "{number} was taken"),
            Err(SendError::Dropped(id)) => dropped.push(id),
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(dropped.len(), 15);
    let receipt = producer.close(SOON);
    std::thread::sleep(Duration::from_millis(20));
    log.release();
    let report = receipt.wait().unwrap();
    assert_eq!((report.sent, report.delivered, report.accounted()), (26, 11, 26));
    assert_eq!(report.dropped[&Reason::QueueFull], 15);
    let told: Vec<_> = events(&mut subscription)
        .into_iter()
        .map(|event| match event {
            ProducerEvent::Lost(lost) => (lost.reason, lost.message_id),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected: Vec<_> = dropped.iter().map(|id| (Reason::QueueFull, *id)).collect();
    assert_eq!(told, expected);
}

#[test]
fn b1_drop_oldest_keeps_the_newest_and_leaves_a_gap_for_what_it_dropped() {
    let log = stuck();
    let producer =
        Producer::builder(log.sink()).config(small(10, Overflow::DropOldest)).start().unwrap();
    let run = producer.thread(thread("a"));
    run.send(token("first")).unwrap();
    until("the first frame", || log.values(0).len() == 1);
    for number in 0..30 {
        run.send(token(&number.to_string())).unwrap();
        // The worker makes room as often as it looks.
        std::thread::sleep(Duration::from_millis(3));
    }
    let receipt = producer.close(SOON);
    std::thread::sleep(Duration::from_millis(20));
    log.release();
    let report = receipt.wait().unwrap();
    assert_eq!((report.sent, report.delivered, report.lost()), (31, 11, 20));
    let expected: Vec<u64> = [1].into_iter().chain(22..=31).collect();
    assert_eq!(sequences(&read(&log).1)["a"], expected);
}

#[test]
fn b1_messages_dropped_by_a_sender_leave_a_gap_where_they_were() {
    let log = stuck();
    let producer =
        Producer::builder(log.sink()).config(small(4, Overflow::DropNewest)).start().unwrap();
    let run = producer.thread(thread("a"));
    for _ in 0..2 {
        let before = log.values(0).len();
        run.send(token("taken")).unwrap();
        until("its frame", || log.values(0).len() > before);
        let taken = (0..9).filter(|_| run.send(token("any")).is_ok()).count();
        assert_eq!(taken, 4);
        log.release();
        until("the rest", || log.values(0).len() == before + 5);
        log.decide(|_| Fate::Hold);
    }
    log.release();
    let report = producer.close(SOON).wait().unwrap();
    assert_eq!((report.sent, report.delivered, report.lost()), (20, 10, 10));
    let expected: Vec<u64> = (1..=5).chain(11..=15).collect();
    assert_eq!(sequences(&read(&log).1)["a"], expected);
}

#[test]
fn b1_errors_checkpoints_and_ends_outlive_progress() {
    let log = stuck();
    let producer =
        Producer::builder(log.sink()).config(small(5, Overflow::DropNewest)).start().unwrap();
    let run = producer.thread(thread("a"));
    run.send(event("first")).unwrap();
    until("the first frame", || log.values(0).len() == 1);
    for number in 0..20 {
        let _ = run.send(token(&number.to_string()));
    }
    for number in 0..5 {
        run.send(error(&number.to_string())).unwrap();
    }
    log.release();
    let report = producer.close(SOON).wait().unwrap();
    assert_eq!((report.delivered, report.lost()), (1 + 5 + 5, 15));
    let (_, seen) = read(&log);
    let errors = seen
        .iter()
        .filter(|seen| seen.message.kind() == Some(strictframe_dashflow::MessageKind::ERROR));
    assert_eq!(errors.count(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b1_block_waits_for_room_and_drops_nothing() {
    let log = stuck();
    let producer =
        Producer::builder(log.sink()).config(small(10, Overflow::Block)).start().unwrap();
    let run = producer.thread(thread("a"));
    run.send(token("first")).unwrap();
    until("the first frame", || log.values(0).len() == 1);
    for number in 0..10 {
        run.send_async(token(&number.to_string())).await.unwrap();
    }
    let Err(SendError::Full(back)) = run.send(token("back")) else { panic!("there is no room") };
    assert_eq!(*back, token("back").into());
    let is_taken = Arc::new(AtomicBool::new(false));
    let waiting = tokio::spawn({
        let (run, is_taken) = (run.clone(), Arc::clone(&is_taken));
        async move {
            run.send_async(token("waits")).await.unwrap();
            is_taken.store(true, Ordering::Release);
        }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!is_taken.load(Ordering::Acquire));
    log.release();
    waiting.await.unwrap();
    let report = producer.close(SOON).await.unwrap();
    assert_eq!((report.sent, report.delivered, report.lost()), (12, 12, 0));
    assert_eq!(sequences(&read(&log).1)["a"], (1..=12).collect::<Vec<_>>());
}

#[tokio::test]
async fn b1_whoever_waits_for_room_is_told_of_the_close() {
    let log = stuck();
    let producer = Producer::builder(log.sink()).config(small(1, Overflow::Block)).start().unwrap();
    let run = producer.thread(thread("a"));
    run.send(token("first")).unwrap();
    until("the first frame", || log.values(0).len() == 1);
    run.send(token("waits")).unwrap();
    let waiting = tokio::spawn({
        let run = run.clone();
        async move { run.send_async(token("too late")).await }
    });
    tokio::time::sleep(Duration::from_millis(20)).await;
    let receipt = producer.close(SOON);
    let Err(SendError::Closed(back)) = waiting.await.unwrap() else { panic!("it was closed") };
    assert_eq!(*back, token("too late").into());
    log.release();
    let report = receipt.await.unwrap();
    assert_eq!((report.sent, report.delivered), (2, 2));
    assert!(matches!(run.send(token("later")), Err(SendError::Closed(_))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever the sink does, however many threads send, and whatever the policies are: every message is counted once, what the log has is in order, and
    /// what was delivered is there.
    #[test]
    fn b1_fates_add_up(
        capacity in 1_usize..200,
        overflow in prop_oneof![Just(Overflow::DropNewest), Just(Overflow::DropOldest)],
        seed in any::<u64>(),
        refusals in 0_u8..100,
        senders in 1_usize..4,
        count in 1_u32..40,
    ) {
        let log = MemoryLog::new(1);
        let mut random = seed | 1;
        log.decide(move |_| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let kind = random >> 57;
            if (kind as u8) >= refusals {
                return Fate::Arrive;
            }
            match random >> 40 & 3 {
                0 => Fate::LoseReceipt(TransportError::retryable("TimedOut", "no answer")),
                1 => Fate::Refuse(TransportError::permanent("Invalid", "not this one")),
                _ => Fate::Refuse(TransportError::retryable("Unavailable", "not now")),
            }
        });
        let mut config = quick().with_lanes(capacity, overflow);
        config.policy.batch = Some(crate::log::batch(100_000, count, 1));
        config.retry = crate::log::retry(1, 1, 20);
        let producer = Producer::builder(log.sink()).config(config).start().unwrap();
        let each = 300;
        std::thread::scope(|scope| {
            for sender in 0..senders {
                let own = producer.thread(thread(&format!("own {sender}")));
                let shared = producer.thread(thread("shared"));
                scope.spawn(move || {
                    for number in 0..each {
                        let run = if number % 3 == 0 { &shared } else { &own };
                        let _ = run.send(token(&number.to_string()));
                    }
                });
            }
        });
        let report = producer.close(SOON).wait().unwrap();
        prop_assert_eq!(report.sent, (senders * each) as u64);
        prop_assert_eq!(report.accounted(), report.sent, "{:?}", report);
        let (_, seen) = read(&log);
        let mut ids: Vec<_> = seen.iter().map(|seen| &seen.id).collect();
        ids.sort();
        ids.dedup();
        prop_assert!(ids.len() as u64 >= report.delivered, "{} of {:?}", ids.len(), report);
        for (name, sequences) in sequences(&seen) {
            // What came twice, because its receipt was lost, came twice before anything behind it.
            let mut last = 0;
            for sequence in sequences {
                prop_assert!(sequence + u64::from(count) > last, "{}: {} after {}", name, sequence, last);
                last = last.max(sequence);
            }
        }
    }
}
