//! How mutations fared.

use core::iter::Sum;

use serde::{Deserialize, Serialize};

/// How mutations fared.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
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

const EXAMPLES: usize = 5;
