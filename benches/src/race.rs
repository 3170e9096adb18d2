//! Races: every contestant on the same records, in turns, so that whatever else the machine does falls on all alike.

use bytes::Bytes;
use core::hint::black_box;
use serde::{Deserialize, Serialize};

use crate::Fault;
use crate::clock::Started;
use crate::contestant::{Card, Carries, Contestant, Taken};
use crate::corpus::Record;

/// How long a race is.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Turns of every contestant; odd, so that there is one in the middle.
    pub rounds: usize,
    /// A turn takes about so long, in nanoseconds.
    pub turn_ns: u64,
}

/// How a contestant did.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Standing {
    /// Who it was.
    pub card: Card,
    /// Bytes per record, everything counted.
    pub bytes: f64,
    /// Nanoseconds to encode a record, in each round.
    pub encode: Vec<f64>,
    /// Nanoseconds to decode a record, in each round.
    pub decode: Vec<f64>,
}

/// The middle of some numbers, and the quarters around it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct Spread {
    /// A quarter of them are below this.
    pub low: f64,
    /// The median.
    pub median: f64,
    /// A quarter of them are above this.
    pub high: f64,
}

impl Effort {
    /// For a look.
    pub const QUICK: Self = Self { rounds: 15, turn_ns: 300_000 };
    /// For the results.
    pub const FULL: Self = Self { rounds: 101, turn_ns: 1_000_000 };
}

/// Lets all of them carry these records, and checks each before its time is taken: what went in must come out, and what claims to be checked must refuse a flipped bit.
///
/// # Errors
/// The first contestant that fails, or that gives back something else than it was given.
pub fn race(
    contestants: &mut [Box<dyn Contestant>],
    records: &[Record],
    effort: Effort,
) -> Result<Vec<Standing>, Fault> {
    let mut lanes = Vec::new();
    for contestant in contestants {
        let card = contestant.card();
        let named = |fault| Fault::from(format!("{}: {fault}", card.name));
        lanes.push(Lane::new(contestant.as_mut(), records, effort).map_err(named)?);
    }
    for _ in 0..effort.rounds {
        for lane in &mut lanes {
            let encode = lane.time_encode(records)?;
            lane.standing.encode.push(encode);
        }
        for lane in &mut lanes {
            let decode = lane.time_decode()?;
            lane.standing.decode.push(decode);
        }
    }
    Ok(lanes.into_iter().map(|lane| lane.standing).collect())
}

struct Lane<'a> {
    contestant: &'a mut dyn Contestant,
    group: usize,
    encoded: Vec<Bytes>,
    out: Vec<u8>,
    count: f64,
    encode_turns: u64,
    decode_turns: u64,
    standing: Standing,
}

impl<'a> Lane<'a> {
    fn new(
        contestant: &'a mut dyn Contestant,
        records: &[Record],
        effort: Effort,
    ) -> Result<Self, Fault> {
        let card = contestant.card();
        let group = card.group.size();
        let mut encoded = Vec::new();
        for records in records.chunks(group) {
            let mut out = Vec::new();
            contestant.encode(records, &mut out)?;
            let out = Bytes::from(out);
            check(contestant, &card, records, &out)?;
            encoded.push(out);
        }
        let count = records.len() as f64;
        let bytes = encoded.iter().map(Bytes::len).sum::<usize>() as f64 / count;
        let standing = Standing { card, bytes, encode: Vec::new(), decode: Vec::new() };
        let (out, encode_turns, decode_turns) = (Vec::new(), 1, 1);
        let mut lane =
            Self { contestant, group, encoded, out, count, encode_turns, decode_turns, standing };
        // Once to warm it, once to see how many turns make a turn long enough.
        lane.time_encode(records)?;
        lane.time_decode()?;
        let turns = |ns: f64| (effort.turn_ns as f64 / (ns * count)).ceil().max(1.0) as u64;
        lane.encode_turns = turns(lane.time_encode(records)?);
        lane.decode_turns = turns(lane.time_decode()?);
        Ok(lane)
    }

    fn time_encode(&mut self, records: &[Record]) -> Result<f64, Fault> {
        let started = Started::now();
        for _ in 0..self.encode_turns {
            for records in records.chunks(self.group) {
                self.out.clear();
                self.contestant.encode(black_box(records), &mut self.out)?;
                black_box(&self.out);
            }
        }
        Ok(started.elapsed_ns() / self.count / self.encode_turns as f64)
    }

    fn time_decode(&mut self) -> Result<f64, Fault> {
        let started = Started::now();
        for _ in 0..self.decode_turns {
            for bytes in &self.encoded {
                self.contestant.decode(black_box(bytes), &mut |taken| {
                    black_box(taken);
                })?;
            }
        }
        Ok(started.elapsed_ns() / self.count / self.decode_turns as f64)
    }
}

