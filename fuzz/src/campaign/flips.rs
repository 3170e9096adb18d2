//! Bits that change.

use strictframe_core::{Header, checksum};

use super::course::{Course, run};
use super::{Corpus, Scale, Tally};
use crate::forge::compress::Failure;
use crate::forge::payload::Random;

/// Every bit of every frame and of every refused input.
///
/// # Errors
/// None.
pub fn one_bit(corpus: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    let inputs = corpus.inputs_of_one(scale);
    let parts: Vec<(&[u8], usize)> = inputs
        .into_iter()
        .flat_map(|frame| (0..frame.len()).step_by(PART).map(move |start| (frame, start)))
        .collect();
    Ok(run(&parts, course, |(frame, start)| {
        let bits = start * 8..frame.len().min(start + PART) * 8;
        let is_body = *start >= Header::LEN && start + PART + 4 <= frame.len();
        if frame.len() > LONG && is_body && is_sealed(frame) {
            return in_long_body(corpus, frame, *start);
        }
        let mut bytes = frame.to_vec();
        let mut tally = Tally::default();
        for bit in bits {
            flip(&mut bytes, bit);
            tally.add(corpus.judge(&bytes));
            flip(&mut bytes, bit);
        }
        tally
    }))
}

/// Whether the last four bytes are the checksum of the others, whatever those say.
fn is_sealed(frame: &[u8]) -> bool {
    let Some((covered, trailer)) = frame.split_last_chunk::<4>() else { return false };
    let Some((header, body)) = covered.split_at_checked(Header::LEN) else { return false };
    checksum::append(checksum::crc32c(&header[..24]), body) == u32::from_le_bytes(*trailer)
}

/// The bits of one part of a long body, without a checksum over all of it for each.
///
/// A CRC goes on from its register by a bijection: when the register behind the part differs, so does the CRC behind
/// the bytes that follow, whatever they are, and the trailer, which matched, matches no more. One flip of each part is
/// judged in full.
fn in_long_body(corpus: &Corpus, frame: &[u8], start: usize) -> Tally {
    let before = checksum::append(checksum::crc32c(&frame[..24]), &frame[Header::LEN..start]);
    let mut part = frame[start..start + PART].to_vec();
    let after = checksum::append(before, &part);
    let mut tally = Tally::default();
    for bit in 0..PART * 8 {
        flip(&mut part, bit);
        let differs = checksum::append(before, &part) != after;
        if bit == start % (PART * 8) || !differs {
            let whole = [&frame[..start], &part, &frame[start + PART..]].concat();
            tally.add(corpus.judge(&whole));
        } else {
            tally.add(Tally::passed());
        }
        flip(&mut part, bit);
    }
    tally
}

/// Every pair of bits of short frames.
///
/// # Errors
/// None.
pub fn two_bits(corpus: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    Ok(run(&first_bits(corpus, scale.longest_pairs), course, |(frame, first)| {
        let mut bytes = frame.to_vec();
        let mut tally = Tally::default();
        flip(&mut bytes, *first);
        for second in first + 1..bytes.len() * 8 {
            flip(&mut bytes, second);
            tally.add(corpus.judge(&bytes));
            flip(&mut bytes, second);
        }
        tally
    }))
}

/// Every triple of bits of the shortest frames.
///
/// # Errors
/// None.
pub fn three_bits(corpus: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    Ok(run(&first_bits(corpus, scale.longest_triples), course, |(frame, first)| {
        let mut bytes = frame.to_vec();
        let mut tally = Tally::default();
        flip(&mut bytes, *first);
        for second in first + 1..bytes.len() * 8 {
            flip(&mut bytes, second);
            for third in second + 1..bytes.len() * 8 {
                flip(&mut bytes, third);
                tally.add(corpus.judge(&bytes));
                flip(&mut bytes, third);
            }
            flip(&mut bytes, second);
        }
        tally
    }))
}

/// Three to five bits anywhere in frames of up to 4 KiB.
///
/// # Errors
/// None.
pub fn random_bits(corpus: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    let frames: Vec<&Vec<u8>> = corpus.frames.iter().filter(|it| it.len() <= 4096).collect();
    let parts: Vec<u64> = (0..scale.flips.div_ceil(FLIPS_IN_PART)).collect();
    Ok(run(&parts, course, |part| {
        let mut random = Random::new(scale.seed ^ (part << 20));
        let mut tally = Tally::default();
        for _ in 0..FLIPS_IN_PART / FLIPS_OF_ONE {
            let mut bytes = frames[random.below(frames.len() as u64) as usize].clone();
            for _ in 0..FLIPS_OF_ONE {
                let bits = distinct(&mut random, bytes.len() as u64 * 8);
                bits.iter().for_each(|bit| flip(&mut bytes, *bit));
                tally.add(corpus.judge(&bytes));
                bits.iter().for_each(|bit| flip(&mut bytes, *bit));
            }
        }
        tally
    }))
}

/// Three to five different bits out of so many.
fn distinct(random: &mut Random, bits: u64) -> Vec<usize> {
    let count = 3 + random.below(3) as usize;
    let mut chosen = Vec::with_capacity(count);
    while chosen.len() < count {
        let bit = random.below(bits) as usize;
        if !chosen.contains(&bit) {
            chosen.push(bit);
        }
    }
    chosen
}

/// The frames up to a length, with each of their bits.
fn first_bits(corpus: &Corpus, longest: usize) -> Vec<(&Vec<u8>, usize)> {
    let frames = corpus.frames.iter().filter(|frame| frame.len() <= longest);
    frames.flat_map(|frame| (0..frame.len() * 8).map(move |bit| (frame, bit))).collect()
}

fn flip(bytes: &mut [u8], bit: usize) {
    bytes[bit / 8] ^= 1 << (bit % 8);
}

/// Bytes of a frame that are damaged in one part.
const PART: usize = 512;
/// A frame so long that a checksum over all of it for each bit takes too long.
const LONG: usize = 32 << 10;
const FLIPS_IN_PART: u64 = 1 << 16;
/// Flips of one frame before another is chosen.
const FLIPS_OF_ONE: u64 = 64;
