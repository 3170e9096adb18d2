//! When a batch is complete.

use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::PolicyError;
use super::object::object;

/// The limits of a batch: it is complete at the first one it reaches.
///
/// As JSON every field may be left out and then has its default; a field of another name is an error.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(remote = "Self", default, deny_unknown_fields)]
#[non_exhaustive]
pub struct BatchLimits {
    /// The longest payload in bytes, the batch's own 4 and another 4 for every record counted; 8..=67108864. The encoder's limits hold beside it. Default: 262144.
    #[cfg_attr(feature = "schemars", schemars(range(min = 8, max = 67_108_864)))]
    pub bytes: u32,
    /// The most records, 1..=65536. Default: 100.
    #[cfg_attr(feature = "schemars", schemars(range(min = 1, max = 65_536)))]
    pub count: u32,
    /// The longest time that a record waits, in milliseconds; 4294967295 is for ever. Default: 100.
    pub time_ms: u32,
}

impl BatchLimits {
    /// Refuses values out of range.
    ///
    /// # Errors
    /// [`PolicyError`] naming the field and the range.
    pub fn check(&self) -> Result<(), PolicyError> {
        if !(8..=1 << 26).contains(&self.bytes) {
            return Err(PolicyError::new("/bytes", "8..=67108864"));
        }
        if !(1..=65_536).contains(&self.count) {
            return Err(PolicyError::new("/count", "1..=65536"));
        }
        Ok(())
    }

    /// The longest time that a record waits; [`Duration::MAX`] for ever.
    #[must_use]
    pub fn age(&self) -> Duration {
        match self.time_ms {
            u32::MAX => Duration::MAX,
            millis => Duration::from_millis(u64::from(millis)),
        }
    }
}

impl Default for BatchLimits {
    fn default() -> Self {
        Self { bytes: 256 << 10, count: 100, time_ms: 100 }
    }
}

object!(BatchLimits);
