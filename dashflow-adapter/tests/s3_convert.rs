//! Row S3: today's framing is read by the converter alone, which says what it could and could not read; the decode path refuses it with the diagnosis.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic in a test is a failed test"
)]

mod support;

use std::io::BufReader;

use prost::Message as _;
use strictframe::core::Foreign;
use strictframe::{
    CompressionPolicy, ErrorKind, Limits, Profile, StreamError, StreamOptions, StreamReader,
    StreamWriter,
};
use strictframe_dashflow::convert::{
    Converter, Difference, Framing, Input, JsonLines, LegacyOptions, NotRead, Report, from_stream,
    to_json_lines, to_stream, write_json_line,
};
use strictframe_dashflow::{RecordFault, Refused, Unframer, v1};
use support::{event, frame, noise, record};
use v1::dash_stream_message::Message;

const LIMIT: usize = 1 << 20;

fn converter() -> Converter {
    Converter::new(LIMIT).unwrap()
}

fn protobuf(sequence: u64) -> Vec<u8> {
    record("t", sequence).message().unwrap().encode_to_vec()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(zstd_safe::compress_bound(bytes.len()));
    zstd_safe::compress(&mut out, bytes, 3).unwrap();
    out
}

fn with(first: u8, rest: &[u8]) -> Vec<u8> {
    [&[first], rest].concat()
}

/// The index of a message that was refused, its bytes, and why.
type Rejected = (u64, Vec<u8>, NotRead);

/// Messages into a stream, with what was refused.
fn into_stream(messages: impl IntoIterator<Item = Input>) -> (Report, Vec<u8>, Vec<Rejected>) {
    let stream = StreamWriter::create(Vec::new(), StreamOptions::default()).unwrap();
    let mut refused = Vec::new();
    let (report, bytes) = to_stream(
        messages.into_iter().map(Ok),
        &mut converter(),
        stream,
        CompressionPolicy::default(),
        |index, bytes, why| refused.push((index, bytes.to_vec(), *why)),
    )
    .unwrap();
    (report, bytes, refused)
}

fn out_of_stream(stream: &[u8], options: &LegacyOptions) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    let count = from_stream(stream, options, |message| {
        messages.push(message.to_vec());
        Ok(())
    });
    assert_eq!(count.unwrap(), messages.len() as u64);
    messages
}

#[test]
fn s3_every_form_of_today_is_read_and_named() {
    let message = protobuf(1);
    for (bytes, framing) in [
        (with(0, &message), Framing::Plain),
        (with(1, &zstd(&message)), Framing::Zstd),
        (message.clone(), Framing::Unframed),
        (zstd(&message), Framing::UnframedZstd),
    ] {
        let converted = converter().read(&bytes).unwrap();
        assert_eq!((converted.framing, converted.differences.as_slice()), (framing, &[][..]));
        assert_eq!(converted.record.encoded_len(), message.len());
        assert_eq!(converted.record.sequence(), Some(1));
    }
}

#[test]
fn s3_the_decode_path_refuses_every_form_and_says_what_it_looks_like() {
    let message = protobuf(1);
    for (bytes, looks_like) in [
        (with(0, &message), Some(Foreign::LengthOrIdPrefix)),
        (with(1, &zstd(&message)), Some(Foreign::LengthOrIdPrefix)),
        (zstd(&message), Some(Foreign::Zstd)),
        (message.clone(), None),
        (b"{\"a\": 1}".to_vec(), Some(Foreign::Json)),
    ] {
        let mut unframer = Unframer::new(Limits::DEFAULT).unwrap();
        let refused = unframer.unframe(&bytes).unwrap_err();
        assert_eq!(refused, Refused::Frame(ErrorKind::BadMagic { looks_like }.at(0)));
    }
}

