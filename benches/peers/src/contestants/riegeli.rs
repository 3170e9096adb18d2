//! Riegeli: a file of chunks, each with HighwayHash over its header and its data.

use std::io::Cursor;

use bytes::Bytes;
use riegeli::{CompressionType, ReaderOptions, RecordReader, RecordWriter, WriterOptions};
use strictframe_benches::Fault;
use strictframe_benches::contestant::{Card, Contestant, Group, Packing, Taken};
use strictframe_benches::corpus::Record;

use super::{FILE, LEVEL, card};

/// Simple chunks of the default size, which are the fast ones; the transposed kind trades time for size. The crate gives every record as a new vector and has no way to borrow it.
pub(super) struct Riegeli {
    packing: Packing,
}

impl Riegeli {
    pub(super) const fn new(packing: Packing) -> Self {
        Self { packing }
    }
}

impl Contestant for Riegeli {
    fn card(&self) -> Card {
        card("riegeli", self.packing, Group::Of(FILE), true)
    }

    fn encode(&mut self, records: &[Record], out: &mut Vec<u8>) -> Result<(), Fault> {
        let options = match self.packing {
            Packing::Zstd => {
                WriterOptions::new().compression(CompressionType::Zstd).compression_level(LEVEL)
            }
            _ => WriterOptions::new().compression(CompressionType::None),
        };
        let mut writer = RecordWriter::new(out, options)?;
        for record in records {
            writer.write_record(&record.protobuf)?;
        }
        Ok(writer.close()?)
    }

    fn decode(&mut self, bytes: &Bytes, take: &mut dyn FnMut(Taken<'_>)) -> Result<(), Fault> {
        let mut reader = RecordReader::new(Cursor::new(bytes.as_ref()), ReaderOptions::new())?;
        while let Some(record) = reader.read_record()? {
            take(Taken::Bytes(&record));
        }
        Ok(())
    }
}
