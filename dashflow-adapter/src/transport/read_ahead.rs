//! Reads ahead of whoever is slow, up to so many bytes, and goes on hearing from the broker meanwhile.

use core::fmt;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Notify, oneshot};

use super::{Definition, Delivered, Position, Received, Source, TransportError};

/// A source that another one feeds, in a task of its own.
///
/// A member of a group that does not ask for more in time is put out of it. Here the task asks on: when so many bytes wait to be taken, it pauses the partitions,
/// and resumes them when half of that is taken. Order, positions and pauses are those of the source within.
pub struct ReadAhead {
    received: UnboundedReceiver<(u64, Result<Received, TransportError>)>,
    commands: UnboundedSender<Command>,
    waiting: Arc<Waiting>,
    assigned: BTreeSet<u32>,
    paused: BTreeSet<u32>,
    /// What came of paused partitions.
    held: BTreeMap<u32, VecDeque<Received>>,
    /// What was held, of partitions that were resumed.
    ready: VecDeque<Received>,
    /// How often each partition was sought in: what was read before that is not given any more.
    turns: BTreeMap<u32, u64>,
}

/// How much waits to be taken.
#[derive(Debug, Default)]
struct Waiting {
    bytes: AtomicUsize,
    taken: Notify,
}

enum Command {
    Commit(Position, oneshot::Sender<Result<(), TransportError>>),
    Definitions(oneshot::Sender<Result<Vec<Definition>, TransportError>>),
    Pause(u32),
    Resume(u32),
    Seek(Position, u64, oneshot::Sender<Result<(), TransportError>>),
}

impl ReadAhead {
    /// Begins to read, up to so many bytes ahead. Values longer than that are read one at a time.
    ///
    /// The task ends with this source, and must be made within a Tokio runtime.
    #[must_use]
    pub fn new<S: Source + 'static>(source: S, bytes: usize) -> Self {
        let (sender, received) = unbounded_channel();
        let (commands, inbox) = unbounded_channel();
        let waiting = Arc::new(Waiting::default());
        let reader = Reader {
            source,
            limit: bytes,
            waiting: Arc::clone(&waiting),
            sender,
            assigned: BTreeSet::new(),
            paused: BTreeSet::new(),
            is_full: false,
            turns: BTreeMap::new(),
        };
        tokio::spawn(reader.run(inbox));
        Self {
            received,
            commands,
            waiting,
            assigned: BTreeSet::new(),
            paused: BTreeSet::new(),
            held: BTreeMap::new(),
            ready: VecDeque::new(),
            turns: BTreeMap::new(),
        }
    }

    /// The bytes that wait to be taken.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.bytes.load(Ordering::Acquire)
    }

    fn check(&self, partition: u32) -> Result<(), TransportError> {
        let is_assigned = self.assigned.contains(&partition);
        if is_assigned { Ok(()) } else { Err(TransportError::unknown_partition(partition)) }
    }

    /// Sends a command, and waits for its outcome.
    async fn ask<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<Result<T, TransportError>>) -> Command + Send,
    ) -> Result<T, TransportError> {
        let (sender, outcome) = oneshot::channel();
        let sent = self.commands.send(command(sender));
        sent.map_err(|_| TransportError::closed())?;
        outcome.await.unwrap_or_else(|_| Err(TransportError::closed()))
    }

    /// What of it is given now: nothing of what was read before a seek, or of what is paused.
    fn give(&mut self, turn: u64, received: Received) -> Option<Received> {
        match &received {
            Received::Assigned(partitions) => self.assigned.extend(partitions),
            Received::Revoked(partitions) => {
                for partition in partitions {
                    self.assigned.remove(partition);
                    self.paused.remove(partition);
                    self.held.remove(partition);
                }
            }
            _ => {}
        }
        let Some(partition) = partition_of(&received) else { return Some(received) };
        if turn != self.turns.get(&partition).copied().unwrap_or(0) {
            return None;
        }
        if self.paused.contains(&partition) {
            self.held.entry(partition).or_default().push_back(received);
            return None;
        }
        Some(received)
    }

    fn taken(&self, received: &Received) {
        self.waiting.bytes.fetch_sub(cost(received), Ordering::AcqRel);
        self.waiting.taken.notify_one();
    }
}

impl Source for ReadAhead {
    async fn receive(&mut self) -> Result<Received, TransportError> {
        loop {
            let received = match self.ready.pop_front() {
                Some(received) => received,
                None => match self.received.recv().await {
                    None => return Err(TransportError::closed()),
                    Some((_, Err(error))) => return Err(error),
                    Some((turn, Ok(received))) => {
                        self.taken(&received);
                        match self.give(turn, received) {
                            Some(received) => received,
                            None => continue,
                        }
                    }
                },
            };
            return Ok(received);
        }
    }

    fn pause(&mut self, partition: u32) -> Result<(), TransportError> {
        self.check(partition)?;
        self.paused.insert(partition);
        // What is ready of it waits like what comes.
        for received in core::mem::take(&mut self.ready) {
            if partition_of(&received) == Some(partition) {
                self.held.entry(partition).or_default().push_back(received);
            } else {
                self.ready.push_back(received);
            }
        }
        self.commands.send(Command::Pause(partition)).map_err(|_| TransportError::closed())
    }

