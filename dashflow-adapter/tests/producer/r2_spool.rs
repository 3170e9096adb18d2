//! R2: dead letters are tried again too; what has no way is on the disk, goes out when there is one, also after a restart, and can be replayed.

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use strictframe_dashflow::producer::{
    Overflow, Producer, ProducerConfig, ProducerEvent, Reason, replay,
};
use strictframe_dashflow::transport::file::FileSource;
use strictframe_dashflow::transport::memory::{Fate, MemoryLog};
use strictframe_dashflow::transport::{Start, TransportError};

use crate::log::{SOON, events, letters, quick, read, retry, sequences, token, until};
use crate::support::{noise, noise_of, thread};

/// A log that can be away.
fn switched() -> (MemoryLog, Arc<AtomicBool>) {
    let (log, is_away) = (MemoryLog::new(1), Arc::new(AtomicBool::new(true)));
    let away = Arc::clone(&is_away);
    log.decide(move |_| {
        if away.load(Ordering::Acquire) {
            Fate::Refuse(TransportError::retryable("Unreachable", "nobody answers"))
        } else {
            Fate::Arrive
        }
    });
    (log, is_away)
}

fn config(folder: &Path) -> ProducerConfig {
    let mut config = quick().with_spool(folder, 64 << 20);
    config.retry = retry(1, 10, 40);
    config.policy.batch = Some(crate::log::batch(1 << 20, 10, 1));
    config
}

fn count(spooled: &[ProducerEvent]) -> usize {
    spooled.iter().filter(|event| matches!(event, ProducerEvent::Spooled(_))).count()
}

#[test]
fn r2_what_cannot_be_sent_is_spooled_and_goes_out_in_order_when_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let (log, is_away) = switched();
    let producer = Producer::builder(log.sink()).config(config(folder.path())).start().unwrap();
    let mut subscription = producer.subscribe();
    let [a, b] = ["a", "b"].map(|name| producer.thread(thread(name)));
    let mut told = Vec::new();
    for number in 0..100 {
        a.send(token(&number.to_string())).unwrap();
        b.send(token(&number.to_string())).unwrap();
    }
    until("everything is spooled", || {
        told.extend(events(&mut subscription));
        count(&told) == 200
    });
    is_away.store(false, Ordering::Release);
    // What comes now goes behind what was spooled.
    for number in 100..120 {
        a.send(token(&number.to_string())).unwrap();
    }
    until("everything is there", || read(&log).1.len() == 220);
    let report = producer.close(SOON).wait().unwrap();
    assert_eq!((report.sent, report.delivered, report.spooled, report.lost()), (220, 220, 0, 0));
    let (_, seen) = read(&log);
    assert_eq!(sequences(&seen)["a"], (1..=120).collect::<Vec<_>>());
    assert_eq!(sequences(&seen)["b"], (1..=100).collect::<Vec<_>>());
}

#[test]
fn r2_a_flush_waits_for_what_is_on_the_disk_and_says_when_that_has_no_way() {
    let folder = tempfile::tempdir().unwrap();
    let (log, is_away) = switched();
    let start = || Producer::builder(log.sink()).config(config(folder.path())).start().unwrap();
    let producer = start();
    let run = producer.thread(thread("a"));
    (0..20).for_each(|number| _ = run.send(token(&number.to_string())).unwrap());
    assert_eq!(producer.close(SOON).wait().unwrap().spooled, 20);
    let producer = start();
    assert_eq!(producer.flush(Duration::from_millis(100)).wait(), Ok(false));
    is_away.store(false, Ordering::Release);
    producer.thread(thread("b")).send(token("new")).unwrap();
    assert_eq!(producer.flush(SOON).wait(), Ok(true));
    assert_eq!(read(&log).1.len(), 21);
    let report = producer.close(SOON).wait().unwrap();
    assert_eq!((report.delivered, report.drained_of_earlier_runs), (1, 20));
    assert_eq!(producer.flush(SOON).wait().unwrap_err().name(), "Closed");
}

#[test]
fn r2_a_queue_that_runs_full_behind_a_sink_that_takes_nothing_goes_to_the_disk_before_anything_is_dropped()
 {
    let folder = tempfile::tempdir().unwrap();
    let log = MemoryLog::new(1);
    log.decide(|_| Fate::Hold);
    let mut settings = config(folder.path()).with_lanes(200, Overflow::DropOldest);
    settings.retry = retry(1, 10, 60_000);
    let producer = Producer::builder(log.sink()).config(settings).start().unwrap();
    let run = producer.thread(thread("a"));
    for number in 0..150 {
        run.send(token(&number.to_string())).unwrap();
    }
    std::thread::sleep(Duration::from_millis(1_000));
    for number in 150..900 {
        run.send(token(&number.to_string())).unwrap();
        std::thread::sleep(Duration::from_millis(1));
    }
    log.release();
    let has_all =
        || read(&log).1.iter().map(|seen| seen.sequence).collect::<BTreeSet<_>>().len() == 900;
    until("everything is there", has_all);
    let report = producer.close(SOON).wait().unwrap();
    assert_eq!((report.sent, report.delivered, report.lost()), (900, 900, 0));
    // What was on its way is there twice; told apart by its number, everything is in order.
    let mut found = sequences(&read(&log).1)["a"].clone();
    let mut seen = BTreeSet::new();
    found.retain(|sequence| seen.insert(*sequence));
    assert_eq!(found, (1..=900).collect::<Vec<_>>());
}

