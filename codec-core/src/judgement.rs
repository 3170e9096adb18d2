//! May this reader decode that frame? A pure function of what both know (SPEC section 4).

use core::cmp::Ordering;
use core::fmt;

use crate::error::ErrorKind;
use crate::schema_key::SchemaKey;

/// How a frame's schema version relates to the reader's.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum Outcome {
    /// The same version.
    Exact,
    /// An older version that the reader can still decode.
    Backward,
    /// A newer version whose writer says that this reader may decode it.
    Forward,
}

/// Whether a newer writer's word is trusted.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SchemaPolicy {
    /// Newer versions are refused.
    // SPEC [JDG-2]: Forward is off unless it was asked for.
    #[default]
    ExactOrBackward,
    /// Newer versions whose min_reader admits this reader are taken.
    AllowForward,
}

/// A version of a schema that the reader was built with.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[allow(clippy::exhaustive_structs, reason = "the three numbers are the whole of it")]
pub struct KnownVersion {
    /// The version.
    pub version: u16,
    /// Its min_reader.
    pub min_reader: u16,
    /// Its fork check.
    pub fork_check: [u8; 4],
}

/// What a reader knows of one lineage; `V` holds the versions, borrowed or owned.
#[derive(Clone, Copy, Debug)]
pub struct Lineage<V> {
    reader: u16,
    oldest_writer: u16,
    versions: V,
}

impl<V: AsRef<[KnownVersion]>> Lineage<V> {
    /// What a reader of version `reader` knows, if JDG-3 allows it.
    ///
    /// # Errors
    /// [`LineageError`] names what is wrong: no entry for `reader`, `oldest_writer` 0 or above it, a version twice, a min_reader out of range.
    pub fn new(reader: u16, oldest_writer: u16, versions: V) -> Result<Self, LineageError> {
        let known_versions = versions.as_ref();
        // SPEC [JDG-3]: a registry that could not judge its own version is not built.
        if !known_versions.iter().any(|known| known.version == reader) {
            return Err(LineageError::OwnVersionMissing);
        }
        if oldest_writer == 0 || oldest_writer > reader {
            return Err(LineageError::OldestWriter);
        }
        for (index, known) in known_versions.iter().enumerate() {
            if known.min_reader == 0 || known.min_reader > known.version {
                return Err(LineageError::MinReader);
            }
            if known_versions.iter().take(index).any(|other| other.version == known.version) {
                return Err(LineageError::VersionTwice);
            }
        }
        Ok(Self { reader, oldest_writer, versions })
    }

    /// The judgement of a frame of this lineage.
    ///
    /// # Errors
    /// The five refusals of a known lineage; see [`judge`].
    #[inline]
    pub fn judge(&self, key: &SchemaKey, policy: SchemaPolicy) -> Result<Outcome, ErrorKind> {
        let (r, w) = (self.reader, key.version());
        let known = self.versions.as_ref().iter().find(|known| known.version == w);
        // SPEC [JDG-1]: the rows of the table, in its order.
        match (w.cmp(&r), known) {
            (_, Some(known))
                if known.fork_check != key.fork_check() || known.min_reader != key.min_reader() =>
            {
                Err(ErrorKind::SchemaFork)
            }
            (Ordering::Equal, _) => Ok(Outcome::Exact),
            (Ordering::Less, _) if w < self.oldest_writer => Err(ErrorKind::SchemaTooOld),
            (Ordering::Less, None) => Err(ErrorKind::SchemaVersionUnknown),
            (Ordering::Less, Some(_)) => Ok(Outcome::Backward),
            (Ordering::Greater, _) if key.min_reader() > r => Err(ErrorKind::SchemaTooNew),
            // SPEC [JDG-2]: only on request.
            (Ordering::Greater, _) => match policy {
                SchemaPolicy::AllowForward => Ok(Outcome::Forward),
                SchemaPolicy::ExactOrBackward => Err(ErrorKind::SchemaForward),
            },
        }
    }
}

impl Lineage<&'static [KnownVersion]> {
    /// The same of constants: versions in ascending order, of which the last is the reader's own.
    ///
    /// # Errors
    /// As [`Lineage::new`]; versions out of order count as `VersionTwice`.
    pub const fn constant(
        oldest_writer: u16,
        versions: &'static [KnownVersion],
    ) -> Result<Self, LineageError> {
        // SPEC [JDG-3]: the same rules, in a form that can be followed while the program is compiled.
        let [.., own] = versions else { return Err(LineageError::OwnVersionMissing) };
        if oldest_writer == 0 || oldest_writer > own.version {
            return Err(LineageError::OldestWriter);
        }
        let (mut rest, mut before) = (versions, 0);
        while let [known, behind @ ..] = rest {
            if known.min_reader == 0 || known.min_reader > known.version {
                return Err(LineageError::MinReader);
            }
            if known.version <= before {
                return Err(LineageError::VersionTwice);
            }
            (rest, before) = (behind, known.version);
        }
        Ok(Self { reader: own.version, oldest_writer, versions })
    }
}

