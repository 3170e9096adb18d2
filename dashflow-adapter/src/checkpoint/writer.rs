//! States into the bytes of checkpoints.

use std::collections::BTreeMap;

use lru::LruCache;
use strictframe::message::Payloads;
use strictframe::{CompressionPolicy, EncodeError, Encoder, Extension, Limits, Schema, extension};

use super::chain::MAX_LINKS;
use super::diff::{self, Base, Diff};
use super::error::CheckpointError;
use super::frame::{NODE, Node, PARENT};
use super::id::CheckpointId;
use super::parts;
use crate::generated::strictframe::dashflow::v1::CheckpointPart;
use crate::identity::ThreadId;

/// Compresses states, parts of those that are larger than a frame, and what leads from one to the next.
pub(super) struct Writer {
    states: Encoder,
    parts: Encoder,
    diffs: Option<Diffs>,
}

/// What is said of a checkpoint that is about to be written.
pub(super) struct Said<'a> {
    pub(super) thread: &'a ThreadId,
    pub(super) id: CheckpointId,
    pub(super) parent: Option<CheckpointId>,
    pub(super) time: i64,
    pub(super) node: &'a str,
    pub(super) metadata: &'a BTreeMap<String, String>,
}

/// The bytes of a checkpoint.
pub(super) struct Written {
    pub(super) bytes: Vec<u8>,
    /// The checkpoint that must stay with it.
    pub(super) base: Option<CheckpointId>,
    last: Option<Last>,
}

/// Writes the states of a thread as what leads from one to the next.
struct Diffs {
    /// How many follow a state that is kept whole.
    max_links: usize,
    encoder: Encoder,
    payloads: Payloads,
    last: LruCache<ThreadId, Last>,
    /// The bytes of payloads in `last`.
    held: usize,
}

/// The state of a thread that was saved last.
struct Last {
    id: CheckpointId,
    hash: [u8; 32],
    payload: Vec<u8>,
    /// How many diffs lead to it from a state that is kept whole.
    links: usize,
    /// The bytes of these.
    diffs: usize,
    /// The bytes of the checkpoint that is kept whole.
    whole: usize,
}

impl Writer {
    /// One that keeps every `full_every`th state of a thread whole.
    pub(super) fn new<S: Schema>(
        policy: CompressionPolicy,
        full_every: usize,
    ) -> Result<Self, CheckpointError> {
        let max_links = full_every.checked_sub(1).filter(|links| *links <= MAX_LINKS);
        let max_links = max_links.ok_or_else(|| {
            let most = MAX_LINKS + 1;
            CheckpointError::other(
                "FullEvery",
                format!(
                    "every {full_every}th state cannot be kept whole: 1 (all of them) to {most} can"
                ),
            )
        })?;
        let states = Encoder::builder(S::SCHEMA).policy(policy.clone()).limits(Limits::MAXIMUM);
        let parts = Encoder::builder(CheckpointPart::SCHEMA).policy(policy).limits(Limits::MAXIMUM);
        let diffs = match max_links {
            0 => None,
            max_links => Some(Diffs {
                max_links,
                encoder: diff::encoder()?,
                payloads: Payloads::new(),
                last: LruCache::unbounded(),
                held: 0,
            }),
        };
        Ok(Self { states: states.build()?, parts: parts.build()?, diffs })
    }

    /// The bytes of a checkpoint that follows the newest one of its thread in the store.
    pub(super) fn write<S: Schema>(
        &mut self,
        said: &Said<'_>,
        state: &S,
        newest: Option<CheckpointId>,
    ) -> Result<Written, CheckpointError> {
        let spoken = Spoken::new(said)?;
        let extensions = spoken.extensions(said);
        let mut bytes = Vec::new();
        let Some(diffs) = &mut self.diffs else {
            return match self.states.encode_message_with(state, &extensions, &mut bytes) {
                Ok(_) => Ok(Written { bytes, base: None, last: None }),
                Err(error) => self.in_parts(state, &extensions, error),
            };
        };
        let payload = diffs.payloads.write(state).map_err(EncodeError::MessageRefused)?;
        let hash = diff::hash_of(payload);
        let last = diffs.last.get(said.thread).filter(|last| Some(last.id) == newest);
        if let Some((diff, mut next)) =
            last.and_then(|last| last.lead_to(payload, hash, diffs.max_links))
        {
            let base = Some(diff.base);
            diff.write(S::SCHEMA.key(), &extensions, &mut diffs.encoder, &mut bytes)?;
            // Reading all that leads to a state costs no more than reading another whole one.
            next.diffs += bytes.len();
            if next.diffs <= next.whole {
                next.id = said.id;
                return Ok(Written { bytes, base, last: Some(next) });
            }
            bytes.clear();
        }
        match self.states.encode_with(payload, &extensions, &mut bytes) {
            Ok(_) => {
                let (payload, whole) = (payload.to_vec(), bytes.len());
                let last = Last { id: said.id, hash, payload, links: 0, diffs: 0, whole };
                Ok(Written { bytes, base: None, last: Some(last) })
            }
            Err(error) => self.in_parts(state, &extensions, error),
        }
    }

