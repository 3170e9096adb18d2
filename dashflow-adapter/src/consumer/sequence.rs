//! What has been seen of the numbers of one thread, and what the next one means.

use serde::{Deserialize, Serialize};

/// What a record's number means after those that were seen before it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Order {
    /// It was seen before.
    Duplicate,
    /// The first of its thread that this consumer sees: nothing is known of earlier ones.
    First,
    /// Numbers before it were never seen.
    Gap(Gap),
    /// It was missing until now, or belongs to a time of which nothing is known any more.
    Late,
    /// The one that was due.
    Next,
    /// It has no number.
    Unnumbered,
}

/// Numbers of a thread that were not there where they were due. They may still come late.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "two numbers are all there is")]
pub struct Gap {
    /// The first number that is missing.
    pub from: u64,
    /// The last number that is missing.
    pub to: u64,
}

impl Gap {
    /// How many numbers are missing.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.to.saturating_sub(self.from).saturating_add(1)
    }
}

/// The numbers of one thread, by the epochs of its producers.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub(super) struct Sequence {
    /// The newest epochs, in ascending order of their numbers.
    epochs: Vec<Epoch>,
}

/// The numbers of one epoch. What is below `floor` is forgotten.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
struct Epoch {
    epoch: u64,
    floor: u64,
    next: u64,
    /// What is missing between both: first and last number, in ascending order.
    missing: Vec<(u64, u64)>,
}

impl Sequence {
    /// Takes in a number of an epoch, and says what it means.
    pub(super) fn take(&mut self, epoch: u64, number: u64) -> Order {
        let newest = self.epochs.last().map(|newest| newest.epoch);
        match self.epochs.binary_search_by_key(&epoch, |known| known.epoch) {
            Ok(index) => {
                self.epochs.get_mut(index).map_or(Order::First, |known| known.take(number))
            }
            Err(index) => {
                // Every epoch counts from 1: what a newer one lacks at its beginning is missing. What was before the first number of a thread, or of an
                // older epoch, was for others to see; should it come, it comes once.
                let mut begun = Epoch { epoch, floor: FIRST, next: FIRST, missing: Vec::new() };
                let order = match (begun.take(number), newest) {
                    (_, None) => Order::First,
                    (order, Some(newest)) if newest < epoch => order,
                    _ => Order::Late,
                };
                self.epochs.insert(index, begun);
                if self.epochs.len() > MOST_EPOCHS {
                    self.epochs.remove(0);
                }
                order
            }
        }
    }
}

impl Epoch {
    fn take(&mut self, number: u64) -> Order {
        if number >= self.next {
            let gap = Gap { from: self.next, to: number.saturating_sub(1) };
            self.next = number.saturating_add(1);
            if gap.from == number {
                return Order::Next;
            }
            self.missing.push((gap.from, gap.to));
            self.forget();
            return Order::Gap(gap);
        }
        if number < self.floor {
            return Order::Late;
        }
        let found = self.missing.iter().position(|(from, to)| (*from..=*to).contains(&number));
        match found {
            None => Order::Duplicate,
            Some(index) => {
                self.found(index, number);
                Order::Late
            }
        }
    }

    /// A number of a missing range has come: what is left of the range stands in its place.
    fn found(&mut self, index: usize, number: u64) {
        let (from, to) = self.missing.remove(index);
        if number < to {
            self.missing.insert(index, (number.saturating_add(1), to));
        }
        if from < number {
            self.missing.insert(index, (from, number.saturating_sub(1)));
        }
        self.forget();
    }

    /// What was missing longest is forgotten when there is too much: should it come, it is late and never a duplicate.
    fn forget(&mut self) {
        if self.missing.len() > MOST_RANGES {
            let (_, last) = self.missing.remove(0);
            self.floor = last.saturating_add(1);
        }
    }
}

/// The number that every epoch begins with.
const FIRST: u64 = 1;
/// Epochs of a thread that are told apart: that many restarts of a producer may overlap.
const MOST_EPOCHS: usize = 4;
/// Missing ranges that are kept of an epoch.
const MOST_RANGES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(sequence: &mut Sequence, epoch: u64, numbers: &[u64]) -> Vec<Order> {
        numbers.iter().map(|number| sequence.take(epoch, *number)).collect()
    }

    #[test]
    fn numbers_that_follow_are_next_and_a_number_twice_is_a_duplicate() {
        let mut sequence = Sequence::default();
        use Order::{Duplicate, First, Next};
        assert_eq!(
            orders(&mut sequence, 1, &[5, 6, 7, 6, 5]),
            [First, Next, Next, Duplicate, Duplicate]
        );
    }

    #[test]
    fn a_gap_is_told_once_and_what_comes_after_all_is_late_and_then_a_duplicate() {
        let mut sequence = Sequence::default();
        let gap = |from, to| Order::Gap(Gap { from, to });
        assert_eq!(
            orders(&mut sequence, 1, &[1, 5, 3, 3, 2, 4, 4, 6, 0]),
            [
                Order::First,
                gap(2, 4),
                Order::Late,
                Order::Duplicate,
                Order::Late,
                Order::Late,
                Order::Duplicate,
                Order::Next,
                Order::Late
            ]
        );
    }

    #[test]
    fn a_producer_that_begins_anew_counts_from_one() {
        let mut sequence = Sequence::default();
        orders(&mut sequence, 7, &[40, 41]);
        let mut restarted = sequence.clone();
        assert_eq!(
            orders(&mut restarted, 8, &[1, 2, 1]),
            [Order::Next, Order::Next, Order::Duplicate]
        );
        // What the old one sent before it died comes behind it: no duplicate, no gap.
        assert_eq!(orders(&mut restarted, 7, &[42, 41]), [Order::Next, Order::Duplicate]);
        assert_eq!(orders(&mut restarted, 8, &[3]), [Order::Next]);
        // One that was unknown until now and is older says nothing of what is missing.
        assert_eq!(
            orders(&mut restarted, 3, &[9, 10, 9]),
            [Order::Late, Order::Next, Order::Duplicate]
        );
        assert_eq!(sequence.take(8, 3), Order::Gap(Gap { from: 1, to: 2 }));
    }

    #[test]
    fn what_was_forgotten_is_late_and_never_a_duplicate() {
        let mut sequence = Sequence::default();
        for number in 0..=MOST_RANGES as u64 + 1 {
            sequence.take(1, 2 * number + 1);
        }
        // Of two, four, six and on, the first is forgotten, and with it whether one was seen.
        assert_eq!(
            orders(&mut sequence, 1, &[2, 1, 3, 4]),
            [Order::Late, Order::Late, Order::Duplicate, Order::Late]
        );
        for epoch in 2..9 {
            sequence.take(epoch, 1);
        }
        assert_eq!(sequence.epochs.len(), MOST_EPOCHS);
        assert_eq!(sequence.take(1, 5), Order::Late);
        // Nothing can follow the largest number; said twice, it is not taken for a duplicate.
        let largest = orders(&mut sequence, 9, &[u64::MAX, u64::MAX]);
        assert_eq!(largest, [Order::Gap(Gap { from: 1, to: u64::MAX - 1 }), Order::Next]);
    }
}
