//! One encoder, several dictionaries: taken between two messages, at the price of a pointer.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic in a test is a failed test")]

#[path = "support/material.rs"]
mod material;

use core::hint::black_box;
use core::time::Duration;
use std::time::Instant;

use material::{encoder, encoder_by, event, noise, places, raw_content, record, trained, writer};
use strictframe::core::Content;
use strictframe::{
    CodecChoice, CompressionPolicy, Decoder, Dictionary, EncodeError, Frame, Kind, Limits,
    PreparedDictionary, Registry,
};

fn policy(codec: CodecChoice) -> CompressionPolicy {
    let mut policy = CompressionPolicy::new(codec);
    policy.smallest_size = 0;
    policy
}

fn prepared(dictionary: Dictionary, codec: CodecChoice) -> PreparedDictionary {
    PreparedDictionary::new(dictionary, &policy(codec)).unwrap()
}

/// The dictionary that a frame names, if it is compressed with one.
fn named(frame: &[u8]) -> Option<[u8; 4]> {
    let frame = Frame::parse(frame, &Limits::MAXIMUM).unwrap();
    match frame.content() {
        Content::Data { compressed, .. } => compressed.and_then(|fields| fields.dictionary),
        _ => None,
    }
}

#[test]
fn frames_before_and_after_a_switch_decode() {
    let dictionaries = [trained(), raw_content()];
    for codec in [CodecChoice::Lz4, CodecChoice::Zstd] {
        let ready = dictionaries.clone().map(|dictionary| prepared(dictionary, codec));
        let mut encoder = encoder(codec, None);
        let mut registry = Registry::new().with_schema(&event()).unwrap();
        for dictionary in dictionaries.clone() {
            registry = registry.with_dictionary(dictionary).unwrap();
        }
        let mut decoder = Decoder::builder(registry).build();
        let mut last = None;
        for n in 0..60 {
            let wanted = [None, Some(&ready[0]), Some(&ready[1])][n % 3];
            let given_back = encoder.switch_dictionary(wanted.cloned()).unwrap();
            assert_eq!(given_back.map(|it| it.dictionary().id()), last, "{codec:?} {n}");
            last = wanted.map(|it| it.dictionary().id());
            assert_eq!(encoder.dictionary().map(Dictionary::id), last);
            let mut frame = Vec::new();
            encoder.encode(&record(n * 40 + 39), &mut frame).unwrap();
            assert_eq!(decoder.decode(&frame).unwrap().payload, record(n * 40 + 39));
            assert_eq!(named(&frame), last, "{codec:?} {n}");
        }
    }
}

#[test]
fn an_encoder_that_switched_writes_what_one_built_with_the_dictionary_writes() {
    for codec in [CodecChoice::Lz4, CodecChoice::Zstd] {
        let mut built = encoder(codec, Some(trained()));
        let mut switched = encoder(codec, Some(raw_content()));
        let (mut expected, mut frames) = (Vec::new(), Vec::new());
        for n in 0..50 {
            switched.encode(&record(n), &mut Vec::new()).unwrap();
        }
        switched.switch_dictionary(Some(prepared(trained(), codec))).unwrap();
        for n in 0..50 {
            built.encode(&record(n), &mut expected).unwrap();
            switched.encode(&record(n), &mut frames).unwrap();
        }
        assert!(frames == expected, "{codec:?}");
    }
}

#[test]
fn a_stream_carries_every_dictionary_that_was_switched_to() {
    // SPEC [STR-4]: each stands as a DICT frame before the first frame that names it.
    let dictionaries = [trained(), raw_content()];
    let ready = dictionaries.clone().map(|it| prepared(it, CodecChoice::Zstd));
    let mut encoder = encoder(CodecChoice::Zstd, None);
    let mut writer = writer();
    for n in 0..90 {
        let wanted = [None, Some(&ready[0]), Some(&ready[1])][n / 30];
        encoder.switch_dictionary(wanted.cloned()).unwrap();
        writer.write(&mut encoder, &record(n), &[]).unwrap();
    }
    let bytes = writer.finish().unwrap();
    let carried = places(&bytes).into_iter().filter(|place| place.kind == Kind::DICT);
    let carried: Vec<_> =
        carried.map(|place| &bytes[place.start as usize + 28..place.end() as usize - 4]).collect();
    assert_eq!(carried, dictionaries.each_ref().map(Dictionary::bytes));
    let (records, refused) = material::read_strictly(&bytes);
    assert_eq!(refused, None);
    assert_eq!(records, (0..90).map(record).collect::<Vec<_>>());
}

