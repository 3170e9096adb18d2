//! Cuts a frame out of an input without reading more than its header vouches for.

use core::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use strictframe::Limits;
use strictframe::core::Header;

use crate::failure::Failure;
use crate::source::Source;

/// An input, read in order.
pub(super) struct Input {
    source: BufReader<Source>,
    len: Option<u64>,
    position: u64,
}

/// What stands where a frame should.
#[derive(Default)]
pub(super) struct Piece {
    /// Where it starts.
    pub(super) start: u64,
    /// The frame, as much of it as there is; the first bytes when its length cannot be known.
    pub(super) bytes: Vec<u8>,
    /// Whether it is as long as its header says, and its header's checksum matches.
    pub(super) is_frame: bool,
    /// How many bytes follow; `None` when it is at least one, and not known how many.
    pub(super) after: Option<u64>,
    /// The first byte that follows, which had to be read to know that one does.
    next: Option<u8>,
}

impl Input {
    pub(super) fn open(file: &Path) -> Result<Self, Failure> {
        let source = Source::open(file)?;
        let len = source.len();
        Ok(Self { source: BufReader::with_capacity(BUFFER, source), len, position: 0 })
    }

    /// An input that is in memory.
    #[cfg(feature = "dashflow")]
    pub(super) fn of_bytes(bytes: Vec<u8>) -> Self {
        let len = Some(bytes.len() as u64);
        let source = Source::Memory(io::Cursor::new(bytes));
        Self { source: BufReader::with_capacity(BUFFER, source), len, position: 0 }
    }

    /// The piece at the start.
    pub(super) fn piece(&mut self) -> io::Result<Piece> {
        self.cut(Vec::new())
    }

    /// The piece behind another; empty at the end.
    pub(super) fn next_piece(&mut self, before: Piece) -> io::Result<Piece> {
        let Piece { mut bytes, next, .. } = before;
        bytes.clear();
        bytes.extend(next);
        self.cut(bytes)
    }

    /// The rest of the input as it is read by others, behind `begun`, which was read already.
    pub(super) fn into_rest(self, begun: Vec<u8>, next: Option<u8>) -> impl Read {
        io::Cursor::new(begun).chain(io::Cursor::new(Vec::from_iter(next))).chain(self.source)
    }

    /// The length of the input, if it is known.
    pub(super) const fn len(&self) -> Option<u64> {
        self.len
    }

    /// Reads on until there is a frame behind the bytes that were read already.
    fn cut(&mut self, begun: Vec<u8>) -> io::Result<Piece> {
        let start = self.position - begun.len() as u64;
        let mut bytes = begun;
        self.read_to(&mut bytes, Header::LEN)?;
        let wanted = window(&bytes);
        self.read_to(&mut bytes, wanted.unwrap_or(WINDOW))?;
        let is_frame = wanted.is_some_and(|wanted| bytes.len() == wanted);
        let mut next = Vec::new();
        self.read_to(&mut next, 1)?;
        let next = next.first().copied();
        let end = start + bytes.len() as u64;
        let after = match (next, self.len) {
            (None, _) => Some(0),
            (Some(_), Some(len)) => Some(len.saturating_sub(end).max(1)),
            (Some(_), None) => None,
        };
        Ok(Piece { start, bytes, is_frame, after, next })
    }

    fn read_to(&mut self, bytes: &mut Vec<u8>, len: usize) -> io::Result<()> {
        let missing = len.saturating_sub(bytes.len());
        let read = (&mut self.source).take(missing as u64).read_to_end(bytes)?;
        self.position += read as u64;
        Ok(())
    }
}

impl Piece {
    /// The first byte that follows.
    pub(super) const fn next(&self) -> Option<u8> {
        self.next
    }

    /// The piece at the start of bytes that were read already; `after` are those not among them.
    fn of(start: u64, mut bytes: Vec<u8>, after: Option<u64>) -> Self {
        let wanted = window(&bytes);
        let have = bytes.len();
        bytes.truncate(wanted.unwrap_or(WINDOW));
        let more = (have - bytes.len()) as u64;
        let is_frame = wanted.is_some_and(|wanted| bytes.len() == wanted);
        Self { start, bytes, is_frame, after: after.map(|after| after + more), next: None }
    }
}

/// The length of the frame that begins so, when its header vouches for it.
fn window(bytes: &[u8]) -> Option<usize> {
    Header::parse(bytes, &Limits::DEFAULT).ok().map(|header| header.frame_len())
}

/// Passes on what is read and keeps it until it is let go.
pub(super) struct Kept<R> {
    shared: Rc<RefCell<Shared<R>>>,
}

struct Shared<R> {
    source: R,
    kept: VecDeque<u8>,
    start: u64,
    ended: bool,
}

impl<R: Read> Kept<R> {
    pub(super) fn new(source: R) -> Self {
        let shared = Shared { source, kept: VecDeque::new(), start: 0, ended: false };
        Self { shared: Rc::new(RefCell::new(shared)) }
    }

    /// The same, for the reader.
    pub(super) fn reader(&self) -> Self {
        Self { shared: Rc::clone(&self.shared) }
    }

    /// Lets go what lies before `offset`.
    pub(super) fn let_go(&self, offset: u64) {
        let mut shared = self.shared.borrow_mut();
        let count = usize::try_from(offset.saturating_sub(shared.start)).unwrap_or(usize::MAX);
        let count = count.min(shared.kept.len());
        shared.kept.drain(..count);
        shared.start += count as u64;
    }

    /// What is kept, as a piece of an input that has `len` bytes if that is known.
    pub(super) fn kept(&self, len: Option<u64>) -> Piece {
        let shared = self.shared.borrow();
        let end = shared.start + shared.kept.len() as u64;
        let after = if shared.ended { Some(0) } else { len.map(|len| len.saturating_sub(end)) };
        Piece::of(shared.start, shared.kept.iter().copied().collect(), after)
    }
}

impl<R: Read> Read for Kept<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut shared = self.shared.borrow_mut();
        let read = shared.source.read(buffer)?;
        shared.ended |= read == 0;
        shared.kept.extend(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

const BUFFER: usize = 64 << 10;
/// How much is shown of what has no length that can be trusted.
const WINDOW: usize = 64;
