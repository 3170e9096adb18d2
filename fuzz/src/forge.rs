//! Frames put together from the byte tables of `spec/SPEC.md`, with every field open to be bent.
//!
//! It shares no code with the encoder it is used to judge.

use sha2::{Digest as _, Sha256};

use crate::answer::{ExtensionAnswer, FrameAnswer};
use crate::vector::FrameKey;

pub mod compress;
pub mod control;
pub mod payload;
pub mod stream;

/// The CRC-32C over these pieces, joined.
#[must_use]
pub fn crc(pieces: &[&[u8]]) -> u32 {
    pieces.iter().fold(0, |crc, piece| crc32c::crc32c_append(crc, piece))
}

/// The SHA-256 over these pieces, joined.
#[must_use]
pub fn sha256(pieces: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    pieces.iter().for_each(|piece| hash.update(piece));
    hash.finalize().into()
}

/// The id of a dictionary (section 6).
#[must_use]
pub fn dictionary_id(dictionary: &[u8]) -> [u8; 4] {
    first(&sha256(&[dictionary]))
}

/// The lineage id of a name (section 4).
#[must_use]
pub fn lineage(enc_id: u8, name: &str) -> [u8; 8] {
    let name_len = (name.len() as u16).to_le_bytes();
    first(&sha256(&[b"strictframe/lineage/1\0", &[enc_id], &name_len, name.as_bytes()]))
}

/// The fingerprint of one version of a lineage (section 4).
#[must_use]
pub fn fingerprint(lineage: [u8; 8], version: u16, min_reader: u16, descriptor: &[u8]) -> [u8; 32] {
    let (version, min_reader) = (version.to_le_bytes(), min_reader.to_le_bytes());
    let descriptor_len = (descriptor.len() as u32).to_le_bytes();
    let fixed: [&[u8]; 5] =
        [b"strictframe/descriptor/1\0", &lineage, &version, &min_reader, &descriptor_len];
    sha256(&[&fixed.concat(), descriptor])
}

/// The first bytes of a hash.
#[must_use]
pub fn first<const N: usize>(hash: &[u8; 32]) -> [u8; N] {
    core::array::from_fn(|index| hash[index])
}

/// One frame, field by field as section 1 lists them.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "the fields of a frame")]
pub struct Raw {
    /// The high nibble of byte 2.
    pub format_version: u8,
    /// The low nibble of byte 2.
    pub kind: u8,
    /// The high nibble of byte 3.
    pub codec: u8,
    /// The low nibble of byte 3.
    pub flags: u8,
    /// Bytes 4..20.
    pub key: FrameKey,
    /// What `body_len` says, when that is not the body's length.
    pub body_len: Option<u32>,
    /// The body.
    pub body: Vec<u8>,
}

impl Raw {
    /// A frame of that kind with codec none, no flags and a zero key.
    #[must_use]
    pub fn control(kind: u8, body: Vec<u8>) -> Self {
        let key = FrameKey::default();
        Self { format_version: 1, kind, codec: 0, flags: 0, key, body_len: None, body }
    }

    /// Bytes 0..24.
    #[must_use]
    pub fn covered(&self) -> Vec<u8> {
        let body_len = self.body_len.unwrap_or(self.body.len() as u32);
        let nibbles = [self.format_version << 4 | self.kind, self.codec << 4 | self.flags];
        let key = &self.key;
        [
            &[0x9E, 0xC1][..],
            &nibbles,
            &key.lineage,
            &key.version.to_le_bytes(),
            &key.min_reader.to_le_bytes(),
            &key.fork_check,
            &body_len.to_le_bytes(),
        ]
        .concat()
    }

    /// The frame, with both checksums as they should be.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let covered = self.covered();
        let header_crc = crc(&[&covered]).to_le_bytes();
        let frame_crc = crc(&[&covered, &self.body]).to_le_bytes();
        [&covered[..], &header_crc, &self.body, &frame_crc].concat()
    }

    /// The first 28 bytes.
    #[must_use]
    pub fn header(&self) -> Vec<u8> {
        let covered = self.covered();
        let header_crc = crc(&[&covered]).to_le_bytes();
        [&covered[..], &header_crc].concat()
    }
}

