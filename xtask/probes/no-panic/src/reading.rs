//! Every way into the core that reads bytes without an allocator.

use strictframe_core::judgement::{self, KnownVersion, Lineage};
use strictframe_core::{
    Batch, Chain, Codec, Content, Decompress, Deframer, ErrorKind, Event, Foreign, Frame, Header,
    Limits, Outcome, Refused, SchemaKey, SchemaPolicy, checksum, control, identity,
};

use crate::fold::Fold;
use crate::{bytes, room};

/// Header, checksum, diagnosis.
///
/// # Safety
/// As for [`bytes`].
#[unsafe(no_mangle)] // exported, so that the optimiser must assume any argument
pub unsafe extern "C" fn probe_header(start: *const u8, len: usize, body: u32, raw: u32) -> u64 {
    // SAFETY: as the caller promised.
    let input = unsafe { bytes(start, len) };
    let mut fold = Fold::new();
    match Header::parse(input, &Limits::default().with_body(body).with_raw(raw)) {
        Ok(header) => {
            fold.bytes(&header.to_bytes());
            fold.len(header.frame_len());
        }
        Err(error) => fold.error(error),
    }
    fold.number(u64::from(checksum::crc32c(input)));
    fold.bytes(&identity::dictionary_id(input));
    fold.bytes(Foreign::of(input).map_or("", Foreign::name).as_bytes());
    fold.sum()
}

/// One frame, verified: header, body, extensions, control bodies.
///
/// # Safety
/// As for [`bytes`].
#[unsafe(no_mangle)] // exported, so that the optimiser must assume any argument
pub unsafe extern "C" fn probe_frame(start: *const u8, len: usize, body: u32, raw: u32) -> u64 {
    // SAFETY: as the caller promised.
    let input = unsafe { bytes(start, len) };
    let mut fold = Fold::new();
    match Frame::parse(input, &Limits::default().with_body(body).with_raw(raw)) {
        Ok(frame) => {
            fold.frame(&frame);
            content(&mut fold, &frame);
        }
        Err(error) => fold.error(error),
    }
    fold.sum()
}

/// One frame down to its records, with a registry and a codec that both may say anything.
///
/// # Safety
/// As for [`bytes`] and [`room`].
#[unsafe(no_mangle)] // exported, so that the optimiser must assume any argument
pub unsafe extern "C" fn probe_decode(
    start: *const u8,
    len: usize,
    output: *mut u8,
    output_len: usize,
    versions: u64,
    filler: u8,
) -> u64 {
    // SAFETY: as the caller promised.
    let (input, output) = unsafe { (bytes(start, len), room(output, output_len)) };
    let mut fold = Fold::new();
    let decoded = Frame::parse(input, &Limits::default()).and_then(|frame| {
        let mut output = Output(output);
        let judge = |key: &SchemaKey| judge(versions, key).map(Some);
        let decoded = frame.decode(judge, &mut Filler(filler), &mut output)?;
        decoded.records.iter().for_each(|record| fold.bytes(record));
        fold.len(decoded.records.len());
        Ok(())
    });
    if let Err(error) = decoded {
        fold.error(error);
    }
    fold.sum()
}

/// A batch payload, by order and by index.
///
/// # Safety
/// As for [`bytes`].
#[unsafe(no_mangle)] // exported, so that the optimiser must assume any argument
pub unsafe extern "C" fn probe_batch(start: *const u8, len: usize, index: usize) -> u64 {
    // SAFETY: as the caller promised.
    let input = unsafe { bytes(start, len) };
    let mut fold = Fold::new();
    match Batch::parse(input) {
        Ok(batch) => {
            batch.iter().for_each(|item| fold.bytes(item));
            fold.bytes(batch.get(index).unwrap_or_default());
        }
        Err(error) => fold.error(error),
    }
    fold.sum()
}

/// Frame after frame, each held against the chain of a stream.
///
/// # Safety
/// As for [`bytes`].
#[unsafe(no_mangle)] // exported, so that the optimiser must assume any argument
pub unsafe extern "C" fn probe_deframer(start: *const u8, len: usize, eof: bool) -> u64 {
    // SAFETY: as the caller promised.
    let mut input = unsafe { bytes(start, len) };
    let mut fold = Fold::new();
    let mut deframer = Deframer::new(Limits::default());
    let mut chain = Chain::new([0; 16]);
    loop {
        let step = match deframer.step(input, eof) {
            Ok(step) => step,
            Err(error) => {
                fold.error(error);
                break;
            }
        };
        let Event::Frame { frame, bytes, start } = step.event else { break };
        fold.frame(&frame);
        fold.number(start);
        if let Content::Control(control::Control::Sync(sync)) = frame.content() {
            chain.check(sync).unwrap_or_else(|error| fold.error(error));
            chain = if chain.is_sync_due() { Chain::resumed(sync) } else { chain };
        }
        chain.add(frame.kind(), bytes.len(), frame.trailer());
        fold.number(u64::from(chain.sync().chain_crc));
        input = input.get(step.consumed..).unwrap_or_default();
    }
    fold.number(deframer.offset());
    fold.sum()
}

fn content(fold: &mut Fold, frame: &Frame<'_>) {
    match frame.content() {
        Content::Data { compressed, stored, .. } => {
            fold.bytes(stored);
            if let Some(compressed) = compressed {
                fold.number(u64::from(compressed.raw_len ^ compressed.raw_crc));
                fold.bytes(&compressed.dictionary.unwrap_or_default());
            }
        }
        Content::Control(control::Control::Schema(schema)) => {
            fold.bytes(schema.name().as_bytes());
            fold.bytes(schema.descriptor());
            fold.bytes(&schema.fingerprint());
            fold.key(schema.key());
        }
        Content::Control(control::Control::Sync(sync)) => fold.bytes(&sync.to_bytes()),
        Content::Control(control::Control::Dictionary(bytes)) => fold.bytes(bytes),
        _ => {}
    }
}

fn judge(versions: u64, key: &SchemaKey) -> Result<Outcome, ErrorKind> {
    let [a, b, c, d, e, f, g, h] = versions.to_le_bytes();
    let [reader, oldest_writer] = [[a, b], [c, d]].map(u16::from_le_bytes);
    let [version, min_reader] = [[e, f], [g, h]].map(u16::from_le_bytes);
    let known = [KnownVersion { version, min_reader, fork_check: key.fork_check() }];
    let lineage = Lineage::new(reader, oldest_writer, &known).ok();
    judgement::judge(lineage.as_ref(), key, SchemaPolicy::AllowForward)
}

/// A codec that has every dictionary and fills its output with one byte: all checks around the
/// codec are reached, and no library's own panics are.
struct Filler(u8);

impl Decompress for Filler {
    fn has_codec(&self, codec: Codec) -> bool {
        codec.0 != self.0
    }

    fn has_dictionary(&self, id: [u8; 4]) -> bool {
        id != [self.0; 4]
    }

    fn decompress(
        &mut self,
        _: Codec,
        _: Option<[u8; 4]>,
        stored: &[u8],
        output: &mut [u8],
    ) -> Result<(), Refused> {
        output.fill(stored.first().copied().unwrap_or(self.0));
        Ok(())
    }
}

/// Room of the caller's.
struct Output<'a>(&'a mut [u8]);

impl strictframe_core::Room for Output<'_> {
    fn room(&mut self, len: usize) -> Result<&mut [u8], u64> {
        self.0.room(len)
    }
}
