//! The damage campaign: every vector broken in every listed way, and nothing broken is taken for whole.

use core::iter::Sum;
use core::ops::Range;
use std::collections::HashSet;
use std::io;
use std::path::Path;

use strictframe_core::{Deframer, Event, Frame, Limits};

use crate::forge::compress::Failure;
use crate::vector::{Operation, join};
use crate::vectors::folder;

pub mod dictionaries;
pub mod flips;
pub mod others;
pub mod recovery;
pub mod streams;
pub mod structure;

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
        let (mut frames, mut refused, mut streams) = (Vec::new(), Vec::new(), Vec::new());
        for vector in folder::read(folder)? {
            let Some(parts) = &vector.input else { continue };
            let input = join(parts);
            match vector.operation {
                Operation::Relay | Operation::Decode if is_accepted(&input) => frames.push(input),
                Operation::Relay | Operation::Decode => refused.push(input),
                Operation::Deframe | Operation::Stream | Operation::Recover => {
                    frames.extend(split(&input).into_iter().map(|place| input[place].to_vec()));
                    if vector.operation == Operation::Stream && vector.name.starts_with("valid/") {
                        streams.push(input);
                    }
                }
                _ => {}
            }
        }
        known.extend(frames.iter().chain(&refused).chain(&streams).cloned());
        for list in [&mut frames, &mut refused, &mut streams] {
            list.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
            list.dedup();
        }
        Ok(Self { frames, refused, streams, known })
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

/// How mutations fared.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Tally {
    /// All of them.
    pub tried: u64,
    /// Refused, as they should be.
    pub refused: u64,
    /// Accepted for a reason: it is equal to a vector, say.
    pub excused: u64,
    /// Accepted, or otherwise not as they should be.
    pub accepted: u64,
    /// The first of those, in words or in hex.
    pub examples: Vec<String>,
}

impl Tally {
    /// One that is not as it should be.
    #[must_use]
    pub fn failed(example: String) -> Self {
        Self { tried: 1, accepted: 1, examples: vec![example], ..Self::default() }
    }

    /// One that is.
    #[must_use]
    pub fn passed() -> Self {
        Self { tried: 1, refused: 1, ..Self::default() }
    }

    /// One that is not, and need not be.
    #[must_use]
    pub fn excused() -> Self {
        Self { tried: 1, excused: 1, ..Self::default() }
    }

    /// Adds another one to it.
    pub fn add(&mut self, other: Self) {
        self.tried += other.tried;
        self.refused += other.refused;
        self.excused += other.excused;
        self.accepted += other.accepted;
        let room = EXAMPLES.saturating_sub(self.examples.len());
        self.examples.extend(other.examples.into_iter().take(room));
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |mut sum, tally| {
            sum.add(tally);
            sum
        })
    }
}

/// How much is tried.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Scale {
    /// Where random choices begin.
    pub seed: u64,
    /// The longest frame that is damaged bit by bit and byte by byte.
    pub longest: usize,
    /// The longest frame all of whose pairs of bits are flipped.
    pub longest_pairs: usize,
    /// The longest frame all of whose triples of bits are flipped.
    pub longest_triples: usize,
    /// Random flips of 3 to 5 bits.
    pub flips: u64,
    /// Random frames, foreign messages, damaged streams.
    pub random: u64,
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
            longest_pairs: 256,
            longest_triples: 48,
            flips: 1_000_000_000,
            random: 5_000_000,
            dictionaries: 20_000,
        }
    }

    /// A slice of a minute or two.
    #[must_use]
    pub const fn sample(seed: u64) -> Self {
        Self {
            seed,
            longest: 20_000,
            longest_pairs: 128,
            longest_triples: 40,
            flips: 100_000_000,
            random: 1_000_000,
            dictionaries: 1000,
        }
    }

    /// So little that it can be part of the tests.
    #[must_use]
    pub const fn least(seed: u64) -> Self {
        Self {
            seed,
            longest: 300,
            longest_pairs: 36,
            longest_triples: 33,
            flips: 100_000,
            random: 2000,
            dictionaries: 30,
        }
    }
}

/// A part of the campaign: what it does to how many, and how it went.
pub type Stage = fn(&Corpus, &Scale, &dyn Progress) -> Result<Tally, Failure>;

/// The parts in their order.
pub const STAGES: [(&str, Stage); 16] = [
    ("one bit", flips::one_bit),
    ("two bits", flips::two_bits),
    ("three bits", flips::three_bits),
    ("three to five random bits", flips::random_bits),
    ("cut at the end", structure::truncated),
    ("cut at the start", structure::shifted),
    ("one byte put in", structure::inserted),
    ("one byte taken out", structure::deleted),
    ("two bytes exchanged", structure::swapped),
    ("two vectors joined", structure::joined),
    ("header and body of two frames", structure::spliced),
    ("read and written again", others::written_again),
    ("other formats", others::foreign),
    ("wrong dictionaries", dictionaries::wrong),
    ("frames of streams moved", streams::moved),
    ("damaged streams recovered", recovery::recovered),
];

/// Who is told how far a part has come.
pub trait Progress: Sync {
    /// So many units of work are ahead.
    fn begin(&self, units: u64);
    /// One of them is done.
    fn step(&self);
}

const EXAMPLES: usize = 5;
