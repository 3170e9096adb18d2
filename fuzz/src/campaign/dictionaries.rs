//! Dictionaries of the right length and the wrong content.

use strictframe_core::{ErrorKind, Frame, Limits};

use super::course::{Course, run};
use super::{Corpus, Scale, Tally};
use crate::codecs::Codecs;
use crate::forge::compress::{self, Failure};
use crate::forge::payload::{self, Random};
use crate::forge::{Data, Packed, dictionary_id};
use crate::vectors::sample;

/// Records read with another dictionary: refused by its id, and by `raw_crc` when the right id is forced onto it.
///
/// # Errors
/// [`Failure`] when a compressor refuses.
pub fn wrong(_: &Corpus, scale: &Scale, course: &dyn Course) -> Result<Tally, Failure> {
    let trained = compress::train(2048)?;
    let records: Vec<u64> = (0..scale.dictionaries).collect();
    let failed = std::sync::Mutex::new(None);
    let tally = run(&records, course, |record| {
        let mut random = Random::new(scale.seed ^ (record << 24));
        match one(&mut random, &trained) {
            Ok(tally) => tally,
            Err(failure) => {
                if let Ok(mut failed) = failed.lock() {
                    *failed = Some(failure);
                }
                Tally::default()
            }
        }
    });
    match failed.into_inner() {
        Ok(Some(failure)) => Err(failure),
        _ => Ok(tally),
    }
}

/// One record, with each codec and kind of dictionary.
fn one(random: &mut Random, trained: &[u8]) -> Result<Tally, Failure> {
    let record = payload::text(random.below(1_000_000), 150 + random.below(2000) as usize);
    let text = payload::text(random.below(1_000_000), 1500);
    let other_text = payload::text(2_000_000 + random.below(1_000_000), text.len());
    // The same tables, and behind them other content.
    let mut other_trained = trained.to_vec();
    let tail = other_trained.len() / 2;
    other_trained[tail..].reverse();
    let lz4 = compress::lz4(&record, Some(&text))?;
    let zstd = compress::zstd(&record, Some(&text))?;
    let by_trained = compress::zstd(&record, Some(trained))?;
    Ok([
        decoded(&record, 1, lz4, &text, &other_text),
        decoded(&record, 2, zstd, &text, &other_text),
        decoded(&record, 2, by_trained, trained, &other_trained),
    ]
    .into_iter()
    .sum())
}

fn decoded(record: &[u8], codec: u8, stored: Vec<u8>, right: &[u8], wrong: &[u8]) -> Tally {
    let frame = Data::message(sample::key(), &[])
        .packed(Packed::of(codec, record, Some(right)), stored)
        .bytes();
    let frame = match Frame::parse(&frame, &Limits::DEFAULT) {
        Ok(frame) => frame,
        // Compression that does not pay is no case for a dictionary.
        Err(_) => return Tally::default(),
    };
    let decode = |codecs: &mut Codecs| {
        let mut room = Vec::new();
        frame.decode(|_| Ok(None), codecs, &mut room).map(|decoded| decoded.payload == record)
    };
    let mut tally = Tally::default();
    let mut check = |passed: bool, what: String| {
        tally.add(if passed { Tally::passed() } else { Tally::failed(what) });
    };
    let mut held = Codecs::new();
    held.hold(right.to_vec());
    let right_one = decode(&mut held);
    check(right_one == Ok(true), format!("the right dictionary: {right_one:?}"));
    held.forget();
    held.hold(wrong.to_vec());
    // SPEC [DIC-1]: by its id.
    let by_id = decode(&mut held).map_err(|error| error.kind());
    check(by_id == Err(ErrorKind::UnknownDictionary), format!("the wrong dictionary: {by_id:?}"));
    held.hold_as(dictionary_id(right), wrong.to_vec());
    // SPEC [COD-6]: by what comes out; the right record may come out when nothing was taken from the dictionary.
    let forced = decode(&mut held).map_err(|error| error.kind());
    check(forced != Ok(false), "a wrong record from a dictionary with a forced id".to_owned());
    if forced == Ok(true) {
        tally.excused += 1;
        tally.refused -= 1;
    }
    tally
}
