//! A stream reader gives the same frames and the same error however its source behaves, and stays where it stopped.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic in a test is a failed test")]

#[path = "support/material.rs"]
mod material;

use std::collections::VecDeque;
use std::io::{self, Read};

use material::{encoder, event, noise, places, raw_content, record, stream, trained, writer};
use strictframe::core::judgement::KnownVersion;
use strictframe::{
    CodecChoice, Error, ErrorKind, Kind, Limits, Outcome, Profile, Registry, SchemaPolicy,
    StreamError, StreamReader, verify,
};

/// Gives its bytes in pieces of these lengths, in turn; a piece of 0 is an interruption.
struct Pieces<'a> {
    bytes: &'a [u8],
    lens: Vec<usize>,
    turn: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let len = self.lens[self.turn % self.lens.len()];
        self.turn += 1;
        if len == 0 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let len = len.min(room.len()).min(self.bytes.len());
        let (piece, rest) = self.bytes.split_at(len);
        room[..len].copy_from_slice(piece);
        self.bytes = rest;
        Ok(len)
    }
}

/// Every frame's start and bytes, its records, and how it ended.
type Reading = (Vec<(u64, Vec<u8>, Vec<Vec<u8>>)>, Option<Error>);

fn read(source: impl Read, limits: Limits) -> Reading {
    let mut reader = StreamReader::new(source, limits, Profile::SelfContained);
    let mut frames = Vec::new();
    loop {
        match reader.next_frame() {
            Ok(Some(frame)) => {
                let decoded = frame.decoded.iter();
                let records = decoded.flat_map(|data| data.records.iter()).map(<[u8]>::to_vec);
                frames.push((frame.start, frame.bytes.to_vec(), records.collect()));
            }
            Ok(None) => return (frames, None),
            Err(StreamError::Refused(error)) => {
                // SPEC [STR-10]: stopped is stopped, whatever the source would still give.
                for _ in 0..3 {
                    match reader.next_frame() {
                        Err(StreamError::Refused(again)) => assert_eq!(again, error),
                        other => panic!("went on: {other:?}"),
                    }
                }
                return (frames, Some(error));
            }
            Err(other) => panic!("memory cannot fail: {other}"),
        }
    }
}

fn in_pieces(bytes: &[u8], lens: &[usize]) -> Reading {
    read(Pieces { bytes, lens: lens.to_vec(), turn: 0 }, Limits::DEFAULT)
}

/// A stream of every kind of frame.
fn of_all_kinds() -> Vec<u8> {
    let mut writer = writer();
    let mut encoders = [
        encoder(CodecChoice::None, None),
        encoder(CodecChoice::Zstd, Some(trained())),
        encoder(CodecChoice::Lz4, Some(trained())),
    ];
    for n in 30..36 {
        let encoder = &mut encoders[n % 3];
        writer.write(encoder, &record(n), &[]).unwrap();
        writer.write_batch(encoder, &[record(n + 1), record(n + 2)], &[]).unwrap();
    }
    writer.finish().unwrap()
}

#[test]
fn chunking_changes_neither_frames_nor_error_nor_offset() {
    // SPEC [STR-14, DEF-1]: whole, cut short, and with a bit flipped; in pieces of every length up to a frame's.
    let whole = of_all_kinds();
    let mut inputs = vec![whole.clone()];
    inputs.extend((0..whole.len()).step_by(41).map(|len| whole[..len].to_vec()));
    for at in (0..whole.len()).step_by(37) {
        let mut damaged = whole.clone();
        damaged[at] ^= 1 << (at % 8);
        inputs.push(damaged);
    }
    inputs.push([whole.as_slice(), b"!"].concat());
    for input in inputs {
        let expected = read(input.as_slice(), Limits::DEFAULT);
        for lens in [&[1][..], &[2], &[7], &[8], &[27], &[28], &[29, 0, 0, 3], &[1, 0, 100, 31]] {
            assert_eq!(in_pieces(&input, lens), expected, "in pieces of {lens:?}");
        }
    }
}

#[test]
fn large_frames_come_whole_out_of_any_pieces() {
    // SPEC [STR-14]: frames beyond the reader's first room.
    let records: Vec<_> =
        [3 << 20, 10, 70_000, 1 << 20].iter().map(|len| noise(*len, *len as u64)).collect();
    let bytes = stream(&records, &mut encoder(CodecChoice::None, None));
    let expected = read(bytes.as_slice(), Limits::DEFAULT);
    assert_eq!(expected.1, None);
    let read: Vec<_> = expected.0.iter().flat_map(|(_, _, records)| records).cloned().collect();
    assert!(read == records);
    for lens in [&[1460][..], &[65_536], &[100_000, 1, 0], &[1 << 22]] {
        assert!(in_pieces(&bytes, lens) == expected, "in pieces of {lens:?}");
    }
}

/// Gives pieces, and an error where there is none.
struct Failing<'a>(VecDeque<Option<&'a [u8]>>);

