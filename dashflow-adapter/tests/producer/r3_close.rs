//! R3: a close waits and gives an account; handles that go end nothing, and the last one spools what is left.

use core::time::Duration;
use std::time::Instant;

use strictframe_dashflow::OutFrame;
use strictframe_dashflow::producer::{Producer, Reason, SendError};
use strictframe_dashflow::transport::memory::{Fate, MemoryLog};
use strictframe_dashflow::transport::{Definition, Position, Receipt, Sink, TransportError};

use crate::log::{SOON, quick, read, sequences, token, until};
use crate::support::thread;

#[test]
fn r3_a_close_waits_for_what_is_on_its_way() {
    let log = MemoryLog::new(1);
    log.decide(|_| Fate::Hold);
    let producer = Producer::builder(log.sink()).config(quick()).start().unwrap();
    let run = producer.thread(thread("a"));
    for number in 0..100 {
        run.send(token(&number.to_string())).unwrap();
    }
    let receipt = producer.close(SOON);
    let closing = std::thread::spawn(move || receipt.wait().unwrap());
    until("the frame", || !log.values(0).is_empty());
    std::thread::sleep(Duration::from_millis(30));
    assert!(!closing.is_finished());
    log.release();
    let report = closing.join().unwrap();
    assert_eq!((report.sent, report.delivered, report.accounted()), (100, 100, 100));
}

#[test]
fn r3_a_close_waits_for_retries() {
    let log = MemoryLog::new(1);
    let mut left = 5;
    log.decide(move |_| {
        left -= 1;
        match left {
            0.. => Fate::Refuse(TransportError::retryable("Unavailable", "not now")),
            _ => Fate::Arrive,
        }
    });
    let producer = Producer::builder(log.sink()).config(quick()).start().unwrap();
    producer.thread(thread("a")).send(token("one")).unwrap();
    let report = producer.close(SOON).wait().unwrap();
    assert_eq!((report.delivered, report.retries), (1, 5));
}

#[test]
fn r3_a_close_ends_at_its_deadline_and_says_what_was_not_delivered() {
    let log = MemoryLog::new(1);
    log.decide(|_| Fate::Refuse(TransportError::retryable("Unavailable", "not now")));
    let mut config = quick();
    config.retry = crate::log::retry(1, 5, 60_000);
    let producer = Producer::builder(log.sink()).config(config).start().unwrap();
    for name in ["a", "b"] {
        let run = producer.thread(thread(name));
        for number in 0..10 {
            run.send(token(&number.to_string())).unwrap();
        }
    }
    let begun = Instant::now();
    let report = producer.close(Duration::from_millis(100)).wait().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    // There is no spool.
    assert_eq!((report.sent, report.delivered, report.accounted()), (20, 0, 20));
    assert_eq!(report.dropped[&Reason::Closed], 20);
}

#[test]
fn r3_a_handle_that_goes_ends_nothing() {
    let log = MemoryLog::new(1);
    let producer = Producer::builder(log.sink()).config(quick()).start().unwrap();
    let run = producer.thread(thread("a"));
    drop(producer.clone());
    drop(run.clone());
    run.send(token("one")).unwrap();
    drop(producer.thread(thread("a")));
    run.send(token("two")).unwrap();
    let report = producer.close(SOON).wait().unwrap();
    assert_eq!((report.sent, report.delivered), (2, 2));
    assert_eq!(sequences(&read(&log).1)["a"], [1, 2]);
}

#[test]
fn r3_a_sender_alone_keeps_its_producer() {
    let log = MemoryLog::new(1);
    let producer = Producer::builder(log.sink()).config(quick()).start().unwrap();
    let run = producer.thread(thread("a"));
    drop(producer);
    run.send(token("one")).unwrap();
    until("its frame", || log.values(0).len() == 1);
    run.send(token("two")).unwrap();
    drop(run);
    assert_eq!(sequences(&read(&log).1)["a"], [1, 2]);
}

#[test]
fn r3_a_second_close_says_that_it_is_closed() {
    let log = MemoryLog::new(1);
    let producer = Producer::builder(log.sink()).config(quick()).start().unwrap();
    producer.close(SOON).wait().unwrap();
    assert_eq!(producer.close(SOON).wait().unwrap_err().name(), "Closed");
}

/// A sink with a fault of its own.
struct Panicking;

impl Sink for Panicking {
    fn send(&self, _: OutFrame) -> Receipt<Position> {
        panic!("a fault of the sink, which a test wants")
    }

    fn announce(&self, _: Definition) -> Receipt<()> {
        Receipt::known(Ok(()))
    }

    fn flush(&self) -> Receipt<()> {
        Receipt::known(Ok(()))
    }

    fn longest(&self) -> usize {
        usize::MAX
    }
}

#[test]
fn r3_a_sink_that_panics_closes_its_producer_instead_of_letting_messages_vanish() {
    let producer = Producer::builder(Panicking).config(quick().with_batch(None)).start().unwrap();
    let run = producer.thread(thread("a"));
    run.send(token("one")).unwrap();
    until("the producer is closed", || matches!(run.send(token("two")), Err(SendError::Closed(_))));
    assert_eq!(producer.close(SOON).wait().unwrap_err().name(), "Closed");
}
