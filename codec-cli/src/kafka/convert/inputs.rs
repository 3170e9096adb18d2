//! Messages in today's framing out of files, one file after the other.

use core::cell::Cell;
use std::collections::VecDeque;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use strictframe_dashflow::convert::{Input, JsonLines};

use crate::failure::Failure;
use crate::source::{Source, is_pipe};

/// The messages of all files.
pub(super) struct Inputs {
    files: VecDeque<PathBuf>,
    lines: Option<JsonLines<BufReader<Source>>>,
    longest: usize,
    current: Rc<Cell<usize>>,
    begun: usize,
}

impl Inputs {
    /// The messages of these files, each of which must be there.
    pub(super) fn open(files: &[PathBuf], longest: usize) -> Result<Self, Failure> {
        for file in files {
            // A pipe is opened once, when it is read.
            if !is_pipe(file) {
                Source::open(file)?;
            }
        }
        let (files, current) = (files.iter().cloned().collect(), Rc::default());
        Ok(Self { files, lines: None, longest, current, begun: 0 })
    }

    /// The index of the file that the last message came from.
    pub(super) fn current(&self) -> Rc<Cell<usize>> {
        Rc::clone(&self.current)
    }

    /// The next file: one message, or lines.
    fn begin(&mut self, path: &Path) -> io::Result<Option<Input>> {
        self.current.set(self.begun);
        self.begun += 1;
        let source = Source::open(path).map_err(|_| {
            io::Error::other(format!("{} cannot be opened any more", path.display()))
        })?;
        let mut source = BufReader::new(source);
        // None of today's forms begins so.
        if source.fill_buf()?.first() == Some(&b'{') {
            // A line has base64 of a message, and little beside it.
            let longest = self.longest as u64 * 2;
            self.lines = Some(JsonLines::new(source, longest));
            return Ok(None);
        }
        let mut message = Vec::new();
        // Longer ones are refused by their length.
        source.take(self.longest as u64 + 2).read_to_end(&mut message)?;
        Ok(Some(Input::Message(message)))
    }
}

impl Iterator for Inputs {
    type Item = io::Result<Input>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(lines) = &mut self.lines {
                match lines.next() {
                    None => self.lines = None,
                    line => return line,
                }
                continue;
            }
            let path = self.files.pop_front()?;
            match self.begin(&path) {
                Ok(None) => {}
                Ok(Some(input)) => return Some(Ok(input)),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
