//! One name of a file, whatever file has it: appended to, cut, replaced, removed.

use core::time::Duration;
use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use same_file::Handle;

use super::Given;
use super::file::{From, Open, Progress};
use crate::serve::words::Notice;

/// Follows a name.
pub(super) struct Follow {
    path: PathBuf,
    name: Arc<str>,
    /// The file that is read; none when there is none, or when it was given to its END.
    open: Option<Open>,
    /// What is not wanted of the file that is opened next.
    from: From,
    /// How the file was when everything in it had been given.
    behind: Option<Stamp>,
    /// Since when.
    since: Instant,
    /// When it was last asked which file has the name.
    asked: Instant,
    /// The notice that was told last of what still lasts.
    lasting: Option<&'static str>,
}

/// What changes when a file is written to.
#[derive(Clone, Copy, Eq, PartialEq)]
struct Stamp {
    len: u64,
    modified: Option<SystemTime>,
}

impl Follow {
    pub(super) fn new(path: PathBuf, name: Arc<str>, from: From) -> Self {
        let now = Instant::now();
        Self { path, name, open: None, from, behind: None, since: now, asked: now, lasting: None }
    }

    /// Reads a piece, if there is something; whether there was.
    pub(super) fn read(&mut self, given: &mut Vec<Given>) -> bool {
        let read = match &mut self.open {
            Some(_) => self.go_on(given),
            None => self.open(given),
        };
        match read {
            Ok(has_read) => has_read,
            Err(error) => {
                let notice = Notice::unreadable(&self.name, &error);
                self.tell_once(notice, given);
                false
            }
        }
    }

    fn open(&mut self, given: &mut Vec<Given>) -> io::Result<bool> {
        let found = match std::fs::metadata(&self.path) {
            // Told when it went, if it was there.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            found => found?,
        };
        if !found.is_file() {
            // To open a pipe is to wait for its writer.
            let notice = Notice::left_out(&self.name, "it is not a file");
            self.tell_once(notice, given);
            return Ok(false);
        }
        if self.behind == Some(Stamp::of(&found)) {
            return Ok(false);
        }
        self.open = Some(Open::new(File::open(&self.path)?, &self.name, self.from.clone())?);
        (self.behind, self.lasting) = (None, None);
        Ok(true)
    }

    fn go_on(&mut self, given: &mut Vec<Given>) -> io::Result<bool> {
        let Some(open) = &mut self.open else { return Ok(false) };
        let stamp = Stamp::of(&open.metadata()?);
        if self.behind == Some(stamp) && open.is_strict() {
            return self.look(given);
        }
        match open.read(given)? {
            Progress::Some => {
                self.behind = None;
                Ok(true)
            }
            Progress::Behind => {
                if self.behind.replace(stamp) != Some(stamp) {
                    self.since = Instant::now();
                }
                self.look(given)
            }
            Progress::Ended => {
                // Whoever appends to it takes END away and changes it.
                self.behind = Some(stamp);
                open.look_behind_end(given)?;
                self.from = open.resume(u64::MAX);
                self.open = None;
                Ok(true)
            }
        }
    }

    /// Looks whether the file is still what was read, since nothing more is in it.
    fn look(&mut self, given: &mut Vec<Given>) -> io::Result<bool> {
        let Some(open) = &mut self.open else { return Ok(false) };
        let (len, position) = (open.metadata()?.len(), open.position());
        if len < position {
            given.push(Given::Notice(Notice::shortened(&self.name, position, len)));
            self.from = open.resume(len);
            (self.open, self.behind) = (None, None);
            return Ok(true);
        }
        if self.since.elapsed() >= TIME_FOR_A_FRAME && len > position && open.is_strict() {
            let notice = Notice::unfinished(&self.name, len - position, position);
            self.tell_once(notice, given);
        }
        if self.asked.elapsed() < BETWEEN_QUESTIONS {
            return Ok(false);
        }
        self.asked = Instant::now();
        self.ask(given)
    }

    /// Asks which file has the name.
    fn ask(&mut self, given: &mut Vec<Given>) -> io::Result<bool> {
        let Some(open) = &mut self.open else { return Ok(false) };
        match handle(&self.path)? {
            Named::Nothing => {
                let notice = Notice::removed(&self.name);
                self.tell_once(notice, given);
                Ok(false)
            }
            Named::NoFile => {
                let notice =
                    Notice::left_out(&self.name, "something that is not a file has its name");
                self.tell_once(notice, given);
                Ok(false)
            }
            Named::File(now) if now == *open.handle() => Ok(false),
            Named::File(_) => {
                // What was written to it before it lost its name.
                if open.read(given)? == Progress::Some {
                    return Ok(true);
                }
                let rest = open.metadata()?.len().saturating_sub(open.position());
                given.push(Given::Notice(Notice::replaced(&self.name, rest)));
                self.from = From::Beginning;
                (self.open, self.behind) = (None, None);
                Ok(true)
            }
        }
    }

    /// Tells something that lasts, unless it was what was told last.
    fn tell_once(&mut self, notice: Notice, given: &mut Vec<Given>) {
        if self.lasting.replace(notice.name) != Some(notice.name) {
            given.push(Given::Notice(notice));
        }
    }
}

impl Stamp {
    fn of(found: &Metadata) -> Self {
        Self { len: found.len(), modified: found.modified().ok() }
    }
}

/// What has a name.
enum Named {
    File(Handle),
    NoFile,
    Nothing,
}

fn handle(path: &Path) -> io::Result<Named> {
    let found = match std::fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Named::Nothing),
        found => found?,
    };
    if !found.is_file() {
        return Ok(Named::NoFile);
    }
    match Handle::from_path(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Named::Nothing),
        handle => handle.map(Named::File),
    }
}

/// How often it is asked which file has a name.
const BETWEEN_QUESTIONS: Duration = Duration::from_millis(500);
/// How long a writer may take over one frame before it is told that half of one is there.
const TIME_FOR_A_FRAME: Duration = Duration::from_secs(2);
