//! R1: what may pass is tried again, with order; what will never be taken is a dead letter at once; what is too long is cut.

use core::time::Duration;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use strictframe::Limits;
use strictframe_dashflow::dead_letter::dead_letter::{Form, Side, Way};
use strictframe_dashflow::producer::{Producer, ProducerEvent, Reason};
use strictframe_dashflow::transport::TransportError;
use strictframe_dashflow::transport::memory::{Fate, MemoryLog};
use strictframe_dashflow::{TraceContext, Unframer, peek, v1};

use crate::log::{SOON, events, letters, quick, read, retry, sequences, token, until};
use crate::support::{noise, noise_of, thread};

#[test]
fn r1_what_may_pass_is_tried_again_and_later_frames_of_its_thread_wait() {
    let log = MemoryLog::new(1);
    let tries = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&tries);
    let mut refusals = 4;
    log.decide(move |frame| {
        let name = frame.thread().unwrap().to_string();
        told.lock().unwrap().push(name.clone());
        if name == "a" && refusals > 0 {
            refusals -= 1;
            return Fate::Refuse(TransportError::retryable("Unavailable", "not now"));
        }
        Fate::Arrive
    });
    let mut config = quick().with_batch(None);
    config.retry = retry(40, 40, 60_000);
    let producer = Producer::builder(log.sink()).config(config).start().unwrap();
    let [a, b] = ["a", "b"].map(|name| producer.thread(thread(name)));
    for number in 0..5 {
        a.send(token(&number.to_string())).unwrap();
        b.send(token(&number.to_string())).unwrap();
    }
    let report = producer.close(SOON).wait().unwrap();
    assert_eq!((report.delivered, report.retries), (10, 4));
    let (_, seen) = read(&log);
    assert_eq!(sequences(&seen)["a"], [1, 2, 3, 4, 5]);
    assert_eq!(sequences(&seen)["b"], [1, 2, 3, 4, 5]);
    // Every thread but the one that waits goes on meanwhile.
    let tries = tries.lock().unwrap();
    let last_refusal = tries.iter().enumerate().filter(|(_, name)| *name == "a").nth(4).unwrap().0;
    assert!(tries[..last_refusal].iter().filter(|name| *name == "b").count() >= 4, "{tries:?}");
}

#[test]
fn r1_a_receipt_that_was_lost_leads_to_the_same_message_twice_and_never_to_another() {
    let log = MemoryLog::new(1);
    let mut lost = 3;
    log.decide(move |_| {
        lost -= 1;
        match lost {
            0.. => Fate::LoseReceipt(TransportError::retryable("TimedOut", "no answer")),
            _ => Fate::Arrive,
        }
    });
    let producer = Producer::builder(log.sink()).config(quick().with_batch(None)).start().unwrap();
    let run = producer.thread(thread("a"));
    for number in 0..4 {
        run.send(token(&number.to_string())).unwrap();
    }
    assert_eq!(producer.close(SOON).wait().unwrap().delivered, 4);
    let (_, seen) = read(&log);
    assert_eq!(sequences(&seen)["a"], [1, 1, 1, 1, 2, 3, 4]);
    assert!(seen[..4].iter().all(|again| again.id == seen[0].id));
}

