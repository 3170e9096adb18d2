//! What a reader knows of schemas, and its judgement of frames by that (SPEC section 4).
//!
//! Without the feature `change` nobody can show that a newer schema reads as its writer says: where a reader has its own descriptor, all such are refused.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use strictframe_core::control::Schema;
use strictframe_core::judgement::{KnownVersion, Lineage, LineageError, judge};
use strictframe_core::map::Map;
use strictframe_core::{ErrorKind, Outcome, SchemaKey, SchemaPolicy};

use crate::Descriptor;

/// The lineages a reader was given.
#[derive(Clone, Debug, Default)]
pub struct Lineages {
    known: Map<u64, Known>,
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

impl Lineages {
    /// Nothing, so that every schema is refused.
    #[must_use]
    pub const fn new() -> Self {
        Self { known: Map::new() }
    }

    /// Knows a lineage: the reader's own version, the oldest writer's version it can decode, and the versions it was built with.
    ///
    /// Without a descriptor of its own version, a reader that is allowed to read forward trusts what a newer writer says, in streams too.
    ///
    /// # Errors
    /// [`LineagesError::LineageTwice`], or [`LineagesError::Lineage`] with what SPEC JDG-3 forbids.
    pub fn add(
        &mut self,
        lineage: [u8; 8],
        reader: u16,
        oldest_writer: u16,
        versions: Vec<KnownVersion>,
    ) -> Result<(), LineagesError> {
        let judged =
            Lineage::new(reader, oldest_writer, versions).map_err(LineagesError::Lineage)?;
        let known = Known { lineage: judged, own: None, overstated: Vec::new() };
        match self.known.insert(u64::from_le_bytes(lineage), known) {
            None => Ok(()),
            Some(_) => Err(LineagesError::LineageTwice),
        }
    }

    /// The same by descriptors. Newer versions than the reader's may be among them: then a fork of these is seen as well (JDG-1), and a min_reader that claims too much (JDG-5).
    ///
    /// # Errors
    /// [`LineagesError::LineageMixed`] when they have not one name and encoding, and as [`Lineages::add`].
    pub fn add_versions(
        &mut self,
        reader: u16,
        oldest_writer: u16,
        descriptors: &[&Descriptor],
    ) -> Result<(), LineagesError> {
        let lineage = descriptors.first().map(|descriptor| descriptor.lineage());
        if descriptors.iter().any(|descriptor| Some(descriptor.lineage()) != lineage) {
            return Err(LineagesError::LineageMixed);
        }
        let versions = descriptors.iter().copied().map(KnownVersion::from).collect();
        // SPEC [JDG-3]: none at all lacks the reader's own, and is refused whatever the lineage.
        let lineage = lineage.unwrap_or_default();
        self.add(lineage, reader, oldest_writer, versions)?;
        let own = descriptors.iter().find(|descriptor| descriptor.version() == reader);
        if let (Some(known), Some(own)) = (self.known.get_mut(&u64::from_le_bytes(lineage)), own) {
            let newer = descriptors.iter().filter(|descriptor| descriptor.version() > reader);
            let overstated =
                newer.filter(|newer| newer.min_reader() <= reader && !is_read(own, newer));
            known.overstated = overstated.map(|descriptor| descriptor.version()).collect();
            known.own = Some(Arc::new((*own).clone()));
        }
        Ok(())
    }

    /// Knows the descriptor of the reader's own version of a lineage that was added by its numbers; of one that was not, nothing changes.
    pub fn set_own(&mut self, own: Descriptor) {
        if let Some(known) = self.known.get_mut(&u64::from_le_bytes(own.lineage())) {
            known.own = Some(Arc::new(own));
        }
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

    /// The judgement of frames whose schema came with them: as [`Lineages::judge`], and a newer version is held to what its descriptor says.
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
        match self.own(&key) {
            // SPEC [JDG-5]: shown, or refused; a descriptor without a canonical form shows nothing.
            Some(own) if outcome == Outcome::Forward && !is_carried_read(own, carried) => {
                Err(ErrorKind::SchemaOverstated)
            }
            _ => Ok(outcome),
        }
    }

    /// The descriptor of the reader's own version of the lineage of a key, where one was given.
    #[must_use]
    pub fn own(&self, key: &SchemaKey) -> Option<&Descriptor> {
        self.known(key).and_then(|known| known.own.as_deref())
    }

    fn known(&self, key: &SchemaKey) -> Option<&Known> {
        self.known.get(&u64::from_le_bytes(key.lineage()))
    }
}

fn is_carried_read(own: &Descriptor, carried: &Schema<'_>) -> bool {
    cfg!(feature = "change")
        && Descriptor::from_body(carried).is_ok_and(|newer| is_read(own, &newer))
}

/// Where versions cannot be compared, nothing shows that a newer one is read.
fn is_read(own: &Descriptor, newer: &Descriptor) -> bool {
    #[cfg(feature = "change")]
    let is_read = crate::change::reads(own, newer).unwrap_or(false);
    #[cfg(not(feature = "change"))]
    let (is_read, _) = (false, (own, newer));
    is_read
}

/// Why a lineage was not taken in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum LineagesError {
    /// A lineage that cannot be judged by.
    Lineage(LineageError),
    /// Descriptors of several lineages were given as versions of one.
    LineageMixed,
    /// One lineage was given twice.
    LineageTwice,
}

impl fmt::Display for LineagesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lineage(error) => error.fmt(f),
            Self::LineageMixed => {
                f.write_str("versions of one lineage have not one name and encoding")
            }
            Self::LineageTwice => f.write_str("a lineage was given twice"),
        }
    }
}

impl core::error::Error for LineagesError {}
