//! What a recovery brings out and how it accounts for the rest.

use crate::frame::Frame;
use crate::header::Kind;

/// One finding of a recovery, in the order of the input.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A segment that does not add up although no byte of it is missing (frames were deleted, inserted, repeated or moved in it), or in which bytes came or went behind frames that were delivered.
    ///
    /// Its frames were delivered before.
    Edited {
        /// Where its first anchor starts.
        from: u64,
        /// Where the next anchor starts.
        to: u64,
    },
    /// A MESSAGE, BATCH, SCHEMA or DICT frame whose two checksums match, verified as a relay does.
    ///
    /// It is provisional until the next anchor is taken, that is until a later event shows no gap and no edit around it.
    Frame {
        /// The frame.
        frame: Frame<'a>,
        /// Its bytes.
        bytes: &'a [u8],
        /// Where it starts.
        start: u64,
    },
    /// Bytes that nobody vouches for, or a place where the shift changes.
    Gap(Gap),
    /// A frame of a kind that this version does not assign, stepped over; its two checksums match.
    Unassigned {
        /// Where it starts.
        start: u64,
        /// Its kind.
        kind: Kind,
    },
}

/// A loss: the bytes concerned and the frames that stood in them (SPEC REC-4).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Gap {
    /// Its first byte.
    pub from: u64,
    /// The first byte behind it; equal to `from` where only the shift changes.
    pub to: u64,
    /// How far positions in this input are ahead of offsets in the stream behind the gap: above zero when bytes were put in, below when some were taken out.
    pub shift: i64,
    /// The data frames lost; nothing when no anchor follows that would tell.
    pub frames_lost: Option<u64>,
}

/// Where the stream id came from (SPEC REC-1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum IdSource {
    /// From the caller.
    Caller,
    /// From the SYNC at position 0.
    FirstSync,
    /// From two SYNC or END frames at their own offsets, the later of which names the earlier.
    Learnt,
}

impl IdSource {
    /// The name that vectors use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::FirstSync => "first-sync",
            Self::Learnt => "learnt",
        }
    }
}

/// The sums of a recovery.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// Data frames delivered.
    pub frames: u64,
    /// SCHEMA and DICT frames delivered.
    pub control_frames: u64,
    /// Frames of unassigned kinds stepped over.
    pub unassigned: u64,
    /// Gaps.
    pub gaps: u64,
    /// Bytes in gaps.
    pub bytes_lost: u64,
    /// Data frames lost in the gaps that know.
    pub frames_lost: u64,
    /// Whether the loss of the last gap is unknown, because no anchor follows it.
    pub is_loss_unknown: bool,
    /// Segments marked edited.
    pub edited: u64,
    /// Data frames delivered behind the last anchor, which nothing confirms.
    pub unconfirmed: u64,
    /// Whether an END was reached.
    pub terminated: bool,
    /// Bytes after END.
    pub trailing: u64,
    /// Whether the rest was given up because the budget of SPEC REC-8 was spent.
    pub budget_spent: bool,
    /// The bytes that were counted against that budget.
    pub spent: u64,
}
