//! The one thread of a producer: numbers what was offered, frames it, sends it, and knows what became of it.

use core::task::{Context, Waker};
use core::time::Duration;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::task::Wake;
use std::thread::Thread;
use std::time::Instant;

use super::TARGET;
use super::account::{Account, Cause, Item, Kept, Origin};
use super::backlog::{Added, Backlog};
use super::config::ProducerConfig;
use super::events::{ProducerEvent, Reason};
use super::keeper::Keeper;
use super::letters;
use super::policy_file::{Policy, PolicyFile};
use super::priority::Priority;
use super::report::CloseReport;
use super::sending::Cargo;
use super::shared::{DroppedBySender, Shared, Submission};
use crate::courier::Courier;
use crate::framing::RecordFault;
use crate::messages::v1;
use crate::transport::{Outcome, Sink};

/// What the worker is asked.
#[derive(Debug)]
pub(super) enum Control {
    /// To end once everything is settled, at that moment at the latest.
    Close(Instant, Outcome<CloseReport>),
    /// To say when nothing waits any more, at that moment at the latest.
    Flush(Instant, Outcome<bool>),
}

/// Everything that the thread holds.
pub(super) struct Worker<S> {
    pub(super) shared: Arc<Shared>,
    pub(super) controls: Receiver<Control>,
    pub(super) config: ProducerConfig,
    pub(super) policy: Policy,
    pub(super) policy_file: Option<PolicyFile>,
    pub(super) backlog: Backlog,
    pub(super) courier: Courier<S, Cargo>,
    pub(super) keeper: Keeper<S>,
    pub(super) account: Account,
    /// The first epoch of this run: what has an earlier one is of an earlier run.
    pub(super) run: u64,
    pub(super) progress: Progress,
}

/// How far the thread has got.
#[derive(Debug)]
pub(super) struct Progress {
    pub(super) draining: Vec<crate::ThreadId>,
    /// Whether what was drained got through: until some did, one is tried at a time.
    pub(super) has_way: bool,
    /// When the sink has taken something, or had nothing to take.
    pub(super) taken_at: Instant,
    /// Whether there is more to do now than was done in one step.
    pub(super) is_pressed: bool,
    /// The next message of each lane, where it was looked at.
    heads: [Option<Submission>; 3],
    /// How many were taken from the lanes.
    taken: u64,
    closing: Option<Closing>,
    /// Those who wait until nothing waits, and how long.
    pub(super) flushing: Vec<(Instant, Outcome<bool>)>,
    remembered: Instant,
}

#[derive(Debug)]
struct Closing {
    deadline: Instant,
    offered: u64,
    outcomes: Vec<Outcome<CloseReport>>,
    is_given_up: bool,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            draining: Vec::new(),
            has_way: true,
            taken_at: Instant::now(),
            is_pressed: false,
            heads: [None, None, None],
            taken: 0,
            closing: None,
            flushing: Vec::new(),
            remembered: Instant::now(),
        }
    }
}

impl<S: Sink> Worker<S> {
    /// Works until it is closed.
    pub(super) fn run(mut self) {
        let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
        let mut context = Context::from_waker(&waker);
        let mut pause = SHORTEST;
        loop {
            let now = Instant::now();
            self.listen();
            let has_worked = self.step(now, &mut context);
            self.tell_flushed(now);
            if self.progress.closing.is_some() && self.is_settled() {
                return self.end(&mut context);
            }
            if core::mem::take(&mut self.progress.is_pressed) {
                continue;
            }
            pause = if has_worked { SHORTEST } else { (pause * 2).min(self.config.tick()) };
            let until =
                self.courier.next_moment().map(|moment| moment.saturating_duration_since(now));
            std::thread::park_timeout(until.unwrap_or(pause).clamp(SHORTEST, pause));
        }
    }

    /// Does everything that can be done now; says whether there was something.
    fn step(&mut self, now: Instant, context: &mut Context<'_>) -> bool {
        let mut has_worked = self.take_in(now);
        has_worked |= self.settle(now, context);
        has_worked |= self.send_due(now);
        // What was handed over just now may be known at once.
        has_worked |= self.settle(now, context);
        let is_closing = self.progress.closing.is_some();
        has_worked |= self.keeper.go_on(now, context, !is_closing, &mut self.account, self.run);
        if !is_closing {
            has_worked |= self.spill(now);
            has_worked |= self.drain(now, context);
            self.look_at_policy(now);
        }
        if let Some(closing) =
            self.progress.closing.as_mut().filter(|closing| closing.deadline <= now)
            && !core::mem::replace(&mut closing.is_given_up, true)
        {
            self.give_up();
        }
        if now.saturating_duration_since(self.progress.remembered) >= REMEMBERED_EACH {
            self.progress.remembered = now;
            self.keeper.remember(context);
            let on_their_way = self.courier.len();
            self.account.meter.levels(self.backlog.count(), on_their_way, self.keeper.bytes());
        }
        has_worked
    }

    fn listen(&mut self) {
        loop {
            match self.controls.try_recv() {
                Ok(Control::Close(deadline, outcome)) => match &mut self.progress.closing {
                    Some(closing) => {
                        closing.deadline = closing.deadline.min(deadline);
                        closing.outcomes.push(outcome);
                    }
                    None => {
                        let (offered, outcomes) = (self.shared.close(), vec![outcome]);
                        let is_given_up = false;
                        self.progress.closing =
                            Some(Closing { deadline, offered, outcomes, is_given_up });
                    }
                },
                Ok(Control::Flush(deadline, outcome)) => {
                    self.progress.flushing.push((deadline, outcome));
                }
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => {
                    // Handles close before they go.
                    if self.progress.closing.is_none() {
                        let (deadline, offered) = (Instant::now(), self.shared.close());
                        let (outcomes, is_given_up) = (Vec::new(), false);
                        self.progress.closing =
                            Some(Closing { deadline, offered, outcomes, is_given_up });
                    }
                    return;
                }
            }
        }
    }

