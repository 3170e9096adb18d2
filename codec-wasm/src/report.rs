//! The answer of the last call: words at fixed places, the same in `npm/src/report.ts`.

use strictframe_core::control::Control;
use strictframe_core::{Content, Extensions, Frame, Header, Outcome, SchemaKey, identity};

use crate::{offset, word};

/// The words. Each place is one number, or two where the name says so.
#[derive(Debug)]
pub(crate) struct Report {
    words: [u32; LEN],
}

impl Report {
    pub(crate) const fn new() -> Self {
        Self { words: [0; LEN] }
    }

    pub(crate) const fn words(&self) -> &[u32] {
        &self.words
    }

    pub(crate) fn set(&mut self, place: usize, number: u32) {
        if let Some(word) = self.words.get_mut(place) {
            *word = number;
        }
    }

    /// A number of 64 bits, low word first.
    pub(crate) fn set_long(&mut self, place: usize, number: u64) {
        let [a, b, c, d, e, f, g, h] = number.to_le_bytes();
        self.set(place, u32::from_le_bytes([a, b, c, d]));
        self.set(place.saturating_add(1), u32::from_le_bytes([e, f, g, h]));
    }

    /// Where a piece of the frame stands in it, and how long it is.
    fn set_piece(&mut self, place: usize, frame: &[u8], piece: &[u8]) {
        self.set(place, word(offset(frame, piece)));
        self.set(place.saturating_add(1), word(piece.len()));
    }

    /// Everything that a frame says without being decompressed.
    pub(crate) fn frame(&mut self, frame: &Frame<'_>, bytes: &[u8]) {
        let header = frame.header();
        self.set(KIND, u32::from(header.kind().0));
        self.set(CODEC, u32::from(header.codec().0));
        self.set_key(&frame.key());
        self.set(BODY_LEN, header.body_len());
        self.set(FRAME_LEN, word(bytes.len()));
        self.set(TRAILER, frame.trailer());
        self.set(OUTCOME, 0);
        self.set(RECORDS, 0);
        match frame.content() {
            Content::Data { compressed, extensions, stored } => {
                let dictionary = compressed.and_then(|compressed| compressed.dictionary);
                self.set(
                    COMPRESSED,
                    u32::from(compressed.is_some()) | (u32::from(dictionary.is_some()) << 1),
                );
                self.set(
                    RAW_LEN,
                    compressed.map_or(word(stored.len()), |compressed| compressed.raw_len),
                );
                self.set(RAW_CRC, compressed.map_or(0, |compressed| compressed.raw_crc));
                self.set(DICTIONARY, u32::from_be_bytes(dictionary.unwrap_or_default()));
                self.set_piece(STORED, bytes, stored);
                self.extensions(*extensions, bytes);
            }
            Content::Control(control) => {
                self.set(COMPRESSED, 0);
                self.set(EXTENSIONS, 0);
                self.control(control, bytes);
            }
            _ => {}
        }
    }

    fn extensions(&mut self, extensions: Extensions<'_>, bytes: &[u8]) {
        let mut place = EXTENSIONS.saturating_add(1);
        let mut count = 0_u32;
        if !extensions.block().is_empty() {
            for extension in extensions.iter() {
                self.set(place, u32::from(extension.kind));
                self.set_piece(place.saturating_add(1), bytes, extension.value);
                place = place.saturating_add(3);
                count = count.saturating_add(1);
            }
        }
        self.set(EXTENSIONS, count);
    }

    fn control(&mut self, control: &Control<'_>, bytes: &[u8]) {
        let body = bytes.get(Header::LEN..).unwrap_or_default();
        let body = body.get(..body.len().saturating_sub(4)).unwrap_or_default();
        self.set_piece(STORED, bytes, body);
        match control {
            Control::Sync(sync) => {
                self.set_long(OWN_OFFSET, sync.own_offset);
                self.set_long(PREVIOUS, sync.previous);
                self.set_long(COUNT, sync.count);
                self.set(CHAIN_CRC, sync.chain_crc);
            }
            Control::Schema(schema) => {
                self.set_key(&schema.key());
                self.set(SCHEMA_ENCODING, u32::from(schema.encoding().0));
                self.set_piece(NAME, bytes, schema.name().as_bytes());
                self.set_piece(DESCRIPTOR, bytes, schema.descriptor());
            }
            Control::Dictionary(dictionary) => {
                self.set(DICTIONARY, u32::from_be_bytes(identity::dictionary_id(dictionary)));
            }
            _ => {}
        }
    }

