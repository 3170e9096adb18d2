//! Training: what it is refused, what it gains on records of other keys, and that it can be repeated.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic in a test is a failed test")]

#[path = "support/material.rs"]
mod material;

use material::{noise, record};
use strictframe::{
    CodecChoice, CompressionPolicy, Dictionary, DictionaryError, DictionaryKind, Gain, Split,
    TrainingSet,
};

/// Records of sessions: each session has a word of its own that no other one has.
fn sessions() -> impl Iterator<Item = (String, Vec<u8>)> {
    (0..60_u64).flat_map(|session| {
        let word: String = noise(80, session).iter().map(|byte| format!("{byte:02x}")).collect();
        (0..20_usize).map(move |n| {
            let text = String::from_utf8(record(n * 7 + 3)).unwrap();
            (session.to_string(), format!("{{\"of\":\"{word}\",\"is\":{text}}}").into_bytes())
        })
    })
}

fn gain_by(key: bool) -> Gain {
    let mut set = TrainingSet::new(Split::new(0.25, 0).unwrap());
    sessions().for_each(|(session, record)| set.add(key.then_some(session.as_bytes()), &record));
    let dictionary = set.train(DictionaryKind::Trained, 16 << 10).unwrap();
    set.judge(&dictionary, &CompressionPolicy::default()).unwrap()
}

#[test]
fn a_split_by_key_does_not_flatter() {
    // Held out by record, each of them has siblings in the training that give its word away.
    let share = |gain: Gain| gain.dictionary_frame_bytes as f64 / gain.plain_frame_bytes as f64;
    let (by_key, by_record) = (share(gain_by(true)), share(gain_by(false)));
    assert!(by_key > by_record * 1.1, "{by_key} by key, {by_record} by record");
    assert!(by_key < 0.95, "{by_key}");
}

#[test]
fn a_training_can_be_repeated() {
    for kind in [DictionaryKind::Raw, DictionaryKind::Trained] {
        let train = |seed| {
            let mut set = TrainingSet::new(Split::new(0.2, seed).unwrap());
            sessions().for_each(|(key, record)| set.add(Some(key.as_bytes()), &record));
            set.train(kind, 4096).unwrap()
        };
        assert_eq!(train(0), train(0));
        assert_ne!(train(0), train(1));
        assert_eq!(train(0).kind(), kind);
    }
}

#[test]
fn raw_content_is_no_worse_under_lz4_than_what_zstandard_trains() {
    let samples: Vec<_> = sessions().map(|(_, record)| record).collect();
    let (known, new) = samples.split_at(samples.len() * 3 / 4);
    let policy = CompressionPolicy::new(CodecChoice::Lz4);
    let len = |dictionary: Dictionary| {
        Gain::measure(&dictionary, &policy, new).unwrap().dictionary_frame_bytes
    };
    for size in [1 << 10, 64 << 10] {
        let raw = Dictionary::train_raw(known, size).unwrap();
        assert!(!raw.is_trained() && raw.bytes().len() <= size);
        let (raw, trained) = (len(raw), len(Dictionary::train(known, size).unwrap()));
        assert!(raw as f64 <= trained as f64 * 1.02, "{size}: {raw} raw, {trained} trained");
    }
}

#[test]
fn raw_content_is_refused_what_it_cannot_be_made_from() {
    let samples: Vec<_> = (0..50).map(record).collect();
    for size in [0, (64 << 10) + 1] {
        let refused = Dictionary::train_raw(&samples, size).unwrap_err();
        assert_eq!(refused, DictionaryError::Length { len: size });
    }
    for empty in [Vec::new(), vec![Vec::new(); 9]] {
        let refused = Dictionary::train_raw(&empty, 1024).unwrap_err();
        assert!(matches!(refused, DictionaryError::Training(_)), "{refused}");
    }
    // Few and large are enough to be content, and the end of them is what stays.
    let large = [noise(5000, 1), noise(5000, 2)];
    let made = Dictionary::train_raw(&large, 1024).unwrap();
    assert_eq!(made.bytes(), &large[1][5000 - 1024..]);
}

#[test]
fn a_gain_says_after_how_many_records_it_pays() {
    let samples: Vec<_> = (0..600).map(record).collect();
    let dictionary = Dictionary::train(&samples, 2048).unwrap();
    let gain = Gain::measure(&dictionary, &CompressionPolicy::default(), &samples).unwrap();
    let len = dictionary.bytes().len();
    let each = gain.saved() as f64 / gain.records as f64;
    let after = gain.pays_after(len).unwrap();
    assert!(after as f64 * each >= len as f64 && (after - 1) as f64 * each < len as f64);
    let useless = Dictionary::new(noise(1000, 9)).unwrap();
    let gain = Gain::measure(&useless, &CompressionPolicy::default(), &samples[..40]).unwrap();
    assert!(gain.saved() <= 0, "{gain:?}");
    assert_eq!(gain.pays_after(1000), None);
}
