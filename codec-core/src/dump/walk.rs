//! The walk over a frame: the header, how far the body is followed, and how a field is shown.

use super::remarks::{blames, is_at};
use super::span::{Span, length, number};
use super::{Field, Part, Status, Value};
use crate::checksum;
use crate::codec::Codec;
use crate::error::{Error, ErrorKind};
use crate::header::Kind;
use crate::limits::{HEADER_DATA_LEN, HEADER_LEN, Limits, MAX_LEN, OVERHEAD, TRAILER_LEN};

/// Shows fields to a visitor, in the light of a verdict.
pub(super) struct Walk<'v> {
    pub(super) visit: &'v mut dyn FnMut(&Field<'_>),
    /// What a relay says.
    pub(super) refusal: Option<Error>,
    /// What every decoder says to a frame that a relay accepts.
    pub(super) decoder: Option<Error>,
}

/// What the header says that the body's layout depends on.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    pub(super) kind: Kind,
    pub(super) codec: Codec,
    pub(super) flags: u8,
    pub(super) body_len: u32,
}

impl Walk<'_> {
    /// Shows the frame at the start of `bytes`.
    pub(super) fn frame(&mut self, bytes: &[u8], limits: &Limits) {
        let mut header = Span::new(bytes, 0, HEADER_LEN, self.is_header_verified());
        let Some(layout) = self.header(&mut header) else {
            return self.unread(bytes, header.offset, bytes.len());
        };
        let frame_len = length(layout.body_len).saturating_add(OVERHEAD);
        // SPEC [FRM-5, LIM-2]: a length is followed when its checksum and its limit allow.
        if !header.verified {
            return self.unread(bytes, HEADER_LEN, bytes.len());
        }
        if layout.body_len > limits.body().min(MAX_LEN) {
            return self.unread(bytes, HEADER_LEN, frame_len);
        }
        let computed = frame_crc(bytes, frame_len);
        let trailer_offset = frame_len.saturating_sub(TRAILER_LEN);
        let mut trailer = Span::new(bytes, trailer_offset, TRAILER_LEN, false);
        let stored = u32::try_from(number(trailer.bytes)).ok();
        // SPEC [ERR-2]: nothing of the body is vouched for unless the frame's checksum matches.
        trailer.verified = computed.is_some() && computed == stored;
        let mut body = Span::new(bytes, HEADER_LEN, length(layout.body_len), trailer.verified);
        if self.is_layout_known() {
            self.body(layout, &mut body);
        } else {
            self.show(&mut body, "body", length(layout.body_len), |_| Value::Bytes);
        }
        if body.missing == 0 {
            self.show(&mut trailer, "frame_crc", TRAILER_LEN, |bytes| checksum_of(bytes, computed));
        }
    }

    /// Shows the header; nothing when it is cut off, or when its layout is not known.
    fn header(&mut self, span: &mut Span<'_>) -> Option<Layout> {
        let covered = span.bytes.get(..HEADER_DATA_LEN).map(checksum::crc32c);
        self.show(span, "magic", 2, |_| Value::Hex)?;
        if self.refusal.is_some_and(|error| matches!(error.kind(), ErrorKind::BadMagic { .. })) {
            return None;
        }
        let version = span.take(1);
        self.show_half(span.depth, &version, "version", Part::High, |half| {
            Value::Number(u64::from(half))
        })?;
        if self.refusal.is_some_and(|error| error.kind() == ErrorKind::UnsupportedVersion) {
            return None;
        }
        let kind = |half| Value::Kind(Kind(half));
        let kind = Kind(self.show_half(span.depth, &version, "kind", Part::Low, kind)?);
        let storage = span.take(1);
        let codec = |half| Value::Codec(Codec(half));
        let codec = Codec(self.show_half(span.depth, &storage, "codec", Part::High, codec)?);
        let flags = self.show_half(span.depth, &storage, "flags", Part::Low, Value::Flags)?;
        self.show(span, "lineage", 8, |_| Value::Hex)?;
        self.number(span, "version", 2)?;
        self.number(span, "min_reader", 2)?;
        self.show(span, "fork_check", 4, |_| Value::Hex)?;
        let body_len = u32::try_from(self.number(span, "body_len", 4)?).ok()?;
        self.show(span, "header_crc", 4, |bytes| checksum_of(bytes, covered))?;
        Some(Layout { kind, codec, flags, body_len })
    }

    /// Shows the bytes from `start` to `end`, as many as there are, as not looked at.
    fn unread(&mut self, bytes: &[u8], start: usize, end: usize) {
        let mut span = Span::new(bytes, start, end.saturating_sub(start), false);
        self.show_rest(&mut span, "unread");
    }

    /// Shows what is present of the span as one field, if there is anything.
    pub(super) fn show_rest(&mut self, span: &mut Span<'_>, name: &'static str) {
        let len = span.bytes.len();
        if len > 0 {
            self.show(span, name, len, |_| Value::Bytes);
        }
    }

    /// Shows a little-endian number of `len` bytes.
    pub(super) fn number(
        &mut self,
        span: &mut Span<'_>,
        name: &'static str,
        len: usize,
    ) -> Option<u64> {
        self.show(span, name, len, |bytes| Value::Number(number(bytes))).map(number)
    }

    /// Shows the next `len` bytes as a field and gives them; nothing when they are cut off, and then the span is used up.
    pub(super) fn show<'a>(
        &mut self,
        span: &mut Span<'a>,
        name: &'static str,
        len: usize,
        value: impl FnOnce(&'a [u8]) -> Value<'a>,
    ) -> Option<&'a [u8]> {
        let inside = self.show_outside(span, name, len, value);
        (inside.missing == 0).then_some(inside.bytes)
    }

    /// Shows the next `len` bytes as a field that others lie in, and gives the span for them.
    pub(super) fn show_outside<'a>(
        &mut self,
        span: &mut Span<'a>,
        name: &'static str,
        len: usize,
        value: impl FnOnce(&'a [u8]) -> Value<'a>,
    ) -> Span<'a> {
        let depth = span.depth;
        let inside = span.take(len);
        let value = if inside.missing == 0 { value(inside.bytes) } else { inside.cut() };
        self.emit(depth, &inside, name, Part::Whole, value);
        inside
    }

    fn show_half(
        &mut self,
        depth: u8,
        byte: &Span<'_>,
        name: &'static str,
        part: Part,
        value: impl FnOnce(u8) -> Value<'static>,
    ) -> Option<u8> {
        let half = byte.bytes.first().map(|byte| match part {
            Part::High => byte >> 4,
            _ => byte & 15,
        });
        self.emit(depth, byte, name, part, half.map_or(byte.cut(), value));
        half
    }

    fn emit(
        &mut self,
        depth: u8,
        inside: &Span<'_>,
        name: &'static str,
        part: Part,
        value: Value<'_>,
    ) {
        let Span { bytes, offset, missing, verified, .. } = *inside;
        let wrong = self.refusal.filter(|error| {
            is_at(error, offset) && blames(error.kind(), name, depth, bytes, missing > 0)
        });
        let (status, value) = match wrong.map(|error| error.kind()) {
            Some(kind @ ErrorKind::BadMagic { looks_like: Some(foreign) }) => {
                (Status::Wrong(kind), Value::Foreign(foreign))
            }
            Some(kind) => (Status::Wrong(kind), value),
            None if missing > 0 => (Status::Missing, value),
            None if verified => (Status::Verified, value),
            None => (Status::Unverified, value),
        };
        let note = self.note(name, offset, status, value);
        (self.visit)(&Field { name, depth, offset, part, bytes, value, status, note });
    }
}

/// The frame's checksum, when all of its bytes are there.
fn frame_crc(bytes: &[u8], frame_len: usize) -> Option<u32> {
    let frame = bytes.get(..frame_len)?;
    let covered = checksum::crc32c(frame.get(..HEADER_DATA_LEN)?);
    let body = frame.get(HEADER_LEN..frame_len.checked_sub(TRAILER_LEN)?)?;
    Some(checksum::append(covered, body))
}

pub(super) fn checksum_of(bytes: &[u8], computed: Option<u32>) -> Value<'static> {
    Value::Checksum { stored: u32::try_from(number(bytes)).unwrap_or_default(), computed }
}
