//! Frames and streams in pieces, put in as JavaScript does, and the recovery of what is damaged.

use strictframe_core::Limits;
use strictframe_core::stream::Profile;
use strictframe_wasm::{Stream, Tools, report};

use super::{Told, Why, decoder, words};
use crate::answer::{Answer, FrameAt, StreamAnswer};
use crate::forge::stream::digest;
use crate::properties::sealed;
use crate::runner::{Setting, connection, recovery, stream};
use crate::vectors::sample;

/// Some frames, one behind the other.
pub(super) fn of_connection(limits: Limits, told: &mut Told<'_>) {
    let frames = (0..told.byte() % 4).map(|_| told.frame()).collect::<Vec<_>>().concat();
    let piece = 1 + usize::from(told.byte());
    let setting = Setting { limits, ..Setting::bare() };
    let (answer, _) = drive(&frames, limits, 0, 0, piece);
    assert_eq!(answer, connection(&setting, &frames, &[frames.len()]));
    // What more is decoded of them may be refused, and nothing else.
    drive(&frames, limits, 0, 2, piece);
}

/// A stream that is told step by step, or any bytes as one.
pub(super) fn of_stream(limits: Limits, told: &mut Told<'_>) {
    let input = of_told(told);
    let (form, piece) = (1 + u32::from(told.byte() & 1), 1 + usize::from(told.byte()) * 8);
    let profile = if form == 1 { Profile::SelfContained } else { Profile::Bare };
    let setting = Setting { limits, profile, ..Setting::bare() };
    let wanted = stream(&setting, &input, &[input.len()]);
    let (answer, records) = drive(&input, limits, form, 1, piece);
    assert_eq!(answer, wanted);
    let (answer, again) = drive(&input, limits, form, 2, piece);
    if matches!(answer, Answer::Stream { .. }) {
        assert_eq!(again, records);
    }
}

/// What recovery says of a stream, with its id and without.
pub(super) fn of_recovery(limits: Limits, tools: &mut Tools, told: &mut Told<'_>) {
    let input = of_told(told);
    let has_id = told.byte() & 1 == 1;
    let len = input.len() as u32;
    let given = [&input[..], &sample::STREAM_ID].concat();
    assert_ne!(tools.room(given.len() as u32), 0);
    tools.input()[..given.len()].copy_from_slice(&given);
    let answer = tools.recover(len, has_id);
    let wanted = recovery(&input, limits, has_id.then_some(sample::STREAM_ID));
    match (answer, wanted) {
        (0, Ok(Answer::Refused { error, .. })) => {
            assert_eq!(format!("{:04}", Why::read(tools.refusal()).code), error.code);
        }
        (1, Ok(Answer::Recovered { recovery })) => {
            let text = String::from_utf8(tools.given().to_vec()).unwrap_or_default();
            let frames: Vec<_> =
                text.lines().filter_map(|line| line.strip_prefix("frame ")).collect();
            let starts: Vec<_> = recovery.frames.iter().map(u64::to_string).collect();
            assert_eq!(frames, starts);
            let end = format!(
                "\nend {} {} {}",
                recovery.unconfirmed, recovery.terminated, recovery.trailing
            );
            assert!(text.ends_with(&end), "{text}");
            let of = |word: &str| text.lines().filter(|line| line.starts_with(word)).count();
            assert_eq!(of("gap "), recovery.gaps.len());
            assert_eq!(of("edited "), recovery.edited.len());
            assert_eq!(of("unassigned "), recovery.unassigned.len());
        }
        (answer, wanted) => assert!(answer == 0 && wanted.is_err(), "{answer}: {wanted:?}"),
    }
}

fn of_told(told: &mut Told<'_>) -> Vec<u8> {
    match told.byte() & 3 {
        0 => told.piece().to_vec(),
        _ => {
            let mut stream = sealed::told_stream(told.piece());
            // Long ones have targets of their own.
            stream.truncate(MOST);
            stream
        }
    }
}

/// What comes out of pieces of that length; and the records, where these are asked for.
fn drive(
    input: &[u8],
    limits: Limits,
    form: u32,
    depth: u32,
    piece: usize,
) -> (Answer, Vec<Vec<u8>>) {
    let mut stream = Stream::new(decoder(limits), form);
    let (mut frames, mut records, mut stream_id) = (Vec::new(), Vec::new(), [0; 16]);
    let mut rest = input;
    loop {
        match stream.step(rest.is_empty(), depth) {
            0 => break,
            1 => {
                let found = stream.found();
                let start = words::long(found.report, report::START);
                let frame = words::frame(found.report, found.frame);
                assert_eq!(found.frame, &input[start as usize..][..found.frame.len()]);
                if depth > 0 && frame.control.is_none() {
                    records.extend(words::records(found));
                }
                if frame.kind == 3 {
                    stream_id = found.frame[28..].first_chunk().copied().unwrap_or_default();
                }
                frames.push(FrameAt { offset: start, kind: frame.kind });
            }
            2 => {
                assert!(!rest.is_empty(), "waits behind the end");
                let (now, later) = rest.split_at(piece.min(rest.len()));
                assert_ne!(stream.room(now.len() as u32), 0);
                stream.input()[..now.len()].copy_from_slice(now);
                stream.took(now.len() as u32);
                rest = later;
            }
            _ => {
                let (count, records_sha256) = (records.len() as u64, digest(&records));
                let whole = StreamAnswer { stream_id, frames, records: count, records_sha256 };
                return match form {
                    0 => (Answer::Deframed { frames: whole.frames }, records),
                    _ => (Answer::Stream { stream: whole }, records),
                };
            }
        }
    }
    let first = stream.found().refusal.to_vec();
    assert_eq!(stream.step(true, depth), 0);
    assert_eq!(stream.found().refusal, first, "refused otherwise the second time");
    let error = words::error(&first);
    let frames = (form > 0).then_some(frames.len() as u64);
    (Answer::Refused { error, frames }, records)
}

/// Bytes of a stream.
const MOST: usize = 60_000;
