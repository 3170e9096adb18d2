//! Frames written from their parts (SPEC sections 1 and 2).

use crate::codec::Codec;
use crate::frame::Compressed;
use crate::header::{FLAG_DICT, FLAG_EXT, Header, Kind};
use crate::limits::{HEADER_LEN, TRAILER_LEN};
use crate::schema_key::SchemaKey;
use crate::sink::{CrcSink, LenSink, Sink, SinkFull, SliceSink};

/// Whether compressing to `stored` bytes saves more than its fields cost (SPEC BDY-3).
#[must_use]
pub fn pays(stored: u64, raw_len: u32, dictionary: bool) -> bool {
    let fields = if dictionary { 12 } else { 8 };
    stored.saturating_add(fields) < u64::from(raw_len)
}

/// The parts a frame is written from. Lengths, flags and checksums follow from them.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs, reason = "the layout is fixed by the format")]
pub struct Parts<'a> {
    /// The kind.
    pub kind: Kind,
    /// The schema key; zero on control frames.
    pub key: SchemaKey,
    /// How the payload is stored.
    pub codec: Codec,
    /// What a compressed body says of its payload; given exactly when the codec is not none.
    pub compressed: Option<Compressed>,
    /// The extension block, written by [`crate::extension::write`]; empty for none.
    pub extensions: &'a [u8],
    /// The stored bytes, in pieces.
    pub stored: &'a [&'a [u8]],
}

impl<'a> Parts<'a> {
    /// The parts of a control frame.
    #[must_use]
    pub const fn control(kind: Kind, body: &'a [&'a [u8]]) -> Self {
        Self {
            kind,
            key: SchemaKey::ZERO,
            codec: Codec::NONE,
            compressed: None,
            extensions: &[],
            stored: body,
        }
    }

    /// The parts of a data frame whose payload is stored as it is.
    #[must_use]
    pub const fn plain(
        kind: Kind,
        key: SchemaKey,
        extensions: &'a [u8],
        stored: &'a [&'a [u8]],
    ) -> Self {
        Self { kind, key, codec: Codec::NONE, compressed: None, extensions, stored }
    }

    /// Writes the frame.
    ///
    /// # Errors
    /// [`SinkFull`], also when the body would be longer than u32 can say.
    #[inline]
    pub fn write<S: Sink>(&self, sink: &mut S) -> Result<(), SinkFull> {
        // SPEC [FRM-1]: lengths, flags and checksums are computed from what is written.
        let mut len = LenSink::default();
        self.put_body(&mut len)?;
        let header = Header {
            kind: self.kind,
            codec: self.codec,
            flags: self.flags(),
            key: self.key,
            body_len: u32::try_from(len.len()).map_err(|_| SinkFull)?,
        };
        // SPEC [FRM-14]: the frame's checksum goes on from the header's, and leaves out where that is stored.
        let (bytes, header_crc) = header.bytes_and_crc();
        sink.put(&bytes)?;
        let mut body = CrcSink::new(sink, header_crc);
        self.put_body(&mut body)?;
        let trailer = body.crc();
        sink.put(&trailer.to_le_bytes())
    }

    /// The length of the frame in bytes.
    #[must_use]
    #[inline]
    pub fn frame_len(&self) -> usize {
        let mut len = LenSink::default();
        let body = self.put_body(&mut len).map_or(usize::MAX, |()| len.len());
        body.saturating_add(HEADER_LEN).saturating_add(TRAILER_LEN)
    }

    #[inline]
    fn put_body<S: Sink>(&self, sink: &mut S) -> Result<(), SinkFull> {
        // The fixed fields at once: a checksum costs by the call.
        let mut fields = [0; MAX_FIELDS_LEN];
        let mut fields = SliceSink::new(&mut fields);
        if let Some(compressed) = self.compressed {
            fields.put(&compressed.raw_len.to_le_bytes())?;
            fields.put(&compressed.raw_crc.to_le_bytes())?;
            if let Some(dictionary) = compressed.dictionary {
                fields.put(&dictionary)?;
            }
        }
        // SPEC [EXT-1]: the flag and the block go together.
        if !self.extensions.is_empty() {
            let len = u16::try_from(self.extensions.len()).map_err(|_| SinkFull)?;
            fields.put(&len.to_le_bytes())?;
        }
        let pieces = [fields.written(), self.extensions];
        pieces.iter().filter(|piece| !piece.is_empty()).try_for_each(|piece| sink.put(piece))?;
        self.stored.iter().try_for_each(|piece| sink.put(piece))
    }

    fn flags(&self) -> u8 {
        let dictionary = self.compressed.is_some_and(|compressed| compressed.dictionary.is_some());
        let ext = if self.extensions.is_empty() { 0 } else { FLAG_EXT };
        ext | if dictionary { FLAG_DICT } else { 0 }
    }
}

/// raw_len, raw_crc, dict_id and ext_len.
const MAX_FIELDS_LEN: usize = 14;
