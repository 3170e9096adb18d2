//! Brings the intact frames out of a damaged stream (SPEC section 10).
//!
//! It resumes at anchors only: SYNC and END frames that verify, bear the stream's id and lie where they say they lie. Between two of them it goes from verified frame to verified frame, and where
//! that ends it seeks the next. What was not delivered is accounted for: exactly, as soon as a later anchor says how many frames stood before it.
//!
//! Memory: one buffer of `max(256 KiB, 32 + limits.body())` bytes and a fixed state, whatever the length of the input.

use core::cmp::Ordering;

mod learn;
mod report;
mod scan;
mod source;

pub use self::report::{Event, Gap, IdSource, Report};
use self::scan::{Anchor, Scan, Verified, is_assigned};
pub use self::source::{ReadAt, RecoveryError};
use crate::chain::Chain;
use crate::header::Kind;
use crate::limits::Limits;

/// One pass over a damaged stream.
///
/// SCHEMA and DICT frames serve every frame of the stream, wherever they stand (SPEC REC-7): who decodes makes a first pass for these and a second for the records.
#[derive(Debug)]
pub struct Recovery<S> {
    scan: Scan<S>,
    stream_id: [u8; 16],
    id_source: IdSource,
    state: State,
    shift: i64,
    /// The anchor taken last.
    last: Option<Anchor>,
    /// The stream since then, as far as it was delivered.
    chain: Chain,
    /// An anchor further on that speaks against taking some before it.
    rival: Option<Anchor>,
    gap: Option<Gap>,
    edited: Option<(u64, u64)>,
    report: Report,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// No anchor between `lost` and `from` was taken; everything from `lost` on is lost so far.
    Seek {
        lost: u64,
        from: u64,
    },
    /// The next frame starts here.
    Walk(u64),
    Done,
}

/// What a step found.
enum Found {
    Frame(u64, Verified),
    Unassigned(u64, Kind),
}

impl<S: ReadAt> Recovery<S> {
    /// Finds out which stream it is, from the caller, the first SYNC, or two anchors that agree.
    ///
    /// The last of these reads the whole input.
    ///
    /// # Errors
    /// `Refused` with `NoStreamId` (SPEC REC-1); `Source`; `OutOfMemory`.
    pub fn open(
        source: S,
        limits: Limits,
        stream_id: Option<[u8; 16]>,
    ) -> Result<Self, RecoveryError<S::Error>> {
        Self::with_window(source, limits, stream_id, WINDOW_LEN)
    }

    /// The same with a window of another size, which must not change what is found.
    fn with_window(
        source: S,
        limits: Limits,
        stream_id: Option<[u8; 16]>,
        window: usize,
    ) -> Result<Self, RecoveryError<S::Error>> {
        let mut scan = Scan::new(source, limits, window);
        let (stream_id, id_source) = learn::stream_id(&mut scan, stream_id)?;
        Ok(Self {
            scan,
            stream_id,
            id_source,
            state: State::Seek { lost: 0, from: 0 },
            shift: 0,
            last: None,
            chain: Chain::new(stream_id),
            rival: None,
            gap: None,
            edited: None,
            report: Report::default(),
        })
    }

