//! Prost alone: no frame, no checksum. What everything else adds to.

use bytes::Bytes;
use prost::Message as _;

use crate::Fault;
use crate::contestant::{Card, Carries, Contestant, Group, Packing, Taken};
use crate::corpus::Record;
use crate::event::Event;

/// Prost, one record at a time.
#[derive(Clone, Copy, Debug)]
pub struct ProstAlone;

impl Contestant for ProstAlone {
    fn card(&self) -> Card {
        Card {
            name: "prost alone".to_owned(),
            packing: Packing::Plain,
            carries: Carries::Events,
            group: Group::Single,
            is_checked: false,
        }
    }

    fn encode(&mut self, records: &[Record], out: &mut Vec<u8>) -> Result<(), Fault> {
        records.iter().try_for_each(|record| Ok(record.event.encode(out)?))
    }

    fn decode(&mut self, bytes: &Bytes, take: &mut dyn FnMut(Taken<'_>)) -> Result<(), Fault> {
        take(Taken::Event(&Event::decode(bytes.as_ref())?));
        Ok(())
    }
}
