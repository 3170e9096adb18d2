//! A file, or all stream files of a directory, each followed under its name.

use core::time::Duration;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::file::From;
use super::follow::Follow;
use super::{Batch, Given, PIECE};
use crate::serve::cursor::Cursors;
use crate::serve::words::{Notice, Trouble};

/// Reads files for one client.
pub(in crate::serve) struct Files(Option<Reader>);

/// Where a client wants to begin.
#[derive(Clone)]
pub(in crate::serve) enum Start {
    At(Cursors),
    Earliest,
    Latest,
}

struct Reader {
    /// The directory, where one is served.
    folder: Option<PathBuf>,
    start: Start,
    follows: BTreeMap<Arc<str>, Follow>,
    /// The name at which the next turn begins.
    turn: Option<Arc<str>>,
    listed: Option<Instant>,
    /// What lasts of the directory and was told.
    is_told: bool,
    /// Whether cursors were looked at that no file is there for.
    is_checked: bool,
}

impl Files {
    /// One file.
    pub(in crate::serve) fn of_file(path: &Path, start: Start) -> Self {
        let name: Arc<str> = name_of(path).into();
        let mut reader = Reader::new(None, start);
        reader.add(path.to_owned(), name, true);
        Self(Some(reader))
    }

    /// The files of a directory whose names end in `.sframe`.
    pub(in crate::serve) fn of_folder(path: &Path, start: Start) -> Self {
        Self(Some(Reader::new(Some(path.to_owned()), start)))
    }

    pub(super) async fn next(&mut self) -> Result<Batch, Trouble> {
        let stopped =
            || Trouble::new("Stopped", "the files are not read any more", "connect again");
        let mut reader = self.0.take().ok_or_else(stopped)?;
        let read = tokio::task::spawn_blocking(move || {
            let batch = reader.read();
            (reader, batch)
        });
        let (reader, batch) = read.await.map_err(|_| stopped())?;
        self.0 = Some(reader);
        Ok(batch)
    }
}

impl Reader {
    const fn new(folder: Option<PathBuf>, start: Start) -> Self {
        Self {
            folder,
            start,
            follows: BTreeMap::new(),
            turn: None,
            listed: None,
            is_told: false,
            is_checked: false,
        }
    }

    /// About a piece, or everything there is.
    fn read(&mut self) -> Batch {
        let mut batch = Batch::default();
        self.list(&mut batch.given);
        if !core::mem::replace(&mut self.is_checked, true)
            && let Start::At(cursors) = &self.start
        {
            let orphans = cursors.keys().map(|name| Given::Notice(Notice::no_file(name)));
            batch.given.extend(orphans);
        }
        let mut names: Vec<_> = self.follows.keys().cloned().collect();
        let begin = self.turn.as_ref().and_then(|turn| names.iter().position(|name| name == turn));
        names.rotate_left(begin.unwrap_or(0));
        let mut pieces = 0_u32;
        let mut has_read = !batch.given.is_empty();
        for name in names {
            let Some(follow) = self.follows.get_mut(&name) else { continue };
            while follow.read(&mut batch.given) {
                (pieces, has_read) = (pieces.saturating_add(1), true);
                let len: usize = batch.given.iter().map(Given::len).sum();
                if len >= PIECE || pieces >= MOST_PIECES {
                    self.turn = Some(name);
                    return batch;
                }
            }
        }
        batch.is_behind = !has_read;
        batch
    }

    fn add(&mut self, path: PathBuf, name: Arc<str>, is_first: bool) {
        let from = match &mut self.start {
            Start::At(cursors) => cursors.remove(&name).map_or(From::Beginning, From::Cursor),
            Start::Latest if is_first => match std::fs::metadata(&path) {
                Ok(found) => From::Byte(found.len()),
                Err(_) => From::Beginning,
            },
            Start::Earliest | Start::Latest => From::Beginning,
        };
        self.follows.insert(Arc::clone(&name), Follow::new(path, name, from));
    }

    /// Looks for new files, now and then.
    fn list(&mut self, given: &mut Vec<Given>) {
        let Some(folder) = &self.folder else { return };
        if self.listed.is_some_and(|listed| listed.elapsed() < BETWEEN_LISTINGS) {
            return;
        }
        let is_first = self.listed.replace(Instant::now()).is_none();
        let paths = match stream_files(folder) {
            Ok(paths) => paths,
            Err(error) => {
                if !core::mem::replace(&mut self.is_told, true) {
                    let name = name_of(folder).into();
                    given.push(Given::Notice(Notice::unreadable(&name, &error)));
                }
                return;
            }
        };
        self.is_told = false;
        for path in paths {
            let name = name_of(&path);
            if self.follows.contains_key(name.as_str()) {
                continue;
            }
            let name: Arc<str> = name.into();
            if path.file_name().and_then(|name| name.to_str()).is_none() {
                // Kept as known, so that it is told once.
                let words = "its name is not UTF-8, and no cursor could name it";
                given.push(Given::Notice(Notice::left_out(&name, words)));
                let nowhere = Follow::new(PathBuf::new(), Arc::clone(&name), From::Beginning);
                self.follows.insert(name, nowhere);
                continue;
            }
            if !is_first {
                given.push(Given::Notice(Notice::appeared(&name)));
            }
            self.add(path, name, is_first);
        }
    }
}

/// The name of a file as cursors have it.
pub(in crate::serve) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The stream files of a folder, in the order of their names.
fn stream_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_hidden = name_of(&path).starts_with('.');
        if !is_hidden && path.extension().is_some_and(|extension| extension == "sframe") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// How often a directory is looked at for new files.
const BETWEEN_LISTINGS: Duration = Duration::from_millis(250);
/// So many pieces are read at a time, also when nothing in them is wanted.
const MOST_PIECES: u32 = 16;
