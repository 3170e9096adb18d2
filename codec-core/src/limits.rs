//! Every bound of a decoder, in one type that encoders share (SPEC section 11).

/// What a reader accepts and a writer produces at most.
///
/// A limit above the format's maximum is that maximum.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Limits {
    body: u32,
    raw: u32,
    schemas: u32,
    dictionaries: u32,
}

impl Limits {
    /// 4 MiB of body and of payload, 4096 schemas and 16 dictionaries from one stream.
    pub const DEFAULT: Self = Self { body: 4 << 20, raw: 4 << 20, schemas: 4096, dictionaries: 16 };
    /// 64 KiB of body and of payload, 16 schemas and one dictionary, for small devices.
    pub const TINY: Self = Self { body: 64 << 10, raw: 64 << 10, schemas: 16, dictionaries: 1 };
    /// The most the format can carry: 64 MiB of body and of payload.
    pub const MAXIMUM: Self = Self { body: MAX_LEN, raw: MAX_LEN, schemas: 4096, dictionaries: 16 };

    /// The same limits with another bound on `body_len`, in bytes.
    #[must_use]
    pub const fn with_body(self, bytes: u32) -> Self {
        Self { body: smaller(bytes, MAX_LEN), ..self }
    }

    /// The same limits with another bound on the decompressed payload, in bytes.
    #[must_use]
    pub const fn with_raw(self, bytes: u32) -> Self {
        Self { raw: smaller(bytes, MAX_LEN), ..self }
    }

    /// The same limits with another bound on the distinct schemas held from one stream.
    #[must_use]
    pub const fn with_schemas(self, count: u32) -> Self {
        Self { schemas: count, ..self }
    }

    /// The same limits with another bound on the distinct dictionaries held from one stream.
    #[must_use]
    pub const fn with_dictionaries(self, count: u32) -> Self {
        Self { dictionaries: count, ..self }
    }

    /// The largest `body_len`, in bytes.
    #[must_use]
    pub const fn body(&self) -> u32 {
        self.body
    }

    /// The largest decompressed payload, in bytes.
    #[must_use]
    pub const fn raw(&self) -> u32 {
        self.raw
    }

    /// The most distinct schemas held from one stream.
    #[must_use]
    pub const fn schemas(&self) -> u32 {
        self.schemas
    }

    /// The most distinct dictionaries held from one stream.
    #[must_use]
    pub const fn dictionaries(&self) -> u32 {
        self.dictionaries
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

const fn smaller(a: u32, b: u32) -> u32 {
    if a < b { a } else { b }
}

/// The format's bound on `body_len` and `raw_len`: 2^26.
pub(crate) const MAX_LEN: u32 = 1 << 26;
/// The header's length.
pub(crate) const HEADER_LEN: usize = 28;
/// The part of the header that both checksums cover.
pub(crate) const HEADER_DATA_LEN: usize = 24;
/// The trailer's length.
pub(crate) const TRAILER_LEN: usize = 4;
/// Header and trailer together.
pub(crate) const OVERHEAD: usize = 32;
/// The longest prefix in the table of SPEC section 12, rounded up.
pub(crate) const DIAGNOSIS_LEN: usize = 8;
/// The most items of a batch.
pub(crate) const MAX_ITEMS: u32 = 65_536;
/// The longest extension block.
pub(crate) const MAX_EXTENSIONS_LEN: usize = 4096;
/// The most extensions of a frame.
pub(crate) const MAX_EXTENSIONS: usize = 32;
/// The longest dictionary, in bytes.
pub const MAX_DICTIONARY_LEN: usize = 1 << 20;
/// How far from a SYNC another kind of frame may start.
pub(crate) const SYNC_DISTANCE: u64 = 65_536;
