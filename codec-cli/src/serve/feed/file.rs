//! An open file and its stream: frames in their order, and behind damage whatever is intact.

use core::time::Duration;
use std::fs::{File, Metadata};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use same_file::Handle;
use strictframe::core::Event;
use strictframe::core::stream::StreamReader;
use strictframe::{Error, ErrorKind, Kind, Limits, Profile};

use super::salvage::{Anchor, Salvage};
use super::{Given, Log, PIECE, Placed, Seen};
use crate::serve::cursor::{Cursor, StreamId};
use crate::serve::words::{Notice, Refused};

/// A file that is read while another process may append to it.
pub(super) struct Open {
    handle: Handle,
    log: Arc<Log>,
    from: From,
    reading: Reading,
    seen: Seen,
}

/// What of a file is not wanted.
#[derive(Clone)]
pub(super) enum From {
    /// Nothing.
    Beginning,
    /// What begins before this byte.
    Byte(u64),
    /// What is before the cursor, if it is of this stream.
    Cursor(Cursor),
}

/// How a file is read.
enum Reading {
    /// Every frame in its place.
    Strict(Strict),
    /// What is intact behind damage.
    Salvage(Box<Salvage>),
    /// Nothing behind the damage could be brought out when the file had that length; it is tried again when it has grown, and not before.
    Stuck { len: u64, until: Instant },
    /// Its END ends there.
    Ended(u64),
}

struct Strict {
    reader: Box<StreamReader>,
    /// What was read and not consumed is `buffer[consumed..]`.
    buffer: Vec<u8>,
    consumed: usize,
    /// Where `buffer[consumed]` stands in the file.
    position: u64,
}

/// How far a file has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Progress {
    /// Something was read.
    Some,
    /// There is nothing more now.
    Behind,
    /// Its END was reached.
    Ended,
}

impl Open {
    pub(super) fn new(file: File, name: &Arc<str>, from: From) -> io::Result<Self> {
        let log = Arc::new(Log { name: Arc::clone(name), stream: None });
        let skip = if let From::Byte(byte) = from { byte } else { 0 };
        let seen = Seen { skip, ..Seen::default() };
        let reading = Reading::Strict(Strict::new());
        Ok(Self { handle: Handle::from_file(file)?, log, from, reading, seen })
    }

    /// Which file it is.
    pub(super) const fn handle(&self) -> &Handle {
        &self.handle
    }

    pub(super) fn metadata(&self) -> io::Result<Metadata> {
        self.handle.as_file().metadata()
    }

    /// Where the next frame begins, as far as that is known.
    pub(super) const fn position(&self) -> u64 {
        match &self.reading {
            Reading::Strict(strict) => strict.position,
            Reading::Ended(end) => *end,
            Reading::Salvage(_) | Reading::Stuck { .. } => self.seen.given,
        }
    }

    /// Whether the rest is the beginning of a frame, or nothing; and no damage.
    pub(super) const fn is_strict(&self) -> bool {
        matches!(self.reading, Reading::Strict(_))
    }

    /// What is not to be given when the file is opened again and ends before `len`, or is appended to.
    pub(super) fn resume(&self, len: u64) -> From {
        match self.log.stream {
            Some(_) => From::Cursor(self.log.at(self.seen.given.max(self.seen.skip).min(len))),
            None => self.from.clone(),
        }
    }

    /// Reads a piece, and gives what is in it.
    pub(super) fn read(&mut self, given: &mut Vec<Given>) -> io::Result<Progress> {
        match &mut self.reading {
            Reading::Strict(_) => self.read_strictly(given),
            Reading::Salvage(_) => self.salvage(given),
            Reading::Ended(_) => Ok(Progress::Ended),
            Reading::Stuck { len, until } => {
                if Instant::now() < *until || self.handle.as_file().metadata()?.len() <= *len {
                    return Ok(Progress::Behind);
                }
                self.begin_salvage()?;
                Ok(Progress::Some)
            }
        }
    }

    /// Tells what stands behind END, where nothing may; whether there was anything.
    pub(super) fn look_behind_end(&mut self, given: &mut Vec<Given>) -> io::Result<()> {
        let Reading::Ended(end) = self.reading else { return Ok(()) };
        if self.metadata()?.len() > end && self.seen.tells(end) {
            let error = ErrorKind::TrailingData.at(end);
            self.refuse(&error, (end, 0), &[], given);
        }
        Ok(())
    }

    fn refuse(&self, error: &Error, at: (u64, u64), bytes: &[u8], given: &mut Vec<Given>) {
        let refused = Refused::new(&self.log.name, error.kind(), at, error, bytes);
        given.push(Given::Refused(Box::new(refused)));
    }

    fn read_strictly(&mut self, given: &mut Vec<Given>) -> io::Result<Progress> {
        let Reading::Strict(strict) = &mut self.reading else { return Ok(Progress::Behind) };
        if !strict.fill(self.handle.as_file())? {
            return Ok(Progress::Behind);
        }
        loop {
            let Reading::Strict(strict) = &mut self.reading else { return Ok(Progress::Some) };
            let rest = strict.buffer.get(strict.consumed..).unwrap_or_default();
            let step = match strict.reader.step(rest, false) {
                Ok(step) => step,
                Err(error) => {
                    let (start, bytes) =
                        (strict.position, rest.get(..SHOWN).unwrap_or(rest).to_vec());
                    self.damaged(&error, start, &bytes, given)?;
                    return Ok(Progress::Some);
                }
            };
            let start = strict.position;
            let next = start.saturating_add(step.consumed as u64);
            strict.consumed = strict.consumed.saturating_add(step.consumed);
            strict.position = next;
            let Event::Frame { frame, bytes, .. } = step.event else { return Ok(Progress::Some) };
            let kind = frame.kind();
            if kind.is_data() {
                if start >= self.seen.skip {
                    let frame = Bytes::copy_from_slice(bytes);
                    given.push(Given::Frame(Placed {
                        frame,
                        log: Arc::clone(&self.log),
                        start,
                        next,
                    }));
                }
                self.seen.given = self.seen.given.max(next);
            } else if kind == Kind::END {
                self.reading = Reading::Ended(next);
                return Ok(Progress::Ended);
            } else if kind != Kind::SYNC {
                given.push(Given::Definition(Bytes::copy_from_slice(bytes)));
            } else if self.log.stream.is_none() {
                let id = strict.reader.chain().map(|chain| StreamId(chain.stream_id()));
                self.begin(id, given)?;
            }
        }
    }

