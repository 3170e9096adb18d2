//! rmp-serde: MessagePack, a map of one field here; no integrity, for reference.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use strictframe_benches::Fault;
use strictframe_benches::contestant::{Card, Contestant, Group, Packing, Taken};
use strictframe_benches::corpus::Record;

use super::{card, one};

#[derive(Deserialize, Serialize)]
struct Wrapped<'a> {
    #[serde(borrow, with = "serde_bytes")]
    payload: &'a [u8],
}

/// Written into the caller's buffer as bytes, not as an array of numbers, and borrowed when read: the least it can do.
pub(super) struct MessagePack;

impl Contestant for MessagePack {
    fn card(&self) -> Card {
        card("rmp-serde", Packing::Plain, Group::Single, false)
    }

    fn encode(&mut self, records: &[Record], out: &mut Vec<u8>) -> Result<(), Fault> {
        let wrapped = Wrapped { payload: &one(records)?.protobuf };
        Ok(rmp_serde::encode::write_named(out, &wrapped)?)
    }

    fn decode(&mut self, bytes: &Bytes, take: &mut dyn FnMut(Taken<'_>)) -> Result<(), Fault> {
        let wrapped: Wrapped<'_> = rmp_serde::from_slice(bytes)?;
        take(Taken::Bytes(wrapped.payload));
        Ok(())
    }
}
