//! Counters, gauges and histograms by the names that DashFlow's dashboards know, and those that it lacked.

use std::collections::BTreeSet;
use std::sync::Arc;

use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

use super::account::{Cause, Item};
use super::priority::Priority;
use crate::identity::ThreadId;
use crate::transport::TransportError;

/// Where a producer counts.
pub(super) struct Meter {
    topic: Arc<str>,
    sent: Counter,
    raw_bytes: Counter,
    sent_bytes: Counter,
    ratio: Histogram,
    failures: Counter,
    retries: Counter,
    letter_retries: Counter,
    drained: Counter,
    spooled: Counter,
    depth: Gauge,
    on_their_way: Gauge,
    spool_bytes: Gauge,
    /// The threads that have labels of their own.
    threads: BTreeSet<ThreadId>,
}

impl Meter {
    pub(super) fn new(topic: &str) -> Self {
        let topic: Arc<str> = topic.into();
        let label = || Arc::clone(&topic);
        Self {
            sent: counter!("dashstream_messages_sent_total", "topic" => label()),
            raw_bytes: counter!("dashstream_raw_bytes_total", "topic" => label()),
            sent_bytes: counter!("dashstream_sent_bytes_total", "topic" => label()),
            ratio: histogram!("dashstream_sent_ratio", "topic" => label()),
            failures: counter!("dashstream_send_failures_total", "topic" => label()),
            retries: counter!("dashstream_send_retries_total", "topic" => label()),
            letter_retries: counter!("dashstream_dlq_send_retries_total", "topic" => label()),
            drained: counter!("dashstream_spool_drained_total", "topic" => label()),
            spooled: counter!("dashstream_spool_writes_total", "topic" => label()),
            depth: gauge!("dashstream_telemetry_queue_depth", "topic" => label()),
            on_their_way: gauge!("dashstream_telemetry_inflight_permits", "topic" => label()),
            spool_bytes: gauge!("dashstream_spool_bytes", "topic" => label()),
            threads: BTreeSet::new(),
            topic,
        }
    }

    /// A frame of so many bytes for messages of so many.
    pub(super) fn framed(&self, raw: usize, framed: usize) {
        self.raw_bytes.increment(raw as u64);
        self.sent_bytes.increment(framed as u64);
        if raw > 0 {
            self.ratio.record(framed as f64 / raw as f64);
        }
    }

    pub(super) fn delivered(&self, count: usize) {
        self.sent.increment(count as u64);
    }

    pub(super) fn failed(&self, error: &TransportError, count: usize) {
        self.failures.increment(count as u64);
        self.refused(error.name().to_owned(), error.name());
    }

    pub(super) fn refused(&self, code: String, name: &'static str) {
        let topic = Arc::clone(&self.topic);
        counter!("dashstream_refusals_total", "topic" => topic, "code" => code, "name" => name)
            .increment(1);
    }

    pub(super) fn compression_failed(&self) {
        counter!("dashstream_compression_failures_total").increment(1);
    }

    pub(super) fn dead_lettered(&mut self, items: &[Item], cause: &Cause) {
        let thread = items.first().map_or_else(String::new, |item| self.label(&item.thread));
        let topic = Arc::clone(&self.topic);
        counter!(
            "dashstream_dlq_sends_total",
            "topic" => topic, "code" => cause.code.clone(), "name" => cause.name, "thread_id" => thread
        )
        .increment(items.len() as u64);
    }

    pub(super) fn dead_letter_failed(&self, error: &TransportError) {
        let topic = Arc::clone(&self.topic);
        counter!("dashstream_dlq_send_failures_total", "topic" => topic, "name" => error.name())
            .increment(1);
    }

    pub(super) fn lost(&mut self, items: &[Item], cause: &Cause) {
        let thread = items.first().map_or_else(String::new, |item| self.label(&item.thread));
        let topic = Arc::clone(&self.topic);
        counter!(
            "dashstream_dlq_dropped_total",
            "topic" => topic, "code" => cause.code.clone(), "name" => cause.name, "thread_id" => thread
        )
        .increment(items.len() as u64);
        for item in items {
            dropped(item, cause.reason.name());
        }
    }

    pub(super) fn displaced(&self, items: &[Item]) {
        items.iter().for_each(|item| dropped(item, "queue_full"));
    }

    pub(super) fn untold(&self, count: u64) {
        counter!(
            "dashstream_telemetry_dropped_total",
            "message_type" => "unknown", "reason" => "queue_full", "priority" => "unknown"
        )
        .increment(count);
    }

    pub(super) fn spooled(&self, count: usize) {
        self.spooled.increment(count as u64);
    }

    pub(super) fn drained(&self, count: u64) {
        self.drained.increment(count);
    }

    pub(super) fn retried(&self, count: u64, is_of_dead_letters: bool) {
        let retries = if is_of_dead_letters { &self.letter_retries } else { &self.retries };
        retries.increment(count);
    }

    pub(super) fn levels(&self, waiting: usize, on_their_way: usize, spool: u64) {
        self.depth.set(waiting as f64);
        self.on_their_way.set(on_their_way as f64);
        self.spool_bytes.set(spool as f64);
    }

    /// The thread's own label, as long as few threads have one.
    fn label(&mut self, thread: &ThreadId) -> String {
        if self.threads.len() < MOST_THREADS {
            self.threads.insert(thread.clone());
        }
        let has_one = self.threads.contains(thread);
        if has_one { thread.as_str().to_owned() } else { "other".to_owned() }
    }
}

impl core::fmt::Debug for Meter {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Meter").field("topic", &self.topic).finish_non_exhaustive()
    }
}

fn dropped(item: &Item, reason: &'static str) {
    let kind = item.kind.and_then(crate::MessageKind::name).unwrap_or("unknown");
    let priority: Priority = item.priority;
    counter!(
        "dashstream_telemetry_dropped_total",
        "message_type" => kind, "reason" => reason, "priority" => priority.name()
    )
    .increment(1);
}

/// The threads that have labels of their own; all others share one.
const MOST_THREADS: usize = 32;
