//! Damage of every form, each a range of bytes replaced by others.

use std::vec::Vec;

use proptest::prelude::*;
use proptest::sample::Index;

use super::stream::{Stream, noise};

/// What is done to a stream.
#[derive(Clone, Debug)]
pub(crate) enum Damage {
    Delete { at: Index, len: usize },
    Flip { at: Index, bit: u8 },
    Insert { at: Index, len: usize, fill: Fill },
    Overwrite { at: Index, len: usize, fill: Fill },
    Truncate { at: Index },
}

/// What stands in the damaged place afterwards.
#[derive(Clone, Debug)]
pub(crate) enum Fill {
    /// Another part of the same stream.
    Copy(Index),
    Noise(u64),
    Zeros,
}

/// A range of the original and what replaces it.
#[derive(Clone, Debug)]
pub(crate) struct Splice {
    pub(crate) at: usize,
    pub(crate) removed: usize,
    pub(crate) put: Vec<u8>,
}

impl Damage {
    /// The damage as a splice of that stream. `marks` are starts of frames that are no frames of the stream.
    ///
    /// Bytes that a frame's place gets from another frame's same place are not damage: they make the other frame stand there, whole, and nothing in a frame says where it belongs. Such a
    /// splice is moved by a byte; whole frames that are deleted, repeated or put in have tests of their own.
    pub(crate) fn on(&self, stream: &Stream, marks: &[usize]) -> Splice {
        let total = stream.bytes.len();
        let starts: Vec<_> = stream.frames.iter().map(|frame| frame.start).collect();
        let source = |from: &Index, at: usize, len: usize| {
            let len = len.min(total - 1);
            let mut from = from.index(total - len);
            if phase(&starts, from) == phase(&starts, at)
                || phase(marks, from) == phase(&starts, at)
            {
                from += 1;
            }
            stream.bytes[from..from + len].to_vec()
        };
        let fill = |fill: &Fill, at: usize, len: usize| match fill {
            Fill::Copy(from) => source(from, at, len),
            Fill::Noise(seed) => noise(*seed, len),
            Fill::Zeros => core::iter::repeat_n(0, len).collect(),
        };
        match self {
            Self::Delete { at, len } => {
                let at = at.index(total);
                let mut removed = *len.min(&(total - at));
                if phase(marks, at + removed) == phase(&starts, at) {
                    removed -= 1;
                }
                Splice { at, removed, put: Vec::new() }
            }
            Self::Flip { at, bit } => {
                let at = at.index(total);
                Splice { at, removed: 1, put: Vec::from([stream.bytes[at] ^ (1 << bit)]) }
            }
            Self::Insert { at, len, fill: with } => {
                let at = at.index(total + 1);
                Splice { at, removed: 0, put: fill(with, at, *len) }
            }
            Self::Overwrite { at, len, fill: with } => {
                let at = at.index(total);
                let put = fill(with, at, *len.min(&(total - at)));
                Splice { at, removed: put.len(), put }
            }
            Self::Truncate { at } => {
                let at = at.index(total);
                Splice { at, removed: total - at, put: Vec::new() }
            }
        }
    }
}

impl Damage {
    /// Whether parts of the stream stand in two places afterwards.
    pub(crate) const fn is_copy(&self) -> bool {
        matches!(
            self,
            Self::Insert { fill: Fill::Copy(_), .. } | Self::Overwrite { fill: Fill::Copy(_), .. }
        )
    }
}

impl Splice {
    /// The bytes concerned.
    pub(crate) fn size(&self) -> usize {
        self.removed.max(self.put.len())
    }
}

/// The stream's bytes after all of it. What overlaps is done from the back.
pub(crate) fn apply(stream: &Stream, splices: &[Splice]) -> Vec<u8> {
    let mut splices: Vec<_> = splices.iter().collect();
    splices.sort_by_key(|splice| core::cmp::Reverse(splice.at));
    let mut bytes = stream.bytes.clone();
    for splice in splices {
        let at = splice.at.min(bytes.len());
        let end = (splice.at + splice.removed).min(bytes.len());
        bytes.splice(at..end, splice.put.iter().copied());
    }
    bytes
}

/// Damage that leaves everything where it was.
pub(crate) fn in_place(
    longest: usize,
    fill: impl Strategy<Value = Fill>,
) -> impl Strategy<Value = Damage> {
    prop_oneof![
        1 => (any::<Index>(), 0..8_u8).prop_map(|(at, bit)| Damage::Flip { at, bit }),
        2 => (any::<Index>(), length(longest), fill)
            .prop_map(|(at, len, fill)| Damage::Overwrite { at, len, fill }),
    ]
}

/// Damage that moves what stands behind it.
pub(crate) fn moving(
    longest: usize,
    fill: impl Strategy<Value = Fill>,
) -> impl Strategy<Value = Damage> {
    prop_oneof![
        (any::<Index>(), length(longest)).prop_map(|(at, len)| Damage::Delete { at, len }),
        (any::<Index>(), length(longest), fill).prop_map(|(at, len, fill)| Damage::Insert {
            at,
            len,
            fill
        }),
    ]
}

/// A cut.
pub(crate) fn cut() -> impl Strategy<Value = Damage> {
    any::<Index>().prop_map(|at| Damage::Truncate { at })
}

fn length(longest: usize) -> impl Strategy<Value = usize> {
    prop_oneof![1..4_usize, 1..200_usize, 1..longest]
}

/// Bytes that are no part of the stream.
pub(crate) fn foreign() -> impl Strategy<Value = Fill> {
    prop_oneof![any::<u64>().prop_map(Fill::Noise), Just(Fill::Zeros)]
}

/// The same, or a copy of another part of the stream.
pub(crate) fn anything() -> impl Strategy<Value = Fill> {
    prop_oneof![1 => any::<Index>().prop_map(Fill::Copy), 2 => foreign()]
}

/// How far a position is behind the last start.
fn phase(starts: &[usize], position: usize) -> Option<usize> {
    starts.iter().rfind(|start| **start <= position).map(|start| position - start)
}
