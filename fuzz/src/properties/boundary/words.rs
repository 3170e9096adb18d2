//! A report, read at the places that JavaScript reads.

use strictframe_wasm::{Found, report};

use super::model::Seen;
use crate::answer::{ControlAnswer, Digest, ErrorAnswer, ExtensionAnswer, FrameAnswer};

/// What a call found of this frame; its values are yet to be read.
pub(super) fn seen(found: Found<'_>, bytes: &[u8]) -> Seen {
    assert_eq!(found.frame, bytes);
    let frame = frame(found.report, bytes);
    let is_data = frame.control.is_none();
    let records = if is_data { records(found) } else { Vec::new() };
    let outcome = is_data.then(|| word(found.report, report::OUTCOME));
    Seen { frame, outcome, records, values: Vec::new(), unknown: 0 }
}

/// The bytes of each record.
pub(super) fn records(found: Found<'_>) -> Vec<Vec<u8>> {
    assert_eq!(found.ends.len(), word(found.report, report::RECORDS) as usize);
    assert!(found.payload.ends_with(found.records));
    let mut start = 0;
    let records = found.ends.iter().map(|end| {
        let record = found.records[start..*end as usize].to_vec();
        start = *end as usize;
        record
    });
    let records: Vec<_> = records.collect();
    assert_eq!(start, found.records.len());
    records
}

/// What the words say of a frame.
pub(super) fn frame(words: &[u32], bytes: &[u8]) -> FrameAnswer {
    let number = |at| word(words, at);
    let [kind, codec] = [report::KIND, report::CODEC].map(|at| number(at) as u8);
    let is_data = kind < 3;
    let stored = piece(words, report::STORED, bytes);
    assert_eq!(number(report::FRAME_LEN) as usize, bytes.len());
    assert!(bytes.ends_with(&number(report::TRAILER).to_le_bytes()));
    let [version, min_reader] = [report::VERSION, report::MIN_READER].map(|at| number(at) as u16);
    let lineage = long(words, report::LINEAGE).to_be_bytes();
    let fork_check = number(report::FORK_CHECK).to_be_bytes();
    let dict_id = number(report::DICTIONARY).to_be_bytes();
    let control = match kind {
        3 | 6 => Some(ControlAnswer::Position {
            stream_id: stored.first_chunk().copied().unwrap_or_default(),
            own_offset: long(words, report::OWN_OFFSET),
            previous: long(words, report::PREVIOUS),
            count: long(words, report::COUNT),
            chain_crc: number(report::CHAIN_CRC),
        }),
        4 => Some(ControlAnswer::Schema {
            enc_id: number(report::SCHEMA_ENCODING) as u8,
            version,
            min_reader,
            name: String::from_utf8(piece(words, report::NAME, bytes).to_vec()).unwrap_or_default(),
            descriptor: piece(words, report::DESCRIPTOR, bytes).to_vec(),
            lineage,
            fork_check,
        }),
        5 => Some(ControlAnswer::Dictionary { dict_id }),
        _ => None,
    };
    let compressed = number(report::COMPRESSED);
    let is_packed = compressed & 1 == 1;
    if is_data && !is_packed {
        assert_eq!(number(report::RAW_LEN) as usize, stored.len());
    }
    let count = number(report::EXTENSIONS) as usize;
    let extensions = (0..count).map(|index| report::EXTENSIONS + 1 + 3 * index).map(|at| {
        ExtensionAnswer { r#type: number(at) as u16, value: piece(words, at + 1, bytes).to_vec() }
    });
    // The key of a SCHEMA frame's report is that of the schema.
    let has_key = kind != 4;
    FrameAnswer {
        kind,
        codec,
        lineage: if has_key { lineage } else { [0; 8] },
        version: if has_key { version } else { 0 },
        min_reader: if has_key { min_reader } else { 0 },
        fork_check: if has_key { fork_check } else { [0; 4] },
        body_len: number(report::BODY_LEN),
        raw_len: is_packed.then(|| number(report::RAW_LEN)),
        raw_crc: is_packed.then(|| number(report::RAW_CRC)),
        dict_id: (compressed & 2 == 2).then_some(dict_id),
        extensions: extensions.collect(),
        stored: Digest::of(stored),
        control,
    }
}

/// What the lines of a refusal say of a frame or a stream.
pub(super) fn error(refusal: &[u8]) -> ErrorAnswer {
    let text = String::from_utf8_lossy(refusal);
    let lines: Vec<&str> = text.splitn(11, '\n').collect();
    let number = |index: usize| lines[index].parse::<u64>().ok();
    let name = lines[1].to_owned();
    let (first, second) = (number(6), number(7));
    let (is_short, is_limit) = (name == "Truncated", name == "LimitExceeded");
    let looks_like = Some(lines[8]).filter(|foreign| !foreign.is_empty()).map(str::to_owned);
    ErrorAnswer {
        code: format!("{:0>4}", lines[0]),
        offset: number(3).unwrap_or(u64::MAX),
        place: Some(lines[4]).filter(|place| !place.is_empty()).map(str::to_owned),
        have: first.filter(|_| is_short),
        need: second.filter(|_| is_short),
        declared: first.filter(|_| is_limit),
        limit: second.filter(|_| is_limit),
        looks_like: (name == "BadMagic").then_some(looks_like),
        name,
    }
}

/// The eight words of a hash.
pub(super) fn digest(words: &[u32]) -> [u8; 32] {
    let mut digest = [0; 32];
    for (index, bytes) in digest.as_chunks_mut().0.iter_mut().enumerate() {
        *bytes = word(words, report::DIGEST + index).to_be_bytes();
    }
    digest
}

pub(super) fn word(words: &[u32], at: usize) -> u32 {
    words[at]
}

pub(super) fn long(words: &[u32], at: usize) -> u64 {
    u64::from(word(words, at + 1)) << 32 | u64::from(word(words, at))
}

/// A piece of the frame.
fn piece<'a>(words: &[u32], at: usize, bytes: &'a [u8]) -> &'a [u8] {
    let start = word(words, at) as usize;
    &bytes[start..start + word(words, at + 1) as usize]
}
