//! All threads that are collected, and which of them a message is of.

use std::collections::HashMap;

use v1::dash_stream_message::Message;

use super::options::CollectOptions;
use super::step::What;
use super::thread::{Arrived, Thread};
use crate::consumer::{Messages, Numbered, Refusal};
use crate::framing::peek;
use crate::identity::ThreadId;
use crate::messages::v1;

/// What was gathered until now.
#[derive(Debug)]
pub(super) struct Gather {
    options: CollectOptions,
    /// Those that were named, from the beginning on; or those that were found.
    threads: HashMap<Box<str>, Thread>,
    is_named: bool,
    /// What all threads take, in bytes.
    cost: usize,
    pub(super) messages: u64,
    /// Messages of threads for which there was no room.
    pub(super) untaken: u64,
    /// Messages that were there before, and that a consumer cannot know by their epoch or id.
    pub(super) duplicates: u64,
    /// Threads that have an end and lack nothing until now.
    pub(super) done: usize,
    arrivals: u64,
}

impl Gather {
    /// Of these threads; of all that are found when there are none.
    pub(super) fn new<'a>(options: CollectOptions, named: impl Iterator<Item = &'a str>) -> Self {
        let threads: HashMap<_, _> = named.map(|name| (name.into(), Thread::default())).collect();
        Self {
            options,
            is_named: !threads.is_empty(),
            threads,
            cost: 0,
            messages: 0,
            untaken: 0,
            duplicates: 0,
            done: 0,
            arrivals: 0,
        }
    }

    /// Takes in the messages of a frame.
    pub(super) fn take(&mut self, found: Messages) {
        for Numbered { message, .. } in found.messages {
            let Some(message) = message.message else { continue };
            let Some(header) = message.header() else { continue };
            let (thread, number) = (header.thread_id.clone(), header.sequence);
            let arrived = Arrived {
                epoch: found.epoch,
                number,
                is_counted: false,
                arrival: 0,
                time: header.timestamp_us,
            };
            match message {
                Message::EventBatch(batch) => self.take_batch(&thread, arrived, batch),
                message => {
                    self.add(&thread, arrived, || What::of(message));
                }
            }
        }
    }

    /// Takes in a message that holds events, which may be of other threads. Where it has a number, that is the place of the events of its own thread; where it has
    /// none, theirs count.
    fn take_batch(&mut self, thread: &str, arrived: Arrived, batch: v1::EventBatch) {
        let Arrived { epoch, number, .. } = arrived;
        if !self.add(thread, arrived, || None) {
            return;
        }
        for event in batch.events {
            let Some(header) = &event.header else { continue };
            let (of, time) = (header.thread_id.clone(), header.timestamp_us);
            let of = if of.is_empty() { thread } else { of.as_str() };
            let is_counted = number > 0 && of == thread;
            let number = match number {
                0 => header.sequence,
                number if is_counted => number,
                _ => 0,
            };
            let arrived = Arrived { epoch, number, is_counted, arrival: 0, time };
            self.add(of, arrived, || What::of_event(event));
        }
    }

    /// Takes a message into its thread; false for one that was there before.
    fn add(&mut self, name: &str, arrived: Arrived, what: impl FnOnce() -> Option<What>) -> bool {
        self.arrivals += 1;
        let arrived = Arrived { arrival: self.arrivals, ..arrived };
        let room_of_all = self.options.bytes.saturating_sub(self.cost);
        let most = self.options.thread_bytes;
        let Some(thread) = self.thread(name) else { return true };
        let before = thread.cost();
        let room = most.min(before.saturating_add(room_of_all));
        let Some(place) = thread.place(&arrived, room) else {
            self.duplicates += 1;
            return false;
        };
        thread.messages += 1;
        if let Some(what) = what() {
            thread.keep(place, arrived.time, what, room);
        }
        let (after, is_done) = (thread.cost(), thread.has_all());
        match (core::mem::replace(&mut thread.is_done, is_done), is_done) {
            (false, true) => self.done += 1,
            (true, false) => self.done = self.done.saturating_sub(1),
            _ => {}
        }
        self.cost = self.cost.saturating_sub(before).saturating_add(after);
        self.messages += 1;
        true
    }

    /// A value that was refused, which may say whose it is.
    pub(super) fn refused(&mut self, refusal: &Refusal) -> Option<String> {
        let head = peek(&refusal.value, &strictframe::Limits::MAXIMUM).ok();
        let key = refusal.key.as_deref().and_then(|key| core::str::from_utf8(key).ok());
        let name = head.and_then(|head| head.thread).or(key)?;
        ThreadId::check(name).ok()?;
        if let Some(thread) = self.thread(name) {
            thread.refused += 1;
            thread.refusal.get_or_insert(refusal.refused);
        }
        Some(name.to_owned())
    }

    /// The thread, where it is collected and there is room for it.
    fn thread(&mut self, name: &str) -> Option<&mut Thread> {
        if !self.is_named && !self.threads.contains_key(name) {
            if self.threads.len() >= self.options.threads {
                self.untaken += 1;
                return None;
            }
            self.threads.insert(name.into(), Thread::default());
        }
        self.threads.get_mut(name)
    }

    /// Threads that are collected.
    pub(super) fn count(&self) -> usize {
        self.threads.len()
    }

    /// Whether every thread that was named has an end and lacks nothing.
    pub(super) fn is_done(&self) -> bool {
        self.is_named && self.done == self.threads.len()
    }

    /// What was gathered of each, in the order of their names.
    pub(super) fn into_threads(self) -> Vec<(String, Thread)> {
        let threads = self.threads.into_iter().map(|(name, found)| (name.into(), found));
        let mut threads: Vec<(String, Thread)> = threads.collect();
        threads.sort_by(|(one, _), (other, _)| one.cmp(other));
        threads
    }
}
