//! What a decoder knows: versions of schemas, and dictionaries.

use core::fmt;
use std::collections::BTreeMap;

use strictframe_core::control::Schema;
use strictframe_core::judgement::{KnownVersion, LineageError};
use strictframe_core::{ErrorKind, Outcome, SchemaKey, SchemaPolicy};
#[cfg(feature = "lock")]
use strictframe_schema::lock::{Lock, LockedVersion};
use strictframe_schema::{Descriptor, Lineages, LineagesError, SchemaError};

use crate::dictionary::{Dictionary, DictionaryDirectory, DictionaryFileError, DictionaryId};
use crate::message;

/// The lineages and dictionaries a decoder was given.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    lineages: Lineages,
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
        let version = descriptor.version();
        self.with_versions(version, version, [descriptor])
    }

    /// Knows the versions of one schema: the reader's own version, the oldest writer's version it can decode, and every descriptor it was built with.
    ///
    /// Newer versions than the reader's may be among them: then a fork of these is seen as well (JDG-1), and a min_reader that claims too much (JDG-5).
    ///
    /// # Errors
    /// [`RegistryError::LineageMixed`] when they have not one name and encoding, and as [`Registry::with_lineage`].
    pub fn with_versions<'a>(
        mut self,
        reader: u16,
        oldest_writer: u16,
        descriptors: impl IntoIterator<Item = &'a Descriptor>,
    ) -> Result<Self, RegistryError> {
        let descriptors: Vec<_> = descriptors.into_iter().collect();
        self.lineages.add_versions(reader, oldest_writer, &descriptors)?;
        Ok(self)
    }

    /// Knows the schema of a type, with every version that the type was built with.
    ///
    /// [`Decoder::decode_message`](crate::Decoder::decode_message) does without; it is for decoding records as they are.
    ///
    /// # Errors
    /// As [`Registry::with_lineage`]: a type whose schema was not locked has no version. [`RegistryError::Descriptor`] when the type's constants are not what a lock has.
    pub fn with_message<T: message::Schema>(self) -> Result<Self, RegistryError> {
        let (schema, key) = (T::SCHEMA, T::SCHEMA.key());
        let versions = schema.versions().to_vec();
        let mut registry =
            self.with_lineage(key.lineage(), key.version(), schema.oldest_writer(), versions)?;
        let own = schema.descriptor().map_err(RegistryError::Descriptor)?;
        registry.lineages.set_own(own);
        Ok(registry)
    }

    /// Knows every version of every lineage of a lock file; the reader's own is the newest of each.
    ///
    /// # Errors
    /// [`RegistryError::LineageTwice`].
    #[cfg(feature = "lock")]
    #[cfg_attr(docsrs, doc(cfg(feature = "lock")))]
    pub fn with_lock(self, lock: &Lock) -> Result<Self, RegistryError> {
        lock.iter().try_fold(self, |registry, versions| {
            let Some(newest) = versions.last() else { return Ok(registry) };
            let reader = newest.descriptor().version();
            let descriptors = versions.iter().map(LockedVersion::descriptor);
            registry.with_versions(reader, newest.oldest_writer(), descriptors)
        })
    }

    /// Knows a lineage: the reader's own version, the oldest writer's version it can decode, and the versions it was built with.
    ///
    /// Without a descriptor of its own version, a reader that is allowed to read forward trusts what a newer writer says, in streams too.
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
        self.lineages.add(lineage, reader, oldest_writer, versions)?;
        Ok(self)
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

    /// Holds all dictionaries of a directory, with or without their reports.
    ///
    /// # Errors
    /// As [`DictionaryDirectory::list`], and [`DictionaryFileError::Clash`] with the file when another one with its id is held.
    pub fn with_directory(
        self,
        directory: &DictionaryDirectory,
    ) -> Result<Self, DictionaryFileError> {
        directory.list()?.into_iter().try_fold(self, |registry, stored| {
            let (path, id) = (stored.path, DictionaryId(stored.dictionary.id()));
            let held = registry.with_dictionary(stored.dictionary);
            held.map_err(|_| DictionaryFileError::Clash { path, id })
        })
    }

    /// The judgement of a frame's key.
    ///
    /// # Errors
    /// The seven refusals of SPEC section 4.
    pub fn judge(&self, key: &SchemaKey, policy: SchemaPolicy) -> Result<Outcome, ErrorKind> {
        self.lineages.judge(key, policy)
    }

    /// The judgement of frames whose schema came with them: as [`Registry::judge`], and a newer version is held to what its descriptor says.
    ///
    /// Costs a comparison of both descriptors when that would be Forward; the judgement holds for every frame with that key.
    ///
    /// # Errors
    /// The seven refusals of SPEC section 4.
    pub fn judge_carried(
        &self,
        carried: &Schema<'_>,
        policy: SchemaPolicy,
    ) -> Result<Outcome, ErrorKind> {
        self.lineages.judge_carried(carried, policy)
    }

    /// The name of the lineage of a key, where a descriptor or a type told it.
    pub(crate) fn name(&self, key: &SchemaKey) -> Option<&str> {
        self.lineages.own(key).map(Descriptor::name)
    }

    /// The dictionary with this id, if it is held.
    #[must_use]
    pub fn dictionary(&self, id: DictionaryId) -> Option<&Dictionary> {
        self.dictionaries.get(&id.0)
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
    /// The constants of a type have no descriptor.
    Descriptor(SchemaError),
    /// Two dictionaries have one id.
    DictionaryClash {
        /// The id.
        id: [u8; 4],
    },
    /// A lineage that cannot be judged by.
    Lineage(LineageError),
    /// Descriptors of several lineages were given as versions of one.
    LineageMixed,
    /// One lineage was given twice.
    LineageTwice,
}

impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Descriptor(error) => error.fmt(f),
            Self::DictionaryClash { id } => {
                write!(f, "two different dictionaries have the id {:08x}", u32::from_be_bytes(*id))
            }
            Self::Lineage(error) => error.fmt(f),
            Self::LineageMixed => LineagesError::LineageMixed.fmt(f),
            Self::LineageTwice => LineagesError::LineageTwice.fmt(f),
        }
    }
}

impl core::error::Error for RegistryError {}

impl From<LineagesError> for RegistryError {
    fn from(error: LineagesError) -> Self {
        match error {
            LineagesError::Lineage(error) => Self::Lineage(error),
            LineagesError::LineageMixed => Self::LineageMixed,
            _ => Self::LineageTwice,
        }
    }
}

#[cfg(all(test, feature = "lock"))]
mod tests {
    use strictframe_schema::lock::Schema;

    use super::*;

    #[test]
    fn a_lock_file_makes_a_reader_of_its_newest_versions() {
        // SPEC [JDG-1]: each lineage with all of its versions.
        let mut lock = Lock::new();
        for most in ["10", "20", "5"] {
            let text = format!("{{\"maximum\":{most}}}");
            lock.add("a", Schema::Json(text.as_bytes())).unwrap();
        }
        lock.add("b", Schema::Opaque(b"b")).unwrap();
        let registry = Registry::new().with_lock(&lock).unwrap();
        let judged = |name, version, min_reader, text: &[u8]| {
            let descriptor = Descriptor::json(name, version, min_reader, text).unwrap();
            registry.judge(&descriptor.key(), SchemaPolicy::default())
        };
        // From 20 to 5 old data is left behind, and no reader.
        assert_eq!(judged("a", 3, 2, b"{\"maximum\":5}"), Ok(Outcome::Exact));
        assert_eq!(judged("a", 2, 2, b"{\"maximum\":20}"), Err(ErrorKind::SchemaTooOld));
        assert_eq!(judged("a", 3, 2, b"{\"maximum\":6}"), Err(ErrorKind::SchemaFork));
        assert_eq!(judged("b", 1, 1, b"{}"), Err(ErrorKind::UnknownSchema));
        let opaque = Descriptor::opaque("b", 1, 1, b"b").unwrap();
        assert_eq!(registry.judge(&opaque.key(), SchemaPolicy::default()), Ok(Outcome::Exact));
        let twice = registry.with_lock(&lock).unwrap_err();
        assert_eq!(twice, RegistryError::LineageTwice);
    }
}