/// A data frame.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "the fields of a frame")]
pub struct Data {
    /// 1 MESSAGE or 2 BATCH.
    pub kind: u8,
    /// The schema key.
    pub key: FrameKey,
    /// What a compressed body says of its payload; none with codec none.
    pub packed: Option<Packed>,
    /// Type and value of each extension; no block when there is none.
    pub extensions: Vec<(u16, Vec<u8>)>,
    /// The stored bytes.
    pub stored: Vec<u8>,
}

/// The first fields of a compressed body.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs, reason = "the fields of a frame")]
pub struct Packed {
    /// 1 LZ4 or 2 Zstandard.
    pub codec: u8,
    /// The payload's length.
    pub raw_len: u32,
    /// The payload's checksum.
    pub raw_crc: u32,
    /// The dictionary.
    pub dict_id: Option<[u8; 4]>,
}

impl Packed {
    /// What a body says of this payload.
    #[must_use]
    pub fn of(codec: u8, payload: &[u8], dictionary: Option<&[u8]>) -> Self {
        let (raw_len, raw_crc) = (payload.len() as u32, crc(&[payload]));
        Self { codec, raw_len, raw_crc, dict_id: dictionary.map(dictionary_id) }
    }
}

impl Data {
    /// A MESSAGE with codec none and no extension.
    #[must_use]
    pub fn message(key: FrameKey, record: &[u8]) -> Self {
        Self { kind: 1, key, packed: None, extensions: Vec::new(), stored: record.to_vec() }
    }

    /// A BATCH with codec none and no extension.
    #[must_use]
    pub fn batch<T: AsRef<[u8]>>(key: FrameKey, items: &[T]) -> Self {
        Self { kind: 2, ..Self::message(key, &payload::batch(items)) }
    }

    /// The same frame with its payload compressed.
    #[must_use]
    pub fn packed(self, packed: Packed, stored: Vec<u8>) -> Self {
        Self { packed: Some(packed), stored, ..self }
    }

    /// The same frame with one more extension.
    #[must_use]
    pub fn extension(mut self, kind: u16, value: &[u8]) -> Self {
        self.extensions.push((kind, value.to_vec()));
        self
    }

    /// The frame's fields, to be bent or written.
    #[must_use]
    pub fn raw(&self) -> Raw {
        let ext = u8::from(!self.extensions.is_empty());
        let dict = u8::from(self.packed.is_some_and(|packed| packed.dict_id.is_some()));
        let codec = self.packed.map_or(0, |packed| packed.codec);
        let (kind, key, flags) = (self.kind, self.key, ext | dict << 1);
        Raw { format_version: 1, kind, codec, flags, key, body_len: None, body: self.body() }
    }

    /// The frame.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.raw().bytes()
    }

    fn body(&self) -> Vec<u8> {
        let mut body = self.fixed();
        if !self.extensions.is_empty() {
            let block = payload::extensions(&self.extensions);
            body.extend((block.len() as u16).to_le_bytes());
            body.extend(block);
        }
        body.extend(&self.stored);
        body
    }

    fn fixed(&self) -> Vec<u8> {
        let Some(packed) = self.packed else { return Vec::new() };
        let (raw_len, raw_crc) = (packed.raw_len.to_le_bytes(), packed.raw_crc.to_le_bytes());
        [&raw_len[..], &raw_crc, packed.dict_id.as_ref().map_or(&[], |id| &id[..])].concat()
    }

    /// Where `ext_len` stands, or would stand.
    #[must_use]
    pub fn ext_offset(&self) -> u64 {
        28 + self.fixed().len() as u64
    }

    /// Where the stored bytes begin.
    #[must_use]
    pub fn stored_offset(&self) -> u64 {
        28 + (self.body().len() - self.stored.len()) as u64
    }

    /// What a relay sees of it.
    #[must_use]
    pub fn answer(&self) -> FrameAnswer {
        let extensions = self
            .extensions
            .iter()
            .map(|(kind, value)| ExtensionAnswer { r#type: *kind, value: value.clone() });
        FrameAnswer {
            kind: self.kind,
            codec: self.packed.map_or(0, |packed| packed.codec),
            lineage: self.key.lineage,
            version: self.key.version,
            min_reader: self.key.min_reader,
            fork_check: self.key.fork_check,
            body_len: self.body().len() as u32,
            raw_len: self.packed.map(|packed| packed.raw_len),
            raw_crc: self.packed.map(|packed| packed.raw_crc),
            dict_id: self.packed.and_then(|packed| packed.dict_id),
            extensions: extensions.collect(),
            stored: crate::answer::Digest::of(&self.stored),
            control: None,
        }
    }
}
