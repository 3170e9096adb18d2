//! Where a writer puts SYNC, SCHEMA, DICT and END, and what it takes over unchanged.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic in a test is a failed test")]

#[path = "support/material.rs"]
mod material;

use std::io::{self, Write};

use material::{
    Place, encoder, event, noise, places, read_strictly, record, stream, trained, writer,
};
use strictframe::core::{Content, extension};
use strictframe::{
    CodecChoice, CompressionPolicy, Descriptor, Dictionary, EncodeError, Encoder, ErrorKind,
    Extension, Frame, Kind, Limits, Profile, StreamError, StreamOptions, StreamReader,
    StreamWriter, verify,
};

const DISTANCE: u64 = 65_536;
const REPEAT: u64 = 16 << 20;

fn plain() -> Encoder {
    encoder(CodecChoice::None, None)
}

/// Checks the distances of a whole stream and gives its frames.
fn check_syncs(stream: &[u8]) -> Vec<Place> {
    let places = places(stream);
    // SPEC [STR-1]: a SYNC first, an END last; the numbers in them are checked by the strict reader.
    assert_eq!((places[0].start, places[0].kind), (0, Kind::SYNC));
    assert_eq!(places.last().unwrap().kind, Kind::END);
    assert_eq!(places.iter().filter(|place| place.kind == Kind::END).count(), 1);
    let mut last = 0;
    for pair in places.windows(2) {
        if pair[0].kind == Kind::SYNC {
            last = pair[0].start;
            assert_ne!(pair[1].kind, Kind::SYNC, "two in a row serve nobody");
        }
        // SPEC [STR-2]: whatever its kind, a frame starts less than 65536 bytes behind the last SYNC.
        match pair[1].kind {
            Kind::SYNC => assert!(pair[1].start - last >= DISTANCE, "earlier than it is due"),
            _ => assert!(pair[1].start - last < DISTANCE, "{:?}", pair[1]),
        }
    }
    places
}

fn sync_bytes(places: &[Place]) -> u64 {
    places.iter().filter(|place| place.kind == Kind::SYNC).map(|place| place.len).sum()
}

#[test]
fn a_sync_stands_where_one_is_due_and_nowhere_else() {
    // SPEC [STR-1, STR-2]: many small frames, few large ones, and both mixed.
    let mixed = |n: usize| [0, 31, 65_000, 65_424, 65_425, 70_000, 200, 300_000][n % 8];
    let small: Vec<usize> = (0..9000).map(|n| n % 400).collect();
    for lens in [small, vec![(4 << 20) - 1; 4], (0..90).map(mixed).collect(), Vec::new()] {
        let records: Vec<_> = lens.iter().map(|len| vec![b'x'; *len]).collect();
        let stream = stream(&records, &mut plain());
        let places = check_syncs(&stream);
        assert_eq!(places.iter().filter(|place| place.kind == Kind::MESSAGE).count(), lens.len());
        let (read, error) = read_strictly(&stream);
        assert!(error.is_none() && read == records);
        if stream.len() >= 1 << 20 {
            let share = sync_bytes(&places) as f64 / stream.len() as f64;
            assert!(share <= 0.0013, "{share} of {} bytes", stream.len());
        }
    }
}

#[test]
fn a_sync_is_due_at_exactly_65536_bytes() {
    // SPEC [STR-2]: one byte before, a frame may still start.
    let schema = places(&stream::<&[u8]>(&[b"x"], &mut plain()))[1];
    for (start, due) in [(DISTANCE - 1, false), (DISTANCE, true), (DISTANCE + 1, true)] {
        let filler = vec![0; (start - schema.end() - 32) as usize];
        let places = check_syncs(&stream(&[&filler[..], b"x"], &mut plain()));
        assert_eq!(places[2].end(), start);
        assert_eq!(places[3].kind == Kind::SYNC, due);
        // END as well.
        let places = check_syncs(&stream(&[&filler[..]], &mut plain()));
        assert_eq!(places[3].kind == Kind::SYNC, due);
    }
}

