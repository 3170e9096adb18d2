//! How bytes arrive never changes what is found: deframer and strict stream reader.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic in a test is a failed test"
)]

use strictframe_core::control::Sync;
use strictframe_core::identity::{self, Encoding};
use strictframe_core::stream::{Profile, StreamReader};
use strictframe_core::{
    Chain, Deframer, Error, ErrorKind, Event, Kind, Limits, Parts, SchemaKey, Step, control,
};

/// A stream that is put together frame by frame, so that each can be wrong in its own way.
struct Stream {
    bytes: Vec<u8>,
    chain: Chain,
}

impl Stream {
    fn begun() -> Self {
        let mut stream = Self { bytes: Vec::new(), chain: Chain::new([7; 16]) };
        stream.sync(Kind::SYNC, |_| {});
        stream
    }

    fn add(&mut self, parts: Parts<'_>) -> u64 {
        let start = self.bytes.len();
        parts.write(&mut self.bytes).unwrap();
        let trailer = u32::from_le_bytes(*self.bytes.last_chunk().unwrap());
        self.chain.add(parts.kind, self.bytes.len() - start, trailer);
        start as u64
    }

    fn sync(&mut self, kind: Kind, change: impl FnOnce(&mut Sync)) -> u64 {
        let mut sync = self.chain.sync();
        change(&mut sync);
        self.add(Parts::control(kind, &[&sync.to_bytes()]))
    }

    fn schema(&mut self, descriptor: &[u8]) -> (SchemaKey, u64) {
        let mut body = Vec::new();
        control::write_schema(Encoding::JSON, 1, 1, "a.B", descriptor, &mut body).unwrap();
        let lineage = identity::lineage(Encoding::JSON, "a.B").unwrap();
        let fingerprint = identity::fingerprint(lineage, 1, 1, descriptor).unwrap();
        let key = SchemaKey::new(lineage, 1, 1, identity::fork_check(&fingerprint));
        (key, self.add(Parts::control(Kind::SCHEMA, &[&body])))
    }

    fn message(&mut self, key: SchemaKey, record: &[u8]) -> u64 {
        self.add(Parts::plain(Kind::MESSAGE, key, &[], &[record]))
    }

    fn ended(mut self) -> Vec<u8> {
        self.sync(Kind::END, |_| {});
        self.bytes
    }
}

/// Frames found before the end or the error, fed in pieces of that many bytes.
fn fed<T>(
    bytes: &[u8],
    piece: usize,
    mut step: impl for<'a> FnMut(&'a [u8], bool) -> Result<Step<'a>, Error>,
    mut see: impl FnMut(Kind, u64) -> T,
) -> (Vec<T>, Option<Error>) {
    let (mut start, mut end, mut found) = (0, 0, Vec::new());
    loop {
        let result = step(&bytes[start..end], end == bytes.len());
        match result {
            Err(error) => return (found, Some(error)),
            Ok(Step { consumed, event, .. }) => {
                match event {
                    Event::Frame { frame, start, .. } => found.push(see(frame.kind(), start)),
                    Event::NeedMore(missing) => {
                        assert!(missing > 0 && end < bytes.len(), "it must not wait in vain");
                        end = (end + piece).min(bytes.len());
                    }
                    _ => return (found, None),
                }
                start += consumed;
            }
        }
    }
}

fn strict(bytes: &[u8]) -> (Vec<(Kind, u64)>, Option<Error>) {
    let read = |piece| {
        let mut reader = StreamReader::new(Limits::DEFAULT, Profile::SelfContained);
        fed(bytes, piece, |input, eof| reader.step(input, eof), |kind, start| (kind, start))
    };
    // SPEC [STR-14]: in one piece, byte by byte, and in between.
    let whole = read(bytes.len().max(1));
    for piece in [1, 2, 7, 27, 28, 29, 100] {
        if bytes.len() / piece < 20_000 {
            assert_eq!(read(piece), whole, "in pieces of {piece}");
        }
    }
    whole
}

#[track_caller]
fn refused(bytes: &[u8], kind: ErrorKind, offset: u64) {
    let error = strict(bytes).1.unwrap();
    assert_eq!((error.kind(), error.offset()), (kind, offset));
}

fn short() -> Stream {
    let mut stream = Stream::begun();
    let (key, _) = stream.schema(b"{}");
    stream.message(key, b"one");
    stream.message(key, b"two");
    stream
}

