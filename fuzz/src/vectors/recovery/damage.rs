//! Bits that changed, and bytes that came or went.

use super::{ANCHORS, COUNTS, base, case, gap, left, recovered, start, whole};
use crate::answer::{Answer, RecoveryAnswer};
use crate::vector::Vector;
use crate::vectors::framing::changed;
use crate::vectors::sample::STREAM_ID;
use crate::vectors::streams::{begun, with_filler};

/// All of them.
pub(super) fn vectors() -> Vec<Vector> {
    [one_bit(), lost_bytes(), long()].concat()
}

/// What remains when one frame of [`base`] is damaged in its place.
fn without(frame: usize) -> RecoveryAnswer {
    let stream = base();
    let from = start(&stream, frame);
    let answer = whole(&stream);
    // The next anchor behind the frame, and how many data frames lie from it on up to there.
    match ANCHORS.iter().position(|anchor| *anchor > frame) {
        Some(next) => {
            let data = stream.frames()[frame..ANCHORS[next]].iter().filter(|(_, kind)| *kind == 1);
            let lost = data.count() as u64;
            let id_source = if frame == 0 { "learnt" } else { "first-sync" }.to_owned();
            let frames = left(frame..ANCHORS[next], 0, 0);
            let gaps = vec![gap(from, start(&stream, ANCHORS[next]), 0, Some(lost))];
            RecoveryAnswer { id_source, frames, gaps, ..answer }
        }
        None => RecoveryAnswer {
            gaps: vec![gap(from, stream.len(), 0, None)],
            unconfirmed: COUNTS[3] - COUNTS[2],
            terminated: false,
            ..answer
        },
    }
}

fn one_bit() -> Vec<Vector> {
    let stream = base();
    let bit = |name: &str, clauses: &str, about: &str, frame: usize, byte: usize| {
        let input = changed(stream.bytes(), stream.frames()[frame].0.start + byte, 0x10);
        recovered(name, clauses, about, &input, without(frame))
    };
    let mut vectors = vec![
        recovered("whole", "REC-1 REC-3", "an undamaged stream", stream.bytes(), whole(&stream)),
        bit("body-bit", "REC-3 REC-4", "one bit in the body of a message", 8, 40),
        bit("header-bit", "REC-3 REC-4", "one bit in the length of a message", 3, 21),
        bit("first-sync-damaged", "REC-1 REC-4", "one bit in the first SYNC", 0, 30),
    ];
    for frame in 0..stream.frames().len() {
        let about = format!(
            "one bit in the trailer of frame {frame}, of kind {}",
            stream.frames()[frame].1
        );
        let byte = stream.frames()[frame].0.len() - 2;
        vectors.push(bit(&format!("trailer-bit-{frame:02}"), "REC-3 REC-4", &about, frame, byte));
    }
    let (a, b) = (stream.frames()[3].0.start + 30, stream.frames()[12].0.start + 30);
    let frames = left(3..6, 0, 0).into_iter().filter(|place| *place < start(&stream, 12));
    let two = RecoveryAnswer {
        frames: frames.collect(),
        gaps: vec![
            gap(start(&stream, 3), start(&stream, 6), 0, Some(3)),
            gap(start(&stream, 12), start(&stream, 14), 0, Some(2)),
        ],
        ..whole(&stream)
    };
    vectors.push(recovered(
        "two-damages",
        "REC-4",
        "two damages in two segments",
        &changed(&changed(stream.bytes(), a, 1), b, 1),
        two,
    ));
    let near = stream.frames()[9].0.start + 30;
    let both = stream.frames()[8].0.start + 30;
    vectors.push(recovered(
        "two-damages-near",
        "REC-4",
        "two damages in one segment are one gap",
        &changed(&changed(stream.bytes(), near, 1), both, 1),
        without(8),
    ));
    let mut zeros = stream.bytes().to_vec();
    zeros[stream.frames()[2].0.start + 9..stream.frames()[8].0.start + 9].fill(0);
    let answer = RecoveryAnswer {
        frames: left(2..11, 0, 0),
        gaps: vec![gap(start(&stream, 2), start(&stream, 11), 0, Some(8))],
        ..whole(&stream)
    };
    vectors.push(recovered(
        "zeros-over-sync",
        "REC-3 REC-4",
        "zeros over the end of one segment and the beginning of the next",
        &zeros,
        answer,
    ));
    vectors
}

