//! The rung that an encoder compresses its next payload at: always the same, or as the time allows.

use core::time::Duration;
use std::time::Instant;

use crate::policy::{AdaptiveStatus, CompressionPolicy, Governor, Rung, State};

/// Where the rungs of an encoder come from.
#[derive(Debug)]
pub(crate) enum Pace {
    /// One rung, and no clock.
    Steady(Rung),
    /// A ladder, by the clock.
    Adaptive(Box<Ladder>),
}

#[derive(Debug)]
pub(crate) struct Ladder {
    /// The dearest first.
    rungs: Vec<Rung>,
    governor: Governor,
    state: State,
    /// What the times of the state count from.
    began: Instant,
    /// What the last payload cost.
    cost: Duration,
}

impl Pace {
    pub(crate) fn new(policy: &CompressionPolicy) -> Self {
        let Some(adaptive) = &policy.adaptive else {
            return Self::Steady(Rung::new(policy.codec, policy.level));
        };
        let governor = Governor::new(adaptive);
        Self::Adaptive(Box::new(Ladder {
            rungs: adaptive.ladder.clone(),
            governor,
            state: governor.begin(0),
            began: Instant::now(),
            cost: Duration::ZERO,
        }))
    }

    /// The rung for a payload of so many bytes, or nothing when there is no time for it.
    pub(crate) fn next(&mut self, len: usize) -> Option<Rung> {
        match self {
            Self::Steady(rung) => Some(*rung),
            Self::Adaptive(ladder) => {
                let (now, cost) = (nanos(ladder.began.elapsed()), nanos(ladder.cost));
                ladder.cost = Duration::ZERO;
                let (state, is_compressed) = ladder.governor.next(ladder.state, now, cost, len);
                ladder.state = state;
                ladder.rungs.get(state.rung).copied().filter(|_| is_compressed)
            }
        }
    }

    /// Does the work of compressing, and keeps in mind what it cost.
    pub(crate) fn measure<T>(&mut self, work: impl FnOnce() -> T) -> T {
        match self {
            Self::Steady(_) => work(),
            Self::Adaptive(ladder) => {
                let begun = Instant::now();
                let done = work();
                ladder.cost = begun.elapsed();
                done
            }
        }
    }

    pub(crate) fn status(&self) -> Option<AdaptiveStatus> {
        match self {
            Self::Steady(_) => None,
            Self::Adaptive(ladder) => {
                let State { rung: index, changes, stored, .. } = ladder.state;
                let rung = ladder.rungs.get(index).copied()?;
                Some(AdaptiveStatus { index, rung, changes, stored })
            }
        }
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
