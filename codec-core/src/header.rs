//! The fixed header of 28 bytes (SPEC section 1).

use crate::checksum;
use crate::codec::Codec;
use crate::diagnosis::Foreign;
use crate::error::{Error, ErrorKind};
use crate::limits::{HEADER_DATA_LEN, HEADER_LEN, Limits, MAX_LEN, OVERHEAD};
use crate::schema_key::SchemaKey;

/// A frame's kind, as it stands in the low nibble of byte 2.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[allow(clippy::exhaustive_structs, reason = "an open newtype: every value is a kind")]
pub struct Kind(pub u8);

impl Kind {
    /// One record.
    pub const MESSAGE: Self = Self(1);
    /// Records of one schema.
    pub const BATCH: Self = Self(2);
    /// Position, count and chain of a stream.
    pub const SYNC: Self = Self(3);
    /// A schema's name, versions and descriptor.
    pub const SCHEMA: Self = Self(4);
    /// A dictionary.
    pub const DICT: Self = Self(5);
    /// The end of a stream.
    pub const END: Self = Self(6);

    /// MESSAGE or BATCH.
    #[must_use]
    pub const fn is_data(self) -> bool {
        matches!(self, Self::MESSAGE | Self::BATCH)
    }

    /// SYNC, SCHEMA, DICT or END.
    #[must_use]
    pub const fn is_control(self) -> bool {
        matches!(self, Self::SYNC | Self::SCHEMA | Self::DICT | Self::END)
    }

    /// The registry's name, or `unassigned`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MESSAGE => "MESSAGE",
            Self::BATCH => "BATCH",
            Self::SYNC => "SYNC",
            Self::SCHEMA => "SCHEMA",
            Self::DICT => "DICT",
            Self::END => "END",
            _ => "unassigned",
        }
    }
}

/// A header whose checksum matched and whose fields the format allows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Header {
    pub(crate) kind: Kind,
    pub(crate) codec: Codec,
    pub(crate) flags: u8,
    pub(crate) key: SchemaKey,
    pub(crate) body_len: u32,
}

impl Header {
    /// The header's length in bytes.
    pub const LEN: usize = HEADER_LEN;

    /// Reads the header at the start of `bytes`, which hold all there is when fewer than 28.
    ///
    /// # Errors
    /// `BadMagic`, `UnsupportedVersion`, `Truncated`, `HeaderCrc`, `BadKind`, `BadCodec`, `ReservedFlag`, `KeyRule`, `LimitExceeded`; offsets from the frame's start.
    #[inline]
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, Error> {
        let header = Self::parse_any_kind(bytes)?;
        header.check(limits)?;
        Ok(header)
    }

    /// The steps up to the checksum: what holds for every kind, assigned or not.
    #[inline]
    pub(crate) fn parse_any_kind(bytes: &[u8]) -> Result<Self, Error> {
        // SPEC [FRM-4]: the header is read whole or not at all.
        let Some(header) = bytes.first_chunk::<HEADER_LEN>() else {
            return Err(check_start(bytes).err().unwrap_or(truncated(bytes.len(), HEADER_LEN)));
        };
        check_start(header)?;
        let (covered, stored) = Self::split(header);
        // SPEC [FRM-5]: nothing below is looked at before this matched.
        if checksum::crc32c(covered) != stored {
            return Err(ErrorKind::HeaderCrc.at(24));
        }
        let [
            _,
            _,
            kind,
            codec,
            k0,
            k1,
            k2,
            k3,
            k4,
            k5,
            k6,
            k7,
            k8,
            k9,
            ka,
            kb,
            kc,
            kd,
            ke,
            kf,
            l0,
            l1,
            l2,
            l3,
        ] = *covered;
        Ok(Self {
            kind: Kind(kind & 15),
            codec: Codec(codec >> 4),
            flags: codec & 15,
            key: SchemaKey::from_bytes([
                k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, ka, kb, kc, kd, ke, kf,
            ]),
            body_len: u32::from_le_bytes([l0, l1, l2, l3]),
        })
    }

    /// The bytes that both checksums begin with, and the checksum of them.
    #[inline]
    pub(crate) fn split(header: &[u8; HEADER_LEN]) -> (&[u8; HEADER_DATA_LEN], u32) {
        let covered = header.first_chunk().unwrap_or(&[0; HEADER_DATA_LEN]);
        let stored = header.last_chunk().map_or(0, |stored| u32::from_le_bytes(*stored));
        (covered, stored)
    }

    /// The steps behind the checksum.
    #[inline]
    pub(crate) fn check(&self, limits: &Limits) -> Result<(), Error> {
        // SPEC [FRM-6]: unassigned kinds.
        if !self.kind.is_data() && !self.kind.is_control() {
            return Err(ErrorKind::BadKind.at(2));
        }
        // SPEC [FRM-7]: unassigned codecs.
        if self.codec > Codec::ZSTD {
            return Err(ErrorKind::BadCodec.at(3));
        }
        // SPEC [FRM-8]: reserved bits, a dictionary for nothing, and control frames that bear either.
        let misplaced = self.codec == Codec::NONE && self.flags & FLAG_DICT != 0;
        let on_control = self.kind.is_control() && (self.codec != Codec::NONE || self.flags != 0);
        if self.flags & RESERVED_FLAGS != 0 || misplaced || on_control {
            return Err(ErrorKind::ReservedFlag.at(3));
        }
        self.check_key()?;
        self.check_body_len(limits)
    }