#[test]
fn a_deframer_gives_the_same_frames_however_they_arrive() {
    let bytes = short().ended();
    // SPEC [DEF-1]: every cut, and every truncation of it.
    for len in (0..bytes.len()).chain([bytes.len()]) {
        let read = |piece| {
            let mut deframer = Deframer::new(Limits::DEFAULT);
            fed(&bytes[..len], piece, |input, eof| deframer.step(input, eof), |k, s| (k, s))
        };
        let whole = read(len.max(1));
        for piece in 1..40 {
            assert_eq!(read(piece), whole, "{len} bytes in pieces of {piece}");
        }
    }
    // SPEC [DEF-1]: the magic is judged on 8 bytes, the header on 28, and not before.
    let mut deframer = Deframer::new(Limits::DEFAULT);
    assert!(matches!(deframer.step(b"{\"a\":", false).unwrap().event, Event::NeedMore(3)));
    assert!(deframer.step(b"{\"a\": 1}", false).is_err());
    let mut deframer = Deframer::new(Limits::DEFAULT);
    assert!(matches!(deframer.step(&bytes[..8], false).unwrap().event, Event::NeedMore(20)));
    let mut header = bytes[..28].to_vec();
    header[20] ^= 1;
    assert_eq!(deframer.step(&header, false).unwrap_err().kind(), ErrorKind::HeaderCrc);
    // SPEC [STR-10]: and it stays stopped.
    assert_eq!(deframer.step(&bytes, false).unwrap_err().kind(), ErrorKind::HeaderCrc);
}

#[test]
fn what_is_missing_is_what_the_step_will_ask_for() {
    let bytes = short().ended();
    let mut start = 0;
    while start < bytes.len() {
        let mut frames = Deframer::new(Limits::DEFAULT);
        let next = start + frames.step(&bytes[start..], true).unwrap().consumed;
        for end in start..=bytes.len() {
            let input = &bytes[start..end];
            let mut deframer = Deframer::new(Limits::DEFAULT);
            let missing = deframer.missing(input, false);
            let asked = match deframer.step(input, false).unwrap().event {
                Event::NeedMore(asked) => asked,
                _ => 0,
            };
            assert_eq!((missing, missing == 0), (asked, end >= next), "{start}..{end}");
            // Behind the end nothing more comes.
            assert_eq!(Deframer::new(Limits::DEFAULT).missing(input, true), 0);
        }
        start = next;
    }
    let mut stopped = Deframer::new(Limits::DEFAULT);
    stopped.step(b"{\"a\": 1}", false).unwrap_err();
    assert_eq!(stopped.missing(&bytes[..40], false), 0);
    // What can be no frame is judged and not waited for.
    assert_eq!(Deframer::new(Limits::DEFAULT).missing(b"{\"a\": 1}", false), 0);
}

#[test]
fn a_reader_of_streams_says_what_is_missing_and_what_was_brought() {
    let bytes = short().ended();
    let mut reader = StreamReader::new(Limits::DEFAULT, Profile::SelfContained);
    let (mut start, mut end) = (0, 0);
    loop {
        let missing = reader.missing(&bytes[start..end], false);
        match reader.step(&bytes[start..end], false).unwrap() {
            Step { event: Event::NeedMore(asked), .. } => {
                assert_eq!(missing, asked);
                if end == bytes.len() {
                    break;
                }
                end = (end + asked).min(bytes.len());
            }
            step => {
                assert_eq!(missing, 0);
                start += step.consumed;
            }
        }
    }
    // Behind END a byte would be one too many: one is waited for, unless there can be none.
    assert_eq!((reader.missing(b"", false), reader.missing(b"", true)), (1, 0));
    assert_eq!(reader.missing(b"x", false), 0);
    let (key, _) = Stream::begun().schema(b"{}");
    let directory = reader.directory();
    assert!(directory.has_schema(&key) && !directory.has_dictionary([0; 4]));
    let fork = SchemaKey::new(key.lineage(), 1, 1, [0; 4]);
    let newer = SchemaKey::new(key.lineage(), 2, 1, key.fork_check());
    assert!(!directory.has_schema(&fork) && !directory.has_schema(&newer));
    let mut directory = directory.clone();
    directory.add_dictionary(b"dictionary").unwrap();
    assert!(directory.has_dictionary(identity::dictionary_id(b"dictionary")));
    reader.step(b"x", false).unwrap_err();
    assert_eq!((reader.missing(b"", false), reader.missing(&bytes, false)), (0, 0));
}

#[test]
fn a_whole_stream_reaches_its_end() {
    let (frames, error) = strict(&short().ended());
    assert_eq!(error, None);
    assert_eq!(frames.len(), 5);
}

