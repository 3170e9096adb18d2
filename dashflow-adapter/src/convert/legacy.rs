//! One message in today's framing, and back.

use core::fmt;

use bytes::Bytes;
use prost::Message as _;
use strictframe::core::Foreign;
use strictframe::{ErrorKind, Frame, Limits, SchemaError};
use strictframe_schema::payload::PayloadError;

use super::report::Difference;
use crate::framing::{Record, RecordFault};
use crate::messages::{SCHEMA_VERSION, v1};
use crate::payload::PayloadCheck;
use v1::dash_stream_message::Message;

/// Converts messages one by one. Its buffers are kept.
#[derive(Debug)]
pub struct Converter {
    payloads: PayloadCheck,
    limit: usize,
}

/// A message out of today's framing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Converted {
    /// How it was framed.
    pub framing: Framing,
    /// The message.
    pub record: Record,
    /// What is different in it.
    pub differences: Vec<Difference>,
}

/// A form that today's bytes have.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Framing {
    /// `00`, then protobuf.
    Plain,
    /// Protobuf alone.
    Unframed,
    /// One Zstandard frame alone.
    UnframedZstd,
    /// `01`, then one Zstandard frame.
    Zstd,
}

impl Framing {
    /// Its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Unframed => "unframed",
            Self::UnframedZstd => "unframed_zstd",
            Self::Zstd => "zstd",
        }
    }
}

/// How messages are framed on the way back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct LegacyOptions {
    /// Messages longer than this many bytes are compressed. Default: 512, as today's producers do.
    pub threshold: usize,
    /// The level of Zstandard, 1 to 22. Default: 3.
    pub level: i32,
    /// Whether the byte in front is written; without it nothing is compressed. Default: yes.
    pub is_framed: bool,
}

impl Default for LegacyOptions {
    fn default() -> Self {
        Self { threshold: 512, level: 3, is_framed: true }
    }
}

impl Converter {
    /// A converter that takes messages of at most so many bytes, before and after decompression.
    ///
    /// # Errors
    /// None as long as the lock is one that the build has accepted.
    pub fn new(limit: usize) -> Result<Self, SchemaError> {
        Ok(Self { payloads: PayloadCheck::new()?, limit })
    }

    /// The message in today's framing that these bytes are.
    ///
    /// # Errors
    /// [`NotRead`]. Nothing is guessed: bytes that could be two things are refused as either.
    pub fn read(&mut self, bytes: &[u8]) -> Result<Converted, NotRead> {
        if bytes.len() > self.limit.saturating_add(1) {
            return Err(NotRead::TooLong { len: bytes.len() as u64, limit: self.limit });
        }
        let (framing, payload) = match bytes {
            [] => return Err(NotRead::Empty),
            [0x00, rest @ ..] => (Framing::Plain, Bytes::copy_from_slice(rest)),
            [0x01, rest @ ..] => (Framing::Zstd, self.decompress(rest)?),
            rest if rest.starts_with(&ZSTD) => (Framing::UnframedZstd, self.decompress(rest)?),
            [first, ..] if FIELDS.contains(first) => {
                (Framing::Unframed, Bytes::copy_from_slice(bytes))
            }
            _ => return Err(foreign(bytes)),
        };
        self.payloads.check(&payload, true).map_err(NotRead::Payload)?;
        let (record, differences) = record(payload).map_err(NotRead::Record)?;
        Ok(Converted { framing, record, differences })
    }

    /// Appends a message of protobuf to `out` in today's framing.
    ///
    /// # Errors
    /// [`RecordFault::Malformed`] for bytes that are no message; [`NotRead::Compression`] when the library fails.
    pub fn write(
        message: &[u8],
        options: &LegacyOptions,
        out: &mut Vec<u8>,
    ) -> Result<(), NotRead> {
        if !options.is_framed {
            out.extend_from_slice(message);
            return Ok(());
        }
        if message.len() <= options.threshold {
            out.push(0x00);
            out.extend_from_slice(message);
            return Ok(());
        }
        let mut envelope = v1::DashStreamMessage::decode(message)
            .map_err(|_| NotRead::Record(RecordFault::Malformed))?;
        say_compressed(&mut envelope);
        let message = envelope.encode_to_vec();
        let mut compressed = Vec::with_capacity(zstd_safe::compress_bound(message.len()));
        zstd_safe::compress(&mut compressed, &message, options.level)
            .map_err(|_| NotRead::Compression)?;
        out.push(0x01);
        out.extend_from_slice(&compressed);
        Ok(())
    }

    /// Exactly one frame, and no larger than it says.
    fn decompress(&self, bytes: &[u8]) -> Result<Bytes, NotRead> {
        // A skippable frame has no content, and is not what today's encoder writes.
        if !bytes.starts_with(&ZSTD) {
            return Err(NotRead::NotZstd);
        }
        match zstd_safe::find_frame_compressed_size(bytes) {
            Ok(len) if len == bytes.len() => {}
            Ok(_) => return Err(NotRead::BehindZstd),
            Err(_) => return Err(NotRead::Compression),
        }
        let declared = zstd_safe::get_frame_content_size(bytes).ok().flatten();
        let declared = declared.ok_or(NotRead::NoContentSize)?;
        let len = usize::try_from(declared).ok().filter(|len| *len <= self.limit);
        let len = len.ok_or(NotRead::TooLong { len: declared, limit: self.limit })?;
        let mut content = Vec::new();
        content.try_reserve_exact(len).map_err(|_| NotRead::Compression)?;
        let written = zstd_safe::decompress(&mut content, bytes);
        match written {
            Ok(written) if written == len => Ok(content.into()),
            _ => Err(NotRead::Compression),
        }
    }
}

