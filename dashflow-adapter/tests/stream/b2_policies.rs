//! B2: what is dropped where that was asked for: exactly what the policy says, and every reader is told where.

use strictframe_dashflow::stream::{
    Overflow, SendError, StreamItem, StreamOptions, StreamReader, stream,
};

fn options(overflow: Overflow) -> StreamOptions {
    StreamOptions::named("test").with_capacity(3).with_overflow(overflow)
}

#[derive(Debug, Eq, PartialEq)]
enum Got {
    Value(u64),
    Missed(u64),
}

/// Everything that is there now.
fn there(reader: &mut StreamReader<u64>) -> Vec<Got> {
    core::iter::from_fn(|| match reader.take()? {
        StreamItem::Value(value) => Some(Got::Value(*value)),
        StreamItem::Missed { count } => Some(Got::Missed(count)),
        _ => None,
    })
    .collect()
}

#[test]
fn drop_oldest_takes_from_a_reader_that_lags_and_from_no_other() {
    let (writer, mut lagging) = stream(options(Overflow::DropOldest));
    let mut quick = lagging.clone();
    let mut seen = Vec::new();
    for number in 1..=10 {
        assert!(writer.try_send(number).unwrap().is_kept);
        seen.extend(there(&mut quick));
    }
    assert_eq!(seen, (1..=10).map(Got::Value).collect::<Vec<_>>());
    use Got::{Missed, Value};
    assert_eq!(there(&mut lagging), [Missed(7), Value(8), Value(9), Value(10)]);
    let (lagging, quick) = (lagging.counts(), quick.counts());
    assert_eq!((lagging.delivered, lagging.dropped, lagging.waiting), (3, 7, 0));
    assert_eq!((quick.delivered, quick.dropped, quick.waiting), (10, 0, 0));
    let drops = writer.counts().dropped;
    assert_eq!((drops.lagging, drops.no_room, drops.unread), (7, 0, 0));
}

#[test]
fn drop_newest_drops_what_has_no_room_for_everybody_and_nothing_that_was_taken() {
    let (writer, mut slow) = stream(options(Overflow::DropNewest));
    let mut quick = slow.clone();
    let is_kept = (1..=5).map(|number| {
        there(&mut quick);
        writer.try_send(number).unwrap().is_kept
    });
    assert_eq!(is_kept.collect::<Vec<_>>(), [true, true, true, false, false]);
    use Got::{Missed, Value};
    // One that waits for more is told at once; both are told in the same place.
    assert_eq!(there(&mut quick), [Missed(1)]);
    assert_eq!(*slow.take().unwrap().value().unwrap(), 1);
    assert!(writer.try_send(6).unwrap().is_kept);
    assert_eq!(there(&mut quick), [Value(6)]);
    assert_eq!(there(&mut slow), [Value(2), Value(3), Missed(2), Value(6)]);
    assert_eq!(writer.counts().dropped.no_room, 2);
    assert_eq!((slow.counts().dropped, quick.counts().dropped), (2, 2));
}

#[test]
fn block_gives_a_value_back_where_nobody_waits() {
    let (writer, mut reader) = stream(options(Overflow::Block));
    (1..=3).for_each(|number| assert_eq!(writer.try_send(number).unwrap().number, number));
    assert_eq!(writer.try_send(4), Err(SendError::Full(4)));
    reader.take();
    assert_eq!(writer.try_send(4).unwrap().number, 4);
    assert_eq!(there(&mut reader), [2, 3, 4].map(Got::Value));
}

#[tokio::test]
async fn a_lossy_send_never_waits() {
    for overflow in [Overflow::DropOldest, Overflow::DropNewest] {
        let (writer, reader) = stream(options(overflow));
        for number in 0..10_000_u64 {
            writer.send(number).await.unwrap();
        }
        let counts = writer.counts();
        assert_eq!((counts.sent, counts.kept, counts.waits), (10_000, 3, 0));
        drop(reader);
    }
}
