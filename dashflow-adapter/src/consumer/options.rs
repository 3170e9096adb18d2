//! What a consumer does with what it cannot take, as plain data.

use serde::{Deserialize, Serialize};
use strictframe::core::Fault;
use strictframe::{ErrorKind, Limits, SchemaPolicy};

use crate::framing::Refused;

/// How a consumer reads.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ConsumerOptions {
    /// The largest frames and payloads; [`Limits::DEFAULT`] unless said.
    pub limits: Limits,
    /// Whether newer versions of the messages are read. Those are held to what their schemas say, which are asked for beside the data; without its schema a version is refused.
    pub schema_policy: SchemaPolicy,
    /// What is done with each sort of value that is refused.
    pub on_refusal: OnRefusal,
    /// Message ids that are remembered, to find what was sent twice; 65,536 unless said, 0 for none. Each takes some 60 bytes.
    pub window: usize,
    /// Threads of each partition whose numbers are remembered; 10,000 unless said. The one not seen for longest is forgotten first, and begins anew.
    pub threads: usize,
    /// Dictionaries that are taken from beside the data; 64 unless said.
    pub dictionaries: usize,
    /// Whether a frame of which every message had been given before is an [`Item`](super::Item) of its own; it is counted alone unless said.
    pub tells_duplicates: bool,
}

impl Default for ConsumerOptions {
    fn default() -> Self {
        Self {
            limits: Limits::DEFAULT,
            schema_policy: SchemaPolicy::default(),
            on_refusal: OnRefusal::default(),
            window: 65_536,
            threads: 10_000,
            dictionaries: 64,
            tells_duplicates: false,
        }
    }
}

/// Sorts of refusals, by what may be done about them.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum RefusalClass {
    /// A frame that was, and is not whole any more: cut, changed, or with something behind it.
    Damaged,
    /// No frame at all: another format, or today's framing, which `convert` reads.
    Foreign,
    /// A frame that is whole, and holds what no writer should have written.
    Invalid,
    /// Above the limits of this consumer, which might be raised.
    Oversized,
    /// Of a schema, dictionary, codec or version that this consumer does not know; a newer one, or one with other definitions, might.
    Unknown,
}

/// What is done with a value that is refused.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Action {
    /// It is put with the dead letters, and reading goes on behind it once it is safe there. Without dead letters it is [`Action::Pause`].
    DeadLetter,
    /// Its partition is read no further until it is resumed, which looks at the value once more. Other partitions go on.
    Pause,
    /// Reading goes on behind it; it is told and counted.
    Skip,
    /// Reading ends, in front of it.
    Stop,
}

/// The action for each sort of refusal.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "a field for each class")]
pub struct OnRefusal {
    /// [`RefusalClass::Damaged`]; dead letters unless said.
    pub damaged: Action,
    /// [`RefusalClass::Foreign`]; dead letters unless said.
    pub foreign: Action,
    /// [`RefusalClass::Invalid`]; dead letters unless said.
    pub invalid: Action,
    /// [`RefusalClass::Oversized`]; dead letters unless said.
    pub oversized: Action,
    /// [`RefusalClass::Unknown`]; a pause unless said.
    pub unknown: Action,
}

impl OnRefusal {
    /// The same for every sort.
    #[must_use]
    pub const fn always(action: Action) -> Self {
        Self {
            damaged: action,
            foreign: action,
            invalid: action,
            oversized: action,
            unknown: action,
        }
    }

    /// The action for a sort.
    #[must_use]
    pub const fn action(&self, class: RefusalClass) -> Action {
        match class {
            RefusalClass::Damaged => self.damaged,
            RefusalClass::Foreign => self.foreign,
            RefusalClass::Invalid => self.invalid,
            RefusalClass::Oversized => self.oversized,
            RefusalClass::Unknown => self.unknown,
        }
    }
}

impl Default for OnRefusal {
    fn default() -> Self {
        Self { unknown: Action::Pause, ..Self::always(Action::DeadLetter) }
    }
}

impl Refused {
    /// What sort of refusal it is.
    #[must_use]
    pub const fn class(&self) -> RefusalClass {
        let Self::Frame(error) = self else { return RefusalClass::Invalid };
        match error.kind().fault() {
            Fault::Limit => return RefusalClass::Oversized,
            Fault::Reader => return RefusalClass::Unknown,
            _ => {}
        }
        match error.kind() {
            ErrorKind::BadMagic { .. } => RefusalClass::Foreign,
            ErrorKind::Truncated { .. }
            | ErrorKind::TrailingData
            | ErrorKind::HeaderCrc
            | ErrorKind::FrameCrc
            | ErrorKind::RawCrc => RefusalClass::Damaged,
            // A later version of the format, or an extension of one, may say what this reader does not know.
            ErrorKind::UnsupportedVersion | ErrorKind::UnknownCritical => RefusalClass::Unknown,
            _ => RefusalClass::Invalid,
        }
    }
}
