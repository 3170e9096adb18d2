//! Gaps, duplicates and what comes late.

use strictframe_dashflow::FrameOptions;
use strictframe_dashflow::consumer::{
    Action, Consumer, ConsumerOptions, Gap, Item, OnRefusal, Order,
};
use strictframe_dashflow::transport::{OfThreads, Position, Start};

use crate::world::{append, consumer, drain, frame, frame_with, log, texts};

fn of(thread: &str, epoch: u64, number: u64, order: Order) -> (String, Order) {
    (format!("{thread} {epoch} {number}"), order)
}

#[tokio::test]
async fn every_message_is_given_once_and_its_number_says_what_is_missing() {
    let gap = Order::Gap(Gap { from: 3, to: 4 });
    let log = log([
        frame("a", 1, 1..=2),
        frame("b", 1, 7..=7),
        frame("a", 1, 5..=6),
        frame("a", 1, 1..=2),
        frame("a", 1, 4..=5),
        frame("a", 1, 3..=3),
        frame("a", 1, 7..=7),
    ]);
    let mut consumer = consumer(&log, ConsumerOptions::default());
    let items = drain(&mut consumer).await;
    assert_eq!(
        texts(&items),
        [
            of("a", 1, 1, Order::First),
            of("a", 1, 2, Order::Next),
            of("b", 1, 7, Order::First),
            of("a", 1, 5, gap),
            of("a", 1, 6, Order::Next),
            of("a", 1, 4, Order::Late),
            of("a", 1, 3, Order::Late),
            of("a", 1, 7, Order::Next)
        ]
    );
    let Some(Item::Messages(partly)) = items.get(3) else { panic!("messages") };
    assert_eq!(partly.duplicates, 1);
    let counts = consumer.counts();
    assert_eq!((counts.values, counts.messages, counts.duplicates), (7, 8, 3));
    assert_eq!((counts.gaps, counts.missing, counts.late), (1, 2, 2));
}

#[tokio::test]
async fn a_frame_that_was_given_before_is_told_with_its_place_where_that_is_asked_for() {
    let log = log([frame("a", 1, 1..=3), frame("a", 1, 2..=3), frame("a", 1, 3..=4)]);
    let mut options = ConsumerOptions::default();
    options.tells_duplicates = true;
    let items = drain(&mut consumer(&log, options)).await;
    let position = Position { partition: 0, offset: 1 };
    assert_eq!(items[1], Item::Duplicates { position, count: 2 });
    assert!(matches!(&items[2], Item::Messages(partly) if partly.duplicates == 1), "{items:?}");
    assert_eq!(items.len(), 3);
    let quiet = drain(&mut consumer(&log, ConsumerOptions::default())).await;
    assert_eq!(quiet.len(), 2);
}

#[tokio::test]
async fn a_producer_that_was_started_again_is_no_gap_and_no_duplicate() {
    let log = log([
        frame("a", 1, 40..=41),
        frame("a", 2, 1..=2),
        // What the old one had on its way.
        frame("a", 1, 42..=42),
        frame("a", 1, 41..=41),
        frame("a", 3, 2..=2),
    ]);
    let items = drain(&mut consumer(&log, ConsumerOptions::default())).await;
    assert_eq!(
        texts(&items),
        [
            of("a", 1, 40, Order::First),
            of("a", 1, 41, Order::Next),
            of("a", 2, 1, Order::Next),
            of("a", 2, 2, Order::Next),
            of("a", 1, 42, Order::Next),
            of("a", 3, 2, Order::Gap(Gap { from: 1, to: 1 }))
        ]
    );
}

#[tokio::test]
async fn without_an_epoch_the_id_alone_proves_a_duplicate() {
    let without = |epoch, numbers| {
        let options = {
            let mut options = FrameOptions::ALL;
            options.epoch = false;
            options
        };
        frame_with(options, "a", epoch, numbers)
    };
    // The same numbers of another run, whose messages have other ids.
    let log = log([without(1, 1..=2), without(1, 2..=2), without(9, 1..=2)]);
    let items = drain(&mut consumer(&log, ConsumerOptions::default())).await;
    assert_eq!(
        texts(&items),
        [
            of("a", 1, 1, Order::First),
            of("a", 1, 2, Order::Next),
            of("a", 9, 1, Order::Duplicate),
            of("a", 9, 2, Order::Duplicate)
        ]
    );
}

#[tokio::test]
async fn threads_beyond_those_that_are_remembered_begin_anew() {
    let options = {
        let mut options = ConsumerOptions::default();
        (options.threads, options.window) = (2, 0);
        options
    };
    let log = log(["a", "b", "a", "c", "b", "a"].map(|thread| frame(thread, 1, 5..=5)));
    let mut consumer = consumer(&log, options);
    let first = |thread| of(thread, 1, 5, Order::First);
    // The third is a duplicate. When c came, b was the one not seen for longest; then a was.
    assert_eq!(texts(&drain(&mut consumer).await), ["a", "b", "c", "b", "a"].map(first));
    append(&log, frame("a", 1, 6..=6));
    assert_eq!(texts(&drain(&mut consumer).await), [of("a", 1, 6, Order::Next)]);
}

#[tokio::test]
async fn a_source_of_some_threads_passes_over_the_others_and_hides_no_damage() {
    let mut damaged = frame("b", 1, 3..=3).to_vec();
    *damaged.last_mut().unwrap() ^= 1;
    let log = log([
        frame("a", 1, 1..=2),
        frame("b", 1, 1..=2),
        frame("a", 1, 3..=3),
        damaged.into(),
        frame_with(FrameOptions::NONE, "b", 1, 9..=9),
    ]);
    let source = log.source(&Start::Earliest, None).unwrap();
    let source = OfThreads::new(source, ["a".to_owned()]);
    let mut options = ConsumerOptions::default();
    options.on_refusal = OnRefusal::always(Action::Skip);
    let items = drain(&mut Consumer::new(source, options).unwrap()).await;
    let places = items.iter().map(|item| match item {
        Item::Messages(messages) => messages.position.offset,
        Item::Refused(refusal) => refusal.position.offset,
        other => panic!("{other:?}"),
    });
    // Of the last one nothing but its records says the thread.
    assert_eq!(places.collect::<Vec<_>>(), [0, 2, 3, 4]);
}
