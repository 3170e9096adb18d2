//! Files that people keep beside their data: locks, policies, old checkpoints.

use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use strictframe::lock::Lock;
use strictframe::{CompressionPolicy, Decoder, Descriptor, Encoder, Registry};
use strictframe_dashflow::checkpoint::import::{ImportOptions, OldState, import};
use strictframe_dashflow::checkpoint::{JsonState, MemoryStore};

/// A lock is refused with its line, or written as a text that says the same.
pub fn lock_is_judged(bytes: &[u8]) {
    match Lock::read(bytes) {
        Ok(lock) => {
            let written = lock.to_string();
            let again = Lock::read(written.as_bytes());
            assert!(again.is_ok_and(|again| again.to_string() == written), "{written}");
            for versions in lock.iter() {
                assert!(!versions.is_empty());
            }
        }
        Err(error) => assert!(!error.to_string().is_empty() && !error.help().is_empty()),
    }
}

/// A policy is refused, or is written as one that says the same and encodes what a decoder gives back.
pub fn policy_is_judged(json: &[u8]) {
    let policy = match CompressionPolicy::from_json(json) {
        Ok(policy) => policy,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let written = serde_json::to_vec(&policy).unwrap_or_default();
    assert_eq!(CompressionPolicy::from_json(&written).ok().as_ref(), Some(&policy));
    // Paths lead to files, of which there are none here.
    let Ok(schema) = Descriptor::opaque("fuzz.Record", 1, 1, b"text") else { return };
    let Ok(registry) = Registry::new().with_schema(&schema) else { return };
    let Ok(mut encoder) = Encoder::builder(schema.key()).policy(policy).build() else { return };
    let mut decoder = Decoder::builder(registry).build();
    for record in [&b""[..], b"{}", &b"what is said again ".repeat(40)] {
        let mut frame = Vec::new();
        if encoder.encode(record, &mut frame).is_ok() {
            let decoded = decoder.decode(&frame).map(|decoded| decoded.payload.to_vec());
            assert_eq!(decoded.as_deref().ok(), Some(record));
        }
    }
}

/// The file of an old checkpoint is refused by name, or is kept as one of today.
///
/// The first byte chooses the name, and whether the rest is the file or stands in it behind a header with a good checksum.
pub fn old_checkpoint_is_imported_or_refused(bytes: &[u8]) {
    let Some((how, content)) = bytes.split_first() else { return };
    let name = NAMES[usize::from(*how) % NAMES.len()];
    let file = if how & 4 == 0 { headed(content) } else { content.to_vec() };
    let Some(folder) = folder() else { return };
    if fs::write(folder.join(name), file).is_err() {
        return;
    }
    let store = MemoryStore::new();
    let mut options = ImportOptions::default();
    options.bare = how & 8 == 0;
    let convert = |state: OldState<Plan>| {
        let value = serde_json::to_value(state.typed()?)?;
        serde_json::from_value(value).map(JsonState)
    };
    let report = import(&folder, &store, &options, convert, |_| {});
    let _ = fs::remove_file(folder.join(name));
    // Every file is told of once.
    let told = report.map(|report| report.imported().count() + report.refused().count());
    assert_eq!(told.map_err(|error| error.to_string()), Ok(1));
}

/// A state as programs have them.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[allow(clippy::exhaustive_structs, reason = "a shape for tests")]
pub struct Plan {
    /// A number.
    pub step: u32,
    /// A list.
    pub tasks: Vec<String>,
    /// What may be missing.
    pub note: Option<String>,
}

/// Behind the header that today's backend writes.
fn headed(payload: &[u8]) -> Vec<u8> {
    let len = (payload.len() as u64).to_le_bytes();
    [&b"DCHK"[..], &1_u32.to_le_bytes(), &crc32(payload).to_le_bytes(), &len, payload].concat()
}

/// CRC-32 of IEEE 802.3, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let bit = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
    let byte = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| bit(crc));
    !bytes.iter().fold(u32::MAX, byte)
}

/// A folder of this process, made once.
fn folder() -> Option<PathBuf> {
    let folder = std::env::temp_dir().join(format!("strictframe-fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).ok().map(|()| folder)
}

const NAMES: [&str; 4] = ["cp-1.bin", "cp-1.v.bin", "cp-1.bin.gz", "cp-1.v.bin.gz"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_one_of_ieee() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }
}
