//! What an adaptive encoder does with the next payload: a pure function of a state, the time, and what the last payload cost.
//!
//! A bucket of time bounds what is spent: it fills at the budget, holds a tenth of a second of it, and a payload that it has no time for is stored. So a
//! second never costs more than eleven tenths of its budget and what the last payload cost above the estimate. The ladder follows the load more slowly: once
//! a second it falls a rung when everything that came would have cost more than the budget, and climbs one when it would have cost less than four fifths of it there.

use super::Adaptive;

/// The settings of an adaptive encoder, in numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Governor {
    /// The share of one core.
    budget: f64,
    rungs: usize,
}

/// What a governor remembers from payload to payload. Times are nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct State {
    /// The rung that is compressed at, 0 being the dearest.
    pub(crate) rung: usize,
    /// How often that was changed.
    pub(crate) changes: u64,
    /// The payloads that were stored because the time was spent.
    pub(crate) stored: u64,
    /// The time in the bucket; below 0 after a payload that cost more than expected.
    bucket: f64,
    /// When the bucket was last filled.
    filled: u64,
    /// The length of the payload that is being compressed.
    pending: usize,
    second: Second,
    /// The nanoseconds that a byte cost at each rung when it was last used.
    costs: [f64; Adaptive::MAX_RUNGS],
}

/// What has come since the ladder was last looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Second {
    since: u64,
    /// The bytes of all payloads, of those that were compressed, and the time these took.
    bytes: f64,
    compressed: f64,
    spent: f64,
}

impl Governor {
    pub(crate) fn new(adaptive: &Adaptive) -> Self {
        Self { budget: adaptive.budget, rungs: adaptive.ladder.len() }
    }

    /// The state to begin with: at the top, with a full bucket.
    pub(crate) fn begin(&self, now: u64) -> State {
        State {
            rung: 0,
            changes: 0,
            stored: 0,
            bucket: self.capacity(),
            filled: now,
            pending: 0,
            second: Second { since: now, ..Second::default() },
            costs: [0.0; Adaptive::MAX_RUNGS],
        }
    }

    /// The state after the last payload, which cost so much, and whether the next one of `len` bytes is compressed, at the rung of that state.
    pub(crate) fn next(&self, mut state: State, now: u64, cost: u64, len: usize) -> (State, bool) {
        let (cost, pending) = (cost as f64, state.pending as f64);
        state.second.spent += cost;
        state.second.compressed += pending;
        let filled = now.saturating_sub(state.filled) as f64 * self.budget;
        state.bucket = (state.bucket - cost + filled).min(self.capacity());
        state.filled = now;
        state.pending = 0;

        let elapsed = now.saturating_sub(state.second.since);
        if elapsed >= SECOND {
            self.look(&mut state, elapsed as f64 * self.budget);
            state.second = Second { since: now, ..Second::default() };
        }

        state.second.bytes += len as f64;
        // What would cost more than the bucket holds is let through when it is full, and paid for afterwards.
        let expected = (state.cost() * len as f64).min(self.capacity());
        let is_compressed = state.bucket > 0.0 && state.bucket >= expected;
        if is_compressed {
            state.pending = len;
        } else {
            state.stored += 1;
        }
        (state, is_compressed)
    }

    /// Moves by one rung at most.
    fn look(&self, state: &mut State, allowed: f64) {
        let here = state.cost();
        if let Some(cost) = state.costs.get_mut(state.rung) {
            *cost = here;
        }
        let bytes = state.second.bytes;
        let above = state.rung.checked_sub(1);
        let moved = if bytes * here > allowed && state.rung + 1 < self.rungs {
            Some(state.rung + 1)
        } else {
            let cost = above.and_then(|above| state.costs.get(above));
            above.filter(|_| cost.is_some_and(|cost| bytes * cost < CLIMB * allowed))
        };
        // What is remembered of the rungs above fades, so that they are tried again when the payloads have become others.
        state.costs.iter_mut().take(state.rung).for_each(|cost| *cost *= FADE);
        if let Some(rung) = moved {
            state.rung = rung;
            state.changes += 1;
        }
    }

    /// The most time that the bucket holds.
    fn capacity(&self) -> f64 {
        self.budget * SECOND as f64 * 0.1
    }
}

