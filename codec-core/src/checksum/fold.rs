//! CRC-32C of long input without tables and without the processor's help, eight bytes at a time.
//!
//! The polynomial P divides x^209 + x^144 + x^54 + x^39 + x^14 + 1, and so it divides what that becomes with x^64 for x, its 64th power. A word of eight
//! bytes may therefore be taken away where it is added to the words 65, 155, 170, 195 and 209 behind it: five words are read for each, and none is
//! looked up. What is left in the end are 209 words with the same remainder. (After Russell, "Chorba: A novel CRC32 implementation", 2024.)

/// Words whose checksum, from a register of zeros, is that of what they were made of.
pub(super) struct Left {
    words: [Word; DEGREE + BLOCK],
    count: usize,
}

impl Left {
    pub(super) fn bytes(&self) -> &[u8] {
        self.words.get(..self.count).unwrap_or_default().as_flattened()
    }
}

/// What is left of `words`, which follow on what the register is of, of which there are [`LEAST`]; nothing where there are too few.
pub(super) fn folded(register: u32, words: &[Word]) -> Option<Left> {
    let count = words.len().checked_sub(DEGREE).filter(|count| *count >= BLOCK)?;
    let (blocks, _) = words.get(..count)?.as_chunks::<BLOCK>();
    let rest = words.get(blocks.as_flattened().len()..)?;
    let mut done = [0_u64; DEGREE + GROUP * BLOCK];
    let mut entry = u64::from(register);
    let (groups, last) = blocks.as_chunks::<GROUP>();
    for group in groups.iter().map(<[_; GROUP]>::as_slice).chain([last]) {
        for (block, at) in group.iter().zip((0..).step_by(BLOCK)) {
            let window = done.get_mut(at..).and_then(|rest| rest.first_chunk_mut())?;
            step(window, block, core::mem::take(&mut entry));
        }
        // The words to go on from are the last ones.
        for place in 0..DEGREE {
            let from = group.len().saturating_mul(BLOCK).saturating_add(place);
            let word = done.get(from).copied()?;
            *done.get_mut(place)? = word;
        }
    }
    let mut left = Left { words: [[0; 8]; DEGREE + BLOCK], count: rest.len() };
    for ((place, left), word) in left.words.iter_mut().enumerate().zip(rest) {
        let back =
            |by: usize| done.get(..DEGREE)?.get(DEGREE.saturating_add(place).checked_sub(by)?);
        let taken = TAPS.iter().filter_map(|by| back(*by));
        *left = taken.fold(u64::from_le_bytes(*word), |sum, word| sum ^ word).to_le_bytes();
    }
    Some(left)
}

/// Takes the words of a block away, `window` behind those before it.
#[inline(always)]
fn step(window: &mut [u64; DEGREE + BLOCK], block: &[Word; BLOCK], entry: u64) {
    let (known, new) = window.split_at_mut_checked(DEGREE).unwrap_or_default();
    let (a, b, c) = (back::<65>(known), back::<155>(known), back::<170>(known));
    let (d, e) = (back::<195>(known), back::<209>(known));
    let taps = a.iter().zip(b).zip(c).zip(d).zip(e);
    for ((new, word), ((((a, b), c), d), e)) in new.iter_mut().zip(block).zip(taps) {
        *new = u64::from_le_bytes(*word) ^ a ^ b ^ c ^ d ^ e;
    }
    if let Some(first) = new.first_mut() {
        *first ^= entry;
    }
}

/// As many words as a block has, that far before it.
#[inline(always)]
fn back<const BY: usize>(known: &[u64]) -> &[u64; BLOCK] {
    known.get(DEGREE.saturating_sub(BY)..).and_then(|known| known.first_chunk()).unwrap_or(&ZEROS)
}

pub(super) type Word = [u8; 8];

/// The degree of the polynomial, and how far behind a word those are that it is added to.
const DEGREE: usize = 209;
const TAPS: [usize; 5] = [65, 155, 170, 195, 209];
/// So many words do not need each other.
const BLOCK: usize = 64;
/// After so many blocks the words to go on from are moved to the front; they are fewer than the words of these blocks.
const GROUP: usize = 4;
/// From here on going over the words that are left is little beside what is saved.
pub(super) const LEAST: usize = 1024;
static ZEROS: [u64; BLOCK] = [0; BLOCK];
