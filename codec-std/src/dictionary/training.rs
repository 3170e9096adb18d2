//! Samples to train on and samples to judge by, kept apart by key.

use std::collections::BTreeSet;

use strictframe_core::identity::digest;

use super::{Dictionary, DictionaryError, Gain};
use crate::error::EncodeError;
use crate::policy::CompressionPolicy;

/// Which records are held out of a training.
///
/// The side of a record follows from its key and the seed alone, or from the record's bytes when it has no key: records with one key are on one side,
/// equal records are too, and neither the order of the records nor the others among them matter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Split {
    hold_out: f64,
    seed: u32,
}

impl Split {
    /// Holds out this part of the keys; nothing unless it is above 0 and below 1.
    #[must_use]
    pub fn new(hold_out: f64, seed: u32) -> Option<Self> {
        (hold_out > 0.0 && hold_out < 1.0).then_some(Self { hold_out, seed })
    }

    /// The part that is held out.
    #[must_use]
    pub const fn hold_out(&self) -> f64 {
        self.hold_out
    }

    /// What the sides are drawn with.
    #[must_use]
    pub const fn seed(&self) -> u32 {
        self.seed
    }

    /// Whether the records with this key are held out.
    #[must_use]
    pub fn holds_out(&self, key: &[u8]) -> bool {
        self.draw(key).is_held_out
    }

    pub(super) fn draw(&self, key: &[u8]) -> Draw {
        let digest = digest(&[&self.seed.to_le_bytes(), key].concat());
        let (numbers, _) = digest.as_chunks::<8>();
        let number = |index| numbers.get(index).copied().map_or(0, u64::from_le_bytes);
        #[allow(clippy::cast_precision_loss, reason = "a part of so many keys needs no more")]
        let is_held_out = (number(0) as f64) < self.hold_out * 2_f64.powi(64);
        Draw { is_held_out, rank: number(1) }
    }
}

/// What follows from a key: its side, and an independent number.
pub(super) struct Draw {
    pub(super) is_held_out: bool,
    pub(super) rank: u64,
}

/// Records, some to train on and the others to judge by.
///
/// Of each side at most 32 MiB are kept, an even sample of all records that were added.
#[derive(Clone, Debug)]
pub struct TrainingSet {
    split: Split,
    trained: Part,
    held_out: Part,
    sketch: BTreeSet<u64>,
}

/// Records of one side, thinned out evenly when they are too many.
#[derive(Clone, Debug)]
struct Part {
    kept: Vec<(u64, Box<[u8]>)>,
    bytes: usize,
    /// Records above this rank are not kept.
    highest: u64,
    most: usize,
}

impl TrainingSet {
    /// A set without records.
    #[must_use]
    pub const fn new(split: Split) -> Self {
        Self { split, trained: Part::new(MOST), held_out: Part::new(MOST), sketch: BTreeSet::new() }
    }

    /// Adds a record to the side that its key belongs to; without a key to the side of its own bytes.
    pub fn add(&mut self, key: Option<&[u8]>, record: &[u8]) {
        let draw = self.split.draw(key.unwrap_or(record));
        let rank = if key.is_some() { self.split.draw(record).rank } else { draw.rank };
        if draw.is_held_out {
            self.held_out.add(rank, record);
            return;
        }
        self.trained.add(rank, record);
        self.sketch.insert(draw.rank);
        if self.sketch.len() > SKETCH {
            self.sketch.pop_last();
        }
    }

    /// Trains on the one side.
    ///
    /// # Errors
    /// As [`Dictionary::train`].
    pub fn train(&self, kind: DictionaryKind, size: usize) -> Result<Dictionary, DictionaryError> {
        let samples = self.trained();
        match kind {
            DictionaryKind::Trained => Dictionary::train(&samples, size),
            DictionaryKind::Raw => Dictionary::train_raw(&samples, size),
        }
    }

    /// Judges on the other side.
    ///
    /// # Errors
    /// As [`Gain::measure`].
    pub fn judge(
        &self,
        dictionary: &Dictionary,
        policy: &CompressionPolicy,
    ) -> Result<Gain, EncodeError> {
        Gain::measure(dictionary, policy, &self.held_out())
    }

