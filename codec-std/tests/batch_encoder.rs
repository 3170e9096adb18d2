//! Records gathered into batches come back whole and in order, whichever limit completed each of them.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic in a test is a failed test")]

#[path = "support/material.rs"]
mod material;

use core::time::Duration;
use std::time::Instant;

use material::{encoder, encoder_by, event, noise, record, writer};
use proptest::prelude::*;
use strictframe::{
    BatchEncoder, BatchLimits, CodecChoice, CompressionPolicy, Decoder, EncodeError, Item, Kind,
    Limits, Registry,
};

fn limits(bytes: u32, count: u32, time_ms: u32) -> BatchLimits {
    let mut limits = BatchLimits::default();
    (limits.bytes, limits.count, limits.time_ms) = (bytes, count, time_ms);
    limits
}

/// By count alone.
fn by_count(count: u32) -> BatchLimits {
    limits(1 << 26, count, u32::MAX)
}

fn batches(limits: BatchLimits) -> BatchEncoder {
    BatchEncoder::new(encoder(CodecChoice::Auto, None), limits).unwrap()
}

/// What a frame says: its sequence, time and item count, and its records.
#[derive(Debug, Eq, PartialEq)]
struct Said {
    sequence: Option<u64>,
    time: Option<i64>,
    item_count: Option<u32>,
    records: Vec<Vec<u8>>,
}

fn said(frame: &[u8]) -> Said {
    let registry = Registry::new().with_schema(&event()).unwrap();
    let mut decoder = Decoder::builder(registry).limits(Limits::MAXIMUM).build();
    let decoded = decoder.decode(frame).unwrap();
    assert_eq!(decoded.frame.kind(), Kind::BATCH);
    let extensions = decoded.frame.extensions();
    let (sequence, time) = (extensions.sequence(), extensions.time());
    let records = decoded.records.iter().map(<[u8]>::to_vec).collect();
    Said { sequence, time, item_count: extensions.item_count(), records }
}

/// The records of every frame.
fn records(frames: &[Vec<u8>]) -> Vec<Vec<Vec<u8>>> {
    frames.iter().map(|frame| said(frame).records).collect()
}

#[test]
fn a_batch_is_complete_when_its_count_is_reached() {
    let (now, mut frames) = (Instant::now(), Vec::new());
    let mut batches = batches(by_count(3));
    for n in 0..8 {
        batches.push(&record(n), now, |frame| frames.push(frame.to_vec())).unwrap();
        assert_eq!((frames.len(), batches.count()), ((n + 1) / 3, (n + 1) % 3));
    }
    batches.flush(|frame| frames.push(frame.to_vec())).unwrap();
    batches.flush(|_| panic!("nothing is left")).unwrap();
    let of = |range: core::ops::Range<usize>| range.map(record).collect::<Vec<_>>();
    assert_eq!(records(&frames), [of(0..3), of(3..6), of(6..8)]);
}

#[test]
fn a_batch_is_complete_when_no_other_record_fits() {
    // SPEC [BAT-1]: 4 bytes, and 4 for every item, count.
    let (now, mut frames) = (Instant::now(), Vec::new());
    let mut batches = batches(limits(40, 100, u32::MAX));
    let mut push = |record: &[u8]| {
        let before = frames.len();
        batches.push(record, now, |frame| frames.push(frame.to_vec())).unwrap();
        frames.len() - before
    };
    assert_eq!([push(&[1; 10]), push(&[2; 10])], [0, 0], "32 bytes, room for an empty record");
    assert_eq!(push(&[3; 5]), 1, "41 bytes would be too many: the first two go, the third stays");
    assert_eq!(push(&[4; 20]), 1, "37 bytes, and no room for even an empty record");
    assert_eq!([push(&[5; 10]), push(&[6; 32])], [0, 2], "one goes for want of room, one at once");
    let lens: Vec<Vec<usize>> =
        records(&frames).iter().map(|records| records.iter().map(Vec::len).collect()).collect();
    assert_eq!(lens, [vec![10, 10], vec![5, 20], vec![10], vec![32]]);
}

