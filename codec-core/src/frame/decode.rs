//! From a verified frame to its records, without a guess (SPEC sections 4 to 7).

use super::{Compressed, Content, Frame};
use crate::batch::Batch;
use crate::checksum;
use crate::codec::{Codec, Decompress};
use crate::error::{Error, ErrorKind};
use crate::header::Kind;
use crate::judgement::Outcome;
use crate::reader::Reader;
use crate::records::{Decoded, Records, Room};
use crate::schema_key::SchemaKey;
use crate::{lz4, zstd};

impl<'a> Frame<'a> {
    /// Decodes the records, in the second part of the order of SPEC ERR-1.
    ///
    /// `judge` decides on the schema key, and is `|_| Ok(None)` where no judgement is made. A compressed payload is written into `room`; any other is given as it lies in the frame.
    ///
    /// # Errors
    /// `UnknownCritical`, `UnexpectedKind`, what `judge` refuses, `UnknownDictionary`, `CodecUnavailable`, `CodecProfile`, `LimitExceeded` when `room` is smaller than the payload, `Decompress`, `RawCrc`, `BatchStructure`.
    #[inline]
    pub fn decode<'b, D: Decompress, R: Room + ?Sized>(
        &self,
        judge: impl FnOnce(&SchemaKey) -> Result<Option<Outcome>, ErrorKind>,
        codecs: &mut D,
        room: &'b mut R,
    ) -> Result<Decoded<'b>, Error>
    where
        'a: 'b,
    {
        self.check_data()?;
        // SPEC [JDG-1, JDG-4]: the judge is the registry's, or there is none.
        let outcome = judge(&self.header.key).map_err(|kind| kind.at(4))?;
        let payload = self.payload(codecs, room)?;
        let records = self.records(payload)?;
        Ok(Decoded { frame: *self, outcome, payload, records })
    }

    #[inline]
    fn payload<'b, D: Decompress, R: Room + ?Sized>(
        &self,
        codecs: &mut D,
        room: &'b mut R,
    ) -> Result<&'b [u8], Error>
    where
        'a: 'b,
    {
        let Content::Data { compressed, stored, .. } = self.content else {
            return Err(ErrorKind::UnexpectedKind.at(2));
        };
        match compressed {
            None => Ok(stored),
            Some(compressed) => self.decompress(compressed, stored, codecs, room),
        }
    }

    fn decompress<'b, D: Decompress, R: Room + ?Sized>(
        &self,
        compressed: Compressed,
        stored: &[u8],
        codecs: &mut D,
        room: &'b mut R,
    ) -> Result<&'b [u8], Error> {
        let codec = self.header.codec;
        // SPEC [DIC-1]: named or refused, before anything else is asked of the codec.
        if compressed.dictionary.is_some_and(|id| !codecs.has_dictionary(id)) {
            return Err(ErrorKind::UnknownDictionary.at(36));
        }
        // SPEC [COD-1]: an assigned codec may be missing from a build.
        if !codecs.has_codec(codec) {
            return Err(ErrorKind::CodecUnavailable.at(3));
        }
        let stored_offset = self.stored_offset();
        // SPEC [COD-3, COD-4]: no library is strict by itself; this comes before it is called.
        let in_profile = match codec {
            Codec::ZSTD => zstd::is_in_profile(stored, compressed.raw_len),
            _ => lz4::is_in_profile(stored, compressed.raw_len),
        };
        if !in_profile {
            return Err(ErrorKind::CodecProfile.at(stored_offset));
        }
        let raw_len = usize::try_from(compressed.raw_len).unwrap_or(usize::MAX);
        let output = room.room(raw_len).map_err(|limit| {
            let declared = u64::from(compressed.raw_len);
            ErrorKind::LimitExceeded { declared, limit }.at(28)
        })?;
        // SPEC [COD-5]: exactly raw_len bytes out and everything consumed, or nothing.
        codecs
            .decompress(codec, compressed.dictionary, stored, output)
            .map_err(|_| ErrorKind::Decompress.at(stored_offset))?;
        // SPEC [COD-6]: the second net, under a wrong dictionary or a codec's own fault.
        if checksum::crc32c(output) != compressed.raw_crc {
            return Err(ErrorKind::RawCrc.at(32));
        }
        Ok(output)
    }

    #[inline]
    fn records<'b>(&self, payload: &'b [u8]) -> Result<Records<'b>, Error> {
        if self.header.kind != Kind::BATCH {
            return Ok(Records::One(payload));
        }
        // SPEC [BAT-3]: what the extension promised to those who do not decompress is true; farther left than any size.
        let count = Reader::new(payload, 0).read_u32();
        if self.extensions().item_count().is_some_and(|promised| count != Some(promised)) {
            return Err(ErrorKind::BatchStructure.in_raw(0));
        }
        Batch::parse(payload).map(Records::Batch)
    }
}