#[test]
fn a_stream_begins_with_sync_and_ends_with_end() {
    let mut bare = Stream { bytes: Vec::new(), chain: Chain::new([7; 16]) };
    bare.message(SchemaKey::new([1; 8], 1, 1, [0; 4]), b"record");
    // SPEC [STR-5]: another frame is no beginning; damage has its own name.
    refused(&bare.bytes, ErrorKind::NotAStream, 0);
    refused(b"{}", ErrorKind::BadMagic { looks_like: Some(strictframe_core::Foreign::Json) }, 0);
    // SPEC [STR-8]: nothing at all; between frames; inside one.
    refused(b"", ErrorKind::Truncated { have: 0, need: 28 }, 0);
    let stream = short();
    let len = stream.bytes.len() as u64;
    refused(&stream.bytes, ErrorKind::Unterminated, len);
    let ended = stream.ended();
    let cut = &ended[..ended.len() - 1];
    refused(cut, ErrorKind::Truncated { have: 79, need: 80 }, cut.len() as u64);
    refused(&ended[..ended.len() - 60], ErrorKind::Truncated { have: 20, need: 28 }, len + 20);
    // SPEC [STR-9]: nothing behind END, not even another stream.
    refused(&[&ended[..], b"\n"].concat(), ErrorKind::TrailingData, ended.len() as u64);
    refused(&[&ended[..], &ended].concat(), ErrorKind::TrailingData, ended.len() as u64);
}

#[test]
fn a_sync_says_where_the_stream_stands() {
    type Change = fn(&mut Sync);
    let changes: [(Change, u64); 5] = [
        (|sync| sync.stream_id[3] ^= 1, 28),
        (|sync| sync.own_offset += 1, 44),
        (|sync| sync.previous += 1, 52),
        (|sync| sync.count -= 1, 60),
        (|sync| sync.chain_crc ^= 1, 68),
    ];
    // SPEC [STR-6]: the first field that does not fit, in SYNC and in END.
    for kind in [Kind::SYNC, Kind::END] {
        for (change, field) in changes {
            let mut stream = short();
            let start = stream.sync(kind, change);
            refused(&stream.bytes, ErrorKind::StreamEdited, start + field);
        }
    }
    let mut first = Stream { bytes: Vec::new(), chain: Chain::new([7; 16]) };
    first.sync(Kind::SYNC, |sync| sync.own_offset = 80);
    refused(&first.bytes, ErrorKind::StreamEdited, 44);
}

#[test]
fn a_sync_that_is_due_is_missed() {
    let mut stream = Stream::begun();
    let (key, _) = stream.schema(b"{}");
    stream.message(key, &vec![0; 70_000]);
    let start = stream.message(key, b"late");
    // SPEC [STR-7]: at the start of the frame in its place; END is no exception.
    refused(&stream.bytes, ErrorKind::StreamEdited, start);
    let mut stream = Stream::begun();
    let (key, _) = stream.schema(b"{}");
    stream.message(key, &vec![0; 70_000]);
    let start = stream.bytes.len() as u64;
    refused(&stream.ended(), ErrorKind::StreamEdited, start);
}

#[test]
fn schemas_and_dictionaries_come_once_or_alike() {
    // SPEC [STR-12]: a second descriptor of one version; a key that does not follow from the SCHEMA.
    let mut stream = short();
    let (_, start) = stream.schema(b"{}");
    assert!(start > 0);
    let (_, start) = stream.schema(b"true");
    refused(&stream.bytes, ErrorKind::SchemaFork, start + 28);
    let mut stream = short();
    let (key, _) = stream.schema(b"{}");
    let forked = SchemaKey::new(key.lineage(), 1, 1, [9; 4]);
    let start = stream.message(forked, b"x");
    refused(&stream.bytes, ErrorKind::SchemaFork, start + 4);
    // SPEC [STR-13]: and one that no SCHEMA gave.
    let mut stream = short();
    let start = stream.message(SchemaKey::new([1; 8], 1, 1, [0; 4]), b"x");
    refused(&stream.bytes, ErrorKind::UnknownSchema, start + 4);
    // SPEC [STR-11]: one dictionary twice is one dictionary.
    let mut stream = short();
    stream.add(Parts::control(Kind::DICT, &[b"words"]));
    stream.add(Parts::control(Kind::DICT, &[b"words"]));
    assert_eq!(strict(&stream.ended()).1, None);
    // SPEC [STR-15]: no more than the limits allow.
    let mut stream = short();
    for n in 0..16_u8 {
        stream.add(Parts::control(Kind::DICT, &[&[n]]));
    }
    let start = stream.add(Parts::control(Kind::DICT, &[b"one more"]));
    refused(&stream.bytes, ErrorKind::LimitExceeded { declared: 17, limit: 16 }, start + 20);
}

#[test]
fn two_dictionaries_with_one_id_clash() {
    use std::collections::HashMap;
    let mut seen: HashMap<[u8; 4], u32> = HashMap::new();
    let (a, b) = (0_u32..)
        .find_map(|n| {
            let id = identity::dictionary_id(&n.to_le_bytes());
            seen.insert(id, n).map(|earlier| (earlier, n))
        })
        .unwrap();
    let mut stream = short();
    stream.add(Parts::control(Kind::DICT, &[&a.to_le_bytes()]));
    let start = stream.add(Parts::control(Kind::DICT, &[&b.to_le_bytes()]));
    // SPEC [STR-11, DIC-2]: found among 2^32 ids by birthday, as anybody can.
    refused(&stream.bytes, ErrorKind::DictionaryClash, start + 28);
}
