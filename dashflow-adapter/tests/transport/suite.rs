//! What every transport does, whatever lies between its sink and its source.

use core::time::Duration;
use std::collections::BTreeMap;

use strictframe::{Dictionary, Limits};
use strictframe_dashflow::transport::{
    Definition, DefinitionId, Delivered, ErrorClass, Position, Received, Sink, Source, Start,
    TransportError,
};
use strictframe_dashflow::{Unframer, schema_key};

use crate::support::frame;

/// A place that has a sink and sources.
pub(crate) trait Place {
    type Sink: Sink;
    type Source: Source;

    /// The sink, as its process opens it.
    fn sink(&self) -> impl Future<Output = Self::Sink>;

    /// A source, as a process opens it.
    fn source(
        &self,
        start: &Start,
        group: Option<&str>,
    ) -> impl Future<Output = Result<Self::Source, TransportError>>;
}

/// Runs every test of the suite, each in a place of its own.
macro_rules! suite {
    ($place:expr) => {
        $crate::suite::suite!($place;
            frames_come_back_in_order_with_their_positions,
            a_frame_is_taken_only_after_its_schema_and_dictionary,
            definitions_reach_readers_that_come_later,
            a_group_goes_on_where_it_left_off,
            a_source_can_seek_back_and_begin_at_the_end,
            a_paused_partition_gives_nothing_and_loses_nothing,
            a_frame_that_is_too_long_is_refused_for_good,
            a_flush_comes_after_every_receipt,
            partitions_and_groups_that_are_not_there_are_named,
            receiving_can_be_given_up_at_any_moment
        );
    };
    ($place:expr; $($name:ident),*) => {$(
        #[tokio::test]
        async fn $name() {
            let place = $place;
            $crate::suite::$name(&place).await;
        }
    )*};
}
pub(crate) use suite;