#[test]
fn r1_one_deadline_is_for_all_tries_together() {
    let log = MemoryLog::new(1);
    log.decide(|_| Fate::Refuse(TransportError::retryable("Unavailable", "not now")));
    let mut config = quick();
    config.retry = retry(10, 20, 150);
    let producer = Producer::builder(log.sink()).config(config).start().unwrap();
    let mut subscription = producer.subscribe();
    let begun = Instant::now();
    producer.thread(thread("a")).send(token("one")).unwrap();
    let mut told = Vec::new();
    until("the loss", || {
        told.extend(events(&mut subscription));
        !told.is_empty()
    });
    // The batch waits 100 ms before it is tried.
    assert!(begun.elapsed() > Duration::from_millis(120), "{:?}", begun.elapsed());
    let [ProducerEvent::Lost(lost)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(lost.reason, Reason::Undeliverable);
    assert_eq!(lost.error.as_ref().unwrap().0, "Unavailable");
    let report = producer.close(SOON).wait().unwrap();
    assert!(report.retries >= 3, "{report:?}");
}

#[test]
fn r1_what_is_refused_for_good_is_a_dead_letter_at_once_and_the_next_one_goes_on() {
    let (log, dead) = (MemoryLog::new(1), MemoryLog::new(1));
    let mut count = 0;
    log.decide(move |_| {
        count += 1;
        match count {
            2 => Fate::Refuse(TransportError::permanent("NotAllowed", "this user may not")),
            _ => Fate::Arrive,
        }
    });
    let mut config = quick().with_batch(None);
    config.topic = "agent-events".to_owned();
    let builder = Producer::builder(log.sink()).dead_letters(dead.sink());
    let producer = builder.config(config).start().unwrap();
    let mut subscription = producer.subscribe();
    let run = producer.thread(thread("a"));
    let ids: Vec<_> = (0..3).map(|number| run.send(token(&number.to_string())).unwrap()).collect();
    let report = producer.close(SOON).wait().unwrap();
    assert_eq!(
        (report.delivered, report.dead_lettered, report.lost(), report.retries),
        (2, 1, 0, 0)
    );
    assert_eq!(sequences(&read(&log).1)["a"], [1, 3]);
    let [letter] = letters(&dead).try_into().unwrap();
    assert_eq!((letter.topic.as_str(), letter.thread_id.as_str()), ("agent-events", "a"));
    assert_eq!(
        (letter.error_code.as_str(), letter.error.as_str()),
        ("NotAllowed", "this user may not")
    );
    assert_eq!(
        (letter.side(), letter.way(), letter.form()),
        (Side::Producer, Way::Refused, Form::Frame)
    );
    assert_eq!((letter.sequence, letter.count, letter.attempts), (2, 1, 1));
    assert_eq!(letter.message_id, ids[1].to_bytes());
    // The original is whole.
    let mut unframer = Unframer::new(Limits::DEFAULT).unwrap();
    let messages = unframer.unframe(&letter.original).unwrap().messages;
    assert_eq!(messages[0].header().unwrap().sequence, 2);
    let told = events(&mut subscription);
    let [ProducerEvent::DeadLettered(told)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((told.message_id, told.reason), (ids[1], Reason::Refused));
}

#[test]
fn r1_a_message_that_is_none_is_a_dead_letter_with_its_code_and_bytes() {
    let (log, dead) = (MemoryLog::new(1), MemoryLog::new(1));
    let builder = Producer::builder(log.sink()).dead_letters(dead.sink());
    let producer = builder.config(quick()).start().unwrap();
    let run = producer.thread(thread("a"));
    run.send(token("good")).unwrap();
    run.send(v1::DashStreamMessage::default()).unwrap();
    run.send(v1::EventBatch { events: vec![v1::Event::default()], ..v1::EventBatch::default() })
        .unwrap();
    run.send(crate::support::deep_event(40)).unwrap();
    run.send(token("good too")).unwrap();
    let report = producer.close(SOON).wait().unwrap();
    assert_eq!((report.delivered, report.dead_lettered, report.lost()), (2, 3, 0));
    // Each has its number, which consumers see to be missing.
    assert_eq!(sequences(&read(&log).1)["a"], [1, 5]);
    let letters = letters(&dead);
    let codes: Vec<_> =
        letters.iter().map(|letter| (letter.error_code.as_str(), letter.sequence)).collect();
    assert_eq!(codes[..2], [("DS-0102", 2), ("DS-0104", 3)]);
    assert!(codes[2].0.starts_with("SF-") && codes[2].1 == 4, "{codes:?}");
    assert!(letters.iter().all(|letter| letter.form() == Form::Message));
}

#[test]
fn r1_a_batch_that_the_broker_finds_too_long_is_cut_and_a_single_message_dead_lettered() {
    let (log, dead) = (MemoryLog::new(1), MemoryLog::new(1));
    // As when a topic takes less than it said.
    log.decide(|frame| match frame.bytes().len() {
        3_000.. => {
            Fate::Refuse(TransportError::permanent("FrameTooLarge", "too long for the topic"))
        }
        _ => Fate::Arrive,
    });
    let builder = Producer::builder(log.sink()).dead_letters(dead.sink());
    let producer = builder.config(quick()).start().unwrap();
    let run = producer.thread(thread("a"));
    for number in 1..=20 {
        run.send(token(&noise_of(number, if number == 7 { 5_000 } else { 500 }))).unwrap();
    }
    let report = producer.close(SOON).wait().unwrap();
    assert_eq!((report.delivered, report.dead_lettered, report.lost()), (19, 1, 0));
    let expected: Vec<u64> = (1..=20).filter(|number| *number != 7).collect();
    assert_eq!(sequences(&read(&log).1)["a"], expected);
    let [letter] = letters(&dead).try_into().unwrap();
    assert_eq!((letter.error_code.as_str(), letter.sequence), ("FrameTooLarge", 7));
}

#[test]
fn r1_one_message_longer_than_the_sink_takes_is_dead_lettered_before_it_is_tried() {
    let (log, dead) = (MemoryLog::with_longest(1, 2_000), MemoryLog::new(1));
    let builder = Producer::builder(log.sink()).dead_letters(dead.sink());
    let producer = builder.config(quick()).start().unwrap();
    let run = producer.thread(thread("a"));
    for len in [100, 5_000, 100] {
        run.send(token(&noise(len))).unwrap();
    }
    let report = producer.close(SOON).wait().unwrap();
    assert_eq!((report.delivered, report.dead_lettered, report.lost()), (2, 1, 0));
    let [letter] = letters(&dead).try_into().unwrap();
    assert_eq!((letter.error_name.as_str(), letter.attempts), ("FrameTooLarge", 0));
}

#[test]
fn r1_a_sink_that_has_ended_for_good_is_not_asked_again_and_everything_is_spooled_in_order() {
    let (log, folder) = (MemoryLog::new(1), tempfile::tempdir().unwrap());
    let tries = Arc::new(Mutex::new(0));
    let count = Arc::clone(&tries);
    log.decide(move |_| {
        *count.lock().unwrap() += 1;
        Fate::Refuse(TransportError::fatal("Fenced", "another producer has taken over"))
    });
    let config = quick().with_batch(None).with_spool(folder.path(), 1 << 24);
    let producer = Producer::builder(log.sink()).config(config.clone()).start().unwrap();
    let run = producer.thread(thread("a"));
    for number in 0..20 {
        run.send(token(&number.to_string())).unwrap();
    }
    let report = producer.close(SOON).wait().unwrap();
    assert_eq!((report.sent, report.spooled, report.lost(), report.retries), (20, 20, 0, 0));
    assert_eq!(*tries.lock().unwrap(), 1);
    log.release();
    let producer = Producer::builder(log.sink()).config(config).start().unwrap();
    until("the spool is drained", || read(&log).1.len() == 20);
    assert_eq!(producer.close(SOON).wait().unwrap().drained_of_earlier_runs, 20);
    assert_eq!(sequences(&read(&log).1)["a"], (1..=20).collect::<Vec<_>>());
}

#[test]
fn a_frame_bears_the_trace_context_that_the_hook_gives() {
    let log = MemoryLog::new(1);
    let context = TraceContext::new([7; 16], [9; 8], 1).unwrap();
    let builder = Producer::builder(log.sink()).trace(move || Some(context));
    let producer = builder.config(quick()).start().unwrap();
    producer.thread(thread("a")).send(token("one")).unwrap();
    producer.close(SOON).wait().unwrap();
    let values = log.values(0);
    assert_eq!(peek(&values[0], &Limits::DEFAULT).unwrap().trace, Some(context));
}
