//! Prepared input for operations: frames to verify and peek at, streams to write, read and recover.

use core::hint::black_box;
use std::io::Write;

use strictframe::core::recovery::{Event as Found, Recovery};
use strictframe::core::{Content, checksum};
use strictframe::{
    CodecChoice, CompressionPolicy, Dictionary, Encoder, Extension, Frame, Limits, Profile,
    SliceReader, StreamOptions, StreamWriter, extension,
};

use crate::Fault;
use crate::contestants::schema;
use crate::corpus::{Record, noise};

/// An encoder of plain frames, with room for the largest.
///
/// # Errors
/// When it cannot be made.
pub fn plain_encoder() -> Result<Encoder, Fault> {
    let policy = CompressionPolicy::new(CodecChoice::None);
    Ok(Encoder::builder(schema()?.key()).policy(policy).limits(Limits::MAXIMUM).build()?)
}

/// One plain frame of that length, all in all.
///
/// # Errors
/// When it cannot be encoded.
pub fn plain_frame(len: usize) -> Result<Vec<u8>, Fault> {
    let mut frame = Vec::new();
    plain_encoder()?.encode(&noise(len.saturating_sub(32), 1), &mut frame)?;
    Ok(frame)
}

/// Compressed frames of these records, with the extensions that a router looks at. Records that do not get smaller are left out.
///
/// # Errors
/// When one cannot be encoded.
pub fn routed_frames(records: &[Record], dictionary: &Dictionary) -> Result<Vec<Vec<u8>>, Fault> {
    let builder = Encoder::builder(schema()?.key()).dictionary(dictionary.clone());
    let mut encoder = builder.build()?;
    let mut frames = Vec::new();
    for record in records {
        let header = record.event.header.as_ref().ok_or("no header")?;
        let (sequence, time) = (header.sequence.to_le_bytes(), header.timestamp_us * 1000);
        let extensions = [
            Extension { kind: extension::SEQUENCE, value: &sequence },
            Extension { kind: extension::TIME, value: &time.to_le_bytes() },
        ];
        let mut frame = Vec::new();
        encoder.encode_with(&record.protobuf, &extensions, &mut frame)?;
        let is_compressed = matches!(
            Frame::parse(&frame, &Limits::DEFAULT)?.content(),
            Content::Data { compressed: Some(_), .. }
        );
        if is_compressed {
            frames.push(frame);
        }
    }
    Ok(frames)
}

/// Looks at a frame as a router does: both checksums, the schema, the extensions.
///
/// # Errors
/// When it does not verify.
pub fn peek(frame: &[u8]) -> Result<(), Fault> {
    let frame = Frame::parse(black_box(frame), &Limits::DEFAULT)?;
    black_box(frame.key());
    frame.extensions().iter().for_each(|extension| {
        black_box(extension);
    });
    Ok(())
}

/// Verifies one frame.
///
/// # Errors
/// When it does not verify.
pub fn verify(frame: &[u8]) -> Result<(), Fault> {
    black_box(Frame::parse(black_box(frame), &Limits::MAXIMUM)?);
    Ok(())
}

/// The checksum alone, over the same bytes in the same pieces.
pub fn checksum_alone(bytes: &[u8], piece: usize) {
    for piece in bytes.chunks(piece) {
        black_box(checksum::crc32c(black_box(piece)));
    }
}

/// Writes a stream of payloads of 16 KiB into a sink, and gives it back.
///
/// # Errors
/// When the writer fails.
pub fn write_stream<W: Write>(encoder: &mut Encoder, payloads: &[u8], sink: W) -> Result<W, Fault> {
    let mut options = StreamOptions::default();
    options.stream_id = Some(*b"benches' stream.");
    let mut writer = StreamWriter::create(sink, options)?;
    writer.add_schema(&schema()?)?;
    for payload in payloads.chunks(PAYLOAD_LEN) {
        writer.write(encoder, payload, &[])?;
    }
    Ok(writer.finish()?)
}

/// Reads a stream strictly, to its end, and gives the number of its frames.
///
/// # Errors
/// The first refusal.
pub fn read_stream(stream: &[u8]) -> Result<u64, Fault> {
    let mut reader = SliceReader::new(stream, Limits::DEFAULT, Profile::SelfContained);
    let mut count = 0;
    while let Some(frame) = reader.next_frame()? {
        black_box(frame.decoded.as_ref().map(|decoded| decoded.payload));
        count += 1;
    }
    Ok(count)
}

/// Goes over a stream as recovery does, and gives the number of frames it delivered.
///
/// # Errors
/// When the stream has no id.
pub fn recover_stream(stream: &[u8]) -> Result<u64, Fault> {
    let mut recovery = Recovery::open(stream, Limits::DEFAULT, None)?;
    let mut count = 0;
    while let Some(event) = recovery.next()? {
        if let Found::Frame { frame, .. } = event {
            black_box(frame);
            count += 1;
        }
    }
    Ok(count)
}

/// Bytes for payloads that make plain frames of 16 KiB, 4 MiB of them: more than fits into a core's own caches.
#[must_use]
pub fn payloads() -> Vec<u8> {
    noise(256 * PAYLOAD_LEN, 1)
}

/// With header and trailer this is 16 KiB.
pub const PAYLOAD_LEN: usize = (16 << 10) - 32;