    /// The records to train on, in the order in which they were added.
    #[must_use]
    pub fn trained(&self) -> Vec<&[u8]> {
        self.trained.records()
    }

    /// The records to judge by, in the order in which they were added.
    #[must_use]
    pub fn held_out(&self) -> Vec<&[u8]> {
        self.held_out.records()
    }

    /// How the sides were drawn.
    #[must_use]
    pub const fn split(&self) -> Split {
        self.split
    }

    /// The lowest numbers that keys of the trained side drew: enough to recognise such records later.
    pub(super) fn sketch(&self) -> Vec<u64> {
        self.sketch.iter().copied().collect()
    }
}

impl Part {
    const fn new(most: usize) -> Self {
        Self { kept: Vec::new(), bytes: 0, highest: u64::MAX, most }
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

    fn records(&self) -> Vec<&[u8]> {
        self.kept.iter().map(|(_, record)| &**record).collect()
    }
}

/// What a dictionary is made of.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(clippy::exhaustive_enums, reason = "SPEC section 6 knows these two")]
pub enum DictionaryKind {
    /// Content alone.
    Raw,
    /// Zstandard's tables and content.
    Trained,
}

/// The most bytes that are kept of a side, what keeping them takes counted.
const MOST: usize = 32 << 20;
const OVERHEAD: usize = 40;
/// The most numbers of a sketch.
pub(super) const SKETCH: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn record(n: usize) -> Vec<u8> {
        format!("{{\"n\":{n}}}").into_bytes()
    }

    fn split() -> Split {
        Split::new(0.2, 0).unwrap()
    }

    #[test]
    fn equal_records_fall_on_one_side_and_the_sides_have_their_sizes() {
        let mut set = TrainingSet::new(split());
        for n in (0..10_000).chain(0..10_000) {
            set.add(None, &record(n));
        }
        let (trained, held_out) = (set.trained(), set.held_out());
        assert_eq!(trained.len() + held_out.len(), 20_000);
        assert!((3_700..=4_300).contains(&held_out.len()), "{}", held_out.len());
        let trained: BTreeSet<_> = trained.into_iter().collect();
        assert!(held_out.iter().all(|record| !trained.contains(record)));
    }

    #[test]
    fn records_with_one_key_are_all_on_one_side() {
        let mut set = TrainingSet::new(split());
        for n in 0..5_000 {
            set.add(Some(&record(n % 50)), &record(n));
        }
        let key = |kept: &&[u8]| (0..5_000).find(|n| record(*n) == *kept).map(|n| n % 50).unwrap();
        let trained: BTreeSet<_> = set.trained().iter().map(key).collect();
        let held_out: BTreeSet<_> = set.held_out().iter().map(key).collect();
        assert!(trained.is_disjoint(&held_out));
        assert_eq!(trained.len() + held_out.len(), 50);
        assert!((3..=20).contains(&held_out.len()), "{}", held_out.len());
        assert!(held_out.iter().all(|n| split().holds_out(&record(*n))));
        assert_eq!(set.sketch().len(), trained.len());
    }

    #[test]
    fn another_seed_draws_other_sides() {
        let other = Split::new(0.2, 1).unwrap();
        let differ =
            (0..1000).filter(|n| split().holds_out(&record(*n)) != other.holds_out(&record(*n)));
        assert!((200..440).contains(&differ.count()));
    }

    #[test]
    fn a_part_is_neither_nothing_nor_everything() {
        for part in [0.0, 1.0, -0.1, f64::NAN, f64::INFINITY] {
            assert_eq!(Split::new(part, 0), None, "{part}");
        }
    }

    #[test]
    fn too_many_records_are_thinned_out_from_everywhere() {
        let mut part = Part::new(100_000);
        for n in 0..100_000 {
            let text = record(n);
            part.add(split().draw(&text).rank, &text);
        }
        assert!(part.bytes <= 100_000 && part.bytes >= 25_000, "{}", part.bytes);
        let records = part.records();
        let middle = record(50_000);
        let late = records.iter().filter(|kept| ***kept >= middle[..]).count();
        assert!(late * 4 > records.len(), "{late} of {}", records.len());
    }
}
