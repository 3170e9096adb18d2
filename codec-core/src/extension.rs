//! Extensions: typed values beside the payload, readable without decompressing it (SPEC section 3).

use core::fmt;

use crate::error::{Error, ErrorKind};
use crate::header::Kind;
use crate::limits::{MAX_EXTENSIONS, MAX_EXTENSIONS_LEN};
use crate::sink::{Sink, SinkFull};

/// One extension: its type, and its value as it stands in the frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "type and value are all there is")]
pub struct Extension<'a> {
    /// The type number.
    pub kind: u16,
    /// The value's bytes.
    pub value: &'a [u8],
}

impl Extension<'_> {
    /// Whether a decoder that does not know it must refuse the frame.
    #[must_use]
    pub const fn is_critical(&self) -> bool {
        self.kind & CRITICAL != 0
    }

    /// The registry's name, or nothing.
    #[must_use]
    pub const fn name(&self) -> Option<&'static str> {
        Some(match self.kind {
            SEQUENCE => "sequence",
            TIME => "time",
            TRACE_CONTEXT => "trace context",
            STREAM_KEY => "stream key",
            MESSAGE_ID => "message id",
            ITEM_COUNT => "item count",
            PRODUCER_EPOCH => "producer epoch",
            _ => return None,
        })
    }

    // SPEC [EXT-4]: assigned extensions are held to their length, and to their kind of frame.
    fn is_well_formed(&self, frame: Kind) -> bool {
        let len = self.value.len();
        match self.kind {
            SEQUENCE | TIME | PRODUCER_EPOCH => len == 8,
            TRACE_CONTEXT => len == 25,
            STREAM_KEY => (1..=256).contains(&len) && is_text(self.value),
            MESSAGE_ID => len == 16,
            ITEM_COUNT => len == 4 && frame != Kind::MESSAGE,
            _ => true,
        }
    }
}

/// The extensions of a frame, found well-formed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extensions<'a> {
    block: &'a [u8],
}

impl<'a> Extensions<'a> {
    /// Reads a block whose `ext_len` field lies at `field`, in a frame of that kind.
    pub(crate) fn parse(block: &'a [u8], field: u64, frame: Kind) -> Result<Self, Error> {
        // SPEC [EXT-2]: an empty block has no flag, and 4096 bytes are enough.
        if block.len() < 4 || block.len() > MAX_EXTENSIONS_LEN {
            return Err(ErrorKind::ExtensionError.at(field));
        }
        let mut rest = block;
        let mut previous: Option<u16> = None;
        let mut left = MAX_EXTENSIONS;
        while !rest.is_empty() {
            // SPEC [EXT-3]: strictly ascending, within the block, 32 at most.
            match split_first(rest) {
                Some((extension, behind))
                    if previous.is_none_or(|previous| extension.kind > previous)
                        && left > 0
                        && extension.is_well_formed(frame) =>
                {
                    previous = Some(extension.kind);
                    left = left.saturating_sub(1);
                    rest = behind;
                }
                _ => {
                    let start = field.saturating_add(2);
                    return Err(ErrorKind::ExtensionError.at(offset_of(rest, block, start)));
                }
            }
        }
        Ok(Self { block })
    }

    /// The first critical extension this version does not know, as a refusal; `start` is the block's offset.
    #[inline]
    pub(crate) fn check_critical(&self, start: u64) -> Result<(), Error> {
        let mut rest = self.block;
        while let Some((extension, behind)) = split_first(rest) {
            // SPEC [EXT-5]: in this version that is every critical one.
            if extension.is_critical() {
                return Err(ErrorKind::UnknownCritical.at(offset_of(rest, self.block, start)));
            }
            rest = behind;
        }
        Ok(())
    }

    /// All extensions, in ascending order of type, unknown ones included.
    pub fn iter(&self) -> impl Iterator<Item = Extension<'a>> + use<'a> {
        // SPEC [EXT-6]: what is not known is handed on as it is.
        let mut rest = self.block;
        core::iter::from_fn(move || {
            let (extension, behind) = split_first(rest)?;
            rest = behind;
            Some(extension)
        })
    }

