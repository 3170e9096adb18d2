//! Section 9: streams that were edited, cut, or are none.

use super::case::{bad_magic, truncated};
use super::sample::{self, OTHER_ID, STREAM_ID};
use super::streams::{begun, case, with_filler, with_messages};
use crate::answer::ErrorAnswer;
use crate::code::Code;
use crate::forge::control::Position;
use crate::forge::stream::Stream;
use crate::forge::{Data, Raw, payload};
use crate::vector::Vector;

/// All of them.
pub(super) fn vectors() -> Vec<Vector> {
    [none(), positions(), moved(), missing_sync(), ends()].concat()
}

fn message(number: u64) -> Vec<u8> {
    Data::message(sample::key(), &payload::record(number)).bytes()
}

fn none() -> Vec<Vector> {
    let empty = || Stream::empty(STREAM_ID);
    let of = |name: &str, about: &str, stream: Stream| {
        case(&format!("not-a-stream/{name}"), "STR-5", about, &stream)
            .refused_after(0, ErrorAnswer::new(Code::NotAStream, 0))
    };
    let own = |name: &str, about: &str, stream: Stream, error: ErrorAnswer| {
        case(&format!("not-a-stream/{name}"), "STR-5 ERR-1", about, &stream).refused_after(0, error)
    };
    let bad_schema = Raw::control(4, vec![9]).bytes();
    let json = b"{\"sequence\":1}\n{\"sequence\":2}\n".to_vec();
    vec![
        of("message", "a frame of its own", empty().push(&message(1))),
        of("batch", "a batch in front", empty().push(&Data::batch(sample::key(), &["a"]).bytes())),
        of("schema", "the first SYNC is missing", empty().push(&sample::schema().raw().bytes())),
        of(
            "dict",
            "a dictionary in front",
            empty().push(&Raw::control(5, b"abc".to_vec()).bytes()),
        ),
        of("end", "an END and nothing before", empty().bent(6, |position| position)),
        own(
            "own-error-first",
            "the first frame is refused for itself",
            empty().push(&bad_schema),
            ErrorAnswer::new(Code::BodyStructure, 28),
        ),
        own("json", "lines of JSON", empty().push(&json), bad_magic(0, Some("json"))),
    ]
}

fn positions() -> Vec<Vector> {
    let three = || with_messages(begun(), 0..3);
    let at = three().len();
    let before = three().frame_count();
    type Bend = fn(Position) -> Position;
    let field = |name: &str, about: &str, kind: u8, offset: u64, bend: Bend| {
        let stream = three().bent(kind, bend).end();
        case(&format!("edited/{name}"), "STR-6", about, &stream)
            .refused_after(before, ErrorAnswer::new(Code::StreamEdited, at + offset))
    };
    let first = |name: &str, about: &str, offset: u64, bend: Bend| {
        let stream = Stream::empty(STREAM_ID).bent(3, bend).end();
        case(&format!("edited/{name}"), "STR-1 STR-6", about, &stream)
            .refused_after(0, ErrorAnswer::new(Code::StreamEdited, offset))
    };
    let mut vectors = vec![
        field("other-id", "a SYNC of another stream", 3, 28, |p| Position {
            stream_id: OTHER_ID,
            ..p
        }),
        field("own-offset", "a SYNC that says it lies one byte further on", 3, 44, |p| Position {
            own_offset: p.own_offset + 1,
            ..p
        }),
        field("previous", "a SYNC that names another before it", 3, 52, |p| Position {
            previous: 60,
            ..p
        }),
        field("previous-none", "a later SYNC that names none before it", 3, 52, |p| Position {
            previous: Position::NONE,
            ..p
        }),
        field("count", "a SYNC that counts four frames where there are three", 3, 60, |p| {
            Position { count: 4, ..p }
        }),
        field("chain", "a SYNC with one bit of chain_crc changed", 3, 68, |p| Position {
            chain_crc: p.chain_crc ^ 1,
            ..p
        }),
        field("several-fields", "of several fields the first", 3, 52, |p| Position {
            previous: 1,
            count: 0,
            chain_crc: 0,
            ..p
        }),
        field("end-other-id", "the END of another stream", 6, 28, |p| Position {
            stream_id: OTHER_ID,
            ..p
        }),
        field("end-previous", "an END that names itself", 6, 52, |p| Position {
            previous: p.own_offset,
            ..p
        }),
        field("end-count", "an END that counts no frame", 6, 60, |p| Position { count: 0, ..p }),
        field("end-chain", "an END with a chain_crc of zero", 6, 68, |p| Position {
            chain_crc: 0,
            ..p
        }),
        first("first-sync-offset", "a first SYNC that lies elsewhere", 44, |p| Position {
            own_offset: 65_600,
            ..p
        }),
        first("first-sync-previous", "a first SYNC with one before it", 52, |p| Position {
            previous: 0,
            ..p
        }),
        first("first-sync-count", "a first SYNC behind one frame", 60, |p| Position {
            count: 1,
            ..p
        }),
        first("first-sync-chain", "a first SYNC with a chain", 68, |p| Position {
            chain_crc: 1,
            ..p
        }),
    ];
    for vector in &mut vectors {
        let more: &[&str] = match vector.name.as_str() {
            "invalid/edited/count" => &["STR-10"],
            "invalid/edited/chain" => &["STR-14"],
            _ => &[],
        };
        vector.clauses.extend(more.iter().map(|clause| (*clause).to_owned()));
    }
    vectors
}

