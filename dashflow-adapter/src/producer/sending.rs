//! How messages become frames, and what is done when they are not taken.

use core::task::Context;
use core::time::Duration;
use std::time::Instant;

use super::account::{Cause, Item, Kept, Origin};
use super::backlog::item;
use super::events::Reason;
use super::letters;
use super::threads::Waiting;
use super::worker::Worker;
use crate::courier::{Failed, Fate};
use crate::dead_letter::DeadLetter;
use crate::dead_letter::dead_letter::Way;
use crate::framing::{FrameError, OutFrame, RecordFault};
use crate::identity::ThreadId;
use crate::transport::{ErrorClass, Sink, TransportError};

/// What must be known of a frame when its fate is.
#[derive(Debug)]
pub(super) enum Cargo {
    /// Messages of a thread, which are framed anew where the frame was too long.
    Batch(ThreadId, Vec<Waiting>),
    /// Out of the spool, from this offset.
    Drained(u64, Box<DeadLetter>),
}

impl<S: Sink> Worker<S> {
    /// Frames and sends what is due.
    pub(super) fn send_due(&mut self, now: Instant) -> bool {
        let is_all_due = self.is_hurried() || self.backlog.is_half_full();
        let mut turns = self.backlog.listed();
        let mut has_worked = false;
        for _ in 0..MOST_FRAMED {
            if self.courier.len() >= self.config.in_flight || self.keeper.is_busy() {
                return has_worked;
            }
            let limits = self.policy.batch;
            let next = self.backlog.next_batch(&mut turns, now, &limits, is_all_due);
            let Some((thread, batch)) = next else { return has_worked };
            has_worked = true;
            self.frame(thread, batch, now);
        }
        // The lanes are looked at between frames, so that they do not run full meanwhile.
        self.progress.is_pressed = true;
        has_worked
    }

    fn frame(&mut self, thread: ThreadId, batch: Vec<Waiting>, now: Instant) {
        let count = batch.len();
        match self.policy.framer.frame(&batch) {
            Ok(frame) if frame.bytes().len() <= self.courier.longest() => {
                let raw = batch.iter().map(|waiting| waiting.len).sum();
                self.account.meter.framed(raw, frame.bytes().len());
                self.backlog.left(&batch);
                self.dispatch(thread, batch, frame, now);
            }
            Ok(frame) if count == 1 => {
                let error = TransportError::too_large(frame.bytes().len(), self.courier.longest());
                self.account.meter.refused(error.name().to_owned(), error.name());
                self.backlog.left(&batch);
                let cause = Cause::of(Reason::Refused, &error);
                self.dead_letter(&batch, &frame, (cause, 0), now);
            }
            Err(FrameError::Record { index, fault }) => {
                self.refuse_one(thread, batch, index, &Cause::of_fault(&fault), now);
            }
            Err(error) if count == 1 => {
                if !error.is_too_large() {
                    self.account.meter.compression_failed();
                }
                self.refuse_one(thread, batch, 0, &Cause::of_frame_error(&error), now);
            }
            // Fewer of them may fit.
            Ok(_) | Err(_) => self.backlog.put_back(&thread, batch, Some(count.div_ceil(2))),
        }
    }

    /// One message of a batch is no message: it goes to the dead letters as it is, the others are framed without it.
    fn refuse_one(
        &mut self,
        thread: ThreadId,
        mut batch: Vec<Waiting>,
        index: usize,
        cause: &Cause,
        now: Instant,
    ) {
        let behind = batch.split_off(index.saturating_add(1).min(batch.len()));
        let refused = batch.pop();
        self.backlog.put_back(&thread, behind, None);
        self.backlog.put_back(&thread, batch, None);
        let Some(refused) = refused else { return };
        let refused = [refused];
        self.backlog.left(&refused);
        let [refused] = refused;
        self.account.meter.refused(cause.code.clone(), cause.name);
        let told = item(&refused);
        let original = refused.record.to_protobuf().into();
        let letter = letters::of_message(&self.config.topic, &told, cause, original);
        let kept = Kept { items: vec![told], cause: cause.clone(), origin: Origin::Queue };
        self.keeper.refuse(letter, kept, now, &mut self.account);
    }

