//! The bodies of control frames (section 8).

use super::{Raw, dictionary_id, fingerprint, first, lineage};
use crate::answer::{ControlAnswer, Digest, FrameAnswer};
use crate::vector::FrameKey;

/// The fields of a SYNC or END.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "the fields of a frame")]
pub struct Position {
    /// The stream's id.
    pub stream_id: [u8; 16],
    /// Where this frame starts in its stream.
    pub own_offset: u64,
    /// Where the SYNC before it starts.
    pub previous: u64,
    /// Data frames before this frame.
    pub count: u64,
    /// The checksum over the trailers of all frames before.
    pub chain_crc: u32,
}

impl Position {
    /// The previous offset where there is none.
    pub const NONE: u64 = u64::MAX;

    /// What the first SYNC of a stream says.
    #[must_use]
    pub const fn first(stream_id: [u8; 16]) -> Self {
        Self { stream_id, own_offset: 0, previous: Self::NONE, count: 0, chain_crc: 0 }
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        [
            &self.stream_id[..],
            &self.own_offset.to_le_bytes(),
            &self.previous.to_le_bytes(),
            &self.count.to_le_bytes(),
            &self.chain_crc.to_le_bytes(),
            &[0; 4],
        ]
        .concat()
    }

    /// The frame, of kind 3 SYNC or 6 END.
    #[must_use]
    pub fn raw(&self, kind: u8) -> Raw {
        Raw::control(kind, self.body())
    }

    /// What a relay sees of it.
    #[must_use]
    pub fn answer(&self, kind: u8) -> FrameAnswer {
        let Self { stream_id, own_offset, previous, count, chain_crc } = *self;
        let control = ControlAnswer::Position { stream_id, own_offset, previous, count, chain_crc };
        answer(kind, &self.body(), control)
    }
}

/// The fields of a SCHEMA.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "the fields of a frame")]
pub struct Schema {
    /// The encoding's number.
    pub enc_id: u8,
    /// The version.
    pub version: u16,
    /// The oldest reader version.
    pub min_reader: u16,
    /// The fully-qualified name.
    pub name: String,
    /// The canonical descriptor.
    pub descriptor: Vec<u8>,
}

impl Schema {
    /// A version of a JSON type.
    #[must_use]
    pub fn json(name: &str, version: u16, min_reader: u16, descriptor: &str) -> Self {
        let (name, descriptor) = (name.to_owned(), descriptor.as_bytes().to_vec());
        Self { enc_id: 2, version, min_reader, name, descriptor }
    }

    /// The lineage id.
    #[must_use]
    pub fn lineage(&self) -> [u8; 8] {
        lineage(self.enc_id, &self.name)
    }

    /// The fingerprint.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        fingerprint(self.lineage(), self.version, self.min_reader, &self.descriptor)
    }

    /// The key that frames written with it bear.
    #[must_use]
    pub fn key(&self) -> FrameKey {
        let (lineage, fork_check) = (self.lineage(), first(&self.fingerprint()));
        FrameKey { lineage, version: self.version, min_reader: self.min_reader, fork_check }
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        [
            &[self.enc_id, 0][..],
            &self.version.to_le_bytes(),
            &self.min_reader.to_le_bytes(),
            &(self.name.len() as u16).to_le_bytes(),
            self.name.as_bytes(),
            &(self.descriptor.len() as u32).to_le_bytes(),
            &self.descriptor,
        ]
        .concat()
    }

    /// The frame.
    #[must_use]
    pub fn raw(&self) -> Raw {
        Raw::control(4, self.body())
    }

    /// What a relay sees of it.
    #[must_use]
    pub fn answer(&self) -> FrameAnswer {
        let FrameKey { lineage, version, min_reader, fork_check } = self.key();
        let (name, descriptor) = (self.name.clone(), self.descriptor.clone());
        let enc_id = self.enc_id;
        let control = ControlAnswer::Schema {
            enc_id,
            version,
            min_reader,
            name,
            descriptor,
            lineage,
            fork_check,
        };
        answer(4, &self.body(), control)
    }
}

/// What a relay sees of a DICT.
#[must_use]
pub fn dictionary_answer(bytes: &[u8]) -> FrameAnswer {
    answer(5, bytes, ControlAnswer::Dictionary { dict_id: dictionary_id(bytes) })
}

fn answer(kind: u8, body: &[u8], control: ControlAnswer) -> FrameAnswer {
    FrameAnswer {
        kind,
        codec: 0,
        lineage: [0; 8],
        version: 0,
        min_reader: 0,
        fork_check: [0; 4],
        body_len: body.len() as u32,
        raw_len: None,
        raw_crc: None,
        dict_id: None,
        extensions: Vec::new(),
        stored: Digest::of(body),
        control: Some(control),
    }
}
