//! Files as the backends of today write them, by the description of their layout and by the bincode that they use.
#![allow(dead_code, reason = "two test crates use a part of it each")]

use core::time::Duration;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::time::SystemTime;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

/// What bincode is given.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Saved<S> {
    pub(crate) id: String,
    pub(crate) thread_id: String,
    pub(crate) state: S,
    pub(crate) node: String,
    pub(crate) timestamp: (u64, u32),
    pub(crate) parent_id: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
}

impl<S: Serialize> Saved<S> {
    /// A checkpoint of that id, so many nanoseconds after a moment of 2026.
    pub(crate) fn new(thread: &str, id: &str, nanos: u64, parent: Option<&str>, state: S) -> Self {
        Self {
            id: id.to_owned(),
            thread_id: thread.to_owned(),
            state,
            node: format!("node {}", nanos % 1000),
            timestamp: (
                1_767_225_600 + nanos / 1_000_000_000,
                u32::try_from(nanos % 1_000_000_000).unwrap(),
            ),
            parent_id: parent.map(str::to_owned),
            metadata: [("why".to_owned(), "a human asked".to_owned())].into(),
        }
    }

    /// Alone.
    pub(crate) fn bare(&self) -> Vec<u8> {
        bincode::serialize(self).unwrap()
    }

    /// Behind its header.
    pub(crate) fn headed(&self) -> Vec<u8> {
        headed(&self.bare())
    }

    pub(crate) fn gzip(&self) -> Vec<u8> {
        gzip(&self.bare())
    }

    /// Its state as JSON, of that version.
    pub(crate) fn versioned(&self, version: u32) -> Vec<u8> {
        let Self { id, thread_id, state, node, timestamp, parent_id, metadata } = self;
        let state = serde_json::to_string(state).unwrap();
        let fields = (version, state, id, thread_id, node, timestamp, parent_id, metadata);
        bincode::serialize(&fields).unwrap()
    }

    /// Writes it with a header, under its name.
    pub(crate) fn write(&self, folder: &Path) {
        std::fs::write(folder.join(format!("{}.bin", self.id)), self.headed()).unwrap();
    }
}

pub(crate) fn headed(payload: &[u8]) -> Vec<u8> {
    let mut file = b"DCHK".to_vec();
    file.extend_from_slice(&1_u32.to_le_bytes());
    file.extend_from_slice(&crc32(payload).to_le_bytes());
    file.extend_from_slice(&(payload.len() as u64).to_le_bytes());
    file.extend_from_slice(payload);
    file
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// What an index holds: for each thread the id and the time of its newest.
pub(crate) fn index(entries: &[(&str, &str)]) -> Vec<u8> {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
    let entries: BTreeMap<_, _> =
        entries.iter().map(|(thread, id)| (*thread, (*id, time))).collect();
    bincode::serialize(&entries).unwrap()
}

/// CRC-32 of IEEE 802.3, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let bit = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    let byte = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| bit(crc));
    !bytes.iter().fold(u32::MAX, byte)
}

#[test]
fn the_checksum_is_the_one_of_ieee() {
    assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
}
