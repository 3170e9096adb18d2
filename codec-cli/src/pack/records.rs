//! Reads and checks records in a thread of its own, in pieces that are used again.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread;

use strictframe::Limits;

use super::check::{Checker, Fault};
use crate::failure::{Failure, Refusal, numbered};
use crate::help::record_too_large;
use crate::lines::{Line, Lines};
use crate::source::{Source, is_pipe, not_read};
use crate::terminal::{shown, tame};

/// Some records, one after the other.
#[derive(Default)]
pub(crate) struct Chunk {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    read: u64,
}

/// What was read from all inputs.
#[derive(Default)]
pub(crate) struct Read {
    pub(super) records: u64,
    /// Line ends included.
    pub(super) bytes: u64,
    /// Line ends not included.
    pub(super) record_bytes: u64,
    /// The inputs whose last line has no LF.
    pub(super) without_last_lf: Vec<String>,
}

impl Chunk {
    pub(crate) fn records(&self) -> impl Iterator<Item = &[u8]> {
        let starts = core::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.bytes.get(start..*end).unwrap_or_default())
    }

    /// The bytes of all inputs up to the end of this chunk.
    pub(crate) const fn bytes_read(&self) -> u64 {
        self.read
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    fn is_full(&self) -> bool {
        self.bytes.len() >= CHUNK_BYTES || self.ends.len() >= CHUNK_RECORDS
    }
}

/// Makes sure that every input is there, and adds up their lengths when all are known.
pub(crate) fn total(inputs: &[PathBuf]) -> Result<Option<u64>, Failure> {
    let mut total = Some(0_u64);
    for input in inputs {
        // A pipe is opened once, when it is read.
        let len = if is_pipe(input) { None } else { Source::open(input)?.len() };
        total = total.zip(len).map(|(total, len)| total.saturating_add(len));
    }
    Ok(total)
}

/// Gives the records of all inputs to `take`, in order and checked.
pub(crate) fn each_chunk(
    inputs: Vec<PathBuf>,
    checker: Checker,
    mut take: impl FnMut(&Chunk) -> Result<(), Failure>,
) -> Result<Read, Failure> {
    let (full, taken) = mpsc::sync_channel(AHEAD);
    let (empty, used) = mpsc::channel();
    let reader = Reader { checker, full, used, chunk: Chunk::default(), read: Read::default() };
    // Not scoped: when `take` fails, nobody waits for a pipe that has nothing to say.
    let thread = thread::spawn(move || reader.read_all(&inputs));
    for chunk in taken {
        take(&chunk)?;
        // The reader may be done.
        let _: Result<(), _> = Sender::send(&empty, chunk);
    }
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

struct Reader {
    checker: Checker,
    full: SyncSender<Chunk>,
    used: Receiver<Chunk>,
    chunk: Chunk,
    read: Read,
}

impl Reader {
    fn read_all(mut self, inputs: &[PathBuf]) -> Result<Read, Failure> {
        for input in inputs {
            let before = self.read.bytes;
            let mut lines = Lines::new(Source::open(input)?, Limits::DEFAULT.raw() as usize);
            while self.read_line(&mut lines, input)? {
                self.read.bytes = before + lines.bytes();
                if self.chunk.is_full() && !self.hand_over() {
                    return Ok(self.read);
                }
            }
            self.read.bytes = before + lines.bytes();
            if !lines.ends_with_lf() {
                self.read.without_last_lf.push(shown(input));
            }
        }
        self.hand_over();
        Ok(self.read)
    }

    /// Reads and checks the next record; false at the end of the input.
    fn read_line(&mut self, lines: &mut Lines<Source>, input: &Path) -> Result<bool, Failure> {
        let start = self.chunk.bytes.len();
        let line = lines.next_into(&mut self.chunk.bytes);
        let line = line.map_err(|error| not_read(input, &error))?;
        match line {
            Line::End => return Ok(false),
            Line::TooLong { len } => return Err(record_too_large(len, input, lines.number())),
            Line::Whole => {}
        }
        let taken = self.checker.take(&mut self.chunk.bytes, start);
        taken.map_err(|fault| refused(fault, input, lines.number()))?;
        self.read.records += 1;
        self.read.record_bytes += (self.chunk.bytes.len() - start) as u64;
        self.chunk.ends.push(self.chunk.bytes.len());
        Ok(true)
    }

    /// Hands the chunk over and takes an empty one; false when nobody takes it any more.
    fn hand_over(&mut self) -> bool {
        let mut next = self.used.try_recv().unwrap_or_default();
        next.clear();
        let mut full = core::mem::replace(&mut self.chunk, next);
        full.read = self.read.bytes;
        self.full.send(full).is_ok()
    }
}

fn refused(fault: Fault, input: &Path, line: u64) -> Failure {
    let place = format!("(at line {line} of {})", shown(input));
    let about = Refusal {
        input: Some(input.to_string_lossy().into_owned()),
        line: Some(line),
        ..Refusal::default()
    };
    Failure::Data(Box::new(match fault {
        Fault::Syntax { what, column } => Refusal {
            code: Some(numbered(801)),
            name: Some("PayloadSyntax"),
            column: Some(column),
            message: format!("{what}, column {column} {place}"),
            help: "every line is one JSON value; correct the line, or leave it out".to_owned(),
            ..about
        },
        Fault::Message { what, pointer } => Refusal {
            code: Some(numbered(802)),
            name: Some("PayloadSchema"),
            message: format!(
                "the record does not fit the message type{}: {what} {place}",
                at_pointer(&pointer)
            ),
            pointer: Some(pointer),
            help: "correct the record; `strictframe schema show` shows the type".to_owned(),
            ..about
        },
        Fault::Schema { what, pointer } => Refusal {
            code: Some(numbered(802)),
            name: Some("PayloadSchema"),
            message: format!(
                "the record does not fit the schema{}: {} {place}",
                at_pointer(&pointer),
                tame(&what, usize::MAX)
            ),
            pointer: Some(pointer),
            help: "correct the record or the schema; --no-validate packs it as it is".to_owned(),
            ..about
        },
    }))
}

fn at_pointer(pointer: &str) -> String {
    if pointer.is_empty() { String::new() } else { format!(" at {pointer}") }
}

const CHUNK_BYTES: usize = 256 << 10;
const CHUNK_RECORDS: usize = 4096;
/// Chunks that wait to be taken.
const AHEAD: usize = 2;
