//! What holds for the dump of every input.

use proptest::prelude::*;
use strictframe_core::dump::{Part, Status, Value, Verdict, dump, write_text};
use strictframe_core::{Error, ErrorKind, Frame, Limits, checksum};

use super::frames;

/// A field without its value, kept after the walk.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) name: &'static str,
    pub(crate) depth: u8,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) part: Part,
    pub(crate) is_cut: bool,
    pub(crate) status: Status,
    pub(crate) note: Option<&'static str>,
}

pub(crate) fn walk(input: &[u8], limits: &Limits) -> (Vec<Seen>, Verdict) {
    let mut seen = Vec::new();
    let verdict = dump(input, limits, &mut |field| {
        let (start, end) = (field.offset, field.offset + field.bytes.len());
        assert_eq!(input.get(start..end), Some(field.bytes), "{field:?}");
        let (name, depth, part) = (field.name, field.depth, field.part);
        let (status, note) = (field.status, field.note);
        let is_cut = matches!(field.value, Value::Cut { .. });
        seen.push(Seen { name, depth, start, end, part, is_cut, status, note });
    });
    (seen, verdict)
}

/// The answer of a relay that takes the first frame of the input alone.
fn relay(input: &[u8], limits: &Limits) -> Result<usize, Error> {
    match Frame::parse(input, limits) {
        Ok(_) => Ok(input.len()),
        Err(error) if error.kind() == ErrorKind::TrailingData => {
            let len = usize::try_from(error.offset()).unwrap();
            Frame::parse(&input[..len], limits).map(|_| len)
        }
        Err(error) => Err(error),
    }
}

pub(crate) fn check(input: &[u8], limits: &Limits) {
    // SPEC [ERR-1, ERR-2]: the one answer, and the mark where it points.
    let (fields, verdict) = walk(input, limits);
    match (relay(input, limits), verdict) {
        (Ok(len), Verdict::Frame { len: said }) => {
            assert_eq!(len, said);
            let top = top(&fields);
            assert_eq!(top.last().map(|field| field.end), Some(len));
            assert!(top.iter().all(|field| field.status == Status::Verified), "{fields:?}");
        }
        (Err(error), Verdict::Refused(said)) => {
            assert_eq!(error, said);
            check_refused(input, &fields, &error);
        }
        (relay, verdict) => panic!("{relay:?} is not {verdict:?}"),
    }
    check_order(&fields);
    check_cuts(&fields);
    check_certainty(input, &fields);
    check_lines(input, limits, fields.len());
}

fn check_refused(input: &[u8], fields: &[Seen], error: &Error) {
    let wrong: Vec<_> =
        fields.iter().filter(|field| matches!(field.status, Status::Wrong(_))).collect();
    let end = top(fields).last().map_or(0, |field| field.end);
    if let ErrorKind::Truncated { have, need } = error.kind() {
        assert!(wrong.is_empty(), "{fields:?}");
        let last = top(fields).last().map(|field| field.status);
        assert_eq!(last, Some(Status::Missing), "{fields:?}");
        let is_trailer = top(fields).last().is_some_and(|field| field.name == "frame_crc");
        assert_eq!(is_trailer, need > 28 && need - have <= 4, "{fields:?}");
        assert_eq!(end, input.len());
        return;
    }
    assert_eq!(wrong.len(), 1, "{error:?} {fields:?}");
    assert_eq!(wrong[0].status, Status::Wrong(error.kind()));
    assert_eq!(u64::try_from(wrong[0].start).unwrap(), error.offset());
    let header_is_right = input.len() >= 28 && header_crc(input) == input[24..28];
    let is_known = header_is_right && input.starts_with(&[0x9E, 0xC1]) && input[2] >> 4 == 1;
    let reach = if is_known { frame_len(input).min(input.len()) } else { input.len() };
    assert_eq!(end, reach, "{fields:?}");
}

/// Fields of depth 0 join without a gap, and every other field lies in the one it follows.
fn check_order(fields: &[Seen]) {
    let mut end = 0;
    let mut outer_end = 0;
    let mut inner_end = 0;
    let mut half = Part::Whole;
    for field in fields {
        match (field.depth, field.part) {
            (0, Part::Low) => {
                assert_eq!((half, field.end), (Part::High, end), "{field:?}");
            }
            (0, _) => {
                assert_eq!(field.start, end, "{field:?}");
                (end, outer_end, inner_end) = (field.end, field.end, field.start);
            }
            (1, Part::Whole) => {
                assert_eq!(field.start, inner_end, "{field:?}");
                assert!(field.end <= outer_end, "{field:?}");
                inner_end = field.end;
            }
            _ => panic!("{field:?}"),
        }
        half = field.part;
    }
}

/// Behind a field that is cut off only the trailer can follow: nothing is made up of bytes that are not there.
fn check_cuts(fields: &[Seen]) {
    for (field, next) in top(fields).iter().zip(top(fields).iter().skip(1)) {
        assert!(!field.is_cut || next.name == "frame_crc", "{field:?} {next:?}");
    }
    for field in fields.iter().filter(|field| field.status == Status::Missing) {
        assert!(field.is_cut, "{field:?}");
    }
}

