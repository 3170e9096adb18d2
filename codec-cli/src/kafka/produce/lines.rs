//! Messages out of lines of JSON, and what is wrong with a line that is none.

use std::path::Path;

use strictframe::Limits;
use strictframe_dashflow::{JsonRefused, MessageJson, RecordFault, ThreadId, v1};

use crate::failure::{Failure, Refusal};
use crate::kafka::failures;
use crate::lines::{Line, Lines};
use crate::progress::Progress;
use crate::source::{Source, not_read};
use crate::terminal::{shown, tame};

/// The messages of an input.
pub(super) struct Messages<'a> {
    lines: Lines<Source>,
    input: &'a Path,
    json: MessageJson,
    line: Vec<u8>,
    progress: Progress,
}

/// A message and the thread to send it in, or why a line is none.
type Read = Result<(ThreadId, v1::DashStreamMessage), Box<Refusal>>;

impl<'a> Messages<'a> {
    pub(super) fn open(input: &'a Path) -> Result<Self, Failure> {
        let source = Source::open(input)?;
        let progress = Progress::new("sending", source.len(), false);
        let json = MessageJson::new().map_err(|error| failures::setup(error.into()))?;
        let lines = Lines::new(source, LONGEST);
        Ok(Self { lines, input, json, line: Vec::new(), progress })
    }

    /// The lines that were read.
    pub(super) const fn lines(&self) -> u64 {
        self.lines.number()
    }

    /// What the next line holds; nothing at the end of the input.
    pub(super) fn next(&mut self, thread: Option<&ThreadId>) -> Result<Option<Read>, Failure> {
        self.line.clear();
        let read = self.lines.next_into(&mut self.line);
        self.progress.at(self.lines.bytes());
        Ok(match read.map_err(|error| not_read(self.input, &error))? {
            Line::End => None,
            Line::TooLong { len } => Some(Err(self.too_long(len))),
            Line::Whole => Some(self.message(thread)),
        })
    }

    fn message(&mut self, thread: Option<&ThreadId>) -> Read {
        let message = match self.json.read(&self.line) {
            Ok(message) => message,
            Err(refused) => return Err(self.refused(&refused)),
        };
        let thread = match (thread, message.header()) {
            (Some(thread), _) => Ok(thread.clone()),
            (None, Some(header)) => ThreadId::new(&header.thread_id).map_err(RecordFault::from),
            (None, None) => Err(RecordFault::ThreadBlank),
        };
        match thread {
            Ok(thread) => Ok((thread, message)),
            Err(fault) => Err(self.refused(&JsonRefused::Message(fault))),
        }
    }

    fn refused(&self, refused: &JsonRefused) -> Box<Refusal> {
        let (pointer, column) = match refused {
            JsonRefused::Json(error) => (Some(error.pointer()), Some(error.offset() + 1)),
            _ => (None, None),
        };
        let help = match refused {
            JsonRefused::Message(RecordFault::ThreadBlank) => {
                "put a threadId into the header, or give --thread"
            }
            JsonRefused::Message(RecordFault::ThreadTooLong { .. }) => "give --thread",
            JsonRefused::Json(error) if error.kind().code() == SYNTAX => {
                "every line is one JSON value; correct the line, or leave it out"
            }
            _ => "correct the message; `strictframe kafka tail --json` shows how messages look",
        };
        let what = tame(&refused.to_string(), failures::LINE);
        let at = column.map(|column| format!(", column {column}")).unwrap_or_default();
        Box::new(Refusal {
            code: Some(refused.code().to_string()),
            name: Some(refused.name()),
            column,
            pointer: pointer.map(|pointer| tame(pointer, failures::LINE)),
            message: format!("{what} ({}{at})", self.place()),
            help: help.to_owned(),
            ..self.about()
        })
    }

    fn too_long(&self, len: Option<u64>) -> Box<Refusal> {
        let found = len.map_or("more than 64 MiB".to_owned(), |len| format!("{len} bytes"));
        Box::new(Refusal {
            name: Some("LineTooLong"),
            len,
            limit: Some(LONGEST as u64),
            message: format!("{found} where {LONGEST} are accepted ({})", self.place()),
            help: "check that the input has one message a line".to_owned(),
            ..self.about()
        })
    }

    fn about(&self) -> Refusal {
        Refusal {
            input: Some(self.input.to_string_lossy().into_owned()),
            line: Some(self.lines.number()),
            ..Refusal::default()
        }
    }

    fn place(&self) -> String {
        format!("at line {} of {}", self.lines.number(), shown(self.input))
    }
}

/// The longest line, in bytes: JSON is longer than the payload it stands for.
const LONGEST: usize = 4 * Limits::DEFAULT.raw() as usize;
/// The number of everything that is no JSON.
const SYNTAX: u16 = 801;
