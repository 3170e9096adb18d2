//! The sixteen bytes that name the schema a frame was written with (SPEC section 1).

use core::cmp::Ordering;
use core::fmt;

use crate::error::{Error, ErrorKind};

/// Lineage, version, min_reader and fork check, as they stand at bytes 4..20 of a header.
///
/// They are kept as those bytes, so that to compare two keys is to compare 128 bits.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct SchemaKey([u8; 16]);

impl SchemaKey {
    /// The key of control frames.
    pub const ZERO: Self = Self([0; 16]);

    /// A key of these parts. Whether they may stand on a frame is judged when one is written or read.
    #[must_use]
    pub const fn new(lineage: [u8; 8], version: u16, min_reader: u16, fork_check: [u8; 4]) -> Self {
        let [a, b, c, d, e, f, g, h] = lineage;
        let [v0, v1] = version.to_le_bytes();
        let [m0, m1] = min_reader.to_le_bytes();
        let [i, j, k, l] = fork_check;
        Self([a, b, c, d, e, f, g, h, v0, v1, m0, m1, i, j, k, l])
    }

    /// The key that these bytes of a header hold.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes as they stand in a header.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }

    /// Whether it may stand on a data frame.
    ///
    /// # Errors
    /// `KeyRule`: at 4 when it is zero, at 12 for the version, at 14 for min_reader.
    pub fn check(&self) -> Result<(), Error> {
        // SPEC [FRM-9]: data frames belong to a schema, with numbers that make sense.
        let (version, min_reader) = (self.version(), self.min_reader());
        if *self == Self::ZERO {
            Err(ErrorKind::KeyRule.at(4))
        } else if version == 0 {
            Err(ErrorKind::KeyRule.at(12))
        } else if min_reader == 0 || min_reader > version {
            Err(ErrorKind::KeyRule.at(14))
        } else {
            Ok(())
        }
    }

    /// The lineage id.
    #[must_use]
    pub const fn lineage(&self) -> [u8; 8] {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        [a, b, c, d, e, f, g, h]
    }

    /// The writer's version of the schema.
    #[must_use]
    pub const fn version(&self) -> u16 {
        let [.., v0, v1, _, _, _, _, _, _] = self.0;
        u16::from_le_bytes([v0, v1])
    }

    /// The oldest reader version that may decode.
    #[must_use]
    pub const fn min_reader(&self) -> u16 {
        let [.., m0, m1, _, _, _, _] = self.0;
        u16::from_le_bytes([m0, m1])
    }

    /// The first four bytes of the schema fingerprint.
    #[must_use]
    pub const fn fork_check(&self) -> [u8; 4] {
        let [.., i, j, k, l] = self.0;
        [i, j, k, l]
    }
}

impl Ord for SchemaKey {
    /// By lineage, then by the numbers.
    fn cmp(&self, other: &Self) -> Ordering {
        let parts = |key: &Self| (key.lineage(), key.version(), key.min_reader(), key.fork_check());
        parts(self).cmp(&parts(other))
    }
}

impl PartialOrd for SchemaKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for SchemaKey {
    /// `0011223344556677 v3 (min_reader 1, fork 8899aabb)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.lineage() {
            write!(f, "{byte:02x}")?;
        }
        write!(f, " v{} (min_reader {}, fork ", self.version(), self.min_reader())?;
        for byte in self.fork_check() {
            write!(f, "{byte:02x}")?;
        }
        f.write_str(")")
    }
}
