//! Codec numbers, and the two traits a compression library is plugged in by (SPEC section 5).

use core::fmt;

/// A codec number, as it stands in a header.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[allow(clippy::exhaustive_structs, reason = "an open newtype: every value is a codec")]
pub struct Codec(pub u8);

impl Codec {
    /// The payload as it is.
    pub const NONE: Self = Self(0);
    /// One block of the LZ4 block format.
    pub const LZ4: Self = Self(1);
    /// One Zstandard frame.
    pub const ZSTD: Self = Self(2);

    /// The registry's name, or `unassigned`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NONE => "none",
            Self::LZ4 => "lz4",
            Self::ZSTD => "zstd",
            _ => "unassigned",
        }
    }
}

/// A compression library refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "what the library knows is not passed on")]
pub struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the compression library refused")
    }
}

impl core::error::Error for Refused {}

/// Decompresses. The frame decoder has checked the profile before it calls, and checks the length and the checksum after.
pub trait Decompress {
    /// Whether this codec (other than none) can be decompressed here.
    fn has_codec(&self, codec: Codec) -> bool;

    /// Whether a dictionary with this id is held.
    fn has_dictionary(&self, id: [u8; 4]) -> bool;

    /// Fills `output` from `stored`, with the dictionary of that id if one is named.
    ///
    /// # Errors
    /// [`Refused`] unless all of `stored` was consumed and gave exactly `output.len()` bytes; `output` then holds anything.
    fn decompress(
        &mut self,
        codec: Codec,
        dictionary: Option<[u8; 4]>,
        stored: &[u8],
        output: &mut [u8],
    ) -> Result<(), Refused>;
}

/// Compresses, into the profile of SPEC section 5.
pub trait Compress {
    /// Writes `raw` compressed into the start of `output` and gives the length, or nothing when it does not fit there.
    ///
    /// # Errors
    /// [`Refused`] when the library reports anything but a lack of room.
    fn compress(&mut self, raw: &[u8], output: &mut [u8]) -> Result<Option<usize>, Refused>;
}

/// No codec but none, and no dictionary.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::exhaustive_structs, reason = "there is nothing to add")]
pub struct NoCodecs;

impl Decompress for NoCodecs {
    fn has_codec(&self, _: Codec) -> bool {
        false
    }

    fn has_dictionary(&self, _: [u8; 4]) -> bool {
        false
    }

    fn decompress(
        &mut self,
        _: Codec,
        _: Option<[u8; 4]>,
        _: &[u8],
        _: &mut [u8],
    ) -> Result<(), Refused> {
        Err(Refused)
    }
}