#[test]
fn one_prepared_dictionary_serves_encoders_on_many_threads() {
    let ready = prepared(trained(), CodecChoice::Zstd);
    let frames: Vec<_> = std::thread::scope(|scope| {
        let encode = |ready: PreparedDictionary| {
            let mut encoder = encoder(CodecChoice::Zstd, None);
            encoder.switch_dictionary(Some(ready)).unwrap();
            let mut frames = Vec::new();
            for n in 0..200 {
                encoder.encode(&record(n), &mut frames).unwrap();
            }
            frames
        };
        let threads: Vec<_> = (0..4).map(|_| ready.clone()).collect();
        let threads: Vec<_> =
            threads.into_iter().map(|ready| scope.spawn(move || encode(ready))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(frames.iter().all(|other| *other == frames[0] && !other.is_empty()));
}

#[test]
fn what_was_prepared_for_another_level_or_codec_is_refused_and_changes_nothing() {
    let for_lz4 = prepared(trained(), CodecChoice::Lz4);
    let for_nine = policy(CodecChoice::Zstd).with_level(9);
    let for_nine = PreparedDictionary::new(trained(), &for_nine).unwrap();
    let mut encoder = encoder(CodecChoice::Zstd, Some(raw_content()));
    for wrong in [for_lz4, for_nine] {
        let refused = encoder.switch_dictionary(Some(wrong)).unwrap_err();
        assert_eq!(refused, EncodeError::DictionaryRefused);
        assert_eq!(encoder.dictionary().unwrap().id(), raw_content().id());
    }
    // SPEC [DIC-3]: raw content that Zstandard would leave out.
    let seven = Dictionary::new(*b"seven b").unwrap();
    let refused = PreparedDictionary::new(seven.clone(), &policy(CodecChoice::Zstd)).unwrap_err();
    assert_eq!(refused, EncodeError::DictionaryRefused);
    assert!(PreparedDictionary::new(seven, &policy(CodecChoice::Lz4)).is_ok());
    let wrong = PreparedDictionary::new(trained(), &CompressionPolicy::default().with_level(99));
    assert!(matches!(wrong, Err(EncodeError::PolicyRefused(_))), "{wrong:?}");
}

#[test]
fn with_codec_none_a_dictionary_comes_back() {
    let mut encoder = encoder(CodecChoice::None, Some(trained()));
    assert!(encoder.dictionary().is_none());
    let ready = prepared(trained(), CodecChoice::None);
    let back = encoder.switch_dictionary(Some(ready)).unwrap().unwrap();
    assert_eq!(back.dictionary().id(), trained().id());
}

#[test]
fn a_window_above_eight_mebibytes_is_never_asked_for() {
    // SPEC [COD-2]: at the highest levels a long payload goes without the dictionary, with which libzstd would choose the window.
    let largest = 1 << 20;
    let mut encoder =
        encoder_by(policy(CodecChoice::Zstd).with_level(20), Some(trained()), Limits::MAXIMUM);
    let registry = Registry::new().with_schema(&event()).unwrap();
    let registry = registry.with_dictionary(trained()).unwrap();
    let mut decoder = Decoder::builder(registry).limits(Limits::MAXIMUM).build();
    for (len, with) in [(largest, true), (largest + 1, false), (9 << 20, false)] {
        let mut payload = vec![b'x'; len];
        payload[..record(39).len()].copy_from_slice(&record(39));
        let mut frame = Vec::new();
        encoder.encode(&payload, &mut frame).unwrap();
        assert_eq!(named(&frame).is_some(), with, "{len}");
        assert!(decoder.decode(&frame).unwrap().payload == payload, "{len}");
    }
}

#[test]
fn a_thousand_switches_take_less_time_than_preparing_once() {
    let dictionary = Dictionary::new(noise(64 << 10, 7)).unwrap();
    let ready = [0, 1].map(|_| prepared(dictionary.clone(), CodecChoice::Zstd));
    let mut encoder = encoder(CodecChoice::Zstd, None);
    let fastest = |work: &mut dyn FnMut()| -> Duration {
        let once = |_| {
            let since = Instant::now();
            work();
            since.elapsed()
        };
        (0..9).map(once).min().unwrap()
    };
    let preparing = fastest(&mut || {
        black_box(prepared(dictionary.clone(), CodecChoice::Zstd));
    });
    let switching = fastest(&mut || {
        for n in 0..1000 {
            black_box(encoder.switch_dictionary(Some(ready[n % 2].clone())).unwrap());
        }
    });
    assert!(switching < preparing, "{switching:?} for a thousand, {preparing:?} for one");
}