    #[inline]
    fn check_key(&self) -> Result<(), Error> {
        if self.kind.is_data() {
            return self.key.check();
        }
        // SPEC [FRM-10]: control frames belong to no schema.
        if self.key == SchemaKey::ZERO { Ok(()) } else { Err(ErrorKind::KeyRule.at(4)) }
    }

    #[inline]
    pub(crate) fn check_body_len(&self, limits: &Limits) -> Result<(), Error> {
        // SPEC [FRM-11, LIM-2]: before anything is read, waited for or given room.
        let limit = limits.body().min(MAX_LEN);
        if self.body_len > limit {
            let (declared, limit) = (u64::from(self.body_len), u64::from(limit));
            return Err(ErrorKind::LimitExceeded { declared, limit }.at(20));
        }
        Ok(())
    }

    /// The header's bytes, its checksum included.
    #[inline]
    #[must_use]
    pub fn to_bytes(&self) -> [u8; HEADER_LEN] {
        self.bytes_and_crc().0
    }

    /// The same, and the checksum of the first 24 bytes, from which the frame's goes on.
    #[inline]
    pub(crate) fn bytes_and_crc(&self) -> ([u8; HEADER_LEN], u32) {
        let covered = self.covered();
        let crc = checksum::crc32c(&covered);
        let mut bytes = [0; HEADER_LEN];
        if let Some((first, last)) = bytes.split_first_chunk_mut() {
            *first = covered;
            last.iter_mut().zip(crc.to_le_bytes()).for_each(|(byte, crc)| *byte = crc);
        }
        (bytes, crc)
    }

    /// The 24 bytes that both checksums begin with.
    #[inline]
    fn covered(&self) -> [u8; HEADER_DATA_LEN] {
        let [m0, m1] = MAGIC;
        let kind = (VERSION << 4) | (self.kind.0 & 15);
        let codec = (self.codec.0 << 4) | (self.flags & 15);
        let [k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, ka, kb, kc, kd, ke, kf] = self.key.to_bytes();
        let [l0, l1, l2, l3] = self.body_len.to_le_bytes();
        let words = [
            [m0, m1, kind, codec, k0, k1, k2, k3],
            [k4, k5, k6, k7, k8, k9, ka, kb],
            [kc, kd, ke, kf, l0, l1, l2, l3],
        ];
        let mut bytes = [0; HEADER_DATA_LEN];
        // In words: the checksum reads words, and a processor waits where it reads at once what it has just written in parts.
        for (target, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
            *target = u64::from_le_bytes(word).to_le_bytes();
        }
        bytes
    }

    /// The length of the whole frame in bytes.
    #[must_use]
    pub fn frame_len(&self) -> usize {
        usize::try_from(self.body_len).unwrap_or(usize::MAX).saturating_add(OVERHEAD)
    }

    /// The frame's kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// How the payload is stored.
    #[must_use]
    pub const fn codec(&self) -> Codec {
        self.codec
    }

    /// The schema key.
    #[must_use]
    pub const fn key(&self) -> SchemaKey {
        self.key
    }

    /// The length of the body in bytes.
    #[must_use]
    pub const fn body_len(&self) -> u32 {
        self.body_len
    }

    /// Whether the body has an extension block.
    #[must_use]
    pub const fn has_extensions(&self) -> bool {
        self.flags & FLAG_EXT != 0
    }

    /// Whether the body names a dictionary.
    #[must_use]
    pub const fn has_dictionary(&self) -> bool {
        self.flags & FLAG_DICT != 0
    }
}

/// Refuses another magic and another version, as far as the bytes reach.
#[inline]
fn check_start(bytes: &[u8]) -> Result<(), Error> {
    // SPEC [FRM-2]: judged on the bytes present.
    if !bytes.iter().zip(&MAGIC).all(|(byte, magic)| byte == magic) {
        let looks_like = Foreign::of(bytes);
        return Err(ErrorKind::BadMagic { looks_like }.at(0));
    }
    // SPEC [FRM-3]: and so is the version.
    if bytes.get(2).is_some_and(|byte| byte >> 4 != VERSION) {
        return Err(ErrorKind::UnsupportedVersion.at(2));
    }
    Ok(())
}

/// The refusal of an input that ends inside a frame.
#[cold]
pub(crate) fn truncated(have: usize, need: usize) -> Error {
    let have = u64::try_from(have).unwrap_or(u64::MAX);
    let need = u64::try_from(need).unwrap_or(u64::MAX);
    ErrorKind::Truncated { have, need }.at(have)
}

pub(crate) const MAGIC: [u8; 2] = [0x9E, 0xC1];
const VERSION: u8 = 1;
pub(crate) const FLAG_EXT: u8 = 1;
pub(crate) const FLAG_DICT: u8 = 2;
const RESERVED_FLAGS: u8 = 0b1100;
