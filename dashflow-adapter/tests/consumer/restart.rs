//! A consumer that ends, and one that takes its place.

use strictframe_dashflow::consumer::{Consumer, ConsumerOptions, Gap, Item, Order, StateFile};
use strictframe_dashflow::transport::memory::{MemoryLog, MemorySource};
use strictframe_dashflow::transport::{Position, Source as _, Start};

use crate::world::{append, consumer, drain, frame, log, texts};

fn kept(log: &MemoryLog, path: &std::path::Path) -> Consumer<MemorySource> {
    let source = log.source(&Start::Earliest, None).unwrap();
    let consumer = Consumer::new(source, ConsumerOptions::default()).unwrap();
    consumer.with_state(StateFile::new(path).unwrap(), false).unwrap()
}

#[tokio::test]
async fn what_was_committed_is_not_given_again_and_what_was_not_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("consumer.frame");
    let log = log([frame("a", 1, 1..=2), frame("a", 1, 3..=3)]);
    let mut first = kept(&log, &path);
    assert_eq!(texts(&drain(&mut first).await).len(), 3);
    first.commit().await.unwrap();
    append(&log, frame("a", 1, 4..=4));
    assert_eq!(texts(&drain(&mut first).await).len(), 1);
    // It ends without a commit: the last message comes again, and is no duplicate.
    drop(first);
    let mut second = kept(&log, &path);
    let four = [("a 1 4".to_owned(), Order::Next)];
    assert_eq!(texts(&drain(&mut second).await), four);
}

#[tokio::test]
async fn gaps_and_duplicates_are_found_across_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("consumer.frame");
    let log = log([frame("a", 1, 1..=2), frame("b", 1, 1..=1), frame("a", 1, 5..=5)]);
    let mut first = kept(&log, &path);
    drain(&mut first).await;
    first.commit().await.unwrap();
    drop(first);
    [frame("a", 1, 2..=2), frame("a", 1, 3..=3), frame("a", 1, 7..=7), frame("b", 1, 2..=2)]
        .into_iter()
        .for_each(|value| append(&log, value));
    let mut second = kept(&log, &path);
    let of = |text: &str, order| (text.to_owned(), order);
    assert_eq!(
        texts(&drain(&mut second).await),
        [
            of("a 1 3", Order::Late),
            of("a 1 7", Order::Gap(Gap { from: 6, to: 6 })),
            of("b 1 2", Order::Next)
        ]
    );
    assert_eq!(second.counts().duplicates, 1);
}

#[tokio::test]
async fn positions_of_a_group_are_kept_by_the_source_and_numbers_begin_anew() {
    let log = log([frame("a", 1, 1..=2), frame("a", 1, 9..=9)]);
    let mut first = consumer(&log, ConsumerOptions::default());
    assert!(matches!(first.next().await, Ok(Item::Assigned(_))));
    assert!(matches!(first.next().await, Ok(Item::Messages(_))));
    first.commit().await.unwrap();
    drop(first);
    let mut second = consumer(&log, ConsumerOptions::default());
    assert_eq!(texts(&drain(&mut second).await), [("a 1 9".to_owned(), Order::First)]);
}

#[tokio::test]
async fn a_damaged_state_is_refused_and_a_position_that_is_gone_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("consumer.frame");
    let log = log((1..=4).map(|number| frame("a", 1, number..=number)));
    let mut first = kept(&log, &path);
    for _ in 0..3 {
        first.next().await.unwrap();
    }
    first.commit().await.unwrap();
    log.keep(1);
    let mut second = kept(&log, &path);
    assert_eq!(second.next().await, Ok(Item::Assigned(vec![0])));
    let Item::Lost { from, to: None, error } = second.next().await.unwrap() else {
        panic!("a loss")
    };
    assert_eq!((from, error.name()), (Position { partition: 0, offset: 2 }, "PositionGone"));
    // The numbers are known still: what was lost is a gap.
    let gap = Order::Gap(Gap { from: 3, to: 3 });
    assert_eq!(texts(&drain(&mut second).await), [("a 1 4".to_owned(), gap)]);

    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let source = log.source(&Start::Earliest, None).unwrap();
    let consumer = Consumer::new(source, ConsumerOptions::default()).unwrap();
    let error = consumer.with_state(StateFile::new(&path).unwrap(), false).unwrap_err();
    assert_eq!(error.name(), "FileRefused");
}

#[tokio::test]
async fn with_a_group_the_position_that_is_further_counts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("consumer.frame");
    let log = log((1..=6).map(|number| frame("a", 1, number..=number)));
    let shared = |path: &std::path::Path| {
        consumer(&log, ConsumerOptions::default()).with_state(StateFile::new(path).unwrap(), true)
    };
    let mut first = shared(&path).unwrap();
    for _ in 0..3 {
        first.next().await.unwrap();
    }
    first.commit().await.unwrap();
    drop(first);
    let of = |number: u64, order| (format!("a 1 {number}"), order);

    // The group forgot, or was told later: the file is further.
    log.source(&Start::Earliest, Some("g"))
        .unwrap()
        .commit(Position { partition: 0, offset: 1 })
        .await
        .unwrap();
    let mut second = shared(&path).unwrap();
    let next = [3, 4, 5, 6].map(|number| of(number, Order::Next));
    assert_eq!(texts(&drain(&mut second).await), next);
    drop(second);

    // Another member went on: what the file says of numbers is not of now.
    log.source(&Start::Earliest, Some("g"))
        .unwrap()
        .commit(Position { partition: 0, offset: 4 })
        .await
        .unwrap();
    let mut third = shared(&path).unwrap();
    assert_eq!(texts(&drain(&mut third).await), [of(5, Order::First), of(6, Order::Next)]);
}