impl State {
    /// The nanoseconds that a byte costs at this rung, as far as is known.
    fn cost(&self) -> f64 {
        if self.second.compressed > 0.0 {
            self.second.spent / self.second.compressed
        } else {
            self.costs.get(self.rung).copied().unwrap_or_default()
        }
    }
}

/// In nanoseconds.
const SECOND: u64 = 1_000_000_000;
/// The part of the budget that a climb may be expected to take.
const CLIMB: f64 = 0.8;
/// What is left of a memory after a second; half after eleven.
const FADE: f64 = 15.0 / 16.0;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::policy::Rung;

    /// Payloads of one size at a rate, for some tenths of a second.
    #[derive(Clone, Debug)]
    struct Load {
        tenths: u64,
        rate: u64,
        len: usize,
    }

    /// What happened, by the clock of the load.
    #[derive(Default)]
    struct Record {
        /// When time was spent, and how much.
        spent: Vec<(u64, u64)>,
        changed: Vec<u64>,
        stored: u64,
        rungs: Vec<usize>,
    }

    fn adaptive(budget: f64, rungs: usize) -> Adaptive {
        Adaptive { budget, ladder: vec![Rung::default(); rungs] }
    }

    /// Runs through the loads. A byte costs `costs[rung]` thousandths of a nanosecond, give or take a fifth, and a payload 300 ns beside that.
    fn run(adaptive: &Adaptive, costs: &[u64], loads: &[Load]) -> Record {
        let governor = Governor::new(adaptive);
        let (mut now, mut cost, mut record) = (0, 0, Record::default());
        let mut state = governor.begin(now);
        let mut dice = 1_u64;
        for load in loads {
            let end = now + load.tenths * SECOND / 10;
            while now < end {
                let (next, is_compressed) = governor.next(state, now, cost, load.len);
                if next.rung != state.rung {
                    assert_eq!(next.rung.abs_diff(state.rung), 1, "level by level");
                    assert_eq!(next.changes, state.changes + 1);
                    record.changed.push(now);
                }
                state = next;
                dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let noise = 800 + (dice >> 33) % 401;
                let whole = 300 + load.len as u64 * costs[state.rung] / 1000 * noise / 1000;
                cost = if is_compressed { whole } else { 0 };
                record.spent.push((now, cost));
                // A thread that compresses longer than the payloads are apart falls behind.
                now += cost.max(SECOND / load.rate);
            }
            record.rungs.push(state.rung);
        }
        record.stored = state.stored;
        record
    }

    impl Record {
        /// The most, and the least, that was spent in any second that ends with a payload. What runs over its end counts whole.
        fn seconds(&self) -> (u64, u64) {
            let (mut first, mut sum) = (0, 0);
            let (mut most, mut least) = (0, u64::MAX);
            for (at, cost) in &self.spent {
                sum += cost;
                while self.spent[first].0 + SECOND <= *at {
                    sum -= self.spent[first].1;
                    first += 1;
                }
                most = most.max(sum);
                if first > 0 {
                    least = least.min(sum);
                }
            }
            (most, least)
        }
    }

    fn loads() -> impl Strategy<Value = Vec<Load>> {
        // From load to load the rate doubles or halves, or the payloads become others.
        let turn = (1..40_u64, select(vec![1, 2, 4, 8, 16]), select(vec![100, 380, 4000, 40_000]));
        let turns = prop::collection::vec(turn, 1..6);
        (turns, 50..2000_u64).prop_map(|(turns, base)| {
            let load = |(tenths, factor, len)| Load { tenths, rate: base * factor, len };
            turns.into_iter().map(load).collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn the_budget_holds_over_any_second_and_a_second_sees_one_change_at_most(
            loads in loads(),
            thousandths in 20..400_u64,
            costs in prop::collection::vec(500..30_000_u64, 1..=8),
        ) {
            let adaptive = adaptive(thousandths as f64 / 1000.0, costs.len());
            let record = run(&adaptive, &costs, &loads);
            let budget = thousandths * SECOND / 1000;
            // The largest payload of them costs a twentieth of the smallest budget and more: what one costs above the estimate comes on top.
            let one = 40_000 * 30 * 6 / 5 + 300;
            prop_assert!(record.seconds().0 <= budget * 11 / 10 + one, "{:?} of {budget}", record.seconds());
            prop_assert!(record.changed.windows(2).all(|pair| pair[1] - pair[0] >= SECOND));
            prop_assert!(record.changed.first().is_none_or(|first| *first >= SECOND));
        }

        #[test]
        fn under_load_that_doubles_and_halves_the_budget_is_held_within_a_fifth(
            base in 4000..20_000_u64,
            tenths in 5..60_u64,
            thousandths in 20..100_u64,
        ) {
            // Messages of 380 bytes, at rungs that cost 3.0 to 0.7 microseconds.
            let costs = [7000, 3000, 1000];
            let factors = [1, 2, 4, 8, 16, 8, 4, 2, 1, 2, 4];
            let loads: Vec<_> = factors.iter().map(|factor| Load { tenths, rate: base * factor, len: 380 }).collect();
            let record = run(&adaptive(thousandths as f64 / 1000.0, 3), &costs, &loads);
            let budget = thousandths * SECOND / 1000;
            prop_assert!(record.seconds().0 <= budget * 6 / 5, "{:?} of {budget}", record.seconds());
            prop_assert!(record.changed.windows(2).all(|pair| pair[1] - pair[0] >= SECOND));
        }

        #[test]
        fn the_decision_is_a_function_of_its_arguments(
            costs in prop::collection::vec((0..10_000_000_u64, 0..10_000_u64, 0..100_000_usize), 1..50),
        ) {
            let governor = Governor::new(&adaptive(0.05, 3));
            let mut states = [governor.begin(7), governor.begin(7)];
            let mut now = 7;
            for (passed, cost, len) in costs {
                now += passed;
                let next = states.map(|state| governor.next(state, now, cost, len));
                prop_assert_eq!(next[0], next[1]);
                states = next.map(|(state, _)| state);
            }
        }
    }

    #[test]
    fn too_much_load_falls_rung_by_rung_and_little_load_climbs_back() {
        let costs = [10_000, 5000, 1000];
        let heavy = Load { tenths: 100, rate: 40_000, len: 1000 };
        let light = Load { tenths: 100, rate: 400, len: 1000 };
        let record = run(&adaptive(0.05, 3), &costs, &[heavy.clone(), light, heavy]);
        assert_eq!(record.rungs, [2, 0, 2]);
        assert_eq!(record.changed.len(), 6);
        let seconds: Vec<_> = record.changed.iter().map(|at| at / SECOND).collect();
        assert_eq!(seconds[..2], [1, 2]);
    }

    #[test]
    fn a_load_between_two_rungs_does_not_swing() {
        // At the upper rung 1.5 times the budget, at the lower one half of it: what the upper one cost is forgotten slowly, so that it is tried again now and then.
        let costs = [7500, 2500];
        let load = Load { tenths: 600, rate: 10_000, len: 1000 };
        let record = run(&adaptive(0.05, 2), &costs, &[load]);
        assert!(record.changed.len() <= 15, "{:?}", record.changed);
        // And just below the budget at the upper rung nothing moves at all.
        let load = Load { tenths: 600, rate: 6200, len: 1000 };
        let record = run(&adaptive(0.05, 2), &costs, &[load]);
        assert_eq!((record.changed.len(), record.stored), (0, 0));
    }

    #[test]
    fn more_than_the_lowest_rung_can_do_is_stored_and_the_budget_is_used() {
        let load = Load { tenths: 50, rate: 50_000, len: 1000 };
        let record = run(&adaptive(0.05, 1), &[4000], &[load]);
        let (most, least) = record.seconds();
        assert!(most <= SECOND / 20 * 11 / 10 && least >= SECOND / 20 * 9 / 10, "{most} {least}");
        assert!(record.stored > 0);
    }

    #[test]
    fn a_payload_that_costs_more_than_the_bucket_holds_is_paid_for_before_the_next() {
        let load = Load { tenths: 400, rate: 10, len: 4_000_000 };
        // 20 ms each, where the bucket holds 5 ms and a second brings 50.
        let record = run(&adaptive(0.05, 1), &[5000], &[load]);
        let all: u64 = record.spent.iter().map(|(_, cost)| cost).sum();
        assert!((1_600_000_000..=2_050_000_000).contains(&all), "{all}");
    }
}
