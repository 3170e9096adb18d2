//! What is to be imported: which id each checkpoint gets, and which comes before which.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::checkpoint::id::CheckpointId;
use crate::identity::ThreadId;

/// Old checkpoints that were read.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) all: Vec<Planned>,
    places: BTreeMap<ThreadId, HashMap<String, usize>>,
}

/// An old checkpoint that was read.
pub(super) struct Planned {
    /// The name of its file.
    pub(super) name: OsString,
    pub(super) thread: ThreadId,
    pub(super) old_id: String,
    /// Nanoseconds since 1970-01-01T00:00:00Z, and none before.
    pub(super) time: i64,
    pub(super) old_parent: Option<String>,
    pub(super) is_checked: bool,
}

impl Plan {
    /// Takes one more; the name of the file that holds the same checkpoint, where there is one.
    pub(super) fn add(&mut self, planned: Planned) -> Result<(), OsString> {
        let places = self.places.entry(planned.thread.clone()).or_default();
        if let Some(of) = places.get(&planned.old_id).and_then(|place| self.all.get(*place)) {
            return Err(of.name.clone());
        }
        places.insert(planned.old_id.clone(), self.all.len());
        self.all.push(planned);
        Ok(())
    }

    /// Where the one is that a checkpoint follows.
    pub(super) fn parent(&self, planned: &Planned) -> Option<usize> {
        self.places.get(&planned.thread)?.get(planned.old_parent.as_ref()?).copied()
    }

    /// Every place once, by thread and age, and none before the one it follows.
    pub(super) fn order(&self) -> Vec<usize> {
        let mut by_age: Vec<usize> = (0..self.all.len()).collect();
        by_age.sort_by_cached_key(|place| {
            self.all.get(*place).map(|it| (it.thread.clone(), it.time, it.old_id.clone()))
        });
        let (mut order, mut is_in) = (Vec::new(), vec![false; self.all.len()]);
        let mut waiting = Vec::new();
        for place in by_age {
            let mut next = Some(place);
            // Those that are in already end the way up, and so does a circle.
            while let Some(place) = next
                && let Some(is_in @ false) = is_in.get_mut(place)
            {
                *is_in = true;
                waiting.push(place);
                next = self.all.get(place).and_then(|planned| self.parent(planned));
            }
            order.extend(waiting.drain(..).rev());
        }
        order
    }

    /// The id of an old checkpoint: its time, so many as are before it in the same instant of its chain, and a hash of its thread and old id.
    pub(super) fn id(&self, planned: &Planned) -> CheckpointId {
        let instant = instant(planned.time);
        let (mut rank, mut at) = (0, planned);
        while let Some(before) = self.parent(at).and_then(|place| self.all.get(place))
            && instant == self::instant(before.time)
            && rank < MOST_RANK
        {
            (rank, at) = (rank + 1, before);
        }
        let mut hash = Sha256::new();
        hash.update((planned.thread.as_str().len() as u64).to_le_bytes());
        hash.update(planned.thread.as_str());
        hash.update(&planned.old_id);
        let hash = hash.finalize().first_chunk().copied().map(u64::from_be_bytes);
        let hash = u128::from(hash.unwrap_or_default() >> 10);
        let (millis, part) = instant;
        let id = millis << 80 | 7 << 76 | part << 64 | 0b10 << 62 | rank << 54 | hash;
        CheckpointId::from_bytes(Uuid::from_u128(id).into_bytes())
    }
}

/// The milliseconds of a time, and 4096ths of one (RFC 9562, 6.2, method 3).
fn instant(time: i64) -> (u128, u128) {
    let nanos = u128::from(time.unsigned_abs());
    (nanos / MILLISECOND, nanos % MILLISECOND * 4096 / MILLISECOND)
}

/// In nanoseconds.
const MILLISECOND: u128 = 1_000_000;
const MOST_RANK: u128 = 255;
