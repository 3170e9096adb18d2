//! The lanes and a table say the same of every stretch.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic in a test is a failed test"
)]

use proptest::prelude::*;
use strictframe_crc::{WIDE, append};

static TABLE: crc::Crc<u32, crc::Table<16>> =
    crc::Crc::<u32, crc::Table<16>>::new(&crc::CRC_32_ISCSI);

fn by_table(crc: u32, bytes: &[u8]) -> u32 {
    let mut digest = TABLE.digest_with_initial((!crc).reverse_bits());
    digest.update(bytes);
    digest.finalize()
}

fn noise(len: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let next = |_| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..len).map(next).collect()
}

/// Whether this processor has what the lanes need, by another way than the crate's own.
fn has_lanes() -> bool {
    append(0, b"").is_some()
}

#[test]
fn a_processor_with_the_instructions_uses_them() {
    #[cfg(target_arch = "x86_64")]
    assert_eq!(
        has_lanes(),
        is_x86_feature_detected!("sse4.2") && is_x86_feature_detected!("pclmulqdq")
    );
    #[cfg(not(target_arch = "x86_64"))]
    assert!(!has_lanes());
}

#[test]
fn the_check_values_are_those_of_the_specification() {
    let says = |bytes: &[u8], crc| append(0, bytes).is_none_or(|found| found == crc);
    assert!(says(b"123456789", 0xE306_9283));
    assert!(says(b"", 0));
    // RFC 3720 B.4.
    assert!(says(&[0; 32], 0x8A91_36AA));
    assert!(says(&[0xFF; 32], 0x62A8_AB43));
}

#[test]
fn every_length_agrees_wherever_it_starts() {
    // Past two rounds of the longest lanes.
    let bytes = noise(8_200);
    let mut taken = 0;
    for len in 0..=bytes.len() - 8 {
        let start = len % 8;
        let stretch = &bytes[start..start + len];
        let crc = (len as u32).wrapping_mul(0x9E37_79B9);
        if let Some(found) = append(crc, stretch) {
            assert_eq!(found, by_table(crc, stretch), "{len} bytes from {start}");
            taken += 1;
        }
    }
    assert!(!has_lanes() || taken >= WIDE);
}

proptest! {
    #[test]
    fn a_stretch_in_two_parts_has_the_crc_of_the_whole(bytes in prop::collection::vec(any::<u8>(), 0..9000), at in any::<prop::sample::Index>()) {
        let (early, late) = bytes.split_at(at.index(bytes.len() + 1));
        let parts = append(0, early).and_then(|crc| append(crc, late));
        prop_assert!(parts.is_none_or(|crc| crc == by_table(0, &bytes)));
    }
}
