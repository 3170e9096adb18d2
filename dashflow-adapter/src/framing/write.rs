//! Records in, one frame out.

use core::borrow::Borrow;
use core::fmt;

use bytes::Bytes;
use strictframe::{
    CompressionPolicy, Dictionary, EncodeError, Encoder, Extension, Limits, Schema as _, extension,
};

use super::check::RecordFault;
use super::head::KINDS;
use super::options::FrameOptions;
use super::out_frame::OutFrame;
use super::record::Record;
use crate::identity::TraceContext;
use crate::messages::KindSet;
use crate::messages::v1::DashStreamMessage;
use crate::payload::PayloadCheck;
use crate::schema::SetupError;

/// Frames records of the envelope: one as a MESSAGE, several that follow each other in one thread as a BATCH.
///
/// Buffers and contexts are kept from frame to frame; a frame's own bytes are the one allocation there is once they have grown.
#[derive(Debug)]
pub struct Framer {
    encoder: Encoder,
    options: FrameOptions,
    items: Vec<Vec<u8>>,
    payloads: PayloadCheck,
}

impl Framer {
    /// A framer that compresses by that policy, which may name the dictionaries by their ids.
    ///
    /// # Errors
    /// [`SetupError::Encode`] with `PolicyRefused` or `DictionaryRefused`.
    pub fn new<'a>(
        policy: CompressionPolicy,
        dictionaries: impl IntoIterator<Item = &'a Dictionary>,
        options: FrameOptions,
        limits: Limits,
    ) -> Result<Self, SetupError> {
        let builder = Encoder::builder(DashStreamMessage::SCHEMA).policy(policy);
        let encoder = builder.dictionaries(dictionaries).limits(limits).build()?;
        Ok(Self { encoder, options, items: Vec::new(), payloads: PayloadCheck::new()? })
    }

    /// Frames these records, or what holds them, in their order.
    ///
    /// # Errors
    /// [`FrameError::NotConsecutive`] when they are not of one thread and epoch with sequence numbers that follow each other;
    /// [`FrameError::Record`] when one is not what readers take, such as attributes nested too deep;
    /// [`FrameError::Encode`] when there is none, when they are too many or too large together, or when the codec failed.
    pub fn frame<R: Borrow<Record>>(&mut self, records: &[R]) -> Result<OutFrame, FrameError> {
        let Some(first) = records.first().map(Borrow::<Record>::borrow) else {
            return Err(EncodeError::BatchCount { count: 0 }.into());
        };
        check_consecutive(records)?;
        if self.items.len() < records.len() {
            self.items.resize_with(records.len(), Vec::new);
        }
        for (index, (item, record)) in self.items.iter_mut().zip(records).enumerate() {
            record.borrow().encode(item);
            // What the reader would refuse is not written.
            let held = self.payloads.check(item, true);
            let fault = |error| FrameError::Record { index, fault: RecordFault::Payload(error) };
            held.map_err(fault)?;
        }
        let values = Values::new(records, first);
        let mut extensions = [Extension { kind: 0, value: &[] }; MOST];
        let count = values.fill(&self.options, &mut extensions);
        let extensions = extensions.get(..count).unwrap_or_default();
        let items = self.items.get(..records.len()).unwrap_or_default();
        let mut out = Vec::new();
        match items {
            [item] => self.encoder.encode_with(item, extensions, &mut out)?,
            items => self.encoder.encode_batch(items, extensions, &mut out)?,
        };
        Ok(OutFrame {
            bytes: Bytes::from(out),
            key: self.encoder.key(),
            dictionary: self.encoder.dictionary().map(Dictionary::id),
            thread: Some(first.thread.clone()),
            time: first.time,
            trace: first.trace,
        })
    }

    /// The encoder, for its policy and its dictionary.
    #[must_use]
    pub const fn encoder(&self) -> &Encoder {
        &self.encoder
    }
}

/// The extensions' values, where they can be borrowed from.
struct Values<'a> {
    sequence: Option<[u8; 8]>,
    time: Option<[u8; 8]>,
    trace: Option<[u8; TraceContext::LEN]>,
    thread: &'a str,
    message_id: Option<[u8; 16]>,
    count: Option<[u8; 4]>,
    epoch: Option<[u8; 8]>,
    kinds: ([u8; 8], usize),
}

