//! Records, checked and split by key into those to train on and those to judge by.

use std::path::Path;

use serde_json::Value;
use strictframe::Split;
use strictframe::core::identity::digest;

use super::Arguments;
use crate::failure::{Failure, Refusal};
use crate::pack::check::Checker;
use crate::pack::records::{each_chunk, total};
use crate::progress::Progress;
use crate::terminal::{counted, shown, tame};

/// The two parts, in the order of the input.
pub(super) struct Samples {
    pub(super) trained: Part,
    pub(super) held_out: Part,
    /// Records of the input.
    pub(super) records: u64,
}

/// Records of one part. When they are too many, whole runs of records that stand side by side are left out, evenly from everywhere.
pub(super) struct Part {
    kept: Vec<(u64, Box<[u8]>)>,
    bytes: usize,
    most: usize,
    /// Runs above this rank are not kept.
    highest: u64,
    run: Run,
}

/// The run that is being read.
#[derive(Default)]
struct Run {
    number: u64,
    count: usize,
    bytes: usize,
}

impl Samples {
    pub(super) fn read(arguments: &Arguments, checker: Checker) -> Result<Self, Failure> {
        let inputs = vec![arguments.input.clone()];
        let [trained, held_out] = [MOST_TRAINED, MOST_HELD_OUT].map(Part::new);
        let mut samples = Self { trained, held_out, records: 0 };
        let split = Split::new(HELD_OUT, 0);
        let mut progress = Progress::new("reading", total(&inputs)?, false);
        each_chunk(inputs, checker, |chunk| {
            progress.at(chunk.bytes_read());
            for record in chunk.records() {
                // Every line is a record, or the checker has refused it.
                samples.records += 1;
                let key = match &arguments.key {
                    Some(pointer) => key(record, pointer)
                        .ok_or_else(|| keyless(pointer, &arguments.input, samples.records))?,
                    None => record.to_vec(),
                };
                let is_held_out = split.is_some_and(|split| split.holds_out(&key));
                let part = if is_held_out { &mut samples.held_out } else { &mut samples.trained };
                part.add(record);
            }
            Ok(())
        })?;
        drop(progress);
        let counts = [&samples.trained, &samples.held_out].map(|part| part.kept.len());
        if counts.iter().any(|count| *count < FEWEST) {
            return Err(too_few(&samples, &arguments.input));
        }
        Ok(samples)
    }
}

impl Part {
    fn new(most: usize) -> Self {
        Self { kept: Vec::new(), bytes: 0, most, highest: u64::MAX, run: Run::default() }
    }

    pub(super) fn records(&self) -> Vec<&[u8]> {
        self.kept.iter().map(|(_, record)| &**record).collect()
    }

    /// The bytes of the records that are kept.
    pub(super) fn record_bytes(&self) -> usize {
        self.kept.iter().map(|(_, record)| record.len()).sum()
    }

    fn add(&mut self, record: &[u8]) {
        if self.run.count == RUN_RECORDS || self.run.bytes > self.most / RUNS {
            self.run = Run { number: self.run.number + 1, ..Run::default() };
        }
        self.run.count += 1;
        self.run.bytes += record.len() + OVERHEAD;
        let rank = number(&self.run.number.to_le_bytes());
        if rank > self.highest {
            return;
        }
        self.kept.push((rank, record.into()));
        self.bytes += record.len() + OVERHEAD;
        while self.bytes > self.most {
            let last = self.kept.iter().map(|(rank, _)| *rank).max().unwrap_or_default();
            self.highest = last.saturating_sub(1);
            self.kept.retain(|(rank, _)| *rank != last);
            self.bytes = self.kept.iter().map(|(_, record)| record.len() + OVERHEAD).sum();
        }
    }
}

/// What stands at a pointer, as bytes that are the same for the same value.
fn key(record: &[u8], pointer: &str) -> Option<Vec<u8>> {
    let value: Value = serde_json::from_slice(record).ok()?;
    serde_json::to_vec(value.pointer(pointer)?).ok()
}

/// A number that follows from the bytes alone.
fn number(bytes: &[u8]) -> u64 {
    digest(bytes).first_chunk().copied().map_or(0, u64::from_le_bytes)
}

fn keyless(pointer: &str, input: &Path, line: u64) -> Failure {
    let place = format!("(at line {line} of {})", shown(input));
    Failure::Data(Box::new(Refusal {
        input: Some(input.to_string_lossy().into_owned()),
        line: Some(line),
        message: format!("the record has nothing at {} {place}", tame(pointer, 100)),
        pointer: Some(pointer.to_owned()),
        help: "give a --key that all records have, or none: each record is then a key of its own"
            .to_owned(),
        ..Refusal::default()
    }))
}

/// The failure of records that leave nothing to train on or to judge by.
pub(super) fn too_few(samples: &Samples, input: &Path) -> Failure {
    let [trained, held_out] = [&samples.trained, &samples.held_out].map(|part| part.kept.len());
    let records = counted(samples.records, "record");
    Failure::Data(Box::new(Refusal {
        input: Some(input.to_string_lossy().into_owned()),
        message: format!(
            "too few records: {records} in {} leave {trained} to train on and {held_out} to judge by",
            shown(input),
        ),
        help: format!(
            "{FEWEST} of each are the least, and some thousand say more; records of one key stay together"
        ),
        ..Refusal::default()
    }))
}

/// The part of the keys that is held out.
const HELD_OUT: f64 = 0.2;
/// The fewest records of a part.
const FEWEST: usize = 20;
/// The most bytes that are kept of the two parts, what keeping them takes counted.
const MOST_TRAINED: usize = 32 << 20;
const MOST_HELD_OUT: usize = 4 << 20;
const OVERHEAD: usize = 40;
/// The most records of a run, and how many runs a part has room for at least.
const RUN_RECORDS: usize = 1000;
const RUNS: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn record(n: usize) -> Vec<u8> {
        format!("{{\"n\":{n},\"text\":\"{}\"}}", "x".repeat(n % 50)).into_bytes()
    }

    #[test]
    fn a_part_that_grows_too_large_keeps_whole_runs_from_everywhere() {
        let mut part = Part::new(600_000);
        for n in 0..100_000 {
            part.add(&record(n));
            assert!(part.bytes <= 600_000);
        }
        let kept = part.records();
        assert!(part.bytes > 400_000, "{}", part.bytes);
        let numbers: Vec<usize> = kept
            .iter()
            .map(|record| {
                serde_json::from_slice::<Value>(record).unwrap()["n"].as_u64().unwrap() as usize
            })
            .collect();
        assert!(numbers.is_sorted());
        let breaks = numbers.windows(2).filter(|pair| pair[1] != pair[0] + 1).count();
        assert!(breaks < 12, "{breaks}");
        assert!(numbers.iter().any(|n| *n > 50_000) && numbers.iter().any(|n| *n < 50_000));
    }

    #[test]
    fn a_key_is_a_value_and_not_its_spelling() {
        let spelled: [&[u8]; 3] =
            [br#"{"a":{"b":[1,2]}}"#, br#"{ "x":0, "a" : {"b": [1, 2]}}"#, br#"{"a":{"b":[1,3]}}"#];
        let [first, second, third] = spelled.map(|record| key(record, "/a/b"));
        assert!(first.is_some() && first == second && first != third);
        assert_eq!(key(spelled[0], "/a/c"), None);
        assert_eq!(key(b"7", ""), Some(b"7".to_vec()));
    }
}
