//! Anchors that speak against taking another, and what looks like one and is none.

use super::{ANCHORS, base, case, edited, gap, start, whole};
use crate::answer::{Answer, RecoveryAnswer};
use crate::forge::stream::Stream;
use crate::vector::Vector;
use crate::vectors::streams::{begun, with_messages};

/// All of them.
pub(super) fn vectors() -> Vec<Vector> {
    vec![
        copy_behind_its_place(),
        copy_of_what_was_delivered(),
        damaged_rival(),
        rival_by_shift(false),
        rival_by_shift(true),
    ]
}

/// Seven bytes are put in, and the last segment lies over the one before it: its own SYNC is in place by the shift that the seven bytes made.
///
/// With a bit of its last message flipped that SYNC is not borne out, and in place all the same.
fn rival_by_shift(is_flipped: bool) -> Vector {
    let stream =
        (0..4).fold(begun(), |stream, part| with_messages(stream, 4 * part..4 * part + 4).sync());
    let stream = with_messages(stream, 16..18).end();
    let syncs = stream.starts(&[3]);
    let messages = stream.starts(&[1]);
    let hit = messages[1] as usize + 40;
    let (last, end) = (messages[17], stream.starts(&[6])[0]);
    let mut input = stream.bytes().to_vec();
    input.copy_within(syncs[4] as usize.., syncs[3] as usize);
    if is_flipped {
        input[last as usize + 40] ^= 1;
    }
    input.splice(hit..hit, *b"\r\n\r\n\r\n\n");
    let frames = messages.iter().filter_map(|place| match *place {
        place if place < messages[1] => Some(place),
        place if place < syncs[1] || (syncs[3]..syncs[4]).contains(&place) => None,
        place if is_flipped && place == last => None,
        place => Some(place + 7),
    });
    let mut gaps = vec![
        gap(messages[1], syncs[1] + 7, 7, Some(3)),
        gap(syncs[3] + 7, syncs[4] + 7, 7, Some(4)),
    ];
    if is_flipped {
        gaps.push(gap(last + 7, end + 7, 7, Some(1)));
    }
    let edited = vec![edited(0, syncs[1] + 7)];
    let recovery = RecoveryAnswer { frames: frames.collect(), gaps, edited, ..whole(&stream) };
    let (name, about) = if is_flipped {
        (
            "rival-not-borne-out",
            "a copy of the last segment, whose rival is in place and not borne out",
        )
    } else {
        (
            "rival-by-shift",
            "a copy of the last segment, whose rival is in place by the shift as it was",
        )
    };
    case(&format!("recovery/{name}"), "REC-2", about, &input)
        .accepted(Answer::Recovered { recovery })
}

/// Seven bytes before two segments, and the two once more behind them, farther than the seven bytes moved them.
fn copy_behind_its_place() -> Vector {
    let stream = base();
    let [first, second, end] = [1, 2, 3].map(|anchor| start(&stream, ANCHORS[anchor]));
    let (head, tail) = stream.bytes().split_at(first as usize);
    let twice = &tail[..(end - first) as usize];
    let input = [head, b"\r\n\r\n\r\n\n", twice, tail].concat();
    let shift = 7 + end - first;
    let moved = |place: u64| if place < first { place } else { place + 7 };
    let recovery = RecoveryAnswer {
        frames: stream.starts(&[1]).into_iter().map(moved).collect(),
        gaps: vec![
            gap(first, first + 7, 7, Some(0)),
            gap(end + 7, end + shift, shift as i64, Some(0)),
        ],
        edited: vec![edited(0, first + 7), edited(second + 7, end + shift)],
        ..whole(&stream)
    };
    let about = "a copy behind the position where an anchor is due is no rival of it";
    case("recovery/copy-behind-its-place", "REC-2", about, &input)
        .accepted(Answer::Recovered { recovery })
}

/// A SYNC and a message, nine times, and the SYNC and END behind them.
fn nine_segments() -> Stream {
    (0..9).fold(begun(), |stream, number| with_messages(stream, number..number + 1).sync()).end()
}

/// Four segments are gone; the second SYNC behind them has a flipped bit and lies where one would speak against the first.
fn damaged_rival() -> Vector {
    let stream = nine_segments();
    let syncs = stream.starts(&[3]);
    let (from, to) = (syncs[1], syncs[5]);
    let gone = to - from;
    let mut input = stream.bytes().to_vec();
    input[syncs[7] as usize + 70] ^= 1;
    input.drain(from as usize..to as usize);
    let at = |place: u64| if place < from { place } else { place - gone };
    let lost = |place: &u64| (from..to).contains(place) || (syncs[7]..syncs[8]).contains(place);
    let recovery = RecoveryAnswer {
        frames: stream.starts(&[1]).into_iter().filter(|place| !lost(place)).map(at).collect(),
        gaps: vec![
            gap(from, from, -(gone as i64), Some(4)),
            gap(at(syncs[7]), at(syncs[8]), -(gone as i64), Some(1)),
        ],
        edited: vec![edited(0, from)],
        ..whole(&stream)
    };
    let about = "a SYNC whose checksum does not match is no rival";
    case("recovery/damaged-rival", "REC-2", about, &input).accepted(Answer::Recovered { recovery })
}

/// Three segments are gone; two segments behind them stand two that were delivered before.
fn copy_of_what_was_delivered() -> Vector {
    let stream = nine_segments();
    let syncs = stream.starts(&[3]);
    let part = |from: u64, to: u64| &stream.bytes()[from as usize..to as usize];
    let copied = part(syncs[1], syncs[3]);
    let input = [part(0, syncs[3]), part(syncs[6], syncs[8]), copied, part(syncs[8], stream.len())]
        .concat();
    let gone = syncs[6] - syncs[3];
    let copy = syncs[8] - gone;
    let resumed = copy + copied.len() as u64;
    let at = |place: u64| match place {
        place if place < syncs[3] => Some(place),
        place if place < syncs[6] => None,
        place if place < syncs[8] => Some(place - gone),
        place => Some(place - syncs[8] + resumed),
    };
    let recovery = RecoveryAnswer {
        frames: stream.starts(&[1]).into_iter().filter_map(at).collect(),
        gaps: vec![
            gap(syncs[3], syncs[3], -(gone as i64), Some(3)),
            gap(copy, resumed, copied.len() as i64 - gone as i64, Some(0)),
        ],
        edited: vec![edited(syncs[2], syncs[3]), edited(syncs[7] - gone, resumed)],
        ..whole(&stream)
    };
    let about = "a SYNC that is borne out and not ahead is no rival";
    case("recovery/copy-of-what-was-delivered", "REC-2", about, &input)
        .accepted(Answer::Recovered { recovery })
}
