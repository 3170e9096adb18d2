//! Inputs of a mebibyte that make as much work as they can: none of them takes a second.

use core::time::Duration;
use std::time::Instant;

use strictframe_core::Limits;

use super::course::{Course, run};
use super::{Corpus, Scale, Tally};
use crate::forge::compress::{Failure, by_hand};
use crate::forge::payload::{self, Random};
use crate::forge::stream::Stream;
use crate::forge::{Data, Packed};
use crate::properties::{chunking, frame, recovery};
use crate::vectors::sample::{self, STREAM_ID};

/// Each read as a frame, in pieces, as a stream and by recovery.
///
/// # Errors
/// None.
pub fn in_time(_: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    let numbers: Vec<u64> = (0..scale.large).collect();
    Ok(run(&numbers, course, |number| {
        let mut random = Random::new(scale.seed ^ (number << 22));
        let mut input = SHAPES[(number % SHAPES.len() as u64) as usize](&mut random);
        input.truncate(MEBIBYTE);
        if random.below(3) == 0 && !input.is_empty() {
            let at = random.below(input.len() as u64) as usize;
            input[at] ^= 1 << random.below(8);
        }
        let piece = 1 + random.below(5000) as usize;
        WAYS.iter().map(|(name, way)| timed(name, || way(&input, piece))).sum()
    }))
}

/// What an input goes through, each of which is over in a second.
type Way = fn(&[u8], usize);

const WAYS: [(&str, Way); 5] = [
    ("a frame", |input, _| {
        frame::is_written_again(input);
        frame::nothing_panics(input, &Limits::DEFAULT);
    }),
    ("a connection", |input, piece| chunking::never_changes_a_connection(input, &[piece])),
    ("a stream", |input, piece| chunking::never_changes_a_stream(input, &[piece])),
    ("a recovery", |input, _| recovery::is_safe(input, None)),
    ("a recovery by an id", |input, _| recovery::is_safe(input, Some(STREAM_ID))),
];

/// What takes long takes it each time; once it may have been the machine, which had other work.
pub(super) fn timed(name: &str, work: impl Fn()) -> Tally {
    let time = || {
        let begun = Instant::now();
        work();
        begun.elapsed()
    };
    let times: Vec<_> = (0..3).map(|_| time()).take_while(|time| *time >= A_LONG_TIME).collect();
    if times.len() < 3 { Tally::passed() } else { Tally::failed(format!("{name}: {times:?}")) }
}

type Shape = fn(&mut Random) -> Vec<u8>;

const SHAPES: [Shape; 12] = [
    |random| payload::noise(random.next(), MEBIBYTE),
    |random| Data::message(sample::key(), &payload::noise(random.next(), MEBIBYTE - 32)).bytes(),
    // As many records as fit.
    |_| Data::batch(sample::key(), &vec![b""; MEBIBYTE / 4 - 9]).bytes(),
    |random| extensions(random).bytes(),
    // Four MiB out of little, and blocks of one byte each.
    |_| compressed(2, by_hand::run(4 << 20, 7), 4 << 20),
    |_| blocks(),
    |_| compressed(1, matches(), 4 << 20),
    // The smallest frames.
    |random| messages(random, 0).bytes().to_vec(),
    |random| messages(random, 40).end().bytes().to_vec(),
    // Starts of frames, and of streams, one in another.
    |random| [0x9E, 0xC1, 0x11, random.below(256) as u8].repeat(MEBIBYTE / 4),
    |_| Stream::new(STREAM_ID).bytes().repeat(MEBIBYTE / 80),
    |random| {
        let nested = messages(random, 8).end();
        let inner = nested.bytes().get(..60_000).unwrap_or_default();
        (0..17)
            .fold(Stream::new(STREAM_ID), |stream, _| stream.message(sample::key(), inner))
            .bytes()
            .to_vec()
    },
];

/// All that the block can hold.
fn extensions(random: &mut Random) -> Data {
    let data = Data::message(sample::key(), &payload::noise(random.next(), MEBIBYTE - 70_000));
    (1..8000).fold(data, |data, kind| data.extension(0x100 + kind, &[0; 4]))
}

fn compressed(codec: u8, stored: Vec<u8>, raw_len: u32) -> Vec<u8> {
    let packed = Packed { raw_len, ..Packed::of(codec, &[7; 100], None) };
    Data::message(sample::key(), &[]).packed(packed, stored).bytes()
}

/// Zstandard blocks of a byte that is repeated twenty times.
fn blocks() -> Vec<u8> {
    let count = MEBIBYTE as u32 / 4 - 100;
    let mut stored = by_hand::header(by_hand::WINDOW_128_KIB, count * 20);
    (0..count).for_each(|block| stored.extend(by_hand::rle(block + 1 == count, 20, 3)));
    compressed(2, stored, (count * 20).min(4 << 20))
}

/// An LZ4 block of one literal and one match as long as the format lets it be.
fn matches() -> Vec<u8> {
    let mut block = vec![0x1F, 7, 1, 0];
    block.extend(vec![0xFF; 16_447]);
    block.extend([0, 0]);
    block
}

/// Frames of `len` bytes of payload, a mebibyte of them.
fn messages(random: &mut Random, len: usize) -> Stream {
    let mut stream = Stream::new(STREAM_ID).schema(&sample::schema());
    let payload = payload::noise(random.next(), len);
    while stream.bytes().len() < MEBIBYTE - 200 {
        stream = stream.message(sample::key(), &payload);
    }
    stream
}

const MEBIBYTE: usize = 1 << 20;
const A_LONG_TIME: Duration = Duration::from_secs(1);
