//! MCAP: a log file of chunks, each with a CRC-32 over its records.

use std::collections::BTreeMap;
use std::io::Cursor;

use bytes::Bytes;
use mcap::records::MessageHeader;
use mcap::sans_io::{LinearReadEvent, LinearReader, LinearReaderOptions};
use mcap::{Compression, WriteOptions};
use strictframe_benches::Fault;
use strictframe_benches::contestant::{Card, Contestant, Group, Packing, Taken};
use strictframe_benches::corpus::Record;

use super::{FILE, LEVEL, card};

/// One channel that is known beforehand, which spares its lookup. Chunk CRCs are on; the index, the summary and its statistics are off, since no other contestant writes such.
/// The CRC over the whole data section, a second one over the same bytes, is off too. Compression takes one thread, as with all others.
///
/// Read with the reader that borrows records, the file handed to it in one piece, each chunk checked before it gives a record of it, as strictframe does.
pub(super) struct Mcap {
    packing: Packing,
    options: WriteOptions,
}

impl Mcap {
    pub(super) fn new(packing: Packing) -> Self {
        let (compression, level) = match packing {
            Packing::Plain => (None, 0),
            // Level 0 is LZ4's fast one.
            Packing::Lz4 => (Some(Compression::Lz4), 0),
            Packing::Zstd | Packing::ZstdDictionary => (Some(Compression::Zstd), LEVEL),
        };
        let options = WriteOptions::new()
            .compression(compression)
            .compression_level(level.unsigned_abs())
            .compression_threads(0)
            .calculate_chunk_crcs(true)
            .calculate_data_section_crc(false)
            .emit_summary_records(false)
            .emit_summary_offsets(false)
            .emit_message_indexes(false);
        Self { packing, options }
    }
}

impl Contestant for Mcap {
    fn card(&self) -> Card {
        card("mcap", self.packing, Group::Of(FILE), true)
    }

    fn encode(&mut self, records: &[Record], out: &mut Vec<u8>) -> Result<(), Fault> {
        let mut writer = self.options.clone().create(Cursor::new(out))?;
        let schema = writer.add_schema("dashstream.v1.Event", "protobuf", &[])?;
        let channel = writer.add_channel(schema, "events", "protobuf", &BTreeMap::new())?;
        for (record, sequence) in records.iter().zip(0..) {
            let time = 1_754_795_546_500_000_000 + u64::from(sequence);
            let header =
                MessageHeader { channel_id: channel, sequence, log_time: time, publish_time: time };
            writer.write_to_known_channel(&header, &record.protobuf)?;
        }
        writer.finish()?;
        Ok(())
    }

    fn decode(&mut self, bytes: &Bytes, take: &mut dyn FnMut(Taken<'_>)) -> Result<(), Fault> {
        let options = LinearReaderOptions::default().with_prevalidate_chunk_crcs(true);
        let mut reader = LinearReader::new_with_options(options.with_record_length_limit(LARGEST));
        let mut rest = bytes.as_ref();
        while let Some(event) = reader.next_event() {
            match event? {
                LinearReadEvent::ReadRequest(_) => {
                    reader.insert(rest.len()).copy_from_slice(rest);
                    reader.notify_read(rest.len());
                    rest = &[];
                }
                LinearReadEvent::Record { data, opcode } => {
                    if let mcap::records::Record::Message { data, .. } =
                        mcap::parse_record(opcode, data)?
                    {
                        take(Taken::Bytes(&data));
                    }
                }
            }
        }
        Ok(())
    }
}

/// What a chunk may decompress to.
const LARGEST: usize = 16 << 20;
