//! TFRecord: length, its masked CRC-32C, data, its masked CRC-32C; written here, since the format is these four fields.
//!
//! The crate `tfrecord` takes its checksums from a table of one row and copies every record; this code takes them from where strictframe does
//! and copies nothing when reading, so the format stands here at its best.

use bytes::Bytes;
use strictframe::core::checksum::crc32c;
use strictframe_benches::Fault;
use strictframe_benches::contestant::{Card, Contestant, Group, Packing, Taken};
use strictframe_benches::corpus::Record;

use super::{TFRECORD, card};

pub(super) struct TfRecord {
    group: Group,
}

impl TfRecord {
    pub(super) const fn new(group: Group) -> Self {
        Self { group }
    }
}

impl Contestant for TfRecord {
    fn card(&self) -> Card {
        let name = if self.group == Group::Single { "tfrecord, one record" } else { TFRECORD };
        card(name, Packing::Plain, self.group, true)
    }

    fn encode(&mut self, records: &[Record], out: &mut Vec<u8>) -> Result<(), Fault> {
        for Record { protobuf, .. } in records {
            let len = (protobuf.len() as u64).to_le_bytes();
            out.extend_from_slice(&len);
            out.extend_from_slice(&masked_crc(&len).to_le_bytes());
            out.extend_from_slice(protobuf);
            out.extend_from_slice(&masked_crc(protobuf).to_le_bytes());
        }
        Ok(())
    }

    fn decode(&mut self, bytes: &Bytes, take: &mut dyn FnMut(Taken<'_>)) -> Result<(), Fault> {
        let mut rest = bytes.as_ref();
        while !rest.is_empty() {
            let (len, behind) = rest.split_first_chunk::<8>().ok_or("the length is cut short")?;
            let behind = behind_crc(len, behind)?;
            let len = usize::try_from(u64::from_le_bytes(*len))?;
            let (data, behind) = behind.split_at_checked(len).ok_or("the data is cut short")?;
            rest = behind_crc(data, behind)?;
            take(Taken::Bytes(data));
        }
        Ok(())
    }
}

/// What lies behind the checksum of `data`, which stands at the start of `behind`.
fn behind_crc<'a>(data: &[u8], behind: &'a [u8]) -> Result<&'a [u8], Fault> {
    let (crc, behind) = behind.split_first_chunk::<4>().ok_or("a checksum is cut short")?;
    if masked_crc(data) == u32::from_le_bytes(*crc) {
        Ok(behind)
    } else {
        Err("a checksum does not match".into())
    }
}

fn masked_crc(data: &[u8]) -> u32 {
    crc32c(data).rotate_right(15).wrapping_add(0xA282_EAD8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_rotated_and_has_the_constant_added() {
        // CRC-32C of "123456789" is E306_9283; rotated by 15 bits 2507_C60D.
        assert_eq!(masked_crc(b"123456789"), 0x2507_C60D_u32.wrapping_add(0xA282_EAD8));
    }
}
