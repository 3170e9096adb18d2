//! Gaps, duplicates and what comes late.

use strictframe_dashflow::FrameOptions;
use strictframe_dashflow::consumer::{ConsumerOptions, Gap, Item, Order};

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
