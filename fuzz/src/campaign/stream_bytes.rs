//! Streams as wholes, broken bit by bit and byte by byte: none of them is read to its end any more.

use core::ops::Range;
use std::collections::HashSet;

use strictframe_core::Header;

use super::course::{Course, run};
use super::positions::Positions;
use super::{Corpus, Scale, Tally, mutations, register, split};
use crate::forge::compress::Failure;
use crate::forge::crc;

/// A stream, and the readers before its frames.
struct Subject<'a> {
    stream: &'a [u8],
    positions: Positions,
}

impl Subject<'_> {
    fn judge(&self, corpus: &Corpus, edited: &[u8], unchanged: usize) -> Tally {
        corpus.count(edited, self.positions.lead_to_an_end(edited, unchanged))
    }
}

/// The streams that are not too long; what a strict reader refuses among them too.
fn subjects<'a>(corpus: &'a Corpus, scale: &Scale) -> Vec<Subject<'a>> {
    let all = corpus.streams.iter().chain(&corpus.refused_streams);
    let short = all.filter(|stream| stream.len() <= scale.longest);
    short.map(|stream| Subject { stream, positions: Positions::of(stream) }).collect()
}

/// What a way to damage makes of each stream.
fn each(
    corpus: &Corpus,
    scale: &Scale,
    course: &dyn Course,
    mutate: impl Fn(&[u8], &mut dyn FnMut(&[u8], usize)) + Sync,
) -> Tally {
    run(&subjects(corpus, scale), course, |subject| {
        let mut tally = Tally::default();
        mutate(subject.stream, &mut |edited, unchanged| {
            tally.add(subject.judge(corpus, edited, unchanged));
        });
        tally
    })
}

/// Every bit of every stream.
///
/// # Errors
/// None.
pub fn one_bit(corpus: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    let subjects = subjects(corpus, scale);
    let pieces = subjects.iter().flat_map(|subject| {
        (0..subject.stream.len()).step_by(PIECE).map(move |start| (subject, start))
    });
    let pieces: Vec<_> = pieces.collect();
    Ok(run(&pieces, course, |(subject, start)| {
        let mut tally = Tally::default();
        let places = *start..subject.stream.len().min(start + PIECE);
        mutations::flipped(subject.stream, places, |edited, unchanged| {
            tally.add(subject.judge(corpus, edited, unchanged));
        });
        tally
    }))
}

/// Every beginning.
///
/// # Errors
/// None.
pub fn truncated(corpus: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    Ok(each(corpus, scale, course, |stream, look| mutations::truncated(stream, look)))
}

/// Every end.
///
/// # Errors
/// None.
pub fn shifted(corpus: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    Ok(each(corpus, scale, course, |stream, look| mutations::shifted(stream, look)))
}

/// Every byte value at every place.
///
/// In a long body one value at each place is read in full; of the others it is known beforehand whether the checksum of the
/// frame could match, and those of which it could are read in full too.
///
/// # Errors
/// None.
pub fn inserted(corpus: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    let subjects: Vec<(Subject<'_>, LongBodies)> = subjects(corpus, scale)
        .into_iter()
        .map(|subject| {
            let bodies = LongBodies::of(subject.stream);
            (subject, bodies)
        })
        .collect();
    let values = |subject| (0..=255).map(move |value| (subject, value));
    let pieces: Vec<(&(Subject<'_>, LongBodies), u8)> = subjects.iter().flat_map(values).collect();
    Ok(run(&pieces, course, |((subject, bodies), value)| {
        let mut tally = Tally::default();
        mutations::inserted(subject.stream, *value, |edited, place| {
            let is_known = usize::from(*value) != place % 256 && bodies.refuse(place, *value);
            tally.add(if is_known {
                Tally::passed()
            } else {
                subject.judge(corpus, edited, place)
            });
        });
        tally
    }))
}

/// The long bodies of a stream, and what could be put into them without their checksum showing it.
struct LongBodies {
    places: Vec<Range<usize>>,
    unseen: HashSet<(usize, u8)>,
}

impl LongBodies {
    fn of(stream: &[u8]) -> Self {
        let frames = split(stream).into_iter().filter(|frame| frame.len() > LONG);
        let mut bodies = Self { places: Vec::new(), unseen: HashSet::new() };
        for frame in frames {
            let body = frame.start + Header::LEN..frame.end - 4;
            let before = crc(&[&stream[frame.start..frame.start + 24]]);
            let trailer = stream[body.end..].first_chunk().copied().unwrap_or_default();
            let found = register::insertions(before, &stream[body.clone()], trailer);
            bodies.unseen.extend(found.iter().map(|(place, value)| (body.start + place, *value)));
            bodies.places.push(body);
        }
        bodies
    }

    /// Whether the checksum of a frame shows that this value was put in at this place.
    fn refuse(&self, place: usize, value: u8) -> bool {
        let is_inside = self.places.iter().any(|body| body.contains(&place));
        is_inside && !self.unseen.contains(&(place, value))
    }
}

/// Every byte.
///
/// # Errors
/// None.
pub fn deleted(corpus: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    Ok(each(corpus, scale, course, |stream, look| mutations::deleted(stream, look)))
}

/// Every two neighbours that differ.
///
/// # Errors
/// None.
pub fn swapped(corpus: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    Ok(each(corpus, scale, course, |stream, look| mutations::swapped(stream, look)))
}

/// Every vector behind every other, read as a stream.
///
/// # Errors
/// None.
pub fn joined(corpus: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    let inputs = corpus.inputs(scale);
    Ok(run(&inputs, course, |first| {
        let positions = Positions::of(first);
        let (mut bytes, mut tally) = (first.to_vec(), Tally::default());
        for second in inputs.iter().filter(|second| !second.is_empty()) {
            bytes.extend_from_slice(second);
            tally.add(corpus.count(&bytes, positions.lead_to_an_end(&bytes, first.len())));
            bytes.truncate(first.len());
        }
        tally
    }))
}

/// Bytes of a stream that are damaged in one piece of work.
const PIECE: usize = 512;
/// A frame so long that a checksum over all of it for each byte takes too long.
const LONG: usize = 16 << 10;
