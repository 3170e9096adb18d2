//! Section 11: frames one after another on a connection.

use super::case::{Case, bad_magic, over_limit, truncated};
use super::framing::changed;
use super::sample;
use crate::answer::ErrorAnswer;
use crate::code::Code;
use crate::forge::control::Position;
use crate::forge::{Data, Raw, payload};
use crate::vector::{Operation, Vector};

/// All of them.
#[must_use]
pub(super) fn vectors() -> Vec<Vector> {
    [accepted(), refused()].concat()
}

fn case(name: &str, about: &str, input: &[u8]) -> Case {
    Case::new(Operation::Deframe, &format!("deframe/{name}"), "DEF-1", about).input(input)
}

/// A data frame of `40 + len % 1000` bytes or so.
fn message(number: u64) -> Vec<u8> {
    Data::message(sample::key(), &payload::record(number)).bytes()
}

/// Where frames of these lengths start, with their kinds.
fn starts(frames: &[(Vec<u8>, u8)]) -> Vec<(u64, u8)> {
    let offsets = frames.iter().scan(0, |next, (frame, _)| {
        let start = *next;
        *next += frame.len() as u64;
        Some(start)
    });
    offsets.zip(frames).map(|(offset, (_, kind))| (offset, *kind)).collect()
}

fn joined(frames: &[(Vec<u8>, u8)]) -> Vec<u8> {
    frames.iter().flat_map(|(frame, _)| frame.clone()).collect()
}

fn accepted() -> Vec<Vector> {
    let of = |name: &str, about: &str, frames: &[(Vec<u8>, u8)]| {
        case(name, about, &joined(frames)).deframed(&starts(frames))
    };
    let position = Position::first(sample::STREAM_ID);
    let many: Vec<_> = (0..60).map(|number| (message(number), 1)).collect();
    let empty = Data::message(sample::key(), &[]).bytes();
    let every_kind = [
        (position.raw(6).bytes(), 6),
        (Raw::control(5, b"dictionary".to_vec()).bytes(), 5),
        (sample::schema().raw().bytes(), 4),
        (position.raw(3).bytes(), 3),
        (Data::batch(sample::key(), &["a", "b"]).bytes(), 2),
        (message(1), 1),
    ];
    let critical = Data::message(sample::key(), b"record").extension(0xFF00, b"!").bytes();
    let magic_inside = Data::message(sample::key(), &message(2)).bytes();
    vec![
        of("nothing", "a connection that brings no byte", &[]),
        of("one", "one frame", &[(message(1), 1)]),
        of("sixty", "sixty frames", &many),
        of(
            "shortest",
            "three frames of the least length",
            &[(empty.clone(), 1), (empty.clone(), 1), (empty, 1)],
        ),
        of(
            "every-kind",
            "one frame of each kind; where they stand matters to a stream alone",
            &every_kind,
        ),
        of("critical", "extensions are not judged here", &[(critical, 1), (message(1), 1)]),
        of(
            "frame-in-frame",
            "a frame in the payload of another is payload",
            &[(magic_inside, 1), (message(3), 1)],
        ),
        of(
            "long",
            "a frame of 100 000 bytes between two short ones",
            &[
                (message(1), 1),
                (Data::message(sample::key(), &[b'.'; 100_000]).bytes(), 1),
                (message(2), 1),
            ],
        ),
    ]
}

fn refused() -> Vec<Vector> {
    let first = message(1);
    let start = first.len() as u64;
    let second = message(2);
    let body_end = second.len() as u64 - 4;
    let after = |name: &str, about: &str, more: &[u8], error: ErrorAnswer| {
        case(name, about, &[&first, more].concat()).error(error)
    };
    let at = |code: Code, offset: u64| ErrorAnswer::new(code, start + offset);
    let of_kind = Raw { kind: 9, ..Data::message(sample::key(), b"record").raw() }.bytes();
    let long = Raw { body_len: Some(u32::MAX), ..Raw::control(5, Vec::new()) }.header();
    vec![
        after(
            "newline",
            "a line feed between two frames",
            &[b"\n", &second[..]].concat(),
            bad_magic(start, None),
        ),
        after(
            "json",
            "a line of JSON behind a frame",
            b"{\"sequence\":2}\n",
            bad_magic(start, Some("json")),
        ),
        after(
            "one-wrong-byte",
            "one byte, and it begins no frame",
            &[0x9F],
            bad_magic(start, None),
        ),
        after(
            "seven-bytes",
            "seven bytes that begin no frame, then the end",
            b"[1,2,3]",
            bad_magic(start, Some("json")),
        ),
        after(
            "version",
            "a frame of another format version",
            &changed(&second, 2, 0x20),
            at(Code::UnsupportedVersion, 2),
        ),
        after("one-byte-more", "9E, then the end", &[0x9E], truncated(start, 1, 28)),
        after("header-cut", "27 bytes of a frame", &second[..27], truncated(start, 27, 28)),
        after(
            "body-cut",
            "a frame without its last byte",
            &second[..second.len() - 1],
            truncated(start, second.len() as u64 - 1, second.len() as u64),
        ),
        after("header-crc", "a damaged header", &changed(&second, 21, 1), at(Code::HeaderCrc, 24)),
        after(
            "header-crc-only",
            "a damaged header and nothing behind it",
            &changed(&second[..28], 21, 1),
            at(Code::HeaderCrc, 24),
        ),
        after(
            "frame-crc",
            "a damaged body",
            &changed(&second, 30, 1),
            at(Code::FrameCrc, body_end),
        ),
        after("kind", "an unassigned kind", &of_kind, at(Code::BadKind, 2)),
        after(
            "limit",
            "a frame of 4 GiB of which the header is there",
            &long,
            over_limit(start + 20, u64::from(u32::MAX), 4 << 20),
        ),
        case(
            "byte-lost",
            "a frame that lost a byte of its body swallows one of the next",
            &[&first[..40], &first[41..], &second].concat(),
        )
        .refused(Code::FrameCrc, start - 4),
    ]
}
