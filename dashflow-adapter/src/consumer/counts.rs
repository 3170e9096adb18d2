//! What a consumer counts, for programs and for `metrics`.

use core::fmt;
use std::collections::BTreeMap;

use metrics::{Counter, Histogram, counter, histogram};

use super::item::{Messages, Refusal};
use super::options::{Action, RefusalClass};
use super::sequence::Order;

/// What was counted since a consumer was made.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Counts {
    /// Values that were looked at; one that is looked at again after a pause counts again.
    pub values: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Messages that were given.
    pub messages: u64,
    /// Messages that had been given before, and were not given again.
    pub duplicates: u64,
    /// Gaps between numbers.
    pub gaps: u64,
    /// The numbers in them.
    pub missing: u64,
    /// Messages that came behind later ones.
    pub late: u64,
    /// Values that were refused, by sort.
    pub refused: BTreeMap<RefusalClass, u64>,
    /// Values that were put with the dead letters.
    pub dead_letters: u64,
    /// Values that could not be put with the dead letters.
    pub dead_letter_failures: u64,
    /// Values that were passed over.
    pub skipped: u64,
    /// Times that positions were lost.
    pub losses: u64,
}

/// Counts for the program, and the metrics that say the same.
pub(super) struct Tally {
    counts: Counts,
    bytes: Counter,
    messages: Counter,
    duplicates: Counter,
    gaps: Counter,
    gap_size: Histogram,
    late: Counter,
    dead_letters: Counter,
    dead_letter_failures: Counter,
    losses: Counter,
}

impl Tally {
    pub(super) fn new() -> Self {
        Self {
            counts: Counts::default(),
            bytes: counter!("dashstream_received_bytes_total"),
            messages: counter!("dashstream_messages_received_total"),
            duplicates: counter!("dashstream_sequence_duplicates_total"),
            gaps: counter!("dashstream_sequence_gaps_total"),
            gap_size: histogram!("dashstream_sequence_gap_size"),
            late: counter!("dashstream_sequence_reorders_total"),
            dead_letters: counter!("dashstream_dlq_sends_total", "side" => "consumer"),
            dead_letter_failures: counter!("dashstream_dlq_send_failures_total", "side" => "consumer"),
            losses: counter!("dashstream_fetch_failures_total"),
        }
    }

    pub(super) const fn counts(&self) -> &Counts {
        &self.counts
    }

    /// A frame of so many bytes that was taken, and what of it was given.
    pub(super) fn frame(&mut self, len: usize, given: Option<&Messages>, duplicates: u64) {
        self.value(len);
        self.counts.duplicates += duplicates;
        self.duplicates.increment(duplicates);
        let Some(given) = given else { return };
        let count = given.messages.len() as u64;
        self.counts.messages += count;
        self.messages.increment(count);
        for numbered in &given.messages {
            match numbered.order {
                Order::Gap(gap) => {
                    self.counts.gaps += 1;
                    self.counts.missing = self.counts.missing.saturating_add(gap.count());
                    self.gaps.increment(1);
                    self.gap_size.record(gap.count() as f64);
                }
                Order::Late => {
                    self.counts.late += 1;
                    self.late.increment(1);
                }
                _ => {}
            }
        }
    }

    /// A value that was not taken, and what was done with it; whether it was to be put with the dead letters, and could not.
    pub(super) fn refused(&mut self, refusal: &Refusal, is_unsafe: bool) {
        self.value(refusal.value.len());
        *self.counts.refused.entry(refusal.class).or_default() += 1;
        let (code, name) = (refusal.refused.code().to_string(), refusal.refused.name());
        counter!("dashstream_decode_failures_total", "code" => code, "name" => name).increment(1);
        match refusal.action {
            Action::DeadLetter => {
                self.counts.dead_letters += 1;
                self.dead_letters.increment(1);
            }
            Action::Skip => self.counts.skipped += 1,
            _ if is_unsafe => {
                self.counts.dead_letter_failures += 1;
                self.dead_letter_failures.increment(1);
            }
            _ => {}
        }
    }

    pub(super) fn lost(&mut self) {
        self.counts.losses += 1;
        self.losses.increment(1);
    }

    fn value(&mut self, len: usize) {
        self.counts.values += 1;
        self.counts.bytes += len as u64;
        self.bytes.increment(len as u64);
    }
}

impl fmt::Debug for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.counts.fmt(f)
    }
}