impl<'a> Values<'a> {
    fn new<R: Borrow<Record>>(records: &[R], first: &'a Record) -> Self {
        let is_batch = records.len() > 1;
        Self {
            sequence: first.sequence.map(u64::to_le_bytes),
            time: first.time.map(i64::to_le_bytes),
            trace: first.trace.map(|trace| trace.to_bytes()),
            thread: first.thread.as_str(),
            message_id: first.message_id.filter(|_| !is_batch),
            // What is too many is refused by the encoder.
            count: is_batch.then(|| u32::try_from(records.len()).unwrap_or(u32::MAX).to_le_bytes()),
            epoch: first.epoch.map(u64::to_le_bytes),
            kinds: records
                .iter()
                .map(|record| record.borrow().kind())
                .collect::<KindSet>()
                .to_bytes(),
        }
    }

    /// Puts those that are wanted and known into `places`, in ascending order of type, and counts them.
    fn fill<'b>(&'b self, wanted: &FrameOptions, places: &mut [Extension<'b>; MOST]) -> usize {
        let (kinds, kinds_len) = &self.kinds;
        let kinds = kinds.get(..*kinds_len).unwrap_or_default();
        let all = [
            (wanted.sequence, extension::SEQUENCE, self.sequence.as_ref().map(|v| v.as_slice())),
            (wanted.time, extension::TIME, self.time.as_ref().map(|v| v.as_slice())),
            (wanted.trace, extension::TRACE_CONTEXT, self.trace.as_ref().map(|v| v.as_slice())),
            (wanted.thread, extension::STREAM_KEY, Some(self.thread.as_bytes())),
            (
                wanted.message_id,
                extension::MESSAGE_ID,
                self.message_id.as_ref().map(|v| v.as_slice()),
            ),
            (wanted.count, extension::ITEM_COUNT, self.count.as_ref().map(|v| v.as_slice())),
            (wanted.epoch, extension::PRODUCER_EPOCH, self.epoch.as_ref().map(|v| v.as_slice())),
            (wanted.kinds, KINDS, Some(kinds)),
        ];
        let present = all.into_iter().filter(|(wanted, ..)| *wanted);
        let present =
            present.filter_map(|(_, kind, value)| Some(Extension { kind, value: value? }));
        let mut count = 0;
        for (place, extension) in places.iter_mut().zip(present) {
            *place = extension;
            count += 1;
        }
        count
    }
}

fn check_consecutive<R: Borrow<Record>>(records: &[R]) -> Result<(), FrameError> {
    let records = || records.iter().map(Borrow::<Record>::borrow);
    let pairs = records().zip(records().skip(1));
    match (1..).zip(pairs).find(|(_, (before, record))| !record.follows(before)) {
        Some((index, _)) => Err(FrameError::NotConsecutive { index }),
        None => Ok(()),
    }
}

/// Why records were not framed.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum FrameError {
    /// The encoder refused.
    Encode(EncodeError),
    /// A record is of another thread or epoch than the one before it, or does not follow it in sequence.
    NotConsecutive {
        /// The index of the record.
        index: usize,
    },
    /// A record that its reader would refuse.
    Record {
        /// The index of the record.
        index: usize,
        /// What is wrong with it.
        fault: RecordFault,
    },
}

impl FrameError {
    /// Whether fewer records, or a smaller one, could be framed.
    #[must_use]
    pub const fn is_too_large(&self) -> bool {
        matches!(self, Self::Encode(EncodeError::RecordTooLarge { .. }))
    }
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encode(error) => error.fmt(f),
            Self::Record { index, fault } => write!(f, "{fault} (record {index})"),
            Self::NotConsecutive { index } => write!(
                f,
                "record {index} does not follow the one before it: one thread, one epoch, the next sequence number"
            ),
        }
    }
}

impl core::error::Error for FrameError {}

impl From<EncodeError> for FrameError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

/// The most extensions of a frame.
const MOST: usize = 8;
