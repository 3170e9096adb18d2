//! CRC-32C (Castagnoli; RFC 3720 section 12.1), from backends that agree.
//!
//! Without a feature it is a table. With `crc-lanes` it is `strictframe-crc`, which leaves to the others what they do
//! faster; with `crc-fast` it is wide vectors, and with `crc32c` the processor's own instruction, `crc-fast` before `crc32c`.

mod fold;
mod table;

/// The CRC-32C of `bytes`.
#[inline]
#[must_use]
pub fn crc32c(bytes: &[u8]) -> u32 {
    append(0, bytes)
}

/// The CRC-32C of what `crc` was taken over, followed by `bytes`. The CRC of nothing is 0.
#[inline]
#[must_use]
pub fn append(crc: u32, bytes: &[u8]) -> u32 {
    #[cfg(feature = "crc-lanes")]
    if let Some(crc) = lanes(crc, bytes) {
        return crc;
    }
    #[cfg(feature = "crc-fast")]
    return fast(crc, bytes);
    #[cfg(all(feature = "crc32c", not(feature = "crc-fast")))]
    return hardware(crc, bytes);
    #[cfg(not(any(feature = "crc-fast", feature = "crc32c")))]
    table(crc, bytes)
}

/// The backend without std: a table of 16 rows, after long input was folded into short.
#[must_use]
pub fn table(crc: u32, bytes: &[u8]) -> u32 {
    let (words, rest) = bytes.as_chunks();
    match folded(crc, words) {
        Some(crc) => looked_up(crc, rest),
        None => looked_up(crc, bytes),
    }
}

fn folded(crc: u32, words: &[fold::Word]) -> Option<u32> {
    /// Apart from short input, for which it would take 6 KiB of the stack as well.
    #[inline(never)]
    fn long(crc: u32, words: &[fold::Word]) -> Option<u32> {
        // What is left begins anew, with a register of zeros.
        fold::folded(!crc, words).map(|left| looked_up(u32::MAX, left.bytes()))
    }
    // Where there is no system, the whole stack may be less than that.
    if cfg!(target_os = "none") || words.len() < fold::LEAST { None } else { long(crc, words) }
}

fn looked_up(crc: u32, bytes: &[u8]) -> u32 {
    !table::looked_up(!crc, bytes)
}

/// The backend of `strictframe-crc`; nothing where another one is faster, or where the processor lacks the instructions.
#[cfg(feature = "crc-lanes")]
#[inline]
#[must_use]
pub fn lanes(crc: u32, bytes: &[u8]) -> Option<u32> {
    strictframe_crc::append(crc, bytes)
}

/// The backend of `crc-fast`.
#[cfg(feature = "crc-fast")]
#[inline]
#[must_use]
pub fn fast(crc: u32, bytes: &[u8]) -> u32 {
    // Without a state to go on from there is a shorter way in, which copies no parameters.
    if crc == 0 {
        return crc_fast::crc32_iscsi(bytes);
    }
    let mut digest =
        crc_fast::Digest::new_with_init_state(crc_fast::CrcAlgorithm::Crc32Iscsi, u64::from(!crc));
    digest.update(bytes);
    // A 32-bit CRC comes back in the low half.
    u32::try_from(digest.finalize() & u64::from(u32::MAX)).unwrap_or_default()
}

/// The backend of `crc32c`.
#[cfg(feature = "crc32c")]
#[inline]
#[must_use]
pub fn hardware(crc: u32, bytes: &[u8]) -> u32 {
    ::crc32c::crc32c_append(crc, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_check_value_is_that_of_the_specification() {
        assert_eq!(crc32c(b"123456789"), 0xE306_9283);
        assert_eq!(table(0, b"123456789"), 0xE306_9283);
        assert_eq!(crc32c(b""), 0);
    }

    #[test]
    fn long_input_has_the_checksum_that_the_table_gives_it() {
        let bytes: std::vec::Vec<u8> =
            (0_u32..40_000).map(|n| (n.wrapping_mul(n) >> 3) as u8).collect();
        for len in (7_700..8_400).chain((8_400..40_000).step_by(613)) {
            for crc in [0, u32::MAX, 0x1234_5678] {
                assert_eq!(table(crc, &bytes[..len]), looked_up(crc, &bytes[..len]), "{len} {crc}");
            }
        }
    }

    /// A second opinion, which goes over the bytes one by one.
    static OTHER: crc::Crc<u32> = crc::Crc::<u32>::new(&crc::CRC_32_ISCSI);

    #[test]
    fn the_table_has_what_another_implementation_has_for_every_length_and_every_byte() {
        let bytes: std::vec::Vec<u8> =
            (0_u32..600).map(|n| (n.wrapping_mul(n) >> 3) as u8).collect();
        for len in 0..=bytes.len() {
            assert_eq!(table(0, &bytes[..len]), OTHER.checksum(&bytes[..len]), "{len} bytes");
        }
        for byte in 0..=u8::MAX {
            for place in 0..16 {
                let mut bytes = [0x55; 16];
                bytes[place] = byte;
                assert_eq!(table(0, &bytes), OTHER.checksum(&bytes), "{byte} at {place}");
            }
        }
    }

    proptest! {
        #[test]
        fn every_backend_agrees_and_continues(a in prop::collection::vec(any::<u8>(), 0..900), b in prop::collection::vec(any::<u8>(), 0..900)) {
            let joined = [a.clone(), b.clone()].concat();
            let whole = table(0, &joined);
            prop_assert_eq!(OTHER.checksum(&joined), whole);
            prop_assert_eq!(table(table(0, &a), &b), whole);
            prop_assert_eq!(append(append(0, &a), &b), whole);
            #[cfg(feature = "crc-fast")]
            prop_assert_eq!(fast(fast(0, &a), &b), whole);
            #[cfg(feature = "crc-lanes")]
            prop_assert!(lanes(0, &a).and_then(|crc| lanes(crc, &b)).is_none_or(|crc| crc == whole));
            #[cfg(feature = "crc32c")]
            prop_assert_eq!(hardware(hardware(0, &a), &b), whole);
        }
    }
}
