//! What is read and written again, and what is no frame.

use strictframe_core::Limits;

use super::course::{Course, run};
use super::large::timed;
use super::{Corpus, Scale, Tally};
use crate::forge::compress::Failure;
use crate::forge::payload::Random;
use crate::properties::{chunking, foreign, frame, sealed};

/// Random frames with good checksums: written as they were read, no panic, and never a long time.
///
/// # Errors
/// None.
pub fn written_again(_: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    let parts: Vec<u64> = (0..scale.random.div_ceil(IN_PART)).collect();
    Ok(run(&parts, course, |part| {
        let mut random = Random::new(scale.seed ^ (part << 16));
        (0..IN_PART).map(|_| one(&mut random)).sum()
    }))
}

fn one(random: &mut Random) -> Tally {
    let bytes = sealed::data(random);
    let piece = 1 + random.below(40) as usize;
    timed("a frame", || {
        frame::is_written_again(&bytes);
        frame::nothing_panics(&bytes, &Limits::TINY);
        frame::header_ends_after_28_bytes(&bytes);
        chunking::never_changes_a_connection(&bytes, &[piece]);
    })
}

/// Messages of other formats: all refused, each with its diagnosis.
///
/// # Errors
/// None.
pub fn foreign(_: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    let seeds: Vec<u64> = (0..scale.random / 20).map(|seed| seed ^ scale.seed).collect();
    Ok(run(&seeds, course, |seed| {
        let tried = foreign::no_other_format_is_taken(*seed) as u64;
        Tally { tried, refused: tried, ..Tally::default() }
    }))
}

const IN_PART: u64 = 500;
