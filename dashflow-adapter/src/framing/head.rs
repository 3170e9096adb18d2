//! What can be known of a frame without decompressing it.

use strictframe::core::Content;
use strictframe::{Frame, Kind, Limits, SchemaKey, extension};

use super::refused::Refused;
use crate::identity::{ThreadId, TraceContext};
use crate::messages::KindSet;

/// The private extension that holds the set of kinds inside.
pub const KINDS: u16 = 0x7F01;

/// What a frame says of its records: enough to route, to filter and to see gaps.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct FrameHead<'a> {
    /// The schema key.
    pub key: SchemaKey,
    /// Whether it is a BATCH, of however many records.
    pub is_batch: bool,
    /// The dictionary it is compressed with.
    pub dictionary: Option<[u8; 4]>,
    /// The sequence number of the first record.
    pub sequence: Option<u64>,
    /// The time of the first record, in nanoseconds since 1970-01-01T00:00:00Z.
    pub time: Option<i64>,
    /// The trace context of the first record.
    pub trace: Option<TraceContext>,
    /// The thread of all records.
    pub thread: Option<&'a str>,
    /// The message id.
    pub message_id: Option<[u8; 16]>,
    /// The number of records: 1 for a MESSAGE; of a BATCH what its extension says, if it has it.
    pub count: Option<u32>,
    /// The epoch within which the sequence counts.
    pub epoch: Option<u64>,
    /// The kinds of the records.
    pub kinds: Option<KindSet>,
}

/// Verifies a frame and gives what it says of its records. Nothing is decompressed, and no schema is judged.
///
/// # Errors
/// [`Refused::Frame`] for what is no intact data frame, [`Refused::Extension`].
pub fn peek<'a>(frame: &'a [u8], limits: &Limits) -> Result<FrameHead<'a>, Refused> {
    let frame = Frame::parse(frame, limits)?;
    frame.check_data()?;
    head_of(&frame)
}

pub(crate) fn head_of<'a>(frame: &Frame<'a>) -> Result<FrameHead<'a>, Refused> {
    let (extensions, compressed) = match frame.content() {
        Content::Data { extensions, compressed, .. } => (*extensions, *compressed),
        _ => Default::default(),
    };
    let is_batch = frame.kind() == Kind::BATCH;
    let mut head = FrameHead {
        key: frame.key(),
        is_batch,
        dictionary: compressed.and_then(|compressed| compressed.dictionary),
        sequence: None,
        time: None,
        trace: None,
        thread: None,
        message_id: None,
        count: (!is_batch).then_some(1),
        epoch: None,
        kinds: None,
    };
    for found in extensions.iter() {
        let refused = Refused::Extension { kind: found.kind };
        let value = found.value;
        // The frame was found to have assigned extensions of the right length only.
        match found.kind {
            extension::SEQUENCE => head.sequence = number(value).map(u64::from_le_bytes),
            extension::TIME => head.time = number(value).map(i64::from_le_bytes),
            extension::TRACE_CONTEXT => {
                head.trace = Some(TraceContext::from_bytes(value).map_err(|_| refused)?);
            }
            extension::STREAM_KEY => {
                let thread = core::str::from_utf8(value).map_err(|_| refused)?;
                ThreadId::check(thread).map_err(|_| refused)?;
                head.thread = Some(thread);
            }
            extension::MESSAGE_ID => head.message_id = number(value),
            extension::ITEM_COUNT => head.count = number(value).map(u32::from_le_bytes),
            extension::PRODUCER_EPOCH => head.epoch = number(value).map(u64::from_le_bytes),
            KINDS => head.kinds = Some(KindSet::from_bytes(value).ok_or(refused)?),
            _ => {}
        }
    }
    Ok(head)
}

fn number<const N: usize>(value: &[u8]) -> Option<[u8; N]> {
    value.try_into().ok()
}
