//! Splits records into those to train on and those to judge by, and keeps an even sample of both.

use std::path::Path;

use strictframe::Limits;
use strictframe::core::identity::digest;

use crate::failure::Failure;
use crate::help::record_too_large;
use crate::lines::{Line, Lines};
use crate::progress::Progress;
use crate::source::{Source, not_read};

/// The two parts.
pub(super) struct Samples {
    pub(super) trained: Part,
    pub(super) held_out: Part,
}

/// Records of one part, thinned out evenly when they are too many.
pub(super) struct Part {
    kept: Vec<(u64, Box<[u8]>)>,
    bytes: usize,
    /// Records above this rank are not kept.
    highest: u64,
    most: usize,
}

impl Samples {
    pub(super) fn read(inputs: &[&Path], hold_out: f64) -> Result<Self, Failure> {
        let mut samples = Self { trained: Part::new(MOST), held_out: Part::new(MOST) };
        let limit = Limits::DEFAULT.raw() as usize;
        let mut line = Vec::new();
        for input in inputs {
            let source = Source::open(input)?;
            let mut progress = Progress::new("reading", source.len(), false);
            let mut lines = Lines::new(source, limit);
            loop {
                line.clear();
                let found = lines.next_into(&mut line).map_err(|error| not_read(input, &error))?;
                match found {
                    Line::End => break,
                    Line::TooLong { len } => {
                        return Err(record_too_large(len, input, lines.number()));
                    }
                    Line::Whole => samples.add(&line, hold_out),
                }
                progress.at(lines.bytes());
            }
        }
        Ok(samples)
    }

    fn add(&mut self, record: &[u8], hold_out: f64) {
        if record.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        // Two independent numbers that follow from the record alone.
        let [side, rank] = numbers(record);
        let is_held_out = (side as f64) < hold_out * 2_f64.powi(64);
        let part = if is_held_out { &mut self.held_out } else { &mut self.trained };
        part.add(rank, record);
    }
}

impl Part {
    fn new(most: usize) -> Self {
        Self { kept: Vec::new(), bytes: 0, highest: u64::MAX, most }
    }

    pub(super) fn records(&self) -> Vec<&[u8]> {
        self.kept.iter().map(|(_, record)| &**record).collect()
    }

    fn add(&mut self, rank: u64, record: &[u8]) {
        if rank > self.highest {
            return;
        }
        self.kept.push((rank, record.into()));
        self.bytes += record.len() + OVERHEAD;
        while self.bytes > self.most {
            self.highest /= 2;
            self.kept.retain(|(rank, _)| *rank <= self.highest);
            self.bytes = self.kept.iter().map(|(_, record)| record.len() + OVERHEAD).sum();
        }
    }
}

fn numbers(record: &[u8]) -> [u64; 2] {
    let digest = digest(record);
    let (numbers, _) = digest.as_chunks::<8>();
    [0, 1].map(|index| numbers.get(index).copied().map_or(0, u64::from_le_bytes))
}

/// The most bytes that are kept of a part, what keeping them takes counted.
const MOST: usize = 32 << 20;
const OVERHEAD: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    fn record(n: usize) -> Vec<u8> {
        format!("{{\"n\":{n}}}").into_bytes()
    }

    #[test]
    fn equal_records_fall_on_one_side_and_the_parts_have_their_sizes() {
        let mut samples = Samples { trained: Part::new(MOST), held_out: Part::new(MOST) };
        for n in (0..10_000).chain(0..10_000) {
            samples.add(&record(n), 0.2);
        }
        let (trained, held_out) = (samples.trained.records(), samples.held_out.records());
        assert_eq!(trained.len() + held_out.len(), 20_000);
        assert!((3_700..=4_300).contains(&held_out.len()), "{}", held_out.len());
        let trained: std::collections::BTreeSet<_> = trained.into_iter().collect();
        assert!(held_out.iter().all(|record| !trained.contains(record)));
    }

    #[test]
    fn too_many_records_are_thinned_out_from_everywhere() {
        let mut part = Part::new(100_000);
        for n in 0..100_000 {
            let text = record(n);
            part.add(numbers(&text)[1], &text);
        }
        assert!(part.bytes <= 100_000 && part.bytes >= 25_000, "{}", part.bytes);
        let records = part.records();
        let middle = record(50_000);
        let late = records.iter().filter(|kept| ***kept >= middle[..]).count();
        assert!(late * 4 > records.len(), "{late} of {}", records.len());
    }
}