#[test]
fn syncs_take_at_most_13_of_10000_bytes() {
    // SPEC [STR-2]: of every stream of 1 MiB and more, whatever the frames' lengths.
    for (len, seed) in [(0, 1), (68, 2), (1000, 3), (5000, 4), (65_440, 5), (65_536, 6)] {
        let count = (1 << 20) / (len + 32) + 1;
        let records = vec![noise(len, seed); count];
        let stream = stream(&records, &mut plain());
        assert!(stream.len() >= 1 << 20);
        let share = sync_bytes(&check_syncs(&stream)) as f64 / stream.len() as f64;
        assert!(share <= 0.0013, "{share} with records of {len} bytes");
    }
}

/// Checks that what a data frame needs stands before it and not too far back; gives the copies of each kind.
fn check_repeats(stream: &[u8], dictionary_len: u64) -> (usize, usize) {
    let (mut schema, mut dict, mut copies) = (None, None, (0, 0));
    for place in check_syncs(stream) {
        match place.kind {
            Kind::SCHEMA => (schema, copies.0) = (Some(place.start), copies.0 + 1),
            Kind::DICT => (dict, copies.1) = (Some(place.start), copies.1 + 1),
            Kind::MESSAGE | Kind::BATCH => {
                // SPEC [STR-4]: the last copy starts less than 16 MiB back, of a dictionary less than 64 times its size.
                assert!(place.start - schema.unwrap() < REPEAT, "{place:?}, schema at {schema:?}");
                let bytes = &stream[place.start as usize..place.end() as usize];
                let frame = Frame::parse(bytes, &Limits::DEFAULT).unwrap();
                if frame.header().has_dictionary() {
                    let most = REPEAT.max(64 * dictionary_len);
                    assert!(
                        place.start - dict.unwrap() < most,
                        "{place:?}, dictionary at {dict:?}"
                    );
                }
            }
            _ => {}
        }
    }
    copies
}

#[test]
fn a_schema_and_a_dictionary_in_use_are_repeated() {
    // SPEC [STR-4]: in 40 MiB three copies of the schema; of a dictionary of 512 KiB, which lasts for 32 MiB, two.
    let large = vec![b'x'; 200 << 10];
    let half_a_mib = Dictionary::new(noise(512 << 10, 1)).unwrap();
    for (dictionary, copies) in [(trained(), (3, 3)), (half_a_mib, (3, 2))] {
        let len = dictionary.bytes().len() as u64;
        let compressible = [&record(39), &dictionary.bytes()[..100]].concat();
        let mut with = encoder(CodecChoice::Lz4, Some(dictionary));
        let mut writer = writer();
        for _ in 0..200 {
            writer.write(&mut plain(), &large, &[]).unwrap();
            writer.write(&mut with, &compressible, &[]).unwrap();
        }
        let stream = writer.finish().unwrap();
        assert_eq!(check_repeats(&stream, len), copies);
        let summary =
            verify(stream.as_slice(), Limits::DEFAULT, Profile::SelfContained, |_| {}).unwrap();
        assert_eq!((summary.records, summary.dictionaries), (400, 1));
    }
}

#[test]
fn what_is_not_in_use_is_not_repeated() {
    // SPEC [STR-4]: declared, used once at the start, or never.
    let mut writer = writer();
    writer.add_schema(&Descriptor::opaque("test.Unused", 1, 1, b"").unwrap()).unwrap();
    writer.add_dictionary(&Dictionary::new(noise(1000, 9)).unwrap()).unwrap();
    let mut with = encoder(CodecChoice::Lz4, Some(trained()));
    writer.write(&mut with, &record(39), &[]).unwrap();
    for _ in 0..20 {
        writer.write(&mut plain(), &vec![b'x'; 1 << 20], &[]).unwrap();
    }
    assert_eq!(check_repeats(&writer.finish().unwrap(), 4096), (2, 1));
}

