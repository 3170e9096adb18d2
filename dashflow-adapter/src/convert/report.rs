//! What a conversion did.

use core::fmt;
use std::collections::BTreeMap;

use super::legacy::{Converted, Framing, NotRead};

/// What a conversion could and could not read, in numbers that add up: `read` is the sum of `converted` and of all in `not_read`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// The messages that were looked at.
    pub read: u64,
    /// Those that were converted.
    pub converted: u64,
    /// Those that were not, by the name of the reason.
    pub not_read: BTreeMap<&'static str, u64>,
    /// Those that were converted, by how they were framed.
    pub framings: BTreeMap<Framing, u64>,
    /// What is different in how many of them.
    pub differences: BTreeMap<Difference, u64>,
}

/// Something in a message that is not as it was.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Difference {
    /// The header's schema version was 0, and is 1.
    SchemaVersionSet,
    /// The header's type was 0, and is that of the message.
    TypeSet,
}

impl Report {
    pub(super) fn add(&mut self, converted: &Converted) {
        self.read += 1;
        self.converted += 1;
        *self.framings.entry(converted.framing).or_default() += 1;
        for difference in &converted.differences {
            *self.differences.entry(*difference).or_default() += 1;
        }
    }

    pub(super) fn refuse(&mut self, why: &NotRead) {
        self.read += 1;
        *self.not_read.entry(why.name()).or_default() += 1;
    }
}

impl Difference {
    /// Its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SchemaVersionSet => "schema_version_set",
            Self::TypeSet => "type_set",
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SchemaVersionSet => "schema version 0 in the header was set to 1",
            Self::TypeSet => "type 0 in the header was set to that of the message",
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} messages converted", self.converted, self.read)?;
        for (difference, count) in &self.differences {
            write!(f, "\n{count}: {difference}")?;
        }
        for (name, count) in &self.not_read {
            write!(f, "\n{count} not read: {name}")?;
        }
        Ok(())
    }
}
