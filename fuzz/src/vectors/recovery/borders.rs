//! Where a rule of recovery ends: distances, numbers, shifts, limits.

use super::{ANCHORS, COUNTS, base, case, edited, gap, left, recovered, start, whole};
use crate::answer::{Answer, RecoveryAnswer};
use crate::forge::Data;
use crate::forge::control::Position;
use crate::forge::stream::Stream;
use crate::vector::Vector;
use crate::vectors::case::Case;
use crate::vectors::sample::{self, STREAM_ID};
use crate::vectors::streams::{begun, with_messages};

/// All of them.
pub(super) fn vectors() -> Vec<Vector> {
    let single = vec![
        end_at_last_anchor(),
        head_cut_at_sync(),
        inserted_behind_anchor(),
        shift_alone(),
        sync_behind_end(),
    ];
    [distances(), far(), single, refused()].concat()
}

/// A damaged stream whose id the caller gives.
fn told(name: &str, clauses: &str, about: &str, input: &[u8], answer: RecoveryAnswer) -> Vector {
    let recovery = RecoveryAnswer { id_source: "caller".to_owned(), ..answer };
    case(&format!("recovery/{name}"), clauses, about, input)
        .stream_id(STREAM_ID)
        .accepted(Answer::Recovered { recovery })
}

/// How far behind a SYNC that is not in place its last frame may start.
fn distances() -> Vec<Vector> {
    let until = |distance: usize| {
        let stream = begun();
        let len = distance - stream.bytes().len() - 32;
        stream.message(sample::key(), &vec![b'u'; len])
    };
    let of = |name: &str, about: &str, first: Stream, is_borne_out: bool| {
        let stream = with_messages(first.sync(), 0..2).end();
        let input = [b"#!sf 1\n", stream.bytes()].concat();
        let second = stream.starts(&[3])[1];
        let (to, lost) = if is_borne_out { (0, 0) } else { (second, 2) };
        let frames = stream.starts(&[1]).into_iter().filter(|place| *place >= to);
        let answer = RecoveryAnswer {
            frames: frames.map(|place| place + 7).collect(),
            gaps: vec![gap(0, to + 7, 7, Some(lost))],
            ..whole(&stream)
        };
        told(name, "REC-2", about, &input, answer)
    };
    let late = |distance: usize| {
        let message = Data::message(sample::key(), b"late").bytes();
        until(distance).push(&message)
    };
    vec![
        of(
            "walk-65535",
            "a SYNC out of place is borne out past a frame 65535 bytes behind its start",
            late(65_535),
            true,
        ),
        of(
            "walk-65536",
            "a frame 65536 bytes behind the start of a SYNC out of place: it is not borne out",
            late(65_536),
            false,
        ),
        of(
            "walk-sync-far",
            "a SYNC may stand as far behind another as the last frame reaches, and bears it out",
            until(65_535).message(sample::key(), &[b'v'; 90_000]),
            true,
        ),
    ]
}

/// A segment behind two bytes that are no frame, whose SYNCs say that it lies far away.
fn far() -> Vec<Vector> {
    let before = with_messages(begun(), 0..2);
    let of = |name: &str, about: &str, own_offset: u64, count: u64, is_taken: bool| {
        let first =
            Position { stream_id: STREAM_ID, own_offset, previous: 80, count, chain_crc: 1 };
        let frames = with_messages(Stream::empty(STREAM_ID).push(&first.raw(3).bytes()), 2..4);
        let second = Position {
            own_offset: own_offset.wrapping_add(frames.len()),
            previous: own_offset,
            count: count.wrapping_add(2),
            chain_crc: frames.frames().iter().fold(1, |chain, (place, _)| {
                crc32c::crc32c_append(chain, &frames.bytes()[place.end - 4..place.end])
            }),
            ..first
        };
        let frames = frames.push(&second.raw(3).bytes());
        let input = [before.bytes(), b"\r\n", frames.bytes()].concat();
        let begins = before.len() + 2;
        let shift = (begins as i64).wrapping_sub_unsigned(own_offset);
        let open = RecoveryAnswer { terminated: false, ..whole(&before) };
        let answer = if is_taken {
            let messages = frames.starts(&[1]).into_iter().map(|place| begins + place);
            RecoveryAnswer {
                frames: before.starts(&[1]).into_iter().chain(messages).collect(),
                gaps: vec![gap(before.len(), begins, shift, Some(count - 2))],
                edited: vec![edited(0, begins)],
                ..open
            }
        } else {
            let gaps = vec![gap(before.len(), input.len() as u64, 0, None)];
            RecoveryAnswer { gaps, unconfirmed: 2, ..open }
        };
        case(&format!("recovery/{name}"), "REC-2 REC-4", about, &input)
            .accepted(Answer::Recovered { recovery: answer })
    };
    let (most, border) = ((1 << 63) - 1, 1 << 63);
    vec![
        of("offset-below-2-63", "own offsets below 2^63, borne out", most - 9999, 9, true),
        of("offset-2-63", "an own offset of 2^63 is no anchor's", border, 9, false),
        of("offset-near-2-64", "own offsets near 2^64", u64::MAX - 9999, 9, false),
        of(
            "offset-wrapped",
            "an own offset that follows only modulo 2^64",
            u64::MAX - 99,
            9,
            false,
        ),
        of("count-below-2-63", "counts below 2^63, borne out", 9999, most - 2, true),
        of("count-2-63", "a count of 2^63 is no anchor's", 9999, border, false),
        of("count-wrapped", "a count that follows only modulo 2^64", 9999, u64::MAX - 1, false),
    ]
}

