//! The same damage to the same messages in every format: each single bit, each place to cut, and three to five bits at random.

use std::io::Write;

use bytes::Bytes;
use serde::Serialize;
use strictframe_benches::Fault;
use strictframe_benches::contestant::{Contestant, Group};
use strictframe_benches::corpus::{Corpus, Record};

use crate::damage::{Damage, fate, mixed};
use crate::{contestants, versions};

/// What became of one format.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// What readers call it.
    pub name: &'static str,
    /// The crate behind it and its version, where it is not this project's own code.
    pub version: Option<String>,
    /// How many messages are in what is damaged at once.
    pub group: usize,
    /// Whether it has a checksum over its payload.
    pub is_checked: bool,
    /// Each single bit.
    pub bits: Damage,
    /// Each beginning that is not the whole.
    pub cuts: Damage,
    /// Three to five bits at random.
    pub random: Damage,
}

/// Everyone, in the order of the table: what readers call it, and who it is.
///
/// # Errors
/// When a contestant cannot be made.
pub fn field() -> Result<Vec<(&'static str, Box<dyn Contestant>)>, Fault> {
    let mut all = strictframe_benches::contestants::of_bytes(GROUP)?;
    all.extend(strictframe_benches::contestants::of_events(&crate::dictionary(
        &Corpus::made_agent_runs(),
    )?)?);
    all.extend(contestants::all()?);
    all.extend(contestants::typed()?);
    let mut field = Vec::new();
    for (name, wanted) in FIELD {
        let place = all.iter().position(|contestant| contestant.card().name == *wanted);
        let place = place.ok_or_else(|| format!("nobody is called {wanted}"))?;
        field.push((*name, all.swap_remove(place)));
    }
    Ok(field)
}

/// Units of one contestant, and how each of them is damaged.
pub struct Plan<'a> {
    units: Vec<(&'a [Record], Vec<u8>)>,
    /// Bytes of all units.
    len: usize,
    random: usize,
    seed: u64,
}

impl<'a> Plan<'a> {
    /// The messages in the contestant's format, and so many random places.
    ///
    /// # Errors
    /// When the contestant cannot write.
    pub fn new(
        contestant: &mut dyn Contestant,
        records: &'a [Record],
        random: usize,
        seed: u64,
    ) -> Result<Self, Fault> {
        let mut units = Vec::new();
        for records in records.chunks(group(contestant)) {
            let mut out = Vec::new();
            contestant.encode(records, &mut out)?;
            units.push((records, out));
        }
        let len = units.iter().map(|(_, bytes)| bytes.len()).sum();
        Ok(Self { units, len, random, seed })
    }

    /// How many pieces of damage there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.len * 9 + self.random
    }

    /// Writes a letter for what becomes of each, the first `skipped` left out.
    ///
    /// # Errors
    /// When the letters cannot be written.
    pub fn inflict(
        &self,
        contestant: &mut dyn Contestant,
        skipped: usize,
        letters: &mut dyn Write,
    ) -> Result<(), Fault> {
        for number in skipped..self.count() {
            let (records, bytes) = self.damaged(number).ok_or("no such damage")?;
            letters.write_all(&[fate(contestant, records, &Bytes::from(bytes))])?;
            letters.flush()?;
        }
        Ok(())
    }

    /// What the letters say of the bits, the cuts and the random bits.
    #[must_use]
    pub fn damage(&self, letters: &[u8]) -> [Damage; 3] {
        let (bits, rest) = letters.split_at(letters.len().min(self.len * 8));
        let (cuts, random) = rest.split_at(rest.len().min(self.len));
        [bits, cuts, random].map(Damage::of)
    }

    /// The records of a unit, and the unit damaged in the way of this number.
    fn damaged(&self, number: usize) -> Option<(&'a [Record], Vec<u8>)> {
        if let Some(random) = number.checked_sub(self.len * 9) {
            return self.at_random(random as u64);
        }
        let (mut place, bit) = match number.checked_sub(self.len * 8) {
            Some(place) => (place, None),
            None => (number / 8, Some(number % 8)),
        };
        for (records, bytes) in &self.units {
            if place < bytes.len() {
                let mut bytes = bytes.clone();
                match (bit, bytes.get_mut(place)) {
                    (Some(bit), Some(byte)) => *byte ^= 1 << bit,
                    _ => bytes.truncate(place),
                }
                return Some((records, bytes));
            }
            place -= bytes.len();
        }
        None
    }

    fn at_random(&self, number: u64) -> Option<(&'a [Record], Vec<u8>)> {
        let mut next = (0..).map(|n| mixed(self.seed, 64 * number + n));
        let mut below = |count: usize| (next.next().unwrap_or_default() % count as u64) as usize;
        let (records, bytes) = self.units.get(below(self.units.len()))?;
        let (mut bytes, count) = (bytes.clone(), 3 + below(3));
        let mut flipped = Vec::with_capacity(count);
        while flipped.len() < count {
            let bit = below(bytes.len() * 8);
            if !flipped.contains(&bit) {
                *bytes.get_mut(bit / 8)? ^= 1 << (bit % 8);
                flipped.push(bit);
            }
        }
        Some((records, bytes))
    }
}