/// Nothing is called verified that no checksum vouches for.
fn check_certainty(input: &[u8], fields: &[Seen]) {
    let header = input.len() >= 28 && header_crc(input) == input[24..28];
    let frame = header && input.len() >= frame_len(input) && {
        let end = frame_len(input) - 4;
        let crc = checksum::append(checksum::crc32c(&input[..24]), &input[28..end]);
        crc.to_le_bytes() == input[end..end + 4]
    };
    for field in fields {
        if field.status == Status::Verified {
            assert!(if field.end <= 28 { header } else { frame }, "{field:?}");
        }
    }
}

fn check_lines(input: &[u8], limits: &Limits, count: usize) {
    let mut text = String::new();
    write_text(input, limits, &mut text).unwrap();
    assert_eq!(text.lines().count(), count);
    for line in text.lines() {
        assert!(line.chars().count() <= 120, "{} characters: {line}", line.chars().count());
        assert!(!line.chars().any(char::is_control), "{line:?}");
        assert_eq!(line, line.trim_end());
    }
}

fn top(fields: &[Seen]) -> Vec<&Seen> {
    fields.iter().filter(|field| field.depth == 0).collect()
}

fn header_crc(input: &[u8]) -> [u8; 4] {
    checksum::crc32c(&input[..24]).to_le_bytes()
}

fn frame_len(input: &[u8]) -> usize {
    usize::try_from(u32::from_le_bytes(input[20..24].try_into().unwrap())).unwrap() + 32
}

#[test]
fn every_layout_holds_at_every_length_and_with_bytes_behind_it() {
    // SPEC [FRM-4, FRM-12]: cut anywhere; a frame with another behind it is the frame alone.
    for frame in frames::all() {
        for end in 0..=frame.len() {
            check(&frame[..end], &Limits::DEFAULT);
        }
        let (alone, verdict) = walk(&frame, &Limits::DEFAULT);
        let (followed, same) = walk(&[&frame[..], &frame, b"x"].concat(), &Limits::DEFAULT);
        assert_eq!(verdict, Verdict::Frame { len: frame.len() });
        assert_eq!((verdict, alone.len()), (same, followed.len()));
    }
}

#[test]
fn every_flipped_bit_holds_under_right_checksums() {
    // SPEC [ERR-1, ERR-2]: past the checksums, where the other refusals are.
    for frame in frames::all() {
        for index in 0..frame.len() {
            for bit in 0..8 {
                let flipped = frame[index] ^ (1 << bit);
                check(&frames::with_byte(frame.clone(), index, flipped), &Limits::DEFAULT);
            }
        }
    }
}

/// Which checksums are made right again after the damage.
#[derive(Clone, Copy, Debug)]
enum Mend {
    Nothing,
    Header,
    Both,
    /// The length as well.
    All,
}

fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let mends =
        prop_oneof![Just(Mend::Nothing), Just(Mend::Header), Just(Mend::Both), Just(Mend::All)];
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 0..6);
    (prop::sample::select(frames::all()), edits, mends).prop_map(|(mut frame, edits, mend)| {
        for (index, byte, how) in edits {
            match how {
                0 if !frame.is_empty() => drop(frame.remove(index.index(frame.len()))),
                1 => frame.insert(index.index(frame.len() + 1), byte),
                2 if !frame.is_empty() => frame.truncate(index.index(frame.len() + 1)),
                _ if !frame.is_empty() => {
                    let index = index.index(frame.len());
                    frame[index] = byte;
                }
                _ => {}
            }
        }
        if let (Mend::All, Some(len)) = (mend, frame.len().checked_sub(32)) {
            frame[20..24].copy_from_slice(&u32::try_from(len).unwrap().to_le_bytes());
        }
        if !matches!(mend, Mend::Nothing) {
            frames::mend_header(&mut frame);
        }
        if matches!(mend, Mend::Both | Mend::All) {
            frames::mend_trailer(&mut frame);
        }
        frame
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_hold(input in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&input, &Limits::DEFAULT);
        let mut marked = input;
        marked.splice(0..marked.len().min(3), [0x9E, 0xC1, 0x11]);
        frames::mend_header(&mut marked);
        check(&marked, &Limits::MAXIMUM);
    }

    #[test]
    fn damaged_frames_hold(input in damaged(), body in 0..300_u32, raw in 0..300_u32) {
        check(&input, &Limits::DEFAULT);
        check(&input, &Limits::DEFAULT.with_body(body));
        check(&input, &Limits::DEFAULT.with_raw(raw));
    }

    #[test]
    fn any_stored_bytes_hold(codec in 1..3_u8, stored in prop::collection::vec(any::<u8>(), 0..90), magic in any::<bool>()) {
        let stored = if magic { [&[0x28, 0xB5, 0x2F, 0xFD][..], &stored].concat() } else { stored };
        let codec = strictframe_core::Codec(codec);
        check(&frames::compressed(codec, 1000, None, &stored), &Limits::DEFAULT);
        check(&frames::plain_batch(&stored), &Limits::DEFAULT);
    }
}
