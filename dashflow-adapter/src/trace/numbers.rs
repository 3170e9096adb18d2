//! Which numbers of a thread were seen, whatever the order they came in, and which are missing in the end.

use std::collections::BTreeMap;

use serde::Serialize;

/// Numbers of a thread that were not seen, within an epoch of its producer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[allow(clippy::exhaustive_structs, reason = "an epoch and two numbers are all there is")]
pub struct MissingNumbers {
    /// The epoch; 0 where frames do not say one.
    pub epoch: u64,
    /// The first number that is missing.
    pub from: u64,
    /// The last number that is missing.
    pub to: u64,
}

/// The numbers of one thread.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// By epoch, and by how often numbers began anew where frames do not say one: first and last number of each range that was seen.
    seen: BTreeMap<(u64, u32), BTreeMap<u64, u64>>,
    /// How often numbers began anew without an epoch.
    restarts: u32,
    ranges: usize,
    /// Epochs whose first number was seen.
    firsts: usize,
}

/// What a number is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Taken {
    Duplicate,
    /// It was not seen before, in that part of its epoch.
    New(u32),
    /// It was not seen before, and cannot be remembered.
    NoRoom,
}

impl Numbers {
    /// Takes in a number. `has_room` says whether there is room for another range of them.
    pub(super) fn take(&mut self, epoch: Option<u64>, number: u64, has_room: bool) -> Taken {
        if epoch.is_none() && number == FIRST && self.is_seen((0, self.restarts), FIRST) {
            // Nothing says so but the number: a producer was started again.
            self.restarts = self.restarts.saturating_add(1);
        }
        let restart = if epoch.is_none() { self.restarts } else { 0 };
        let key = (epoch.unwrap_or(0), restart);
        if !has_room && !self.seen.contains_key(&key) {
            return Taken::NoRoom;
        }
        let ranges = self.seen.entry(key).or_default();
        // The range behind which it stands, and the one in front of which it does.
        let before = ranges.range(..=number).next_back().map(|(from, to)| (*from, *to));
        let before = match before {
            Some((_, to)) if number <= to => return Taken::Duplicate,
            Some((from, to)) if to + 1 == number => Some(from),
            _ => None,
        };
        let next = number.checked_add(1);
        let after = next.filter(|next| ranges.contains_key(next));
        if before.is_none() && after.is_none() {
            if !has_room {
                return Taken::NoRoom;
            }
            self.ranges += 1;
        }
        let to = after.and_then(|after| ranges.remove(&after)).unwrap_or(number);
        if before.is_some() && after.is_some() {
            self.ranges = self.ranges.saturating_sub(1);
        }
        ranges.insert(before.unwrap_or(number), to);
        self.firsts += usize::from(number == FIRST);
        Taken::New(restart)
    }

    fn is_seen(&self, epoch: (u64, u32), number: u64) -> bool {
        let before = self.seen.get(&epoch).and_then(|ranges| ranges.range(..=number).next_back());
        before.is_some_and(|(_, to)| number <= *to)
    }

    /// Whether nothing is missing between what was seen, and before it.
    pub(super) fn is_whole(&self) -> bool {
        self.ranges == self.seen.len() && self.firsts == self.seen.len()
    }

    /// What is missing: before the first number of each epoch, and between those that were seen.
    pub(super) fn missing(&self) -> impl Iterator<Item = MissingNumbers> {
        self.seen.iter().flat_map(|((epoch, _), ranges)| {
            let before = core::iter::once(FIRST - 1).chain(ranges.values().copied());
            before
                .zip(ranges.keys())
                .filter(|(to, from)| to + 1 < **from)
                .map(|(to, from)| MissingNumbers { epoch: *epoch, from: to + 1, to: from - 1 })
        })
    }

    /// What it takes, in bytes.
    pub(super) fn cost(&self) -> usize {
        self.ranges.saturating_mul(RANGE).saturating_add(self.seen.len().saturating_mul(EPOCH))
    }
}

/// The number that every epoch begins with.
const FIRST: u64 = 1;
/// What is reckoned for a range, in bytes.
const RANGE: usize = 32;
/// What is reckoned for an epoch, in bytes.
const EPOCH: usize = 96;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_missing_is_what_was_not_seen_below_the_largest(numbers in prop::collection::vec(1..40_u64, 0..60)) {
            let (mut found, mut set) = (Numbers::default(), BTreeSet::new());
            for number in numbers {
                let expected = if set.insert(number) { Taken::New(0) } else { Taken::Duplicate };
                assert_eq!(found.take(Some(3), number, true), expected);
            }
            let largest = set.last().copied().unwrap_or(0);
            let missing: BTreeSet<u64> = (1..=largest).filter(|number| !set.contains(number)).collect();
            let told: BTreeSet<u64> = found.missing().flat_map(|it| it.from..=it.to).collect();
            assert_eq!((found.is_whole(), &told), (missing.is_empty(), &missing));
            let ranges: usize = found.seen.values().map(BTreeMap::len).sum();
            assert_eq!(found.ranges, ranges);
        }
    }

    #[test]
    fn without_an_epoch_a_first_number_that_comes_again_begins_anew() {
        let mut numbers = Numbers::default();
        let taken = [1, 2, 2, 1, 2, 4].map(|number| numbers.take(None, number, true));
        use Taken::{Duplicate, New};
        assert_eq!(taken, [New(0), New(0), Duplicate, New(1), New(1), New(1)]);
        let missing: Vec<_> = numbers.missing().collect();
        assert_eq!(missing, [MissingNumbers { epoch: 0, from: 3, to: 3 }]);
        // With one it is a duplicate.
        assert_eq!([1, 1].map(|number| numbers.take(Some(9), number, true)), [New(0), Duplicate]);
    }

    #[test]
    fn the_largest_number_is_a_number_and_ranges_are_bounded() {
        let mut numbers = Numbers::default();
        assert_eq!(numbers.take(Some(1), u64::MAX, true), Taken::New(0));
        assert_eq!(numbers.take(Some(1), u64::MAX, true), Taken::Duplicate);
        let missing: Vec<_> = numbers.missing().collect();
        assert_eq!(missing, [MissingNumbers { epoch: 1, from: 1, to: u64::MAX - 1 }]);
        // What extends a range needs no room for another.
        assert_eq!(numbers.take(Some(1), 5, false), Taken::NoRoom);
        assert_eq!(numbers.take(Some(1), u64::MAX - 1, false), Taken::New(0));
        let cost = numbers.cost();
        assert_eq!(numbers.take(Some(2), 1, false), Taken::NoRoom);
        assert_eq!(numbers.cost(), cost);
    }
}
