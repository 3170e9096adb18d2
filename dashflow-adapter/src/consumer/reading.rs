//! The consumer itself: what it waits for, and what it does with what it cannot take.

use std::collections::{BTreeMap, HashSet, VecDeque};

use super::counts::{Counts, Tally};
use super::engine::Engine;
use super::error::ConsumerError;
use super::item::{Item, Refusal};
use super::options::{Action, ConsumerOptions, OnRefusal};
use super::rejects::Rejects;
use super::state::{State, StateFile};
use crate::framing::Refused;
use crate::schema::SetupError;
use crate::transport::{
    Definition, DefinitionId, Delivered, ErrorClass, Position, Received, Sink, Source,
    TransportError, blocking,
};

/// Reads what a source gives: messages that were not given before, in the order of their partitions, and everything else by its name.
///
/// What was given is done with when [`Consumer::commit`] returns; what was given later comes again after a restart. Nothing is passed over without
/// an [`Item`] or a count that says so.
#[derive(Debug)]
pub struct Consumer<S> {
    source: S,
    engine: Engine,
    on_refusal: OnRefusal,
    tells_duplicates: bool,
    rejects: Option<Rejects>,
    file: Option<StateFile>,
    keeps_in_group: bool,
    /// What was kept of partitions that were not assigned yet.
    kept: State,
    /// The value that is being dealt with; whoever stops waiting finds it here again.
    pending: Option<Delivered>,
    /// Where partitions that were just assigned go on, unless their group has gone further.
    due: VecDeque<Position>,
    /// Where the file says that partitions go on, whose group has not shown where it stands.
    met: BTreeMap<u32, u64>,
    /// What is to be said before anything else is read.
    queued: VecDeque<Item>,
    /// What was asked for beside the data, and was not there.
    asked: HashSet<DefinitionId>,
    stopped: Option<Box<Refusal>>,
    committed: BTreeMap<u32, u64>,
    tally: Tally,
}

impl<S: Source> Consumer<S> {
    /// A consumer that keeps its positions with the group of the source, and what it has seen nowhere.
    ///
    /// # Errors
    /// None as long as the lock is one that the build has accepted.
    pub fn new(source: S, options: ConsumerOptions) -> Result<Self, SetupError> {
        Ok(Self {
            source,
            on_refusal: options.on_refusal,
            tells_duplicates: options.tells_duplicates,
            engine: Engine::new(options)?,
            rejects: None,
            file: None,
            keeps_in_group: true,
            kept: State::default(),
            pending: None,
            due: VecDeque::new(),
            met: BTreeMap::new(),
            queued: VecDeque::new(),
            asked: HashSet::new(),
            stopped: None,
            committed: BTreeMap::new(),
            tally: Tally::new(),
        })
    }

    /// The same, which keeps its positions and the numbers it has seen in a file, and goes on by it: what the file says of a partition goes before where
    /// the source was opened.
    ///
    /// With `and_group` the source's group keeps the positions as well, so that other members can go on with a partition. Then the position that is further
    /// counts; and of a partition with which others went on, what the file says of numbers is forgotten.
    ///
    /// # Errors
    /// [`TransportError`] named `FileRefused` for a file that does not hold what was stored, `Io`.
    pub fn with_state(mut self, file: StateFile, and_group: bool) -> Result<Self, TransportError> {
        self.kept = file.load()?;
        self.file = Some(file);
        self.keeps_in_group = and_group;
        Ok(self)
    }

    /// The same, which puts values that it cannot take there. `topic` is the name that the letters say they come from, `consumer` who says so.
    ///
    /// # Errors
    /// None as long as the lock is one that the build has accepted.
    pub fn with_dead_letters(
        mut self,
        sink: impl Sink + 'static,
        topic: impl Into<String>,
        consumer: impl Into<String>,
    ) -> Result<Self, TransportError> {
        self.rejects = Some(Rejects::new(Box::new(sink), topic.into(), consumer.into())?);
        Ok(self)
    }

    /// What comes next; waits for it. Dropped before it is ready, it has lost nothing; a dead letter may then be written twice.
    ///
    /// # Errors
    /// [`ConsumerError`].
    pub async fn next(&mut self) -> Result<Item, ConsumerError> {
        if let Some(stopped) = &self.stopped {
            return Err(ConsumerError::Stopped(stopped.clone()));
        }
        loop {
            self.go_there().await?;
            if let Some(item) = self.queued.pop_front() {
                return Ok(item);
            }
            let Some(delivered) = &self.pending else {
                let received = self.source.receive().await?;
                self.told(received);
                continue;
            };
            match self.engine.take(delivered) {
                Ok((found, duplicates)) => {
                    let (position, len) = (delivered.position, delivered.value.len());
                    self.done(position);
                    self.tally.frame(len, found.as_ref(), duplicates);
                    if let Some(messages) = found {
                        return Ok(Item::Messages(messages));
                    }
                    if self.tells_duplicates {
                        return Ok(Item::Duplicates { position, count: duplicates });
                    }
                }
                Err(refused) => {
                    let delivered = delivered.clone();
                    let wanted = self.engine.wanted(&delivered.value, &refused);
                    if !self.learn(wanted).await? {
                        return self.refuse(delivered, refused).await;
                    }
                }
            }
        }
    }

