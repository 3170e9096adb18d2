//! The damage campaign: every vector broken in every listed way, and nothing broken is taken for whole.

use core::ops::Range;
use std::collections::HashSet;
use std::io;
use std::path::Path;

use strictframe_core::{Deframer, Event, Frame, Limits};

use self::course::Course;
use self::positions::is_read_to_its_end;
pub use self::tally::Tally;
use crate::forge::compress::Failure;
use crate::vector::{Operation, join};
use crate::vectors::folder;

pub mod course;
pub mod dictionaries;
pub mod flips;
pub mod large;
pub mod mutations;
pub mod others;
pub mod positions;
pub mod record;
pub mod recovery;
pub mod register;
pub mod report;
pub mod stream_bytes;
pub mod streams;
pub mod structure;
mod tally;

/// What is damaged, and what may come out of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Corpus {
    /// Frames that a relay accepts, each once, the shortest first.
    pub frames: Vec<Vec<u8>>,
    /// Inputs for one frame that a relay refuses.
    pub refused: Vec<Vec<u8>>,
    /// Streams that a strict reader accepts.
    pub streams: Vec<Vec<u8>>,
    /// Streams that it refuses, for what they are and not for damage.
    pub refused_streams: Vec<Vec<u8>>,
    /// Everything above: a mutation that leads to one of these is no mutation.
    known: HashSet<Vec<u8>>,
}

impl Corpus {
    /// The inputs of all vectors below `folder`.
    ///
    /// # Errors
    /// What the file system reports, and `InvalidData` naming a file that is no vector.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let mut known = HashSet::new();
        let (mut frames, mut refused) = (Vec::new(), Vec::new());
        let (mut streams, mut refused_streams) = (Vec::new(), Vec::new());
        for vector in folder::read(folder)? {
            let Some(parts) = &vector.input else { continue };
            let input = join(parts);
            match vector.operation {
                Operation::Relay | Operation::Decode if is_accepted(&input) => frames.push(input),
                Operation::Relay | Operation::Decode => refused.push(input),
                Operation::Deframe | Operation::Stream | Operation::Recover => {
                    frames.extend(split(&input).into_iter().map(|place| input[place].to_vec()));
                    if is_read_to_its_end(&input) {
                        streams.push(input);
                    } else if vector.operation != Operation::Recover {
                        refused_streams.push(input);
                    }
                    // What recovery is shown was whole before somebody flipped one of its bits, and is so again when that is undone.
                }
                _ => {}
            }
        }
        known.extend(frames.iter().chain(&refused).chain(&streams).cloned());
        // A whole stream behind what does not belong to it is one when that is cut away.
        for input in &refused_streams {
            let starts = (1..input.len()).filter(|start| input[*start..].starts_with(&SYNC));
            let whole = starts.map(|start| &input[start..]).filter(|rest| is_read_to_its_end(rest));
            known.extend(whole.map(<[u8]>::to_vec));
        }
        for list in [&mut frames, &mut refused, &mut streams, &mut refused_streams] {
            list.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
            list.dedup();
        }
        Ok(Self { frames, refused, streams, refused_streams, known })
    }

    /// Every input that is not too long.
    fn inputs(&self, scale: &Scale) -> Vec<&[u8]> {
        let all = [&self.frames, &self.refused, &self.streams, &self.refused_streams];
        let short = all.into_iter().flatten().filter(|input| input.len() <= scale.longest);
        short.map(Vec::as_slice).collect()
    }

    /// Every input for one frame that is not too long.
    fn inputs_of_one(&self, scale: &Scale) -> Vec<&[u8]> {
        let all = self.frames.iter().chain(&self.refused);
        all.filter(|input| input.len() <= scale.longest).map(Vec::as_slice).collect()
    }

    /// The verdict on one mutation.
    #[must_use]
    pub fn judge(&self, mutation: &[u8]) -> Tally {
        self.count(mutation, is_accepted(mutation))
    }

    /// The same where somebody else decided whether it is accepted.
    #[must_use]
    pub fn count(&self, mutation: &[u8], accepted: bool) -> Tally {
        if !accepted {
            return Tally { tried: 1, refused: 1, ..Tally::default() };
        }
        if self.known.contains(mutation) {
            return Tally { tried: 1, excused: 1, ..Tally::default() };
        }
        let example = mutation.iter().take(200).map(|byte| format!("{byte:02x}")).collect();
        Tally { tried: 1, accepted: 1, examples: vec![example], ..Tally::default() }
    }
}

/// Whether a relay forwards these bytes as one frame, under the widest limits.
#[must_use]
pub fn is_accepted(bytes: &[u8]) -> bool {
    Frame::parse(bytes, &Limits::MAXIMUM).is_ok()
}

/// Where the frames lie that stand one after another from the first byte on.
#[must_use]
pub fn split(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut deframer = Deframer::new(Limits::MAXIMUM);
    let mut places = Vec::new();
    let mut at = 0;
    while let Ok(step) = deframer.step(&bytes[at..], true) {
        let Event::Frame { .. } = step.event else { break };
        places.push(at..at + step.consumed);
        at += step.consumed;
    }
    places
}

