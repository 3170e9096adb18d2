//! Where a stream stands: what its next SYNC or END says (SPEC sections 8 and 9). Writers, readers and recovery count with it.

use crate::checksum;
use crate::control::Sync;
use crate::error::{Error, ErrorKind};
use crate::header::Kind;
use crate::limits::SYNC_DISTANCE;

/// Counts the frames of one stream.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Chain {
    stream_id: [u8; 16],
    offset: u64,
    last_sync: Option<u64>,
    count: u64,
    crc: u32,
}

impl Chain {
    /// A stream without a frame yet.
    #[must_use]
    pub const fn new(stream_id: [u8; 16]) -> Self {
        Self { stream_id, offset: 0, last_sync: None, count: 0, crc: 0 }
    }

    /// The stream as it stood before the SYNC or END with this body.
    #[must_use]
    pub const fn resumed(sync: &Sync) -> Self {
        let last_sync = if sync.previous == Sync::NONE { None } else { Some(sync.previous) };
        let Sync { stream_id, own_offset, count, chain_crc, .. } = *sync;
        Self { stream_id, offset: own_offset, last_sync, count, crc: chain_crc }
    }

    /// Counts a frame of that kind, length in bytes, and trailer.
    pub fn add(&mut self, kind: Kind, frame_len: usize, trailer: u32) {
        if kind == Kind::SYNC {
            self.last_sync = Some(self.offset);
        }
        if kind.is_data() {
            self.count = self.count.saturating_add(1);
        }
        self.crc = checksum::append(self.crc, &trailer.to_le_bytes());
        self.offset = self.offset.saturating_add(u64::try_from(frame_len).unwrap_or(u64::MAX));
    }

    /// What a SYNC or END that is written now says.
    #[must_use]
    pub fn sync(&self) -> Sync {
        // SPEC [STR-1]: the first says 0, none, 0, 0; END's previous offset is the last SYNC's.
        Sync {
            stream_id: self.stream_id,
            own_offset: self.offset,
            previous: self.last_sync.unwrap_or(Sync::NONE),
            count: self.count,
            chain_crc: self.crc,
        }
    }

    /// Whether a frame other than a SYNC must not start here.
    #[must_use]
    pub fn is_sync_due(&self) -> bool {
        // SPEC [STR-2, STR-7]: 64 KiB after the start of the last SYNC, and before the first.
        self.last_sync.is_none_or(|last| self.offset.saturating_sub(last) >= SYNC_DISTANCE)
    }

    /// Refuses a SYNC or END that does not say what it should; the offset is from the frame's start.
    ///
    /// # Errors
    /// `StreamEdited` at the first field that differs.
    pub fn check(&self, said: &Sync) -> Result<(), Error> {
        // SPEC [STR-6]: the first field that differs, in their order.
        let due = self.sync();
        let fields = [
            (due.stream_id == said.stream_id, 28_u64),
            (due.own_offset == said.own_offset, 44),
            (due.previous == said.previous, 52),
            (due.count == said.count, 60),
            (due.chain_crc == said.chain_crc, 68),
        ];
        match fields.iter().find(|(fits, _)| !fits) {
            Some((_, field)) => Err(ErrorKind::StreamEdited.at(*field)),
            None => Ok(()),
        }
    }

    /// The stream's id.
    #[must_use]
    pub const fn stream_id(&self) -> [u8; 16] {
        self.stream_id
    }

    /// Where the next frame starts, from the stream's start.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// The data frames counted.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_resumed_as_it_stood_wherever_a_sync_could_say_it() {
        // SPEC [STR-1, STR-6]: what a SYNC says is all there is to know.
        let mut chain = Chain::new([7; 16]);
        let frames = [(Kind::SYNC, 80), (Kind::MESSAGE, 40), (Kind::SYNC, 80), (Kind::SCHEMA, 90)];
        for (trailer, (kind, len)) in (1_u32..).zip(frames) {
            assert_eq!(Chain::resumed(&chain.sync()), chain);
            assert!(chain.check(&chain.sync()).is_ok());
            chain.add(kind, len, trailer);
        }
        assert_eq!((chain.offset(), chain.count(), chain.sync().previous), (290, 1, 120));
        assert_eq!((chain.stream_id(), chain.is_sync_due()), ([7; 16], false));
        assert_eq!(Chain::resumed(&chain.sync()), chain);
        chain.add(Kind::BATCH, 120 + usize::try_from(SYNC_DISTANCE).unwrap() - 290 - 1, 9);
        assert!(!chain.is_sync_due());
        chain.add(Kind::BATCH, 1, 9);
        assert!(chain.is_sync_due());
    }
}