#[test]
fn a_batch_is_due_when_its_first_record_has_waited_long_enough() {
    let start = Instant::now();
    let at = |millis| start + Duration::from_millis(millis);
    let mut frames = Vec::new();
    let mut batches = batches(limits(1 << 20, 1000, 50));
    assert_eq!(batches.deadline(), None);
    batches.push("a", at(0), |_| panic!("not due")).unwrap();
    batches.push("b", at(30), |_| panic!("not due")).unwrap();
    assert_eq!(batches.deadline(), Some(at(50)), "the first record's, not the last one's");
    batches.flush_due(at(49), |_| panic!("not due")).unwrap();
    batches.flush_due(at(50), |frame| frames.push(frame.to_vec())).unwrap();
    assert_eq!(batches.deadline(), None);
    // A record that comes late completes the batch it finds, and goes with it.
    batches.push("c", at(60), |_| panic!("not due")).unwrap();
    batches.push("d", at(110), |frame| frames.push(frame.to_vec())).unwrap();
    // A clock that goes back makes nothing due.
    batches.push("e", at(120), |_| panic!("not due")).unwrap();
    batches.push("f", at(10), |_| panic!("not due")).unwrap();
    assert_eq!((records(&frames).concat().concat(), batches.count()), (b"abcd".to_vec(), 2));
}

#[test]
fn records_that_may_wait_for_ever_have_no_deadline() {
    let mut batches = batches(by_count(2));
    batches.push("a", Instant::now(), |_| panic!("not complete")).unwrap();
    assert_eq!((batches.deadline(), batches.count()), (None, 1));
}

#[test]
fn of_a_set_only_what_is_too_large_is_refused_by_its_index() {
    let (now, mut frames) = (Instant::now(), Vec::new());
    let mut batches = batches(limits(100, 4, u32::MAX));
    let set: Vec<_> = [9, 200, 92, 93, 5, 5, 5, 5, 5].map(|len| noise(len, len as u64)).into();
    let refused = batches.push_all(&set, now, |frame| frames.push(frame.to_vec())).unwrap_err();
    let too_large = |len: u64| EncodeError::RecordTooLarge { len: len + 8, limit: 100 };
    assert_eq!(refused.items, [(1, too_large(200)), (3, too_large(93))]);
    let text = "item 1: record too large, 208 bytes where 100 are accepted; item 3: record too large, 101 bytes where 100 are accepted";
    assert_eq!(refused.to_string(), text);
    batches.flush(|frame| frames.push(frame.to_vec())).unwrap();
    let taken: Vec<_> = [0, 2, 4, 5, 6, 7, 8].map(|index| set[index].clone()).into();
    assert_eq!(records(&frames).concat(), taken);
    assert_eq!(frames.len(), 4);
}

#[test]
fn the_encoders_own_limits_hold_beside_those_of_the_batch() {
    // SPEC [LIM-1]: a decoder with the encoder's limits takes every frame, extensions and all.
    let now = Instant::now();
    for encoder_limits in [Limits::DEFAULT.with_raw(1000), Limits::DEFAULT.with_body(1000)] {
        let encoder = encoder_by(CompressionPolicy::new(CodecChoice::None), None, encoder_limits);
        let batches = BatchEncoder::new(encoder, by_count(1)).unwrap();
        let mut batches = batches.with_item_count();
        let registry = Registry::new().with_schema(&event()).unwrap();
        let mut decoder = Decoder::builder(registry).limits(encoder_limits).build();
        let mut taken = 0;
        for len in 950..=1000 {
            let record = vec![7; len];
            let item = Item::from(&record).with_sequence(1).with_time(2);
            let pushed = batches.push(item, now, |frame| {
                assert_eq!(decoder.decode(frame).unwrap().records.get(0), Some(&record[..]));
                taken += 1;
            });
            let largest = if encoder_limits.raw() == 1000 { 992 } else { 958 };
            assert_eq!(pushed.is_ok(), len <= largest, "{len} bytes");
        }
        assert!(taken > 0);
    }
}

#[test]
fn limits_out_of_range_are_refused_by_their_field() {
    let build = |limits| BatchEncoder::new(encoder(CodecChoice::Auto, None), limits).map(|_| ());
    let field = |limits| match build(limits).unwrap_err() {
        EncodeError::PolicyRefused(error) => error.pointer,
        other => panic!("another refusal: {other}"),
    };
    let age = 0;
    assert_eq!(field(limits(7, 1, age)), "/batch/bytes");
    assert_eq!(field(limits((1 << 26) + 1, 1, age)), "/batch/bytes");
    assert_eq!(field(limits(8, 0, age)), "/batch/count");
    assert_eq!(field(limits(8, 65_537, age)), "/batch/count");
    assert_eq!(build(limits(8, 65_536, age)), Ok(()));
}

