//! From a value to messages that were not given before, or to a refusal: everything but the waiting.

use core::num::NonZeroUsize;
use std::collections::BTreeMap;

use lru::LruCache;
use strictframe::core::Content;
use strictframe::core::control::Control;
use strictframe::{
    Dictionary, DictionaryId, ErrorKind, Frame, Limits, Outcome, Registry, SchemaKey,
};

use super::item::{Messages, Numbered};
use super::options::ConsumerOptions;
use super::recent::Recent;
use super::sequence::{Order, Sequence};
use super::state::{PartitionState, State};
use crate::framing::{FrameHead, Refused, Unframer, peek};
use crate::schema::{SetupError, registry, schema_key};
use crate::transport::{Definition, DefinitionId, Delivered};

/// Numbers by thread; the one that was not seen for longest is forgotten first.
type Threads = LruCache<Box<str>, Sequence>;

/// Unframes values, and remembers what was given.
#[derive(Debug)]
pub(super) struct Engine {
    options: ConsumerOptions,
    registry: Registry,
    unframer: Unframer,
    partitions: BTreeMap<u32, Partition>,
    recent: Recent,
    ids: Vec<[u8; 16]>,
    /// Newer versions of the messages whose schemas are known, and whether they are read.
    newer: BTreeMap<SchemaKey, Result<Outcome, ErrorKind>>,
}

/// What is remembered of a partition.
#[derive(Debug)]
struct Partition {
    /// The offset behind the last value that is done with.
    next: u64,
    threads: Threads,
}

impl Engine {
    pub(super) fn new(options: ConsumerOptions) -> Result<Self, SetupError> {
        let registry = registry()?;
        let ConsumerOptions { limits, schema_policy, window, .. } = options;
        let unframer = Unframer::with_registry(registry.clone(), limits, schema_policy)?;
        let (partitions, recent) = (Default::default(), Recent::new(window));
        Ok(Self {
            options,
            registry,
            unframer,
            partitions,
            recent,
            ids: Vec::new(),
            newer: BTreeMap::new(),
        })
    }

    /// The messages in a value that were not given before, nothing when all of them were; and how many were.
    pub(super) fn take(
        &mut self,
        delivered: &Delivered,
    ) -> Result<(Option<Messages>, u64), Refused> {
        let unframed = self.unframer.unframe(&delivered.value)?;
        let FrameHead { epoch, key, trace, .. } = unframed.head;
        let outcome = unframed.outcome;
        if outcome == Some(Outcome::Forward) {
            // SPEC [JDG-5]: held to its descriptor, which stands beside the data as it would in a stream that says all (STR-13).
            let shown = self.newer.get(&key).copied().unwrap_or(Err(ErrorKind::UnknownSchema));
            shown.map_err(|kind| kind.at(4))?;
        }
        let partition = delivered.position.partition;
        let threads = &mut partition_of(&mut self.partitions, partition, &self.options).threads;
        let (mut messages, mut duplicates) = (Vec::new(), 0);
        self.ids.clear();
        for message in unframed.messages {
            let header = message.header();
            let id = header.and_then(|header| header.message_id.as_slice().try_into().ok());
            let order = match header.map(|header| (header.thread_id.as_str(), header.sequence)) {
                Some((thread, number)) if number > 0 => take(threads, thread, epoch, number),
                _ => Order::Unnumbered,
            };
            let is_known = id.is_some_and(|id| self.recent.has(&id) || self.ids.contains(&id));
            // Without an epoch a producer that was started again counts anew: its numbers alone prove nothing.
            if is_known || (order == Order::Duplicate && epoch.is_some()) {
                duplicates += 1;
                continue;
            }
            self.ids.extend(id);
            messages.push(Numbered { message, order });
        }
        self.ids.drain(..).for_each(|id| self.recent.add(id));
        let position = delivered.position;
        let given = (!messages.is_empty()).then_some(Messages {
            position,
            epoch,
            trace,
            outcome,
            messages,
            duplicates,
        });
        Ok((given, duplicates as u64))
    }

    /// What a refused value wants to be told: the dictionary or the newer schema that is not there.
    pub(super) fn wanted(&self, value: &[u8], refused: &Refused) -> Option<DefinitionId> {
        let Refused::Frame(error) = refused else { return None };
        let head = || peek(value, &self.options.limits).ok();
        match error.kind() {
            ErrorKind::UnknownDictionary => head()?.dictionary.map(DefinitionId::Dictionary),
            ErrorKind::UnknownSchema => {
                let key = head()?.key;
                let is_newer = key.lineage() == schema_key().lineage();
                is_newer.then_some(DefinitionId::Schema(key))
            }
            _ => None,
        }
    }

