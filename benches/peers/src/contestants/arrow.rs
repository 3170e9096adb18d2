//! Arrow's IPC stream: columns of a batch behind a flatbuffer that describes them; no integrity, for reference.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_array::builder::BinaryBuilder;
use arrow_array::cast::AsArray as _;
use arrow_buffer::Buffer;
use arrow_ipc::CompressionType;
use arrow_ipc::reader::StreamDecoder;
use arrow_ipc::writer::{IpcWriteOptions, StreamWriter};
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use strictframe_benches::Fault;
use strictframe_benches::contestant::{Card, Contestant, Group, Packing, Taken};
use strictframe_benches::corpus::Record;

use super::{FILE, LEVEL, card};

/// One column of bytes, one batch per file, built with all its room at once. Read from a shared buffer, of which uncompressed columns are a part and no copy.
pub(super) struct Ipc {
    packing: Packing,
    schema: Arc<Schema>,
    options: IpcWriteOptions,
}

impl Ipc {
    pub(super) fn new(packing: Packing) -> Result<Self, Fault> {
        let schema = Arc::new(Schema::new(vec![Field::new("event", DataType::Binary, false)]));
        let (compression, level) = match packing {
            Packing::Plain => (None, None),
            Packing::Lz4 => (Some(CompressionType::LZ4_FRAME), None),
            Packing::Zstd | Packing::ZstdDictionary => (Some(CompressionType::ZSTD), Some(LEVEL)),
        };
        let options = IpcWriteOptions::default()
            .try_with_compression(compression)?
            .try_with_compression_level(level)?;
        Ok(Self { packing, schema, options })
    }
}

impl Contestant for Ipc {
    fn card(&self) -> Card {
        card("arrow-ipc", self.packing, Group::Of(FILE), false)
    }

    fn encode(&mut self, records: &[Record], out: &mut Vec<u8>) -> Result<(), Fault> {
        let len = records.iter().map(|record| record.protobuf.len()).sum();
        let mut column = BinaryBuilder::with_capacity(records.len(), len);
        for record in records {
            column.append_value(&record.protobuf);
        }
        let batch = RecordBatch::try_new(self.schema.clone(), vec![Arc::new(column.finish())])?;
        let options = self.options.clone();
        let mut writer = StreamWriter::try_new_with_options(out, &self.schema, options)?;
        writer.write(&batch)?;
        Ok(writer.finish()?)
    }

    fn decode(&mut self, bytes: &Bytes, take: &mut dyn FnMut(Taken<'_>)) -> Result<(), Fault> {
        let mut decoder = StreamDecoder::new();
        let mut buffer = Buffer::from(bytes.clone());
        while !buffer.is_empty() {
            if let Some(batch) = decoder.decode(&mut buffer)? {
                let column =
                    batch.columns().first().and_then(|column| column.as_binary_opt::<i32>());
                for payload in column.ok_or("no column of bytes")?.iter() {
                    take(Taken::Bytes(payload.ok_or("a record without a value")?));
                }
            }
        }
        Ok(decoder.finish()?)
    }
}
