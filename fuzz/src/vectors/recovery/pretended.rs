//! Anchors that say what is not so, and payloads that look like parts of a stream.

use super::{base, edited, gap, left, recovered, start, whole};
use crate::answer::RecoveryAnswer;
use crate::forge::control::Position;
use crate::forge::stream::Stream;
use crate::vector::Vector;
use crate::vectors::framing::changed;
use crate::vectors::sample::{self, OTHER_ID, STREAM_ID};
use crate::vectors::streams::{begun, with_messages};

/// All of them.
pub(super) fn vectors() -> Vec<Vector> {
    [positions(), pretended()].concat()
}

/// SYNCs that verify and say what is not so.
fn positions() -> Vec<Vector> {
    type Bend = fn(Position) -> Position;
    let stream = base();
    // The second SYNC of the base, bent, with all that follows as it was.
    let bent = |bend: Bend| {
        let before = with_messages(begun(), 0..4).bent(3, bend);
        let mut bytes = before.bytes().to_vec();
        bytes.extend_from_slice(&stream.bytes()[start(&stream, 7) as usize..]);
        bytes
    };
    let skipped = RecoveryAnswer {
        frames: left(6..11, 0, 0),
        gaps: vec![gap(start(&stream, 6), start(&stream, 11), 0, Some(4))],
        ..whole(&stream)
    };
    let segments = |anchors: &[(usize, usize)]| {
        let edited =
            anchors.iter().map(|(from, to)| edited(start(&stream, *from), start(&stream, *to)));
        RecoveryAnswer { edited: edited.collect(), ..whole(&stream) }
    };
    let of = |name: &str, about: &str, bend: Bend, answer: RecoveryAnswer| {
        recovered(name, "REC-3 REC-5", about, &bent(bend), answer)
    };
    let mut first_bent =
        Stream::empty(STREAM_ID).bent(3, |p| Position { count: 1, ..p }).bytes().to_vec();
    first_bent.extend_from_slice(&stream.bytes()[80..]);
    let learnt = RecoveryAnswer { id_source: "learnt".to_owned(), ..segments(&[(0, 6)]) };
    let both = &[(0, 6), (6, 11)];
    vec![
        recovered(
            "first-sync-count",
            "REC-1 REC-5",
            "a first SYNC that is not as it should be, and is in place",
            &first_bent,
            learnt,
        ),
        of(
            "sync-of-another-stream",
            "a SYNC with another id is no anchor",
            |p| Position { stream_id: OTHER_ID, ..p },
            skipped.clone(),
        ),
        of(
            "sync-elsewhere",
            "a SYNC that says it lies further on, with nothing to bear it out",
            |p| Position { own_offset: p.own_offset + 64, ..p },
            skipped.clone(),
        ),
        of(
            "sync-behind",
            "a SYNC that says it lies before the last one",
            |p| Position { own_offset: 0, ..p },
            skipped,
        ),
        of(
            "sync-previous",
            "a SYNC in place that names another before it",
            |p| Position { previous: 9, ..p },
            segments(&[(0, 6), (6, 11)]),
        ),
        of(
            "sync-count",
            "a SYNC in place with a count too high",
            |p| Position { count: 5, ..p },
            segments(both),
        ),
        of(
            "sync-chain",
            "a SYNC in place with another chain",
            |p| Position { chain_crc: !p.chain_crc, ..p },
            segments(both),
        ),
    ]
}

/// Payloads that look like parts of a stream, in a message whose header is damaged so that they are looked at.
fn pretended() -> Vec<Vector> {
    let with = |inner: &[u8]| {
        let before = with_messages(begun(), 0..2).sync();
        with_messages(with_messages(before, 2..3).message(sample::key(), inner).sync(), 3..5).end()
    };
    let damaged = |stream: &Stream| changed(stream.bytes(), stream.frames()[6].0.start + 21, 0x10);
    // The message is frame 6, the SYNC behind it frame 7.
    let of = |name: &str, clauses: &str, about: &str, inner: &[u8]| {
        let stream = with(inner);
        let lost = start(&stream, 6);
        let answer = RecoveryAnswer {
            frames: stream.starts(&[1]).into_iter().filter(|place| *place != lost).collect(),
            gaps: vec![gap(lost, start(&stream, 7), 0, Some(1))],
            ..whole(&stream)
        };
        recovered(name, clauses, about, &damaged(&stream), answer)
    };
    let far = Position {
        stream_id: STREAM_ID,
        own_offset: 1 << 40,
        previous: 80,
        count: 9,
        chain_crc: 1,
    };
    let foreign =
        |id: [u8; 16]| with_messages(Stream::new(id).schema(&sample::schema()), 7..9).sync();
    let other = with_messages(foreign(OTHER_ID), 9..11).end();
    let copy = with_messages(begun(), 0..2).sync();
    vec![
        of(
            "forged-sync-in-payload",
            "REC-2",
            "a SYNC of the same stream, far away, with nothing to bear it out",
            &far.raw(3).bytes(),
        ),
        of(
            "forged-end-in-payload",
            "REC-2",
            "an END of the same stream that does not end the input",
            &far.raw(6).bytes(),
        ),
        of("nested-stream", "REC-3", "a whole stream with another id", other.bytes()),
        of("nested-copy", "REC-2 REC-3", "the beginning of the same stream", copy.bytes()),
        of(
            "frames-in-payload",
            "REC-3",
            "good messages that no anchor vouches for",
            &foreign(OTHER_ID).bytes()[80..],
        ),
        recovered(
            "nested-stream-undamaged",
            "REC-3",
            "what lies in a good message is not looked at",
            with(other.bytes()).bytes(),
            whole(&with(other.bytes())),
        ),
    ]
}
