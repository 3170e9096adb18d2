//! Streams whose frames are all good and not where they were written.

use super::{base, edited, gap, recovered, start, whole};
use crate::answer::RecoveryAnswer;
use crate::forge::stream::Stream;
use crate::forge::{Data, Raw};
use crate::vector::Vector;
use crate::vectors::sample::{self, STREAM_ID};
use crate::vectors::streams::{begun, with_messages};

/// All of them.
pub(super) fn vectors() -> Vec<Vector> {
    [rearranged(), copies()].concat()
}

/// The frames of [`base`] in another order.
fn in_order(order: &[usize]) -> Stream {
    let stream = base();
    let frame = |number: &usize| &stream.bytes()[stream.frames()[*number].0.clone()];
    order.iter().fold(Stream::empty(STREAM_ID), |edited, number| edited.push(frame(number)))
}

fn rearranged() -> Vec<Vector> {
    let stream = base();
    let len = |frame: usize| stream.frames()[frame].0.len() as i64;
    let of = |name: &str, clauses: &str, about: &str, order: &[usize], answer: RecoveryAnswer| {
        let input = in_order(order);
        let frames = input.starts(&[1]);
        recovered(name, clauses, about, input.bytes(), RecoveryAnswer { frames, ..answer })
    };
    // A change of length between the second and the third SYNC.
    let moved = |shift: i64, lost: u64| {
        let to = start(&stream, 11).saturating_add_signed(shift);
        RecoveryAnswer {
            gaps: vec![gap(to, to, shift, Some(lost))],
            edited: vec![edited(start(&stream, 6), to)],
            ..whole(&stream)
        }
    };
    let same_place = |segments: &[(usize, usize)]| {
        let edited =
            segments.iter().map(|(from, to)| edited(start(&stream, *from), start(&stream, *to)));
        RecoveryAnswer { edited: edited.collect(), ..whole(&stream) }
    };
    let (frame_8, two) = (len(8), len(8) + len(9));
    let twin = |letter: u8| Data::message(sample::key(), &[letter; 20]).bytes();
    let before = |a: u8, b: u8| {
        let stream = begun().push(&twin(a)).sync().push(&twin(b)).sync();
        with_messages(stream, 0..1).end()
    };
    let (right, wrong) = (before(b'a', b'b'), before(b'b', b'a'));
    // The anchors of the one, with the two messages of the other.
    let mut crossed = right.bytes().to_vec();
    for frame in [2, 4] {
        let place = right.frames()[frame].0.clone();
        crossed[place.clone()].copy_from_slice(&wrong.bytes()[place]);
    }
    let across = RecoveryAnswer {
        edited: vec![edited(0, start(&right, 3)), edited(start(&right, 3), start(&right, 5))],
        ..whole(&right)
    };
    vec![
        of(
            "frame-deleted",
            "REC-5 REC-4",
            "a whole message is missing",
            &[0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14],
            moved(-frame_8, 1),
        ),
        of(
            "frames-deleted",
            "REC-5 REC-4",
            "two whole messages are missing",
            &[0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14],
            moved(-two, 2),
        ),
        of(
            "frame-duplicated",
            "REC-5 REC-4",
            "a whole message twice",
            &[0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 10, 11, 12, 13, 14],
            moved(frame_8, 0),
        ),
        of(
            "frames-swapped",
            "REC-5",
            "two messages of one segment exchanged",
            &[0, 1, 2, 3, 4, 5, 6, 8, 7, 9, 10, 11, 12, 13, 14],
            same_place(&[(6, 11)]),
        ),
        of(
            "frames-swapped-before-end",
            "REC-5",
            "the last two messages exchanged",
            &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 12, 14],
            same_place(&[(11, 14)]),
        ),
        recovered(
            "frames-swapped-across-sync",
            "REC-5",
            "two messages of two segments exchanged",
            &crossed,
            across,
        ),
        of(
            "segment-deleted",
            "REC-4 REC-5",
            "a whole segment is missing",
            &[0, 1, 2, 3, 4, 5, 11, 12, 13, 14],
            {
                let to = start(&stream, 6);
                let shift = start(&stream, 6) as i64 - start(&stream, 11) as i64;
                RecoveryAnswer {
                    gaps: vec![gap(to, to, shift, Some(4))],
                    edited: vec![edited(0, to)],
                    ..whole(&stream)
                }
            },
        ),
        unassigned(),
    ]
}

