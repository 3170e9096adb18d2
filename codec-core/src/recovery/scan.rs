//! Looks at single places of a damaged stream: is there a frame, an anchor, a chain of frames? What that costs is counted.

use memchr::memmem::Finder;

use super::source::{ReadAt, RecoveryError, Window};
use crate::chain::Chain;
use crate::codec::Codec;
use crate::control::{Control, Sync};
use crate::error::Error;
use crate::frame::{Content, Frame, checked_body};
use crate::header::{Header, Kind, MAGIC};
use crate::limits::{HEADER_DATA_LEN, HEADER_LEN, Limits, SYNC_DISTANCE, TRAILER_LEN};
use crate::schema_key::SchemaKey;

/// Reads, searches and verifies, within a budget.
#[derive(Debug)]
pub(super) struct Scan<S> {
    window: Window<S>,
    limits: Limits,
    magic: Finder<'static>,
    heads: Heads,
    pub(super) budget: Budget,
}

/// A SYNC or END, verified or not, and where it starts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Anchor {
    pub(super) position: u64,
    pub(super) kind: Kind,
    pub(super) sync: Sync,
    pub(super) trailer: u32,
}

/// A frame that verifies, or one of an unassigned kind whose checksums match.
#[derive(Clone, Copy, Debug)]
pub(super) struct Verified {
    pub(super) header: Header,
    pub(super) sync: Option<Sync>,
    trailer: u32,
}

/// The headers that every SYNC and every END has.
#[derive(Debug)]
struct Heads {
    sync: [u8; HEADER_LEN],
    end: [u8; HEADER_LEN],
}

/// What may be spent, in bytes, and was.
#[derive(Debug)]
pub(super) struct Budget {
    limit: u64,
    spent: u64,
    is_spent: bool,
}

impl<S: ReadAt> Scan<S> {
    pub(super) fn new(source: S, limits: Limits, window: usize) -> Self {
        let window = Window::new(source, window);
        // SPEC [REC-8]: 16 times the input and 2^27 bytes.
        let limit = window.len().saturating_mul(16).saturating_add(1 << 27);
        let budget = Budget { limit, spent: 0, is_spent: false };
        Self { window, limits, magic: Finder::new(&MAGIC), heads: Heads::new(), budget }
    }

    /// The frame at a position; nothing when what is there is refused, or when the budget is spent.
    pub(super) fn frame_at(
        &mut self,
        position: u64,
    ) -> Result<Option<Verified>, RecoveryError<S::Error>> {
        let left = self.len().saturating_sub(position);
        let head = self.window.at(position, HEADER_LEN)?;
        if !head.starts_with(&MAGIC) || !self.budget.pay(HEADER_DATA_LEN) {
            return Ok(None);
        }
        let Some(header) = header_of_any_kind(head, &self.limits) else { return Ok(None) };
        let len = header.frame_len();
        // SPEC [FRM-12, LIM-2]: what is not there gets no room either.
        if u64::try_from(len).map_or(true, |len| len > left) {
            return Ok(None);
        }
        let bytes = self.window.at(position, len)?.get(..len).unwrap_or_default();
        if !self.budget.pay(len.saturating_sub(HEADER_LEN - HEADER_DATA_LEN + TRAILER_LEN)) {
            return Ok(None);
        }
        // SPEC [FRM-14]: of every kind, before the body is looked at.
        let Ok((body, trailer)) = checked_body(&header, bytes) else { return Ok(None) };
        // SPEC [REC-3]: an unassigned kind needs no more than its checksums.
        if !is_assigned(header.kind) {
            return Ok(Some(Verified { header, sync: None, trailer }));
        }
        let frame = Frame::parse_content(header, body, trailer, &self.limits);
        Ok(frame.ok().map(|frame| Verified { header, sync: sync_of(&frame), trailer }))
    }

    /// The frame that was verified at a position last, and its bytes.
    pub(super) fn frame(
        &self,
        position: u64,
        verified: &Verified,
    ) -> Result<(Frame<'_>, &[u8]), Error> {
        let Verified { header, trailer, .. } = *verified;
        let bytes = self.window.held(position, header.frame_len()).unwrap_or_default();
        let body = bytes.get(HEADER_LEN..bytes.len().saturating_sub(TRAILER_LEN));
        Frame::parse_content(header, body.unwrap_or_default(), trailer, &self.limits)
            .map(|frame| (frame, bytes))
    }