    fn resume(&mut self, partition: u32) -> Result<(), TransportError> {
        self.check(partition)?;
        self.paused.remove(&partition);
        self.ready.extend(self.held.remove(&partition).unwrap_or_default());
        self.commands.send(Command::Resume(partition)).map_err(|_| TransportError::closed())
    }

    async fn seek(&mut self, position: Position) -> Result<(), TransportError> {
        self.check(position.partition)?;
        let turn = self.turns.get(&position.partition).copied().unwrap_or(0) + 1;
        self.ask(|outcome| Command::Seek(position, turn, outcome)).await?;
        self.turns.insert(position.partition, turn);
        self.held.remove(&position.partition);
        self.ready.retain(|received| partition_of(received) != Some(position.partition));
        Ok(())
    }

    async fn commit(&mut self, next: Position) -> Result<(), TransportError> {
        self.ask(|outcome| Command::Commit(next, outcome)).await
    }

    async fn definitions(&mut self) -> Result<Vec<Definition>, TransportError> {
        self.ask(Command::Definitions).await
    }
}

impl fmt::Debug for ReadAhead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadAhead").field("waiting", &self.waiting()).finish_non_exhaustive()
    }
}

/// The task that reads.
struct Reader<S> {
    source: S,
    limit: usize,
    waiting: Arc<Waiting>,
    sender: UnboundedSender<(u64, Result<Received, TransportError>)>,
    assigned: BTreeSet<u32>,
    /// By whoever takes.
    paused: BTreeSet<u32>,
    is_full: bool,
    turns: BTreeMap<u32, u64>,
}

impl<S: Source> Reader<S> {
    async fn run(mut self, mut inbox: UnboundedReceiver<Command>) {
        let waiting = Arc::clone(&self.waiting);
        loop {
            self.hold();
            tokio::select! {
                biased;
                command = inbox.recv() => match command {
                    Some(command) => self.obey(command).await,
                    None => return,
                },
                () = waiting.taken.notified(), if self.is_full => {}
                received = self.source.receive() => {
                    let is_error = received.is_err();
                    if !self.pass(received) {
                        return;
                    }
                    if is_error {
                        // A source that has nothing but errors does not fill the memory with them.
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            }
        }
    }

    /// Pauses everything when too much waits, and resumes it when half of it is taken.
    fn hold(&mut self) {
        let bytes = self.waiting.bytes.load(Ordering::Acquire);
        let is_full = if self.is_full { bytes > self.limit / 2 } else { bytes >= self.limit };
        if is_full == self.is_full {
            return;
        }
        self.is_full = is_full;
        for partition in self.assigned.difference(&self.paused) {
            // A partition that is not this source's any more is told with the next value.
            let _ = match is_full {
                true => self.source.pause(*partition),
                false => self.source.resume(*partition),
            };
        }
    }

    async fn obey(&mut self, command: Command) {
        // Whoever asked may have stopped waiting.
        match command {
            Command::Commit(next, outcome) => {
                let _ = outcome.send(self.source.commit(next).await);
            }
            Command::Definitions(outcome) => {
                let _ = outcome.send(self.source.definitions().await);
            }
            Command::Pause(partition) => {
                self.paused.insert(partition);
                let _ = self.source.pause(partition);
            }
            Command::Resume(partition) => {
                self.paused.remove(&partition);
                if !self.is_full {
                    let _ = self.source.resume(partition);
                }
            }
            Command::Seek(position, turn, outcome) => {
                let sought = self.source.seek(position).await;
                if sought.is_ok() {
                    self.turns.insert(position.partition, turn);
                }
                let _ = outcome.send(sought);
            }
        }
    }

    /// Passes on what came; whether somebody is there to take it.
    fn pass(&mut self, received: Result<Received, TransportError>) -> bool {
        let mut turn = 0;
        if let Ok(received) = &received {
            match received {
                Received::Assigned(partitions) => {
                    self.assigned.extend(partitions);
                    // What comes of them is held like the rest.
                    if self.is_full {
                        for partition in partitions {
                            let _ = self.source.pause(*partition);
                        }
                    }
                }
                Received::Revoked(partitions) => partitions.iter().for_each(|partition| {
                    self.assigned.remove(partition);
                    self.paused.remove(partition);
                }),
                _ => {}
            }
            let partition = partition_of(received);
            turn = partition.and_then(|partition| self.turns.get(&partition)).copied().unwrap_or(0);
            self.waiting.bytes.fetch_add(cost(received), Ordering::AcqRel);
        }
        self.sender.send((turn, received)).is_ok()
    }
}

/// The partition that something is of, when it is of one.
const fn partition_of(received: &Received) -> Option<u32> {
    match received {
        Received::CaughtUp { partition } => Some(*partition),
        Received::Delivered(Delivered { position, .. }) | Received::Lost { from: position, .. } => {
            Some(position.partition)
        }
        Received::Assigned(_) | Received::Revoked(_) => None,
    }
}

/// What something counts for while it waits, in bytes.
fn cost(received: &Received) -> usize {
    let bytes = match received {
        Received::Delivered(Delivered { key, value, .. }) => {
            value.len() + key.as_ref().map_or(0, bytes::Bytes::len)
        }
        _ => 0,
    };
    bytes + size_of::<Received>()
}

/// Between two errors.
const PAUSE: core::time::Duration = core::time::Duration::from_millis(50);
