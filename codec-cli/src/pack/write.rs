//! Encodes records, alone or in batches, into a file that appears whole or not at all.

use std::path::{Path, PathBuf};

use strictframe::{Encoder, Limits, Publish, StreamError, StreamOptions, StreamWriter};

use super::records::Chunk;
use super::settings::{Batching, Encoding};
use crate::failure::Failure;
use crate::help::reading_failed;
use crate::output::not_written;

/// A stream that is being written.
pub(super) struct Writing {
    output: PathBuf,
    writer: StreamWriter<Publish>,
    encoder: Encoder,
    batch: Batching,
    gathered: Gathered,
    records: u64,
}

/// Records of the next batch, one after the other.
#[derive(Default)]
struct Gathered {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// What was written.
pub(super) struct Written {
    pub(super) records: u64,
    /// The length of the stream.
    pub(super) bytes: u64,
}

impl Writing {
    pub(super) fn begin(output: &Path, file: Publish, encoding: Encoding) -> Result<Self, Failure> {
        let Encoding { descriptor, encoder, batch } = encoding;
        let begun = StreamWriter::create(file, StreamOptions::default()).and_then(|mut writer| {
            writer.add_schema(&descriptor)?;
            Ok(writer)
        });
        let writer = begun.map_err(|error| failed(error, output))?;
        let output = output.to_owned();
        Ok(Self { output, writer, encoder, batch, gathered: Gathered::default(), records: 0 })
    }

    pub(super) fn put(&mut self, chunk: &Chunk) -> Result<(), Failure> {
        for record in chunk.records() {
            let put = if self.batch.count == 1 {
                self.writer.write(&mut self.encoder, record, &[])
            } else {
                self.gather(record)
            };
            put.map_err(|error| failed(error, &self.output))?;
            self.records += 1;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Written, Failure> {
        let Self { output, records, .. } = &self;
        let (output, records) = (output.clone(), *records);
        self.write_gathered().map_err(|error| failed(error, &output))?;
        let file = self.writer.finish().map_err(|error| failed(error, &output))?;
        file.commit().map_err(|error| not_written(&output, &error))?;
        let found = std::fs::metadata(&output).map_err(|error| not_written(&output, &error))?;
        Ok(Written { records, bytes: found.len() })
    }

    fn gather(&mut self, record: &[u8]) -> Result<(), StreamError> {
        let len = self.gathered.payload_len() + ITEM + record.len();
        if len > self.batch.bytes.min(Limits::DEFAULT.raw()) as usize {
            self.write_gathered()?;
        }
        self.gathered.bytes.extend_from_slice(record);
        self.gathered.ends.push(self.gathered.bytes.len());
        if self.gathered.ends.len() == self.batch.count as usize {
            self.write_gathered()
        } else {
            Ok(())
        }
    }

    /// Writes what was gathered: a BATCH, or a MESSAGE when it is a single record.
    fn write_gathered(&mut self) -> Result<(), StreamError> {
        let Self { writer, encoder, gathered, .. } = self;
        let records: Vec<&[u8]> = gathered.records().collect();
        match records.as_slice() {
            [] => {}
            [record] => writer.write(encoder, record, &[])?,
            records => writer.write_batch(encoder, records, &[])?,
        }
        gathered.bytes.clear();
        gathered.ends.clear();
        Ok(())
    }
}

impl Gathered {
    /// The length of the payload of a batch of these records.
    fn payload_len(&self) -> usize {
        COUNT + ITEM * self.ends.len() + self.bytes.len()
    }

    fn records(&self) -> impl Iterator<Item = &[u8]> {
        let starts = core::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.bytes.get(start..*end).unwrap_or_default())
    }
}

fn failed(error: StreamError, output: &Path) -> Failure {
    match error {
        StreamError::Io(error) => not_written(output, &error),
        error => reading_failed(error, output),
    }
}

/// What a batch has besides its records: a count, and a size for each (SPEC section 7).
const COUNT: usize = 4;
const ITEM: usize = 4;
