//! What a consumer counts, for programs and for `metrics`.

use std::collections::BTreeMap;

use metrics::{counter, histogram};

use super::item::{Messages, Refusal};
use super::options::{Action, RefusalClass};
use super::sequence::Order;
use crate::transport::Delivered;

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

impl Counts {
    /// A frame that was taken, and what of it was given.
    pub(super) fn frame(&mut self, value: &Delivered, given: Option<&Messages>, duplicates: u64) {
        self.value(value.value.len());
        self.duplicates += duplicates;
        counter!("dashstream_sequence_duplicates_total").increment(duplicates);
        let Some(given) = given else { return };
        let count = given.messages.len() as u64;
        self.messages += count;
        counter!("dashstream_messages_received_total").increment(count);
        for numbered in &given.messages {
            match numbered.order {
                Order::Gap(gap) => {
                    self.gaps += 1;
                    self.missing = self.missing.saturating_add(gap.count());
                    counter!("dashstream_sequence_gaps_total").increment(1);
                    histogram!("dashstream_sequence_gap_size").record(gap.count() as f64);
                }
                Order::Late => {
                    self.late += 1;
                    counter!("dashstream_sequence_reorders_total").increment(1);
                }
                _ => {}
            }
        }
    }

    pub(super) fn refused(&mut self, refusal: &Refusal) {
        self.value(refusal.value.len());
        *self.refused.entry(refusal.class).or_default() += 1;
        self.skipped += u64::from(refusal.action == Action::Skip);
        let (code, name) = (refusal.refused.code().to_string(), refusal.refused.name());
        counter!("dashstream_decode_failures_total", "code" => code, "name" => name).increment(1);
    }

    pub(super) fn dead_letter(&mut self, is_safe: bool) {
        if is_safe {
            self.dead_letters += 1;
            counter!("dashstream_dlq_sends_total", "side" => "consumer").increment(1);
        } else {
            self.dead_letter_failures += 1;
            counter!("dashstream_dlq_send_failures_total", "side" => "consumer").increment(1);
        }
    }

    pub(super) fn lost(&mut self) {
        self.losses += 1;
        counter!("dashstream_fetch_failures_total").increment(1);
    }

    fn value(&mut self, len: usize) {
        self.values += 1;
        self.bytes += len as u64;
        counter!("dashstream_received_bytes_total").increment(len as u64);
    }
}
