//! What was gathered of one thread.

use std::collections::BTreeSet;

use super::numbers::{Numbers, Taken};
use super::run::SpanKind;
use super::step::{Moment, Place, Step, What};
use crate::framing::Refused;

/// One thread, in whatever order its messages come.
#[derive(Debug, Default)]
pub(super) struct Thread {
    pub(super) numbers: Numbers,
    pub(super) steps: Vec<Step>,
    pub(super) epochs: BTreeSet<u64>,
    pub(super) messages: u64,
    pub(super) starts: u64,
    pub(super) ends: u64,
    /// Whether something of it was left out for want of room.
    pub(super) is_over: bool,
    pub(super) refused: u64,
    /// The first refusal.
    pub(super) refusal: Option<Refused>,
    /// Whether it had an end and lacked nothing when it was looked at last.
    pub(super) is_done: bool,
    /// What its steps take, in bytes.
    steps_cost: usize,
    last: Place,
    /// The index of the last whole state, which a later one of the same run takes the place of.
    state: Option<usize>,
    /// The last place where a graph begins or ends.
    bound: Option<Place>,
}

/// A message on its way into its thread.
#[derive(Debug)]
pub(super) struct Arrived {
    pub(super) epoch: Option<u64>,
    /// Its number; 0 where it has none.
    pub(super) number: u64,
    /// Whether the number was taken in before, with the batch that it is of.
    pub(super) is_counted: bool,
    pub(super) arrival: u64,
    pub(super) time: i64,
}

impl Thread {
    /// Takes in the number of a message, and gives its place; nothing for one that was there before. `room` is what is left for it, in bytes.
    pub(super) fn place(&mut self, arrived: &Arrived, room: usize) -> Option<Place> {
        let Arrived { epoch, number, is_counted, arrival, .. } = *arrived;
        self.epochs.extend(epoch.filter(|_| self.epochs.len() < MOST_EPOCHS));
        if number == 0 {
            let place = Place { arrival, ..self.last };
            return Some(match epoch {
                // Of another run of the producer: behind nothing that is known.
                Some(epoch) if epoch != place.epoch => Place { epoch, arrival, ..Place::default() },
                _ => place,
            });
        }
        let mut restart = if epoch.is_none() { self.last.restart } else { 0 };
        if !is_counted {
            let has_room = room > self.cost();
            match self.numbers.take(epoch, number, has_room) {
                Taken::Duplicate => return None,
                Taken::New(found) => restart = found,
                Taken::NoRoom => self.is_over = true,
            }
        }
        let place = Place { epoch: epoch.unwrap_or(0), restart, number, arrival };
        self.last = self.last.max(place);
        Some(place)
    }

    /// Keeps what a trace is made of, as long as there is room.
    pub(super) fn keep(&mut self, place: Place, time: i64, what: What, room: usize) {
        if let What::Mark(mark) = &what
            && mark.kind == SpanKind::Graph
        {
            match mark.moment {
                Moment::Begin => self.starts += 1,
                Moment::End | Moment::Fail => self.ends += 1,
                Moment::Retry => {}
            }
            self.bound = self.bound.max(Some(place));
        }
        let cost = what.cost();
        let taken = self.cost();
        let is_state = what.is_whole_state();
        let before = self.state.filter(|_| is_state).and_then(|index| self.steps.get_mut(index));
        let before = before.filter(|before| Some(before.place) > self.bound);
        let freed = before.as_ref().map_or(0, |before| before.what.cost());
        if taken.saturating_sub(freed).saturating_add(cost) > room {
            self.is_over = true;
            return;
        }
        let step = Step { place, time, what };
        match before {
            // One that came late is not the last.
            Some(before) if before.place > place => {}
            Some(before) => {
                *before = step;
                self.steps_cost = self.steps_cost.saturating_sub(freed).saturating_add(cost);
            }
            None => {
                if is_state {
                    self.state = Some(self.steps.len());
                }
                self.steps.push(step);
                self.steps_cost = self.steps_cost.saturating_add(cost);
            }
        }
    }

    /// What it takes, in bytes.
    pub(super) fn cost(&self) -> usize {
        self.steps_cost.saturating_add(self.numbers.cost())
    }

    /// Whether it has an end, and nothing of it is missing until now.
    pub(super) fn has_all(&self) -> bool {
        self.starts > 0 && self.ends >= self.starts && !self.is_over && self.numbers.is_whole()
    }
}

/// Epochs that are told of a thread.
const MOST_EPOCHS: usize = 1_024;