/// All before a SYNC is gone, to the byte: the first anchor lies at position 0.
fn head_cut_at_sync() -> Vector {
    let stream = base();
    let cut = start(&stream, ANCHORS[1]);
    let answer = RecoveryAnswer {
        frames: stream
            .starts(&[1])
            .into_iter()
            .filter_map(|place| place.checked_sub(cut))
            .collect(),
        gaps: vec![gap(0, 0, -(cut as i64), Some(COUNTS[1]))],
        ..whole(&stream)
    };
    let about = "a stream without its beginning: a gap of no bytes, and no segment before it";
    told("head-cut-at-sync", "REC-2 REC-4 REC-5", about, &stream.bytes()[cut as usize..], answer)
}

/// Bytes put into the first frame behind a SYNC: of its segment nothing was delivered.
fn inserted_behind_anchor() -> Vector {
    let stream = base();
    let (first, next) = (ANCHORS[1] + 1, ANCHORS[2]);
    let hit = start(&stream, first) as usize + 20;
    let mut input = stream.bytes().to_vec();
    input.splice(hit..hit, *b"\r\n\r\n\r\n\n");
    let answer = RecoveryAnswer {
        frames: left(first..next, next, 7),
        gaps: vec![gap(start(&stream, first), start(&stream, next) + 7, 7, Some(4))],
        ..whole(&stream)
    };
    let about =
        "bytes inserted before anything of a segment was delivered: it is not marked edited";
    recovered("inserted-behind-anchor", "REC-5", about, &input, answer)
}

/// An END at the end of the input that says the own offset of the SYNC before it.
fn end_at_last_anchor() -> Vector {
    let stream = with_messages(with_messages(begun(), 0..2).sync(), 2..4);
    let (sync, end) = (start(&stream, 4), stream.len());
    let stream = stream.bent(6, |position| Position { own_offset: sync, ..position });
    let answer = RecoveryAnswer {
        gaps: vec![gap(end, stream.len(), 0, None)],
        unconfirmed: 2,
        terminated: false,
        ..whole(&stream)
    };
    let about =
        "an END out of place is ahead only when its own offset is above that of the last anchor";
    recovered("end-at-last-anchor", "REC-2 REC-6", about, stream.bytes(), answer)
}

/// The own offsets go on 64 bytes further; all else follows.
fn shift_alone() -> Vector {
    let moved = |p: Position| Position { own_offset: p.own_offset + 64, ..p };
    let both = |p: Position| Position { previous: p.previous + 64, ..moved(p) };
    let stream = with_messages(with_messages(begun(), 0..2).bent(3, moved), 2..4);
    let stream = with_messages(stream.bent(3, both), 4..6).bent(6, both);
    let second = stream.starts(&[3])[1];
    let answer = RecoveryAnswer {
        gaps: vec![gap(second, second, -64, Some(0))],
        edited: vec![edited(0, second)],
        ..whole(&stream)
    };
    let about = "the shift changes between two frames, and count, chain and previous offset follow";
    recovered("shift-alone", "REC-4 REC-5", about, stream.bytes(), answer)
}

/// A SYNC, a message and an END behind the END, as if the END had been left in place by an append.
fn sync_behind_end() -> Vector {
    let stream = with_messages(begun(), 0..3).end();
    let more = with_messages(stream.clone().sync(), 3..4).end();
    let answer = RecoveryAnswer { trailing: more.len() - stream.len(), ..whole(&stream) };
    let about = "a SYNC in place behind END, a message and an END: not read, and no gap";
    recovered("sync-behind-end", "REC-4 REC-6", about, more.bytes(), answer)
}

/// Frames whose checksums match and that are refused all the same.
fn refused() -> Vec<Vector> {
    let around = |frame: &[u8]| {
        let stream = with_messages(begun(), 0..2).push(frame);
        with_messages(with_messages(stream, 2..3).sync(), 3..4).end()
    };
    let of = |name: &str, clauses: &str, about: &str, frame: &[u8], limit: fn(Case) -> Case| {
        let stream = around(frame);
        let lost = start(&stream, 4)..start(&stream, 6);
        let recovery = RecoveryAnswer {
            frames: stream.starts(&[1]).into_iter().filter(|p| !lost.contains(p)).collect(),
            gaps: vec![gap(lost.start, lost.end, 0, Some(2))],
            ..whole(&stream)
        };
        limit(case(&format!("recovery/{name}"), clauses, about, stream.bytes()))
            .accepted(Answer::Recovered { recovery })
    };
    let as_it_is = |case: Case| case;
    let mut flag = Data::message(sample::key(), b"record").raw();
    flag.flags |= 0x80;
    let extension = Data::message(sample::key(), b"record").extension(2, b"x").extension(1, b"x");
    let critical = Data::message(sample::key(), b"record").extension(0x8ABC, b"x");
    let large = Data::message(sample::key(), &[b'l'; 2000]);
    let with_critical = around(&critical.bytes());
    vec![
        of(
            "sealed-flag",
            "REC-3",
            "a frame with a reserved flag under good checksums ends the walk",
            &flag.bytes(),
            as_it_is,
        ),
        of(
            "sealed-extension",
            "REC-3",
            "a frame with extensions out of order under good checksums ends the walk",
            &extension.bytes(),
            as_it_is,
        ),
        of(
            "above-limit",
            "REC-3 LIM-1",
            "a frame above the body limit ends the walk",
            &large.bytes(),
            |case| case.body_limit(1024),
        ),
        recovered(
            "unknown-critical",
            "REC-3 REC-7",
            "a frame with an unknown critical extension: a relay takes it, and so it is delivered",
            with_critical.bytes(),
            whole(&with_critical),
        ),
    ]
}
