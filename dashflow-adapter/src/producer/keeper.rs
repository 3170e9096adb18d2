//! Keeps what cannot go where it was to go: dead letters in their sink, and on the disk whatever has no way at all for now.

use core::task::Context;
use std::time::Instant;

use super::account::{Account, Cause, Kept, Origin};
use super::config::{RetryConfig, SpoolConfig};
use super::events::Reason;
use super::spool::Spool;
use crate::courier::{Courier, Fate};
use crate::dead_letter::{DeadLetter, DeadLetterWriter, dead_letter::Way};
use crate::transport::{Sink, TransportError};

/// Dead letters and spools of a producer.
#[derive(Debug)]
pub(super) struct Keeper<S> {
    letters: Option<Courier<S, Letter>>,
    writer: DeadLetterWriter,
    refused: Option<Spool>,
    undelivered: Option<Spool>,
    retry: RetryConfig,
    /// Dead letters that came out of the spool and are on their way.
    draining: usize,
    /// Whether dead letters get through: until one did, one is tried at a time.
    has_way: bool,
}

/// A dead letter on its way.
#[derive(Debug)]
struct Letter {
    letter: DeadLetter,
    kept: Kept,
}

impl<S: Sink> Keeper<S> {
    pub(super) fn open(
        dead_letters: Option<S>,
        spool: Option<&SpoolConfig>,
        (retry, in_flight): (RetryConfig, usize),
    ) -> Result<Self, TransportError> {
        let letters = dead_letters.map(|sink| {
            let mut courier = Courier::new(sink, retry);
            courier.define(DeadLetter::definition());
            courier
        });
        let open = |name: &str| {
            let open = |spool: &SpoolConfig| {
                Spool::open(&spool.folder.join(name), spool.bytes / 2, in_flight + MOST_LETTERS)
            };
            spool.map(open).transpose()
        };
        Ok(Self {
            letters,
            writer: DeadLetterWriter::new()?,
            refused: open("dead-letters")?,
            undelivered: open("undelivered")?,
            retry,
            draining: 0,
            has_way: true,
        })
    }

    /// Takes what will never be accepted where it was to go: to the dead letters, or to the disk until these can be reached.
    pub(super) fn refuse(
        &mut self,
        letter: DeadLetter,
        kept: Kept,
        now: Instant,
        account: &mut Account,
    ) {
        let Some(letters) = self
            .letters
            .as_mut()
            .filter(|letters| !letters.is_fatal() && letters.len() < MOST_LETTERS)
        else {
            return self.spool(letter, kept, account);
        };
        match self.writer.frame(&letter) {
            Ok(frame) if frame.bytes().len() <= letters.longest() => {
                let deadline = now + core::time::Duration::from_millis(self.retry.deadline_ms);
                // What is on the disk has all the time there is.
                let is_safe = matches!(kept.origin, Origin::Refused(_));
                let deadline = (!is_safe).then_some(deadline);
                letters.send(Letter { letter, kept }, frame, deadline);
            }
            // Longer than the sink takes. It stays on the disk until somebody replays it.
            _ if matches!(kept.origin, Origin::Refused(_)) => {}
            _ => self.spool(letter, kept, account),
        }
    }

    /// Writes to the disk what has no way for now; what finds no place there is lost.
    pub(super) fn spool(&mut self, letter: DeadLetter, kept: Kept, account: &mut Account) {
        let spool = match letter.way() {
            Way::Undelivered => &mut self.undelivered,
            _ => &mut self.refused,
        };
        // It is there already, and stays until there is a way.
        if let Origin::Refused(offset) = kept.origin {
            if let Some(spool) = spool {
                spool.stays(offset, letter);
            }
            return;
        }
        let Some(spool) = spool else {
            return account.lost(&kept.items, &kept.cause);
        };
        if let Err(refused) = spool.put(&letter, kept) {
            let (error, kept) = *refused;
            let reason = match error.name() {
                "TooLarge" => Reason::TooLarge,
                "SpoolFull" => Reason::SpoolFull,
                _ => Reason::SpoolFailed,
            };
            // What is in the other spool stays there.
            account.lost(&kept.items, &Cause::of(reason, &error));
            self.put_back(kept.origin, letter);
        }
    }

    fn put_back(&mut self, origin: Origin, letter: DeadLetter) {
        if let (Origin::Undelivered(offset), Some(spool)) = (origin, &mut self.undelivered) {
            spool.stays(offset, letter);
        }
    }

    /// Goes on with everything.
    pub(super) fn go_on(
        &mut self,
        now: Instant,
        context: &mut Context<'_>,
        may_drain: bool,
        account: &mut Account,
        run: u64,
    ) -> bool {
        let mut has_worked = self.settle(context, account);
        if let Some(letters) = &mut self.letters {
            let fates = letters.go_on(now, context);
            account.retried(letters.take_retries(), true);
            has_worked |= !fates.is_empty();
            for fate in fates {
                self.decide(fate, account, run);
            }
        }
        if may_drain {
            has_worked |= self.drain_letters(now, context, account);
        }
        has_worked
    }

