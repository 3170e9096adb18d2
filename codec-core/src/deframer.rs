//! Cuts frames out of bytes that arrive in any pieces (SPEC DEF-1).

use crate::error::Error;
use crate::frame::Frame;
use crate::header::{Header, truncated};
use crate::limits::{DIAGNOSIS_LEN, HEADER_LEN, Limits};

/// Verifies frame after frame. The caller owns the bytes, and gives those not consumed again.
#[derive(Clone, Debug)]
pub struct Deframer {
    limits: Limits,
    offset: u64,
    failed: Option<Error>,
}

/// What one step found.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A verified frame, and where it starts.
    Frame {
        /// The frame.
        frame: Frame<'a>,
        /// Its bytes.
        bytes: &'a [u8],
        /// Where it starts, counted from the first byte ever given.
        start: u64,
    },
    /// At least so many bytes more are needed.
    NeedMore(usize),
    /// The input ended between two frames.
    End,
}

/// A step: what it found and how many bytes of the input it used up.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Step<'a> {
    /// Bytes used up; the next input begins behind them.
    pub consumed: usize,
    /// What was found.
    pub event: Event<'a>,
}

impl Deframer {
    /// A deframer whose first byte has offset 0.
    #[must_use]
    pub const fn new(limits: Limits) -> Self {
        Self::starting_at(limits, 0)
    }

    /// A deframer whose first byte has that offset.
    #[must_use]
    pub const fn starting_at(limits: Limits, offset: u64) -> Self {
        Self { limits, offset, failed: None }
    }

    /// Looks at the next frame in `input`; `eof` says that nothing follows it.
    ///
    /// # Errors
    /// As [`Frame::parse`] without `TrailingData`, with offsets from the first byte ever given. After an error every step gives that error again.
    pub fn step<'a>(&mut self, input: &'a [u8], eof: bool) -> Result<Step<'a>, Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let step = self.look(input, eof).map_err(|error| error.moved(self.offset));
        match &step {
            Ok(step) => {
                self.offset =
                    self.offset.saturating_add(u64::try_from(step.consumed).unwrap_or(u64::MAX));
            }
            Err(error) => self.failed = Some(*error),
        }
        step
    }

    /// The offset of the next frame.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// How many more bytes than `input` the next step needs; 0 when it will not ask for more.
    #[must_use]
    pub fn missing(&self, input: &[u8], eof: bool) -> usize {
        match self.header(input, eof) {
            _ if eof || self.failed.is_some() => 0,
            Ok(Ok(header)) => header.frame_len().saturating_sub(input.len()),
            Ok(Err(missing)) => missing,
            Err(_) => 0,
        }
    }

    fn look<'a>(&self, input: &'a [u8], eof: bool) -> Result<Step<'a>, Error> {
        let wait = |missing| Ok(Step { consumed: 0, event: Event::NeedMore(missing) });
        if input.is_empty() && eof {
            return Ok(Step { consumed: 0, event: Event::End });
        }
        let header = match self.header(input, eof)? {
            Ok(header) => header,
            Err(missing) => return wait(missing),
        };
        let len = header.frame_len();
        match input.get(..len) {
            Some(bytes) => {
                let frame = Frame::parse_body(header, bytes, &self.limits)?;
                let event = Event::Frame { frame, bytes, start: self.offset };
                Ok(Step { consumed: len, event })
            }
            None if eof => Err(truncated(input.len(), len)),
            None => wait(len.saturating_sub(input.len())),
        }
    }

    /// The header, or how many bytes are missing before it can be judged.
    fn header(&self, input: &[u8], eof: bool) -> Result<Result<Header, usize>, Error> {
        // SPEC [DEF-1]: 8 bytes for the magic and its diagnosis, 28 for the header, then the frame; never more.
        if input.len() < DIAGNOSIS_LEN && !eof {
            return Ok(Err(DIAGNOSIS_LEN.saturating_sub(input.len())));
        }
        match Header::parse(input, &self.limits) {
            Err(_) if !eof && is_prefix(input) => Ok(Err(HEADER_LEN.saturating_sub(input.len()))),
            parsed => parsed.map(Ok),
        }
    }
}

/// Whether a header could begin like this: its only fault is that it is not complete.
fn is_prefix(input: &[u8]) -> bool {
    matches!(
        Header::parse_any_kind(input),
        Err(error) if matches!(error.kind(), crate::error::ErrorKind::Truncated { .. })
    )
}
