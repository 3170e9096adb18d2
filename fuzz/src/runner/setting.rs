//! What an input is judged with.

use strictframe_core::stream::Profile;
use strictframe_core::{Codec, ErrorKind, Limits, Outcome, SchemaKey};
use strictframe_schema::Descriptor;

use crate::codecs::Codecs;
use crate::vector::{LimitsGiven, RegistryGiven, Vector, join};

/// Limits, codecs, dictionaries, schemas and profile of a reader.
#[derive(Clone, Debug, Default)]
#[allow(clippy::exhaustive_structs, reason = "the members of a vector file")]
pub struct Setting {
    /// The limits.
    pub limits: Limits,
    /// The codecs and dictionaries.
    pub codecs: Codecs,
    /// The schemas, or no judgement.
    pub registry: Option<RegistryGiven>,
    /// Whether a stream must declare its schemas.
    pub profile: Profile,
}

impl Setting {
    /// What a vector gives, and the defaults where it gives nothing.
    #[must_use]
    pub fn of(vector: &Vector) -> Self {
        Self {
            limits: limits(vector.limits.unwrap_or_default()),
            codecs: codecs(vector),
            registry: vector.registry.clone(),
            profile: match vector.self_contained {
                Some(false) => Profile::Bare,
                _ => Profile::SelfContained,
            },
        }
    }

    /// The defaults, with streams that need not declare their schemas.
    #[must_use]
    pub fn bare() -> Self {
        Self { profile: Profile::Bare, ..Self::default() }
    }

    /// The judgement of a key, or none without a registry.
    ///
    /// # Errors
    /// The refusals of SPEC section 4.
    pub fn judge(&self, key: &SchemaKey) -> Result<Option<Outcome>, ErrorKind> {
        match &self.registry {
            Some(registry) => super::judged(registry, key).map(Some),
            None => Ok(None),
        }
    }

    /// The descriptor of the reader's own version of a key's lineage, where it has one.
    #[must_use]
    pub fn own(&self, key: &SchemaKey) -> Option<Descriptor> {
        let lineages = &self.registry.as_ref()?.lineages;
        let known = lineages.iter().find(|known| known.lineage == key.lineage())?;
        let version =
            known.versions.iter().find(|known_version| known_version.version == known.reader)?;
        super::change::own(known.own.as_ref()?, version.version, version.min_reader).ok()
    }
}

fn limits(given: LimitsGiven) -> Limits {
    let mut limits = Limits::default();
    if let Some(body) = given.body {
        limits = limits.with_body(body);
    }
    if let Some(raw) = given.raw {
        limits = limits.with_raw(raw);
    }
    if let Some(schemas) = given.schemas {
        limits = limits.with_schemas(schemas);
    }
    if let Some(dictionaries) = given.dictionaries {
        limits = limits.with_dictionaries(dictionaries);
    }
    limits
}

fn codecs(vector: &Vector) -> Codecs {
    let number = |name: &String| if name == "lz4" { Codec::LZ4 } else { Codec::ZSTD };
    let mut codecs = match &vector.codecs {
        None => Codecs::new(),
        Some(names) => Codecs::of(&names.iter().map(number).collect::<Vec<_>>()),
    };
    vector.dictionaries.iter().for_each(|parts| codecs.hold(join(parts)));
    codecs
}