fn lost_bytes() -> Vec<Vector> {
    let stream = base();
    let bytes = stream.bytes();
    let at = |frame: usize| stream.frames()[frame].0.start;
    let spliced =
        |from: usize, to: usize, more: &[u8]| [&bytes[..from], more, &bytes[to..]].concat();
    // Damage in frame `frame` of the second segment that moves everything behind by `shift`.
    let moved = |frame: usize, shift: i64| RecoveryAnswer {
        frames: left(frame..11, 11, shift),
        gaps: vec![gap(
            start(&stream, frame),
            start(&stream, 11).saturating_add_signed(shift),
            shift,
            Some(11 - frame as u64),
        )],
        ..whole(&stream)
    };
    let last = RecoveryAnswer {
        gaps: vec![gap(start(&stream, 13), start(&stream, 14) + 5, 5, Some(1))],
        frames: left(13..14, 0, 0),
        ..whole(&stream)
    };
    let not_last = RecoveryAnswer {
        gaps: vec![gap(start(&stream, 13), stream.len() + 5 + 3, 0, None)],
        frames: left(13..14, 0, 0),
        unconfirmed: 1,
        terminated: false,
        ..whole(&stream)
    };
    let with_id = |name: &str, about: &str, input: &[u8], recovery: RecoveryAnswer| {
        case(&format!("recovery/{name}"), "REC-1 REC-2", about, input)
            .stream_id(STREAM_ID)
            .accepted(Answer::Recovered { recovery })
    };
    let called = || RecoveryAnswer { id_source: "caller".to_owned(), ..whole(&stream) };
    let shifted = |by: i64| left(0..0, 0, by);
    let beheaded = RecoveryAnswer {
        frames: left(0..6, 0, -100),
        gaps: vec![gap(0, start(&stream, 6) - 100, -100, Some(4))],
        ..called()
    };
    let two_shifts =
        [&bytes[..at(3) + 20], &[0; 9], &bytes[at(3) + 20..at(8)], &bytes[at(8) + 30..]].concat();
    // The SYNC between the two has nothing behind it that bears it out.
    let one_gap = RecoveryAnswer {
        frames: left(3..11, 11, -21),
        gaps: vec![gap(start(&stream, 3), start(&stream, 11) - 21, -21, Some(7))],
        ..whole(&stream)
    };
    let apart =
        [&bytes[..at(3) + 20], &[0; 9], &bytes[at(3) + 20..at(12)], &bytes[at(12) + 10..]].concat();
    let segments = left(3..6, 6, 9);
    let two_gaps = RecoveryAnswer {
        frames: segments.into_iter().filter(|place| *place < start(&stream, 11)).collect(),
        gaps: vec![
            gap(start(&stream, 3), start(&stream, 6) + 9, 9, Some(3)),
            gap(start(&stream, 12) + 9, start(&stream, 14) - 1, -1, Some(2)),
        ],
        ..whole(&stream)
    };
    vec![
        recovered(
            "bytes-inserted",
            "REC-2 REC-4",
            "seven bytes between two messages",
            &spliced(at(8), at(8), b"\r\n\r\n\r\n\n"),
            moved(8, 7),
        ),
        recovered(
            "bytes-deleted",
            "REC-2 REC-4",
            "ten bytes of a message are missing",
            &spliced(at(8) + 40, at(8) + 50, b""),
            moved(8, -10),
        ),
        recovered(
            "byte-deleted-in-header",
            "REC-2 REC-4",
            "one byte of a header is missing",
            &spliced(at(9) + 12, at(9) + 13, b""),
            moved(9, -1),
        ),
        recovered(
            "many-bytes-inserted",
            "REC-2 REC-4",
            "100 000 bytes in a message",
            &spliced(at(8) + 40, at(8) + 40, &vec![b'n'; 100_000]),
            moved(8, 100_000),
        ),
        recovered(
            "insert-and-delete",
            "REC-2 REC-4",
            "bytes put in, and taken out in the next segment: the SYNC between is not borne out",
            &two_shifts,
            one_gap,
        ),
        recovered(
            "insert-and-delete-apart",
            "REC-2 REC-4",
            "bytes put in, and taken out two segments on",
            &apart,
            two_gaps,
        ),
        recovered(
            "bytes-inserted-before-end",
            "REC-2",
            "an END that is not in place, and the input ends with it",
            &spliced(at(13), at(13), b"-----"),
            last,
        ),
        recovered(
            "bytes-inserted-before-end-and-behind",
            "REC-2 REC-4",
            "an END that is not in place, and something follows it",
            &[&spliced(at(13), at(13), b"-----")[..], b"---"].concat(),
            not_last,
        ),
        with_id(
            "beginning-cut",
            "the first 100 bytes are missing, and the caller knows the id",
            &bytes[100..],
            beheaded,
        ),
        with_id(
            "bytes-in-front",
            "seven bytes in front of the stream, and the caller knows the id",
            &[b"#!sf 1\n", bytes].concat(),
            RecoveryAnswer { frames: shifted(7), gaps: vec![gap(0, 7, 7, Some(0))], ..called() },
        ),
    ]
}

/// A stream with SYNCs where they are due and nowhere else.
fn long() -> Vec<Vector> {
    let stream = with_filler(begun(), b'A'..b'`', 21_000).end();
    let syncs: Vec<usize> = stream
        .frames()
        .iter()
        .enumerate()
        .filter(|(_, (_, kind))| *kind != 1 && *kind != 4)
        .map(|(number, _)| number)
        .collect();
    let hit = |frame: usize| {
        let next = syncs.iter().copied().find(|sync| *sync > frame).unwrap_or_default();
        let lost = frame..next;
        let frames = stream
            .frames()
            .iter()
            .enumerate()
            .filter(|(number, (_, kind))| *kind == 1 && !lost.contains(number));
        RecoveryAnswer {
            frames: frames.map(|(_, (place, _))| place.start as u64).collect(),
            gaps: vec![gap(
                start(&stream, frame),
                start(&stream, next),
                0,
                Some((next - frame) as u64),
            )],
            ..whole(&stream)
        }
    };
    let of = |name: &str, about: &str, frame: usize| {
        let input = changed(stream.bytes(), stream.frames()[frame].0.start + 15_000, 2);
        recovered(name, "REC-3 REC-4", about, &input, hit(frame))
    };
    vec![
        recovered(
            "long-whole",
            "REC-1 REC-3",
            "ten SYNCs and no damage",
            stream.bytes(),
            whole(&stream),
        ),
        of("long-body-bit", "one bit behind the fifth SYNC", syncs[4] + 2),
        of("long-body-bit-before-end", "one bit before the END", stream.frames().len() - 2),
    ]
}
