//! What a type knows of its schema, as constants.

use core::fmt;

use strictframe_core::identity::Encoding;
use strictframe_core::judgement::{KnownVersion, Lineage, LineageError};
use strictframe_core::{ErrorKind, Outcome, SchemaKey, SchemaPolicy};
use strictframe_schema::{Descriptor, SchemaError};

/// A schema with all its versions, of which the last is the type's own.
///
/// It is what `strictframe.lock` has of one lineage. The parts are not found out to belong together here: a key that does not follow from
/// the name and the descriptor makes frames that nobody else understands, and [`KnownSchema::descriptor`] shows it.
pub struct KnownSchema {
    name: &'static str,
    encoding: Encoding,
    key: SchemaKey,
    lineage: Result<Lineage<&'static [KnownVersion]>, LineageError>,
    versions: &'static [KnownVersion],
    oldest_writer: u16,
    descriptor: &'static [u8],
}

impl KnownSchema {
    /// The schema of that name and encoding, whose lineage id follows from both.
    ///
    /// `versions` are in ascending order. `descriptor` is the canonical one of the last; `oldest_writer` the oldest version whose data it reads.
    /// Without a version, or with numbers that SPEC JDG-3 forbids, it is a schema of which nothing is written and nothing read.
    #[must_use]
    pub const fn new(
        name: &'static str,
        encoding: Encoding,
        lineage: [u8; 8],
        oldest_writer: u16,
        versions: &'static [KnownVersion],
        descriptor: &'static [u8],
    ) -> Self {
        let known = Lineage::constant(oldest_writer, versions);
        let key = match (&known, versions) {
            (Ok(_), [.., own]) => {
                SchemaKey::new(lineage, own.version, own.min_reader, own.fork_check)
            }
            _ => SchemaKey::ZERO,
        };
        Self { name, encoding, key, lineage: known, versions, oldest_writer, descriptor }
    }

    /// The fully-qualified name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// How payloads are encoded.
    #[must_use]
    pub const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The key that frames of the type bear; zero when the schema was not locked.
    #[must_use]
    pub const fn key(&self) -> SchemaKey {
        self.key
    }

    /// The oldest writer version whose data the type reads.
    #[must_use]
    pub const fn oldest_writer(&self) -> u16 {
        self.oldest_writer
    }

    /// Every version that was locked, in ascending order; the last is the type's own.
    #[must_use]
    pub const fn versions(&self) -> &'static [KnownVersion] {
        self.versions
    }

    /// The canonical descriptor, with the name and the numbers: what a stream file carries.
    ///
    /// # Errors
    /// When the constants are not what a lock has: that of [`Descriptor::from_canonical`].
    pub fn descriptor(&self) -> Result<Descriptor, SchemaError> {
        let (version, min_reader) = (self.key.version(), self.key.min_reader());
        Descriptor::from_canonical(self.encoding, self.name, version, min_reader, self.descriptor)
    }

    /// The judgement of a frame's key: one comparison when it is the type's own.
    ///
    /// # Errors
    /// The six refusals of SPEC section 4.
    #[inline]
    pub fn judge(&self, key: &SchemaKey, policy: SchemaPolicy) -> Result<Outcome, ErrorKind> {
        // SPEC [JDG-1]: the row of Exact at once: the fork check and min_reader of the own version are in the key.
        if self.is_own(key) { Ok(Outcome::Exact) } else { self.judge_other(key, policy) }
    }

    /// Whether it is the type's own key: one comparison of 16 bytes.
    #[inline]
    pub(super) const fn is_own(&self, key: &SchemaKey) -> bool {
        u128::from_ne_bytes(key.to_bytes()) == u128::from_ne_bytes(self.key.to_bytes())
    }

    #[inline(never)]
    fn judge_other(&self, key: &SchemaKey, policy: SchemaPolicy) -> Result<Outcome, ErrorKind> {
        match &self.lineage {
            Ok(lineage) if key.lineage() == self.key.lineage() => lineage.judge(key, policy),
            _ => Err(ErrorKind::UnknownSchema),
        }
    }
}

/// The name, and the key.
impl fmt::Debug for KnownSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KnownSchema({} {})", self.name, self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Registry;

    const fn known(version: u16, min_reader: u16) -> KnownVersion {
        KnownVersion { version, min_reader, fork_check: [1; 4] }
    }

    const VERSIONS: &[KnownVersion] = &[known(1, 1), known(2, 1), known(4, 2)];
    const SCHEMA: KnownSchema = KnownSchema::new("a.B", Encoding::OPAQUE, [5; 8], 2, VERSIONS, b"");

    #[test]
    fn a_constant_judges_as_a_registry_does() {
        // SPEC [JDG-1]: all rows, by both.
        let registry = Registry::new().with_lineage([5; 8], 4, 2, VERSIONS.to_vec()).unwrap();
        let mut outcomes = Vec::new();
        for (lineage, fork) in [([5; 8], [1; 4]), ([5; 8], [2; 4]), ([6; 8], [1; 4])] {
            for version in 1..=6 {
                for min_reader in 1..=version {
                    for policy in [SchemaPolicy::ExactOrBackward, SchemaPolicy::AllowForward] {
                        let key = SchemaKey::new(lineage, version, min_reader, fork);
                        let judged = SCHEMA.judge(&key, policy);
                        assert_eq!(judged, registry.judge(&key, policy), "{key}");
                        outcomes.push(judged);
                    }
                }
            }
        }
        outcomes.dedup();
        outcomes.sort_by_key(|outcome| format!("{outcome:?}"));
        outcomes.dedup();
        // Three outcomes and six refusals.
        assert_eq!(outcomes.len(), 9, "{outcomes:?}");
    }
}