/// How much is tried.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Scale {
    /// Where random choices begin.
    pub seed: u64,
    /// The longest frame that is damaged bit by bit and byte by byte.
    pub longest: usize,
    /// How far apart frames of a stream are that are exchanged.
    pub far: usize,
    /// Frames of other streams that are put in.
    pub guests: usize,
    /// The longest frame all of whose pairs of bits are flipped.
    pub longest_pairs: usize,
    /// The longest frame all of whose triples of bits are flipped.
    pub longest_triples: usize,
    /// Random flips of 3 to 5 bits.
    pub flips: u64,
    /// Random frames, foreign messages, damaged streams.
    pub random: u64,
    /// Inputs of about a mebibyte.
    pub large: u64,
    /// Records decoded with wrong dictionaries.
    pub dictionaries: u64,
}

impl Scale {
    /// All of it.
    #[must_use]
    pub const fn full(seed: u64) -> Self {
        Self {
            seed,
            longest: usize::MAX,
            far: usize::MAX,
            guests: usize::MAX,
            longest_pairs: 256,
            longest_triples: 48,
            flips: 1_000_000_000,
            random: 3_000_000,
            large: 120,
            dictionaries: 20_000,
        }
    }

    /// A slice of a minute or two.
    #[must_use]
    pub const fn sample(seed: u64) -> Self {
        Self {
            seed,
            longest: 20_000,
            far: 40,
            guests: 60,
            longest_pairs: 128,
            longest_triples: 40,
            flips: 100_000_000,
            random: 1_000_000,
            large: 12,
            dictionaries: 1000,
        }
    }

    /// So little that it can be part of the tests.
    #[must_use]
    pub const fn least(seed: u64) -> Self {
        Self {
            seed,
            longest: 300,
            far: 40,
            guests: 30,
            longest_pairs: 36,
            longest_triples: 33,
            flips: 100_000,
            random: 2000,
            large: 0,
            dictionaries: 30,
        }
    }
}

/// A part of the campaign.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Stage {
    /// The number of what it shows, in the list of what must hold.
    pub item: u8,
    /// What it does.
    pub name: &'static str,
    run: fn(&Corpus, &Scale, &dyn Course) -> Result<Tally, Failure>,
}

impl Stage {
    const fn new(
        item: u8,
        name: &'static str,
        run: fn(&Corpus, &Scale, &dyn Course) -> Result<Tally, Failure>,
    ) -> Self {
        Self { item, name, run }
    }

    /// Goes from where the course stands to its end.
    ///
    /// # Errors
    /// [`Failure`] when a compressor refuses.
    pub fn run(
        &self,
        corpus: &Corpus,
        scale: &Scale,
        course: &dyn Course,
    ) -> Result<Tally, Failure> {
        (self.run)(corpus, scale, course)
    }
}

/// The parts in their order.
pub const STAGES: [Stage; 26] = [
    Stage::new(1, "one bit", flips::one_bit),
    Stage::new(1, "one bit of a stream", stream_bytes::one_bit),
    Stage::new(1, "two bits", flips::two_bits),
    Stage::new(1, "three bits", flips::three_bits),
    Stage::new(1, "three to five random bits", flips::random_bits),
    Stage::new(2, "cut at the end", structure::truncated),
    Stage::new(2, "cut at the start", structure::shifted),
    Stage::new(2, "one byte put in", structure::inserted),
    Stage::new(2, "one byte taken out", structure::deleted),
    Stage::new(2, "two bytes exchanged", structure::swapped),
    Stage::new(2, "two vectors joined", structure::joined),
    Stage::new(2, "header and body of two frames", structure::spliced),
    Stage::new(2, "a stream cut at the end", stream_bytes::truncated),
    Stage::new(2, "a stream cut at the start", stream_bytes::shifted),
    Stage::new(2, "one byte put into a stream", stream_bytes::inserted),
    Stage::new(2, "one byte taken out of a stream", stream_bytes::deleted),
    Stage::new(2, "two bytes of a stream exchanged", stream_bytes::swapped),
    Stage::new(2, "two streams joined", stream_bytes::joined),
    Stage::new(4, "read and written again", others::written_again),
    Stage::new(4, "inputs of a mebibyte", large::in_time),
    Stage::new(5, "other formats", others::foreign),
    Stage::new(6, "wrong dictionaries", dictionaries::wrong),
    Stage::new(7, "frames of streams moved", streams::moved),
    Stage::new(7, "frames of others put in", streams::put_in),
    Stage::new(7, "damaged streams recovered", recovery::recovered),
    Stage::new(7, "streams overwritten in places", recovery::overwritten),
];

/// How a SYNC begins.
const SYNC: [u8; 3] = [0x9E, 0xC1, 0x13];