    /// Remembers what was saved, so that the next state of the thread may lead on from it.
    pub(super) fn saved(&mut self, thread: &ThreadId, written: Written) {
        if let (Some(diffs), Some(last)) = (&mut self.diffs, written.last) {
            diffs.hold(thread.clone(), last);
        }
    }

    fn in_parts<S: Schema>(
        &mut self,
        state: &S,
        extensions: &[Extension<'_>],
        error: EncodeError,
    ) -> Result<Written, CheckpointError> {
        match error {
            EncodeError::RecordTooLarge { .. } => {
                let bytes = parts::write(state, extensions, &mut self.parts)?;
                Ok(Written { bytes, base: None, last: None })
            }
            error => Err(error.into()),
        }
    }
}

impl Diffs {
    fn hold(&mut self, thread: ThreadId, last: Last) {
        self.held += last.payload.len();
        let before = self.last.push(thread, last);
        self.held -= before.map_or(0, |(_, before)| before.payload.len());
        // Who is not held is saved whole the next time.
        while self.held > MAX_HELD
            && let Some((_, gone)) = self.last.pop_lru()
        {
            self.held -= gone.payload.len();
        }
    }
}

impl Last {
    /// What leads from this state to that one, and what is to be held of the latter; nothing when it is better kept whole.
    fn lead_to(&self, payload: &[u8], hash: [u8; 32], max_links: usize) -> Option<(Diff, Self)> {
        let links = self.links + 1;
        if links > max_links {
            return None;
        }
        let base = Base { id: self.id, hash: self.hash, payload: &self.payload };
        let diff = Diff::make(&base, payload, hash)?;
        if self.diffs.saturating_add(diff.len()) > self.whole {
            return None;
        }
        // As a reader does it, from the bytes that are kept.
        match diff.apply(&self.payload) {
            Ok(made) if made == payload => {
                let (diffs, whole) = (self.diffs, self.whole);
                let last = Self { id: self.id, hash, payload: made, links, diffs, whole };
                Some((diff, last))
            }
            _ => {
                tracing::warn!(target: "strictframe", "a patch led to another state: it is saved whole");
                None
            }
        }
    }
}

/// What stands beside a state, as bytes.
struct Spoken {
    time: [u8; 8],
    id: [u8; 16],
    parent: Option<[u8; 16]>,
    node: Vec<u8>,
}

impl Spoken {
    fn new(said: &Said<'_>) -> Result<Self, CheckpointError> {
        let node = Node { node: said.node.to_owned(), metadata: said.metadata.clone() };
        let node = serde_json::to_vec(&node)
            .map_err(|error| CheckpointError::other("Metadata", error.to_string()))?;
        let parent = said.parent.map(CheckpointId::to_bytes);
        Ok(Self { time: said.time.to_le_bytes(), id: said.id.to_bytes(), parent, node })
    }

    fn extensions<'a>(&'a self, said: &'a Said<'_>) -> Vec<Extension<'a>> {
        let mut extensions = vec![
            Extension { kind: extension::TIME, value: &self.time },
            Extension { kind: extension::STREAM_KEY, value: said.thread.as_str().as_bytes() },
            Extension { kind: extension::MESSAGE_ID, value: &self.id },
        ];
        extensions.extend(self.parent.as_ref().map(|value| Extension { kind: PARENT, value }));
        extensions.push(Extension { kind: NODE, value: &self.node });
        extensions
    }
}

/// The bytes of states that are held to lead on from, of all threads.
const MAX_HELD: usize = 64 << 20;