impl Read for Failing<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        match self.0.pop_front() {
            None => Ok(0),
            Some(None) => Err(io::ErrorKind::TimedOut.into()),
            Some(Some(mut piece)) => {
                let len = piece.read(room)?;
                if !piece.is_empty() {
                    self.0.push_front(Some(piece));
                }
                Ok(len)
            }
        }
    }
}

#[test]
fn a_source_that_fails_is_an_input_error_and_loses_no_byte() {
    let whole = of_all_kinds();
    for at in (1..whole.len()).step_by(11) {
        let (head, tail) = whole.split_at(at);
        let source = Failing([Some(head), None, Some(tail)].into());
        let mut reader = StreamReader::new(source, Limits::DEFAULT, Profile::SelfContained);
        let (mut read, mut failures) = (Vec::new(), 0);
        loop {
            match reader.next_frame() {
                Ok(Some(frame)) => read.extend_from_slice(frame.bytes),
                Ok(None) => break,
                Err(StreamError::Io(error)) => {
                    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
                    // Everything before the failure was given.
                    assert!(places(&whole).iter().all(|place| {
                        place.end() <= read.len() as u64 || place.end() > at as u64
                    }));
                    failures += 1;
                }
                Err(other) => panic!("refused: {other}"),
            }
        }
        assert!(read == whole && failures == 1, "failing at {at}");
    }
}

#[test]
fn the_end_of_the_input_says_where_it_is_and_what_is_missing() {
    // SPEC [STR-8, FRM-4, FRM-12]: at a boundary, in a header, in a body; and an empty input.
    let whole = of_all_kinds();
    let ends = |at: u64| read(&whole[..at as usize], Limits::DEFAULT).1.unwrap();
    let truncated = |have, need| ErrorKind::Truncated { have, need };
    assert_eq!((ends(0).kind(), ends(0).offset()), (truncated(0, 28), 0));
    for place in places(&whole).into_iter().skip(1) {
        let error = ends(place.start);
        assert_eq!((error.kind(), error.offset()), (ErrorKind::Unterminated, place.start));
        assert_eq!(error.frame(), place.start);
        for have in [1, 27, 28, place.len - 1] {
            let need = if have < 28 { 28 } else { place.len };
            let error = ends(place.start + have);
            assert_eq!((error.kind(), error.offset()), (truncated(have, need), place.start + have));
            assert_eq!(error.frame(), place.start);
        }
    }
}

#[test]
fn bytes_behind_end_are_refused_and_not_read() {
    // SPEC [STR-9]: even when they are a stream.
    let whole = of_all_kinds();
    for behind in [&b"\n"[..], &whole] {
        let (frames, error) = read([&whole, behind].concat().as_slice(), Limits::DEFAULT);
        assert_eq!(frames.len(), places(&whole).len());
        let error = error.unwrap();
        assert_eq!((error.kind(), error.offset()), (ErrorKind::TrailingData, whole.len() as u64));
        assert_eq!(error.frame(), whole.len() as u64);
    }
}

#[test]
fn the_end_comes_again_however_often_it_is_asked_for() {
    let whole = of_all_kinds();
    let mut reader = StreamReader::new(whole.as_slice(), Limits::DEFAULT, Profile::SelfContained);
    while reader.next_frame().unwrap().is_some() {}
    assert!(reader.next_frame().unwrap().is_none());
    assert!(reader.next_frame().unwrap().is_none());
    assert_eq!(reader.chain().unwrap().offset(), whole.len() as u64);
}

#[test]
fn a_reader_with_a_registry_judges_every_data_frame() {
    // SPEC [JDG-1, JDG-2, JDG-4]: at 4 in the frame, after the stream's own checks.
    let whole = of_all_kinds();
    let first = places(&whole).into_iter().find(|place| place.kind == Kind::MESSAGE).unwrap();
    let key = event().key();
    let known = |version, fork_check| KnownVersion { version, min_reader: 1, fork_check };
    let own = known(1, key.fork_check());
    let registry = |reader, oldest, versions: &[KnownVersion]| {
        Registry::new().with_lineage(key.lineage(), reader, oldest, versions.to_vec()).unwrap()
    };
    let cases = [
        (Registry::new(), Err(ErrorKind::UnknownSchema)),
        (registry(1, 1, &[own]), Ok(Outcome::Exact)),
        (registry(2, 1, &[own, known(2, [9; 4])]), Ok(Outcome::Backward)),
        (registry(2, 2, &[own, known(2, [9; 4])]), Err(ErrorKind::SchemaTooOld)),
        (registry(2, 1, &[known(2, [9; 4])]), Err(ErrorKind::SchemaVersionUnknown)),
        (registry(1, 1, &[known(1, [9; 4])]), Err(ErrorKind::SchemaFork)),
    ];
    for (registry, expected) in cases {
        let reader = StreamReader::new(whole.as_slice(), Limits::DEFAULT, Profile::SelfContained);
        let mut reader = reader.judged_by(registry, SchemaPolicy::default());
        let result = loop {
            match reader.next_frame() {
                Ok(Some(frame)) => match frame.decoded {
                    Some(decoded) => break Ok(decoded.outcome.unwrap()),
                    None => assert!(frame.start < first.start),
                },
                Err(StreamError::Refused(error)) => {
                    assert_eq!(error.offset(), first.start + 4);
                    break Err(error.kind());
                }
                other => panic!("no data frame: {other:?}"),
            }
        };
        assert_eq!(result, expected);
    }
    let (frames, error) = read(whole.as_slice(), Limits::DEFAULT);
    assert_eq!((frames.len(), error), (places(&whole).len(), None));
}

