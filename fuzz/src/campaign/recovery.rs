//! Random damage to random streams: no frame comes out that was not put in, and the losses add up.

use core::ops::Range;
use std::collections::HashMap;

use strictframe_core::Limits;
use strictframe_core::recovery::{Event, Recovery};

use super::course::{Course, run};
use super::{Corpus, Scale, Tally};
use crate::forge::compress::Failure;
use crate::forge::payload::{self, Random};
use crate::forge::stream::Stream;
use crate::vectors::sample::{self, OTHER_ID, STREAM_ID};

/// Damaged streams, recovered with the id and without it.
///
/// # Errors
/// None.
pub fn recovered(_: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    let parts: Vec<u64> = (0..scale.random.div_ceil(IN_PART * 10)).collect();
    Ok(run(&parts, course, |part| {
        let mut random = Random::new(scale.seed ^ (part << 18));
        (0..IN_PART).map(|_| one(&mut random)).sum()
    }))
}

/// The same with bytes that change and neither come nor go: then nothing at all comes out that was not put in.
///
/// # Errors
/// None.
pub fn overwritten(_: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    let parts: Vec<u64> = (0..scale.random.div_ceil(IN_PART * 10)).collect();
    Ok(run(&parts, course, |part| {
        let mut random = Random::new(scale.seed ^ (part << 18) ^ OVERWRITTEN);
        (0..IN_PART).map(|_| one_overwritten(&mut random)).sum()
    }))
}

/// A stream with SYNCs in many places, in some of whose payloads lie frames and streams, and copies of what stands before them.
///
/// A copy can stand in for what is lost, and with it come frames that came before; the report does not vouch for those.
fn stream(random: &mut Random, has_copies: bool) -> Stream {
    let mut stream = Stream::new(STREAM_ID).schema(&sample::schema());
    for number in 0..4 + random.below(30) {
        stream = match random.below(10) {
            0 => stream.sync(),
            1 => stream.message(sample::key(), nested(random).bytes()),
            3 if has_copies => {
                let frames = stream.frames();
                let from = frames.get(random.below(frames.len() as u64) as usize);
                let from = from.map_or(0, |(place, _)| place.start);
                let copy = stream.bytes().get(from..).unwrap_or_default().to_vec();
                stream.message(sample::key(), &copy)
            }
            2 => stream.message(sample::key(), &payload::noise(random.next(), 3000)),
            _ => stream.message(sample::key(), &payload::record(number)),
        };
    }
    stream.sync().message(sample::key(), b"last").end()
}

/// A stream of somebody else, as a payload.
fn nested(random: &mut Random) -> Stream {
    let stream = Stream::new(OTHER_ID).schema(&sample::schema());
    let stream =
        stream.message(sample::key(), &payload::record(random.below(1 << 40) + 1000)).sync();
    stream.message(sample::key(), &payload::record(random.below(1 << 40) + 1000)).end()
}

/// Changes bytes, or puts some in, or takes some out, behind the first SYNC.
fn damage(random: &mut Random, bytes: &mut Vec<u8>) {
    let at = 80 + random.below(bytes.len() as u64 - 80) as usize;
    let len = 1 + random.below(300) as usize;
    let end = bytes.len().min(at + len);
    match random.below(4) {
        0 => bytes[at] ^= 1 << random.below(8),
        1 => bytes[at..end].fill(random.below(256) as u8),
        2 => drop(bytes.drain(at..end)),
        _ => drop(bytes.splice(at..at, payload::noise(random.next(), len))),
    }
}

fn one(random: &mut Random) -> Tally {
    let stream = stream(random, true);
    let mut bytes = stream.bytes().to_vec();
    for _ in 0..1 + random.below(3) {
        damage(random, &mut bytes);
    }
    match account(&stream, &bytes) {
        Ok(0) => Tally::passed(),
        Ok(_) => Tally::excused(),
        Err(what) => Tally::failed(what),
    }
}

fn one_overwritten(random: &mut Random) -> Tally {
    let stream = stream(random, false);
    let mut bytes = stream.bytes().to_vec();
    for _ in 0..1 + random.below(4) {
        let at = 80 + random.below(bytes.len() as u64 - 80) as usize;
        let end = bytes.len().min(at + 1 + random.below(300) as usize);
        match random.below(3) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at..end].fill(random.below(256) as u8),
            _ => bytes[at..end].copy_from_slice(&payload::noise(random.next(), end - at)),
        }
    }
    match account(&stream, &bytes) {
        Ok(0) => Tally::passed(),
        Ok(phantoms) => Tally::failed(format!("{phantoms} frames that were not in the stream")),
        Err(what) => Tally::failed(what),
    }
}

/// Whether what comes out was in the stream, no oftener, and makes up the whole with what is said to be lost.
///
/// Gives the frames that were not, and of which the report says so: bytes taken out in front of a frame inside a
/// payload can leave it exactly where a frame is due, in a segment that is marked edited or behind the last anchor.
fn account(stream: &Stream, bytes: &[u8]) -> Result<usize, String> {
    let mut written: HashMap<&[u8], u64> = HashMap::new();
    for (place, kind) in stream.frames() {
        if *kind == 1 || *kind == 2 {
            *written.entry(&stream.bytes()[place.clone()]).or_default() += 1;
        }
    }
    let total: u64 = written.values().sum();
    let mut delivered = Vec::new();
    let mut edited = Vec::new();
    let mut recovery = Recovery::open(bytes, Limits::DEFAULT, None)
        .map_err(|error| format!("{error:?} although the first SYNC is whole"))?;
    while let Some(event) = recovery.next().map_err(|error| format!("{error:?}"))? {
        match event {
            Event::Frame { frame, bytes, start } if frame.kind().is_data() => {
                delivered.push(start..start + bytes.len() as u64);
            }
            Event::Edited { from, to } => edited.push(from..to),
            _ => {}
        }
    }
    let report = recovery.report();
    // SPEC [REC-5, REC-6]: the report vouches for what is confirmed, and in no segment that is marked.
    let confirmed = delivered.len().saturating_sub(report.unconfirmed as usize);
    let (sure, unsure) = delivered.split_at(confirmed);
    let is_marked = |start| edited.iter().any(|segment| segment.contains(&start));
    let (marked, sure): (Vec<_>, Vec<_>) = sure.iter().partition(|place| is_marked(place.start));
    // SPEC [REC-3]: what was in the stream, nested and forged frames excluded.
    let mut was_there = |place: &Range<u64>| {
        let frame = bytes.get(place.start as usize..place.end as usize).unwrap_or_default();
        written.get_mut(frame).is_some_and(|left| {
            let was_left = *left > 0;
            *left = left.saturating_sub(1);
            was_left
        })
    };
    if let Some(Range { start, .. }) = sure.into_iter().find(|place| !was_there(place)) {
        return Err(format!("a phantom at {start}, in a segment that is confirmed and not marked"));
    }
    let others = marked.into_iter().chain(unsure);
    let phantoms = others.filter(|place| !was_there(place)).count();
    // SPEC [REC-4]: what is there and what is lost is all there was, as far as anchors reach.
    let sum = report.frames + report.frames_lost;
    match (report.terminated, report.edited) {
        (true, 0) if sum != total => Err(format!("{sum} of {total} frames accounted for")),
        _ => Ok(phantoms),
    }
}

const IN_PART: u64 = 50;
/// Other streams than those of the other part.
const OVERWRITTEN: u64 = 1 << 60;
