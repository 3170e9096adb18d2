//! What the targets of single parts start from: those parts of the vectors, and files as their writers write them.

use strictframe::CompressionPolicy;
use strictframe::lock::{Lock, Schema};
use strictframe_core::{Content, Frame, Limits};

use super::frames;
use crate::properties::files::Plan;
use crate::vector::Vector;
use crate::vectors::sample::Dictionaries;

/// What a frame of a vector has, where it is one.
fn of_frames(vector: &Vector, look: impl Fn(&Frame<'_>, &[u8]) -> Option<Vec<u8>>) -> Vec<Vec<u8>> {
    let of = |bytes: Vec<u8>| look(&Frame::parse(&bytes, &Limits::MAXIMUM).ok()?, &bytes);
    frames(vector).into_iter().filter_map(of).collect()
}

pub(super) fn headers(vector: &Vector) -> Vec<Vec<u8>> {
    let of = |bytes: Vec<u8>| {
        let (covered, body) = (bytes.get(..24)?, bytes.get(28..bytes.len().checked_sub(4)?)?);
        Some([&[0], covered, body].concat())
    };
    frames(vector).into_iter().filter_map(of).collect()
}

pub(super) fn batches(vector: &Vector) -> Vec<Vec<u8>> {
    of_frames(vector, |frame, _| match frame.content() {
        Content::Data { compressed: None, stored, .. } if frame.kind().0 == 2 => {
            Some(stored.to_vec())
        }
        _ => None,
    })
}

pub(super) fn extensions(vector: &Vector) -> Vec<Vec<u8>> {
    of_frames(vector, |frame, _| Some(frame.extensions().block().to_vec()))
}

/// Length and stored bytes of what is packed with that codec, by the bytes in front of them.
fn stored(vector: &Vector, codec: u8, before: &[u8]) -> Vec<Vec<u8>> {
    of_frames(vector, |frame, _| match frame.content() {
        Content::Data { compressed: Some(compressed), stored, .. }
            if frame.header().codec().0 == codec =>
        {
            let raw_len = u16::try_from(compressed.raw_len).ok()?.to_le_bytes();
            Some([before, &raw_len, stored].concat())
        }
        _ => None,
    })
}

pub(super) fn lz4(vector: &Vector) -> Vec<Vec<u8>> {
    stored(vector, 1, &[])
}

/// As they are, and one that libzstd makes.
pub(super) fn zstd(vector: &Vector) -> Vec<Vec<u8>> {
    let mut seeds = stored(vector, 2, &[0]);
    seeds.extend((!seeds.is_empty()).then(|| b"\x02\x60\x09\x00\x01".to_vec()));
    seeds
}

pub(super) fn dictionaries() -> Vec<Vec<u8>> {
    let Ok(dictionaries) = Dictionaries::new() else { return Vec::new() };
    let text: Vec<u8> = dictionaries.text.into_iter().filter(|byte| *byte > 0).collect();
    [0, 1].map(|codec| [&[codec], &text[..], &[0], &text[20..]].concat()).into()
}

/// Steps as they come, to a stream that is whole, and to some that are not.
pub(super) fn told_streams() -> Vec<Vec<u8>> {
    let whole = [6, 1, 0, 0, 0, 1, 0, 10, 1, 4, 255, 0, 0, 5, 0, 3, 7, 10, 2, 8, 0];
    let copied = [0, 9, 0, 0, 0, 1, 0, 10, 1, 0, 0, 9, 0, 10, 2, 0, 0, 8, 0];
    let bent = [90, 2, 0x21, 120, 0, 1, 0, 10, 1, 6, 9, 2, 5, 7, 3, 10, 1, 8, 0];
    vec![whole.to_vec(), copied.to_vec(), bent.to_vec()]
}

/// Calls of the module of WebAssembly: definitions and frames of them, with a registry, damaged, in pieces, and what tools are asked for.
pub(super) fn calls() -> Vec<Vec<u8>> {
    let record = b"\x08\x01\x10\x07\x32\x02hi\x42\x01\xff\x4a\x02\x01\x02\x62\x02\x10\x01\x72\x07\x0a\x01k\x12\x02\x10\x01\x7a\x04\x08\x05\x12\x00";
    let len = [record.len() as u8];
    let records =
        [&[1, 4, 5, 0, 0, 0, 6][..], &len, record, &[0, 0, 0, 7], &len, record, &len, record, &[0]];
    let judged = [
        7, 1, 9, 0x28, 0, 1, 0, 9, 0x20, 1, 4, 5, 0, 4, 6, 2, 8, 1, 0, 8, 1, 3, 1, 0, 3, 3, 4, 4,
        9, 0,
    ];
    let packed =
        [1, 4, 3, 0, 10, 200, 0, 0, 9, 0, 0, 0, 0, 9, 3, 200, 0, 4, 9, 7, 200, 0, 6, 2, 4, 9, 1, 0];
    let damaged = [
        4, 3, 0, 0, 0, 4, 9, 7, 30, 0, 0, 0, 4, 9, 15, 40, 0, 0, 0, 2, 9, 0x67, 8, 0, 5, 4, 1, 0,
        11, 4, 9, 0,
    ];
    let pieces = [
        13, 3, 3, 0, 4, 1, 0, 4, 2, 0, 9, 14, 1, 12, 0, 0, 0, 1, 0, 10, 1, 0, 0, 10, 2, 8, 0, 0, 0,
        2,
    ];
    let tools =
        [15, 1, 9, 0, 0, 0, 1, 0, 10, 1, 8, 0, 1, 2, b'{', b'}', 0x20, 12, 3, 65, 66, 67, 9];
    let mut calls = vec![records.concat()];
    calls.extend([&judged[..], &packed, &damaged, &pieces, &tools].map(<[u8]>::to_vec));
    calls
}

pub(super) fn policies() -> Vec<Vec<u8>> {
    let presets = ["fast", "balanced", "small", "off"].into_iter();
    let presets = presets.filter_map(CompressionPolicy::preset);
    let mut seeds: Vec<_> = presets.filter_map(|preset| serde_json::to_vec(&preset).ok()).collect();
    seeds.push(b"{}".to_vec());
    seeds.push(
        br#"{"codec":"zstd","level":3,"min_saving_percent":5,"batch":{"records":9}}"#.to_vec(),
    );
    seeds
}

/// A lock of two versions of two schemas.
pub(super) fn locks() -> Vec<Vec<u8>> {
    let mut lock = Lock::new();
    let first = br#"{"type":"object","properties":{"a":{"type":"string"}}}"#;
    let second =
        br#"{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}}}"#;
    let mut seeds = vec![lock.to_string().into_bytes()];
    for (name, text) in [("shop.Visit", &first[..]), ("shop.Visit", second), ("shop.Other", first)]
    {
        if lock.add(name, Schema::Json(text)).is_ok() {
            seeds.push(lock.to_string().into_bytes());
        }
    }
    if lock.add("shop.Raw", Schema::Opaque(b"bytes")).is_ok() {
        seeds.push(lock.to_string().into_bytes());
    }
    seeds
}

/// A plain one and a versioned one, in the fields of bincode.
pub(super) fn old_checkpoints() -> Vec<Vec<u8>> {
    let text = |text: &str| [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat();
    let plan = Plan { step: 2, tasks: vec!["look up".to_owned()], note: None };
    let json = serde_json::to_string(&plan).unwrap_or_default();
    let tasks = [&1_u64.to_le_bytes()[..], &text("look up")].concat();
    let state = [&2_u32.to_le_bytes()[..], &tasks, &[0]].concat();
    let place = [text("cp-1"), text("run-7")].concat();
    let time = [&1_767_225_600_u64.to_le_bytes()[..], &5_u32.to_le_bytes()].concat();
    let none = [&[0][..], &0_u64.to_le_bytes()].concat();
    let behind = [text("plan"), time, none].concat();
    let plain = [&[0][..], &place, &state, &behind].concat();
    let versioned = [&[1][..], &3_u32.to_le_bytes(), &text(&json), &place, &behind].concat();
    vec![plain, versioned]
}
