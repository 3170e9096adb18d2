//! What a recovery said, kept, and held against the stream it came from.

use std::collections::{HashMap, HashSet};
use std::vec::Vec;

use super::codec_core::Kind;
use super::codec_core::recovery::{Event, Gap, IdSource, ReadAt, Recovery, RecoveryError, Report};
use super::stream::Stream;

/// Everything a recovery said.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) stream_id: [u8; 16],
    pub(crate) id_source: IdSource,
    pub(crate) events: Vec<Said>,
    pub(crate) report: Report,
}

/// An event without its borrow.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Said {
    Edited { from: u64, to: u64 },
    Frame { bytes: Vec<u8>, start: u64 },
    Gap(Gap),
    Unassigned { start: u64, kind: Kind },
}

/// What became of a stream's frames.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    /// How often each frame was delivered.
    pub(crate) delivered: Vec<usize>,
    /// The bytes of the frames that were not.
    pub(crate) bytes_lost: usize,
    /// The data frames that were not.
    pub(crate) frames_lost: u64,
}

impl Said {
    fn of(event: Event<'_>) -> Self {
        match event {
            Event::Edited { from, to } => Self::Edited { from, to },
            Event::Gap(gap) => Self::Gap(gap),
            Event::Unassigned { start, kind } => Self::Unassigned { start, kind },
            event => Self::frame(event),
        }
    }

    fn frame(event: Event<'_>) -> Self {
        let Event::Frame { frame, bytes, start } = event else {
            panic!("these tests do not know {event:?}");
        };
        let mut again = Vec::new();
        frame.write(&mut again).unwrap();
        assert_eq!(again, bytes, "the frame is not that of its bytes");
        Self::Frame { bytes: bytes.to_vec(), start }
    }
}

impl Outcome {
    /// Runs a recovery to its end.
    pub(crate) fn of<S: ReadAt>(
        mut recovery: Recovery<S>,
    ) -> Result<Self, RecoveryError<S::Error>> {
        let mut events = Vec::new();
        while let Some(event) = recovery.next()? {
            events.push(Said::of(event));
        }
        let (stream_id, id_source) = (recovery.stream_id(), recovery.id_source());
        Ok(Self { stream_id, id_source, events, report: recovery.report() })
    }

    pub(crate) fn gaps(&self) -> Vec<Gap> {
        let gap = |said: &Said| match said {
            Said::Gap(gap) => Some(*gap),
            _ => None,
        };
        self.events.iter().filter_map(gap).collect()
    }

    pub(crate) fn edited(&self) -> Vec<(u64, u64)> {
        let edited = |said: &Said| match said {
            Said::Edited { from, to } => Some((*from, *to)),
            _ => None,
        };
        self.events.iter().filter_map(edited).collect()
    }

    /// The delivered frames and their positions.
    pub(crate) fn frames(&self) -> impl Iterator<Item = (u64, &[u8])> {
        self.events.iter().filter_map(|said| match said {
            Said::Frame { bytes, start } => Some((*start, bytes.as_slice())),
            _ => None,
        })
    }

    /// Holds the outcome against the stream: no frame that is not one of its own, each once and in order unless its segment is marked edited, no byte forgotten, and the loss counted.
    pub(crate) fn account(&self, stream: &Stream, damaged: &[u8]) -> Account {
        self.check_positions(damaged);
        let known: HashMap<&[u8], usize> =
            (0..stream.frames.len()).map(|index| (stream.frame(index), index)).collect();
        let mut delivered: Vec<_> = stream.frames.iter().map(|_| 0).collect();
        let mut ahead = 0;
        let mut places: HashMap<usize, u64> = HashMap::new();
        for (start, bytes) in self.frames() {
            let index = known.get(bytes);
            assert!(index.is_some(), "the frame at {start} is none of the stream's");
            let index = *index.unwrap();
            delivered[index] += 1;
            let earlier = places.insert(index, start);
            let is_marked = self.is_edited(start) || earlier.is_some_and(|at| self.is_edited(at));
            let is_data = stream.frames[index].kind.is_data();
            assert!(
                index >= ahead || is_marked || !is_data,
                "the frame at {start} is out of order"
            );
            ahead = ahead.max(index + 1);
        }
        let lost = |index: &usize| stream.frames[*index].is_deliverable() && delivered[*index] == 0;
        let lost: Vec<_> = (0..delivered.len()).filter(lost).map(|i| stream.frames[i]).collect();
        let bytes_lost = lost.iter().map(|frame| frame.len).sum();
        let frames_lost = lost.iter().filter(|frame| frame.kind.is_data()).count();
        let frames_lost = u64::try_from(frames_lost).unwrap();
        let account = Account { delivered, bytes_lost, frames_lost };
        self.check_loss(stream, &account);
        account
    }