#[test]
fn only_a_bare_reader_takes_frames_without_their_schema() {
    // SPEC [STR-13]: in the self-contained profile it is at 4 in the frame.
    let whole = stream(&[b"{}"], &mut encoder(CodecChoice::None, None));
    let message = places(&whole)[2];
    let bare = [&whole[..80], &whole[message.start as usize..message.end() as usize]].concat();
    let ends = |profile| {
        let mut reader = StreamReader::new(bare.as_slice(), Limits::DEFAULT, profile);
        loop {
            match reader.next_frame() {
                Ok(frame) => assert!(frame.is_some()),
                Err(error) => break *error.refusal().unwrap(),
            }
        }
    };
    let error = ends(Profile::SelfContained);
    assert_eq!((error.kind(), error.offset()), (ErrorKind::UnknownSchema, 84));
    let error = ends(Profile::Bare);
    assert_eq!((error.kind(), error.offset()), (ErrorKind::Unterminated, bare.len() as u64));
}

#[test]
fn a_dictionary_comes_from_the_stream_alone() {
    // SPEC [STR-11, DIC-1]: a registry that holds it changes nothing.
    let mut encoder = encoder(CodecChoice::Zstd, Some(trained()));
    let whole = stream(&[record(39)], &mut encoder);
    let dict = places(&whole).into_iter().find(|place| place.kind == Kind::DICT).unwrap();
    let mut without = whole.clone();
    without.drain(dict.start as usize..dict.end() as usize);
    let registry = Registry::new().with_schema(&event()).unwrap().with_dictionary(trained());
    let reader = StreamReader::new(without.as_slice(), Limits::DEFAULT, Profile::SelfContained);
    let mut reader = reader.judged_by(registry.unwrap(), SchemaPolicy::default());
    let mut error = || loop {
        match reader.next_frame() {
            Ok(frame) => assert!(frame.is_some()),
            Err(error) => break *error.refusal().unwrap(),
        }
    };
    let first = error();
    assert_eq!((first.kind(), first.offset()), (ErrorKind::UnknownDictionary, dict.start + 36));
    // SPEC [STR-10]: though the frame itself was in its place, the reader does not go on behind it.
    assert_eq!(error(), first);
}

#[test]
fn a_stream_brings_no_more_than_the_limits_allow() {
    // SPEC [STR-15]: the dictionary that is one too many is refused at 20.
    let mut writer = writer();
    for dictionary in [trained(), raw_content()] {
        let mut encoder = encoder(CodecChoice::Zstd, Some(dictionary));
        writer.write(&mut encoder, &record(39), &[]).unwrap();
    }
    let whole = writer.finish().unwrap();
    let second = places(&whole).into_iter().filter(|place| place.kind == Kind::DICT).nth(1);
    let (_, error) = read(whole.as_slice(), Limits::DEFAULT.with_dictionaries(1));
    let kind = ErrorKind::LimitExceeded { declared: 2, limit: 1 };
    let error = error.unwrap();
    assert_eq!((error.kind(), error.offset()), (kind, second.unwrap().start + 20));
    assert_eq!(read(whole.as_slice(), Limits::DEFAULT.with_dictionaries(2)).1, None);
}

#[test]
fn a_summary_counts_what_the_stream_holds() {
    let whole = of_all_kinds();
    let mut seen = Vec::new();
    let summary =
        verify(whole.as_slice(), Limits::DEFAULT, Profile::SelfContained, |at| seen.push(at))
            .unwrap();
    assert!(seen.iter().copied().eq(places(&whole).iter().map(material::Place::end)));
    let lens = (30..36).map(|n| (n..n + 3).map(|n| record(n).len() as u64).sum::<u64>());
    assert_eq!((summary.bytes, summary.frames), (whole.len() as u64, seen.len() as u64));
    assert_eq!((summary.data_frames, summary.records), (12, 18));
    assert_eq!((summary.record_bytes, summary.dictionaries), (lens.sum(), 1));
    let [schema] = summary.schemas.as_slice() else { panic!("one schema") };
    assert_eq!((schema.name.as_str(), schema.encoding, schema.records), ("test.Event", "json", 18));
    assert_eq!((schema.version, schema.min_reader), (1, 1));
}
