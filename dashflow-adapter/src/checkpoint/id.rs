//! Ids of checkpoints, in the order in which they were saved.

use core::fmt;
use core::str::FromStr;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::error::CheckpointError;

/// The id of a checkpoint: a UUID of version 7 (RFC 9562), above those of the checkpoints that its thread had when it was made.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct CheckpointId(Uuid);

impl CheckpointId {
    /// The id with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    /// Its bytes, as they stand in a frame.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.into_bytes()
    }

    /// An id of this moment, above `newest` whatever the clock says.
    pub(super) fn after(newest: Option<Self>, now: SystemTime) -> Result<Self, CheckpointError> {
        let (mut random, mut step) = ([0; 10], [0; 4]);
        for bytes in [&mut random[..], &mut step] {
            getrandom::fill(bytes).map_err(|error| {
                let message = format!("the system gives no random bytes: {error}");
                CheckpointError::other("NoRandom", message)
            })?;
        }
        let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let millis = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        let id = Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid());
        Ok(match newest {
            // By a step that nobody else takes: another process may stand behind the same one.
            Some(newest) if newest >= id => newest.above(1 + u128::from(u32::from_le_bytes(step))),
            _ => id,
        })
    }

    /// The one so many above: what is random in a UUID of version 7 may count as well (RFC 9562, 6.2).
    fn above(self, step: u128) -> Self {
        let bits = self.0.as_u128();
        let (time, rand_a, rand_b) = (bits >> 80, (bits >> 64) & 0xfff, bits & RAND_B);
        let counted = (((time << 12) | rand_a) << 62 | rand_b).wrapping_add(step);
        let (time, rand_a, rand_b) = (counted >> 74, (counted >> 62) & 0xfff, counted & RAND_B);
        Self(Uuid::from_u128(time << 80 | 7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b))
    }
}

impl fmt::Display for CheckpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

impl FromStr for CheckpointId {
    type Err = CheckpointError;

    /// Reads an id as it prints, in lower case and with hyphens, and in no other way.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let id = Uuid::try_parse(text).ok().map(Self).filter(|id| id.to_string() == text);
        id.ok_or_else(|| {
            let message = format!("{text:?} is no id of a checkpoint: write it as it is listed");
            CheckpointError::other("CheckpointId", message)
        })
    }
}

const RAND_B: u128 = (1 << 62) - 1;

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;

    #[test]
    fn ids_ascend_also_when_the_clock_stands_still_or_goes_back() {
        let late = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let mut newest = None;
        for second in [0, 0, 5, 3, 0] {
            for _ in 0..100 {
                let id = CheckpointId::after(newest, late - Duration::from_secs(second)).unwrap();
                assert!(Some(id) > newest);
                assert_eq!((id.0.get_version_num(), id.to_bytes()[8] >> 6), (7, 0b10), "{id}");
                newest = Some(id);
            }
        }
    }

    #[test]
    fn two_that_stand_behind_one_id_at_one_time_make_two_ids() {
        let now = SystemTime::UNIX_EPOCH;
        let newest = CheckpointId::after(None, now + Duration::from_secs(60)).unwrap();
        let ids = [(); 2].map(|()| CheckpointId::after(Some(newest), now).unwrap());
        assert!(ids[0] != ids[1] && ids.iter().all(|id| *id > newest));
    }

    #[test]
    fn the_next_id_carries_through_all_that_counts() {
        let full = CheckpointId(Uuid::from_u128(5 << 80 | 0x7fff << 64 | 0b10 << 62 | RAND_B));
        let next = CheckpointId(Uuid::from_u128(6 << 80 | 7 << 76 | 0b10 << 62));
        assert_eq!(full.above(1), next);
    }

    #[test]
    fn an_id_is_read_as_it_prints() {
        let id = CheckpointId::after(None, SystemTime::now()).unwrap();
        assert_eq!(id.to_string().parse::<CheckpointId>().unwrap(), id);
        for other in [id.to_string().to_uppercase(), id.0.simple().to_string(), "..".to_owned()] {
            assert_eq!(other.parse::<CheckpointId>().unwrap_err().name(), "CheckpointId");
        }
    }
}
