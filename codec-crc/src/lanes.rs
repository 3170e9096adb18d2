//! Three lanes of the CRC instruction, joined by a carry-less multiplication.

use core::arch::x86_64::{
    _mm_clmulepi64_si128, _mm_crc32_u8, _mm_crc32_u16, _mm_crc32_u32, _mm_crc32_u64,
    _mm_cvtsi64_si128, _mm_cvtsi128_si64,
};

use std::sync::LazyLock;

use crate::WIDE;

#[inline]
pub(crate) fn append(crc: u32, bytes: &[u8]) -> Option<u32> {
    if bytes.len() >= *TOO_LONG {
        return None;
    }
    // SAFETY: no length is below `TOO_LONG` unless the two features that `whole` asks for were found on this processor.
    Some(unsafe { whole(crc, bytes) })
}

/// The length in bytes from which on others are to be asked: none is short enough without the instructions.
static TOO_LONG: LazyLock<usize> = LazyLock::new(|| {
    if !is_x86_feature_detected!("sse4.2") || !is_x86_feature_detected!("pclmulqdq") {
        return 0;
    }
    let wide = is_x86_feature_detected!("avx512vl") && is_x86_feature_detected!("vpclmulqdq");
    if wide { WIDE } else { usize::MAX }
});

#[target_feature(enable = "sse4.2,pclmulqdq")]
fn whole(crc: u32, bytes: &[u8]) -> u32 {
    let (words, rest) = bytes.as_chunks();
    let state = u64::from(!crc);
    // Below that, joining the lanes takes as long as they save.
    let state =
        if words.len() < 3 * LEAST_LANE { one_lane(state, words) } else { in_lanes(state, words) };
    // An instruction on 64 bits leaves the upper half of its result empty.
    !few(state as u32, rest)
}

#[target_feature(enable = "sse4.2")]
fn one_lane(mut state: u64, words: &[Word]) -> u64 {
    for word in words {
        state = _mm_crc32_u64(state, u64::from_le_bytes(*word));
    }
    state
}

/// Apart from shorter stretches, for which it would save registers that they do not use.
#[inline(never)]
#[target_feature(enable = "sse4.2,pclmulqdq")]
fn in_lanes(mut state: u64, mut words: &[Word]) -> u64 {
    while words.len() >= 3 * LEAST_LANE {
        let len = (words.len() / 3).min(LONGEST_LANE);
        let (first, rest) = words.split_at(len);
        let (second, rest) = rest.split_at(len);
        let (third, rest) = rest.split_at(len);
        state = join(state, first, second, third);
        words = rest;
    }
    one_lane(state, words)
}

/// The register after up to 7 bytes, in three steps at the most.
#[target_feature(enable = "sse4.2")]
fn few(mut state: u32, bytes: &[u8]) -> u32 {
    let (fours, rest) = bytes.as_chunks();
    for four in fours {
        state = _mm_crc32_u32(state, u32::from_le_bytes(*four));
    }
    let (twos, ones) = rest.as_chunks();
    for two in twos {
        state = _mm_crc32_u16(state, u16::from_le_bytes(*two));
    }
    for one in ones {
        state = _mm_crc32_u8(state, *one);
    }
    state
}

/// The register after three lanes of one length, each of one word or more.
///
/// The last word of the third lane waits until the other two are done: what they leave is moved over the words that
/// follow them and added to it, so that one instruction ends all three.
#[target_feature(enable = "sse4.2,pclmulqdq")]
fn join(state: u64, first: &[Word], second: &[Word], third: &[Word]) -> u64 {
    let (mut one, mut two, mut three) = (state, 0, 0);
    let Some((last, third)) = third.split_last() else { return state };
    let (Some((first_last, first)), Some((second_last, second))) =
        (first.split_last(), second.split_last())
    else {
        return state;
    };
    for ((a, b), c) in first.iter().zip(second).zip(third) {
        one = _mm_crc32_u64(one, u64::from_le_bytes(*a));
        two = _mm_crc32_u64(two, u64::from_le_bytes(*b));
        three = _mm_crc32_u64(three, u64::from_le_bytes(*c));
    }
    one = _mm_crc32_u64(one, u64::from_le_bytes(*first_last));
    two = _mm_crc32_u64(two, u64::from_le_bytes(*second_last));
    let len = third.len() + 1;
    let moved = product(one, over(2 * len)) ^ product(two, over(len));
    _mm_crc32_u64(three, u64::from_le_bytes(*last) ^ moved)
}

/// The carry-less product of two registers.
#[target_feature(enable = "pclmulqdq")]
fn product(a: u64, b: u32) -> u64 {
    let (a, b) = (_mm_cvtsi64_si128(a as i64), _mm_cvtsi64_si128(i64::from(b)));
    _mm_cvtsi128_si64(_mm_clmulepi64_si128::<0>(a, b)) as u64
}

/// What moves a register over `words` words, the last of which the product is added to.
#[inline]
fn over(words: usize) -> u32 {
    OVER.get(words).copied().unwrap_or_default()
}

type Word = [u8; 8];

/// In words; three of these are 384 bytes short of 4 KiB.
const LONGEST_LANE: usize = 160;
/// In words.
const LEAST_LANE: usize = 3;

/// Element `n` is x^(64 n - 33) mod P, its bits turned around as a register has them, for lanes that `n` words follow.
///
/// The instruction multiplies the word it takes by x^32, and a product of two registers stands one place too high, which is
/// another x: 64 n = (64 n - 33) + 32 + 1.
static OVER: [u32; 2 * LONGEST_LANE + 1] = {
    let mut table = [0; 2 * LONGEST_LANE + 1];
    // x^31, for one word.
    let mut power = 1_u32;
    let mut words = 1;
    while words < table.len() {
        #[expect(clippy::indexing_slicing, reason = "the compiler runs this, and refuses a fault")]
        {
            table[words] = power;
        }
        let mut bits = 0;
        while bits < 64 {
            power = (power >> 1) ^ (if power & 1 == 1 { POLYNOMIAL } else { 0 });
            bits += 1;
        }
        words += 1;
    }
    table
};

/// Castagnoli's polynomial, its bits turned around, without x^32.
const POLYNOMIAL: u32 = 0x82F6_3B78;