    /// The first SYNC or END with that id in `from..until` that verifies.
    pub(super) fn next_anchor(
        &mut self,
        from: u64,
        until: u64,
        stream_id: &[u8; 16],
    ) -> Result<Option<Anchor>, RecoveryError<S::Error>> {
        let mut from = from;
        while let Some(found) = self.next_candidate(from, until)? {
            // SPEC [REC-3]: the id is what counts; the magic only said where to look.
            if found.sync.stream_id == *stream_id
                && let Some(anchor) = self.anchor_at(found.position)?
            {
                return Ok(Some(anchor));
            }
            if self.budget.is_spent {
                break;
            }
            from = found.position.saturating_add(1);
        }
        Ok(None)
    }

    /// The SYNC or END that verifies at a position.
    pub(super) fn anchor_at(
        &mut self,
        position: u64,
    ) -> Result<Option<Anchor>, RecoveryError<S::Error>> {
        let verified = self.frame_at(position)?;
        Ok(verified.and_then(|verified| verified.anchor(position)))
    }

    /// The first place in `from..until` that has the header of a SYNC or END and a body of their form; no checksum of it was looked at.
    pub(super) fn next_candidate(
        &mut self,
        from: u64,
        until: u64,
    ) -> Result<Option<Anchor>, RecoveryError<S::Error>> {
        let mut from = from;
        while from < until {
            let here = self.window.at(from, ANCHOR_LEN)?;
            // The places whose 80 bytes are here; at the end of the input there are none.
            let places = here.len().saturating_sub(ANCHOR_LEN - 1);
            if places == 0 {
                break;
            }
            let searched = here.get(..places.saturating_add(1)).unwrap_or_default();
            let skip = self.magic.find(searched).unwrap_or(places);
            let position = from.saturating_add(u64::try_from(skip).unwrap_or(u64::MAX));
            if position >= until {
                break;
            }
            let candidate =
                here.get(skip..).and_then(|bytes| self.heads.candidate(position, bytes));
            if candidate.is_some() {
                return Ok(candidate);
            }
            from = position.saturating_add(if skip < places { 1 } else { 0 });
        }
        Ok(None)
    }

    /// The stream as it stands where the frames behind a SYNC lead to one that names it and says what follows from it; nothing when they do not.
    pub(super) fn borne_out(
        &mut self,
        anchor: &Anchor,
    ) -> Result<Option<Chain>, RecoveryError<S::Error>> {
        let mut chain = anchor.chain();
        let mut position = anchor.end();
        while let Some(verified) = self.frame_at(position)? {
            if let Some(sync) = verified.sync {
                return Ok(chain.check(&sync).is_ok().then_some(chain));
            }
            // SPEC [REC-2]: no stream has a frame so far behind its last SYNC; this bounds the walk.
            if position.saturating_sub(anchor.position) >= SYNC_DISTANCE {
                break;
            }
            verified.count_in(&mut chain);
            position = verified.end(position);
        }
        Ok(None)
    }

    /// The anchor at a position, read without moving the window.
    pub(super) fn peek_anchor(
        &mut self,
        position: u64,
    ) -> Result<Option<Anchor>, RecoveryError<S::Error>> {
        let bytes: [u8; ANCHOR_LEN] = self.window.peek(position)?;
        if !self.budget.pay(HEADER_DATA_LEN + HEADER_DATA_LEN + Sync::LEN) {
            return Ok(None);
        }
        let frame = Frame::parse(&bytes, &self.limits);
        Ok(frame.ok().and_then(|_| self.heads.candidate(position, &bytes)))
    }

    /// The length of the input.
    pub(super) const fn len(&self) -> u64 {
        self.window.len()
    }

    pub(super) fn into_source(self) -> S {
        self.window.into_source()
    }
}

impl Heads {
    fn new() -> Self {
        Self { sync: anchor_head(Kind::SYNC), end: anchor_head(Kind::END) }
    }