/// Anchors that stand where others did, or twice: what lies behind one that is not taken is lost.
fn copies() -> Vec<Vector> {
    let stream = base();
    // The gap reaches from one frame of the input to another; that is an anchor, and moved.
    let of = |name: &str, about: &str, order: &[usize], (from, to): (usize, usize), lost: u64| {
        let input = in_order(order);
        let gone = start(&input, from)..start(&input, to);
        let shift = gone.end as i64 - start(&stream, order[to]) as i64;
        let answer = RecoveryAnswer {
            frames: input.starts(&[1]).into_iter().filter(|place| !gone.contains(place)).collect(),
            gaps: vec![gap(gone.start, gone.end, shift, Some(lost))],
            // The shift changes without a stretch of bytes: the segment between the two anchors is edited.
            edited: Some(gone.start)
                .filter(|_| gone.is_empty())
                .map(|to| edited(start(&input, from - 1), to))
                .into_iter()
                .collect(),
            ..whole(&stream)
        };
        recovered(name, "REC-2 REC-4", about, input.bytes(), answer)
    };
    vec![
        of(
            "sync-duplicated",
            "a SYNC twice: nothing was delivered behind the first, so the second is taken too",
            &[0, 1, 2, 3, 4, 5, 6, 6, 7, 8, 9, 10, 11, 12, 13, 14],
            (7, 7),
            0,
        ),
        of(
            "segment-duplicated",
            "a segment twice",
            &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 6, 7, 8, 9, 10, 11, 12, 13, 14],
            (11, 16),
            0,
        ),
        of(
            "later-part-inserted",
            "the beginning of the last segment in the middle of the first",
            &[0, 1, 2, 3, 11, 12, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14],
            (4, 8),
            2,
        ),
        of(
            "later-segment-inserted",
            "the last segment once more, before the second",
            &[0, 1, 2, 3, 4, 5, 11, 12, 13, 6, 7, 8, 9, 10, 11, 12, 13, 14],
            (6, 9),
            0,
        ),
        of(
            "rival-behind-copy",
            "the last segment and its END once more, before the second: that is still to come",
            &[0, 1, 2, 3, 4, 5, 11, 12, 13, 14, 6, 7, 8, 9, 10, 11, 12, 13, 14],
            (6, 10),
            0,
        ),
        more_than_counted(),
        overwritten(),
        of(
            "segments-swapped",
            "two segments exchanged",
            &[0, 1, 2, 3, 4, 5, 11, 12, 13, 6, 7, 8, 9, 10, 14],
            (6, 14),
            6,
        ),
    ]
}

/// The last segment and its END written over the second, whose SYNC is lost; the original is in place.
fn overwritten() -> Vector {
    let stream = base();
    let (over, copied) = (start(&stream, 6) as usize, start(&stream, 11) as usize);
    let mut input = stream.bytes().to_vec();
    input.copy_within(copied.., over);
    let lost = start(&stream, 6)..start(&stream, 11);
    let answer = RecoveryAnswer {
        frames: stream.starts(&[1]).into_iter().filter(|place| !lost.contains(place)).collect(),
        gaps: vec![gap(lost.start, lost.end, 0, Some(4))],
        ..whole(&stream)
    };
    let about = "the last segment and its END written over the second segment";
    recovered("rival-in-place", "REC-2 REC-4", about, &input, answer)
}

/// A large message overwritten by three copies of a small one and what is left of it.
fn more_than_counted() -> Vector {
    let stream = with_messages(begun(), 0..1).message(sample::key(), &[b'u'; 1000]);
    let stream = with_messages(with_messages(stream, 1..2).sync(), 2..3).end();
    let places: Vec<_> = stream.frames().iter().map(|(place, _)| place.clone()).collect();
    let (small, large, sync) = (places[2].clone(), places[3].start, places[5].start as u64);
    let copies = stream.bytes()[small.clone()].repeat(3);
    let mut input = stream.bytes().to_vec();
    input[large..large + copies.len()].copy_from_slice(&copies);
    let copy = |number: usize| (large + number * small.len()) as u64;
    let answer = RecoveryAnswer {
        frames: vec![small.start as u64, copy(0), copy(1), copy(2), places[6].start as u64],
        gaps: vec![gap(copy(3), sync, 0, Some(0))],
        edited: vec![edited(0, sync)],
        ..whole(&stream)
    };
    let about = "more frames than the next SYNC counts, and a gap behind them";
    recovered("more-than-counted", "REC-4", about, &input, answer)
}

/// A frame of a kind that a later version may assign.
fn unassigned() -> Vector {
    let later = Raw::control(9, b"of a later version".to_vec()).bytes();
    let stream = with_messages(with_messages(begun(), 0..2).push(&later), 2..4).sync();
    let stream = with_messages(stream, 4..6).push(&later).end();
    let answer = RecoveryAnswer { unassigned: stream.starts(&[9]), ..whole(&stream) };
    recovered(
        "unassigned-kind",
        "REC-3",
        "frames of kind 9 are stepped over",
        stream.bytes(),
        answer,
    )
}
