//! As many compressed frames as are asked for, good ones and such as are damaged behind good checksums: what builds of one decompressor are compared by.

use super::case::Case;
use super::sample::{self, Dictionaries};
use crate::forge::compress::{self, Failure};
use crate::forge::payload::{self, Random};
use crate::forge::{Data, Packed};
use crate::runner;
use crate::vector::Vector;

/// So many frames of those that have this seed. Their answers are those of the core with this machine's libzstd.
///
/// # Errors
/// [`Failure`] when a compressor refuses, or when there is no answer.
pub fn many(count: u64, seed: u64) -> Result<Vec<Vector>, Failure> {
    let dictionaries = Dictionaries::new()?;
    (0..count)
        .map(|number| one(number, &mut Random::new(seed ^ number << 20), &dictionaries))
        .collect()
}

fn one(number: u64, random: &mut Random, dictionaries: &Dictionaries) -> Result<Vector, Failure> {
    let content = content(random);
    let dictionary = match random.below(3) {
        0 => Some(&dictionaries.trained[..]),
        _ => None,
    };
    let level = LEVELS[random.below(LEVELS.len() as u64) as usize];
    let mut stored = compress::zstd_at(level, &content, dictionary)?;
    let about = match damage(&mut stored, random) {
        true => "damaged behind good checksums",
        false => "as it was made",
    };
    let packed = Packed::of(2, &content, dictionary);
    let frame = Data::message(sample::key(), &[]).packed(packed, stored).bytes();
    let case = Case::decode(&format!("many/{number:07}"), "COD-5", about, &frame);
    let case = dictionary.iter().fold(case, |case, dictionary| case.dictionary(dictionary));
    let mut vector = case.records(&[&content]);
    vector.expect = runner::answer(&vector).map_err(|message| Failure { message })?;
    Ok(vector)
}

/// Text, noise, repetitions near and far, and all of it together.
fn content(random: &mut Random) -> Vec<u8> {
    // Most are as long as records are, some as long as large batches.
    let most = [64, 600, 600, 4_000, 4_000, 40_000, 400_000][random.below(7) as usize];
    let len = 1 + random.below(most) as usize;
    let mut content = Vec::new();
    while content.len() < len {
        let piece = 1 + random.below(most / 2 + 1) as usize;
        let seed = random.next() >> 16;
        match random.below(5) {
            0 => content.extend(payload::noise(seed, piece.min(2_000))),
            1 => content.resize(content.len() + piece, seed as u8),
            2 if !content.is_empty() => {
                let start = random.below(content.len() as u64) as usize;
                let end = content.len().min(start + piece);
                content.extend_from_within(start..end);
            }
            _ => content.extend(payload::text(seed, piece)),
        }
    }
    content.truncate(len);
    content
}

/// Bits or bytes changed, or the end cut off; every second time nothing.
fn damage(stored: &mut Vec<u8>, random: &mut Random) -> bool {
    let len = stored.len() as u64;
    match random.below(8) {
        0..4 => return false,
        4..6 => {
            for _ in 0..=random.below(3) {
                let at = random.below(len) as usize;
                stored[at] ^= 1 << random.below(8);
            }
        }
        6 => {
            let at = random.below(len) as usize;
            let noise = payload::noise(random.next(), 1 + random.below(12) as usize);
            stored.iter_mut().skip(at).zip(noise).for_each(|(byte, other)| *byte = other);
        }
        _ => stored.truncate(1 + random.below(len) as usize),
    }
    true
}

const LEVELS: [i32; 8] = [-5, 1, 3, 6, 9, 13, 17, 19];