    /// The next finding; nothing when all was said.
    ///
    /// # Errors
    /// `Source` and `OutOfMemory`. The next call tries the same again.
    #[expect(clippy::should_implement_trait, reason = "an event lends: no Iterator can")]
    pub fn next(&mut self) -> Result<Option<Event<'_>>, RecoveryError<S::Error>> {
        let found = loop {
            if let Some(gap) = self.gap.take() {
                return Ok(Some(Event::Gap(gap)));
            }
            if let Some((from, to)) = self.edited.take() {
                return Ok(Some(Event::Edited { from, to }));
            }
            match self.state {
                State::Seek { lost, from } => self.seek(lost, from)?,
                State::Walk(position) => {
                    if let Some(found) = self.walk(position)? {
                        break found;
                    }
                }
                State::Done => return Ok(None),
            }
        };
        match found {
            Found::Unassigned(start, kind) => Ok(Some(Event::Unassigned { start, kind })),
            Found::Frame(start, verified) => {
                let (frame, bytes) =
                    self.scan.frame(start, &verified).map_err(RecoveryError::Refused)?;
                Ok(Some(Event::Frame { frame, bytes, start }))
            }
        }
    }

    /// The stream's id.
    #[must_use]
    pub const fn stream_id(&self) -> [u8; 16] {
        self.stream_id
    }

    /// Where the id came from.
    #[must_use]
    pub const fn id_source(&self) -> IdSource {
        self.id_source
    }

    /// The sums of what was found so far; of everything, once [`Recovery::next`] gave nothing.
    #[must_use]
    pub const fn report(&self) -> Report {
        Report {
            budget_spent: self.scan.budget.is_spent(),
            spent: self.scan.budget.spent(),
            ..self.report
        }
    }

    /// Gives the source back, for another pass.
    #[must_use]
    pub fn into_source(self) -> S {
        self.scan.into_source()
    }

    /// Looks for the next anchor that may be taken.
    fn seek(&mut self, lost: u64, from: u64) -> Result<(), RecoveryError<S::Error>> {
        let mut from = from;
        let len = self.scan.len();
        while let Some(anchor) = self.scan.next_anchor(from, len, &self.stream_id)? {
            if self.may_take(&anchor)? {
                self.take(anchor, lost);
                return Ok(());
            }
            from = anchor.position.saturating_add(1);
        }
        self.finish(lost);
        Ok(())
    }

    /// Goes over one frame.
    fn walk(&mut self, position: u64) -> Result<Option<Found>, RecoveryError<S::Error>> {
        if position >= self.scan.len() {
            self.finish(position);
            return Ok(None);
        }
        let verified = self.scan.frame_at(position)?;
        let Some(verified) = verified else {
            self.lose(position);
            return Ok(None);
        };
        if let Some(anchor) = verified.anchor(position) {
            if anchor.sync.stream_id == self.stream_id && self.may_take(&anchor)? {
                self.take(anchor, position);
            } else {
                self.lose(position);
            }
            return Ok(None);
        }
        verified.count_in(&mut self.chain);
        self.state = State::Walk(verified.end(position));
        let kind = verified.header.kind;
        let counter = match kind {
            _ if kind.is_data() => &mut self.report.frames,
            _ if kind.is_control() => &mut self.report.control_frames,
            _ => &mut self.report.unassigned,
        };
        *counter = counter.saturating_add(1);
        // SPEC [REC-3]: an unassigned kind is counted in the chain, reported, and not delivered.
        Ok(Some(if is_assigned(kind) {
            Found::Frame(position, verified)
        } else {
            Found::Unassigned(position, kind)
        }))
    }

    /// Whether an anchor is in place or may be taken out of place.
    fn may_take(&mut self, anchor: &Anchor) -> Result<bool, RecoveryError<S::Error>> {
        if anchor.shift() == Some(self.shift) {
            return Ok(true);
        }
        Ok(self.is_credible(anchor)? && !self.is_shut_out(anchor)?)
    }

    /// Whether an anchor is in place or has something that bears it out.
    fn is_credible(&mut self, anchor: &Anchor) -> Result<bool, RecoveryError<S::Error>> {
        let Some(shift) = anchor.shift() else { return Ok(false) };
        if shift == self.shift {
            return Ok(true);
        }
        let own = anchor.sync.own_offset;
        let order = self.last.map_or(Ordering::Greater, |last| own.cmp(&last.sync.own_offset));
        // SPEC [REC-2]: only forward in the stream, or frames would be delivered twice.
        Ok(match (order, anchor.kind) {
            (Ordering::Less, _) => false,
            (_, Kind::END) => order.is_gt() && anchor.end() == self.scan.len(),
            (Ordering::Greater, _) => self.scan.borne_out(anchor)?.is_some(),
            // The last anchor once more. When all that follows it was delivered, this is a repetition; otherwise it was the one before that was a copy, and an incomplete one.
            (Ordering::Equal, _) => {
                self.scan.borne_out(anchor)?.is_some_and(|whole| whole != self.chain)
            }
        })
    }

    /// Whether taking an anchor would shut out one that is earlier in the stream and later in the input.
    ///
    /// A copy of a later part of the stream does that, written over an earlier part or put in before it: what follows the copy is then lost up to where it was copied from. When bytes are really missing, nothing earlier comes later.
    fn is_shut_out(&mut self, anchor: &Anchor) -> Result<bool, RecoveryError<S::Error>> {
        let own = anchor.sync.own_offset;
        // Where the anchor would lie if it were in place, and one more.
        let until = i128::from(own).saturating_add(i128::from(self.shift)).saturating_add(1);
        let until = u64::try_from(until).unwrap_or(0).min(self.scan.len());
        let mut from = anchor.end();
        if self.rival.is_some_and(|rival| {
            (from..until).contains(&rival.position) && rival.sync.own_offset <= own
        }) {
            return Ok(true);
        }
        while from < until {
            // SPEC [REC-8]: these bytes will be searched again.
            let until = until.min(from.saturating_add(self.scan.budget.left()));
            let rival = self.scan.next_anchor(from, until, &self.stream_id)?;
            let to = rival.map_or(until, |rival| rival.end());
            if !self.scan.budget.pay_all(to.saturating_sub(from)) {
                break;
            }
            from = to;
            if let Some(rival) = rival
                && rival.sync.own_offset <= own
                && self.is_credible(&rival)?
            {
                self.rival = Some(rival);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes an anchor: accounts for what came before it, and goes on behind it. `lost` is where the last walk ended.
    fn take(&mut self, anchor: Anchor, lost: u64) {
        let shift = anchor.shift().unwrap_or(self.shift);
        let is_stretch = lost < anchor.position;
        let is_moved = shift != self.shift;
        // SPEC [REC-4]: what the anchor counts and nobody delivered.
        let frames_lost = anchor.sync.count.checked_sub(self.chain.count());
        if is_stretch || is_moved {
            let frames_lost = Some(frames_lost.unwrap_or(0));
            self.put_gap(Gap { from: lost, to: anchor.position, shift, frames_lost });
        }
        // SPEC [REC-4, REC-5]: no byte is missing, or more was delivered than there was: somebody edited this.
        let is_edited = match (is_stretch, is_moved) {
            // SPEC [REC-5]: where bytes came or went, a frame of a payload may have come to lie where one was due.
            (true, true) => {
                frames_lost.is_none()
                    || self.chain.count() > self.last.map_or(0, |last| last.sync.count)
            }
            (true, false) => frames_lost.is_none(),
            (false, true) => true,
            (false, false) => self.chain.check(&anchor.sync).is_err(),
        };
        if let Some(last) = self.last.filter(|_| is_edited) {
            self.edited = Some((last.position, anchor.position));
            self.report.edited = self.report.edited.saturating_add(1);
        }
        self.shift = shift;
        self.chain = anchor.chain();
        self.last = Some(anchor);
        self.rival = None;
        self.state = State::Walk(anchor.end());
        if anchor.kind == Kind::END {
            // SPEC [REC-6]: bytes after END are reported and not looked at.
            self.report.terminated = true;
            self.report.trailing = self.scan.len().saturating_sub(anchor.end());
            self.state = State::Done;
        }
    }

    /// Ends a walk: what stands here is no frame of this stream.
    fn lose(&mut self, position: u64) {
        self.state = State::Seek { lost: position, from: position.saturating_add(1) };
    }

    /// Ends the recovery without an END.
    fn finish(&mut self, lost: u64) {
        let len = self.scan.len();
        // SPEC [REC-4, REC-8]: no anchor follows, so nobody knows how many frames are lost.
        if lost < len {
            self.report.is_loss_unknown = true;
            self.put_gap(Gap { from: lost, to: len, shift: self.shift, frames_lost: None });
        }
        // SPEC [REC-6]: nothing bears these out.
        let confirmed = self.last.map_or(0, |last| last.sync.count);
        self.report.unconfirmed = self.chain.count().saturating_sub(confirmed);
        self.state = State::Done;
    }

    fn put_gap(&mut self, gap: Gap) {
        let Report { gaps, bytes_lost, frames_lost, .. } = &mut self.report;
        *gaps = gaps.saturating_add(1);
        *bytes_lost = bytes_lost.saturating_add(gap.to.saturating_sub(gap.from));
        *frames_lost = frames_lost.saturating_add(gap.frames_lost.unwrap_or(0));
        self.gap = Some(gap);
    }
}

/// How much is read at a time.
const WINDOW_LEN: usize = 256 << 10;

#[cfg(test)]
mod tests;