    /// Takes what was offered out of the lanes: always the lowest number of the three that come next, as long as it is below the one that the next message gets.
    ///
    /// Whoever offers one message after another finds them in that order. The first is in its lane before the second gets its number, so that it is seen when the
    /// lanes are looked at behind that number; and whatever is before it in its lane had its number by then, which is lower than that of the second, too.
    fn take_in(&mut self, now: Instant) -> bool {
        let bound =
            self.shared.offered(self.progress.closing.as_ref().map(|closing| closing.offered));
        let mut has_worked = self.tell_dropped();
        for _ in 0..MOST_AT_ONCE {
            let Some(submission) = self.next(bound) else { return has_worked };
            has_worked = true;
            self.progress.taken += 1;
            match self.backlog.add(submission, now) {
                Added::Waits => {}
                Added::Displaced(item) => self.account.displaced(item),
                Added::Refused(item, fault, message) => self.refuse(item, fault, &message, now),
            }
        }
        self.progress.is_pressed = true;
        has_worked
    }

    /// The message with the lowest number, if that is below the bound.
    fn next(&mut self, bound: u64) -> Option<Submission> {
        for (priority, head) in Priority::ALL.into_iter().zip(&mut self.progress.heads) {
            if head.is_none() {
                *head = self.shared.take(priority);
            }
        }
        let number = |head: &Option<Submission>| head.as_ref().map_or(u64::MAX, |head| head.number);
        let lowest = self.progress.heads.iter_mut().min_by_key(|head| number(head))?;
        if number(lowest) < bound { lowest.take() } else { None }
    }

    /// Tells of what senders have dropped.
    fn tell_dropped(&mut self) -> bool {
        let mut has_worked = false;
        while let Some(dropped) = self.shared.next_dropped() {
            has_worked = true;
            let DroppedBySender { thread, id, priority, kind } = dropped;
            self.account.displaced(Item { thread, id, sequence: None, kind, priority });
        }
        let untold = self.shared.take_untold();
        if untold > 0 {
            self.account.untold(untold);
        }
        has_worked
    }

    /// A message that nobody would take, and so no frame can hold, goes to the dead letters as it is.
    fn refuse(
        &mut self,
        item: Item,
        fault: RecordFault,
        message: &v1::DashStreamMessage,
        now: Instant,
    ) {
        let cause = Cause::of_fault(&fault);
        self.account.meter.refused(cause.code.clone(), cause.name);
        let original = prost::Message::encode_to_vec(message).into();
        let letter = letters::of_message(&self.config.topic, &item, &cause, original);
        let kept = Kept { items: vec![item], cause, origin: Origin::Queue };
        self.keeper.refuse(letter, kept, now, &mut self.account);
    }

    pub(super) const fn is_closing(&self) -> bool {
        self.progress.closing.is_some()
    }

    pub(super) fn is_given_up(&self) -> bool {
        self.progress.closing.as_ref().is_some_and(|closing| closing.is_given_up)
    }

    fn look_at_policy(&mut self, now: Instant) {
        let Some(file) = &mut self.policy_file else { return };
        match file.changed(now, self.config.extensions) {
            None => {}
            Some(Ok(policy)) => {
                if let Some(dictionary) = &policy.dictionary {
                    self.courier.define(dictionary.clone());
                }
                self.policy = policy;
                tracing::info!(target: TARGET, "the policy is another one from now on");
                self.account.event(ProducerEvent::PolicyTaken);
            }
            Some(Err(message)) => {
                tracing::warn!(target: TARGET, error = message, "the policy stays as it is");
                self.account.meter.refused("PolicyRefused".to_owned(), "PolicyRefused");
                self.account.event(ProducerEvent::PolicyRefused { message });
            }
        }
    }

    /// Whether the fate of every message is known.
    fn is_settled(&self) -> bool {
        let Some(closing) = &self.progress.closing else { return false };
        self.has_taken(closing.offered)
            && self.courier.len() == self.progress.draining.len()
            && self.keeper.is_settled()
    }

    /// Whether nothing waits of the messages that were offered, so many.
    pub(super) fn has_taken(&self, offered: u64) -> bool {
        let dropped: u64 =
            Priority::ALL.into_iter().map(|priority| self.shared.dropped(priority)).sum();
        self.progress.taken + dropped >= offered
            && self.progress.heads.iter().all(Option::is_none)
            && self.backlog.count() == 0
    }

    /// Tries nothing more: everything that is not decided goes to the disk.
    fn give_up(&mut self) {
        for failed in self.courier.give_up() {
            self.fail(failed, Instant::now(), Some(Reason::Closed));
        }
        self.keeper.give_up(&mut self.account);
    }

    fn end(mut self, context: &mut Context<'_>) {
        self.keeper.remember(context);
        let Some(closing) = self.progress.closing.take() else { return };
        // Told just before it was settled.
        self.tell_dropped();
        self.account.meter.levels(0, 0, self.keeper.bytes());
        let report = self.account.close(closing.offered);
        // Whoever has the account may open the spool again.
        drop(self);
        for outcome in closing.outcomes {
            let _ = outcome.send(Ok(report.clone()));
        }
    }
}

/// Wakes the worker when a receipt comes.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

/// The messages that are taken from one lane before something else is looked at.
const MOST_AT_ONCE: usize = 4096;
const SHORTEST: Duration = Duration::from_micros(50);
const REMEMBERED_EACH: Duration = Duration::from_millis(200);
