//! Streams whose every frame is known: what a recovery is held against.

use core::fmt;
use std::vec::Vec;

use proptest::prelude::*;

use super::codec_core::identity::Encoding;
use super::codec_core::{Chain, Codec, Kind, Parts, SchemaKey, control};

/// What a stream is made of; SYNCs that are due are put in between.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    Batch(Vec<u8>),
    Dictionary(Vec<u8>),
    Message(Vec<u8>),
    Schema(u16),
    Sync,
    Unassigned(Vec<u8>),
}

/// A stream and where everything in it stands.
#[derive(Clone)]
pub(crate) struct Stream {
    pub(crate) id: [u8; 16],
    pub(crate) bytes: Vec<u8>,
    pub(crate) frames: Vec<Placed>,
}

/// A frame of a stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) len: usize,
}

impl Stream {
    /// A stream of these items, from SYNC to END.
    pub(crate) fn new(id: [u8; 16], items: &[Item]) -> Self {
        Self::at(id, 0, items)
    }

    /// The same, written as if `base` bytes stood before it.
    pub(crate) fn at(id: [u8; 16], base: u64, items: &[Item]) -> Self {
        let mut first = Chain::new(id).sync();
        first.own_offset = base;
        let stream = Self { id, bytes: Vec::new(), frames: Vec::new() };
        let mut writer = Writer { stream, chain: Chain::resumed(&first) };
        writer.anchor(Kind::SYNC);
        items.iter().for_each(|item| writer.item(item));
        writer.sync_if_due();
        writer.anchor(Kind::END);
        writer.stream
    }

    pub(crate) fn frame(&self, index: usize) -> &[u8] {
        let Placed { start, len, .. } = self.frames[index];
        &self.bytes[start..start + len]
    }

    /// The anchors' starts.
    pub(crate) fn anchors(&self) -> impl Iterator<Item = &Placed> {
        self.frames.iter().filter(|frame| frame.is_anchor())
    }

    /// The length of the largest frame.
    pub(crate) fn largest(&self) -> usize {
        self.frames.iter().map(|frame| frame.len).max().unwrap()
    }

    /// The largest distance from the start of one anchor to that of the next.
    pub(crate) fn spacing(&self) -> usize {
        let starts: Vec<_> = self.anchors().map(|anchor| anchor.start).collect();
        starts.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap()
    }
}

/// One line: a failing stream is understood by its layout.
impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.id)?;
        self.frames
            .iter()
            .try_for_each(|frame| write!(f, " {}@{}+{}", frame.kind.name(), frame.start, frame.len))
    }
}

impl Placed {
    pub(crate) const fn is_anchor(&self) -> bool {
        matches!(self.kind, Kind::SYNC | Kind::END)
    }

    /// Whether a recovery hands it out.
    pub(crate) const fn is_deliverable(&self) -> bool {
        self.kind.is_data() || matches!(self.kind, Kind::SCHEMA | Kind::DICT)
    }
}

struct Writer {
    stream: Stream,
    chain: Chain,
}

impl Writer {
    fn item(&mut self, item: &Item) {
        self.sync_if_due();
        // The key tells frames of equal content apart.
        let number = u32::try_from(self.stream.frames.len()).unwrap();
        let key = SchemaKey::new(*b"lineage!", 1, 1, number.to_le_bytes());
        match item {
            Item::Message(bytes) => self.put(&Parts::plain(Kind::MESSAGE, key, &[], &[bytes])),
            Item::Batch(bytes) => self.put(&Parts::plain(Kind::BATCH, key, &[], &[bytes])),
            Item::Dictionary(bytes) => {
                let number = number.to_le_bytes();
                self.put(&Parts::control(Kind::DICT, &[&number, bytes]));
            }
            Item::Schema(version) => {
                let mut body = Vec::new();
                let number = number.to_le_bytes();
                control::write_schema(Encoding::JSON, *version, 1, "a.Name", &number, &mut body)
                    .unwrap();
                self.put(&Parts::control(Kind::SCHEMA, &[&body]));
            }
            Item::Sync => self.anchor(Kind::SYNC),
            Item::Unassigned(bytes) => {
                let kind = Kind(9);
                let codec = Codec::NONE;
                let stored: &[&[u8]] = &[bytes];
                self.put(&Parts { kind, key, codec, compressed: None, extensions: &[], stored });
            }
        }
    }

    fn sync_if_due(&mut self) {
        if self.chain.is_sync_due() {
            self.anchor(Kind::SYNC);
        }
    }

    fn anchor(&mut self, kind: Kind) {
        let body = self.chain.sync().to_bytes();
        self.put(&Parts::control(kind, &[&body]));
    }

    fn put(&mut self, parts: &Parts<'_>) {
        let Stream { bytes, frames, .. } = &mut self.stream;
        let (kind, start, len) = (parts.kind, bytes.len(), parts.frame_len());
        parts.write(bytes).unwrap();
        let trailer = u32::from_le_bytes(*bytes.last_chunk().unwrap());
        self.chain.add(kind, len, trailer);
        frames.push(Placed { kind, start, len });
    }
}

/// Bytes that look like nothing, and differ by seed.
pub(crate) fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        ((mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB) >> 56) as u8
    };
    (0..len).map(|_| next()).collect()
}

/// Up to `most` items of every kind.
pub(crate) fn items(most: usize) -> impl Strategy<Value = Vec<Item>> {
    let len = prop_oneof![4 => 0..40_usize, 8 => 0..300_usize, 1 => 0..3000_usize];
    let bytes = (any::<u64>(), len).prop_map(|(seed, len)| noise(seed, len));
    let item = prop_oneof![
        16 => bytes.clone().prop_map(Item::Message),
        2 => bytes.clone().prop_map(Item::Batch),
        1 => bytes.clone().prop_map(Item::Dictionary),
        1 => (1..9_u16).prop_map(Item::Schema),
        4 => Just(Item::Sync),
        1 => bytes.prop_map(Item::Unassigned),
    ];
    proptest::collection::vec(item, 0..most)
}

/// A stream of them.
pub(crate) fn stream() -> impl Strategy<Value = Stream> {
    (any::<[u8; 16]>(), items(60)).prop_map(|(id, items)| Stream::new(id, &items))
}