/// The judgement of a frame, given what the reader knows of its lineage, if anything.
///
/// # Errors
/// `UnknownSchema`, `SchemaFork`, `SchemaTooOld`, `SchemaVersionUnknown`, `SchemaForward`, `SchemaTooNew`, by the table of SPEC section 4.
#[inline]
pub fn judge<V: AsRef<[KnownVersion]>>(
    lineage: Option<&Lineage<V>>,
    key: &SchemaKey,
    policy: SchemaPolicy,
) -> Result<Outcome, ErrorKind> {
    lineage.ok_or(ErrorKind::UnknownSchema)?.judge(key, policy)
}

/// Why a lineage cannot be registered (JDG-3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum LineageError {
    /// A min_reader is 0 or above its version.
    MinReader,
    /// oldest_writer is 0 or above the reader's version.
    OldestWriter,
    /// The reader's own version is not among the known ones.
    OwnVersionMissing,
    /// One version stands twice.
    VersionTwice,
}

impl fmt::Display for LineageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MinReader => "a known version has min_reader 0 or above itself",
            Self::OldestWriter => "oldest_writer is 0 or above the reader's version",
            Self::OwnVersionMissing => "the reader's own version is not among the known ones",
            Self::VersionTwice => "a version stands twice among the known ones",
        })
    }
}

impl core::error::Error for LineageError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(version: u16, min_reader: u16, fork: u8) -> KnownVersion {
        KnownVersion { version, min_reader, fork_check: [fork; 4] }
    }

    #[test]
    fn a_lineage_that_cannot_judge_itself_is_not_built() {
        // SPEC [JDG-3]: each of the four faults.
        let own = [known(3, 1, 0)];
        let of = |r, o, v: &[KnownVersion]| Lineage::new(r, o, v).map(|_| ()).unwrap_err();
        assert_eq!(of(2, 1, &own), LineageError::OwnVersionMissing);
        assert_eq!(of(3, 0, &own), LineageError::OldestWriter);
        assert_eq!(of(3, 4, &own), LineageError::OldestWriter);
        assert_eq!(of(3, 1, &[own[0], own[0]]), LineageError::VersionTwice);
        assert_eq!(of(3, 1, &[known(3, 4, 0)]), LineageError::MinReader);
    }

    #[test]
    fn a_constant_lineage_is_held_to_the_same_rules() {
        // SPEC [JDG-3]: each of the four faults, and the lineage that has none.
        const GOOD: &[KnownVersion] = &[
            KnownVersion { version: 1, min_reader: 1, fork_check: [0; 4] },
            KnownVersion { version: 3, min_reader: 2, fork_check: [1; 4] },
        ];
        const SAME: &[KnownVersion] = &[GOOD[0], GOOD[0]];
        const WIDE: &[KnownVersion] =
            &[KnownVersion { version: 1, min_reader: 2, fork_check: [0; 4] }];
        let of = |o, v| Lineage::constant(o, v).map(|_| ());
        assert_eq!(of(1, &[]), Err(LineageError::OwnVersionMissing));
        assert_eq!(of(0, GOOD), Err(LineageError::OldestWriter));
        assert_eq!(of(4, GOOD), Err(LineageError::OldestWriter));
        assert_eq!(of(1, SAME), Err(LineageError::VersionTwice));
        assert_eq!(of(1, WIDE), Err(LineageError::MinReader));
        const LINEAGE: Result<Lineage<&[KnownVersion]>, LineageError> = Lineage::constant(2, GOOD);
        let (constant, built) = (LINEAGE.unwrap(), Lineage::new(3, 2, GOOD).unwrap());
        for version in 1..=4 {
            let key = SchemaKey::new([1; 8], version, 1, [0; 4]);
            let policy = SchemaPolicy::AllowForward;
            assert_eq!(constant.judge(&key, policy), built.judge(&key, policy));
        }
    }

    #[test]
    fn forward_is_refused_until_it_is_allowed() {
        // SPEC [JDG-1, JDG-2]: rows 7, 8 and 9.
        let lineage = Lineage::new(3, 1, [known(3, 1, 0)]).unwrap();
        let key = |w, m| SchemaKey::new([1; 8], w, m, [0; 4]);
        let default = SchemaPolicy::default();
        assert_eq!(lineage.judge(&key(5, 3), default), Err(ErrorKind::SchemaForward));
        assert_eq!(lineage.judge(&key(5, 3), SchemaPolicy::AllowForward), Ok(Outcome::Forward));
        assert_eq!(
            lineage.judge(&key(5, 4), SchemaPolicy::AllowForward),
            Err(ErrorKind::SchemaTooNew)
        );
        assert_eq!(
            judge::<&[KnownVersion]>(None, &key(3, 1), default),
            Err(ErrorKind::UnknownSchema)
        );
    }
}