#[test]
fn a_repeat_is_not_missed_when_other_frames_come_between() {
    // SPEC [STR-4]: a SYNC, or a dictionary, may push a frame over the distance that it would have kept.
    for gap in [1, 40, 79, 80, 81, 2000, 4000, 4100, 4200, 4300] {
        for with_dictionary in [false, true] {
            let choice = if with_dictionary { CodecChoice::Lz4 } else { CodecChoice::None };
            let mut last = encoder(choice, Some(trained()));
            let mut writer = writer();
            writer.write(&mut plain(), b"{}", &[]).unwrap();
            // The schema starts at 80; the frame before the last one ends `gap` bytes short of 16 MiB behind that.
            let target = 80 + REPEAT - gap;
            while target - writer.offset() > 2 << 20 {
                writer.write(&mut plain(), &vec![b'x'; 1 << 20], &[]).unwrap();
            }
            let filler = target - writer.offset() - 80 - 32;
            writer.write(&mut plain(), &vec![b'x'; filler as usize], &[]).unwrap();
            assert_eq!(writer.offset(), target);
            writer.write(&mut last, &record(39), &[]).unwrap();
            check_repeats(&writer.finish().unwrap(), 4096);
        }
    }
}

#[test]
fn a_repeat_is_not_missed_when_only_a_sync_comes_between() {
    // SPEC [STR-4]: a SYNC is longer than the shortest SCHEMA.
    let schema = Descriptor::opaque("a", 1, 1, b"").unwrap();
    let policy = CompressionPolicy::new(CodecChoice::None);
    let mut encoder = Encoder::builder(schema.key()).policy(policy).build().unwrap();
    for gap in [44, 45, 46, 79, 80, 81] {
        let mut writer = StreamWriter::create(Vec::new(), StreamOptions::default()).unwrap();
        writer.add_schema(&schema).unwrap();
        writer.write(&mut encoder, b"{}", &[]).unwrap();
        let target = 80 + REPEAT - gap;
        while target > writer.offset() + 80 + 32 {
            let room = target - writer.offset() - 80 - 32;
            writer.write(&mut encoder, &vec![b'x'; room.min(2 << 20) as usize], &[]).unwrap();
        }
        assert_eq!(writer.offset(), target);
        writer.write(&mut encoder, b"{}", &[]).unwrap();
        check_repeats(&writer.finish().unwrap(), 0);
    }
}