/// Whole frames taken out, put in, repeated and exchanged; every frame is good in itself.
fn moved() -> Vec<Vector> {
    let stream = with_messages(begun().dictionary(b"not used"), 0..4).end();
    let frames: Vec<&[u8]> =
        stream.frames().iter().map(|(place, _)| &stream.bytes()[place.clone()]).collect();
    // SYNC, SCHEMA, DICT, four messages, END: each message has another length.
    let of = |name: &str, about: &str, order: &[usize], before: u64, offset: u64| {
        let edited = order
            .iter()
            .fold(Stream::empty(STREAM_ID), |stream, &frame| stream.push(frames[frame]));
        let end = edited.frames().iter().take(before as usize).map(|(place, _)| place.len() as u64);
        let start: u64 = end.sum();
        case(&format!("edited/{name}"), "STR-6", about, &edited)
            .refused_after(before, ErrorAnswer::new(Code::StreamEdited, start + offset))
    };
    let same = Data::message(sample::key(), &[b'x'; 20]).bytes();
    let twin = Data::message(sample::key(), &[b'y'; 20]).bytes();
    let pair = begun().push(&same).push(&twin).end();
    let end = &pair.bytes()[pair.bytes().len() - 80..];
    let replaced = begun().push(&same).push(&same).push(end);
    let exchanged = begun().push(&twin).push(&same).push(end);
    let chain = |name: &str, about: &str, stream: &Stream| {
        case(&format!("edited/{name}"), "STR-6", about, stream)
            .refused_after(4, ErrorAnswer::new(Code::StreamEdited, stream.len() - 80 + 68))
    };
    vec![
        of("frame-deleted", "a message is missing", &[0, 1, 2, 3, 4, 6, 7], 6, 44),
        of("first-message-deleted", "the first message is missing", &[0, 1, 2, 4, 5, 6, 7], 6, 44),
        of("dict-deleted", "a DICT that nothing uses is missing", &[0, 1, 3, 4, 5, 6, 7], 6, 44),
        of("frame-duplicated", "a message twice", &[0, 1, 2, 3, 4, 4, 5, 6, 7], 8, 44),
        of(
            "schema-duplicated",
            "a SCHEMA twice, where it stood once",
            &[0, 1, 1, 2, 3, 4, 5, 6, 7],
            8,
            44,
        ),
        of("sync-duplicated", "the first SYNC twice", &[0, 0, 1, 2, 3, 4, 5, 6, 7], 1, 44),
        of("all-deleted", "nothing between the first SYNC and the END", &[0, 7], 1, 44),
        of("frames-swapped", "two messages exchanged", &[0, 1, 2, 3, 5, 4, 6, 7], 7, 68),
        of("dict-moved", "a DICT behind the messages", &[0, 1, 3, 4, 5, 6, 2, 7], 7, 68),
        chain(
            "frame-replaced",
            "one of two messages of one length in place of the other",
            &replaced,
        ),
        chain("equal-frames-swapped", "two messages of one length exchanged", &exchanged),
    ]
}