    fn decide(&mut self, fate: Fate<Letter>, account: &mut Account, run: u64) {
        match fate {
            Fate::Delivered(Letter { letter, kept }, position) => {
                self.has_way = true;
                match kept.origin {
                    Origin::Queue => {
                        let place = format!("dead letters at {position}");
                        account.dead_lettered(&kept.items, &kept.cause, &place);
                    }
                    Origin::Refused(offset) => {
                        self.draining = self.draining.saturating_sub(1);
                        if let Some(spool) = &mut self.refused {
                            spool.gone(offset);
                        }
                        account.drained(letter.count.into(), letter.epoch >= run, false);
                    }
                    Origin::Undelivered(offset) => {
                        if let Some(spool) = &mut self.undelivered {
                            spool.gone(offset);
                        }
                        account.drained(letter.count.into(), letter.epoch >= run, false);
                    }
                }
            }
            Fate::Failed(failed) => {
                let Letter { letter, kept } = failed.cargo;
                account.meter.dead_letter_failed(&failed.error);
                self.has_way = false;
                if let Origin::Refused(_) = kept.origin {
                    self.draining = self.draining.saturating_sub(1);
                }
                self.spool(letter, kept, account);
            }
        }
    }

    /// Tells what is durable now, or lost.
    fn settle(&mut self, context: &mut Context<'_>, account: &mut Account) -> bool {
        let spools = [&mut self.refused, &mut self.undelivered];
        let written = spools.into_iter().flatten().flat_map(|spool| spool.written(context));
        let written: Vec<_> = written.collect();
        let has_worked = !written.is_empty();
        for (kept, outcome) in written {
            match outcome {
                Ok(()) => {
                    account.spooled(&kept.items, &kept.cause);
                    // It has changed from one spool to the other.
                    if let (Origin::Undelivered(offset), Some(spool)) =
                        (kept.origin, &mut self.undelivered)
                    {
                        spool.gone(offset);
                    }
                }
                Err(error) => account.lost(&kept.items, &Cause::of(Reason::SpoolFailed, &error)),
            }
        }
        has_worked
    }

    fn drain_letters(
        &mut self,
        now: Instant,
        context: &mut Context<'_>,
        account: &mut Account,
    ) -> bool {
        let mut has_worked = false;
        let most = if self.has_way { MOST_LETTERS / 2 } else { 1 };
        while self.letters.as_ref().is_some_and(|letters| !letters.is_fatal())
            && self.draining < most
            && let Some(spool) = self.refused.as_mut().filter(|spool| !spool.is_empty())
            && let Some((offset, letter)) = spool.oldest(context)
        {
            let cause = Cause::queue_full();
            let kept = Kept { items: Vec::new(), cause, origin: Origin::Refused(offset) };
            self.draining += 1;
            let before = self.letters.as_ref().map_or(0, Courier::len);
            self.refuse(letter, kept, now, account);
            if self.letters.as_ref().map_or(0, Courier::len) == before {
                self.draining = self.draining.saturating_sub(1);
            }
            has_worked = true;
        }
        has_worked
    }

    /// The spool of what is to be sent.
    pub(super) const fn undelivered(&mut self) -> Option<&mut Spool> {
        self.undelivered.as_mut()
    }

    /// Whether what is to be sent must wait behind what is on the disk.
    pub(super) fn has_undelivered(&self) -> bool {
        self.undelivered.as_ref().is_some_and(|spool| !spool.is_empty())
    }

    /// Whether a spool must be given time before more is written to it.
    pub(super) fn is_busy(&self) -> bool {
        [&self.refused, &self.undelivered].into_iter().flatten().any(Spool::is_busy)
    }

    /// Whether nothing is on its way, to the dead letters or to the disk, but what is on the disk already.
    pub(super) fn is_settled(&self) -> bool {
        let spools = [&self.refused, &self.undelivered];
        let letters = self.letters.as_ref().map_or(0, Courier::len);
        letters == self.draining && spools.into_iter().flatten().all(Spool::is_settled)
    }

    /// Whether nothing is on its way, and nothing on the disk that has a way.
    pub(super) fn is_flushed(&self) -> bool {
        let is_empty = |spool: &Option<Spool>| spool.as_ref().is_none_or(Spool::is_empty);
        let letters = self.letters.as_ref().is_none_or(|letters| letters.len() == 0);
        // Without a sink for them dead letters stay on the disk.
        let has_no_way = self.letters.as_ref().is_none_or(Courier::is_fatal);
        letters
            && [&self.refused, &self.undelivered].into_iter().flatten().all(Spool::is_settled)
            && is_empty(&self.undelivered)
            && (has_no_way || is_empty(&self.refused))
    }

    /// Sends nothing more: what is on its way to the dead letters goes to the disk.
    pub(super) fn give_up(&mut self, account: &mut Account) {
        for failed in self.letters.as_mut().map(Courier::give_up).unwrap_or_default() {
            let Letter { letter, kept } = failed.cargo;
            self.spool(letter, kept, account);
        }
        self.draining = 0;
    }

    /// Remembers on the disk what has gone from there.
    pub(super) fn remember(&mut self, context: &mut Context<'_>) {
        for spool in [&mut self.refused, &mut self.undelivered].into_iter().flatten() {
            if let Err(error) = spool.remember(context) {
                // It goes out twice then, with the same ids.
                tracing::warn!(target: super::TARGET, %error, "what has left the spool is not remembered yet");
            }
        }
    }

    /// What waits on the disk, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        [&self.refused, &self.undelivered].into_iter().flatten().map(Spool::bytes).sum()
    }
}

/// The dead letters that may be on their way at once; more go to the disk.
const MOST_LETTERS: usize = 128;