    fn set_key(&mut self, key: &SchemaKey) {
        self.set(VERSION, u32::from(key.version()));
        self.set(MIN_READER, u32::from(key.min_reader()));
        self.set_long(LINEAGE, u64::from_be_bytes(key.lineage()));
        self.set(FORK_CHECK, u32::from_be_bytes(key.fork_check()));
    }

    pub(crate) fn outcome(&mut self, outcome: Option<Outcome>) {
        self.set(OUTCOME, outcome.map_or(0, number_of));
    }
}

/// The number that JavaScript knows an outcome by.
pub(crate) const fn number_of(outcome: Outcome) -> u32 {
    match outcome {
        Outcome::Exact => 1,
        Outcome::Backward => 2,
        Outcome::Forward => 3,
        _ => 0,
    }
}

/// The kind of the frame.
pub const KIND: usize = 0;
/// The codec of the frame.
pub const CODEC: usize = 1;
/// The writer's version of the schema.
pub const VERSION: usize = 2;
/// The oldest version that can read it.
pub const MIN_READER: usize = 3;
/// The lineage: two words of big-endian bytes, the last four first.
pub const LINEAGE: usize = 4;
/// Big-endian bytes.
pub const FORK_CHECK: usize = 6;
/// The length of the body.
pub const BODY_LEN: usize = 7;
/// The length of the payload.
pub const RAW_LEN: usize = 8;
/// The checksum of a compressed payload.
pub const RAW_CRC: usize = 9;
/// Bit 0: compressed; bit 1: with a dictionary.
pub const COMPRESSED: usize = 10;
/// The id of a dictionary, big-endian bytes.
pub const DICTIONARY: usize = 11;
/// The stored payload, or the body of a control frame: offset in the frame and length.
pub const STORED: usize = 12;
/// The frame's checksum.
pub const TRAILER: usize = 14;
/// The length of the frame.
pub const FRAME_LEN: usize = 15;
/// How many there are, and behind it type, offset and length of each; what follows up to `OUTCOME` stands in their place where there are none.
pub const EXTENSIONS: usize = 16;
/// Eight words, where nothing of a frame is reported.
pub const DIGEST: usize = 17;
/// Where the frame says that it stands; two words.
pub const OWN_OFFSET: usize = 17;
/// Where the SYNC before it stands; two words.
pub const PREVIOUS: usize = 19;
/// Data frames before it; two words.
pub const COUNT: usize = 21;
/// The checksum of a chain.
pub const CHAIN_CRC: usize = 23;
/// The name of a schema: offset in the frame and length.
pub const NAME: usize = 24;
/// Its descriptor: offset in the frame and length.
pub const DESCRIPTOR: usize = 26;
/// The encoding of the schema that a frame brings.
pub const SCHEMA_ENCODING: usize = 28;
/// 0 none, 1 Exact, 2 Backward, 3 Forward.
pub const OUTCOME: usize = 113;
/// How many records.
pub const RECORDS: usize = 114;
/// The address of the payload, and its length.
pub const PAYLOAD: usize = 115;
/// The address of where each record ends among the bytes of all, and where these begin.
pub const ENDS: usize = 117;
/// The address of the tape, and its words.
pub const TAPE: usize = 119;
/// The address of the text, and its bytes.
pub const TEXT: usize = 121;
/// The index of the reading, of `shapes`.
pub const SHAPES: usize = 123;
/// The encoding of records.
pub const ENCODING: usize = 124;
/// How many fields the descriptor does not have; two words.
pub const UNKNOWN: usize = 125;
/// Where the frame starts in its stream; two words.
pub const START: usize = 127;
/// How many bytes more are needed.
pub const MISSING: usize = 129;
/// The address of a refusal's text, and its length.
pub const REFUSAL: usize = 130;
/// The address of the frame's bytes.
pub const FRAME: usize = 132;
const LEN: usize = 133;
