//! Takes frames to a sink: announces what readers must know first, asks for receipts, tries again what may pass.

use core::future::Future as _;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use crate::framing::OutFrame;
use crate::producer::RetryConfig;
use crate::transport::{
    Definition, DefinitionId, ErrorClass, Position, Receipt, Sink, TransportError,
};

/// Takes frames to a sink. The cargo is whatever must be known when the fate of its frame is.
#[derive(Debug)]
pub(crate) struct Courier<S, C> {
    sink: S,
    retry: RetryConfig,
    definitions: BTreeMap<DefinitionId, Definition>,
    announced: BTreeSet<DefinitionId>,
    announcing: Option<Announcing>,
    on_their_way: Vec<Errand<C>>,
    random: fastrand::Rng,
    /// The error after which the sink takes nothing more.
    fatal: Option<TransportError>,
    /// Why readers cannot be told what they must know, as long as no retry will mend it.
    refused: Option<TransportError>,
    retries: u64,
}

#[derive(Debug)]
struct Announcing {
    id: DefinitionId,
    stage: Stage<()>,
    tries: u32,
}

#[derive(Debug)]
struct Errand<C> {
    cargo: C,
    frame: OutFrame,
    stage: Stage<Position>,
    tries: u32,
    deadline: Option<Instant>,
    error: Option<TransportError>,
}

#[derive(Debug)]
enum Stage<T> {
    Asked(Receipt<T>),
    /// Until then.
    Pausing(Instant),
    /// Not before readers know what they must.
    Waiting,
}

/// What became of a frame.
#[derive(Debug)]
pub(crate) enum Fate<C> {
    Delivered(C, Position),
    /// It was not taken, and will not be.
    Failed(Failed<C>),
}

#[derive(Debug)]
pub(crate) struct Failed<C> {
    pub(crate) cargo: C,
    pub(crate) frame: OutFrame,
    pub(crate) error: TransportError,
    pub(crate) tries: u32,
}

impl<S: Sink, C> Courier<S, C> {
    pub(crate) fn new(sink: S, retry: RetryConfig) -> Self {
        Self {
            sink,
            retry,
            definitions: BTreeMap::new(),
            announced: BTreeSet::new(),
            announcing: None,
            on_their_way: Vec::new(),
            random: fastrand::Rng::new(),
            fatal: None,
            refused: None,
            retries: 0,
        }
    }

    /// Makes something known to readers before the next frame that is sent.
    pub(crate) fn define(&mut self, definition: Definition) {
        self.definitions.insert(definition.id(), definition);
    }

    /// Takes a frame, to be tried until that moment; for ever without one.
    pub(crate) fn send(&mut self, cargo: C, frame: OutFrame, deadline: Option<Instant>) {
        let (stage, error) = (Stage::Waiting, None);
        self.on_their_way.push(Errand { cargo, frame, stage, tries: 0, deadline, error });
    }

    /// Goes on with everything, and gives what is decided.
    pub(crate) fn go_on(&mut self, now: Instant, context: &mut Context<'_>) -> Vec<Fate<C>> {
        let is_ready = self.announce(now, context);
        let mut decided = Vec::new();
        let mut index = 0;
        while let Some(errand) = self.on_their_way.get_mut(index) {
            if is_ready && errand.is_due(now) && self.fatal.is_none() {
                self.retries += u64::from(errand.tries > 0);
                errand.tries = errand.tries.saturating_add(1);
                errand.stage = Stage::Asked(self.sink.send(errand.frame.clone()));
            }
            let outcome = match &mut errand.stage {
                Stage::Asked(receipt) => match Pin::new(receipt).poll(context) {
                    Poll::Pending => None,
                    Poll::Ready(outcome) => Some(outcome),
                },
                _ => self.fatal.clone().or_else(|| self.refused.clone()).map(Err),
            };
            let verdict = match outcome {
                None if errand.is_over(now) => Some(Err(errand.timed_out())),
                None => None,
                Some(Ok(position)) => Some(Ok(position)),
                Some(Err(error)) => {
                    if error.class() == ErrorClass::Fatal {
                        self.fatal.get_or_insert_with(|| error.clone());
                    }
                    let pause = pause(&self.retry, errand.tries, &mut self.random);
                    errand.pause(now, pause, error)
                }
            };
            match verdict {
                None => index += 1,
                Some(verdict) => {
                    // Removed in place: frames that wait for the first announcement keep their order.
                    decided.push(self.on_their_way.remove(index).decide(verdict));
                }
            }
        }
        decided
    }

