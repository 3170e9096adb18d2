//! O1: the application is told of every loss, and of how many it was not told.

use strictframe_dashflow::MessageKind;
use strictframe_dashflow::producer::{Overflow, Priority, Producer, ProducerEvent, Reason};
use strictframe_dashflow::transport::memory::{Fate, MemoryLog};

use crate::log::{SOON, events, quick, token, until};
use crate::support::thread;

#[tokio::test]
async fn o1_every_loss_is_an_event_with_reason_and_identity() {
    let log = MemoryLog::new(1);
    log.decide(|_| Fate::Hold);
    let config = quick().with_lanes(3, Overflow::DropNewest).with_batch(None);
    let producer = Producer::builder(log.sink()).config(config).start().unwrap();
    let mut subscription = producer.subscribe();
    let run = producer.thread(thread("a"));
    run.send(token("first")).unwrap();
    until("the first frame", || log.values(0).len() == 1);
    let results: Vec<_> = (0..5).map(|_| run.send(token("any"))).collect();
    assert_eq!(results.iter().filter(|result| result.is_err()).count(), 2);
    for _ in 0..2 {
        let Some(ProducerEvent::Lost(lost)) = subscription.next().await else { panic!("a loss") };
        assert_eq!((lost.thread.as_str(), lost.reason), ("a", Reason::QueueFull));
        assert_eq!((lost.kind, lost.priority), (Some(MessageKind::TOKEN_CHUNK), Priority::Low));
    }
    log.release();
    producer.close(SOON).await.unwrap();
    drop((run, producer));
    assert_eq!(subscription.next().await, None);
}

#[test]
fn o1_a_subscription_that_is_too_slow_is_told_how_many_it_missed() {
    let log = MemoryLog::new(1);
    log.decide(|_| Fate::Hold);
    let config = quick().with_lanes(1, Overflow::DropNewest).with_batch(None);
    let producer = Producer::builder(log.sink()).config(config).start().unwrap();
    let mut subscription = producer.subscribe();
    let run = producer.thread(thread("a"));
    run.send(token("first")).unwrap();
    until("the first frame", || log.values(0).len() == 1);
    let lost = (0..20_000).filter(|_| run.send(token("any")).is_err()).count();
    log.release();
    let report = producer.close(SOON).wait().unwrap();
    assert_eq!(report.lost(), lost as u64);
    // What senders had no room to tell, and what the subscription did not take in time, both are counted.
    let told: u64 = events(&mut subscription)
        .iter()
        .map(|event| match event {
            ProducerEvent::Lost(_) => 1,
            ProducerEvent::Missed { .. } => 0,
            other => panic!("{other:?}"),
        })
        .sum();
    assert!((1..=1_024).contains(&told), "{told}");
    assert_eq!(report.accounted(), report.sent);
}
