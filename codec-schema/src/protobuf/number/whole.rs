//! Whole numbers of any size, as far as floating-point numbers need them.

use alloc::vec::Vec;
use core::cmp::Ordering;

/// A whole number of any size, lowest word first, without zeros at its end.
pub(super) struct Whole(Vec<u32>);

impl Whole {
    pub(super) fn new(number: u64) -> Self {
        Self(Vec::from([1])).times(number)
    }

    pub(super) fn bits(&self) -> usize {
        let last = self.0.last().map_or(0, |word| u32::BITS.saturating_sub(word.leading_zeros()));
        let last = usize::try_from(last).unwrap_or_default();
        self.0.len().saturating_sub(1).saturating_mul(32).saturating_add(last)
    }

    pub(super) fn times(&self, factor: u64) -> Self {
        let low = self.times_word(factor & u64::from(u32::MAX));
        let mut high = self.times_word(factor.wrapping_shr(32));
        high.shift(32);
        low.plus(&high)
    }

    fn times_word(&self, factor: u64) -> Self {
        let mut carry = 0_u64;
        let mut words = Vec::new();
        for word in self.0.iter().map(|word| u64::from(*word)).chain([0]) {
            let sum = word.wrapping_mul(factor).wrapping_add(carry);
            words.push(low_word(sum));
            carry = sum.wrapping_shr(32);
        }
        Self(words).trimmed()
    }

    pub(super) fn times_ten(&mut self, mut power: u32) {
        while power > 0 {
            let step = power.min(9);
            *self = self.times_word(10_u64.wrapping_pow(step));
            power = power.saturating_sub(step);
        }
    }

    fn plus(&self, other: &Self) -> Self {
        let count = self.0.len().max(other.0.len()).saturating_add(1);
        let word = |number: &Self, place| number.0.get(place).map_or(0, |word| u64::from(*word));
        let mut carry = 0_u64;
        let words = (0..count).map(|place| {
            let sum = word(self, place).wrapping_add(word(other, place)).wrapping_add(carry);
            carry = sum.wrapping_shr(32);
            low_word(sum)
        });
        Self(words.collect()).trimmed()
    }

    /// Takes away what is not larger.
    fn minus(&mut self, other: &Self) {
        let mut borrow = false;
        let others = other.0.iter().copied().chain(core::iter::repeat(0));
        for (word, other) in self.0.iter_mut().zip(others) {
            let (less, first) = word.overflowing_sub(other);
            let (less, second) = less.overflowing_sub(borrow.into());
            *word = less;
            borrow = first || second;
        }
        while self.0.pop_if(|word| *word == 0).is_some() {}
    }

    pub(super) fn shift(&mut self, by: u32) {
        *self = self.times_word(1_u64.wrapping_shl(by & 31));
        let words = usize::try_from(by >> 5).unwrap_or_default();
        if !self.0.is_empty() {
            self.0.splice(..0, core::iter::repeat_n(0, words));
        }
    }

    pub(super) fn order(&self, other: &Self) -> Ordering {
        let length = self.0.len().cmp(&other.0.len());
        length.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }

    /// The whole part of a quotient of 63 bits or less, and whether that is all of it.
    pub(super) fn divided(mut self, by: &Self) -> Option<(u64, bool)> {
        let surplus = self.bits().saturating_sub(by.bits());
        let mut quotient = 0_u64;
        let mut part = Self(by.0.clone());
        part.shift(u32::try_from(surplus).ok()?);
        for _ in 0..=surplus {
            quotient = quotient.checked_mul(2)?;
            if self.order(&part) != Ordering::Less {
                self.minus(&part);
                quotient |= 1;
            }
            self.double();
        }
        Some((quotient, self.0.is_empty()))
    }

    fn double(&mut self) {
        let mut carry = 0;
        for word in &mut self.0 {
            let out = word.wrapping_shr(31);
            *word = word.wrapping_shl(1) | carry;
            carry = out;
        }
        if carry != 0 {
            self.0.push(carry);
        }
    }

    fn trimmed(mut self) -> Self {
        while self.0.pop_if(|word| *word == 0).is_some() {}
        self
    }
}

fn low_word(number: u64) -> u32 {
    u32::try_from(number & u64::from(u32::MAX)).unwrap_or_default()
}