    /// Whether readers know everything that they must. What waits for it has its own deadline, and fails before that where no retry will mend it.
    fn announce(&mut self, now: Instant, context: &mut Context<'_>) -> bool {
        loop {
            let next = || self.definitions.keys().find(|id| !self.announced.contains(id)).copied();
            let Some(announcing) = &mut self.announcing else {
                let Some(id) = next() else { return true };
                self.announcing = Some(Announcing { id, stage: Stage::Waiting, tries: 0 });
                continue;
            };
            match &mut announcing.stage {
                Stage::Pausing(until) if *until > now => return false,
                Stage::Pausing(_) | Stage::Waiting => {
                    let Some(definition) = self.definitions.get(&announcing.id) else {
                        self.announcing = None;
                        continue;
                    };
                    announcing.tries = announcing.tries.saturating_add(1);
                    announcing.stage = Stage::Asked(self.sink.announce(definition.clone()));
                }
                Stage::Asked(receipt) => match Pin::new(receipt).poll(context) {
                    Poll::Pending => return false,
                    Poll::Ready(Ok(())) => {
                        self.announced.insert(announcing.id);
                        (self.announcing, self.refused) = (None, None);
                    }
                    Poll::Ready(Err(error)) => {
                        let (id, name) = (announcing.id, error.name());
                        tracing::warn!(target: "strictframe", %id, name, %error, "not announced");
                        match error.class() {
                            ErrorClass::Fatal => _ = self.fatal.get_or_insert(error),
                            ErrorClass::Permanent => self.refused = Some(error),
                            ErrorClass::Retryable => {}
                        }
                        let pause = pause(&self.retry, announcing.tries, &mut self.random);
                        announcing.stage = Stage::Pausing(now + pause);
                    }
                },
            }
        }
    }

    /// Gives up what was not decided. What has been asked for may arrive all the same.
    pub(crate) fn give_up(&mut self) -> Vec<Failed<C>> {
        let errands = self.on_their_way.drain(..);
        errands
            .map(|mut errand| {
                let error = errand.timed_out();
                Failed { cargo: errand.cargo, frame: errand.frame, error, tries: errand.tries }
            })
            .collect()
    }

    /// The moment at which the next pause is over.
    pub(crate) fn next_moment(&self) -> Option<Instant> {
        let moment = |errand: &Errand<C>| match errand.stage {
            Stage::Pausing(until) => Some(until),
            _ => errand.deadline,
        };
        self.on_their_way.iter().filter_map(moment).min()
    }

    pub(crate) const fn is_fatal(&self) -> bool {
        self.fatal.is_some()
    }

    pub(crate) fn len(&self) -> usize {
        self.on_their_way.len()
    }

    pub(crate) fn longest(&self) -> usize {
        self.sink.longest()
    }

    /// The tries that were repeated since it was asked last.
    pub(crate) const fn take_retries(&mut self) -> u64 {
        core::mem::replace(&mut self.retries, 0)
    }
}

impl<C> Errand<C> {
    fn is_due(&self, now: Instant) -> bool {
        match self.stage {
            Stage::Waiting => true,
            Stage::Pausing(until) => until <= now,
            Stage::Asked(_) => false,
        }
    }

    /// Whether its time is over while nobody is asked; a receipt that is asked for comes, and says more.
    fn is_over(&self, now: Instant) -> bool {
        let is_asked = matches!(self.stage, Stage::Asked(_));
        !is_asked && self.deadline.is_some_and(|deadline| deadline <= now)
    }

    /// Pauses after an error that may pass, if there is time for it; the error otherwise.
    fn pause(
        &mut self,
        now: Instant,
        pause: Duration,
        error: TransportError,
    ) -> Option<Result<Position, TransportError>> {
        let until = now + pause;
        let has_time = self.deadline.is_none_or(|deadline| until < deadline);
        if error.class() != ErrorClass::Retryable || !has_time {
            return Some(Err(error));
        }
        (self.stage, self.error) = (Stage::Pausing(until), Some(error));
        None
    }

    fn timed_out(&mut self) -> TransportError {
        let never = || TransportError::retryable("TimedOut", "it was not sent in the time for it");
        self.error.take().unwrap_or_else(never)
    }

    fn decide(self, verdict: Result<Position, TransportError>) -> Fate<C> {
        match verdict {
            Ok(position) => Fate::Delivered(self.cargo, position),
            Err(error) => {
                let Self { cargo, frame, tries, .. } = self;
                Fate::Failed(Failed { cargo, frame, error, tries })
            }
        }
    }
}

/// Full jitter: any part of a pause that doubles from try to try.
fn pause(retry: &RetryConfig, tries: u32, random: &mut fastrand::Rng) -> Duration {
    let doubled = retry.first_ms.saturating_mul(1 << tries.saturating_sub(1).min(32));
    let longest = doubled.min(retry.most_ms).max(1);
    Duration::from_micros(random.u64(0..=longest.saturating_mul(1_000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_any_part_of_one_that_doubles_up_to_the_longest() {
        let retry = RetryConfig::default();
        let mut random = fastrand::Rng::with_seed(7);
        for (tries, longest) in [(1, 50), (2, 100), (4, 400), (8, 5_000), (u32::MAX, 5_000)] {
            let pauses: Vec<_> = (0..1_000).map(|_| pause(&retry, tries, &mut random)).collect();
            let (least, most) = (pauses.iter().min().unwrap(), pauses.iter().max().unwrap());
            assert!(*most <= Duration::from_millis(longest), "{tries}: {most:?}");
            assert!(*most > Duration::from_millis(longest * 9 / 10), "{tries}: {most:?}");
            assert!(*least < Duration::from_millis(longest / 10 + 1), "{tries}: {least:?}");
        }
    }
}
