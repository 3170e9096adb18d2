//! B4: one allocator gives the numbers of every thread, in every path and across restarts, and gives none twice.

use std::collections::{BTreeMap, BTreeSet};

use strictframe_dashflow::producer::{Overflow, Producer, ThreadSender};
use strictframe_dashflow::transport::memory::MemoryLog;

use crate::log::{SOON, error, quick, read, sequences, token};
use crate::support::{event, thread};

#[test]
fn b4_every_path_of_a_thread_counts_together() {
    let log = MemoryLog::new(1);
    let producer = Producer::builder(log.sink()).config(quick()).start().unwrap();
    // Two senders of one thread, of all priorities.
    let [first, second]: [ThreadSender; 2] =
        [producer.thread(thread("a")), producer.thread(thread("a"))];
    for number in 0..300 {
        let run = if number % 2 == 0 { &first } else { &second };
        let text = number.to_string();
        match number % 3 {
            0 => run.send(token(&text)),
            1 => run.send(event(&text)),
            _ => run.send(error(&text)),
        }
        .unwrap();
    }
    producer.close(SOON).wait().unwrap();
    let (_, seen) = read(&log);
    assert_eq!(sequences(&seen)["a"], (1..=300).collect::<Vec<_>>());
    // In the order in which they were sent, whatever their priorities.
    let mut numbers = seen.iter().map(|seen| match seen.message.message.as_ref().unwrap() {
        strictframe_dashflow::v1::dash_stream_message::Message::TokenChunk(token) => {
            token.text.clone()
        }
        strictframe_dashflow::v1::dash_stream_message::Message::Event(event) => {
            event.node_id.clone()
        }
        strictframe_dashflow::v1::dash_stream_message::Message::Error(error) => {
            error.message.clone()
        }
        other => panic!("{other:?}"),
    });
    assert!((0..300).all(|number| numbers.next() == Some(number.to_string())));
}

#[test]
fn b4_senders_on_many_threads_get_each_number_once_and_each_sees_its_own_order() {
    let log = MemoryLog::new(1);
    let config = quick().with_lanes(100_000, Overflow::DropNewest);
    let producer = Producer::builder(log.sink()).config(config).start().unwrap();
    std::thread::scope(|scope| {
        for sender in 0..4 {
            let run = producer.thread(thread("a"));
            scope.spawn(move || {
                for number in 0..2_000 {
                    run.send(token(&format!("{sender} {number}"))).unwrap();
                }
            });
        }
    });
    producer.close(SOON).wait().unwrap();
    let (_, seen) = read(&log);
    assert_eq!(sequences(&seen)["a"], (1..=8_000).collect::<Vec<_>>());
    let mut next = BTreeMap::<String, u32>::new();
    for seen in &seen {
        let Some(strictframe_dashflow::v1::dash_stream_message::Message::TokenChunk(token)) =
            &seen.message.message
        else {
            panic!("a token")
        };
        let (sender, number) = token.text.split_once(' ').unwrap();
        let next = next.entry(sender.to_owned()).or_default();
        assert_eq!(number, next.to_string(), "of {sender}");
        *next += 1;
    }
    let ids: BTreeSet<_> = seen.iter().map(|seen| &seen.id).collect();
    assert_eq!(ids.len(), 8_000);
}

#[test]
fn b4_a_restarted_producer_has_a_later_epoch() {
    let (log, folder) = (MemoryLog::new(1), tempfile::tempdir().unwrap());
    for _ in 0..3 {
        let config = quick().with_spool(folder.path(), 1 << 20);
        let producer = Producer::builder(log.sink()).config(config).start().unwrap();
        producer.thread(thread("a")).send(token("one")).unwrap();
        producer.close(SOON).wait().unwrap();
    }
    let (_, seen) = read(&log);
    assert_eq!(sequences(&seen)["a"], [1, 1, 1]);
    assert!(seen[0].epoch < seen[1].epoch && seen[1].epoch < seen[2].epoch, "{seen:?}");
}

#[test]
fn b4_a_thread_that_was_forgotten_comes_back_in_a_later_epoch() {
    let log = MemoryLog::new(1);
    let mut config = quick().with_lanes(100_000, Overflow::DropNewest);
    config.threads = 10;
    let producer = Producer::builder(log.sink()).config(config).start().unwrap();
    for round in 0..3 {
        for number in 0..100 {
            let run = producer.thread(thread(&format!("thread {number}")));
            run.send(token(&round.to_string())).unwrap();
            run.send(token(&round.to_string())).unwrap();
        }
        // So that none has anything left, and all may be forgotten.
        crate::log::until("all frames", || read(&log).1.len() == (round + 1) * 200);
        std::thread::sleep(core::time::Duration::from_millis(20));
    }
    producer.close(SOON).wait().unwrap();
    let (_, seen) = read(&log);
    let numbers: BTreeSet<_> =
        seen.iter().map(|seen| (&seen.thread, seen.epoch, seen.sequence)).collect();
    assert_eq!(numbers.len(), 600, "a number was given twice");
    let mut epochs = BTreeMap::<_, Vec<_>>::new();
    for seen in &seen {
        epochs.entry(&seen.thread).or_default().push((seen.epoch, seen.sequence));
    }
    assert!(epochs.values().all(|numbers| numbers.is_sorted()), "{epochs:?}");
    // Ten are remembered, so that most were forgotten.
    let again =
        epochs.values().filter(|numbers| numbers.iter().any(|number| number.0 != numbers[0].0));
    assert!(again.count() > 80);
}
