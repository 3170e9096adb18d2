//! Whole frames of streams taken out, repeated, exchanged and put in.

use super::flips::run;
use super::{Corpus, Progress, Scale, Tally, split};
use crate::answer::Answer;
use crate::forge::compress::Failure;
use crate::runner::{Setting, stream};

/// Every stream without each of its frames, with each twice, with every two exchanged, and with frames of others put in everywhere.
///
/// # Errors
/// None.
pub fn moved(corpus: &Corpus, scale: &Scale, progress: &dyn Progress) -> Result<Tally, Failure> {
    let longest = scale.longest.saturating_mul(8);
    let streams: Vec<&Vec<u8>> = corpus.streams.iter().filter(|it| it.len() <= longest).collect();
    // One frame of each length: every kind, SYNCs and ENDs of other places included.
    let mut guests: Vec<&[u8]> = Vec::new();
    for stream in &streams {
        guests.extend(split(stream).into_iter().map(|place| &stream[place]));
    }
    guests.sort_by_key(|guest| guest.len());
    guests.dedup();
    let step = guests.len().div_ceil(GUESTS);
    let guests: Vec<&[u8]> = guests.into_iter().step_by(step.max(1)).collect();
    Ok(run(&streams, progress, |stream| of_one(corpus, stream, &guests)))
}

fn of_one(corpus: &Corpus, stream: &[u8], guests: &[&[u8]]) -> Tally {
    let frames: Vec<&[u8]> = split(stream).into_iter().map(|place| &stream[place]).collect();
    let mut tally = Tally::default();
    let mut try_order = |frames: Vec<&[u8]>| {
        let edited = frames.concat();
        if edited != stream {
            tally.add(corpus.count(&edited, is_read_to_its_end(&edited)));
        }
    };
    for at in 0..frames.len() {
        let (before, after) = (&frames[..at], &frames[at..]);
        // Deleted, repeated, and put in front of each that follows.
        try_order([before, &after[1..]].concat());
        try_order([before, &after[..1], after].concat());
        for other in at + 1..frames.len().min(at + FAR) {
            let mut exchanged = frames.clone();
            exchanged.swap(at, other);
            try_order(exchanged);
        }
        for guest in guests {
            try_order([before, &[*guest], after].concat());
        }
    }
    tally
}

/// Whether a strict reader reaches END, whatever the profile asks for.
fn is_read_to_its_end(bytes: &[u8]) -> bool {
    let profiles = [Setting::default(), Setting::bare()];
    profiles
        .iter()
        .any(|setting| matches!(stream(setting, bytes, &[bytes.len()]), Answer::Stream { .. }))
}

/// How many frames of other streams are put in.
const GUESTS: usize = 60;
/// How far frames are exchanged.
const FAR: usize = 40;
