//! Data frames of every kind, codec, dictionary, set of extensions and size.

use super::case::Case;
use super::sample::{self, Dictionaries};
use crate::forge::compress::{self, Failure};
use crate::forge::{Data, Packed, payload};
use crate::vector::Vector;

/// All of them.
///
/// # Errors
/// [`Failure`] when a compressor refuses.
pub(super) fn vectors(dictionaries: &Dictionaries) -> Result<Vec<Vector>, Failure> {
    Ok([messages(dictionaries)?, batches(dictionaries)?, annex(dictionaries)?].concat())
}

/// How a payload is stored: a name, a codec, a dictionary.
type Storage<'a> = (&'static str, u8, Option<&'a [u8]>);

fn storages(dictionaries: &Dictionaries) -> [Storage<'_>; 6] {
    let (trained, text) = (Some(&dictionaries.trained[..]), Some(&dictionaries.text[..]));
    [
        ("none", 0, None),
        ("lz4", 1, None),
        ("zstd", 2, None),
        ("lz4-dictionary", 1, text),
        ("zstd-dictionary", 2, trained),
        ("zstd-raw-dictionary", 2, text),
    ]
}

/// The frame with its payload stored so, or nothing where that does not pay.
fn stored(data: Data, storage: &Storage<'_>) -> Result<Option<Data>, Failure> {
    let (_, codec, dictionary) = *storage;
    let stored = match codec {
        0 => return Ok(Some(data)),
        1 => compress::lz4(&data.stored, dictionary)?,
        _ => compress::zstd(&data.stored, dictionary)?,
    };
    let fields = if dictionary.is_some() { 12 } else { 8 };
    let pays = stored.len() + fields < data.stored.len();
    Ok(pays.then(|| {
        let packed = Packed::of(codec, &data.stored, dictionary);
        data.packed(packed, stored)
    }))
}

