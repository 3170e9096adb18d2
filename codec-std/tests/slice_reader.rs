//! Reading where a stream lies must give what reading through a buffer gives.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic in a test is a failed test")]

#[path = "support/material.rs"]
mod material;

use material::{encoder, read_strictly, record, stream, trained};
use strictframe::{
    CodecChoice, Error, ErrorKind, Limits, Profile, Registry, SchemaPolicy, SliceReader,
};

/// As [`read_strictly`], without a copy.
fn read_in_place(stream: &[u8]) -> (Vec<Vec<u8>>, Option<Error>) {
    let mut reader = SliceReader::new(stream, Limits::DEFAULT, Profile::SelfContained);
    let mut records = Vec::new();
    loop {
        match reader.next_frame() {
            Ok(Some(frame)) => {
                let decoded = frame.decoded.iter();
                records.extend(decoded.flat_map(|data| data.records.iter()).map(<[u8]>::to_vec));
            }
            Ok(None) => return (records, None),
            Err(error) => {
                // SPEC [STR-10]: stopped is stopped.
                assert_eq!(reader.next_frame().map(|_| ()).unwrap_err(), error);
                return (records, Some(error));
            }
        }
    }
}

fn streams() -> [Vec<u8>; 2] {
    let records: Vec<Vec<u8>> = (0..12).map(record).collect();
    [(CodecChoice::None, None), (CodecChoice::Zstd, Some(trained()))]
        .map(|(codec, dictionary)| stream(&records, &mut encoder(codec, dictionary)))
}

#[test]
fn a_whole_stream_gives_the_same_records() {
    for stream in streams() {
        let (records, error) = read_in_place(&stream);
        assert_eq!((records.len(), error), (12, None));
        assert_eq!(records, read_strictly(&stream).0);
    }
}

#[test]
fn a_broken_stream_gives_the_same_records_and_the_same_error() {
    let [plain, _] = streams();
    for len in 0..plain.len() {
        let cut = &plain[..len];
        let (records, error) = read_in_place(cut);
        assert!(error.is_some(), "cut to {len}");
        assert_eq!((records, error), read_strictly(cut), "cut to {len}");
    }
    let mut broken = plain;
    for at in 0..broken.len() {
        broken[at] ^= 0x20;
        let (records, error) = read_in_place(&broken);
        assert!(error.is_some(), "flipped at {at}");
        assert_eq!((records, error), read_strictly(&broken), "flipped at {at}");
        broken[at] ^= 0x20;
    }
    broken.push(0);
    let error = read_in_place(&broken).1.unwrap();
    assert_eq!((error.kind(), error.offset()), (ErrorKind::TrailingData, broken.len() as u64 - 1));
}

#[test]
fn the_frames_lie_in_the_stream_and_a_judge_is_asked() {
    let [plain, _] = streams();
    let mut reader = SliceReader::new(&plain, Limits::DEFAULT, Profile::SelfContained);
    while let Some(frame) = reader.next_frame().unwrap() {
        assert!(plain.as_ptr_range().contains(&frame.bytes.as_ptr()));
    }
    assert_eq!(reader.chain().unwrap().offset(), plain.len() as u64);
    let mut reader = SliceReader::new(&plain, Limits::DEFAULT, Profile::SelfContained)
        .judged_by(Registry::new(), SchemaPolicy::default());
    let refused = loop {
        match reader.next_frame() {
            Ok(frame) => assert!(frame.is_some(), "nobody was asked"),
            Err(error) => break error,
        }
    };
    assert_eq!(refused.kind(), ErrorKind::UnknownSchema);
}