fn missing_sync() -> Vec<Vector> {
    let far = |distance: usize| {
        let stream = begun();
        let payload = distance - stream.bytes().len() - 32;
        stream.message(sample::key(), &vec![b'f'; payload])
    };
    let of = |name: &str, about: &str, stream: Stream, frame: &[u8]| {
        let (before, start) = (stream.frame_count(), stream.len());
        case(&format!("edited/{name}"), "STR-7", about, &stream.push(frame).end())
            .refused_after(before, ErrorAnswer::new(Code::StreamEdited, start))
    };
    let end = |stream: &Stream| stream.position().raw(6).bytes();
    let wrong_end = Position { count: 9, ..far(65_536).position() }.raw(6).bytes();
    let damaged = {
        let mut frame = message(1);
        frame[40] ^= 1;
        frame
    };
    let own = far(65_536).push(&damaged);
    let own_offset = far(65_536).len() + message(1).len() as u64 - 4;
    vec![
        of("sync-missing", "a message 65536 bytes behind the last SYNC", far(65_536), &message(1)),
        of("sync-missing-by-far", "a message far behind the last SYNC", far(200_000), &message(1)),
        of(
            "sync-missing-before-schema",
            "a SCHEMA where a SYNC is due",
            far(65_536),
            &sample::schema().raw().bytes(),
        ),
        of(
            "sync-missing-before-dict",
            "a DICT where a SYNC is due",
            far(65_536),
            &Raw::control(5, b"abc".to_vec()).bytes(),
        ),
        of(
            "sync-missing-before-end",
            "an END where a SYNC is due",
            far(65_536),
            &end(&far(65_536)),
        ),
        of(
            "sync-missing-before-wrong-end",
            "that a SYNC is due comes before what the END says",
            far(65_536),
            &wrong_end,
        ),
        case(
            "edited/sync-missing-before-damaged",
            "STR-7 ERR-1",
            "a frame's own checks come before that a SYNC is due",
            &own,
        )
        .refused_after(3, ErrorAnswer::new(Code::FrameCrc, own_offset)),
    ]
}

fn ends() -> Vec<Vector> {
    let three = || with_messages(begun(), 0..3);
    let long = || with_filler(begun(), b'a'..b'e', 20_000);
    let unterminated = |name: &str, about: &str, stream: Stream| {
        case(&format!("unterminated/{name}"), "STR-8", about, &stream)
            .refused_after(stream.frame_count(), ErrorAnswer::new(Code::Unterminated, stream.len()))
    };
    let last = message(9);
    let cut = |name: &str, about: &str, have: usize, need: usize| {
        let (before, start) = (three().frame_count(), three().len());
        let bytes = [three().bytes(), &last[..have]].concat();
        case(&format!("truncated/{name}"), "STR-8 STR-14", about, &three())
            .input(&bytes)
            .refused_after(before, truncated(start, have as u64, need as u64))
    };
    let trailing = |name: &str, about: &str, more: &[u8]| {
        let whole = three().end();
        let bytes = [whole.bytes(), more].concat();
        case(&format!("trailing/{name}"), "STR-9", about, &whole)
            .input(&bytes)
            .refused_after(whole.frame_count(), ErrorAnswer::new(Code::TrailingData, whole.len()))
    };
    let whole = three().end();
    let sync_cut = &Stream::new(STREAM_ID);
    vec![
        unterminated("after-sync", "a SYNC and nothing behind it", Stream::new(STREAM_ID)),
        unterminated("after-schema", "a SCHEMA and nothing behind it", begun()),
        unterminated("after-message", "three messages and no END", three()),
        unterminated("after-second-sync", "two SYNCs and no END", long().sync()),
        cut("stream-mid-header", "ten bytes of a header", 10, 28),
        cut("stream-header-27", "all of a header but its last byte", 27, 28),
        cut("stream-header-28", "a header and nothing behind it", 28, last.len()),
        cut("stream-mid-frame", "a message without its last byte", last.len() - 1, last.len()),
        case("truncated/stream-empty", "FRM-4 STR-5", "no byte at all", sync_cut)
            .input(&[])
            .refused_after(0, truncated(0, 0, 28)),
        case(
            "truncated/stream-first-sync",
            "FRM-12 STR-8",
            "a file that ends inside its first SYNC",
            sync_cut,
        )
        .input(&sync_cut.bytes()[..79])
        .refused_after(0, truncated(0, 79, 80)),
        trailing("stream-byte", "a zero byte behind END", &[0]),
        trailing("stream-newline", "a line feed behind END", b"\n"),
        trailing("stream-twice", "the stream twice", whole.bytes()),
        trailing("stream-sync", "a SYNC behind END", &whole.position().raw(3).bytes()),
    ]
}