/// The next value; fails when none comes in time.
pub(crate) async fn delivered(source: &mut impl Source) -> Delivered {
    loop {
        let received = tokio::time::timeout(PATIENCE, source.receive());
        match received.await.expect("a value in time").expect("no error") {
            Received::Delivered(delivered) => return delivered,
            Received::Assigned(_) | Received::CaughtUp { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

/// Everything until all partitions are caught up.
pub(crate) async fn drain(source: &mut impl Source) -> Vec<Delivered> {
    let (mut values, mut behind) = (Vec::new(), None);
    loop {
        let received = tokio::time::timeout(PATIENCE, source.receive());
        match received.await.expect("a value in time").expect("no error") {
            Received::Assigned(partitions) => behind = Some(partitions),
            Received::Delivered(delivered) => values.push(delivered),
            Received::CaughtUp { partition } => {
                let behind = behind.as_mut().expect("partitions before their ends");
                behind.retain(|other| *other != partition);
                if behind.is_empty() {
                    return values;
                }
            }
            other => panic!("{other:?}"),
        }
    }
}

/// Sends frames of these threads by turns, all receipts awaited, and gives their positions.
async fn fill(sink: &impl Sink, threads: &[&str], each: u64) -> Vec<Position> {
    sink.announce(Definition::envelope()).await.unwrap();
    let mut receipts = Vec::new();
    for sequence in 1..=each {
        receipts.extend(threads.iter().map(|name| sink.send(frame(name, sequence))));
    }
    let mut positions = Vec::new();
    for receipt in receipts {
        positions.push(receipt.await.unwrap());
    }
    positions
}

pub(crate) async fn frames_come_back_in_order_with_their_positions(place: &impl Place) {
    let sink = place.sink().await;
    let positions = fill(&sink, &["a", "b", "c"], 20).await;
    let mut source = place.source(&Start::Earliest, None).await.unwrap();
    let values = drain(&mut source).await;
    assert_eq!(values.len(), 60);
    let mut unframer = Unframer::new(Limits::DEFAULT).unwrap();
    let mut sequences = BTreeMap::<String, Vec<u64>>::new();
    let mut offsets = BTreeMap::<u32, Vec<u64>>::new();
    for Delivered { position, key, value, .. } in &values {
        let unframed = unframer.unframe(value).unwrap();
        let thread = unframed.head.thread.unwrap().to_owned();
        assert_eq!(key.as_deref(), Some(thread.as_bytes()));
        sequences.entry(thread).or_default().push(unframed.head.sequence.unwrap());
        offsets.entry(position.partition).or_default().push(position.offset);
    }
    let ordered: Vec<u64> = (1..=20).collect();
    assert_eq!(sequences.len(), 3);
    assert!(sequences.values().all(|found| *found == ordered), "{sequences:?}");
    assert!(offsets.values().all(|found| found.is_sorted_by(|a, b| a < b)), "{offsets:?}");
    let mut found: Vec<_> = values.iter().map(|delivered| delivered.position).collect();
    let mut said = positions;
    found.sort();
    said.sort();
    assert_eq!(found, said);
}

pub(crate) async fn a_frame_is_taken_only_after_its_schema_and_dictionary(place: &impl Place) {
    let sink = place.sink().await;
    let refused = sink.send(frame("a", 1)).await.unwrap_err();
    assert_eq!((refused.class(), refused.name()), (ErrorClass::Permanent, "Unannounced"));
    sink.announce(Definition::envelope()).await.unwrap();
    // Announced twice is announced.
    sink.announce(Definition::envelope()).await.unwrap();
    assert!(sink.send(frame("a", 1)).await.is_ok());
    let (with, dictionary) = crate::support::frame_with_dictionary("a", 2);
    let refused = sink.send(with.clone()).await.unwrap_err();
    assert_eq!((refused.class(), refused.name()), (ErrorClass::Permanent, "Unannounced"));
    sink.announce(Definition::dictionary(&dictionary).unwrap()).await.unwrap();
    assert!(sink.send(with).await.is_ok());
}

pub(crate) async fn definitions_reach_readers_that_come_later(place: &impl Place) {
    let sink = place.sink().await;
    sink.announce(Definition::envelope()).await.unwrap();
    let (with, dictionary) = crate::support::frame_with_dictionary("a", 1);
    sink.announce(Definition::dictionary(&dictionary).unwrap()).await.unwrap();
    sink.send(with).await.unwrap();
    let mut source = place.source(&Start::Earliest, None).await.unwrap();
    let value = delivered(&mut source).await.value;
    let definitions = source.definitions().await.unwrap();
    let mut ids: Vec<_> = definitions.iter().map(Definition::id).collect();
    ids.sort();
    let expected = [DefinitionId::Dictionary(dictionary.id()), DefinitionId::Schema(schema_key())];
    assert_eq!(ids, expected);
    // What was announced is what a reader needs.
    let held = definitions.iter().find(|found| found.id() == expected[0]).unwrap();
    let bytes = &held.frame()[28..held.frame().len() - 4];
    let registry = strictframe_dashflow::registry().unwrap();
    let registry = registry.with_dictionary(Dictionary::new(bytes.to_vec()).unwrap()).unwrap();
    let unframer = Unframer::with_registry(registry, Limits::DEFAULT, Default::default());
    let mut unframer = unframer.unwrap();
    assert_eq!(unframer.unframe(&value).unwrap().messages.len(), 1);
}

pub(crate) async fn a_group_goes_on_where_it_left_off(place: &impl Place) {
    let sink = place.sink().await;
    fill(&sink, &["a"], 10).await;
    let mut source = place.source(&Start::Committed, Some("readers")).await.unwrap();
    for _ in 0..4 {
        let done = delivered(&mut source).await.position;
        source.commit(done.next()).await.unwrap();
    }
    // Read and not committed: it comes again.
    let fifth = delivered(&mut source).await.position;
    drop(source);
    let mut source = place.source(&Start::Committed, Some("readers")).await.unwrap();
    assert_eq!(delivered(&mut source).await.position, fifth);
    drop(source);
    let mut other = place.source(&Start::Committed, Some("others")).await.unwrap();
    assert_eq!(drain(&mut other).await.len(), 10);
}

pub(crate) async fn a_source_can_seek_back_and_begin_at_the_end(place: &impl Place) {
    let sink = place.sink().await;
    let positions = fill(&sink, &["a"], 10).await;
    let mut source = place.source(&Start::Latest, None).await.unwrap();
    assert_eq!(drain(&mut source).await, []);
    source.seek(positions[7]).await.unwrap();
    let found = [delivered(&mut source).await, delivered(&mut source).await];
    assert_eq!(found.map(|delivered| delivered.position), [positions[7], positions[8]]);
    let mut source = place.source(&Start::At(vec![positions[3]]), None).await.unwrap();
    loop {
        let position = delivered(&mut source).await.position;
        if position.partition == positions[3].partition {
            assert_eq!(position, positions[3]);
            break;
        }
    }
}

pub(crate) async fn a_paused_partition_gives_nothing_and_loses_nothing(place: &impl Place) {
    let sink = place.sink().await;
    let positions = fill(&sink, &["a"], 10).await;
    let mut source = place.source(&Start::Earliest, None).await.unwrap();
    let first = delivered(&mut source).await.position;
    assert_eq!(first, positions[0]);
    source.pause(first.partition).unwrap();
    let until = tokio::time::Instant::now() + Duration::from_millis(200);
    while let Ok(received) = tokio::time::timeout_at(until, source.receive()).await {
        let received = received.unwrap();
        assert!(!matches!(received, Received::Delivered(_)), "{received:?}");
    }
    source.resume(first.partition).unwrap();
    for expected in &positions[1..] {
        assert_eq!(delivered(&mut source).await.position, *expected);
    }
}

pub(crate) async fn a_frame_that_is_too_long_is_refused_for_good(place: &impl Place) {
    let sink = place.sink().await;
    sink.announce(Definition::envelope()).await.unwrap();
    let text = crate::support::noise(sink.longest());
    let long = crate::support::frame_of_text("a", 1, text);
    assert!(long.bytes().len() > sink.longest());
    let refused = sink.send(long).await.unwrap_err();
    assert_eq!((refused.class(), refused.name()), (ErrorClass::Permanent, "FrameTooLarge"));
    assert!(sink.send(frame("a", 2)).await.is_ok());
}

pub(crate) async fn a_flush_comes_after_every_receipt(place: &impl Place) {
    let sink = place.sink().await;
    sink.announce(Definition::envelope()).await.unwrap();
    let receipts: Vec<_> = (1..=50).map(|sequence| sink.send(frame("a", sequence))).collect();
    tokio::time::timeout(PATIENCE, sink.flush()).await.unwrap().unwrap();
    for receipt in receipts {
        // Known already: not a moment is waited for it.
        let known = tokio::time::timeout(Duration::ZERO, receipt).await;
        assert!(known.expect("a receipt before the flush").is_ok());
    }
}

pub(crate) async fn partitions_and_groups_that_are_not_there_are_named(place: &impl Place) {
    let sink = place.sink().await;
    fill(&sink, &["a"], 1).await;
    let mut source = place.source(&Start::Earliest, None).await.unwrap();
    let position = delivered(&mut source).await.position;
    let error = source.commit(position.next()).await.unwrap_err();
    assert_eq!((error.class(), error.name()), (ErrorClass::Permanent, "NoGroup"));
    let beyond = Position { partition: 999, offset: 0 };
    assert_eq!(source.pause(999).unwrap_err().name(), "UnknownPartition");
    assert_eq!(source.resume(999).unwrap_err().name(), "UnknownPartition");
    assert_eq!(source.seek(beyond).await.unwrap_err().name(), "UnknownPartition");
    let begun = place.source(&Start::At(vec![position, beyond]), None).await;
    assert_eq!(begun.err().unwrap().name(), "UnknownPartition");
    let ahead = Position { offset: 1_000_000, ..position };
    assert_eq!(source.seek(ahead).await.unwrap_err().name(), "PositionAhead");
}

pub(crate) async fn receiving_can_be_given_up_at_any_moment(place: &impl Place) {
    let sink = place.sink().await;
    let mut source = place.source(&Start::Earliest, None).await.unwrap();
    let expected = fill(&sink, &["a"], 200).await;
    let mut found = Vec::new();
    let mut moment = 0_u64;
    while found.len() < expected.len() {
        moment = (moment * 31 + 7) % 50;
        let patience = Duration::from_micros(moment);
        match tokio::time::timeout(patience, source.receive()).await {
            Ok(Ok(Received::Delivered(delivered))) => found.push(delivered.position),
            Ok(Ok(_)) => {}
            Ok(Err(error)) => panic!("{error}"),
            Err(_) => tokio::task::yield_now().await,
        }
    }
    assert_eq!(found, expected);
}

/// How long something may take that comes at once.
const PATIENCE: Duration = Duration::from_secs(60);
