//! The framing of DashStream as it is today, at its default: one byte, zstd at level 3 above 512 bytes, nothing checked.

use bytes::Bytes;
use prost::Message as _;
use prost::encoding::message;
use zstd_safe::{CCtx, DCtx};

use crate::Fault;
use crate::contestant::{Card, Carries, Contestant, Group, Packing, Taken};
use crate::corpus::Record;
use crate::event::{DashStreamMessage, Event};

/// Today's framing.
#[derive(Clone, Copy, Debug)]
pub struct DashStream;

impl Contestant for DashStream {
    fn card(&self) -> Card {
        Card {
            name: "DashStream today".to_owned(),
            packing: Packing::Zstd,
            carries: Carries::Events,
            group: Group::Single,
            is_checked: false,
        }
    }

    fn encode(&mut self, records: &[Record], out: &mut Vec<u8>) -> Result<(), Fault> {
        records.iter().try_for_each(|record| encode(&record.event, out))
    }

    fn decode(&mut self, bytes: &Bytes, take: &mut dyn FnMut(Taken<'_>)) -> Result<(), Fault> {
        let message = match bytes.split_first() {
            Some((0, protobuf)) => DashStreamMessage::decode(protobuf)?,
            Some((1, compressed)) => DashStreamMessage::decode(decompress(compressed)?.as_slice())?,
            _ => return Err("neither 0 nor 1".into()),
        };
        let mut event = message.event.ok_or("no event")?;
        if let Some(header) = &mut event.header {
            // Only so that it compares equal to what went in.
            header.compression = 0;
        }
        take(Taken::Event(&event));
        Ok(())
    }
}

/// Serialized and compressed once to see whether that pays, then marked, serialized and compressed again.
fn encode(event: &Event, out: &mut Vec<u8>) -> Result<(), Fault> {
    let plain = serialized(event);
    if plain.len() > THRESHOLD && compressed(&plain)?.len() < plain.len() {
        let mut marked = event.clone();
        if let Some(header) = &mut marked.header {
            header.compression = 1;
        }
        out.push(1);
        out.extend_from_slice(&compressed(&serialized(&marked))?);
    } else {
        out.push(0);
        out.extend_from_slice(&plain);
    }
    Ok(())
}

/// What `DashStreamMessage::encode_to_vec` gives, without a copy of the event to put into one.
fn serialized(event: &Event) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(message::encoded_len(1, event));
    message::encode(1, event, &mut bytes);
    bytes
}

/// A new context each time, as the bulk functions of the crate `zstd` make it.
fn compressed(plain: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::with_capacity(zstd_safe::compress_bound(plain.len()));
    let mut context = CCtx::create();
    context.compress(&mut bytes, plain, LEVEL).map_err(zstd_safe::get_error_name)?;
    Ok(bytes)
}

fn decompress(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let len = zstd_safe::get_frame_content_size(bytes).map_err(|_| "not a zstd frame")?;
    let len = usize::try_from(len.ok_or("no content size")?)?;
    if len > MOST {
        return Err("too large".into());
    }
    let mut plain = Vec::with_capacity(len);
    DCtx::create().decompress(&mut plain, bytes).map_err(zstd_safe::get_error_name)?;
    Ok(plain)
}

const THRESHOLD: usize = 512;
const LEVEL: i32 = 3;
const MOST: usize = 10 << 20;
