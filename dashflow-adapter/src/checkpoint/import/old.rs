//! An old checkpoint out of the bytes of its file.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use crc::{CRC_32_ISO_HDLC, Crc, Table};
use flate2::bufread::GzDecoder;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::bincode::{Fault, Reader};
use super::place::{self, OldName};
use super::refused::ImportRefused;
use super::{ImportOptions, OldState};
use crate::identity::ThreadId;

/// An old checkpoint.
pub(super) struct Old<O> {
    pub(super) head: OldHead,
    pub(super) state: OldState<O>,
    /// Whether a checksum stood beside it.
    pub(super) is_checked: bool,
}

/// What an old checkpoint says beside its state.
pub(super) struct OldHead {
    pub(super) id: String,
    pub(super) thread: ThreadId,
    pub(super) node: String,
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    pub(super) time: i64,
    pub(super) parent: Option<String>,
    pub(super) metadata: BTreeMap<String, String>,
}

/// A time, of a checkpoint and of an index.
#[derive(Clone, Copy, Deserialize)]
pub(super) struct OldTime {
    secs: u64,
    nanos: u32,
}

impl<O: DeserializeOwned> Old<O> {
    /// Reads the file of that name.
    pub(super) fn read(
        path: &Path,
        name: OldName<'_>,
        options: &ImportOptions,
    ) -> Result<Self, ImportRefused> {
        let file = place::read(path, options.limits.file_bytes)?;
        if name.is_gzip {
            let unpacked = unpack(&file, options.limits.unpacked_bytes)?;
            return Self::decode(&unpacked, name, true);
        }
        match checked(&file, name.is_versioned)? {
            Some(payload) => Self::decode(payload, name, true),
            None if options.bare => Self::decode(&file, name, false),
            None => Err(ImportRefused::Bare),
        }
    }

    fn decode(payload: &[u8], name: OldName<'_>, is_checked: bool) -> Result<Self, ImportRefused> {
        let mut payload = Payload(Reader::new(payload));
        let json = if name.is_versioned {
            let (version, text) = (payload.field("state version")?, payload.field("state")?);
            Some(OldState::Json { version, text })
        } else {
            None
        };
        let id: String = payload.field("id")?;
        if !name.is_of(&id) {
            return Err(ImportRefused::Misplaced { id });
        }
        let thread: String = payload.field("thread id")?;
        let thread = ThreadId::new(&thread).map_err(ImportRefused::Thread)?;
        let state = match json {
            Some(state) => state,
            None => OldState::Typed(payload.field("state")?),
        };
        let node = payload.field("node")?;
        let time = payload.field::<OldTime>("time")?.nanos().ok_or(ImportRefused::Time)?;
        let parent = payload.field("parent")?;
        let metadata = distinct(payload.field("metadata")?)?;
        payload.end()?;
        let head = OldHead { id, thread, node, time, parent, metadata };
        Ok(Self { head, state, is_checked })
    }
}

/// What stands behind a header whose checksum is right; nothing of a file that has no header.
fn checked(file: &[u8], is_versioned: bool) -> Result<Option<&[u8]>, ImportRefused> {
    let len = file.len() as u64;
    let Some((header, payload)) = file.split_first_chunk::<HEADER>() else {
        return Err(ImportRefused::Truncated { len });
    };
    let [m0, m1, m2, m3, v0, v1, v2, v3, c0, c1, c2, c3, declared @ ..] = *header;
    let magic = u32::from_le_bytes([m0, m1, m2, m3]);
    let version = u32::from_le_bytes([v0, v1, v2, v3]);
    let checksum = u32::from_le_bytes([c0, c1, c2, c3]);
    let (declared, found) = (u64::from_le_bytes(declared), payload.len() as u64);
    if magic != MAGIC {
        // No bare checkpoint begins like that: its id would be gigabytes.
        let is_near = (magic ^ MAGIC).count_ones() <= NEAR;
        let is_header = !is_versioned && version == VERSION && declared == found;
        return if is_near || is_header { Err(ImportRefused::HeaderDamaged) } else { Ok(None) };
    }
    if version != VERSION {
        return Err(ImportRefused::Version { version });
    }
    if declared != found {
        return Err(ImportRefused::Length { declared, found });
    }
    if CRC.checksum(payload) != checksum {
        return Err(ImportRefused::Checksum);
    }
    Ok(Some(payload))
}

/// What a gzip file holds, whose checksum is right.
fn unpack(file: &[u8], limit: u64) -> Result<Vec<u8>, ImportRefused> {
    let refused = |error: std::io::Error| ImportRefused::Gzip(error.to_string());
    let mut decoder = GzDecoder::new(file);
    let mut unpacked = Vec::new();
    let most = limit.saturating_add(1);
    decoder.by_ref().take(most).read_to_end(&mut unpacked).map_err(refused)?;
    if unpacked.len() as u64 > limit {
        return Err(ImportRefused::TooLong { limit });
    }
    match decoder.into_inner() {
        [] => Ok(unpacked),
        rest => Err(ImportRefused::Gzip(format!("{} bytes behind its end", rest.len()))),
    }
}

/// A payload, field by field.
struct Payload<'de>(Reader<'de>);

impl<'de> Payload<'de> {
    fn field<T: Deserialize<'de>>(&mut self, reading: &'static str) -> Result<T, ImportRefused> {
        T::deserialize(&mut self.0).map_err(|fault| match fault {
            Fault::NoType => ImportRefused::NeedsType,
            fault => {
                let (offset, fault) = (self.0.offset(), fault.to_string());
                ImportRefused::Payload { reading, offset, fault }
            }
        })
    }

    fn end(&self) -> Result<(), ImportRefused> {
        match self.0.left() {
            0 => Ok(()),
            left => Err(ImportRefused::LeftOver { offset: self.0.offset(), count: left as u64 }),
        }
    }
}

impl OldTime {
    fn nanos(self) -> Option<i64> {
        let secs = i64::try_from(self.secs).ok()?.checked_mul(SECOND.into())?;
        if self.nanos < SECOND { secs.checked_add(self.nanos.into()) } else { None }
    }
}

fn distinct(pairs: Vec<(String, String)>) -> Result<BTreeMap<String, String>, ImportRefused> {
    let mut metadata = BTreeMap::new();
    for (key, value) in pairs {
        if metadata.contains_key(&key) {
            return Err(ImportRefused::Metadata { key });
        }
        metadata.insert(key, value);
    }
    Ok(metadata)
}

/// The threads of an index, each with the id of its newest checkpoint; nothing of one that cannot be read.
pub(super) fn index(path: &Path, limit: u64) -> Option<Vec<(String, String)>> {
    let bytes = place::read(path, limit).ok()?;
    let mut payload = Payload(Reader::new(&bytes));
    let entries: Vec<(String, (String, OldTime))> = payload.field("index").ok()?;
    payload.end().ok()?;
    Some(entries.into_iter().map(|(thread, (id, _))| (thread, id)).collect())
}

const HEADER: usize = 20;
const MAGIC: u32 = u32::from_le_bytes(*b"DCHK");
const VERSION: u32 = 1;
/// So many bits of a magic may be damaged, and it is known for one.
const NEAR: u32 = 8;
const CRC: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_ISO_HDLC);
/// In nanoseconds.
const SECOND: u32 = 1_000_000_000;
