//! Prost and two checksums, with nothing else around them: what no frame of this format can be faster than.

use bytes::Bytes;
use prost::Message as _;
use strictframe::core::checksum;

use crate::Fault;
use crate::contestant::{Card, Carries, Contestant, Group, Packing, Taken};
use crate::corpus::Record;
use crate::event::Event;

/// 24 bytes and their checksum, the record, and the checksum of both.
#[derive(Clone, Debug, Default)]
pub struct Bare {
    payload: Vec<u8>,
}

impl Contestant for Bare {
    fn card(&self) -> Card {
        Card {
            name: "prost and two checksums".to_owned(),
            packing: Packing::Plain,
            carries: Carries::Events,
            group: Group::Single,
            is_checked: true,
        }
    }

    fn encode(&mut self, records: &[Record], out: &mut Vec<u8>) -> Result<(), Fault> {
        for record in records {
            self.payload.clear();
            record.event.encode(&mut self.payload)?;
            let crc = checksum::crc32c(&HEAD);
            out.extend_from_slice(&HEAD);
            out.extend_from_slice(&crc.to_le_bytes());
            out.extend_from_slice(&self.payload);
            out.extend_from_slice(&checksum::append(crc, &self.payload).to_le_bytes());
        }
        Ok(())
    }

    fn decode(&mut self, bytes: &Bytes, take: &mut dyn FnMut(Taken<'_>)) -> Result<(), Fault> {
        take(Taken::Event(&Event::decode(checked(bytes)?)?));
        Ok(())
    }
}

/// The bytes between, if both checksums match. The 24 bytes may be any: it does for a frame as well.
///
/// # Errors
/// When one does not match, or the bytes are too few.
pub fn checked(bytes: &[u8]) -> Result<&[u8], Fault> {
    let parts = bytes.split_first_chunk::<24>().and_then(|(head, rest)| {
        let (crc, rest) = rest.split_first_chunk()?;
        let (body, trailer) = rest.split_last_chunk()?;
        Some((head, u32::from_le_bytes(*crc), body, u32::from_le_bytes(*trailer)))
    });
    let (head, crc, body, trailer) = parts.ok_or("too short")?;
    if checksum::crc32c(head) != crc || checksum::append(crc, body) != trailer {
        return Err("a checksum does not match".into());
    }
    Ok(body)
}

const HEAD: [u8; 24] = *b"twenty-four bytes before";
