//! CRC-32C (Castagnoli; RFC 3720 section 12.1) in three lanes at once.
//!
//! A processor's CRC instruction takes eight bytes a cycle, but waits three cycles for the one before it. In a frame of a
//! few hundred bytes, where the crates at hand use one lane, that wait is most of what a checksum costs. Here three
//! stretches are gone through side by side and joined by a carry-less multiplication. `benches/RESULTS.md` has what that
//! is worth for a frame.
//!
//! This is the only crate of the project with `unsafe` in it, and it has one block of it: the call of a function that
//! needs instructions which not every processor has, behind the check that this one has them. Memory is read as
//! slices only.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(target_arch = "x86_64")]
mod lanes;

/// The CRC-32C of what `crc` was taken over, followed by `bytes`; the CRC of nothing is 0.
///
/// Nothing where another implementation is to be taken: on processors without SSE 4.2 and PCLMULQDQ, and from [`WIDE`] bytes
/// on where the processor multiplies vectors of 64 bytes (AVX-512 with VPCLMULQDQ), by which `crc-fast` is faster.
/// It does not allocate and does not panic.
#[inline]
#[must_use]
pub fn append(crc: u32, bytes: &[u8]) -> Option<u32> {
    #[cfg(target_arch = "x86_64")]
    return lanes::append(crc, bytes);
    #[cfg(not(target_arch = "x86_64"))]
    {
        let _ = (crc, bytes);
        None
    }
}

/// From this length on in bytes wide vectors are faster than three lanes, where there are any.
pub const WIDE: usize = 1024;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
