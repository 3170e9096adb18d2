//! Whole frames of streams taken out, repeated, exchanged and put in.

use super::course::{Course, run};
use super::positions::Positions;
use super::{Corpus, Scale, Tally, split};
use crate::forge::compress::Failure;

/// The streams that are not too long, with where their frames lie.
fn streams<'a>(corpus: &'a Corpus, scale: &Scale) -> Vec<Subject<'a>> {
    let longest = scale.longest.saturating_mul(8);
    let short = corpus.streams.iter().filter(|stream| stream.len() <= longest);
    let of = |stream: &'a Vec<u8>| {
        let frames = split(stream).into_iter().map(|place| &stream[place]).collect();
        Subject { stream, frames, positions: Positions::of(stream) }
    };
    short.map(of).collect()
}

struct Subject<'a> {
    stream: &'a [u8],
    frames: Vec<&'a [u8]>,
    positions: Positions,
}

impl Subject<'_> {
    /// The verdict on other frames behind the first `kept`.
    fn judge(&self, corpus: &Corpus, kept: usize, behind: &[&[&[u8]]]) -> Tally {
        let before = self.frames[..kept].concat();
        let unchanged = before.len();
        let edited = behind.iter().fold(before, |mut edited, frames| {
            frames.iter().for_each(|frame| edited.extend_from_slice(frame));
            edited
        });
        if edited == self.stream {
            return Tally::default();
        }
        corpus.count(&edited, self.positions.lead_to_an_end(&edited, unchanged))
    }
}

/// Every stream without each of its frames, with each twice, and with every two exchanged.
///
/// # Errors
/// None.
pub fn moved(corpus: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    let streams = streams(corpus, scale);
    let places = streams.iter().flat_map(|it| (0..it.frames.len()).map(move |frame| (it, frame)));
    let pieces: Vec<(&Subject<'_>, usize)> = places.collect();
    Ok(run(&pieces, course, |(stream, at)| {
        let (frame, after) = (&stream.frames[*at..=*at], &stream.frames[at + 1..]);
        let mut tally = stream.judge(corpus, *at, &[after]);
        tally.add(stream.judge(corpus, *at, &[frame, frame, after]));
        for other in 0..after.len().min(scale.far) {
            let (between, moved) = (&after[..other], &after[other..=other]);
            tally.add(stream.judge(corpus, *at, &[moved, between, frame, &after[other + 1..]]));
        }
        tally
    }))
}

/// Every stream with each frame of all streams put in at every place.
///
/// # Errors
/// None.
pub fn put_in(corpus: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    let streams = streams(corpus, scale);
    let mut guests: Vec<&[u8]> = streams.iter().flat_map(|it| it.frames.iter().copied()).collect();
    guests.sort_unstable_by_key(|guest| (guest.len(), *guest));
    guests.dedup();
    // A few of all lengths: every kind, SYNCs and ENDs of other places included.
    let step = guests.len().div_ceil(scale.guests.max(1)).max(1);
    let guests: Vec<&[u8]> = guests.into_iter().step_by(step).collect();
    let places = streams.iter().flat_map(|it| (0..=it.frames.len()).map(move |place| (it, place)));
    let pieces: Vec<(&Subject<'_>, usize)> = places.collect();
    Ok(run(&pieces, course, |(stream, at)| {
        let after = &stream.frames[*at..];
        guests.iter().map(|guest| stream.judge(corpus, *at, &[&[*guest], after])).sum()
    }))
}
