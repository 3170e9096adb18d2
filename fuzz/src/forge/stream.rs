//! Streams frame by frame (section 9), with everything they say of themselves open to be bent.

use core::ops::Range;

use super::control::{Position, Schema};
use super::{Data, Raw, sha256};
use crate::answer::{FrameAt, StreamAnswer};

/// A stream in the making.
#[derive(Clone, Debug)]
pub struct Stream {
    id: [u8; 16],
    bytes: Vec<u8>,
    frames: Vec<(Range<usize>, u8)>,
    records: Vec<Vec<u8>>,
    last_sync: Option<u64>,
    count: u64,
    chain_crc: u32,
}

impl Stream {
    /// A stream without a frame.
    #[must_use]
    pub const fn empty(id: [u8; 16]) -> Self {
        Self {
            id,
            bytes: Vec::new(),
            frames: Vec::new(),
            records: Vec::new(),
            last_sync: None,
            count: 0,
            chain_crc: 0,
        }
    }

    /// A stream of its first SYNC.
    #[must_use]
    pub fn new(id: [u8; 16]) -> Self {
        Self::empty(id).sync()
    }

    /// Any frame at all, as it is; it is counted in the chain.
    #[must_use]
    pub fn push(mut self, frame: &[u8]) -> Self {
        let start = self.bytes.len();
        let kind = frame[2] & 15;
        if kind == 3 {
            self.last_sync = Some(start as u64);
        }
        self.count += u64::from(kind == 1 || kind == 2);
        self.chain_crc = crc32c::crc32c_append(self.chain_crc, &frame[frame.len() - 4..]);
        self.bytes.extend(frame);
        self.frames.push((start..self.bytes.len(), kind));
        self
    }

    /// A frame, behind a SYNC when one is due (STR-2).
    #[must_use]
    pub fn frame(self, frame: &[u8]) -> Self {
        let due = self.last_sync.is_none_or(|last| self.bytes.len() as u64 - last >= 65_536);
        let ready = if due { self.sync() } else { self };
        ready.push(frame)
    }

    /// What a SYNC or END written now says.
    #[must_use]
    pub fn position(&self) -> Position {
        Position {
            stream_id: self.id,
            own_offset: self.bytes.len() as u64,
            previous: self.last_sync.unwrap_or(Position::NONE),
            count: self.count,
            chain_crc: self.chain_crc,
        }
    }

    /// A SYNC.
    #[must_use]
    pub fn sync(self) -> Self {
        let sync = self.position().raw(3).bytes();
        self.push(&sync)
    }

    /// A SYNC or END (kind 3 or 6) some of whose fields are bent.
    #[must_use]
    pub fn bent(self, kind: u8, bend: impl FnOnce(Position) -> Position) -> Self {
        let frame = bend(self.position()).raw(kind).bytes();
        self.push(&frame)
    }

    /// An END, behind a SYNC when one is due.
    #[must_use]
    pub fn end(self) -> Self {
        let ready = if self.bytes.len() as u64 - self.last_sync.unwrap_or(0) >= 65_536 {
            self.sync()
        } else {
            self
        };
        ready.bent(6, |position| position)
    }

    /// A SCHEMA.
    #[must_use]
    pub fn schema(self, schema: &Schema) -> Self {
        self.frame(&schema.raw().bytes())
    }

    /// A DICT.
    #[must_use]
    pub fn dictionary(self, bytes: &[u8]) -> Self {
        self.frame(&Raw::control(5, bytes.to_vec()).bytes())
    }

    /// A data frame with the records it decodes to.
    #[must_use]
    pub fn data<T: AsRef<[u8]>>(mut self, data: &Data, records: &[T]) -> Self {
        self.records.extend(records.iter().map(|record| record.as_ref().to_vec()));
        self.frame(&data.bytes())
    }

    /// A MESSAGE with codec none.
    #[must_use]
    pub fn message(self, key: crate::vector::FrameKey, record: &[u8]) -> Self {
        self.data(&Data::message(key, record), &[record])
    }

    /// The stream's bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its length, which is where the next frame starts.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Whether it has no frame yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The number of frames.
    #[must_use]
    pub fn frame_count(&self) -> u64 {
        self.frames.len() as u64
    }

    /// Where each frame lies, and its kind.
    #[must_use]
    pub fn frames(&self) -> &[(Range<usize>, u8)] {
        &self.frames
    }

    /// Where the frames of these kinds start.
    #[must_use]
    pub fn starts(&self, kinds: &[u8]) -> Vec<u64> {
        let of_kind = self.frames.iter().filter(|(_, kind)| kinds.contains(kind));
        of_kind.map(|(place, _)| place.start as u64).collect()
    }

    /// What a strict reader finds.
    #[must_use]
    pub fn answer(&self) -> StreamAnswer {
        let frames = self.frames.iter().map(|(place, kind)| {
            let (offset, kind) = (place.start as u64, *kind);
            FrameAt { offset, kind }
        });
        StreamAnswer {
            stream_id: self.id,
            frames: frames.collect(),
            records: self.records.len() as u64,
            records_sha256: digest(&self.records),
        }
    }
}

/// The SHA-256 over each record's length (u64) and bytes.
#[must_use]
pub fn digest(records: &[Vec<u8>]) -> [u8; 32] {
    let framed = records.iter().map(|record| {
        let len = (record.len() as u64).to_le_bytes();
        [&len[..], record].concat()
    });
    sha256(&[&framed.collect::<Vec<_>>().concat()])
}
