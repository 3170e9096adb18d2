//! The fixed header of 28 bytes (SPEC section 1).

use crate::checksum;
use crate::codec::Codec;
use crate::diagnosis::Foreign;
use crate::error::{Error, ErrorKind};
use crate::limits::{HEADER_DATA_LEN, HEADER_LEN, Limits, MAX_LEN, OVERHEAD};
use crate::reader::Reader;
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
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, Error> {
        let header = Self::parse_any_kind(bytes)?;
        header.check(limits)?;
        Ok(header)
    }

    /// The steps up to the checksum: what holds for every kind, assigned or not.
    pub(crate) fn parse_any_kind(bytes: &[u8]) -> Result<Self, Error> {
        // SPEC [FRM-2]: judged on the bytes present.
        if !bytes.iter().zip(&MAGIC).all(|(byte, magic)| byte == magic) {
            let looks_like = Foreign::of(bytes);
            return Err(ErrorKind::BadMagic { looks_like }.at(0));
        }
        // SPEC [FRM-3]: and so is the version.
        if bytes.get(2).is_some_and(|byte| byte >> 4 != VERSION) {
            return Err(ErrorKind::UnsupportedVersion.at(2));
        }
        // SPEC [FRM-4]: the header is read whole or not at all.
        let Some(header) = bytes.first_chunk::<HEADER_LEN>() else {
            return Err(truncated(bytes.len(), HEADER_LEN));
        };
        // SPEC [FRM-5]: nothing below is looked at before this matched.
        let mut reader = Reader::new(header, 0);
        let covered = reader.read_slice(HEADER_DATA_LEN).unwrap_or_default();
        if reader.read_u32() != Some(checksum::crc32c(covered)) {
            return Err(ErrorKind::HeaderCrc.at(24));
        }
        Self::read_fields(covered).ok_or(truncated(bytes.len(), HEADER_LEN))
    }

    fn read_fields(covered: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(covered, 0);
        reader.read_u16()?;
        let kind = Kind(reader.read_u8()? & 15);
        let codec_and_flags = reader.read_u8()?;
        let key = SchemaKey::from_bytes(*reader.read_array()?);
        let body_len = reader.read_u32()?;
        let (codec, flags) = (Codec(codec_and_flags >> 4), codec_and_flags & 15);
        Some(Self { kind, codec, flags, key, body_len })
    }

    /// The steps behind the checksum.
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

    fn check_key(&self) -> Result<(), Error> {
        if self.kind.is_data() {
            return self.key.check();
        }
        // SPEC [FRM-10]: control frames belong to no schema.
        if self.key == SchemaKey::ZERO { Ok(()) } else { Err(ErrorKind::KeyRule.at(4)) }
    }

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
    #[must_use]
    pub fn to_bytes(&self) -> [u8; HEADER_LEN] {
        self.bytes_and_crc().0
    }

    /// The same, and the checksum of the first 24 bytes, from which the frame's goes on.
    pub(crate) fn bytes_and_crc(&self) -> ([u8; HEADER_LEN], u32) {
        let covered = self.covered();
        let crc = checksum::crc32c(&covered);
        let mut bytes = [0; HEADER_LEN];
        crate::sink::copy(&mut bytes, &covered);
        if let Some(last) = bytes.last_chunk_mut::<4>() {
            *last = crc.to_le_bytes();
        }
        (bytes, crc)
    }

    /// The 24 bytes that both checksums begin with.
    fn covered(&self) -> [u8; HEADER_DATA_LEN] {
        let [m0, m1] = MAGIC;
        let kind = (VERSION << 4) | (self.kind.0 & 15);
        let codec = (self.codec.0 << 4) | (self.flags & 15);
        let [k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, ka, kb, kc, kd, ke, kf] = self.key.to_bytes();
        let [l0, l1, l2, l3] = self.body_len.to_le_bytes();
        [
            m0, m1, kind, codec, k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, ka, kb, kc, kd, ke, kf,
            l0, l1, l2, l3,
        ]
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

/// The refusal of an input that ends inside a frame.
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
