//! Kafka record batches, version 2: a header of 61 bytes with a CRC-32C over everything behind it, and records as varints and bytes.

use std::cell::RefCell;

use bytes::{Buf as _, Bytes, BytesMut};
use kafka_protocol::indexmap::IndexMap;
use kafka_protocol::records::{
    Compression, NO_PARTITION_LEADER_EPOCH, NO_PRODUCER_EPOCH, NO_PRODUCER_ID, RecordBatchDecoder,
    RecordBatchEncoder, RecordEncodeOptions, TimestampType,
};
use strictframe_benches::Fault;
use strictframe_benches::contestant::{Card, Contestant, Group, Packing, Taken};
use strictframe_benches::corpus::Record;
use zstd::bulk::{Compressor, Decompressor};

use super::{LEVEL, card};

/// Values are shared and not copied on the way in, and lie in the batch on the way out, which is why everything here is [`Bytes`].
/// Uncompressed batches go the crate's own way. For the others it makes a new context per batch, and takes LZ4 at level 4, which is slow;
/// it lets its users bring their own functions instead, and these keep their contexts and take LZ4's fast level.
pub(super) struct RecordBatch {
    packing: Packing,
    group: Group,
    records: Vec<kafka_protocol::records::Record>,
    compressor: RefCell<Compressor<'static>>,
    decompressor: RefCell<Decompressor<'static>>,
}

impl RecordBatch {
    pub(super) fn new(packing: Packing, group: Group) -> Result<Self, Fault> {
        let compressor = RefCell::new(Compressor::new(LEVEL)?);
        let decompressor = RefCell::new(Decompressor::new()?);
        Ok(Self { packing, group, records: Vec::new(), compressor, decompressor })
    }

    fn compression(&self) -> Compression {
        match self.packing {
            Packing::Plain => Compression::None,
            Packing::Lz4 => Compression::Lz4,
            Packing::Zstd | Packing::ZstdDictionary => Compression::Zstd,
        }
    }
}

impl Contestant for RecordBatch {
    fn card(&self) -> Card {
        let name = if self.group == Group::Single { "kafka, one record" } else { "kafka batch" };
        card(name, self.packing, self.group, true)
    }

    fn encode(&mut self, records: &[Record], out: &mut Vec<u8>) -> Result<(), Fault> {
        let compression = self.compression();
        let options = RecordEncodeOptions { version: 2, compression };
        self.records.clear();
        self.records.extend(records.iter().zip(0..).map(|(record, n)| record_of(record, n)));
        if compression == Compression::None {
            return Ok(RecordBatchEncoder::encode(out, &self.records, &options)?);
        }
        let compress = |raw: &mut BytesMut, out: &mut Vec<u8>, compression| {
            if compression == Compression::Lz4 {
                return Ok(lz4(raw, out)?);
            }
            let start = out.len();
            out.resize(start + zstd::zstd_safe::compress_bound(raw.len()), 0);
            let room = out.get_mut(start..).unwrap_or_default();
            let written = self.compressor.borrow_mut().compress_to_buffer(raw, room)?;
            out.truncate(start + written);
            Ok(())
        };
        let records = &self.records;
        RecordBatchEncoder::encode_with_custom_compression(out, records, &options, Some(compress))?;
        Ok(())
    }

    fn decode(&mut self, bytes: &Bytes, take: &mut dyn FnMut(Taken<'_>)) -> Result<(), Fault> {
        let mut bytes = bytes.clone();
        let set = if self.packing == Packing::Plain {
            RecordBatchDecoder::decode(&mut bytes)?
        } else {
            let decompress = |stored: &mut Bytes, compression| match compression {
                Compression::None => Ok(stored.clone()),
                Compression::Lz4 => Ok(unlz4(stored)?),
                _ => {
                    let len = zstd::zstd_safe::get_frame_content_size(stored).ok().flatten();
                    let len = usize::try_from(len.unwrap_or_default())?.min(LARGEST);
                    Ok(Bytes::from(self.decompressor.borrow_mut().decompress(stored, len)?))
                }
            };
            RecordBatchDecoder::decode_with_custom_compression(&mut bytes, Some(decompress))?
        };
        if bytes.has_remaining() {
            return Err("bytes behind the batch".into());
        }
        for record in &set.records {
            take(Taken::Bytes(record.value.as_deref().ok_or("a record without a value")?));
        }
        Ok(())
    }
}

fn record_of(record: &Record, n: i32) -> kafka_protocol::records::Record {
    kafka_protocol::records::Record {
        transactional: false,
        control: false,
        delete_horizon: false,
        partition_leader_epoch: NO_PARTITION_LEADER_EPOCH,
        producer_id: NO_PRODUCER_ID,
        producer_epoch: NO_PRODUCER_EPOCH,
        timestamp_type: TimestampType::Creation,
        offset: i64::from(n),
        // One batch needs the distance of both to stay the same.
        sequence: n,
        timestamp: 1_754_795_546_500 + i64::from(n),
        key: None,
        value: Some(record.protobuf.clone()),
        headers: IndexMap::new(),
    }
}

/// Kafka takes the frame format of LZ4, with independent blocks.
fn lz4(raw: &[u8], out: &mut Vec<u8>) -> std::io::Result<()> {
    let builder = lz4::EncoderBuilder::new();
    let mut encoder = { builder }.block_mode(lz4::BlockMode::Independent).build(out)?;
    std::io::Write::write_all(&mut encoder, raw)?;
    encoder.finish().1
}

fn unlz4(stored: &[u8]) -> std::io::Result<Bytes> {
    let mut raw = Vec::with_capacity(stored.len() * 4);
    std::io::Read::read_to_end(&mut lz4::Decoder::new(stored)?, &mut raw)?;
    Ok(Bytes::from(raw))
}

/// What a batch may decompress to.
const LARGEST: usize = 16 << 20;
