//! Bytes that come, go, or change places; frames that are joined.

use strictframe_core::Header;

use super::flips::run;
use super::{Corpus, Progress, Scale, Tally};
use crate::forge::compress::Failure;

/// The inputs for one frame that are not too long.
fn inputs<'a>(corpus: &'a Corpus, scale: &Scale) -> Vec<&'a Vec<u8>> {
    let all = corpus.frames.iter().chain(&corpus.refused);
    all.filter(|input| input.len() <= scale.longest).collect()
}

/// Every beginning.
///
/// # Errors
/// None.
pub fn truncated(
    corpus: &Corpus,
    scale: &Scale,
    progress: &dyn Progress,
) -> Result<Tally, Failure> {
    Ok(run(&inputs(corpus, scale), progress, |input| {
        (0..input.len()).map(|len| corpus.judge(&input[..len])).sum()
    }))
}

/// Every end.
///
/// # Errors
/// None.
pub fn shifted(corpus: &Corpus, scale: &Scale, progress: &dyn Progress) -> Result<Tally, Failure> {
    Ok(run(&inputs(corpus, scale), progress, |input| {
        (1..input.len()).map(|start| corpus.judge(&input[start..])).sum()
    }))
}

/// Every byte value at every place.
///
/// # Errors
/// None.
pub fn inserted(corpus: &Corpus, scale: &Scale, progress: &dyn Progress) -> Result<Tally, Failure> {
    Ok(run(&inputs(corpus, scale), progress, |input| {
        let mut tally = Tally::default();
        for value in 0..=255 {
            let mut bytes = [&[value], &input[..]].concat();
            for at in 0..=input.len() {
                // Where the same value follows, it is the same mutation as one place further on.
                if input.get(at) != Some(&value) {
                    tally.add(corpus.judge(&bytes));
                }
                if at < input.len() {
                    bytes.swap(at, at + 1);
                }
            }
        }
        tally
    }))
}

/// Every byte.
///
/// # Errors
/// None.
pub fn deleted(corpus: &Corpus, scale: &Scale, progress: &dyn Progress) -> Result<Tally, Failure> {
    Ok(run(&inputs(corpus, scale), progress, |input| {
        let mut tally = Tally::default();
        let mut bytes = input.get(1..).unwrap_or_default().to_vec();
        for at in 0..input.len() {
            tally.add(corpus.judge(&bytes));
            if at < bytes.len() {
                bytes[at] = input[at];
            }
        }
        tally
    }))
}

/// Every two neighbours that differ.
///
/// # Errors
/// None.
pub fn swapped(corpus: &Corpus, scale: &Scale, progress: &dyn Progress) -> Result<Tally, Failure> {
    Ok(run(&inputs(corpus, scale), progress, |input| {
        let mut tally = Tally::default();
        let mut bytes = input.to_vec();
        for at in 1..bytes.len() {
            if bytes[at - 1] != bytes[at] {
                bytes.swap(at - 1, at);
                tally.add(corpus.judge(&bytes));
                bytes.swap(at - 1, at);
            }
        }
        tally
    }))
}

/// Every input behind every other.
///
/// # Errors
/// None.
pub fn joined(corpus: &Corpus, scale: &Scale, progress: &dyn Progress) -> Result<Tally, Failure> {
    let inputs = inputs(corpus, scale);
    Ok(run(&inputs, progress, |first| {
        let mut bytes = first.to_vec();
        let mut tally = Tally::default();
        for second in inputs.iter().filter(|second| !second.is_empty()) {
            bytes.extend_from_slice(second);
            tally.add(corpus.judge(&bytes));
            bytes.truncate(first.len());
        }
        tally
    }))
}

/// The header of one frame with the body of another, behind it the trailer of the one and of the other.
///
/// # Errors
/// None.
pub fn spliced(corpus: &Corpus, scale: &Scale, progress: &dyn Progress) -> Result<Tally, Failure> {
    let frames: Vec<&Vec<u8>> =
        corpus.frames.iter().filter(|frame| frame.len() <= scale.longest).collect();
    Ok(run(&frames, progress, |first| {
        let mut tally = Tally::default();
        let mut bytes = first[..Header::LEN].to_vec();
        for second in &frames {
            bytes.truncate(Header::LEN);
            bytes.extend_from_slice(&second[Header::LEN..]);
            tally.add(corpus.judge(&bytes));
            let trailer = bytes.len() - 4;
            bytes.truncate(trailer);
            bytes.extend_from_slice(&first[first.len() - 4..]);
            tally.add(corpus.judge(&bytes));
        }
        tally
    }))
}
