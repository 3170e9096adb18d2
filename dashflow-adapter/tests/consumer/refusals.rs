//! What cannot be taken: each by its name, each dealt with as it was asked, and none twice.

use bytes::Bytes;
use prost::Message as _;
use strictframe::Limits;
use strictframe_dashflow::consumer::{
    Action, Consumer, ConsumerError, ConsumerOptions, Item, OnRefusal, Refusal, RefusalClass,
};
use strictframe_dashflow::dead_letter::DeadLetterReader;
use strictframe_dashflow::transport::memory::{Fate, MemoryLog, MemorySource};
use strictframe_dashflow::transport::{Definition, ErrorClass, Position, Start, TransportError};

use crate::support::{frame_of_text, frame_with_dictionary, noise, record};
use crate::world::{append, drain, frame, log, texts};

/// A value of each sort that is refused, with the code that it is refused with.
pub(crate) fn poison() -> [(Bytes, RefusalClass, &'static str); 6] {
    let whole = frame("a", 1, 2..=2);
    let mut flipped = whole.to_vec();
    flipped[40] ^= 1;
    let legacy = [&[0][..], &record("a", 2).message().unwrap().encode_to_vec()].concat();
    let (unknown, _) = frame_with_dictionary("a", 2);
    [
        (flipped.into(), RefusalClass::Damaged, "SF-0313"),
        (whole.slice(..whole.len() - 1), RefusalClass::Damaged, "SF-0103"),
        (legacy.into(), RefusalClass::Foreign, "SF-0101"),
        (Bytes::new(), RefusalClass::Damaged, "SF-0103"),
        (unknown.bytes().clone(), RefusalClass::Unknown, "SF-0601"),
        (frame_of_text("a", 2, noise(70_000)).bytes().clone(), RefusalClass::Oversized, "SF-0205"),
    ]
}

fn options(on_refusal: OnRefusal) -> ConsumerOptions {
    let mut options = ConsumerOptions::default();
    (options.on_refusal, options.limits) = (on_refusal, Limits::TINY);
    options
}

fn consumer(log: &MemoryLog, on_refusal: OnRefusal) -> Consumer<MemorySource> {
    crate::world::consumer(log, options(on_refusal))
}

fn refusals(items: &[Item]) -> Vec<&Refusal> {
    let mut refusals = Vec::new();
    for item in items {
        if let Item::Refused(refusal) = item {
            refusals.push(refusal);
        }
    }
    refusals
}

#[tokio::test]
async fn what_is_skipped_is_named_and_hinders_nobody() {
    for (value, class, code) in poison() {
        let log = log([frame("a", 1, 1..=1), value.clone(), frame("a", 1, 3..=3)]);
        let mut consumer = consumer(&log, OnRefusal::always(Action::Skip));
        let items = drain(&mut consumer).await;
        assert_eq!(items.len(), 3, "{code}: {items:?}");
        let [refusal] = refusals(&items)[..] else { panic!("{items:?}") };
        assert_eq!((refusal.class, refusal.refused.code().to_string().as_str()), (class, code));
        assert_eq!((refusal.position.offset, refusal.action), (1, Action::Skip));
        assert_eq!(refusal.value, value);
        consumer.commit().await.unwrap();
        assert_eq!(consumer.counts().refused.get(&class), Some(&1));
        assert_eq!(consumer.counts().skipped, 1);
    }
}

#[tokio::test]
async fn what_is_put_with_the_dead_letters_is_whole_there_and_says_where_it_was() {
    let mut reader = DeadLetterReader::default();
    for (value, _, code) in poison() {
        let (log, letters) =
            (log([frame("a", 1, 1..=1), value.clone(), frame("a", 1, 3..=3)]), MemoryLog::new(1));
        let consumer = consumer(&log, OnRefusal::always(Action::DeadLetter));
        let sink = letters.sink();
        let mut consumer = consumer.with_dead_letters(sink, "events", "billing").unwrap();
        let items = drain(&mut consumer).await;
        assert_eq!(items.len(), 3, "{code}: {items:?}");
        let [frame] = &letters.values(0)[..] else { panic!("one letter") };
        let letter = reader.read(frame).unwrap();
        assert_eq!((letter.topic.as_str(), letter.error_code.as_str()), ("events", code));
        assert_eq!((letter.partition, letter.offset), (Some(0), Some(1)));
        assert_eq!((letter.original, letter.key), (value.to_vec(), b"key".to_vec()));
        assert!(letter.error.starts_with("billing: "), "{}", letter.error);
        assert_eq!(consumer.counts().dead_letters, 1);
    }
}

#[tokio::test]
async fn a_value_that_no_dead_letter_keeps_is_not_passed_over() {
    let (value, ..) = poison()[0].clone();
    let log = log([value, frame("a", 1, 3..=3)]);
    let letters = MemoryLog::new(1);
    letters.decide(|_| Fate::Refuse(TransportError::permanent("Denied", "not allowed")));
    let sink = letters.sink();
    let with = consumer(&log, OnRefusal::default()).with_dead_letters(sink, "events", "c");
    for mut consumer in [with.unwrap(), consumer(&log, OnRefusal::default())] {
        let assigned = consumer.next().await.unwrap();
        assert_eq!(assigned, Item::Assigned(vec![0]));
        let Item::Refused(refusal) = consumer.next().await.unwrap() else { panic!("a refusal") };
        assert_eq!((refusal.action, refusal.position.offset), (Action::Pause, 0));
        consumer.commit().await.unwrap();
        assert_eq!(consumer.counts().dead_letter_failures, 1);
        // Whoever comes next begins with it.
        let source = log.source(&Start::Committed, Some("g")).unwrap();
        let mut again = Consumer::new(source, options(OnRefusal::always(Action::Skip))).unwrap();
        assert_eq!(refusals(&drain(&mut again).await).len(), 1);
    }
}

#[tokio::test]
async fn a_pause_holds_one_partition_and_a_dictionary_that_comes_later_mends_it() {
    let (value, dictionary) = frame_with_dictionary("a", 1);
    let log = MemoryLog::new(2);
    for value in [value.bytes().clone(), frame("a", 1, 2..=2)] {
        log.append(0, None, value).unwrap();
    }
    log.append(1, None, frame("b", 1, 1..=1)).unwrap();
    let mut consumer = consumer(&log, OnRefusal::always(Action::Pause));
    let mut items = Vec::new();
    while !items.iter().any(|item| matches!(item, Item::CaughtUp { partition: 1 })) {
        items.push(consumer.next().await.unwrap());
    }
    let [refusal] = refusals(&items)[..] else { panic!("{items:?}") };
    assert_eq!(
        (refusal.position, refusal.action),
        (Position { partition: 0, offset: 0 }, Action::Pause)
    );
    assert_eq!(items.iter().filter(|item| matches!(item, Item::Messages(_))).count(), 1);

    // Resumed without the dictionary it is refused once more, with it it is read.
    consumer.resume(0).unwrap();
    assert!(matches!(consumer.next().await, Ok(Item::Refused(_))));
    log.define(Definition::dictionary(&dictionary).unwrap());
    consumer.resume(0).unwrap();
    let mut given = 0;
    while given < 2 {
        given += usize::from(matches!(consumer.next().await.unwrap(), Item::Messages(_)));
    }
}

#[tokio::test]
async fn a_dictionary_that_is_announced_is_learnt_without_a_word() {
    let (value, dictionary) = frame_with_dictionary("a", 1);
    let log = log([value.bytes().clone(), value.bytes().clone()]);
    log.define(Definition::dictionary(&dictionary).unwrap());
    let mut consumer = consumer(&log, OnRefusal::always(Action::Stop));
    assert_eq!(drain(&mut consumer).await.len(), 1);
    assert_eq!(consumer.counts().duplicates, 1);
    // As many as were allowed, and no more.
    let mut options = options(OnRefusal::always(Action::Skip));
    options.dictionaries = 0;
    let mut none = crate::world::consumer(&log, options);
    assert_eq!(refusals(&drain(&mut none).await).len(), 2);
}

#[tokio::test]
async fn a_stop_is_in_front_of_the_value_and_stays_one() {
    let (value, ..) = poison()[2].clone();
    let log = log([frame("a", 1, 1..=1), value, frame("a", 1, 3..=3)]);
    let mut stopping = consumer(&log, OnRefusal::always(Action::Stop));
    stopping.next().await.unwrap();
    stopping.next().await.unwrap();
    for _ in 0..2 {
        let error = stopping.next().await.unwrap_err();
        assert!(error.to_string().starts_with("stopped in front of 0:1: SF-0101: "), "{error}");
        let ConsumerError::Stopped(refusal) = error else { panic!("a stop") };
        assert_eq!(refusal.position.offset, 1);
    }
    stopping.commit().await.unwrap();
    let mut next = consumer(&log, OnRefusal::always(Action::Skip));
    let items = drain(&mut next).await;
    assert_eq!((items.len(), refusals(&items).len()), (2, 1));
}

#[tokio::test]
async fn an_error_of_the_source_is_told_with_its_class_and_reading_goes_on() {
    let log = log((1..=3).map(|number| frame("a", 1, number..=number)));
    log.keep(1);
    let source = log.source(&Start::Earliest, None).unwrap();
    let mut consumer = Consumer::new(source, ConsumerOptions::default()).unwrap();
    assert_eq!(texts(&drain(&mut consumer).await).len(), 1);
    log.keep(0);
    append(&log, frame("a", 1, 4..=4));
    log.keep(5);
    append(&log, frame("a", 1, 5..=5));
    let items = drain(&mut consumer).await;
    let Some(Item::Lost { error, .. }) = items.first() else { panic!("{items:?}") };
    assert_eq!((error.class(), consumer.counts().losses), (ErrorClass::Permanent, 1));
    assert_eq!(items.len(), 2);
}
