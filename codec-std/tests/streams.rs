//! Streams written by this crate, read back, damaged and appended to.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic in a test is a failed test")]

use std::io::{Read, Seek, SeekFrom, Write};

use strictframe::{
    CodecChoice, CompressionPolicy, Descriptor, Dictionary, Encoder, ErrorKind, Limits, Profile,
    RecoveryOptions, StreamError, StreamOptions, StreamReader, StreamWriter, open_append, recover,
    verify,
};

const SCHEMA: &[u8] = br#"{"type":"object","properties":{"n":{"type":"integer"}}}"#;

fn event() -> Descriptor {
    Descriptor::json("test.Event", 1, 1, SCHEMA).unwrap()
}

fn record(n: usize) -> Vec<u8> {
    format!(r#"{{"n":{n},"text":"{}"}}"#, "the same words again and again ".repeat(n % 17)).into()
}

fn encoder(choice: CodecChoice, dictionary: Option<Dictionary>) -> Encoder {
    let builder = Encoder::builder(event().key()).policy(CompressionPolicy::new(choice));
    match dictionary {
        Some(dictionary) => builder.dictionary(dictionary).build().unwrap(),
        None => builder.build().unwrap(),
    }
}

fn write(records: usize, batch: usize, encoder: &mut Encoder) -> Vec<u8> {
    let mut writer = StreamWriter::create(Vec::new(), StreamOptions::default()).unwrap();
    writer.add_schema(&event()).unwrap();
    let all: Vec<_> = (0..records).map(record).collect();
    for chunk in all.chunks(batch) {
        match chunk {
            [one] => writer.write(encoder, one, &[]).unwrap(),
            many => writer.write_batch(encoder, many, &[]).unwrap(),
        }
    }
    writer.finish().unwrap()
}

fn read(stream: &[u8]) -> Result<Vec<Vec<u8>>, StreamError> {
    let mut reader = StreamReader::new(stream, Limits::DEFAULT, Profile::SelfContained);
    let mut records = Vec::new();
    while let Some(frame) = reader.next_frame()? {
        if let Some(decoded) = frame.decoded {
            records.extend(decoded.records.iter().map(<[u8]>::to_vec));
        }
    }
    Ok(records)
}

#[test]
fn every_codec_dictionary_and_batch_size_gives_the_records_back() {
    // SPEC [STR-1, STR-2, STR-4, BAT-1, COD-2, BDY-3]: a strict reader takes all of it, so it is all as it must be.
    let samples: Vec<_> = (0..600).map(record).collect();
    let dictionary = Dictionary::train(&samples, 4096).unwrap();
    let raw = Dictionary::new(record(16)).unwrap();
    for choice in [CodecChoice::Auto, CodecChoice::None, CodecChoice::Lz4, CodecChoice::Zstd] {
        for dictionary in [None, Some(dictionary.clone()), Some(raw.clone())] {
            for batch in [1, 7, 1000] {
                let stream = write(2000, batch, &mut encoder(choice, dictionary.clone()));
                let records = read(&stream).unwrap();
                assert_eq!(records.len(), 2000);
                assert!(records.iter().enumerate().all(|(n, r)| *r == record(n)));
                let summary =
                    verify(stream.as_slice(), Limits::DEFAULT, Profile::SelfContained, |_| {})
                        .unwrap();
                assert_eq!(summary.records, 2000);
                assert_eq!(summary.bytes, stream.len() as u64);
            }
        }
    }
}

#[test]
fn appending_goes_on_where_the_stream_ended_and_keeps_a_torn_tail() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.sframe");
    let mut encoder = encoder(CodecChoice::Zstd, None);
    let append = |from: usize, to: usize, encoder: &mut Encoder| {
        let appended = open_append(&path, StreamOptions::default()).unwrap();
        let mut writer = appended.writer;
        writer.add_schema(&event()).unwrap();
        for n in from..to {
            writer.write(encoder, &record(n), &[]).unwrap();
        }
        writer.finish().unwrap();
        appended.torn
    };
    // SPEC [APP-1]: END is removed and the numbers go on.
    assert_eq!(append(0, 3000, &mut encoder), None);
    assert_eq!(append(3000, 3100, &mut encoder), None);
    assert_eq!(read(&std::fs::read(&path).unwrap()).unwrap().len(), 3100);
    // SPEC [APP-2]: END is the last frame, so a file cut inside it has lost no record.
    let whole = std::fs::read(&path).unwrap();
    let mut file = std::fs::OpenOptions::new().read(true).write(true).open(&path).unwrap();
    file.set_len(whole.len() as u64 - 10).unwrap();
    let torn = append(3100, 3101, &mut encoder).unwrap();
    assert_eq!((torn.offset, torn.len), (whole.len() as u64 - 80, 70));
    assert_eq!(std::fs::read(&torn.saved).unwrap(), whole[whole.len() - 80..whole.len() - 10]);
    assert_eq!(read(&std::fs::read(&path).unwrap()).unwrap().len(), 3101);
    // SPEC [APP-3]: a whole frame with a wrong checksum is no torn tail.
    let end = file.seek(SeekFrom::End(-100)).unwrap();
    let mut byte = [0];
    file.read_exact(&mut byte).unwrap();
    file.seek(SeekFrom::Start(end)).unwrap();
    file.write_all(&[byte[0] ^ 1]).unwrap();
    let before = std::fs::read(&path).unwrap();
    let error = open_append(&path, StreamOptions::default()).unwrap_err();
    assert_eq!(error.refusal().unwrap().kind(), ErrorKind::FrameCrc);
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn recovery_accounts_for_every_frame_of_a_damaged_stream() {
    let samples: Vec<_> = (0..600).map(record).collect();
    let dictionary = Dictionary::train(&samples, 4096).unwrap();
    let whole = write(4000, 1, &mut encoder(CodecChoice::Zstd, Some(dictionary)));
    let mut damaged = whole.clone();
    for offset in [100_000, 270_001, 270_002] {
        damaged[offset] ^= 0x10;
    }
    damaged.splice(150_000..150_000, [0; 33]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.sframe");
    std::fs::write(&path, &damaged).unwrap();
    let mut output = Vec::new();
    let input = std::fs::File::open(&path).unwrap();
    let report = recover(&input, &mut output, RecoveryOptions::default(), |_, _| {}).unwrap();
    // SPEC [REC-4, REC-7]: what was lost is known exactly, and what was found is whole.
    assert_eq!(report.gaps.len(), 3, "{} bytes: {report:?}", whole.len());
    assert_eq!(report.frames_recovered + report.frames_lost.unwrap(), 4000);
    assert!(report.frames_lost.unwrap() > 0 && report.frames_refused == 0 && report.terminated);
    let records = read(&output).unwrap();
    assert_eq!(records.len() as u64, report.frames_recovered);
    let mut original = (0..4000).map(record);
    assert!(records.iter().all(|recovered| original.any(|record| record == *recovered)));
}
