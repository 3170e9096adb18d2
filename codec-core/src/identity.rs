//! What identifiers are made of (SPEC sections 4 and 6).

use sha2::{Digest, Sha256};

/// How records of a lineage are encoded; assigned in the registry.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[allow(clippy::exhaustive_structs, reason = "an open newtype: every byte is an encoding")]
pub struct Encoding(pub u8);

impl Encoding {
    /// Protocol buffers.
    pub const PROTOBUF: Self = Self(1);
    /// JSON, described by a JSON Schema.
    pub const JSON: Self = Self(2);
    /// Bytes whose descriptor the caller gives.
    pub const OPAQUE: Self = Self(3);

    /// Whether the registry assigns this number.
    #[must_use]
    pub const fn is_assigned(self) -> bool {
        matches!(self, Self::PROTOBUF | Self::JSON | Self::OPAQUE)
    }

    /// The registry's name, or `unassigned`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PROTOBUF => "protobuf",
            Self::JSON => "json",
            Self::OPAQUE => "opaque",
            _ => "unassigned",
        }
    }
}

/// The lineage id of a fully-qualified name, or nothing when KEY-2 forbids the name.
#[must_use]
pub fn lineage(encoding: Encoding, name: &str) -> Option<[u8; 8]> {
    // SPEC [KEY-2]: 1..65535 bytes of UTF-8 and no leading dot.
    let name_len = u16::try_from(name.len()).ok().filter(|len| *len > 0)?;
    if name.starts_with('.') {
        return None;
    }
    // SPEC [KEY-1]: every variable part is preceded by its length.
    let mut hash = Sha256::new();
    hash.update(b"strictframe/lineage/1\0");
    hash.update([encoding.0]);
    hash.update(name_len.to_le_bytes());
    hash.update(name.as_bytes());
    first(&hash.finalize().into())
}

/// The fingerprint of one version of a lineage, or nothing when the descriptor is longer than u32 can say.
#[must_use]
pub fn fingerprint(
    lineage: [u8; 8],
    version: u16,
    min_reader: u16,
    descriptor: &[u8],
) -> Option<[u8; 32]> {
    let descriptor_len = u32::try_from(descriptor.len()).ok()?;
    // SPEC [KEY-1]: the numbers are inside the hash, so the same descriptor under another number is a fork too.
    let mut hash = Sha256::new();
    hash.update(b"strictframe/descriptor/1\0");
    hash.update(lineage);
    hash.update(version.to_le_bytes());
    hash.update(min_reader.to_le_bytes());
    hash.update(descriptor_len.to_le_bytes());
    hash.update(descriptor);
    Some(hash.finalize().into())
}

/// The fork check that a fingerprint gives.
#[must_use]
pub fn fork_check(fingerprint: &[u8; 32]) -> [u8; 4] {
    first(fingerprint).unwrap_or_default()
}

/// The id of a dictionary.
#[must_use]
pub fn dictionary_id(dictionary: &[u8]) -> [u8; 4] {
    fork_check(&digest(dictionary))
}

/// The SHA-256 of bytes.
#[must_use]
pub fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn first<const N: usize>(hash: &[u8; 32]) -> Option<[u8; N]> {
    hash.first_chunk::<N>().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_key_2_forbids_have_no_lineage() {
        // SPEC [KEY-2]: empty, dotted, too long.
        assert_eq!(lineage(Encoding::JSON, ""), None);
        assert_eq!(lineage(Encoding::JSON, ".a"), None);
        assert_eq!(lineage(Encoding::JSON, &"a".repeat(65_536)), None);
        assert!(lineage(Encoding::JSON, &"a".repeat(65_535)).is_some());
    }

    #[test]
    fn every_part_changes_the_identity() {
        // SPEC [KEY-1]: nothing is left out of the hash.
        let base = lineage(Encoding::JSON, "a.B").unwrap();
        assert_ne!(base, lineage(Encoding::OPAQUE, "a.B").unwrap());
        assert_ne!(base, lineage(Encoding::JSON, "a.C").unwrap());
        let print = fingerprint(base, 2, 1, b"{}").unwrap();
        for other in [
            fingerprint([0; 8], 2, 1, b"{}"),
            fingerprint(base, 3, 1, b"{}"),
            fingerprint(base, 2, 2, b"{}"),
            fingerprint(base, 2, 1, b"{ }"),
        ] {
            assert_ne!(print, other.unwrap());
        }
    }
}
