//! Brings out what is intact behind damage, a piece at a time, and says where strict reading can go on.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use strictframe::core::control::{Control, Sync};
use strictframe::core::recovery::{Event, Gap, ReadAt, Recovery, RecoveryError};
use strictframe::core::stream::{Directory, Profile};
use strictframe::core::{Chain, Content};
use strictframe::{Error, Frame, Kind, Limits};

use super::{Given, Log, PIECE, Placed, Seen};
use crate::serve::cursor::Decimal;
use crate::serve::words::{Lost, Refused};

/// One pass over a file as long as it was when the pass began.
pub(super) struct Salvage {
    recovery: Recovery<Bounded>,
    file: File,
    len: u64,
    directory: Directory,
    /// Where the next frame begins, if nothing lies between.
    expected: Option<u64>,
    /// The last SYNC that was passed.
    anchor: Option<Anchor>,
    began: Instant,
}

/// A SYNC, and the stream before it.
pub(super) struct Anchor {
    pub(super) chain: Chain,
    pub(super) directory: Directory,
    /// Where it stands in the file.
    pub(super) position: u64,
}

/// How a pass ended.
pub(super) struct Outcome {
    pub(super) anchor: Option<Anchor>,
    pub(super) is_terminated: bool,
    /// Where END ends, if there is one.
    pub(super) end: u64,
    /// The length that was gone over.
    pub(super) len: u64,
    /// When it began.
    pub(super) began: Instant,
}

/// A file of that length, whatever is appended to it.
struct Bounded {
    file: File,
    len: u64,
}

impl Salvage {
    /// Begins a pass; nothing when nobody can tell which stream it is.
    pub(super) fn open(file: File, len: u64, stream: Option<[u8; 16]>) -> io::Result<Option<Self>> {
        let began = Instant::now();
        let source = Bounded { file: file.try_clone()?, len };
        let recovery = match Recovery::open(source, Limits::MAXIMUM, stream) {
            Ok(recovery) => recovery,
            Err(RecoveryError::Refused(_)) => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let directory = Directory::new(Limits::MAXIMUM);
        Ok(Some(Self { recovery, file, len, directory, expected: None, anchor: None, began }))
    }

    pub(super) const fn stream_id(&self) -> [u8; 16] {
        self.recovery.stream_id()
    }

    /// Gives about a piece; how the pass ended, when it did.
    pub(super) fn read(
        &mut self,
        log: &Arc<Log>,
        seen: &mut Seen,
        given: &mut Vec<Given>,
    ) -> io::Result<Option<Outcome>> {
        let mut budget = PIECE;
        while budget > 0 {
            match self.recovery.next().map_err(failed)? {
                None => return Ok(Some(self.end())),
                Some(Event::Gap(gap)) => {
                    budget = budget.saturating_sub(SMALL);
                    self.passed(gap.to)?;
                    // A gap that reaches to the end may yet turn out shorter.
                    if gap.to < self.len && seen.tells_to(gap.to) {
                        given.push(Given::Lost(lost(log, gap)));
                    }
                }
                Some(Event::Edited { to, .. }) => self.passed(to)?,
                Some(Event::Frame { frame, bytes, start }) => {
                    budget = budget.saturating_sub(bytes.len());
                    let next = start.saturating_add(bytes.len() as u64);
                    let is_news = start >= seen.given;
                    match judge(&mut self.directory, &frame) {
                        Err(error) if is_news && seen.tells(start) => {
                            let at = (start, error.offset());
                            let refused = Refused::new(&log.name, error.kind(), at, error, bytes);
                            given.push(Given::Refused(Box::new(refused)));
                        }
                        Err(_) => {}
                        Ok(()) if !frame.kind().is_data() => {
                            given.push(Given::Definition(Bytes::copy_from_slice(bytes)));
                        }
                        Ok(()) if is_news && start >= seen.skip => {
                            let (frame, log) = (Bytes::copy_from_slice(bytes), Arc::clone(log));
                            given.push(Given::Frame(Placed { frame, log, start, next }));
                        }
                        Ok(()) => {}
                    }
                    seen.given = seen.given.max(next);
                    let before = self.expected.replace(next);
                    if let Some(before) = before.filter(|before| *before < start) {
                        self.passed(before)?;
                    }
                }
                Some(_) => {}
            }
        }
        Ok(None)
    }

    /// A SYNC that stands there, if it is one, is where strict reading can begin.
    fn passed(&mut self, position: u64) -> io::Result<()> {
        let mut bytes = [0; ANCHOR_LEN];
        if position.saturating_add(ANCHOR_LEN as u64) > self.len {
            return Ok(());
        }
        self.file.seek(SeekFrom::Start(position))?;
        self.file.read_exact(&mut bytes)?;
        let Ok(frame) = Frame::parse(&bytes, &Limits::MAXIMUM) else { return Ok(()) };
        if let Content::Control(Control::Sync(sync)) = frame.content()
            && frame.kind() == Kind::SYNC
            && sync.stream_id == self.stream_id()
        {
            let (chain, directory) = (Chain::resumed(sync), self.directory.clone());
            self.anchor = Some(Anchor { chain, directory, position });
        }
        Ok(())
    }

    fn end(&mut self) -> Outcome {
        let report = self.recovery.report();
        Outcome {
            anchor: self.anchor.take(),
            is_terminated: report.terminated,
            end: self.len.saturating_sub(report.trailing),
            len: self.len,
            began: self.began,
        }
    }
}

/// What the stream's reader would say of an intact frame, beside its place.
fn judge(directory: &mut Directory, frame: &Frame<'_>) -> Result<(), Error> {
    match frame.content() {
        Content::Control(Control::Schema(schema)) => directory.add_schema(schema),
        Content::Control(Control::Dictionary(bytes)) => directory.add_dictionary(bytes),
        Content::Data { .. } => {
            frame.check_data()?;
            directory.check(&frame.key(), Profile::SelfContained)
        }
        _ => Ok(()),
    }
}

fn lost(log: &Arc<Log>, gap: Gap) -> Lost {
    Lost {
        log: Arc::clone(&log.name),
        from: Decimal(gap.from),
        to: Some(Decimal(gap.to)),
        frames: gap.frames_lost.map(Decimal),
        message: match gap.frames_lost {
            Some(frames) => format!(
                "{} bytes with {frames} frames cannot be read",
                gap.to.saturating_sub(gap.from)
            ),
            None => format!("{} bytes cannot be read", gap.to.saturating_sub(gap.from)),
        },
    }
}

fn failed(error: RecoveryError<io::Error>) -> io::Error {
    match error {
        RecoveryError::Source(error) => error,
        error => io::Error::other(error.to_string()),
    }
}

impl ReadAt for Bounded {
    type Error = io::Error;

    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.read_exact(buffer)
    }
}

/// The length of a SYNC.
const ANCHOR_LEN: usize = Sync::FRAME_LEN;
/// What an event costs that gives no bytes.
const SMALL: usize = 64;
