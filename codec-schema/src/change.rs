//! What a change of a schema does to the readers and the data there already are (SPEC Annex B).
//!
//! [`changes`] compares two descriptors of one lineage and lists each difference with a verdict for both directions: whether a reader of the old schema
//! decodes what is written with the new one, and the other way round. A verdict is `Safe` only when every value that a writer may write is taken by the
//! reader and means the same to it, as far as the reader knows it. What cannot be decided is `Unknown`, and counts as breaking.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

#[cfg(feature = "json")]
use strictframe_core::identity::Encoding;

use crate::descriptor::Descriptor;
use crate::error::SchemaError;

#[cfg(feature = "json")]
mod json;
#[cfg(feature = "json")]
mod keyword;
mod kind;
#[cfg(feature = "json")]
mod pointer;
#[cfg(feature = "protobuf")]
mod protobuf;
#[cfg(feature = "protobuf")]
mod types;
#[cfg(feature = "json")]
mod work;

pub use self::kind::{ChangeKind, Row};

/// Whether data may cross a change.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[allow(clippy::exhaustive_enums, reason = "a verdict is one of three")]
pub enum Verdict {
    /// Everything that may be written is read, and means the same.
    Safe,
    /// It could not be decided; to be treated as breaking.
    Unknown,
    /// Something that may be written is refused, or read as something else.
    Breaking,
}

impl Verdict {
    /// The word of Annex B.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unknown => "unknown",
            Self::Breaking => "breaking",
        }
    }
}

/// The verdicts of one change in one form of the data.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "there are two directions")]
pub struct Directions {
    /// A reader of the old schema on new data.
    pub old_reads_new: Verdict,
    /// A reader of the new schema on old data.
    pub new_reads_old: Verdict,
}

/// One difference between two schemas.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// Where it is: a type, or a type and a field or value, such as `acme.Event.tags`.
    pub path: String,
    /// What it is.
    pub kind: ChangeKind,
    /// What stood there before, as the descriptor has it; empty when nothing did.
    pub before: String,
    /// What stands there now; empty when nothing does.
    pub after: String,
}

impl Change {
    /// The verdicts for data on the wire.
    #[must_use]
    pub const fn wire(&self) -> Directions {
        self.kind.row().wire
    }

    /// The verdicts for the same data as JSON, by names.
    #[must_use]
    pub const fn json(&self) -> Directions {
        self.kind.row().json
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.kind.row().name)?;
        match (self.before.as_str(), self.after.as_str()) {
            ("", "") => Ok(()),
            ("", after) => write!(f, ": {after}"),
            (before, "") => write!(f, ": {before}"),
            (before, after) => write!(f, ": {before} -> {after}"),
        }
    }
}

impl Directions {
    /// Safe both ways.
    pub const SAFE: Self = Self::both(Verdict::Safe);
    /// Breaking both ways.
    pub const BREAKING: Self = Self::both(Verdict::Breaking);

    /// The same verdict both ways.
    #[must_use]
    pub const fn both(verdict: Verdict) -> Self {
        Self { old_reads_new: verdict, new_reads_old: verdict }
    }

    /// The worse of two verdicts, each way.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        Self {
            old_reads_new: self.old_reads_new.max(other.old_reads_new),
            new_reads_old: self.new_reads_old.max(other.new_reads_old),
        }
    }
}

/// The differences between two descriptors of one name and encoding, in the order of their paths; none when they say the same.
///
/// # Errors
///
/// The error of reading a canonical descriptor back, which one of this crate's making does not have.
pub fn changes(old: &Descriptor, new: &Descriptor) -> Result<Vec<Change>, SchemaError> {
    let mut found = match (old.encoding(), new.encoding()) {
        #[cfg(feature = "json")]
        (Encoding::JSON, Encoding::JSON) => json::changes(old.canonical(), new.canonical())?,
        #[cfg(feature = "protobuf")]
        (Encoding::PROTOBUF, Encoding::PROTOBUF) => {
            protobuf::changes(old.name(), old.canonical(), new.name(), new.canonical())?
        }
        (before, after) if before == after && old.canonical() == new.canonical() => Vec::new(),
        _ => Vec::from([Change {
            path: String::from(old.name()),
            kind: ChangeKind::DescriptorChanged,
            before: String::new(),
            after: String::new(),
        }]),
    };
    found.sort_by(|a, b| (&a.path, a.kind).cmp(&(&b.path, b.kind)));
    Ok(found)
}

/// Whether a reader of `reader` takes everything that is written with `writer`, a later version of it, and nothing of it means something else to it.
///
/// # Errors
///
/// As [`changes`].
// SPEC [CLS-1]: what is unknown counts as breaking.
pub fn reads(reader: &Descriptor, writer: &Descriptor) -> Result<bool, SchemaError> {
    Ok(worst(&changes(reader, writer)?).old_reads_new == Verdict::Safe)
}

/// The numbers of a version that follow from what it changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "SPEC CLS-1 has these two")]
pub struct Reach {
    /// The oldest reader version that decodes the version's data.
    pub min_reader: u16,
    /// The oldest writer version whose data a reader of the version decodes.
    pub oldest_writer: u16,
}

/// The numbers of the version `new`, which comes after all of `history`: for data on the wire when it is protobuf, for JSON when it is that.
///
/// `history` has each earlier version with its oldest_writer, in ascending order of version. The min_reader that `new` bears is not looked at.
///
/// # Errors
///
/// As [`changes`].
pub fn reach(history: &[(&Descriptor, u16)], new: &Descriptor) -> Result<Reach, SchemaError> {
    // SPEC [CLS-1]: neither number ever falls.
    let mut reach = Reach { min_reader: 1, oldest_writer: 1 };
    for (earlier, oldest_writer) in history {
        reach.min_reader = reach.min_reader.max(earlier.min_reader());
        reach.oldest_writer = reach.oldest_writer.max(*oldest_writer);
    }
    for (earlier, _) in history {
        let next = earlier.version().saturating_add(1);
        let worst = worst(&changes(earlier, new)?);
        if worst.old_reads_new != Verdict::Safe {
            reach.min_reader = reach.min_reader.max(next);
        }
        if worst.new_reads_old != Verdict::Safe {
            reach.oldest_writer = reach.oldest_writer.max(next);
        }
    }
    Ok(reach)
}

/// The worst verdicts of all changes, for data in the encoding that the descriptors describe.
#[must_use]
pub fn worst(changes: &[Change]) -> Directions {
    changes.iter().map(Change::wire).fold(Directions::SAFE, Directions::worst)
}
