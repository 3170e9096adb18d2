//! Section 10: damaged streams, and what comes out of them.

use super::case::Case;
use super::sample::{Dictionaries, STREAM_ID};
use super::streams::{begun, with_messages};
use crate::answer::{Answer, EditedAnswer, GapAnswer, RecoveryAnswer};
use crate::forge::compress::Failure;
use crate::forge::stream::Stream;
use crate::vector::{Operation, Vector};

mod borders;
mod damage;
mod edited;
mod pretended;
mod rivals;
mod tails;
mod unknown;

/// All of them.
///
/// # Errors
/// [`Failure`] when a compressor refuses.
pub(super) fn vectors(dictionaries: &Dictionaries) -> Result<Vec<Vector>, Failure> {
    let parts = [
        borders::vectors(),
        damage::vectors(),
        edited::vectors(),
        pretended::vectors(),
        rivals::vectors(),
        unknown::vectors(),
    ];
    Ok([parts.concat(), tails::vectors(dictionaries)?].concat())
}

/// SYNC, SCHEMA, four messages; SYNC, four messages; SYNC, two messages, END.
fn base() -> Stream {
    let first = with_messages(begun(), 0..4).sync();
    with_messages(with_messages(first, 4..8).sync(), 8..10).end()
}

/// The frames of [`base`] that are SYNCs, and the END.
const ANCHORS: [usize; 4] = [0, 6, 11, 14];
/// The data frames before each of these.
const COUNTS: [u64; 4] = [0, 4, 8, 10];

/// Where a frame of a stream starts.
fn start(stream: &Stream, frame: usize) -> u64 {
    stream.frames()[frame].0.start as u64
}

/// What an undamaged stream leads to.
fn whole(stream: &Stream) -> RecoveryAnswer {
    RecoveryAnswer {
        stream_id: STREAM_ID,
        id_source: "first-sync".to_owned(),
        frames: stream.starts(&[1, 2]),
        gaps: Vec::new(),
        edited: Vec::new(),
        unassigned: Vec::new(),
        unconfirmed: 0,
        terminated: true,
        trailing: 0,
    }
}

/// The data frames of [`base`] outside `lost`, those from `moved` on by `shift` bytes.
fn left(lost: core::ops::Range<usize>, moved: usize, shift: i64) -> Vec<u64> {
    let stream = base();
    let frames = stream.frames().iter().enumerate();
    let data = frames.filter(|(number, (_, kind))| *kind == 1 && !lost.contains(number));
    data.map(|(number, (place, _))| {
        let by = if number >= moved { shift } else { 0 };
        (place.start as u64).saturating_add_signed(by)
    })
    .collect()
}

fn gap(from: u64, to: u64, shift: i64, frames_lost: Option<u64>) -> GapAnswer {
    GapAnswer { from, to, shift, frames_lost }
}

fn edited(from: u64, to: u64) -> EditedAnswer {
    EditedAnswer { from, to }
}

/// A case over damaged bytes.
fn case(name: &str, clauses: &str, about: &str, input: &[u8]) -> Case {
    Case::new(Operation::Recover, name, clauses, about).input(input)
}

fn recovered(
    name: &str,
    clauses: &str,
    about: &str,
    input: &[u8],
    mut recovery: RecoveryAnswer,
) -> Vector {
    mark_moved_segments(input, &mut recovery);
    case(&format!("recovery/{name}"), clauses, about, input)
        .accepted(Answer::Recovered { recovery })
}

/// Marks the segments that REC-5 marks because bytes came or went in them: a gap follows what was delivered, and the shift behind it is another.
fn mark_moved_segments(input: &[u8], recovery: &mut RecoveryAnswer) {
    let first = base();
    let head = &first.bytes()[..44];
    let mut shift = 0;
    for gap in &recovery.gaps {
        let is_moved = gap.frames_lost.is_some() && gap.shift != shift && gap.from < gap.to;
        shift = gap.shift;
        let before = usize::try_from(gap.from).unwrap_or(usize::MAX).min(input.len());
        let anchor = (0..before).rev().find(|place| input[*place..].starts_with(head));
        if let Some(anchor) = anchor.filter(|_| is_moved).map(|anchor| anchor as u64)
            && recovery.frames.iter().any(|frame| (anchor..gap.from).contains(frame))
        {
            recovery.edited.push(edited(anchor, gap.to));
        }
    }
    recovery.edited.sort_unstable_by_key(|segment| segment.from);
}
