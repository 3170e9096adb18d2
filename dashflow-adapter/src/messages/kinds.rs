//! Kinds of messages, and sets of them.

use core::fmt;

/// The kind of a message: the number of its arm in the envelope.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[allow(
    clippy::exhaustive_structs,
    reason = "every number is a kind; what is known of it is another question"
)]
pub struct MessageKind(pub u8);

impl MessageKind {
    /// `Event`.
    pub const EVENT: Self = Self(1);
    /// `StateDiff`.
    pub const STATE_DIFF: Self = Self(2);
    /// `TokenChunk`.
    pub const TOKEN_CHUNK: Self = Self(3);
    /// `ToolExecution`.
    pub const TOOL_EXECUTION: Self = Self(4);
    /// `Checkpoint`.
    pub const CHECKPOINT: Self = Self(5);
    /// `Metrics`.
    pub const METRICS: Self = Self(6);
    /// `Error`.
    pub const ERROR: Self = Self(7);
    /// `EventBatch`.
    pub const EVENT_BATCH: Self = Self(8);
    /// `ExecutionTrace`.
    pub const EXECUTION_TRACE: Self = Self(9);

    /// The kinds that have a name, in ascending order.
    pub const ALL: [Self; 9] = [
        Self::EVENT,
        Self::STATE_DIFF,
        Self::TOKEN_CHUNK,
        Self::TOOL_EXECUTION,
        Self::CHECKPOINT,
        Self::METRICS,
        Self::ERROR,
        Self::EVENT_BATCH,
        Self::EXECUTION_TRACE,
    ];

    /// The name of the field in the envelope; nothing for a number without one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::EVENT => "event",
            Self::STATE_DIFF => "state_diff",
            Self::TOKEN_CHUNK => "token_chunk",
            Self::TOOL_EXECUTION => "tool_execution",
            Self::CHECKPOINT => "checkpoint",
            Self::METRICS => "metrics",
            Self::ERROR => "error",
            Self::EVENT_BATCH => "event_batch",
            Self::EXECUTION_TRACE => "execution_trace",
            _ => return None,
        })
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == Some(name))
    }
}

impl fmt::Display for MessageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "kind {}", self.0),
        }
    }
}

/// The kinds inside a frame, as its extension `7F01` says: bit `n` stands for kind `n`, 0..63.
///
/// In the extension it takes as few bytes as it needs, least significant first: 1 to 8, of which the last is not zero.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct KindSet(u64);

impl KindSet {
    /// A set without a kind.
    pub const EMPTY: Self = Self(0);

    /// The set with this kind in it; a kind above 63 has no place in a set.
    #[must_use]
    pub const fn with(self, kind: MessageKind) -> Self {
        Self(self.0 | bit(kind))
    }

    /// Whether the kind is in it.
    #[must_use]
    pub const fn contains(self, kind: MessageKind) -> bool {
        self.0 & bit(kind) != 0
    }

    /// Whether the two have a kind in common.
    #[must_use]
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The kinds in ascending order.
    pub fn iter(self) -> impl Iterator<Item = MessageKind> {
        (0..64).map(MessageKind).filter(move |kind| self.contains(*kind))
    }

    /// The set that the value of an extension stands for; nothing when it is not the shortest form of one.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > 8 || bytes.last().is_none_or(|last| *last == 0) {
            return None;
        }
        let add = |set, byte: &u8| (set << 8) | u64::from(*byte);
        Some(Self(bytes.iter().rev().fold(0, add)))
    }

    /// The bytes of its shortest form, and how many of them count: none for the empty set.
    pub(crate) const fn to_bytes(self) -> ([u8; 8], usize) {
        let len = 8 - self.0.leading_zeros() as usize / 8;
        (self.0.to_le_bytes(), len)
    }
}

impl FromIterator<MessageKind> for KindSet {
    fn from_iter<I: IntoIterator<Item = MessageKind>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl fmt::Display for KindSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for kind in self.iter() {
            write!(f, "{separator}{kind}")?;
            separator = ", ";
        }
        Ok(())
    }
}

const fn bit(kind: MessageKind) -> u64 {
    if kind.0 < 64 { 1 << kind.0 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_read_from_its_shortest_form_alone() {
        for (kinds, bytes) in [
            (vec![MessageKind::EVENT], vec![0x02]),
            (vec![MessageKind::EVENT, MessageKind::EXECUTION_TRACE], vec![0x02, 0x02]),
            (vec![MessageKind(0), MessageKind(63)], vec![1, 0, 0, 0, 0, 0, 0, 0x80]),
        ] {
            let set: KindSet = kinds.iter().copied().collect();
            let (written, len) = set.to_bytes();
            assert_eq!(&written[..len], bytes);
            assert_eq!(KindSet::from_bytes(&bytes), Some(set));
            assert_eq!(set.iter().collect::<Vec<_>>(), kinds);
        }
        assert_eq!(KindSet::EMPTY.to_bytes().1, 0);
        for refused in [&[][..], &[0], &[2, 0], &[1; 9]] {
            assert_eq!(KindSet::from_bytes(refused), None, "{refused:?}");
        }
    }

    #[test]
    fn a_kind_without_a_bit_is_in_no_set() {
        let set = KindSet::EMPTY.with(MessageKind(64)).with(MessageKind(255));
        assert_eq!((set, set.contains(MessageKind(64))), (KindSet::EMPTY, false));
    }

    #[test]
    fn names_lead_to_their_kinds_and_back() {
        for kind in MessageKind::ALL {
            assert_eq!(kind.name().and_then(MessageKind::named), Some(kind));
        }
        assert_eq!(MessageKind::named("kind 10"), None);
        let set: KindSet = MessageKind::ALL[..2].iter().copied().chain([MessageKind(10)]).collect();
        assert_eq!(set.to_string(), "event, state_diff, kind 10");
    }
}