/// What went in must come out; what claims to be checked must refuse a flipped bit.
fn check(
    contestant: &mut dyn Contestant,
    card: &Card,
    records: &[Record],
    bytes: &Bytes,
) -> Result<(), Fault> {
    let mut expected = records.iter();
    let mut is_same = true;
    contestant.decode(bytes, &mut |taken| {
        is_same &= expected.next().is_some_and(|record| match &taken {
            Taken::Bytes(bytes) => *bytes == record.protobuf && card.carries == Carries::Bytes,
            Taken::Event(event) => **event == record.event && card.carries == Carries::Events,
        });
    })?;
    if !is_same || expected.next().is_some() {
        return Err("gave back other records than it was given".into());
    }
    let middle = bytes.len() / 2;
    if card.is_checked && flipped_is_taken(contestant, bytes, middle) {
        return Err("took a flipped bit, and says it checks".into());
    }
    Ok(())
}

fn flipped_is_taken(contestant: &mut dyn Contestant, bytes: &Bytes, at: usize) -> bool {
    let mut flipped = bytes.to_vec();
    let Some(byte) = flipped.get_mut(at) else { return false };
    *byte ^= 0x10;
    contestant.decode(&Bytes::from(flipped), &mut |_| {}).is_ok()
}

impl Spread {
    /// Of these numbers, of which there is at least one.
    #[must_use]
    pub fn of(numbers: &[f64]) -> Self {
        let mut sorted = numbers.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |part: usize| {
            sorted
                .get((sorted.len().saturating_sub(1) * part).div_ceil(4))
                .copied()
                .unwrap_or(f64::NAN)
        };
        Self { low: at(1), median: at(2), high: at(3) }
    }

    /// Of the ratios of two contestants, round by round.
    #[must_use]
    pub fn of_ratios(numerators: &[f64], denominators: &[f64]) -> Self {
        let ratios: Vec<f64> = numerators.iter().zip(denominators).map(|(a, b)| a / b).collect();
        Self::of(&ratios)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contestant::{Group, Packing};
    use crate::corpus::Corpus;

    /// Writes the bytes as they are, or loses the last record, or says that it checks.
    struct Copy {
        loses: bool,
        is_checked: bool,
    }

    impl Contestant for Copy {
        fn card(&self) -> Card {
            let (packing, carries) = (Packing::Plain, Carries::Bytes);
            let (name, group) = ("copy".to_owned(), Group::Single);
            Card { name, packing, carries, group, is_checked: self.is_checked }
        }

        fn encode(&mut self, records: &[Record], out: &mut Vec<u8>) -> Result<(), Fault> {
            records.iter().for_each(|record| out.extend_from_slice(&record.protobuf));
            Ok(())
        }

        fn decode(&mut self, bytes: &Bytes, take: &mut dyn FnMut(Taken<'_>)) -> Result<(), Fault> {
            if !self.loses {
                take(Taken::Bytes(bytes));
            }
            Ok(())
        }
    }

    fn run(loses: bool, is_checked: bool) -> Result<Vec<Standing>, String> {
        let records = Corpus::made_agent_runs().near(380, 8);
        let mut contestants: [Box<dyn Contestant>; 1] = [Box::new(Copy { loses, is_checked })];
        let effort = Effort { rounds: 3, turn_ns: 1 };
        race(&mut contestants, &records, effort).map_err(|fault| fault.to_string())
    }

    #[test]
    fn a_contestant_that_loses_a_record_or_boasts_is_not_timed() {
        assert_eq!(
            run(true, false).unwrap_err(),
            "copy: gave back other records than it was given"
        );
        assert_eq!(run(false, true).unwrap_err(), "copy: took a flipped bit, and says it checks");
    }

    #[test]
    fn every_round_is_in_the_standing() {
        let standings = run(false, false).unwrap();
        assert_eq!((standings[0].encode.len(), standings[0].decode.len()), (3, 3));
        assert!((300.0..460.0).contains(&standings[0].bytes));
    }

    #[test]
    fn a_spread_is_the_quarters_of_the_sorted_numbers() {
        let spread = Spread::of(&[5.0, 1.0, 4.0, 2.0, 3.0]);
        assert_eq!(spread, Spread { low: 2.0, median: 3.0, high: 4.0 });
        let ratios = Spread::of_ratios(&[2.0, 4.0, 6.0], &[1.0, 1.0, 1.0]);
        assert_eq!(ratios, Spread { low: 4.0, median: 4.0, high: 6.0 });
    }
}