#[test]
fn s3_what_is_no_message_is_refused_by_name() {
    let message = protobuf(1);
    let compressed = zstd(&message);
    let mut damaged = compressed.clone();
    *damaged.last_mut().unwrap() ^= 0x55;
    let mut unknown = message.clone();
    unknown.extend([0xF8, 0x01, 0x05]);
    // 16 bytes of a skippable frame, and a frame whose header says 4 GiB.
    let skippable = [0x50, 0x2A, 0x4D, 0x18, 8, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
    let mut huge = vec![0x28, 0xB5, 0x2F, 0xFD, 0xE0];
    huge.extend(4_294_967_296_u64.to_le_bytes());
    huge.extend([1, 0, 0]);
    let mut without_size = compressed.clone();
    // The descriptor without its single-segment flag and size, and a window of 1 KiB.
    without_size.splice(4..6, [0x00, 0x00]);
    let headless = v1::DashStreamMessage::from(event("plan")).encode_to_vec();
    for (bytes, name) in [
        (vec![], "Empty"),
        (vec![0], "Empty"),
        (vec![1], "NotZstd"),
        (with(1, &message), "NotZstd"),
        (with(1, &skippable), "NotZstd"),
        (with(1, &[compressed.as_slice(), &compressed].concat()), "BehindZstd"),
        (with(1, &[compressed.as_slice(), &[0]].concat()), "BehindZstd"),
        (with(1, &compressed[..compressed.len() - 1]), "Compression"),
        (with(1, &huge), "TooLong"),
        (with(0, &vec![0x0A; LIMIT + 1]), "TooLong"),
        (with(0, &message[..message.len() - 1]), "PayloadSyntax"),
        (with(0, &unknown), "PayloadUnknown"),
        (with(0, &[message.as_slice(), &message].concat()), "PayloadTwice"),
        (with(0, &headless), "HeaderMissing"),
        (frame("t", 1).bytes().to_vec(), "Strictframe"),
        (frame("t", 1).bytes()[..30].to_vec(), "Strictframe"),
        (b"{\"a\": 1}".to_vec(), "Unknown"),
        (b"\xFF\xFF".to_vec(), "Unknown"),
    ] {
        let refused = converter().read(&bytes).unwrap_err();
        assert_eq!(refused.name(), name, "{refused}: {bytes:02x?}");
    }
    assert!(converter().read(&with(1, &damaged)).is_err());
    assert_eq!(converter().read(&with(1, &without_size)), Err(NotRead::NoContentSize));
    let looks_like = Some(Foreign::Json);
    assert_eq!(converter().read(b"[1]"), Err(NotRead::Unknown { looks_like }));
}

#[test]
fn s3_random_bytes_are_never_taken_for_a_message() {
    let mut state = 7_u64;
    let mut next = move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let mut converter = converter();
    for _ in 0..200_000 {
        let len = 1 + usize::try_from(next() % 12).unwrap();
        let mut bytes: Vec<u8> = (0..len).map(|_| u8::try_from(next() & 0xFF).unwrap()).collect();
        // Half of them begin as protobuf of the envelope does.
        if next() % 2 == 0 {
            bytes[0] = 0x0A + 8 * u8::try_from(next() % 9).unwrap();
        }
        assert!(converter.read(&bytes).is_err(), "{bytes:02x?}");
    }
}

#[test]
fn s3_there_and_back_again_loses_nothing() {
    // Short ones are plain, long ones compressed, as today's producers do.
    let mut messages = Vec::new();
    for sequence in 1..=250_u64 {
        let message = if sequence.is_multiple_of(3) {
            let text = noise(700);
            support::token("t", sequence, text).message().unwrap().encode_to_vec()
        } else {
            protobuf(sequence)
        };
        let mut bytes = Vec::new();
        Converter::write(&message, &LegacyOptions::default(), &mut bytes).unwrap();
        messages.push(bytes);
    }
    assert!(
        messages.iter().any(|bytes| bytes[0] == 0) && messages.iter().any(|bytes| bytes[0] == 1)
    );
    let (report, stream, refused) = into_stream(messages.iter().cloned().map(Input::Message));
    assert_eq!((report.read, report.converted, refused.len()), (250, 250, 0));
    assert_eq!(report.framings.values().sum::<u64>(), 250);
    assert_eq!(report.differences.len(), 0);
    // Those that follow each other went into batches.
    let mut reader = StreamReader::new(stream.as_slice(), Limits::DEFAULT, Profile::SelfContained);
    while reader.next_frame().unwrap().is_some() {}
    assert_eq!(reader.chain().unwrap().count(), 3);
    assert_eq!(out_of_stream(&stream, &LegacyOptions::default()), messages);
}

#[test]
fn s3_a_message_that_is_compressed_on_the_way_back_says_so_in_every_header() {
    let mut inner = event(&"long ".repeat(200));
    inner.header = Some(v1::Header::default());
    let batch = v1::EventBatch { events: vec![inner], ..v1::EventBatch::default() };
    let record = strictframe_dashflow::Record::new(batch, support::identity("t", 1)).unwrap();
    let mut bytes = Vec::new();
    let message = record.message().unwrap().encode_to_vec();
    Converter::write(&message, &LegacyOptions::default(), &mut bytes).unwrap();
    let mut plain = Vec::with_capacity(LIMIT);
    zstd_safe::decompress(&mut plain, &bytes[1..]).unwrap();
    let Some(Message::EventBatch(batch)) =
        v1::DashStreamMessage::decode(plain.as_slice()).unwrap().message
    else {
        panic!("an event batch")
    };
    assert_eq!(batch.header.unwrap().compression, 1);
    assert_eq!(batch.events[0].header.as_ref().unwrap().compression, 1);
}

#[test]
fn s3_what_is_different_is_counted_and_what_is_refused_is_handed_back() {
    let mut open = record("t", 0).message().unwrap().clone();
    let Some(Message::Event(inner)) = &mut open.message else { panic!("an event") };
    let header = inner.header.as_mut().unwrap();
    (header.r#type, header.schema_version) = (0, 0);
    let mut too_new = open.clone();
    let Some(Message::Event(inner)) = &mut too_new.message else { panic!("an event") };
    inner.header.as_mut().unwrap().schema_version = 2;
    let bad = with(0, &too_new.encode_to_vec());
    let inputs = [with(0, &open.encode_to_vec()), bad.clone(), with(0, &protobuf(2)), vec![]];
    let (report, stream, refused) = into_stream(inputs.map(Input::Message));
    let fault = RecordFault::SchemaVersionTooNew { said: 2 };
    assert_eq!(refused, [(1, bad, NotRead::Record(fault)), (3, vec![], NotRead::Empty)]);
    assert_eq!((report.read, report.converted), (4, 2));
    let not_read: Vec<_> = report.not_read.iter().map(|(name, count)| (*name, *count)).collect();
    assert_eq!(not_read, [("Empty", 1), ("SchemaVersionTooNew", 1)]);
    let differences: Vec<_> = report.differences.into_iter().collect();
    assert_eq!(differences, [(Difference::SchemaVersionSet, 1), (Difference::TypeSet, 1)]);
    let back = out_of_stream(&stream, &LegacyOptions::default());
    let message = v1::DashStreamMessage::decode(&back[0][1..]).unwrap();
    let header = message.header().unwrap();
    assert_eq!((header.r#type, header.schema_version, header.sequence), (1, 1, 0));
}

#[test]
fn s3_the_lines_of_todays_file_backend_are_read_and_written() {
    let mut lines = Vec::new();
    for sequence in 1..=3 {
        write_json_line(&mut lines, sequence - 1, 17, &protobuf(sequence)).unwrap();
    }
    lines.extend_from_slice(b"{\"offset\": 3, \"timestamp_us\": 1, \"data\": \"no base64\"}\n");
    lines.extend_from_slice(format!("{{\"offset\": \"{}\"}}\n", "x".repeat(2000)).as_bytes());
    write_json_line(&mut lines, 4, 17, &protobuf(4)).unwrap();
    let inputs = JsonLines::new(BufReader::new(lines.as_slice()), 1000);
    let (report, stream, refused) = into_stream(inputs.map(Result::unwrap));
    assert_eq!((report.read, report.converted), (6, 4));
    let whys: Vec<_> =
        refused.iter().map(|(index, bytes, why)| (*index, bytes.len(), *why)).collect();
    assert_eq!(whys.len(), 2);
    assert_eq!((whys[0].0, whys[0].2), (3, NotRead::Line { line: 4 }));
    assert_eq!(whys[1], (4, 1001, NotRead::Line { line: 5 }));
    let mut options = LegacyOptions::default();
    options.is_framed = false;
    let back = out_of_stream(&stream, &options);
    assert_eq!(back, (1..=4).map(protobuf).collect::<Vec<_>>());
    // And as lines again, each with the time of its message.
    for is_framed in [false, true] {
        options.is_framed = is_framed;
        let mut lines = Vec::new();
        assert_eq!(to_json_lines(stream.as_slice(), &options, 7, &mut lines).unwrap(), 4);
        let text = core::str::from_utf8(&lines).unwrap();
        let time = support::identity("t", 1).time / 1000;
        assert!(text.starts_with(&format!("{{\"offset\":7,\"timestamp_us\":{time},")), "{text}");
        let inputs = JsonLines::new(BufReader::new(lines.as_slice()), 1000);
        let (again, _, _) = into_stream(inputs.map(Result::unwrap));
        let framing = if is_framed { Framing::Plain } else { Framing::Unframed };
        assert_eq!(again.framings.into_iter().collect::<Vec<_>>(), [(framing, 4)]);
    }
}

#[test]
fn s3_a_damaged_stream_is_refused_on_the_way_back() {
    let (_, mut stream, _) = into_stream((1..=9).map(|n| Input::Message(with(0, &protobuf(n)))));
    let middle = stream.len() - 200;
    stream[middle] ^= 1;
    let refused = from_stream(stream.as_slice(), &LegacyOptions::default(), |_| Ok(()));
    assert!(matches!(refused, Err(StreamError::Refused(_))), "{refused:?}");
}
