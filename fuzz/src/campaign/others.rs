//! What is read and written again, and what is no frame.

use core::time::Duration;
use std::time::Instant;

use super::flips::run;
use super::{Corpus, Progress, Scale, Tally};
use crate::forge::compress::Failure;
use crate::forge::payload::Random;
use crate::properties::{chunking, foreign, frame, sealed};

/// Random frames with good checksums: written as they were read, no panic, and never a long time.
///
/// # Errors
/// None.
pub fn written_again(_: &Corpus, scale: &Scale, progress: &dyn Progress) -> Result<Tally, Failure> {
    let parts: Vec<u64> = (0..scale.random.div_ceil(IN_PART)).collect();
    Ok(run(&parts, progress, |part| {
        let mut random = Random::new(scale.seed ^ (part << 16));
        (0..IN_PART).map(|_| one(&mut random)).sum()
    }))
}

fn one(random: &mut Random) -> Tally {
    let bytes = sealed::data(random);
    let piece = 1 + random.below(40) as usize;
    let time = || {
        let begun = Instant::now();
        frame::is_written_again(&bytes);
        frame::nothing_panics(&bytes);
        frame::header_ends_after_28_bytes(&bytes);
        chunking::never_changes_a_connection(&bytes, &[piece]);
        begun.elapsed()
    };
    // What takes long takes it each time; once it may have been the machine, which had other work.
    let times: Vec<_> = (0..3).map(|_| time()).take_while(|time| *time >= A_LONG_TIME).collect();
    if times.len() < 3 {
        Tally::passed()
    } else {
        Tally::failed(format!("{times:?} for {} bytes", bytes.len()))
    }
}

/// Messages of other formats: all refused, each with its diagnosis.
///
/// # Errors
/// None.
pub fn foreign(_: &Corpus, scale: &Scale, progress: &dyn Progress) -> Result<Tally, Failure> {
    let seeds: Vec<u64> = (0..scale.random / 20).map(|seed| seed ^ scale.seed).collect();
    Ok(run(&seeds, progress, |seed| {
        let tried = foreign::no_other_format_is_taken(*seed) as u64;
        Tally { tried, refused: tried, ..Tally::default() }
    }))
}

const IN_PART: u64 = 500;
const A_LONG_TIME: Duration = Duration::from_secs(1);