#[test]
fn r2_what_is_spooled_goes_out_after_a_restart_before_what_comes_then() {
    let folder = tempfile::tempdir().unwrap();
    let (log, is_away) = switched();
    let producer = Producer::builder(log.sink()).config(config(folder.path())).start().unwrap();
    let run = producer.thread(thread("a"));
    for number in 0..50 {
        run.send(token(&number.to_string())).unwrap();
    }
    let report = producer.close(SOON).wait().unwrap();
    assert_eq!((report.sent, report.spooled, report.lost()), (50, 50, 0));
    drop((run, producer));
    is_away.store(false, Ordering::Release);
    let producer = Producer::builder(log.sink()).config(config(folder.path())).start().unwrap();
    producer.thread(thread("a")).send(token("new")).unwrap();
    until("everything is there", || read(&log).1.len() == 51);
    let report = producer.close(SOON).wait().unwrap();
    assert_eq!((report.sent, report.delivered, report.drained_of_earlier_runs), (1, 1, 50));
    let (_, seen) = read(&log);
    let expected: Vec<u64> = (1..=50).chain([1]).collect();
    assert_eq!(sequences(&seen)["a"], expected);
    // Once it has gone out, it does not go out again.
    drop(producer);
    let producer = Producer::builder(log.sink()).config(config(folder.path())).start().unwrap();
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(producer.close(SOON).wait().unwrap().drained_of_earlier_runs, 0);
    assert_eq!(read(&log).1.len(), 51);
}

#[test]
fn r2_the_last_handle_that_goes_spools_what_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let (log, is_away) = switched();
    let mut settings = config(folder.path());
    settings.retry = retry(1, 10, 60_000);
    settings.drop_wait_ms = 20;
    let producer = Producer::builder(log.sink()).config(settings.clone()).start().unwrap();
    let run = producer.thread(thread("a"));
    for number in 0..100 {
        run.send(token(&number.to_string())).unwrap();
    }
    drop(producer);
    drop(run);
    is_away.store(false, Ordering::Release);
    let producer = Producer::builder(log.sink()).config(settings).start().unwrap();
    until("everything is there", || read(&log).1.len() == 100);
    assert_eq!(producer.close(SOON).wait().unwrap().drained_of_earlier_runs, 100);
    assert_eq!(sequences(&read(&log).1)["a"], (1..=100).collect::<Vec<_>>());
}

#[test]
fn r2_dead_letters_are_tried_again_and_spooled_when_they_cannot_be_sent() {
    let folder = tempfile::tempdir().unwrap();
    let log = MemoryLog::new(1);
    log.decide(|_| Fate::Refuse(TransportError::permanent("NotAllowed", "this user may not")));
    let (dead, is_away) = switched();
    let start = || {
        let builder = Producer::builder(log.sink()).dead_letters(dead.sink());
        builder.config(config(folder.path())).start().unwrap()
    };
    let producer = start();
    let mut subscription = producer.subscribe();
    let run = producer.thread(thread("a"));
    let mut told = Vec::new();
    for number in 0..30 {
        run.send(token(&number.to_string())).unwrap();
    }
    until("everything is spooled", || {
        told.extend(events(&mut subscription));
        count(&told) == 30
    });
    is_away.store(false, Ordering::Release);
    until("the dead letters are there", || {
        letters(&dead).iter().map(|letter| letter.count).sum::<u32>() == 30
    });
    let report = producer.close(SOON).wait().unwrap();
    assert_eq!((report.sent, report.dead_lettered, report.spooled, report.lost()), (30, 30, 0, 0));
    assert!(report.retries > 0);
}

