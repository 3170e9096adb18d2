//! The consumer itself: what it waits for, and what it does with what it cannot take.

use core::fmt;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::counts::Counts;
use super::engine::Engine;
use super::item::{Item, Refusal};
use super::options::{Action, ConsumerOptions, OnRefusal};
use super::rejects::Rejects;
use super::state::{State, StateFile};
use crate::framing::Refused;
use crate::schema::SetupError;
use crate::transport::{
    Definition, DefinitionId, Delivered, Position, Received, Sink, Source, TransportError, blocking,
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
    rejects: Option<Rejects>,
    file: Option<StateFile>,
    keeps_in_group: bool,
    /// What was kept of partitions that were not assigned yet.
    kept: State,
    /// The value that is being dealt with; whoever stops waiting finds it here again.
    pending: Option<Delivered>,
    /// What was asked for beside the data, and was not there.
    asked: HashSet<DefinitionId>,
    stopped: Option<Box<Refusal>>,
    committed: BTreeMap<u32, u64>,
    counts: Counts,
}

/// Why there is no next item.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ConsumerError {
    /// A value was refused, and [`Action::Stop`] is what was asked for then. It is the next one that a new consumer sees.
    Stopped(Box<Refusal>),
    /// The source; a later call goes on unless it is fatal.
    Transport(TransportError),
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
            engine: Engine::new(options)?,
            rejects: None,
            file: None,
            keeps_in_group: true,
            kept: State::default(),
            pending: None,
            asked: HashSet::new(),
            stopped: None,
            committed: BTreeMap::new(),
            counts: Counts::default(),
        })
    }

    /// The same, which keeps its positions and the numbers it has seen in a file, and goes on by it: what the file says of a partition goes before where
    /// the source was opened. With `and_group` the source's group is told the positions as well, for those who watch it.
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
        sink: Arc<dyn Sink>,
        topic: impl Into<String>,
        consumer: impl Into<String>,
    ) -> Result<Self, SetupError> {
        self.rejects = Some(Rejects::new(sink, topic.into(), consumer.into())?);
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
            let Some(delivered) = self.pending.clone() else {
                match self.source.receive().await? {
                    Received::Delivered(delivered) => self.pending = Some(delivered),
                    received => return self.told(received).await,
                }
                continue;
            };
            let taken = self.engine.take(&delivered);
            if let Err(refused) = &taken
                && self.learn(&delivered, refused).await?
            {
                continue;
            }
            match taken {
                Ok((found, duplicates)) => {
                    self.done(delivered.position);
                    self.counts.frame(&delivered, found.as_ref(), duplicates);
                    if let Some(messages) = found {
                        return Ok(Item::Messages(messages));
                    }
                }
                Err(refused) => return self.refuse(delivered, refused).await,
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
        &self.counts
    }

    /// What the source says beside values.
    async fn told(&mut self, received: Received) -> Result<Item, ConsumerError> {
        Ok(match received {
            Received::Assigned(partitions) => {
                for partition in &partitions {
                    let kept = self.kept.partitions.remove(partition);
                    let next = kept.as_ref().map(|kept| kept.next);
                    self.engine.begin(*partition, kept);
                    self.committed.remove(partition);
                    let Some(offset) = next else { continue };
                    let from = Position { partition: *partition, offset };
                    if let Err(error) = self.source.seek(from).await {
                        // Nothing is known of where the source stands now but that it is not there.
                        return Ok(Item::Lost { from, to: None, error });
                    }
                }
                Item::Assigned(partitions)
            }
            Received::Revoked(partitions) => {
                partitions.iter().for_each(|partition| self.engine.end(*partition));
                Item::Revoked(partitions)
            }
            Received::CaughtUp { partition } => Item::CaughtUp { partition },
            Received::Lost { from, to, error } => {
                if let Some(to) = to {
                    self.engine.done(from.partition, to);
                }
                self.counts.lost();
                Item::Lost { from, to, error }
            }
            // It is told apart by whoever calls.
            Received::Delivered(delivered) => {
                self.pending = Some(delivered);
                return Box::pin(self.next()).await;
            }
        })
    }

    /// Asks for what a value needs and was not announced until now, once; whether that helped.
    async fn learn(&mut self, value: &Delivered, refused: &Refused) -> Result<bool, ConsumerError> {
        let Some(wanted) = self.engine.wanted(&value.value, refused) else { return Ok(false) };
        if self.asked.contains(&wanted) {
            return Ok(false);
        }
        let definitions: Vec<Definition> = self.source.definitions().await?;
        if self.asked.len() >= MOST_ASKED {
            self.asked.clear();
        }
        self.asked.insert(wanted);
        self.engine.learn(&definitions).map_err(|error| {
            ConsumerError::Transport(TransportError::permanent("Definitions", error.to_string()))
        })
    }

    async fn refuse(
        &mut self,
        delivered: Delivered,
        refused: Refused,
    ) -> Result<Item, ConsumerError> {
        let class = refused.class();
        let mut action = self.on_refusal.action(class);
        if action == Action::DeadLetter {
            let is_safe = match &mut self.rejects {
                Some(rejects) => rejects.put(&delivered, &refused).await,
                None => false,
            };
            self.counts.dead_letter(is_safe);
            if !is_safe {
                action = Action::Pause;
            }
        }
        let position = delivered.position;
        match action {
            Action::DeadLetter | Action::Skip => self.done(position),
            Action::Pause | Action::Stop => {
                self.source.pause(position.partition)?;
                self.source.seek(position).await?;
                self.pending = None;
            }
        }
        let Delivered { key, value, .. } = delivered;
        let refusal = Refusal { position, key, value, refused, class, action };
        self.counts.refused(&refusal);
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

impl From<TransportError> for ConsumerError {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

impl fmt::Display for ConsumerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopped(refusal) => {
                let Refusal { position, refused, .. } = refusal.as_ref();
                write!(f, "stopped in front of {position}: {}: {refused}", refused.code())
            }
            Self::Transport(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for ConsumerError {}

/// Definitions that were asked for in vain and are not asked for again.
const MOST_ASKED: usize = 1024;