    /// The value of the extension of that type.
    #[must_use]
    pub fn value(&self, kind: u16) -> Option<&'a [u8]> {
        self.iter().find(|extension| extension.kind == kind).map(|extension| extension.value)
    }

    /// The sequence number.
    #[must_use]
    pub fn sequence(&self) -> Option<u64> {
        self.number(SEQUENCE).map(u64::from_le_bytes)
    }

    /// Nanoseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn time(&self) -> Option<i64> {
        self.number(TIME).map(i64::from_le_bytes)
    }

    /// W3C trace-id, parent-id and trace-flags.
    #[must_use]
    pub fn trace_context(&self) -> Option<&'a [u8]> {
        self.value(TRACE_CONTEXT)
    }

    /// The thread or session.
    #[must_use]
    pub fn stream_key(&self) -> Option<&'a str> {
        self.value(STREAM_KEY).and_then(|value| core::str::from_utf8(value).ok())
    }

    /// The message id.
    #[must_use]
    pub fn message_id(&self) -> Option<[u8; 16]> {
        self.number(MESSAGE_ID)
    }

    /// The number of items of this batch.
    #[must_use]
    pub fn item_count(&self) -> Option<u32> {
        self.number(ITEM_COUNT).map(u32::from_le_bytes)
    }

    /// The producer epoch.
    #[must_use]
    pub fn producer_epoch(&self) -> Option<u64> {
        self.number(PRODUCER_EPOCH).map(u64::from_le_bytes)
    }

    /// The block as it stands in the frame; empty when there is none.
    #[must_use]
    pub const fn block(&self) -> &'a [u8] {
        self.block
    }

    fn number<const N: usize>(&self, kind: u16) -> Option<[u8; N]> {
        self.value(kind).and_then(|value| value.try_into().ok())
    }
}

/// Writes extensions as a block for a frame of that kind.
///
/// # Errors
/// [`ExtensionRefused`] when EXT-1 to EXT-4 forbid them, before anything is written, or when the sink is full.
#[inline]
pub fn write<S: Sink>(
    extensions: &[Extension<'_>],
    frame: Kind,
    sink: &mut S,
) -> Result<(), ExtensionRefused> {
    // SPEC [EXT-1]: what a decoder would refuse is not written.
    let mut len = 0_usize;
    let mut previous: Option<u16> = None;
    for extension in extensions {
        len = len.saturating_add(4).saturating_add(extension.value.len());
        if previous.is_some_and(|previous| extension.kind <= previous)
            || !extension.is_well_formed(frame)
            || extension.is_critical()
        {
            return Err(ExtensionRefused { kind: Some(extension.kind) });
        }
        previous = Some(extension.kind);
    }
    if extensions.len() > MAX_EXTENSIONS || len > MAX_EXTENSIONS_LEN {
        return Err(ExtensionRefused { kind: None });
    }
    for extension in extensions {
        put(extension, sink).map_err(|_| ExtensionRefused { kind: Some(extension.kind) })?;
    }
    Ok(())
}

fn put<S: Sink>(extension: &Extension<'_>, sink: &mut S) -> Result<(), SinkFull> {
    let len = u16::try_from(extension.value.len()).map_err(|_| SinkFull)?;
    sink.put(&extension.kind.to_le_bytes())?;
    sink.put(&len.to_le_bytes())?;
    sink.put(extension.value)
}

/// Whether it is UTF-8; most keys are ASCII, which is quicker to see.
fn is_text(value: &[u8]) -> bool {
    value.is_ascii() || core::str::from_utf8(value).is_ok()
}

/// The first extension of a block, and what lies behind it; nothing when it does not fit, or the block is empty.
#[inline]
fn split_first(block: &[u8]) -> Option<(Extension<'_>, &[u8])> {
    let ([k0, k1, l0, l1], rest) = block.split_first_chunk()?;
    let len = usize::from(u16::from_le_bytes([*l0, *l1]));
    let (value, rest) = rest.split_at_checked(len)?;
    Some((Extension { kind: u16::from_le_bytes([*k0, *k1]), value }, rest))
}

/// Where `rest`, the end of `block`, begins.
#[cold]
fn offset_of(rest: &[u8], block: &[u8], start: u64) -> u64 {
    let read = block.len().saturating_sub(rest.len());
    start.saturating_add(u64::try_from(read).unwrap_or(u64::MAX))
}

/// Extensions that an encoder must not write.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ExtensionRefused {
    /// The type concerned, or nothing when they are too many or too long together.
    pub kind: Option<u16>,
}

impl fmt::Display for ExtensionRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Some(kind) => write!(f, "extension {kind:#06x} is out of order, malformed or critical"),
            None => f.write_str("more than 32 extensions or 4096 bytes of them"),
        }
    }
}

impl core::error::Error for ExtensionRefused {}

/// Sequence number, u64.
pub const SEQUENCE: u16 = 0x0001;
/// Nanoseconds since 1970-01-01T00:00:00Z, i64.
pub const TIME: u16 = 0x0002;
/// W3C trace context, 25 bytes.
pub const TRACE_CONTEXT: u16 = 0x0003;
/// Thread or session, UTF-8 of 1..256 bytes.
pub const STREAM_KEY: u16 = 0x0004;
/// Message id, 16 bytes.
pub const MESSAGE_ID: u16 = 0x0005;
/// Items of a batch, u32.
pub const ITEM_COUNT: u16 = 0x0006;
/// Producer epoch, u64.
pub const PRODUCER_EPOCH: u16 = 0x0007;
const CRITICAL: u16 = 0x8000;
