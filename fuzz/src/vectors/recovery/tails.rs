//! Streams that break off, go on behind their END, or lost what their frames need.

use super::{base, gap, left, recovered, start, whole};
use crate::answer::{GapAnswer, RecoveryAnswer};
use crate::forge::compress::{self, Failure};
use crate::forge::{Data, Packed, Raw, payload};
use crate::vector::Vector;
use crate::vectors::framing::changed;
use crate::vectors::sample::{self, Dictionaries};
use crate::vectors::streams::{begun, with_messages};

/// All of them.
///
/// # Errors
/// [`Failure`] when a compressor refuses.
pub(super) fn vectors(dictionaries: &Dictionaries) -> Result<Vec<Vector>, Failure> {
    Ok([tails(), dictionary_lost(dictionaries)?].concat())
}

fn tails() -> Vec<Vector> {
    let stream = base();
    let bytes = stream.bytes();
    let len = bytes.len();
    let at = |frame: usize| stream.frames()[frame].0.start;
    let open = |frames: Vec<u64>, unconfirmed: u64, gaps: Vec<GapAnswer>| RecoveryAnswer {
        frames,
        unconfirmed,
        gaps,
        terminated: false,
        ..whole(&stream)
    };
    let trailing = |name: &str, about: &str, more: &[u8]| {
        let answer = RecoveryAnswer { trailing: more.len() as u64, ..whole(&stream) };
        recovered(name, "REC-6", about, &[bytes, more].concat(), answer)
    };
    let up_to = |frame: usize| left(frame..15, 0, 0);
    let second = with_messages(begun(), 0..2).end();
    vec![
        recovered(
            "torn-tail",
            "REC-4 REC-6",
            "the last message is not whole",
            &bytes[..at(13) + 50],
            open(up_to(13), 1, vec![gap(start(&stream, 13), at(13) as u64 + 50, 0, None)]),
        ),
        recovered(
            "torn-tail-one-byte",
            "REC-4 REC-6",
            "one byte of a message",
            &bytes[..at(10) + 1],
            open(up_to(10), 3, vec![gap(start(&stream, 10), at(10) as u64 + 1, 0, None)]),
        ),
        recovered(
            "torn-end",
            "REC-4 REC-6",
            "the END is not whole",
            &bytes[..len - 1],
            open(up_to(14), 2, vec![gap(start(&stream, 14), len as u64 - 1, 0, None)]),
        ),
        recovered(
            "end-lost",
            "REC-6",
            "the END is missing",
            &bytes[..at(14)],
            open(up_to(14), 2, Vec::new()),
        ),
        recovered(
            "cut-behind-sync",
            "REC-6",
            "nothing behind the last SYNC",
            &bytes[..at(12)],
            open(up_to(12), 0, Vec::new()),
        ),
        recovered(
            "cut-behind-first-sync",
            "REC-6",
            "nothing behind the first SYNC",
            &bytes[..at(1)],
            open(Vec::new(), 0, Vec::new()),
        ),
        trailing("trailing-data", "bytes behind END", b"tail"),
        trailing("trailing-stream", "another stream behind END", second.bytes()),
        trailing("trailing-same-stream", "the same stream once more behind END", bytes),
    ]
}

/// Messages that need a dictionary which lies in the damaged segment.
fn dictionary_lost(dictionaries: &Dictionaries) -> Result<Vec<Vector>, Failure> {
    let record = payload::text(1, 300);
    let text = Some(&dictionaries.text[..]);
    let data = Data::message(sample::key(), &[])
        .packed(Packed::of(1, &record, text), compress::lz4(&record, text)?);
    let begun = begun().dictionary(&dictionaries.text).data(&data, &[&record]).sync();
    let stream = begun.data(&data, &[&record]).data(&data, &[&record]).end();
    let place = stream.frames()[2].0.start;
    let answer = RecoveryAnswer {
        frames: stream.starts(&[1])[1..].to_vec(),
        gaps: vec![gap(place as u64, start(&stream, 4), 0, Some(1))],
        ..whole(&stream)
    };
    let input = changed(stream.bytes(), place + 35, 1);
    let schema = stream.frames()[1].0.start;
    let schema_lost = RecoveryAnswer {
        frames: stream.starts(&[1])[1..].to_vec(),
        gaps: vec![gap(schema as u64, start(&stream, 4), 0, Some(1))],
        ..whole(&stream)
    };
    let unused = Raw::control(5, b"unused".to_vec()).bytes();
    let late = with_messages(base().push(&unused), 0..0);
    let trailing = RecoveryAnswer { trailing: unused.len() as u64, ..whole(&base()) };
    Ok(vec![
        recovered(
            "dictionary-lost",
            "REC-7",
            "frames whose dictionary is lost are there",
            &input,
            answer,
        ),
        recovered(
            "schema-lost",
            "REC-7",
            "frames whose SCHEMA is lost are there",
            &changed(stream.bytes(), schema + 35, 1),
            schema_lost,
        ),
        recovered(
            "dictionary-behind-end",
            "REC-6 REC-7",
            "a frame behind END is not read",
            late.bytes(),
            trailing,
        ),
    ])
}
