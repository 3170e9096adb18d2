//! The last state of a run, out of what was sent of its states.

use std::time::Instant;

use super::run::RunState;
use crate::messages::v1;
use crate::state::{StateLimits, StateStream, Step};

/// What was sent of the states of a run, from the last whole one on.
#[derive(Debug, Default)]
pub(super) struct States {
    whole: Option<Box<v1::StateDiff>>,
    since: Vec<Sent>,
}

#[derive(Debug)]
enum Sent {
    Changes(Box<v1::StateDiff>),
    /// A checkpoint of that id was saved, which changes may name from here on.
    Saved(Box<[u8]>),
}

/// What may be done behind the deadline: states that are long and changed often take long to verify.
#[derive(Debug)]
pub(super) struct Work {
    until: Instant,
    bytes_left: usize,
}

impl States {
    pub(super) fn sent(&mut self, diff: Box<v1::StateDiff>) {
        if !diff.full_state.is_empty() {
            self.since.clear();
            self.whole = Some(diff);
        } else if self.whole.is_some() {
            self.since.push(Sent::Changes(diff));
        }
    }

    pub(super) fn saved(&mut self, id: Box<[u8]>) {
        if self.whole.is_some() {
            self.since.push(Sent::Saved(id));
        }
    }

    /// The last state that can be had. A change counts where it leads to the state whose hash it bears, also behind one that did not.
    pub(super) fn last(self, work: &mut Work) -> Option<RunState> {
        let mut whole = self.whole?;
        let mut states = StateStream::new(StateLimits::default());
        let len = whole.full_state.len();
        let is_verified = work.allows(len) && is_verified(&mut states, &whole);
        let (mut applied, mut behind) = (0_u64, 0_u64);
        for sent in self.since {
            match sent {
                Sent::Saved(id) => states.checkpoint_seen(&id),
                Sent::Changes(diff) => {
                    let may_be = is_verified && work.allows(len);
                    if may_be && self::is_verified(&mut states, &diff) {
                        (applied, behind) = (applied + 1, 0);
                    } else {
                        behind += 1;
                    }
                }
            }
        }
        let made =
            states.state().filter(|_| applied > 0).and_then(|it| serde_json::to_vec(it).ok());
        let json = made.unwrap_or_else(|| core::mem::take(&mut whole.full_state));
        Some(RunState { json, is_verified, changes_behind: behind })
    }
}

impl Work {
    /// Without bounds until then, and a little behind it.
    pub(super) const fn until(until: Instant) -> Self {
        Self { until, bytes_left: LATE }
    }

    fn allows(&mut self, bytes: usize) -> bool {
        if Instant::now() < self.until {
            return true;
        }
        match self.bytes_left.checked_sub(bytes) {
            Some(left) => {
                self.bytes_left = left;
                true
            }
            None => false,
        }
    }
}

fn is_verified(states: &mut StateStream, diff: &v1::StateDiff) -> bool {
    matches!(states.apply(diff), Ok(Step::Verified { .. }))
}

/// Bytes of states that are verified behind the deadline, which takes some hundredths of a second.
const LATE: usize = 4 << 20;
