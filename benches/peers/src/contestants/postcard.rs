//! postcard: a serde format of a field's bytes alone, with a CRC-32C behind them on request.

use bytes::Bytes;
use crc::{CRC_32_ISCSI, Crc};
use serde::{Deserialize, Serialize};
use strictframe::core::checksum::crc32c;
use strictframe_benches::Fault;
use strictframe_benches::contestant::{Card, Contestant, Group, Packing, Taken};
use strictframe_benches::corpus::Record;

use super::{card, one};

#[derive(Deserialize, Serialize)]
struct Wrapped<'a> {
    #[serde(borrow, with = "serde_bytes")]
    payload: &'a [u8],
}

/// Its own CRC flavour, as documented: the slice functions allocate nothing, and the payload is borrowed when read.
#[derive(Default)]
pub(super) struct Flavoured {
    room: Vec<u8>,
}

impl Contestant for Flavoured {
    fn card(&self) -> Card {
        card("postcard, use-crc", Packing::Plain, Group::Single, true)
    }

    fn encode(&mut self, records: &[Record], out: &mut Vec<u8>) -> Result<(), Fault> {
        let wrapped = Wrapped { payload: &one(records)?.protobuf };
        let room = room(&mut self.room, wrapped.payload.len());
        out.extend_from_slice(postcard::to_slice_crc32(&wrapped, room, CRC.digest())?);
        Ok(())
    }

    fn decode(&mut self, bytes: &Bytes, take: &mut dyn FnMut(Taken<'_>)) -> Result<(), Fault> {
        let wrapped: Wrapped<'_> = postcard::from_bytes_crc32(bytes, CRC.digest())?;
        take(Taken::Bytes(wrapped.payload));
        Ok(())
    }
}

/// The same bytes, with the CRC taken over the whole message at once by the code that strictframe takes it by.
///
/// The flavour above is shown one byte at a time and has a table of one row; this is what a user who minds would write instead.
#[derive(Default)]
pub(super) struct Appended {
    room: Vec<u8>,
}

impl Contestant for Appended {
    fn card(&self) -> Card {
        card("postcard, CRC at once", Packing::Plain, Group::Single, true)
    }

    fn encode(&mut self, records: &[Record], out: &mut Vec<u8>) -> Result<(), Fault> {
        let wrapped = Wrapped { payload: &one(records)?.protobuf };
        let room = room(&mut self.room, wrapped.payload.len());
        let written = postcard::to_slice(&wrapped, room)?;
        out.extend_from_slice(written);
        out.extend_from_slice(&crc32c(written).to_le_bytes());
        Ok(())
    }

    fn decode(&mut self, bytes: &Bytes, take: &mut dyn FnMut(Taken<'_>)) -> Result<(), Fault> {
        let (written, crc) = bytes.split_last_chunk::<4>().ok_or("no room for a checksum")?;
        if crc32c(written) != u32::from_le_bytes(*crc) {
            return Err("the checksum does not match".into());
        }
        let wrapped: Wrapped<'_> = postcard::from_bytes(written)?;
        take(Taken::Bytes(wrapped.payload));
        Ok(())
    }
}

fn room(room: &mut Vec<u8>, payload: usize) -> &mut [u8] {
    // A length of ten bytes at most, and the checksum.
    let needed = payload + 14;
    if room.len() < needed {
        room.resize(needed, 0);
    }
    room
}

static CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISCSI);

#[cfg(test)]
mod tests {
    use super::*;
    use strictframe_benches::corpus::Corpus;

    #[test]
    fn both_ways_write_the_same_bytes() {
        let (mut flavoured, mut appended) = (Flavoured::default(), Appended::default());
        for record in Corpus::made_agent_runs().records.chunks(1).take(100) {
            let (mut a, mut b) = (Vec::new(), Vec::new());
            flavoured.encode(record, &mut a).unwrap();
            appended.encode(record, &mut b).unwrap();
            assert_eq!(a, b);
        }
    }
}