    /// The SYNC or END at the start of `bytes`, unverified.
    fn candidate(&self, position: u64, bytes: &[u8]) -> Option<Anchor> {
        let (head, rest) = bytes.split_first_chunk::<HEADER_LEN>()?;
        let kind = match head {
            _ if *head == self.sync => Kind::SYNC,
            _ if *head == self.end => Kind::END,
            _ => return None,
        };
        let (body, rest) = rest.split_first_chunk::<{ Sync::LEN }>()?;
        let trailer = u32::from_le_bytes(*rest.first_chunk()?);
        match Control::parse(kind, body) {
            Ok(Control::Sync(sync)) => Some(Anchor { position, kind, sync, trailer }),
            _ => None,
        }
    }
}

impl Anchor {
    /// The position behind it.
    pub(super) fn end(&self) -> u64 {
        self.position.saturating_add(ANCHOR_END)
    }

    /// How far its position is ahead of its own offset; nothing when its numbers make it no anchor.
    pub(super) fn shift(&self) -> Option<i64> {
        // SPEC [REC-2]: below 2^63, so that no sum wraps and every shift fits.
        let _ = i64::try_from(self.sync.count).ok()?;
        let own_offset = i64::try_from(self.sync.own_offset).ok()?;
        i64::try_from(self.position).ok()?.checked_sub(own_offset)
    }

    /// The stream as it stands behind this SYNC.
    pub(super) fn chain(&self) -> Chain {
        let mut chain = Chain::resumed(&self.sync);
        chain.add(self.kind, ANCHOR_LEN, self.trailer);
        chain
    }
}

impl Verified {
    /// The anchor this frame is at that position, when it is a SYNC or END.
    pub(super) fn anchor(&self, position: u64) -> Option<Anchor> {
        let (kind, trailer) = (self.header.kind, self.trailer);
        self.sync.map(|sync| Anchor { position, kind, sync, trailer })
    }

    /// Counts it in a chain.
    pub(super) fn count_in(&self, chain: &mut Chain) {
        chain.add(self.header.kind, self.header.frame_len(), self.trailer);
    }

    /// The position behind it when it starts at `position`.
    pub(super) fn end(&self, position: u64) -> u64 {
        position.saturating_add(u64::try_from(self.header.frame_len()).unwrap_or(u64::MAX))
    }
}

impl Budget {
    /// Spends so many bytes, if they are left; the first that are not end the recovery.
    pub(super) fn pay(&mut self, bytes: usize) -> bool {
        self.pay_all(u64::try_from(bytes).unwrap_or(u64::MAX))
    }

    /// The same for a distance in the input.
    pub(super) fn pay_all(&mut self, bytes: u64) -> bool {
        self.is_spent |= bytes > self.left();
        if !self.is_spent {
            self.spent = self.spent.saturating_add(bytes);
        }
        !self.is_spent
    }

    pub(super) const fn left(&self) -> u64 {
        self.limit.saturating_sub(self.spent)
    }

    pub(super) const fn spent(&self) -> u64 {
        self.spent
    }

    pub(super) const fn is_spent(&self) -> bool {
        self.is_spent
    }
}

/// Whether a strict reader knows the kind.
pub(super) const fn is_assigned(kind: Kind) -> bool {
    kind.is_data() || kind.is_control()
}

/// The header at the start of `bytes`, its kind assigned or not.
fn header_of_any_kind(bytes: &[u8], limits: &Limits) -> Option<Header> {
    let header = Header::parse_any_kind(bytes).ok()?;
    let checked = match is_assigned(header.kind) {
        true => header.check(limits),
        // SPEC [REC-3]: FRM-2 to FRM-5 and FRM-11 hold for an unassigned kind too.
        false => header.check_body_len(limits),
    };
    checked.is_ok().then_some(header)
}

fn sync_of(frame: &Frame<'_>) -> Option<Sync> {
    match frame.content() {
        Content::Control(Control::Sync(sync)) => Some(*sync),
        _ => None,
    }
}

fn anchor_head(kind: Kind) -> [u8; HEADER_LEN] {
    let body_len = u32::try_from(Sync::LEN).unwrap_or(u32::MAX);
    Header { kind, codec: Codec::NONE, flags: 0, key: SchemaKey::ZERO, body_len }.to_bytes()
}

/// The length of a SYNC or END frame.
const ANCHOR_LEN: usize = Sync::FRAME_LEN;
#[allow(clippy::as_conversions, reason = "80 fits")]
const ANCHOR_END: u64 = ANCHOR_LEN as u64;

#[cfg(test)]
mod tests;