/// A set of extensions: its name, and what adds it.
type Extend = (&'static str, fn(Data) -> Data);

const EXTENSIONS: [Extend; 5] = [
    ("", |data| data),
    ("one", |data| data.extension(1, &41_u64.to_le_bytes())),
    ("all", |data| {
        let count = payload_count(&data);
        let data = data
            .extension(1, &41_u64.to_le_bytes())
            .extension(2, &1_700_000_000_000_000_000_i64.to_le_bytes())
            .extension(3, &[0x4B; 25])
            .extension(4, "thread-\u{3B1}".as_bytes())
            .extension(5, &[0x1D; 16]);
        let data = if data.kind == 2 { data.extension(6, &count) } else { data };
        data.extension(7, &3_u64.to_le_bytes())
    }),
    ("unknown", |data| data.extension(0x0123, b"?").extension(0x7F07, &[])),
    ("grease", |data| data.extension(0x0A0A, b"\n\n").extension(0x5A5A, &[0x5A; 40])),
];

/// The item count of a batch that is not compressed yet.
fn payload_count(data: &Data) -> Vec<u8> {
    data.stored.iter().copied().take(4).collect()
}

/// The vectors of one payload: every storage that pays, and every set of extensions.
fn product(
    dictionaries: &Dictionaries,
    topic: &str,
    name: &str,
    data: &Data,
    records: &[Vec<u8>],
) -> Result<Vec<Vector>, Failure> {
    let mut vectors = Vec::new();
    for storage in storages(dictionaries) {
        for (number, (set, extend)) in EXTENSIONS.iter().enumerate() {
            let Some(data) = stored(extend(data.clone()), &storage)? else { continue };
            let parts = [storage.0, *set, name].into_iter().filter(|part| !part.is_empty());
            let name = format!("{topic}/{}", parts.collect::<Vec<_>>().join("-"));
            let about = format!(
                "kind {}, {}, {} extensions, {name} stored in {} bytes",
                data.kind,
                storage.0,
                data.extensions.len(),
                data.stored.len(),
                name = name.rsplit('-').next().unwrap_or_default(),
            );
            let relay = Case::relay(&name, "FRM-1 FRM-15 BDY-3", &about, &data.bytes());
            vectors.push(relay.frame(data.answer()));
            // Extensions do not touch the records, and long lists of them are long files.
            if number == 0 || (number == 1 && records.len() < 100) {
                if records.len() >= 100 && storage.2.is_some() {
                    continue;
                }
                let name = name.replace('/', "-records/");
                let decode = Case::decode(&name, "COD-5 COD-6 JDG-4", &about, &data.bytes());
                let decode = match storage.2 {
                    Some(dictionary) => decode.dictionary(dictionary),
                    None => decode,
                };
                vectors.push(decode.records(records));
            }
        }
    }
    Ok(vectors)
}

fn messages(dictionaries: &Dictionaries) -> Result<Vec<Vector>, Failure> {
    let mut vectors = Vec::new();
    for len in [0, 1, 7, 100, 300, 4096] {
        let record = if len == 4096 { vec![b'.'; len] } else { payload::text(20, len) };
        let data = Data::message(sample::key(), &record);
        vectors.extend(product(dictionaries, "message", &len.to_string(), &data, &[record])?);
    }
    // Longer than the window of LZ4, and than a SYNC is far from the next.
    let long: Vec<u8> = (0..18).flat_map(|byte| vec![b'a' + byte; 5000]).collect();
    let data = Data::message(sample::key(), &long);
    vectors.extend(product(dictionaries, "message", "90000", &data, &[long])?);
    Ok(vectors)
}

fn batches(dictionaries: &Dictionaries) -> Result<Vec<Vector>, Failure> {
    let records = |count: u64| (0..count).map(payload::record).collect::<Vec<_>>();
    let sets: [(&str, Vec<Vec<u8>>); 6] = [
        ("1", records(1)),
        ("1-empty", vec![Vec::new()]),
        ("3", records(3)),
        ("20-empty", vec![Vec::new(); 20]),
        ("mixed", vec![Vec::new(), payload::record(1), Vec::new(), vec![b'.'; 500]]),
        ("300", (0..300).map(|number| vec![b'0' + (number / 100) as u8; number % 3]).collect()),
    ];
    let mut vectors = Vec::new();
    for (name, items) in sets {
        let data = Data::batch(sample::key(), &items);
        vectors.extend(product(dictionaries, "batch", name, &data, &items)?);
    }
    let most = vec![Vec::new(); 65_536];
    let data = Data::batch(sample::key(), &most);
    let about = "the most items a batch can have, all of them empty";
    let relay = Case::relay("batch/65536-empty", "BAT-1 BAT-2", about, &data.bytes());
    vectors.push(relay.frame(data.answer()));
    Ok(vectors)
}

/// The data frames that Annex A shows.
fn annex(dictionaries: &Dictionaries) -> Result<Vec<Vector>, Failure> {
    let plain = Data::message(sample::key(), br#"{"sequence":7,"step":"plan"}"#);
    let record = payload::record(9);
    let packed = Packed::of(2, &record, Some(&dictionaries.trained));
    let stored = compress::zstd(&record, Some(&dictionaries.trained))?;
    let full = Data::message(sample::key(), &[])
        .packed(packed, stored)
        .extension(1, &9_u64.to_le_bytes())
        .extension(4, b"thread-1");
    let three =
        Data::batch(sample::key(), &["first", "", "third"]).extension(6, &3_u32.to_le_bytes());
    let relay = |name: &str, clauses: &str, about: &str, data: &Data| {
        Case::relay(name, clauses, about, &data.bytes()).frame(data.answer())
    };
    Ok(vec![
        relay("message/plain", "FRM-1", "a MESSAGE with codec none", &plain),
        relay(
            "message/zstd-dictionary-extensions",
            "BDY-5 FRM-1",
            "a MESSAGE with all a body can have",
            &full,
        ),
        relay(
            "batch/three-items",
            "BAT-1",
            "a BATCH of three items, the second of them empty",
            &three,
        ),
    ])
}
