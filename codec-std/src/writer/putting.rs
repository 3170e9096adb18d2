//! Puts frames behind each other: what must stand before one, and the SYNC that is due.

use std::io::Write;

use strictframe_core::control::Sync;
use strictframe_core::{Frame, Kind, Parts, SchemaKey, SliceSink};

use super::StreamWriter;
use super::carried::Before;
use crate::dictionary::Dictionary;
use crate::encoder::{Encoder, Written, check_len};
use crate::error::{EncodeError, StreamError};

impl<W: Write> StreamWriter<W> {
    pub(super) fn write_by(
        &mut self,
        encoder: &mut Encoder,
        encode: impl FnOnce(&mut Encoder, &mut Vec<u8>) -> Result<Written, EncodeError>,
    ) -> Result<(), StreamError> {
        // Where it will stand, behind the SYNC that is due, unless something else must stand before it.
        let gap = self.pending.len();
        let is_sync_due = self.chain.is_sync_due();
        if is_sync_due {
            self.pending.resize(gap + Sync::FRAME_LEN, 0);
        }
        let start = self.pending.len();
        let encoded = encode(encoder, &mut self.pending).map_err(StreamError::from);
        let before = encoded
            .and_then(|written| Ok((self.before_encoded(start, encoder, &written)?, written.kind)));
        let (before, kind) = before.inspect_err(|_| self.pending.truncate(gap))?;
        if before.is_nothing() {
            if is_sync_due {
                self.fill_sync(gap)?;
            }
            return self.count_pending(kind, start);
        }
        let mut frame = core::mem::take(&mut self.frame);
        frame.clear();
        frame.extend_from_slice(self.pending.get(start..).unwrap_or_default());
        self.pending.truncate(gap);
        let put = self.put_behind(before, kind, &frame);
        self.frame = frame;
        put
    }

    /// Writes the SYNC that is due into the gap that was left for it.
    fn fill_sync(&mut self, gap: usize) -> Result<(), StreamError> {
        if self.closed {
            self.pending.truncate(gap);
            return Err(EncodeError::StreamClosed.into());
        }
        let room = self.pending.get_mut(gap..gap + Sync::FRAME_LEN).unwrap_or_default();
        let body = self.chain.sync().to_bytes();
        let mut sink = SliceSink::new(room);
        Parts::control(Kind::SYNC, &[&body]).write(&mut sink).map_err(EncodeError::from)?;
        let trailer = room.last_chunk::<4>().copied().unwrap_or_default();
        self.chain.add(Kind::SYNC, Sync::FRAME_LEN, u32::from_le_bytes(trailer));
        Ok(())
    }

    /// What must stand before the frame that was encoded at `start` of what is pending, if it may stand in this stream.
    fn before_encoded(
        &mut self,
        start: usize,
        encoder: &Encoder,
        written: &Written,
    ) -> Result<Before, StreamError> {
        // SPEC [LIM-1]: the stream's limits may be smaller than the encoder's.
        check_len(written.raw_len as u64, self.limits.raw())?;
        check_len((self.pending.len() - start - Frame::OVERHEAD) as u64, self.limits.body())?;
        let dictionary = encoder.dictionary().filter(|_| written.with_dictionary);
        if let Some(dictionary) = dictionary
            && !self.has_dictionary(dictionary.id())
        {
            self.add_dictionary(dictionary)?;
        }
        self.carried.before(encoder.key(), dictionary.map(Dictionary::id), self.chain.offset())
    }

    pub(super) fn put_data(
        &mut self,
        bytes: &[u8],
        kind: Kind,
        key: SchemaKey,
        dictionary: Option<[u8; 4]>,
    ) -> Result<(), StreamError> {
        let before = self.carried.before(key, dictionary, self.chain.offset())?;
        self.put_behind(before, kind, bytes)
    }

    fn put_behind(&mut self, before: Before, kind: Kind, bytes: &[u8]) -> Result<(), StreamError> {
        if let Some((key, frame)) = before.schema {
            let start = self.put(Kind::SCHEMA, &frame)?;
            self.carried.schema_stands_at(start, key, frame);
        }
        if let Some((id, frame)) = before.dictionary {
            let start = self.put(Kind::DICT, &frame)?;
            self.carried.dictionary_stands_at(start, id, frame);
        }
        self.put(kind, bytes).map(|_| ())
    }

    pub(super) fn put_sync(&mut self, kind: Kind) -> Result<(), StreamError> {
        let sync: Sync = self.chain.sync();
        let mut bytes = Vec::new();
        Parts::control(kind, &[&sync.to_bytes()]).write(&mut bytes).map_err(EncodeError::from)?;
        self.put_unconditionally(kind, &bytes)
    }

    /// Writes a frame, behind a SYNC where one is due, and gives where it starts.
    fn put(&mut self, kind: Kind, bytes: &[u8]) -> Result<u64, StreamError> {
        // SPEC [STR-2]: before whatever would start too far behind the last one.
        if self.chain.is_sync_due() {
            self.put_sync(Kind::SYNC)?;
        }
        let start = self.chain.offset();
        self.put_unconditionally(kind, bytes)?;
        Ok(start)
    }

    pub(super) fn put_unconditionally(
        &mut self,
        kind: Kind,
        bytes: &[u8],
    ) -> Result<(), StreamError> {
        let start = self.pending.len();
        self.pending.extend_from_slice(bytes);
        self.count_pending(kind, start)
    }

    /// Counts the frame that begins at `start` of what is pending, and is its last.
    fn count_pending(&mut self, kind: Kind, start: usize) -> Result<(), StreamError> {
        if self.closed {
            self.pending.truncate(start);
            return Err(EncodeError::StreamClosed.into());
        }
        let trailer = self.pending.last_chunk::<4>().copied().unwrap_or_default();
        self.chain.add(kind, self.pending.len() - start, u32::from_le_bytes(trailer));
        if self.pending.len() >= PIECE { self.hand_over() } else { Ok(()) }
    }

    pub(super) fn hand_over(&mut self) -> Result<(), StreamError> {
        if self.closed {
            return Err(EncodeError::StreamClosed.into());
        }
        let written = self.sink.write_all(&self.pending);
        // What reached the sink of a failed write is not known: the stream is left as it is.
        self.closed = written.is_err();
        self.pending.clear();
        Ok(written?)
    }
}

/// Frames are handed to the sink in pieces of at least this many bytes.
const PIECE: usize = 64 << 10;