    /// Sends a frame; to the disk when others are there that have to go before it.
    fn dispatch(&mut self, thread: ThreadId, batch: Vec<Waiting>, frame: OutFrame, now: Instant) {
        let error = if self.is_given_up() {
            TransportError::retryable("Closed", "the producer was closed before it was sent")
        } else if self.courier.is_fatal() || self.keeper.has_undelivered() {
            TransportError::retryable("BehindOthers", "others wait in the spool to go before it")
        } else {
            if let Some(found) = self.backlog.thread(&thread) {
                found.is_busy = true;
            }
            let deadline = now + Duration::from_millis(self.config.retry.deadline_ms);
            return self.courier.send(Cargo::Batch(thread, batch), frame, Some(deadline));
        };
        let reason = if self.is_given_up() { Reason::Closed } else { Reason::Undeliverable };
        self.spool(&batch, &frame, (Cause::of(reason, &error), 0));
    }

    fn dead_letter(
        &mut self,
        batch: &[Waiting],
        frame: &OutFrame,
        (cause, tries): (Cause, u32),
        now: Instant,
    ) {
        let items: Vec<Item> = batch.iter().map(item).collect();
        let how = (frame, Way::Refused, tries);
        let letter = letters::of_frame(&self.config.topic, &items, &cause, how);
        let kept = Kept { items, cause, origin: Origin::Queue };
        self.keeper.refuse(letter, kept, now, &mut self.account);
    }

    fn spool(&mut self, batch: &[Waiting], frame: &OutFrame, (cause, tries): (Cause, u32)) {
        let items: Vec<Item> = batch.iter().map(item).collect();
        let how = (frame, Way::Undelivered, tries);
        let letter = letters::of_frame(&self.config.topic, &items, &cause, how);
        let kept = Kept { items, cause, origin: Origin::Queue };
        self.keeper.spool(letter, kept, &mut self.account);
        self.progress.has_way = false;
    }

    /// Goes on with what is on its way.
    pub(super) fn settle(&mut self, now: Instant, context: &mut Context<'_>) -> bool {
        let fates = self.courier.go_on(now, context);
        let retries = self.courier.take_retries();
        if retries > 0 {
            self.account.retried(retries, false);
        }
        let has_worked = !fates.is_empty();
        if self.courier.len() == 0 {
            self.progress.taken_at = now;
        }
        for fate in fates {
            if matches!(fate, Fate::Delivered(..)) {
                self.progress.taken_at = now;
            }
            match fate {
                Fate::Delivered(Cargo::Batch(thread, batch), _) => {
                    self.release(&thread, usize::MAX);
                    self.account.delivered(batch.len());
                }
                Fate::Delivered(Cargo::Drained(offset, letter), _) => {
                    self.progress.has_way = true;
                    self.progress.draining.retain(|thread| thread.as_str() != letter.thread_id);
                    if let Some(spool) = self.keeper.undelivered() {
                        spool.gone(offset);
                    }
                    self.account.drained(letter.count.into(), letter.epoch >= self.run, true);
                }
                Fate::Failed(failed) => self.fail(failed, now, None),
            }
        }
        has_worked
    }

    /// A frame was not taken: cut, dead-lettered or spooled, by what can be done about it.
    pub(super) fn fail(&mut self, failed: Failed<Cargo>, now: Instant, reason: Option<Reason>) {
        let Failed { cargo, frame, error, tries } = failed;
        let is_permanent = error.class() == ErrorClass::Permanent;
        match cargo {
            Cargo::Batch(thread, batch) => {
                self.account.meter.failed(&error, batch.len());
                let is_too_large = is_permanent && error.name() == "FrameTooLarge";
                if is_too_large && batch.len() > 1 {
                    self.release(&thread, usize::MAX);
                    let most = batch.len().div_ceil(2);
                    self.backlog.returned(&batch);
                    self.backlog.put_back(&thread, batch, Some(most));
                    return;
                }
                self.release(&thread, usize::MAX);
                if is_permanent {
                    let cause = Cause::of(Reason::Refused, &error);
                    self.dead_letter(&batch, &frame, (cause, tries), now);
                } else {
                    let reason = reason.unwrap_or(Reason::Undeliverable);
                    self.spool(&batch, &frame, (Cause::of(reason, &error), tries));
                }
            }
            Cargo::Drained(offset, letter) => {
                self.progress.has_way = false;
                self.progress.draining.retain(|thread| thread.as_str() != letter.thread_id);
                if is_permanent {
                    let cause = Cause::of(Reason::Refused, &error);
                    let letter = letters::refused_again(*letter, &cause, tries);
                    let origin = Origin::Undelivered(offset);
                    let kept = Kept { items: Vec::new(), cause, origin };
                    self.keeper.refuse(letter, kept, now, &mut self.account);
                } else if let Some(spool) = self.keeper.undelivered() {
                    spool.stays(offset, *letter);
                }
            }
        }
    }