#[test]
fn a_batch_says_the_sequence_and_time_of_its_first_record() {
    let (now, mut frames) = (Instant::now(), Vec::new());
    let mut batches = batches(by_count(100)).with_item_count();
    let mut push = |item: Item<'_>| {
        batches.push(item, now, |frame| frames.push(said(frame))).unwrap();
    };
    let item = Item::from("r");
    // One batch of three; then a gap, a repeat, none, and the end of all numbers.
    (7..10).for_each(|n| push(item.with_sequence(n).with_time(-5 - i64::try_from(n).unwrap())));
    push(item.with_sequence(11).with_time(3));
    push(item.with_sequence(11).with_time(4));
    push(item.with_sequence(12));
    push(item);
    push(item);
    push(item.with_sequence(u64::MAX));
    push(item);
    batches.flush(|frame| frames.push(said(frame))).unwrap();
    let numbers: Vec<_> =
        frames.iter().map(|said| (said.sequence, said.time, said.item_count)).collect();
    let expected = [
        (Some(7), Some(-12), Some(3)),
        (Some(11), Some(3), Some(1)),
        (Some(11), Some(4), Some(1)),
        (Some(12), None, Some(1)),
        (None, None, Some(2)),
        (Some(u64::MAX), None, Some(1)),
        (None, None, Some(1)),
    ];
    assert_eq!(numbers, expected);
}

#[test]
fn a_stream_takes_the_frames_as_they_are() {
    let (now, mut writer) = (Instant::now(), writer());
    let mut batches = batches(by_count(64));
    for n in 0..1000 {
        batches.push(&record(n), now, |frame| writer.write_frame(frame).unwrap()).unwrap();
    }
    batches.flush(|frame| writer.write_frame(frame).unwrap()).unwrap();
    assert_eq!(writer.count(), 16);
    let (read, error) = material::read_strictly(&writer.finish().unwrap());
    assert!(error.is_none() && read.into_iter().eq((0..1000).map(record)));
}

/// One call, and how many milliseconds pass before it.
#[derive(Clone, Debug)]
enum Call {
    Push(Vec<u8>),
    PushAll(Vec<Vec<u8>>),
    Flush,
    FlushDue,
}

fn calls() -> impl Strategy<Value = Vec<(u64, Call)>> {
    let record = || prop::collection::vec(any::<u8>(), 0..60);
    let call = prop_oneof![
        6 => record().prop_map(Call::Push),
        2 => prop::collection::vec(record(), 0..9).prop_map(Call::PushAll),
        1 => Just(Call::Flush),
        2 => Just(Call::FlushDue),
    ];
    prop::collection::vec((0..40_u64, call), 0..60)
}

proptest! {
    #[test]
    fn whatever_the_limits_every_record_comes_once_and_in_order(
        calls in calls(),
        bytes in 8..150_u32,
        count in 1..9_u32,
        time_ms in 0..100_u32,
    ) {
        let (mut now, mut frames) = (Instant::now(), Vec::new());
        let mut batches = batches(limits(bytes, count, time_ms)).with_item_count();
        let (mut taken, mut number) = (Vec::new(), 0);
        let fits = |record: &Vec<u8>| record.len() + 8 <= bytes as usize;
        for (millis, call) in calls {
            now += Duration::from_millis(millis);
            let emit = |frame: &[u8]| frames.push(frame.to_vec());
            match call {
                Call::Push(record) => {
                    let item = Item::from(&record).with_sequence(number);
                    prop_assert_eq!(batches.push(item, now, emit).is_ok(), fits(&record));
                    if fits(&record) {
                        taken.push(record);
                        number += 1;
                    }
                }
                Call::PushAll(set) => {
                    let numbered: Vec<_> = set.iter().scan(number, |next, record| {
                        let item = Item::from(record).with_sequence(*next);
                        *next += u64::from(fits(record));
                        Some(item)
                    }).collect();
                    let refused = batches.push_all(numbered, now, emit);
                    let refused = refused.err().map(|refused| refused.items).unwrap_or_default();
                    let expected = set.iter().enumerate().filter(|(_, record)| !fits(record));
                    prop_assert!(refused.iter().map(|item| item.0).eq(expected.map(|item| item.0)));
                    number += set.iter().filter(|record| fits(record)).count() as u64;
                    taken.extend(set.into_iter().filter(fits));
                }
                Call::Flush => {
                    batches.flush(emit).unwrap();
                    prop_assert_eq!(batches.count(), 0);
                }
                Call::FlushDue => {
                    batches.flush_due(now, emit).unwrap();
                    prop_assert!(batches.deadline().is_none_or(|deadline| deadline > now));
                }
            }
        }
        batches.flush(|frame| frames.push(frame.to_vec())).unwrap();
        let mut read = Vec::new();
        for frame in &frames {
            let said = said(frame);
            let payload = 4 + said.records.iter().map(|record| 4 + record.len()).sum::<usize>();
            prop_assert!(payload <= bytes as usize && said.records.len() <= count as usize);
            prop_assert_eq!(said.sequence, Some(read.len() as u64));
            prop_assert_eq!(said.item_count, Some(said.records.len() as u32));
            read.extend(said.records);
        }
        prop_assert_eq!(read, taken);
    }
}