    /// Learns dictionaries and newer schemas, as many as it may hold; whether there was a new one.
    pub(super) fn learn(&mut self, definitions: &[Definition]) -> Result<bool, SetupError> {
        let has_schema = self.learn_schemas(definitions);
        let held = self.registry.dictionaries().count();
        let room = self.options.dictionaries.saturating_sub(held);
        let new = definitions.iter().filter_map(dictionary_of);
        let new = new.filter(|new| self.registry.dictionary(DictionaryId(new.id())).is_none());
        let new: Vec<Dictionary> = new.take(room).collect();
        if new.is_empty() {
            return Ok(has_schema);
        }
        let mut registry = self.registry.clone();
        for dictionary in new {
            registry = registry.with_dictionary(dictionary)?;
        }
        let ConsumerOptions { limits, schema_policy, .. } = self.options;
        self.unframer = Unframer::with_registry(registry.clone(), limits, schema_policy)?;
        self.registry = registry;
        Ok(true)
    }

    fn learn_schemas(&mut self, definitions: &[Definition]) -> bool {
        let held = self.newer.len();
        for definition in definitions {
            let Ok(frame) = Frame::parse(definition.frame(), &Limits::MAXIMUM) else { continue };
            let Content::Control(Control::Schema(schema)) = frame.content() else { continue };
            let key = schema.key();
            if key.lineage() == schema_key().lineage()
                && key.version() > schema_key().version()
                && self.newer.len() < MOST_NEWER
                && !self.newer.contains_key(&key)
            {
                let shown = self.registry.judge_carried(schema, self.options.schema_policy);
                self.newer.insert(key, shown);
            }
        }
        self.newer.len() > held
    }

    /// Everything of a partition up to that offset was given, or refused and dealt with.
    pub(super) fn done(&mut self, partition: u32, next: u64) {
        partition_of(&mut self.partitions, partition, &self.options).next = next;
    }

    /// Remembers of a partition what was kept; nothing when nothing was.
    pub(super) fn begin(&mut self, partition: u32, kept: Option<PartitionState>) {
        self.partitions.remove(&partition);
        let Some(kept) = kept else { return };
        let begun = partition_of(&mut self.partitions, partition, &self.options);
        begun.next = kept.next;
        for (thread, sequence) in kept.threads {
            begun.threads.put(thread.into(), sequence);
        }
    }

    /// Forgets a partition that others read now.
    pub(super) fn end(&mut self, partition: u32) {
        self.partitions.remove(&partition);
    }

    /// The offset behind the last value that is done with, by partition.
    pub(super) fn positions(&self) -> impl Iterator<Item = (u32, u64)> {
        self.partitions.iter().map(|(partition, found)| (*partition, found.next))
    }

    /// All of it, to be kept.
    pub(super) fn state(&self) -> State {
        let partitions = self.partitions.iter().map(|(partition, found)| {
            // From the one not seen for longest, so that it is the first to be forgotten again.
            let threads = found.threads.iter().rev();
            let threads = threads.map(|(thread, sequence)| (thread.to_string(), sequence.clone()));
            (*partition, PartitionState { next: found.next, threads: threads.collect() })
        });
        State { partitions: partitions.collect() }
    }
}

fn partition_of<'a>(
    partitions: &'a mut BTreeMap<u32, Partition>,
    partition: u32,
    options: &ConsumerOptions,
) -> &'a mut Partition {
    let most = NonZeroUsize::new(options.threads).unwrap_or(NonZeroUsize::MIN);
    let begin = || Partition { next: 0, threads: LruCache::new(most) };
    partitions.entry(partition).or_insert_with(begin)
}

fn take(threads: &mut Threads, thread: &str, epoch: Option<u64>, number: u64) -> Order {
    let epoch = epoch.unwrap_or(0);
    if let Some(found) = threads.get_mut(thread) {
        return found.take(epoch, number);
    }
    let mut begun = Sequence::default();
    let order = begun.take(epoch, number);
    threads.put(thread.into(), begun);
    order
}

/// The dictionary that a definition defines.
fn dictionary_of(definition: &Definition) -> Option<Dictionary> {
    let frame = Frame::parse(definition.frame(), &Limits::MAXIMUM).ok()?;
    match frame.content() {
        Content::Control(Control::Dictionary(bytes)) => Dictionary::new(bytes.to_vec()).ok(),
        _ => None,
    }
}

/// Newer versions of the messages that are known at once.
const MOST_NEWER: usize = 64;