    /// Where the queue runs full because the sink takes nothing, the disk does before anything is dropped: what is on its way goes there too, so that it stays in
    /// front of what comes behind it. If it arrives all the same, it is there twice, with the same ids.
    pub(super) fn spill(&mut self, now: Instant) -> bool {
        let is_stalled = now.saturating_duration_since(self.progress.taken_at) >= STALLED;
        let may_spill = is_stalled && self.backlog.is_half_full();
        if !may_spill || self.keeper.undelivered().is_none() {
            return false;
        }
        self.progress.taken_at = now;
        for failed in self.courier.give_up() {
            self.fail(failed, now, None);
        }
        true
    }

    fn release(&mut self, thread: &ThreadId, most: usize) {
        if let Some(found) = self.backlog.thread(thread) {
            (found.is_busy, found.most) = (false, most);
        }
    }

    /// Sends what waits on the disk, the oldest first, of one thread never two at once.
    pub(super) fn drain(&mut self, now: Instant, context: &mut Context<'_>) -> bool {
        let most = if self.progress.has_way { MOST_DRAINED } else { 1 };
        let mut has_worked = false;
        while self.progress.draining.len() < most
            && !self.courier.is_fatal()
            && let Some(spool) = self.keeper.undelivered().filter(|spool| !spool.is_empty())
            && let Some((offset, letter)) = spool.oldest(context)
        {
            let Ok(thread) = ThreadId::new(&letter.thread_id) else {
                self.refuse_drained(offset, letter, "it names no thread".to_owned(), now);
                continue;
            };
            if self.progress.draining.contains(&thread) || self.is_busy(&thread) {
                if let Some(spool) = self.keeper.undelivered() {
                    spool.stays(offset, letter);
                }
                break;
            }
            match letter.original_frame() {
                Ok(frame) => {
                    self.progress.draining.push(thread);
                    self.courier.send(Cargo::Drained(offset, Box::new(letter)), frame, None);
                    has_worked = true;
                }
                Err(refused) => self.refuse_drained(offset, letter, refused.to_string(), now),
            }
        }
        has_worked
    }

    fn is_busy(&mut self, thread: &ThreadId) -> bool {
        self.backlog.thread(thread).is_some_and(|found| found.is_busy)
    }

    fn refuse_drained(&mut self, offset: u64, letter: DeadLetter, why: String, now: Instant) {
        let error = TransportError::permanent("Invalid", why);
        let cause = Cause::of(Reason::Refused, &error);
        let letter = letters::refused_again(letter, &cause, 0);
        let kept = Kept { items: Vec::new(), cause, origin: Origin::Undelivered(offset) };
        self.keeper.refuse(letter, kept, now, &mut self.account);
    }
}

impl Cause {
    pub(super) fn of_fault(fault: &RecordFault) -> Self {
        let (code, message) = (fault.code().to_string(), fault.to_string());
        Self { reason: Reason::Refused, code, name: fault.name(), message }
    }

    fn of_frame_error(error: &FrameError) -> Self {
        let (code, name) = match error {
            FrameError::Encode(error) => (format!("SF-{:04}", error.code()), error.name()),
            FrameError::Record { fault, .. } => (fault.code().to_string(), fault.name()),
            FrameError::NotConsecutive { .. } => ("NotConsecutive".to_owned(), "NotConsecutive"),
        };
        Self { reason: Reason::Refused, code, name, message: error.to_string() }
    }
}

/// How long a sink may take nothing before a queue that runs full goes to the disk.
const STALLED: Duration = Duration::from_millis(500);
/// The frames that are made before the lanes are looked at again.
const MOST_FRAMED: usize = 16;
/// The frames out of the spool that may be on their way at once.
const MOST_DRAINED: usize = 64;
