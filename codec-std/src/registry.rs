//! What a decoder knows: versions of schemas, and dictionaries.

use core::fmt;
use std::collections::BTreeMap;

use strictframe_core::judgement::{KnownVersion, Lineage, LineageError, judge};
use strictframe_core::{ErrorKind, Outcome, SchemaKey, SchemaPolicy};
use strictframe_schema::Descriptor;

use crate::dictionary::Dictionary;

/// The lineages and dictionaries a decoder was given.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    lineages: BTreeMap<[u8; 8], Lineage<Vec<KnownVersion>>>,
    dictionaries: BTreeMap<[u8; 4], Dictionary>,
}

impl Registry {
    /// A registry that knows nothing, and so refuses every schema.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Knows one version of one schema, and no other of its lineage.
    ///
    /// # Errors
    /// [`RegistryError::LineageTwice`].
    pub fn with_schema(self, descriptor: &Descriptor) -> Result<Self, RegistryError> {
        let key = descriptor.key();
        let version = KnownVersion {
            version: key.version(),
            min_reader: key.min_reader(),
            fork_check: key.fork_check(),
        };
        self.with_lineage(key.lineage(), key.version(), key.version(), vec![version])
    }

    /// Knows a lineage: the reader's own version, the oldest writer's version it can decode, and the versions it was built with.
    ///
    /// # Errors
    /// [`RegistryError::LineageTwice`], or [`RegistryError::Lineage`] with what SPEC JDG-3 forbids.
    pub fn with_lineage(
        mut self,
        lineage: [u8; 8],
        reader: u16,
        oldest_writer: u16,
        versions: Vec<KnownVersion>,
    ) -> Result<Self, RegistryError> {
        let known =
            Lineage::new(reader, oldest_writer, versions).map_err(RegistryError::Lineage)?;
        match self.lineages.insert(lineage, known) {
            None => Ok(self),
            Some(_) => Err(RegistryError::LineageTwice),
        }
    }

    /// Holds a dictionary.
    ///
    /// # Errors
    /// [`RegistryError::DictionaryClash`] when another one with its id is held.
    pub fn with_dictionary(mut self, dictionary: Dictionary) -> Result<Self, RegistryError> {
        // SPEC [DIC-2]: two under one id are one too many.
        let id = dictionary.id();
        match self.dictionaries.insert(id, dictionary.clone()) {
            Some(held) if held != dictionary => Err(RegistryError::DictionaryClash { id }),
            _ => Ok(self),
        }
    }

    /// The judgement of a frame's key.
    ///
    /// # Errors
    /// The six refusals of SPEC section 4.
    pub fn judge(&self, key: &SchemaKey, policy: SchemaPolicy) -> Result<Outcome, ErrorKind> {
        judge(self.lineages.get(&key.lineage()), key, policy)
    }

    /// The dictionaries, in ascending order of id.
    pub fn dictionaries(&self) -> impl Iterator<Item = &Dictionary> {
        self.dictionaries.values()
    }
}

/// Why a registry was not built.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RegistryError {
    /// Two dictionaries have one id.
    DictionaryClash {
        /// The id.
        id: [u8; 4],
    },
    /// A lineage that cannot be judged by.
    Lineage(LineageError),
    /// One lineage was given twice.
    LineageTwice,
}

impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DictionaryClash { id } => {
                write!(f, "two different dictionaries have the id {:08x}", u32::from_be_bytes(*id))
            }
            Self::Lineage(error) => error.fmt(f),
            Self::LineageTwice => f.write_str("a lineage was given twice"),
        }
    }
}

impl core::error::Error for RegistryError {}
