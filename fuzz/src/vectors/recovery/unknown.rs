//! Which stream it is: said by the caller, or by nobody.

use super::{ANCHORS, base, case, gap, start, whole};
use crate::answer::{Answer, RecoveryAnswer};
use crate::code::Code;
use crate::forge::control::Position;
use crate::forge::stream::Stream;
use crate::vector::Vector;
use crate::vectors::case::Case;
use crate::vectors::framing::changed;
use crate::vectors::sample::{self, OTHER_ID, STREAM_ID};
use crate::vectors::streams::{begun, with_messages};

/// All of them.
pub(super) fn vectors() -> Vec<Vector> {
    [given(), unknown()].concat()
}

/// The caller's id.
fn given() -> Vec<Vector> {
    let stream = base();
    let of = |name: &str, about: &str, input: &[u8], id: [u8; 16], answer: RecoveryAnswer| {
        let recovery = RecoveryAnswer { stream_id: id, id_source: "caller".to_owned(), ..answer };
        case(&format!("recovery/{name}"), "REC-1", about, input)
            .stream_id(id)
            .accepted(Answer::Recovered { recovery })
    };
    let nothing = |len: usize| RecoveryAnswer {
        frames: Vec::new(),
        gaps: if len == 0 { Vec::new() } else { vec![gap(0, len as u64, 0, None)] },
        terminated: false,
        ..whole(&stream)
    };
    let mut only_end = stream.bytes().to_vec();
    for anchor in &ANCHORS[..3] {
        only_end[stream.frames()[*anchor].0.start + 30] ^= 1;
    }
    let from_end = RecoveryAnswer {
        frames: Vec::new(),
        gaps: vec![gap(0, start(&stream, 14), 0, Some(10))],
        ..whole(&stream)
    };
    let two = with_messages(with_messages(begun(), 0..2).sync(), 2..4).end();
    let from_pair = RecoveryAnswer {
        id_source: "learnt".to_owned(),
        frames: two.starts(&[1])[2..].to_vec(),
        gaps: vec![gap(0, start(&two, 4), 0, Some(2))],
        ..whole(&two)
    };
    vec![
        case(
            "recovery/learnt-from-end",
            "REC-1",
            "the first SYNC is damaged, and an END names the second",
            &changed(two.bytes(), 30, 1),
        )
        .accepted(Answer::Recovered { recovery: from_pair }),
        of("caller-id", "the id of an undamaged stream", stream.bytes(), STREAM_ID, whole(&stream)),
        of(
            "caller-id-wrong",
            "the id of another stream",
            stream.bytes(),
            OTHER_ID,
            nothing(stream.bytes().len()),
        ),
        of("caller-id-nothing", "an id, and no byte of input", &[], STREAM_ID, nothing(0)),
        of(
            "caller-id-only-end",
            "only the END is left, and it counts what is lost",
            &only_end,
            STREAM_ID,
            from_end,
        ),
    ]
}

/// Inputs that do not say which stream they are.
fn unknown() -> Vec<Vector> {
    let stream = base();
    let bytes = stream.bytes();
    let refused = |case: Case| case.refused(Code::NoStreamId, 0);
    let of = |name: &str, about: &str, input: &[u8]| {
        refused(case(&format!("no-stream-id/{name}"), "REC-1", about, input))
    };
    let one = with_messages(with_messages(begun(), 0..2).sync(), 2..3);
    let damaged_first = |stream: &Stream| changed(stream.bytes(), 30, 1);
    let mut bent_first =
        Stream::empty(STREAM_ID).bent(3, |p| Position { own_offset: 80, ..p }).bytes().to_vec();
    bent_first.extend_from_slice(&one.bytes()[80..]);
    // Anchors of another stream that lie at their own offsets too, inside a payload of this one.
    let before = with_messages(begun(), 0..2);
    let inner = before.len() + 28;
    let first =
        Position { stream_id: OTHER_ID, own_offset: inner, previous: 0, count: 0, chain_crc: 0 };
    let second = Position { own_offset: inner + 80, previous: inner, ..first };
    let pair = [first.raw(3).bytes(), second.raw(3).bytes()].concat();
    let two_ids =
        with_messages(before.clone().message(sample::key(), &pair).sync(), 3..4).sync().end();
    // The END names the second SYNC, and that is damaged.
    let apart =
        with_messages(with_messages(with_messages(begun(), 0..1).sync(), 1..2).sync(), 2..3);
    let apart = apart.end();
    let broken = changed(&damaged_first(&apart), start(&apart, 5) as usize + 50, 1);
    let at_start = Position::first(STREAM_ID);
    let end_first = [at_start.raw(6).bytes(), before.bytes()[80..].to_vec()].concat();
    let named = |stream_id: [u8; 16], own_offset: u64, previous: u64| {
        Position { stream_id, own_offset, previous, ..at_start }.raw(3).bytes()
    };
    vec![
        of("empty", "no byte at all", &[]),
        of("end-first", "an END at position 0 that is otherwise as a first SYNC is", &end_first),
        of("names-itself", "a SYNC that names itself", &named(STREAM_ID, 0, 0)),
        of(
            "names-later-one",
            "two SYNCs, of which the earlier names the later",
            &[named(STREAM_ID, 0, 80), named(STREAM_ID, 80, u64::MAX)].concat(),
        ),
        of(
            "names-another-id",
            "two SYNCs, of which the later names the earlier, and that bears another id",
            &[named(OTHER_ID, 0, 5), named(STREAM_ID, 80, 0)].concat(),
        ),
        of(
            "pair-broken",
            "a SYNC and an END at their own offsets, and the SYNC that the END names is damaged",
            &broken,
        ),
        of(
            "one-sync-only",
            "the first SYNC is damaged and there is one more",
            &damaged_first(&one),
        ),
        of(
            "two-ids",
            "the first SYNC is damaged, and there are pairs of two ids",
            &damaged_first(&two_ids),
        ),
        of("bytes-in-front", "no SYNC lies at its own offset", &[b"\n", bytes].concat()),
        of(
            "first-sync-bent",
            "a first SYNC that says it lies elsewhere, and one more",
            &bent_first,
        ),
        of(
            "messages",
            "frames without any SYNC",
            &bytes[start(&stream, 2) as usize..start(&stream, 6) as usize],
        ),
        of("text", "no frame at all", b"{\"sequence\":1}\n{\"sequence\":2}\n"),
    ]
}
