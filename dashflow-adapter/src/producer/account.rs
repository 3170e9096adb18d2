//! What became of every message, counted once and told to whoever listens.

use std::sync::Arc;

use tokio::sync::broadcast;

use super::TARGET;
use super::events::{Affected, ProducerEvent, Reason};
use super::message_id::MessageId;
use super::meter::Meter;
use super::priority::Priority;
use super::report::CloseReport;
use crate::identity::ThreadId;
use crate::messages::MessageKind;
use crate::transport::TransportError;

/// A message as it is told of.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) thread: ThreadId,
    pub(super) id: MessageId,
    /// Its epoch and its number in its thread.
    pub(super) sequence: Option<(u64, u64)>,
    pub(super) kind: Option<MessageKind>,
    pub(super) priority: Priority,
}

/// Why messages went another way.
#[derive(Clone, Debug)]
pub(super) struct Cause {
    pub(super) reason: Reason,
    pub(super) code: String,
    pub(super) name: &'static str,
    pub(super) message: String,
}

/// Messages that are being kept somewhere else than where they were to go.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) items: Vec<Item>,
    pub(super) cause: Cause,
    pub(super) origin: Origin,
}

/// Where a record came from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Origin {
    Queue,
    /// From the spool of what is to be dead-lettered, from this offset.
    Refused(u64),
    /// From the spool of what is to be sent, from this offset.
    Undelivered(u64),
}

/// Counts and tells.
#[derive(Debug)]
pub(super) struct Account {
    report: CloseReport,
    events: broadcast::Sender<ProducerEvent>,
    pub(super) meter: Meter,
    topic: Arc<str>,
}

impl Account {
    pub(super) fn new(topic: &str, events: broadcast::Sender<ProducerEvent>) -> Self {
        let meter = Meter::new(topic);
        Self { report: CloseReport::default(), events, meter, topic: topic.into() }
    }

    /// The report of a producer to which so many messages were offered.
    pub(super) fn close(&mut self, sent: u64) -> CloseReport {
        self.report.sent = sent;
        self.report.clone()
    }

    pub(super) fn delivered(&mut self, count: usize) {
        self.report.delivered += count as u64;
        self.meter.delivered(count);
    }

    pub(super) fn dead_lettered(&mut self, items: &[Item], cause: &Cause, place: &str) {
        self.report.dead_lettered += items.len() as u64;
        self.log(items, cause, place, "dead-lettered");
        self.meter.dead_lettered(items, cause);
        self.tell(items, cause, ProducerEvent::DeadLettered);
    }

    pub(super) fn spooled(&mut self, items: &[Item], cause: &Cause) {
        self.report.spooled += items.len() as u64;
        self.log(items, cause, "spool", "spooled");
        self.meter.spooled(items.len());
        self.tell(items, cause, ProducerEvent::Spooled);
    }

    pub(super) fn lost(&mut self, items: &[Item], cause: &Cause) {
        *self.report.dropped.entry(cause.reason).or_default() += items.len() as u64;
        self.log(items, cause, "nowhere", "lost");
        self.meter.lost(items, cause);
        self.tell(items, cause, ProducerEvent::Lost);
    }

    /// A message for which there was no room; so many may come that none is logged on its own.
    pub(super) fn displaced(&mut self, item: Item) {
        *self.report.dropped.entry(Reason::QueueFull).or_default() += 1;
        let items = [item];
        self.meter.displaced(&items);
        let cause = Cause::queue_full();
        self.tell(&items, &cause, ProducerEvent::Lost);
    }

    /// Messages dropped by senders of which nothing more is known.
    pub(super) fn untold(&mut self, count: u64) {
        *self.report.dropped.entry(Reason::QueueFull).or_default() += count;
        self.meter.untold(count);
        let _ = self.events.send(ProducerEvent::Missed { count });
    }

    /// What was spooled has gone out, to where it was to go or to the dead letters; of this run, or of an earlier one.
    pub(super) fn drained(&mut self, count: u64, is_of_this_run: bool, is_delivered: bool) {
        if is_of_this_run {
            self.report.spooled = self.report.spooled.saturating_sub(count);
            let now = if is_delivered {
                &mut self.report.delivered
            } else {
                &mut self.report.dead_lettered
            };
            *now += count;
        } else {
            self.report.drained_of_earlier_runs += count;
        }
        self.meter.drained(count);
        let _ = self.events.send(ProducerEvent::Drained { count });
    }

    pub(super) fn retried(&mut self, count: u64, is_of_dead_letters: bool) {
        self.report.retries += count;
        self.meter.retried(count, is_of_dead_letters);
    }

    pub(super) fn event(&self, event: ProducerEvent) {
        let _ = self.events.send(event);
    }

    fn tell(&self, items: &[Item], cause: &Cause, event: impl Fn(Affected) -> ProducerEvent) {
        if self.events.receiver_count() == 0 {
            return;
        }
        for item in items {
            let error =
                (!cause.message.is_empty()).then(|| (cause.code.clone(), cause.message.clone()));
            let _ = self.events.send(event(Affected {
                thread: item.thread.clone(),
                message_id: item.id,
                sequence: item.sequence,
                kind: item.kind,
                priority: item.priority,
                reason: cause.reason,
                error,
            }));
        }
    }

    fn log(&self, items: &[Item], cause: &Cause, place: &str, what: &str) {
        let Some(first) = items.first() else { return };
        let (epoch, sequence) = first.sequence.unzip();
        tracing::warn!(
            target: TARGET,
            topic = &*self.topic,
            place,
            key = %first.thread,
            thread_id = %first.thread,
            message_id = %first.id,
            epoch,
            sequence,
            count = items.len(),
            reason = cause.reason.name(),
            code = cause.code,
            name = cause.name,
            error = cause.message,
            "messages are {what}"
        );
    }
}

impl Cause {
    pub(super) const fn queue_full() -> Self {
        Self {
            reason: Reason::QueueFull,
            code: String::new(),
            name: "QueueFull",
            message: String::new(),
        }
    }

    pub(super) fn of(reason: Reason, error: &TransportError) -> Self {
        let (code, message) = (error.name().to_owned(), error.to_string());
        Self { reason, code, name: error.name(), message }
    }
}
