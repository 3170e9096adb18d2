//! Bytes that come, go, or change places; frames that are joined.

use strictframe_core::Header;

use super::course::{Course, run};
use super::{Corpus, Scale, Tally, mutations};
use crate::forge::compress::Failure;

/// What a way to damage makes of each input for one frame.
fn each(
    corpus: &Corpus,
    scale: &Scale,
    course: &dyn Course,
    mutate: impl Fn(&[u8], &mut dyn FnMut(&[u8], usize)) + Sync,
) -> Tally {
    run(&corpus.inputs_of_one(scale), course, |input| {
        let mut tally = Tally::default();
        mutate(input, &mut |edited, _| tally.add(corpus.judge(edited)));
        tally
    })
}

/// Every beginning.
///
/// # Errors
/// None.
pub fn truncated(corpus: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    Ok(each(corpus, scale, course, |input, look| mutations::truncated(input, look)))
}

/// Every end.
///
/// # Errors
/// None.
pub fn shifted(corpus: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    Ok(each(corpus, scale, course, |input, look| mutations::shifted(input, look)))
}

/// Every byte value at every place.
///
/// # Errors
/// None.
pub fn inserted(corpus: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    let inputs = corpus.inputs_of_one(scale);
    let values = |input| (0..=255).map(move |value| (input, value));
    let pieces: Vec<(&[u8], u8)> = inputs.into_iter().flat_map(values).collect();
    Ok(run(&pieces, course, |(input, value)| {
        let mut tally = Tally::default();
        mutations::inserted(input, *value, |edited, _| tally.add(corpus.judge(edited)));
        tally
    }))
}

/// Every byte.
///
/// # Errors
/// None.
pub fn deleted(corpus: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    Ok(each(corpus, scale, course, |input, look| mutations::deleted(input, look)))
}

/// Every two neighbours that differ.
///
/// # Errors
/// None.
pub fn swapped(corpus: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    Ok(each(corpus, scale, course, |input, look| mutations::swapped(input, look)))
}

/// Every vector behind every other, streams among them, read as one frame.
///
/// # Errors
/// None.
pub fn joined(corpus: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    let inputs = corpus.inputs(scale);
    Ok(run(&inputs, course, |first| {
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
pub fn spliced(corpus: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    let frames: Vec<&Vec<u8>> =
        corpus.frames.iter().filter(|frame| frame.len() <= scale.longest).collect();
    Ok(run(&frames, course, |first| {
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