#[test]
fn r2_a_full_spool_keeps_the_oldest_and_says_what_it_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let (log, is_away) = switched();
    let mut settings = config(folder.path());
    settings.spool.as_mut().unwrap().bytes = 200_000;
    settings.policy = strictframe::CompressionPolicy::new(strictframe::CodecChoice::None);
    let producer = Producer::builder(log.sink()).config(settings).start().unwrap();
    let mut subscription = producer.subscribe();
    let run = producer.thread(thread("a"));
    let mut told = Vec::new();
    for _ in 0..100 {
        run.send(token(&noise(2_000))).unwrap();
    }
    until("every message has a fate", || {
        told.extend(events(&mut subscription));
        told.len() == 100
    });
    let spooled = count(&told);
    assert!((30..60).contains(&spooled), "{spooled}");
    for event in &told {
        let sequence = match event {
            ProducerEvent::Spooled(kept) => kept.sequence,
            ProducerEvent::Lost(lost) => lost.sequence.filter(|_| lost.reason == Reason::SpoolFull),
            other => panic!("{other:?}"),
        };
        let is_kept = matches!(event, ProducerEvent::Spooled(_));
        assert_eq!(
            is_kept,
            sequence.unwrap().1 <= spooled as u64,
            "the oldest are kept: {event:?}"
        );
    }
    is_away.store(false, Ordering::Release);
    until("what is kept is there", || read(&log).1.len() == spooled);
    let report = producer.close(SOON).wait().unwrap();
    assert_eq!((report.delivered, report.lost()), (spooled as u64, 100 - spooled as u64));
    assert_eq!(sequences(&read(&log).1)["a"], (1..=spooled as u64).collect::<Vec<_>>());
}

#[test]
fn r2_the_disk_gets_its_room_back() {
    let folder = tempfile::tempdir().unwrap();
    let (log, is_away) = switched();
    let mut settings = config(folder.path());
    settings.spool.as_mut().unwrap().bytes = 4 << 20;
    let producer = Producer::builder(log.sink()).config(settings).start().unwrap();
    let run = producer.thread(thread("a"));
    let size = || -> u64 {
        let entries = std::fs::read_dir(folder.path().join("undelivered")).unwrap();
        // A segment may be removed while it is asked for its length.
        entries.filter_map(|entry| entry.unwrap().metadata().ok()).map(|found| found.len()).sum()
    };
    for round in 0..3 {
        is_away.store(true, Ordering::Release);
        let before = read(&log).1.len();
        for seed in 0..300 {
            run.send(token(&noise_of(seed, 3_000))).unwrap();
        }
        until("it is on the disk", || size() > 400_000);
        is_away.store(false, Ordering::Release);
        until("it is there", || read(&log).1.len() == before + 300);
        until("the room is given back", || size() < 300_000);
        assert_eq!(read(&log).1.len(), (round + 1) * 300);
    }
    assert_eq!(producer.close(SOON).wait().unwrap().delivered, 900);
}

#[tokio::test]
async fn r2_replay_puts_dead_letters_back() {
    let (log, dead) = (MemoryLog::new(1), MemoryLog::new(1));
    log.decide(|_| Fate::Refuse(TransportError::permanent("NotAllowed", "this user may not")));
    let builder = Producer::builder(log.sink()).dead_letters(dead.sink());
    let producer = builder.config(quick().with_batch(None)).start().unwrap();
    let run = producer.thread(thread("a"));
    let ids: Vec<_> = (0..5).map(|number| run.send(token(&number.to_string())).unwrap()).collect();
    run.send(strictframe_dashflow::v1::DashStreamMessage::default()).unwrap();
    assert_eq!(producer.close(SOON).await.unwrap().dead_lettered, 6);
    dead.append(0, None, bytes::Bytes::from_static(b"no frame")).unwrap();
    log.release();
    let mut source = dead.source(&Start::Committed, Some("replay")).unwrap();
    let report = replay(&mut source, &log.sink(), []).await.unwrap();
    assert_eq!((report.read, report.replayed, report.messages, report.without_frame), (7, 5, 5, 1));
    assert_eq!(report.refused.values().sum::<u64>(), 1);
    let (_, seen) = read(&log);
    assert_eq!(sequences(&seen)["a"], [1, 2, 3, 4, 5]);
    assert!(seen.iter().zip(&ids).all(|(seen, id)| seen.id == id.to_bytes()));
    // What was done with is not done again.
    let mut source = dead.source(&Start::Committed, Some("replay")).unwrap();
    assert_eq!(replay(&mut source, &log.sink(), []).await.unwrap().read, 0);
}

#[tokio::test]
async fn r2_a_spool_without_a_producer_can_be_replayed_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (log, _is_away) = switched();
    let producer = Producer::builder(log.sink()).config(config(folder.path())).start().unwrap();
    producer.thread(thread("a")).send(token("one")).unwrap();
    assert_eq!(producer.close(SOON).await.unwrap().spooled, 1);
    log.release();
    let path = folder.path().join("undelivered");
    let mut source = FileSource::open(&path, &Start::Committed, Some("drain")).unwrap();
    let report = replay(&mut source, &log.sink(), []).await.unwrap();
    assert_eq!((report.replayed, read(&log).1.len()), (1, 1));
}
