//! Lock files: every version of every schema, kept beside the source and reviewed with it (`spec/LOCK.md`).
//!
//! [`Lock::read`] takes a file back only when each entry is what [`Lock`] wrote: identifiers are computed again, and a version that was made
//! beside another one is told apart from one that was made after it. [`Lock::plan`] says what a schema would add, [`Lock::add`] adds it.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use strictframe_core::identity::{self, Encoding};

use crate::change::{self, Change, Reach};
use crate::descriptor::Descriptor;
use crate::error::SchemaError;
use crate::protobuf::ProtobufSchema;

mod error;
mod place;
mod pretty;
mod raw;
mod read;
mod write;

pub use self::error::{Entry, LockError, LockErrorKind};
pub use self::pretty::pretty_json;

/// The longest lock file that is read, in bytes.
pub const MAX_LEN: usize = 64 << 20;

/// What a lock file holds. Printed, it is the file.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Lock {
    lineages: BTreeMap<(String, Encoding), Vec<LockedVersion>>,
}

/// One version of a schema, as it was locked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LockedVersion {
    descriptor: Descriptor,
    oldest_writer: u16,
}

/// A schema as its author has it now.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_enums, reason = "a schema is of one of the three encodings")]
pub enum Schema<'a> {
    /// The text of a JSON Schema.
    Json(&'a [u8]),
    /// The bytes that stand for a type which only its users understand.
    Opaque(&'a [u8]),
    /// Types of which one is the message.
    Protobuf(&'a ProtobufSchema),
}

/// What locking a schema would do.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Plan {
    /// The newest version says the same.
    Unchanged {
        /// That version.
        version: u16,
    },
    /// It would be the first version of its lineage.
    First(LockedVersion),
    /// It would be one more version.
    Changed {
        /// That version.
        version: LockedVersion,
        /// The differences to each earlier version, oldest first.
        changes: Vec<(u16, Vec<Change>)>,
        /// The numbers of the newest version there is.
        before: Reach,
    },
}

impl Lock {
    /// A lock without a schema.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What locking `schema` under `name` would do. Nothing is added.
    ///
    /// # Errors
    ///
    /// That of [`Descriptor::json`], [`Descriptor::protobuf`] or [`Descriptor::opaque`]; `VersionZero` when version 65535 is locked already.
    pub fn plan(&self, name: &str, schema: Schema<'_>) -> Result<Plan, SchemaError> {
        let versions = self.versions(name, schema.encoding());
        let Some(newest) = versions.last() else {
            return Ok(Plan::First(LockedVersion::new(schema.descriptor(name, 1, 1)?, 1)));
        };
        let (version, before) = (newest.descriptor.version(), newest.reach());
        let same = schema.descriptor(name, version, before.min_reader)?;
        if same == newest.descriptor {
            return Ok(Plan::Unchanged { version });
        }
        let next = version.wrapping_add(1);
        let new = schema.descriptor(name, next, 1)?;
        let changes = versions.iter().map(|earlier| {
            Ok((earlier.descriptor.version(), change::changes(&earlier.descriptor, &new)?))
        });
        let changes = changes.collect::<Result<_, SchemaError>>()?;
        let history: Vec<_> =
            versions.iter().map(|earlier| (&earlier.descriptor, earlier.oldest_writer)).collect();
        // SPEC [CLS-1]: both numbers follow from the differences, and nobody chooses them.
        let reach = change::reach(&history, &new)?;
        let descriptor = schema.descriptor(name, next, reach.min_reader)?;
        let version = LockedVersion::new(descriptor, reach.oldest_writer);
        Ok(Plan::Changed { version, changes, before })
    }

    /// Adds what [`Lock::plan`] says, and says it.
    ///
    /// # Errors
    ///
    /// As [`Lock::plan`]; nothing is added then.
    pub fn add(&mut self, name: &str, schema: Schema<'_>) -> Result<Plan, SchemaError> {
        let plan = self.plan(name, schema)?;
        if let Plan::First(version) | Plan::Changed { version, .. } = &plan {
            let lineage = (String::from(name), schema.encoding());
            self.lineages.entry(lineage).or_default().push(version.clone());
        }
        Ok(plan)
    }

    /// The versions of a lineage, oldest first; none when it is not locked.
    #[must_use]
    pub fn versions(&self, name: &str, encoding: Encoding) -> &[LockedVersion] {
        self.lineages.get(&(String::from(name), encoding)).map_or(&[], Vec::as_slice)
    }

    /// The versions of each lineage, oldest first, by name and then by encoding.
    pub fn iter(&self) -> impl Iterator<Item = &[LockedVersion]> {
        self.lineages.values().map(Vec::as_slice)
    }
}

impl LockedVersion {
    const fn new(descriptor: Descriptor, oldest_writer: u16) -> Self {
        Self { descriptor, oldest_writer }
    }

    /// The schema, with its name and its numbers.
    #[must_use]
    pub const fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    /// The oldest writer version whose data a reader of this version decodes.
    #[must_use]
    pub const fn oldest_writer(&self) -> u16 {
        self.oldest_writer
    }

    /// Both numbers that follow from what changed.
    #[must_use]
    pub const fn reach(&self) -> Reach {
        Reach { min_reader: self.descriptor.min_reader(), oldest_writer: self.oldest_writer }
    }

    /// What vouches for the numbers that the fingerprint does not cover: the first four bytes of a fingerprint over them.
    fn seal(&self, previous: Option<[u8; 32]>) -> [u8; 4] {
        let mut covered = Vec::from(self.descriptor.fingerprint());
        covered.extend(previous.unwrap_or_default());
        let version = self.descriptor.version();
        identity::fingerprint(self.descriptor.lineage(), version, self.oldest_writer, &covered)
            .map(|found| identity::fork_check(&found))
            .unwrap_or_default()
    }
}

impl Schema<'_> {
    /// How records of it are encoded.
    #[must_use]
    pub const fn encoding(&self) -> Encoding {
        match self {
            Self::Json(_) => Encoding::JSON,
            Self::Opaque(_) => Encoding::OPAQUE,
            Self::Protobuf(_) => Encoding::PROTOBUF,
        }
    }

    /// The descriptor of it under that name and those numbers.
    ///
    /// # Errors
    ///
    /// That of [`Descriptor::json`], [`Descriptor::protobuf`] or [`Descriptor::opaque`].
    pub fn descriptor(
        &self,
        name: &str,
        version: u16,
        min_reader: u16,
    ) -> Result<Descriptor, SchemaError> {
        match self {
            Self::Json(text) => Descriptor::json(name, version, min_reader, text),
            Self::Opaque(bytes) => Descriptor::opaque(name, version, min_reader, bytes),
            Self::Protobuf(schema) => Descriptor::protobuf(name, version, min_reader, schema),
        }
    }
}

impl Plan {
    /// Whether a reader of an earlier version, or data of one, is left behind: one of the two numbers rises.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        match self {
            Self::Unchanged { .. } | Self::First(_) => false,
            Self::Changed { version, before, .. } => version.reach() != *before,
        }
    }
}