impl Row {
    /// What the letters of a plan say of a contestant.
    #[must_use]
    pub fn new(
        name: &'static str,
        contestant: &dyn Contestant,
        plan: &Plan<'_>,
        letters: &[u8],
    ) -> Self {
        let card = contestant.card();
        let [bits, cuts, random] = plan.damage(letters);
        Self {
            name,
            version: versions::behind(&card.name),
            group: group(contestant),
            is_checked: card.is_checked,
            bits,
            cuts,
            random,
        }
    }
}

/// The messages that everyone is given: made ones, the same on every machine.
#[must_use]
pub fn messages() -> Vec<Record> {
    Corpus::made_agent_runs().near(380, MESSAGES)
}

/// A file holds few messages, so that each of its bits can be tried.
fn group(contestant: &dyn Contestant) -> usize {
    match contestant.card().group {
        Group::Single => 1,
        Group::Of(_) => GROUP,
    }
}

/// What the table calls each, and the contestant.
const FIELD: &[(&str, &str)] = &[
    ("strictframe, one message", "strictframe, none"),
    ("strictframe, one message, zstd", "strictframe, zstd"),
    ("strictframe, batch", "strictframe, none, batches of 10"),
    ("strictframe, stream file", "strictframe stream, none"),
    ("bare protobuf", "prost alone"),
    ("DashStream's framing", "DashStream today"),
    ("Confluent's prefix and protobuf", "protobuf behind Confluent's prefix"),
    ("Confluent's prefix and Avro", "avro behind Confluent's prefix"),
    ("Avro single object", "avro single object, typed"),
    ("Arrow IPC stream", "arrow-ipc"),
    ("MCAP with chunk CRCs", "mcap"),
    ("Kafka record batch", "kafka batch"),
    ("TFRecord file", "tfrecord"),
];
const MESSAGES: usize = 100;
/// Messages in a file or batch.
const GROUP: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_and_every_cut_is_tried_once_and_random_bits_are_the_same_each_time() {
        let (messages, (_, mut prost)) = (messages(), field().unwrap().swap_remove(4));
        let plan = Plan::new(prost.as_mut(), &messages[..2], 50, 3).unwrap();
        let len = plan.len;
        let whole: Vec<u8> = plan.units.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
        let first = plan.units[0].1.len();
        let mut bits = std::collections::BTreeSet::new();
        for number in 0..len * 8 {
            let (records, bytes) = plan.damaged(number).unwrap();
            let before = if records[0].protobuf == messages[0].protobuf { 0 } else { first };
            let differs = bytes.iter().zip(&whole[before..]).position(|(a, b)| a != b).unwrap();
            assert!(bits.insert((before + differs, bytes[differs])));
        }
        assert_eq!(bits.len(), len * 8);
        let cuts: Vec<usize> =
            (len * 8..len * 9).map(|n| plan.damaged(n).unwrap().1.len()).collect();
        assert_eq!(cuts[..first], (0..first).collect::<Vec<_>>());
        assert_eq!(cuts[first..], (0..len - first).collect::<Vec<_>>());
        for number in 0..50 {
            let (_, bytes) = plan.at_random(number).unwrap();
            assert_eq!(plan.damaged(len * 9 + number as usize).unwrap().1, bytes);
            let unit = &plan.units.iter().find(|(_, unit)| unit.len() == bytes.len()).unwrap().1;
            let ones: u32 = unit.iter().zip(&bytes).map(|(a, b)| (a ^ b).count_ones()).sum();
            assert!((3..=5).contains(&ones) || plan.units[1].1.len() == first);
        }
        assert!(plan.damaged(plan.count()).is_some_and(|_| true) && plan.count() == len * 9 + 50);
    }

    #[test]
    fn everyone_gives_back_what_it_was_given_and_letters_are_told_apart() {
        let messages = messages();
        for (name, mut contestant) in field().unwrap() {
            let plan = Plan::new(contestant.as_mut(), &messages[..20], 20, 3).unwrap();
            for (records, bytes) in &plan.units {
                let letter = fate(contestant.as_mut(), records, &Bytes::from(bytes.clone()));
                assert_eq!(letter, b'u', "{name}");
            }
            let letters = [vec![b'c'; plan.len * 8], vec![b'r'; plan.len], vec![b'u'; 20]].concat();
            let row = Row::new(name, contestant.as_ref(), &plan, &letters);
            assert_eq!(row.bits.changed as usize, plan.len * 8);
            assert_eq!((row.cuts.refused as usize, row.random.unchanged), (plan.len, 20));
        }
    }
}
