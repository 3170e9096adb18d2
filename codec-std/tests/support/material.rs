//! What the tests are made of: a schema, records, dictionaries, and a walk over the frames of a stream.
#![allow(dead_code, reason = "every test file takes what it needs")]

use std::path::Path;
use std::sync::OnceLock;

use strictframe::core::{Deframer, Event};
use strictframe::{
    CodecChoice, CompressionPolicy, Descriptor, Dictionary, Encoder, Error, Kind, Limits, Profile,
    StreamError, StreamOptions, StreamReader, StreamWriter,
};

/// Version 1 of the schema that most records here are said to have.
pub(crate) fn event() -> Descriptor {
    Descriptor::json("test.Event", 1, 1, br#"{"type":"object","properties":{"n":{}}}"#).unwrap()
}

/// A record that compresses well, of 22 bytes and more.
pub(crate) fn record(n: usize) -> Vec<u8> {
    let words = ["the ", "same ", "words ", "come ", "again ", "and ", "again "];
    let text: String = (0..n % 40).map(|at| words[(n + at * at) % words.len()]).collect();
    format!(r#"{{"n":{n},"text":"{text}"}}"#).into_bytes()
}

/// Bytes that no codec makes smaller: a counter put through the mixing step of SplitMix64.
pub(crate) fn noise(len: usize, seed: u64) -> Vec<u8> {
    let word = |n: u64| {
        let mut word = seed.wrapping_add(n.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (word ^ (word >> 31)).to_le_bytes()
    };
    (0..).flat_map(word).take(len).collect()
}

/// A trained dictionary of at most 4 KiB for [`record`]s.
pub(crate) fn trained() -> Dictionary {
    static TRAINED: OnceLock<Dictionary> = OnceLock::new();
    let train = || Dictionary::train(&(0..600).map(record).collect::<Vec<_>>(), 4096).unwrap();
    TRAINED.get_or_init(train).clone()
}

/// A dictionary of raw content, longer than the 64 KiB that LZ4 takes of it.
pub(crate) fn raw_content() -> Dictionary {
    let content: Vec<u8> = (0..900).flat_map(record).collect();
    assert!(content.len() > 80_000);
    Dictionary::new(content).unwrap()
}

/// An encoder for [`event`]s that compresses whatever it may.
pub(crate) fn encoder(codec: CodecChoice, dictionary: Option<Dictionary>) -> Encoder {
    let mut policy = CompressionPolicy::new(codec);
    policy.smallest_size = 0;
    encoder_by(policy, dictionary, Limits::DEFAULT)
}

/// An encoder for [`event`]s.
pub(crate) fn encoder_by(
    policy: CompressionPolicy,
    dictionary: Option<Dictionary>,
    limits: Limits,
) -> Encoder {
    let builder = Encoder::builder(event().key()).policy(policy).limits(limits);
    match dictionary {
        Some(dictionary) => builder.dictionary(dictionary).build().unwrap(),
        None => builder.build().unwrap(),
    }
}

/// A writer into memory that knows [`event`].
pub(crate) fn writer() -> StreamWriter<Vec<u8>> {
    let mut options = StreamOptions::default();
    options.stream_id = Some(*b"a stream of test");
    let mut writer = StreamWriter::create(Vec::new(), options).unwrap();
    writer.add_schema(&event()).unwrap();
    writer
}

/// A whole stream of these records.
pub(crate) fn stream<T: AsRef<[u8]>>(records: &[T], encoder: &mut Encoder) -> Vec<u8> {
    let mut writer = writer();
    records.iter().for_each(|record| writer.write(encoder, record.as_ref(), &[]).unwrap());
    writer.finish().unwrap()
}

/// The records that strict reading gives, and the error that ended it.
pub(crate) fn read_strictly(stream: &[u8]) -> (Vec<Vec<u8>>, Option<Error>) {
    let mut reader = StreamReader::new(stream, Limits::DEFAULT, Profile::SelfContained);
    let mut records = Vec::new();
    loop {
        match reader.next_frame() {
            Ok(Some(frame)) => {
                let decoded = frame.decoded.iter();
                records.extend(decoded.flat_map(|data| data.records.iter()).map(<[u8]>::to_vec));
            }
            Ok(None) => return (records, None),
            Err(StreamError::Refused(error)) => return (records, Some(error)),
            Err(other) => panic!("memory cannot fail: {other}"),
        }
    }
}

/// Where a frame starts, its kind and its length.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Place {
    pub(crate) start: u64,
    pub(crate) kind: Kind,
    pub(crate) len: u64,
}

impl Place {
    pub(crate) const fn end(&self) -> u64 {
        self.start + self.len
    }
}

/// The frames of a stream one after the other, each verified on its own.
pub(crate) fn places(stream: &[u8]) -> Vec<Place> {
    let mut deframer = Deframer::new(Limits::MAXIMUM);
    let mut rest = stream;
    let mut places = Vec::new();
    loop {
        let step = deframer.step(rest, true).unwrap();
        let Event::Frame { frame, start, bytes } = step.event else { return places };
        places.push(Place { start, kind: frame.kind(), len: bytes.len() as u64 });
        rest = &rest[step.consumed..];
    }
}

/// The bytes of a file.
pub(crate) fn bytes_of(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}