/// The record of a message, its header made to say what it left open.
fn record(payload: Bytes) -> Result<(Record, Vec<Difference>), RecordFault> {
    let mut envelope =
        v1::DashStreamMessage::decode(payload.as_ref()).map_err(|_| RecordFault::Malformed)?;
    let inner = envelope.message.as_mut().ok_or(RecordFault::Empty)?;
    let kind = inner.kind();
    let header = inner.header_mut().as_mut().ok_or(RecordFault::HeaderMissing)?;
    let mut differences = Vec::new();
    if header.r#type == 0 {
        header.r#type = i32::from(kind.0);
        differences.push(Difference::TypeSet);
    }
    if header.schema_version == 0 {
        header.schema_version = SCHEMA_VERSION;
        differences.push(Difference::SchemaVersionSet);
    }
    let payload = if differences.is_empty() { payload } else { envelope.encode_to_vec().into() };
    Ok((Record::from_encoded(payload)?, differences))
}

/// As today's encoder does: in the message, and in each event of a batch.
fn say_compressed(envelope: &mut v1::DashStreamMessage) {
    let Some(message) = &mut envelope.message else { return };
    let zstd = i32::from(v1::CompressionType::CompressionZstd);
    if let Some(header) = message.header_mut() {
        header.compression = zstd;
    }
    if let Message::EventBatch(batch) = message {
        for header in batch.events.iter_mut().filter_map(|event| event.header.as_mut()) {
            header.compression = zstd;
        }
    }
}

fn foreign(bytes: &[u8]) -> NotRead {
    match Frame::parse(bytes, &Limits::MAXIMUM).map_err(|error| error.kind()) {
        Err(ErrorKind::BadMagic { looks_like }) => NotRead::Unknown { looks_like },
        // Whole or damaged, it is a frame already.
        _ => NotRead::Strictframe,
    }
}

/// Why bytes are no message in today's framing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum NotRead {
    /// Bytes behind the one Zstandard frame.
    BehindZstd,
    /// The compressed bytes are damaged, or the library failed.
    Compression,
    /// No byte at all.
    Empty,
    /// A line that is none of today's file backend.
    Line {
        /// Its number, from 1.
        line: u64,
    },
    /// A Zstandard frame that does not say how long its content is.
    NoContentSize,
    /// `01` stands before something else than a Zstandard frame.
    NotZstd,
    /// Protobuf that is damaged, that is of other types, or that has fields which the envelope does not.
    Payload(PayloadError),
    /// A message that is not what it must be.
    Record(RecordFault),
    /// A strictframe frame already, or what is left of one.
    Strictframe,
    /// Longer than is accepted.
    TooLong {
        /// Its length in bytes, as it is or as it says.
        len: u64,
        /// What is accepted.
        limit: usize,
    },
    /// None of the forms.
    Unknown {
        /// What it looks like.
        looks_like: Option<Foreign>,
    },
}

impl NotRead {
    /// One of a few words, to count by.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::BehindZstd => "BehindZstd",
            Self::Compression => "Compression",
            Self::Empty => "Empty",
            Self::Line { .. } => "Line",
            Self::NoContentSize => "NoContentSize",
            Self::NotZstd => "NotZstd",
            Self::Payload(error) => error.kind().name(),
            Self::Record(fault) => fault.name(),
            Self::Strictframe => "Strictframe",
            Self::TooLong { .. } => "TooLong",
            Self::Unknown { .. } => "Unknown",
        }
    }
}

impl fmt::Display for NotRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BehindZstd => f.write_str("bytes behind the one Zstandard frame"),
            Self::Compression => f.write_str("the Zstandard frame is damaged"),
            Self::Empty => f.write_str("no byte at all"),
            Self::Line { line } => write!(
                f,
                "line {line} is no object with offset, timestamp_us and data in base64, or longer than is accepted"
            ),
            Self::NoContentSize => {
                f.write_str("a Zstandard frame that does not say how long its content is")
            }
            Self::NotZstd => f.write_str("01 before something else than a Zstandard frame"),
            Self::Payload(error) => error.fmt(f),
            Self::Record(fault) => fault.fmt(f),
            Self::Strictframe => f.write_str("a frame already, or what is left of one"),
            Self::TooLong { len, limit } => write!(f, "{len} bytes where {limit} are accepted"),
            Self::Unknown { looks_like: Some(foreign) } => {
                write!(f, "no message, looks like {}", foreign.description())
            }
            Self::Unknown { looks_like: None } => f.write_str("no message"),
        }
    }
}

impl core::error::Error for NotRead {}

/// The first bytes of Zstandard.
const ZSTD: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
/// The tags of the envelope's fields.
const FIELDS: [u8; 9] = [0x0A, 0x12, 0x1A, 0x22, 0x2A, 0x32, 0x3A, 0x42, 0x4A];
