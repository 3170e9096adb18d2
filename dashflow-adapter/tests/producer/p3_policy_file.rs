//! P3: the policy is the codec's own, taken from a file anew when it changes; what is no policy is refused, and the old one kept.

use std::path::Path;

use strictframe_dashflow::producer::{
    Producer, ProducerConfig, ProducerEvent, StartError, Subscription,
};
use strictframe_dashflow::transport::memory::MemoryLog;

use crate::log::{SOON, events, quick, read, token, until};
use crate::support::thread;

fn config(path: &Path) -> ProducerConfig {
    let mut config = quick();
    config.policy_file = Some(path.to_owned());
    config
}

fn next(subscription: &mut Subscription) -> ProducerEvent {
    let mut told = Vec::new();
    until("an event", || {
        told.extend(events(subscription));
        !told.is_empty()
    });
    told.remove(0)
}

#[test]
fn p3_another_policy_in_the_file_is_taken_and_what_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.json");
    std::fs::write(&path, r#"{"codec": "none"}"#).unwrap();
    let log = MemoryLog::new(1);
    let producer = Producer::builder(log.sink()).config(config(&path)).start().unwrap();
    let mut subscription = producer.subscribe();
    let run = producer.thread(thread("a"));
    let text = "the same again ".repeat(100);
    let last = || {
        let before = log.values(0).len();
        run.send(token(&text)).unwrap();
        until("its frame", || log.values(0).len() == before + 1);
        log.values(0).last().unwrap().len()
    };
    assert!(last() > text.len());
    std::fs::write(&path, r#"{"codec": "zstd", "level": 5}"#).unwrap();
    assert_eq!(next(&mut subscription), ProducerEvent::PolicyTaken);
    assert!(last() < text.len() / 2);
    for (wrong, word) in [
        (r#"{"codec": "zstd", "level": 99}"#, "/level"),
        (r#"{"codec": "none", "levle": 3}"#, "levle"),
        (r#"{"codec": "zstd", "dictionary": {"path": "not-there.dict"}}"#, "/dictionary"),
        ("not json", "JSON"),
    ] {
        std::fs::write(&path, wrong).unwrap();
        let ProducerEvent::PolicyRefused { message } = next(&mut subscription) else {
            panic!("it was taken: {wrong}")
        };
        assert!(message.contains(word) && message.contains("policy.json"), "{wrong}: {message}");
        assert!(last() < text.len() / 2, "the old one is kept");
    }
    // Batches are of the policy too.
    std::fs::write(&path, r#"{"codec": "none", "batch": {"count": 7, "time_ms": 60000}}"#).unwrap();
    assert_eq!(next(&mut subscription), ProducerEvent::PolicyTaken);
    for _ in 0..14 {
        run.send(token("short")).unwrap();
    }
    producer.close(SOON).wait().unwrap();
    let (counts, _) = read(&log);
    assert_eq!(counts[counts.len() - 2..], [7, 7]);
}

#[test]
fn p3_a_dictionary_of_a_new_policy_is_announced_before_its_first_frame() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.json");
    std::fs::write(&path, r#"{"codec": "zstd"}"#).unwrap();
    let (_, dictionary) = crate::support::frame_with_dictionary("a", 1);
    std::fs::write(folder.path().join("events.dict"), dictionary.bytes()).unwrap();
    let log = MemoryLog::new(1);
    let producer = Producer::builder(log.sink()).config(config(&path)).start().unwrap();
    let mut subscription = producer.subscribe();
    std::fs::write(
        &path,
        r#"{"codec": "zstd", "smallest_size": 0, "dictionary": {"path": "events.dict"}}"#,
    )
    .unwrap();
    assert_eq!(next(&mut subscription), ProducerEvent::PolicyTaken);
    producer.thread(thread("a")).send(crate::support::event("plan")).unwrap();
    let report = producer.close(SOON).wait().unwrap();
    assert_eq!((report.delivered, report.accounted()), (1, 1));
    let frame = &log.values(0)[0];
    let head = strictframe_dashflow::peek(frame, &strictframe::Limits::DEFAULT).unwrap();
    assert_eq!(head.dictionary, Some(dictionary.id()));
}

#[test]
fn p3_a_file_that_is_no_policy_from_the_start_starts_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.json");
    std::fs::write(&path, r#"{"level": "high"}"#).unwrap();
    let started = Producer::builder(MemoryLog::new(1).sink()).config(config(&path)).start();
    let Err(StartError::Transport(error)) = started else { panic!("it was started") };
    assert_eq!(error.name(), "PolicyRefused");
    assert!(error.to_string().contains("/level"), "{error}");
}

#[test]
fn p3_a_configuration_is_refused_with_everything_that_is_wrong() {
    let mut config = ProducerConfig::default();
    config.queue.low.capacity = 0;
    config.threads = 0;
    config.tick_us = 7;
    config.retry.first_ms = 100;
    config.retry.most_ms = 50;
    config.topic = " ".to_owned();
    config.policy = config.policy.with_level(99);
    let started = Producer::builder(MemoryLog::new(1).sink()).config(config).start();
    let Err(StartError::Config(error)) = started else { panic!("it was started") };
    let places: Vec<_> = error.problems.iter().map(|problem| problem.place.as_str()).collect();
    assert_eq!(
        places,
        ["queue.low.capacity", "threads", "retry.most_ms", "tick_us", "topic", "policy.level"]
    );
    let json =
        r#"{"queue": {"low": {"capacity": 10, "overflow": "drop_newest", "colour": "red"}}}"#;
    let error = serde_json::from_str::<ProducerConfig>(json).unwrap_err();
    assert!(error.to_string().contains("colour"), "{error}");
}