    /// Everything that was given until now is done with: it will not be given again, to this consumer or to one that takes its place.
    ///
    /// # Errors
    /// [`TransportError`]: what was not kept is kept by a later call.
    pub async fn commit(&mut self) -> Result<(), TransportError> {
        if let Some(file) = self.file.clone() {
            let mut state = self.engine.state();
            // Of partitions that are not this consumer's now, what was known of them stays.
            for (partition, kept) in &self.kept.partitions {
                state.partitions.entry(*partition).or_insert_with(|| kept.clone());
            }
            blocking(move || file.store(&state)).await?;
        }
        if self.keeps_in_group {
            let due: Vec<_> = self.engine.positions().collect();
            for (partition, offset) in due {
                if self.committed.get(&partition) != Some(&offset) {
                    self.source.commit(Position { partition, offset }).await?;
                    self.committed.insert(partition, offset);
                }
            }
        }
        Ok(())
    }

    /// Gives nothing more of a partition until it is resumed.
    ///
    /// # Errors
    /// As [`Source::pause`].
    pub fn pause(&mut self, partition: u32) -> Result<(), TransportError> {
        self.source.pause(partition)
    }

    /// Goes on with a partition where it was paused; a value that was refused there is looked at once more.
    ///
    /// # Errors
    /// As [`Source::resume`].
    pub fn resume(&mut self, partition: u32) -> Result<(), TransportError> {
        self.asked.clear();
        self.source.resume(partition)
    }

    /// What was counted since the consumer was made.
    #[must_use]
    pub const fn counts(&self) -> &Counts {
        self.tally.counts()
    }

    /// A value, which shows where the source stands: behind what is kept, or in front of it.
    fn arrived(&mut self, delivered: Delivered) {
        let Position { partition, offset } = delivered.position;
        match self.met.remove(&partition) {
            Some(next) if offset < next => {
                self.due.push_back(Position { partition, offset: next });
                return;
            }
            Some(next) if offset > next => self.engine.begin(partition, None),
            _ => {}
        }
        self.pending = Some(delivered);
    }

    /// What the source says beside values.
    fn told(&mut self, received: Received) {
        let item = match received {
            Received::Assigned(partitions) => {
                for partition in &partitions {
                    let kept = self.kept.partitions.remove(partition);
                    let next = kept.as_ref().map(|kept| kept.next);
                    self.engine.begin(*partition, kept);
                    self.committed.remove(partition);
                    match next {
                        Some(next) if self.keeps_in_group => _ = self.met.insert(*partition, next),
                        Some(offset) => {
                            self.due.push_back(Position { partition: *partition, offset });
                        }
                        None => {}
                    }
                }
                Item::Assigned(partitions)
            }
            Received::Revoked(partitions) => {
                for partition in &partitions {
                    self.engine.end(*partition);
                    self.met.remove(partition);
                    self.due.retain(|due| due.partition != *partition);
                }
                Item::Revoked(partitions)
            }
            Received::CaughtUp { partition } => Item::CaughtUp { partition },
            Received::Lost { from, to, error } => {
                if let Some(to) = to {
                    self.engine.done(from.partition, to);
                }
                self.tally.lost();
                Item::Lost { from, to, error }
            }
            Received::Delivered(delivered) => return self.arrived(delivered),
        };
        self.queued.push_back(item);
    }

    /// Goes on where partitions that were just assigned were left.
    async fn go_there(&mut self) -> Result<(), ConsumerError> {
        while let Some(from) = self.due.front().copied() {
            match self.source.seek(from).await {
                Ok(()) => {}
                // It is tried again with the next call.
                Err(error) if error.class() == ErrorClass::Retryable => return Err(error.into()),
                Err(error) => {
                    self.tally.lost();
                    self.queued.push_back(Item::Lost { from, to: None, error });
                }
            }
            self.due.pop_front();
        }
        Ok(())
    }

    /// Asks for what a value needs and was not announced until now, once; whether that helped.
    async fn learn(&mut self, wanted: Option<DefinitionId>) -> Result<bool, ConsumerError> {
        let Some(wanted) = wanted.filter(|wanted| !self.asked.contains(wanted)) else {
            return Ok(false);
        };
        let definitions: Vec<Definition> = self.source.definitions().await?;
        if self.asked.len() >= MOST_ASKED {
            self.asked.clear();
        }
        self.asked.insert(wanted);
        self.engine.learn(&definitions).map_err(|error| {
            ConsumerError::Transport(TransportError::permanent("Definitions", error.to_string()))
        })
    }

    /// Does with the value what is to be done with one that is refused for that.
    async fn refuse(
        &mut self,
        delivered: Delivered,
        refused: Refused,
    ) -> Result<Item, ConsumerError> {
        let class = refused.class();
        let mut action = self.on_refusal.action(class);
        let mut is_unsafe = false;
        if action == Action::DeadLetter {
            is_unsafe = match &mut self.rejects {
                Some(rejects) => !rejects.put(&delivered, &refused).await,
                None => true,
            };
            if is_unsafe {
                action = Action::Pause;
            }
        }
        let Delivered { position, key, value, .. } = delivered;
        match action {
            Action::DeadLetter | Action::Skip => self.done(position),
            Action::Pause | Action::Stop => {
                self.source.pause(position.partition)?;
                self.source.seek(position).await?;
                self.pending = None;
            }
        }
        let refusal = Refusal { position, key, value, refused, class, action };
        // Counted once nothing of it can fail and be done again.
        self.tally.refused(&refusal, is_unsafe);
        if action == Action::Stop {
            let stopped = Box::new(refusal);
            self.stopped = Some(stopped.clone());
            return Err(ConsumerError::Stopped(stopped));
        }
        Ok(Item::Refused(refusal))
    }

    fn done(&mut self, position: Position) {
        self.pending = None;
        self.engine.done(position.partition, position.next().offset);
    }
}

/// Definitions that were asked for in vain and are not asked for again.
const MOST_ASKED: usize = 1024;