    /// Whether a position lies in a segment marked edited.
    fn is_edited(&self, position: u64) -> bool {
        self.edited().iter().any(|(from, to)| (from..to).contains(&&position))
    }

    /// Frames, gaps and anchors lie side by side from the first byte to the last, and the report adds them up.
    fn check_positions(&self, damaged: &[u8]) {
        let Report { trailing, .. } = self.report;
        let mut at = 0;
        let mut sums = Report::default();
        for said in &self.events {
            let (from, to) = match said {
                Said::Edited { .. } => continue,
                Said::Frame { bytes, start } => {
                    assert_eq!(*bytes, damaged[index(*start)..index(*start) + bytes.len()]);
                    (*start, *start + u64::try_from(bytes.len()).unwrap())
                }
                Said::Gap(gap) => {
                    sums.gaps += 1;
                    sums.bytes_lost += gap.to - gap.from;
                    sums.frames_lost += gap.frames_lost.unwrap_or(0);
                    (gap.from, gap.to)
                }
                Said::Unassigned { start, .. } => {
                    let body_len = damaged[index(*start) + 20..].first_chunk().unwrap();
                    (*start, *start + u64::from(u32::from_le_bytes(*body_len)) + 32)
                }
            };
            assert!(at <= from && from <= to && (from - at) % 80 == 0, "{at} {from} {to}");
            at = to;
        }
        let rest = u64::try_from(damaged.len()).unwrap() - trailing - at;
        assert_eq!(rest % 80, 0);
        let Report { gaps, bytes_lost, frames_lost, .. } = self.report;
        assert_eq!((gaps, bytes_lost), (sums.gaps, sums.bytes_lost));
        assert_eq!(frames_lost, sums.frames_lost);
        assert_eq!(
            self.report.is_loss_unknown,
            self.gaps().iter().any(|g| g.frames_lost.is_none())
        );
        assert_eq!(self.report.edited, u64::try_from(self.edited().len()).unwrap());
    }

    /// Where an anchor follows, the frames counted as lost are the frames not delivered.
    fn check_loss(&self, stream: &Stream, account: &Account) {
        let Report { frames, frames_lost, unconfirmed, terminated, .. } = self.report;
        let is_data = |bytes: &[u8]| bytes[2] == 0x11 || bytes[2] == 0x12;
        let data: Vec<_> = self.frames().filter(|(_, bytes)| is_data(bytes)).collect();
        assert_eq!(frames, u64::try_from(data.len()).unwrap());
        if terminated {
            assert_eq!(unconfirmed, 0);
            assert_eq!(frames_lost, account.frames_lost);
        } else if unconfirmed > 0 {
            // The first frame that nothing confirms stands right behind the last anchor.
            let (confirmed, rest) = data.split_at_checked(index(frames - unconfirmed)).unwrap();
            let (_, first) = rest[0];
            let confirmed: HashSet<_> = confirmed.iter().map(|(_, bytes)| bytes).collect();
            let confirmed = u64::try_from(confirmed.len()).unwrap();
            let before = stream.frames.iter().enumerate().filter(|(_, frame)| frame.kind.is_data());
            let before = before.take_while(|(i, _)| stream.frame(*i) != first).count();
            assert_eq!(confirmed + frames_lost, u64::try_from(before).unwrap());
        }
    }
}

pub(crate) fn index(position: u64) -> usize {
    usize::try_from(position).unwrap()
}
