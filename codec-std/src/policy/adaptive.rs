//! A share of one core, and what is compressed with when it runs short.

use serde::{Deserialize, Serialize};

use super::object::object;
use super::{CodecChoice, PolicyError, check_level};

/// Keeps the time spent on compressing below a share of one core, by falling down a ladder and climbing it again.
///
/// As JSON every field may be left out and then has its default; a field of another name is an error.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(remote = "Self", default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Adaptive {
    /// The share of one core that may be spent compressing, above 0.0 and up to 1.0. Default: 0.05.
    #[cfg_attr(feature = "schemars", schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1.0)))]
    pub budget: f64,
    /// What is compressed with, from the dearest to the cheapest, 1 to 8 of them and no two alike. Below the last one payloads are stored as they are.
    /// Default: `auto` at levels 3, -1, -5 and -20.
    #[cfg_attr(feature = "schemars", schemars(length(min = 1, max = 8)))]
    pub ladder: Vec<Rung>,
}

/// One step of a ladder.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(remote = "Self", default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Rung {
    /// The codec. Default: `auto`.
    pub codec: CodecChoice,
    /// The level for Zstandard, -131072..=22; 0 is the library's default. Default: 3.
    #[cfg_attr(feature = "schemars", schemars(range(min = -131_072, max = 22)))]
    pub level: i32,
}

/// Where an adaptive encoder stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct AdaptiveStatus {
    /// The rung that it compresses at, counted from 0, the dearest.
    pub index: usize,
    /// That rung.
    pub rung: Rung,
    /// How often it has changed the rung.
    pub changes: u64,
    /// The payloads that it has stored as they are because the time was spent.
    pub stored: u64,
}

impl Adaptive {
    /// The longest ladder.
    pub const MAX_RUNGS: usize = 8;

    pub(super) fn check(&self) -> Result<(), PolicyError> {
        // Not a number is outside as well.
        if !(self.budget > 0.0 && self.budget <= 1.0) {
            return Err(PolicyError::new("/budget", "above 0.0 and up to 1.0"));
        }
        if !(1..=Self::MAX_RUNGS).contains(&self.ladder.len()) {
            return Err(PolicyError::new("/ladder", "1 to 8 rungs"));
        }
        for (index, rung) in self.ladder.iter().enumerate() {
            let below = format!("/ladder/{index}");
            check_level(rung.level).map_err(|error| error.below(&below))?;
            if self.ladder.iter().take(index).any(|other| other == rung) {
                return Err(PolicyError::new(below, "a rung unlike those before it"));
            }
        }
        Ok(())
    }
}

impl Default for Adaptive {
    fn default() -> Self {
        let ladder = [3, -1, -5, -20].map(|level| Rung::new(CodecChoice::Auto, level)).to_vec();
        Self { budget: 0.05, ladder }
    }
}

impl Rung {
    /// That codec at that level.
    #[must_use]
    pub const fn new(codec: CodecChoice, level: i32) -> Self {
        Self { codec, level }
    }
}

impl Default for Rung {
    fn default() -> Self {
        Self::new(CodecChoice::Auto, 3)
    }
}

object!(Adaptive);
object!(Rung);
