//! Whole files: messages in today's framing into a stream, and a stream into such messages.

use core::fmt;
use std::io::{self, Read, Write};

use prost::Message as _;
use strictframe::{
    BatchLimits, CompressionPolicy, Limits, Profile, SchemaPolicy, StreamError, StreamReader,
    StreamWriter,
};

use super::jsonl::write_json_line;
use super::legacy::{Converter, LegacyOptions, NotRead};
use super::report::Report;
use crate::framing::{FrameError, FrameOptions, Framer, Record, check_records};
use crate::messages::v1;
use crate::payload::PayloadCheck;
use crate::schema::{SetupError, registry, schema_frame};

/// A message that is to be converted, or what stands in its place.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Input {
    /// A message in today's framing.
    Message(Vec<u8>),
    /// What could not be read out of its file, and why.
    Refused(Vec<u8>, NotRead),
}

/// Converts messages into a stream, which it begins and finishes, in their order; consecutive ones of one thread go into batches, within these limits.
///
/// Each message that cannot be converted is given to `refused` with its index, as it was, and why; the others go on.
///
/// # Errors
/// [`StreamError`] when the stream cannot be written or the policy is refused; [`StreamError::Io`] when the messages cannot be read.
pub fn to_stream<W: Write>(
    messages: impl IntoIterator<Item = io::Result<Input>>,
    converter: &mut Converter,
    mut stream: StreamWriter<W>,
    policy: CompressionPolicy,
    mut refused: impl FnMut(u64, &[u8], &NotRead),
) -> Result<(Report, W), StreamError> {
    let limits = policy.batch.unwrap_or_default();
    let framer = Framer::new(policy, [], FrameOptions::ALL, Limits::DEFAULT);
    let mut framer = framer.map_err(|error| match error {
        SetupError::Encode(error) => StreamError::Encode(error),
        error => invalid(error).into(),
    })?;
    stream.write_frame(schema_frame())?;
    let mut report = Report::default();
    let mut open = Open { records: Vec::new(), bytes: 0, limits };
    for message in messages {
        let (message, read) = match message? {
            Input::Message(message) => {
                let read = converter.read(&message);
                (message, read)
            }
            Input::Refused(found, why) => (found, Err(why)),
        };
        match read {
            Ok(converted) => {
                report.add(&converted);
                if !open.takes(&converted.record) {
                    open.write(&mut framer, &mut stream)?;
                }
                open.add(converted.record);
            }
            Err(why) => {
                refused(report.read, &message, &why);
                report.refuse(&why);
            }
        }
    }
    open.write(&mut framer, &mut stream)?;
    Ok((report, stream.finish()?))
}

/// Records that go into one frame.
struct Open {
    records: Vec<Record>,
    bytes: usize,
    limits: BatchLimits,
}

impl Open {
    fn takes(&self, record: &Record) -> bool {
        let Some(last) = self.records.last() else { return true };
        let fits = self.bytes + record.encoded_len() + SIZE <= self.limits.bytes as usize;
        fits && self.records.len() < self.limits.count as usize && record.follows(last)
    }

    fn add(&mut self, record: Record) {
        self.bytes += record.encoded_len() + SIZE;
        self.records.push(record);
    }

    fn write<W: Write>(
        &mut self,
        framer: &mut Framer,
        stream: &mut StreamWriter<W>,
    ) -> Result<(), StreamError> {
        if self.records.is_empty() {
            return Ok(());
        }
        let frame = framer.frame(&self.records).map_err(|error| match error {
            FrameError::Encode(error) => StreamError::Encode(error),
            // They were found to follow each other, and to hold to the descriptor.
            error => invalid(error).into(),
        })?;
        stream.write_frame(frame.bytes())?;
        self.records.clear();
        self.bytes = 0;
        Ok(())
    }
}

/// Converts a stream into messages in today's framing, each given to `emit`, and says how many there were.
///
/// # Errors
/// [`StreamError::Refused`] at the first frame that is damaged, or that is not of the envelope; [`StreamError::Io`] when the stream cannot be read, when a
/// message is refused by name, or when `emit` fails. What was given before is provisional.
pub fn from_stream<R: Read>(
    stream: R,
    options: &LegacyOptions,
    mut emit: impl FnMut(&[u8]) -> io::Result<()>,
) -> Result<u64, StreamError> {
    let registry = registry().map_err(invalid)?;
    let mut payloads = PayloadCheck::new().map_err(invalid)?;
    let mut reader = StreamReader::new(stream, Limits::MAXIMUM, Profile::SelfContained)
        .judged_by(registry, SchemaPolicy::default());
    let (mut count, mut out) = (0, Vec::new());
    while let Some(frame) = reader.next_frame()? {
        let Some(decoded) = frame.decoded else { continue };
        check_records(&decoded, &mut payloads).map_err(invalid)?;
        for record in decoded.records.iter() {
            out.clear();
            Converter::write(record, options, &mut out)
                .map_err(|why| invalid(format_args!("message {count}: {why}")))?;
            emit(&out)?;
            count += 1;
        }
    }
    Ok(count)
}

/// Converts a stream into lines as today's file backend writes them, and says how many there were. `first` is the offset of the first one; each has the time of
/// its message. `options` say how the messages in them are framed; the file backend has them unframed.
///
/// # Errors
/// As [`from_stream`]; [`StreamError::Io`] when `out` cannot be written.
pub fn to_json_lines<R: Read>(
    stream: R,
    options: &LegacyOptions,
    first: u64,
    out: &mut impl Write,
) -> Result<u64, StreamError> {
    let unframed = LegacyOptions { is_framed: false, ..*options };
    let (mut offset, mut framed) = (first, Vec::new());
    from_stream(stream, &unframed, |message| {
        let envelope = v1::DashStreamMessage::decode(message).map_err(invalid)?;
        let time = envelope.header().map_or(0, |header| header.timestamp_us);
        framed.clear();
        Converter::write(message, options, &mut framed).map_err(invalid)?;
        write_json_line(out, offset, time, &framed)?;
        offset = offset.saturating_add(1);
        Ok(())
    })
}

fn invalid(error: impl fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error.to_string())
}

/// The size of a record takes this many bytes in a batch.
const SIZE: usize = 4;