    /// The stream is known now, and so what of it is not wanted.
    fn begin(&mut self, stream: Option<StreamId>, given: &mut Vec<Given>) -> io::Result<()> {
        self.log = Arc::new(Log { name: Arc::clone(&self.log.name), stream });
        let From::Cursor(cursor) = &self.from else { return Ok(()) };
        let len = self.metadata()?.len();
        let offset = cursor.offset.0;
        if cursor.stream != stream {
            given.push(Given::Notice(Notice::other_stream(&self.log.name)));
        } else if offset > len {
            given.push(Given::Notice(Notice::shortened(&self.log.name, offset, len)));
            self.seen.skip = len;
        } else {
            self.seen.skip = offset;
        }
        Ok(())
    }

    /// Tells what was refused, once, and looks for what is intact behind it.
    fn damaged(
        &mut self,
        error: &Error,
        start: u64,
        bytes: &[u8],
        given: &mut Vec<Given>,
    ) -> io::Result<()> {
        if self.seen.tells(start) {
            // The error counts from the stream's start; bytes that came or went before it move it in the file.
            let byte = error.offset().saturating_sub(error.frame());
            self.refuse(error, (start, byte), bytes, given);
        }
        // Of a frame out of its place nothing is wrong but that; any other is not to be given.
        if error.kind() != ErrorKind::StreamEdited {
            self.seen.given = self.seen.given.max(start.saturating_add(1));
        }
        self.begin_salvage()
    }

    fn begin_salvage(&mut self) -> io::Result<()> {
        let began = Instant::now();
        let len = self.metadata()?.len();
        let file = self.handle.as_file().try_clone()?;
        let salvage = Salvage::open(file, len, self.log.stream.map(|stream| stream.0))?;
        self.reading = match salvage {
            Some(salvage) => Reading::Salvage(Box::new(salvage)),
            None => Reading::stuck(len, began),
        };
        Ok(())
    }

    fn salvage(&mut self, given: &mut Vec<Given>) -> io::Result<Progress> {
        let Reading::Salvage(salvage) = &mut self.reading else { return Ok(Progress::Behind) };
        if self.log.stream.is_none() {
            let id = StreamId(salvage.stream_id());
            self.begin(Some(id), given)?;
        }
        let Reading::Salvage(salvage) = &mut self.reading else { return Ok(Progress::Behind) };
        let Some(outcome) = salvage.read(&self.log, &mut self.seen, given)? else {
            return Ok(Progress::Some);
        };
        if outcome.is_terminated {
            self.reading = Reading::Ended(outcome.end);
            return Ok(Progress::Ended);
        }
        // Before what was told last it would only be found again.
        self.reading = match outcome.anchor.filter(|anchor| anchor.position >= self.seen.told) {
            Some(anchor) => {
                self.seen.skip = self.seen.skip.max(self.seen.given);
                Reading::Strict(Strict::resumed(anchor))
            }
            None => Reading::stuck(outcome.len, outcome.began),
        };
        Ok(Progress::Some)
    }
}

impl Reading {
    /// After a pass over so many bytes that began then.
    fn stuck(len: u64, began: Instant) -> Self {
        // A pass reads the whole file: it may take a tenth of the time.
        let pause = began.elapsed().saturating_mul(9).max(SHORTEST_PAUSE);
        Self::Stuck { len, until: Instant::now() + pause }
    }
}

impl Strict {
    fn new() -> Self {
        let reader = Box::new(StreamReader::new(Limits::MAXIMUM, Profile::SelfContained));
        Self { reader, buffer: Vec::new(), consumed: 0, position: 0 }
    }

    fn resumed(anchor: Anchor) -> Self {
        let Anchor { chain, directory, position } = anchor;
        let reader = Box::new(StreamReader::resumed(Limits::MAXIMUM, chain, directory));
        Self { reader, buffer: Vec::new(), consumed: 0, position }
    }

    /// Reads a piece more; nothing when there is none now.
    fn fill(&mut self, file: &File) -> io::Result<bool> {
        self.buffer.drain(..self.consumed);
        self.consumed = 0;
        let mut file = file;
        let before = self.buffer.len();
        file.seek(SeekFrom::Start(self.position.saturating_add(before as u64)))?;
        file.take(PIECE as u64).read_to_end(&mut self.buffer)?;
        if self.buffer.len() > before {
            return Ok(true);
        }
        // The beginning of a frame may be cut off and written anew by the next writer: it is read again.
        self.buffer = Vec::new();
        Ok(false)
    }
}

/// Of what was refused so much is shown.
const SHOWN: usize = 64;
/// Between two passes over a damaged file.
const SHORTEST_PAUSE: Duration = Duration::from_millis(500);