fn encode_error(result: Result<(), StreamError>) -> EncodeError {
    match result {
        Err(StreamError::Encode(error)) => error,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_stream_holds_to_the_limits_of_its_readers() {
    // SPEC [LIM-1, STR-15]: records, schemas and dictionaries that a reader of the same limits would refuse are not written.
    let mut options = StreamOptions::default();
    options.limits = Limits::TINY.with_schemas(1);
    let mut writer = StreamWriter::create(Vec::new(), options).unwrap();
    writer.add_schema(&event()).unwrap();
    let second = Descriptor::opaque("test.Second", 1, 1, b"").unwrap();
    let limited = |result: Result<(), StreamError>| *result.unwrap_err().refusal().unwrap();
    let exceeded = |declared, limit| (ErrorKind::LimitExceeded { declared, limit }, 20);
    let error = limited(writer.add_schema(&second));
    assert_eq!((error.kind(), error.offset()), exceeded(2, 1));
    writer.add_dictionary(&trained()).unwrap();
    let error = limited(writer.add_dictionary(&Dictionary::new(*b"one too many").unwrap()));
    assert_eq!((error.kind(), error.offset()), exceeded(2, 1));
    let too_large =
        encode_error(writer.add_dictionary(&Dictionary::new(noise(65_537, 1)).unwrap()));
    assert_eq!(too_large, EncodeError::RecordTooLarge { len: 65_537, limit: 65_536 });
    let mut large = Vec::new();
    plain().encode(&[b'x'; 65_537], &mut large).unwrap();
    let error = limited(writer.write_frame(&large));
    assert_eq!((error.kind(), error.offset()), exceeded(65_537, 65_536));
    let error = encode_error(writer.write(&mut plain(), &[b'x'; 65_537], &[]));
    assert_eq!(error, EncodeError::RecordTooLarge { len: 65_537, limit: 65_536 });
    let mut zstd = encoder(CodecChoice::Zstd, None);
    let error = encode_error(writer.write_batch(&mut zstd, &[vec![b'x'; 65_529]], &[]));
    assert_eq!(error, EncodeError::RecordTooLarge { len: 65_537, limit: 65_536 });
    writer.write_batch(&mut zstd, &[vec![b'x'; 65_528]], &[]).unwrap();
    // With extensions it is the body that is too large.
    let extensions = [Extension { kind: extension::STREAM_KEY, value: b"thread" }];
    let error = encode_error(writer.write(&mut plain(), &[b'x'; 65_536], &extensions));
    assert_eq!(error, EncodeError::RecordTooLarge { len: 65_548, limit: 65_536 });
    writer.write(&mut plain(), &[b'x'; 65_536], &[]).unwrap();
    let stream = writer.finish().unwrap();
    let mut reader = StreamReader::new(stream.as_slice(), options.limits, Profile::SelfContained);
    while reader.next_frame().unwrap().is_some() {}
}

/// Takes so many bytes and then no more.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        if taken == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(taken) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn after_a_failed_write_a_stream_takes_no_more() {
    // SPEC [STR-1]: what reached the sink is not known, so that nothing can stand behind it.
    let mut writer = StreamWriter::create(Full(100), StreamOptions::default()).unwrap();
    writer.add_schema(&event()).unwrap();
    writer.write(&mut plain(), b"{}", &[]).unwrap();
    match writer.flush() {
        Err(StreamError::Io(error)) => assert_eq!(error.kind(), io::ErrorKind::StorageFull),
        other => panic!("it fitted: {other:?}"),
    }
    assert_eq!(encode_error(writer.write(&mut plain(), b"{}", &[])), EncodeError::StreamClosed);
    assert_eq!(encode_error(writer.flush()), EncodeError::StreamClosed);
    assert_eq!(encode_error(writer.finish().map(|_| ())), EncodeError::StreamClosed);
}

#[test]
fn extensions_are_written_as_they_are_given() {
    // SPEC [EXT-1, EXT-6]: beside the record, in the order of their types.
    let sequence = 77_u64.to_le_bytes();
    let extensions = [
        Extension { kind: extension::SEQUENCE, value: &sequence },
        Extension { kind: extension::STREAM_KEY, value: b"thread" },
        Extension { kind: 0x0A0A, value: b"grease" },
    ];
    let mut writer = writer();
    writer.write(&mut plain(), b"{}", &extensions).unwrap();
    writer.write_batch(&mut plain(), &[b"{}"], &extensions).unwrap();
    let refused = encode_error(writer.write(&mut plain(), b"{}", &[extensions[1], extensions[0]]));
    assert_eq!(refused, EncodeError::ExtensionRefused { kind: Some(extension::SEQUENCE) });
    let none: [&[u8]; 0] = [];
    let refused = encode_error(writer.write_batch(&mut plain(), &none, &[]));
    assert_eq!(refused, EncodeError::BatchCount { count: 0 });
    let stream = writer.finish().unwrap();
    for place in places(&stream).into_iter().filter(|place| place.kind.is_data()) {
        let bytes = &stream[place.start as usize..place.end() as usize];
        match Frame::parse(bytes, &Limits::DEFAULT).unwrap().content() {
            Content::Data { extensions: read, .. } => assert!(read.iter().eq(extensions)),
            other => panic!("no data frame: {other:?}"),
        }
    }
}

#[test]
fn every_stream_has_an_id_of_its_own() {
    // SPEC [STR-3]: from the caller, or from the operating system.
    let id = |options| StreamWriter::create(Vec::new(), options).unwrap().stream_id();
    let (one, other) = (id(StreamOptions::default()), id(StreamOptions::default()));
    assert!(one != other && one != [0; 16]);
    let mut options = StreamOptions::default();
    options.stream_id = Some([3; 16]);
    assert_eq!(id(options), [3; 16]);
}
