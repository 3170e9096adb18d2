//! strictframe's own stream files: the same frames, and marks between them by which nothing can be lost, added or moved unseen.

use bytes::Bytes;
use strictframe::{
    CodecChoice, CompressionPolicy, Descriptor, Encoder, Limits, Profile, Registry, SchemaPolicy,
    SliceReader, StreamOptions, StreamWriter,
};
use strictframe_benches::Fault;
use strictframe_benches::contestant::{Card, Carries, Contestant, Group, Packing, Taken};
use strictframe_benches::contestants;
use strictframe_benches::corpus::Record;

use super::{FILE, STREAM_OF_MESSAGES, stream_name};

/// A frame holds `batch` records, or one.
pub(super) struct Stream {
    packing: Packing,
    batch: usize,
    schema: Descriptor,
    registry: Registry,
    encoder: Encoder,
}

impl Stream {
    pub(super) fn new(packing: Packing, batch: usize) -> Result<Self, Fault> {
        let schema = contestants::schema()?;
        let codec = match packing {
            Packing::Plain => CodecChoice::None,
            Packing::Lz4 => CodecChoice::Lz4,
            Packing::Zstd | Packing::ZstdDictionary => CodecChoice::Zstd,
        };
        let policy = CompressionPolicy::new(codec);
        let encoder = Encoder::builder(schema.key()).policy(policy).build()?;
        let registry = Registry::new().with_schema(&schema)?;
        Ok(Self { packing, batch, schema, registry, encoder })
    }
}

impl Contestant for Stream {
    fn card(&self) -> Card {
        let name = match self.batch {
            1 => STREAM_OF_MESSAGES.to_owned(),
            _ => stream_name(self.packing),
        };
        let (packing, carries, group) = (self.packing, Carries::Bytes, Group::Of(FILE));
        Card { name, packing, carries, group, is_checked: true }
    }

    fn encode(&mut self, records: &[Record], out: &mut Vec<u8>) -> Result<(), Fault> {
        let mut writer = StreamWriter::create(out, StreamOptions::default())?;
        writer.add_schema(&self.schema)?;
        if self.batch == 1 {
            for record in records {
                writer.write(&mut self.encoder, &record.protobuf, &[])?;
            }
        } else {
            for records in records.chunks(self.batch) {
                writer.write_batch(&mut self.encoder, records, &[])?;
            }
        }
        writer.finish()?;
        Ok(())
    }

    fn decode(&mut self, bytes: &Bytes, take: &mut dyn FnMut(Taken<'_>)) -> Result<(), Fault> {
        let (registry, policy) = (self.registry.clone(), SchemaPolicy::default());
        let mut reader = SliceReader::new(bytes, Limits::DEFAULT, Profile::SelfContained)
            .judged_by(registry, policy);
        while let Some(frame) = reader.next_frame()? {
            if let Some(decoded) = frame.decoded {
                decoded.records.iter().for_each(|record| take(Taken::Bytes(record)));
            }
        }
        Ok(())
    }
}
