//! Random damage to random streams: no frame comes out that was not put in, and the losses add up.

use std::collections::HashMap;

use strictframe_core::Limits;
use strictframe_core::recovery::{Event, Recovery};

use super::flips::run;
use super::{Corpus, Progress, Scale, Tally};
use crate::forge::compress::Failure;
use crate::forge::payload::{self, Random};
use crate::forge::stream::Stream;
use crate::vectors::sample::{self, OTHER_ID, STREAM_ID};

/// Damaged streams, recovered with the id and without it.
///
/// # Errors
/// None.
pub fn recovered(_: &Corpus, scale: &Scale, progress: &dyn Progress) -> Result<Tally, Failure> {
    let parts: Vec<u64> = (0..scale.random.div_ceil(IN_PART * 10)).collect();
    Ok(run(&parts, progress, |part| {
        let mut random = Random::new(scale.seed ^ (part << 18));
        (0..IN_PART).map(|_| one(&mut random)).sum()
    }))
}

/// A stream with SYNCs in many places, in some of whose payloads lie frames and streams.
fn stream(random: &mut Random) -> Stream {
    let mut stream = Stream::new(STREAM_ID).schema(&sample::schema());
    for number in 0..4 + random.below(30) {
        stream = match random.below(8) {
            0 => stream.sync(),
            1 => stream.message(sample::key(), nested(random).bytes()),
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
    let stream = stream(random);
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
    let mut phantoms = Vec::new();
    let mut edited = Vec::new();
    let mut delivered = 0;
    let mut recovery = Recovery::open(bytes, Limits::DEFAULT, None)
        .map_err(|error| format!("{error:?} although the first SYNC is whole"))?;
    while let Some(event) = recovery.next().map_err(|error| format!("{error:?}"))? {
        match event {
            Event::Frame { frame, bytes, start } if frame.kind().is_data() => {
                // SPEC [REC-3]: what was in the stream, nested and forged frames excluded.
                match written.get_mut(bytes) {
                    Some(left) if *left > 0 => *left -= 1,
                    _ => phantoms.push((delivered, start)),
                }
                delivered += 1;
            }
            Event::Edited { from, to } => edited.push(from..to),
            _ => {}
        }
    }
    let report = recovery.report();
    // SPEC [REC-5, REC-6]: a phantom stands where the report vouches for nothing.
    let confirmed = delivered - report.unconfirmed;
    let vouched_for = phantoms.iter().find(|(number, start)| {
        *number < confirmed && !edited.iter().any(|segment| segment.contains(start))
    });
    if let Some((_, start)) = vouched_for {
        return Err(format!("a phantom at {start}, in a segment that is confirmed and not marked"));
    }
    // SPEC [REC-4]: what is there and what is lost is all there was, as far as anchors reach.
    let sum = report.frames + report.frames_lost;
    match (report.terminated, report.edited) {
        (true, 0) if sum != total => Err(format!("{sum} of {total} frames accounted for")),
        _ => Ok(phantoms.len()),
    }
}

const IN_PART: u64 = 50;
