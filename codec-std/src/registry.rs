//! What a decoder knows: versions of schemas, and dictionaries.

use core::fmt;
use std::collections::BTreeMap;
use std::sync::Arc;

use strictframe_core::control::Schema;
use strictframe_core::judgement::{KnownVersion, Lineage, LineageError, judge};
use strictframe_core::{ErrorKind, Outcome, SchemaKey, SchemaPolicy};
#[cfg(feature = "lock")]
use strictframe_schema::lock::{Lock, LockedVersion};
use strictframe_schema::{Descriptor, SchemaError, change};

use crate::dictionary::{Dictionary, DictionaryDirectory, DictionaryFileError, DictionaryId};
use crate::message;

/// The lineages and dictionaries a decoder was given.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    lineages: BTreeMap<u64, Known>,
    dictionaries: BTreeMap<[u8; 4], Dictionary>,
}

/// What is known of one lineage.
#[derive(Clone, Debug)]
struct Known {
    lineage: Lineage<Vec<KnownVersion>>,
    /// The descriptor of the reader's own version.
    own: Option<Arc<Descriptor>>,
    /// The newer versions among the known ones whose min_reader admits the reader, and whose descriptor does not.
    overstated: Vec<u16>,
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
        self,
        reader: u16,
        oldest_writer: u16,
        descriptors: impl IntoIterator<Item = &'a Descriptor>,
    ) -> Result<Self, RegistryError> {
        let descriptors: Vec<_> = descriptors.into_iter().collect();
        let lineage = descriptors.first().map(|descriptor| descriptor.lineage());
        if descriptors.iter().any(|descriptor| Some(descriptor.lineage()) != lineage) {
            return Err(RegistryError::LineageMixed);
        }
        let versions = descriptors.iter().copied().map(KnownVersion::from).collect();
        // SPEC [JDG-3]: none at all lacks the reader's own, and is refused whatever the lineage.
        let lineage = lineage.unwrap_or_default();
        let mut registry = self.with_lineage(lineage, reader, oldest_writer, versions)?;
        let own = descriptors.iter().find(|descriptor| descriptor.version() == reader);
        let known = registry.lineages.get_mut(&u64::from_le_bytes(lineage));
        if let (Some(known), Some(own)) = (known, own) {
            let newer = descriptors.iter().filter(|descriptor| descriptor.version() > reader);
            let overstated =
                newer.filter(|newer| newer.min_reader() <= reader && !is_read(own, newer));
            known.overstated = overstated.map(|descriptor| descriptor.version()).collect();
            known.own = Some(Arc::new((*own).clone()));
        }
        Ok(registry)
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
        if let Some(known) = registry.lineages.get_mut(&u64::from_le_bytes(key.lineage())) {
            known.own = Some(Arc::new(own));
        }
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
        let judged =
            Lineage::new(reader, oldest_writer, versions).map_err(RegistryError::Lineage)?;
        let known = Known { lineage: judged, own: None, overstated: Vec::new() };
        match self.lineages.insert(u64::from_le_bytes(lineage), known) {
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
        let known = self.known(key);
        let outcome = judge(known.map(|known| &known.lineage), key, policy)?;
        // SPEC [JDG-5]: of the versions it was built with the reader knows better.
        match known {
            Some(known)
                if outcome == Outcome::Forward && known.overstated.contains(&key.version()) =>
            {
                Err(ErrorKind::SchemaOverstated)
            }
            _ => Ok(outcome),
        }
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
        let key = carried.key();
        let outcome = self.judge(&key, policy)?;
        let own = self.known(&key).and_then(|known| known.own.as_deref());
        match own {
            // SPEC [JDG-5]: shown, or refused; a descriptor without a canonical form shows nothing.
            Some(own) if outcome == Outcome::Forward => match Descriptor::from_body(carried) {
                Ok(newer) if is_read(own, &newer) => Ok(outcome),
                _ => Err(ErrorKind::SchemaOverstated),
            },
            _ => Ok(outcome),
        }
    }

    fn known(&self, key: &SchemaKey) -> Option<&Known> {
        self.lineages.get(&u64::from_le_bytes(key.lineage()))
    }

    /// The name of the lineage of a key, where a descriptor or a type told it.
    pub(crate) fn name(&self, key: &SchemaKey) -> Option<&str> {
        self.known(key).and_then(|known| known.own.as_deref()).map(Descriptor::name)
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

fn is_read(own: &Descriptor, newer: &Descriptor) -> bool {
    change::reads(own, newer).unwrap_or(false)
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
            Self::LineageMixed => {
                f.write_str("versions of one lineage have not one name and encoding")
            }
            Self::LineageTwice => f.write_str("a lineage was given twice"),
        }
    }
}

impl core::error::Error for RegistryError {}

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
