//! Where frames come from: what a log gives, one after the other, for one client.

pub(super) mod file;
pub(super) mod files;
mod follow;
mod salvage;
#[cfg(feature = "dashflow")]
pub(super) mod topic;

use std::sync::Arc;

use bytes::Bytes;

use self::files::Files;
#[cfg(feature = "dashflow")]
use self::topic::Topic;
use super::cursor::{Cursor, Decimal, StreamId};
use super::words::{Lost, Notice, Refused, Trouble};

/// What comes next.
pub(super) enum Given {
    /// A data frame, verified.
    Frame(Placed),
    /// A SCHEMA or DICT frame, verified; of one content once for each client.
    Definition(Bytes),
    Lost(Lost),
    Notice(Notice),
    Refused(Box<Refused>),
}

/// What was read at a time.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) given: Vec<Given>,
    /// Whether nothing more is there now.
    pub(super) is_behind: bool,
}

/// A data frame and its place.
pub(super) struct Placed {
    pub(super) frame: Bytes,
    pub(super) log: Arc<Log>,
    /// Where it begins.
    pub(super) start: u64,
    /// Where what is behind it begins.
    pub(super) next: u64,
}

/// A file with the stream in it, or a partition.
pub(super) struct Log {
    pub(super) name: Arc<str>,
    pub(super) stream: Option<StreamId>,
}

/// How much of a file was given and told.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// Data frames that begin before this are not wanted.
    skip: u64,
    /// Data frames that begin before this were given.
    given: u64,
    /// What is wrong before this was told.
    told: u64,
}

/// One reader of everything that is served.
pub(super) enum Feed {
    Files(Box<Files>),
    #[cfg(feature = "dashflow")]
    Topic(Box<Topic>),
}

impl Feed {
    /// What there is now.
    ///
    /// # Errors
    /// What ends it.
    pub(super) async fn next(&mut self) -> Result<Batch, Trouble> {
        match self {
            Self::Files(files) => files.next().await,
            #[cfg(feature = "dashflow")]
            Self::Topic(topic) => topic.next().await,
        }
    }
}

impl Log {
    /// The cursor before what begins there.
    pub(super) fn at(&self, offset: u64) -> Cursor {
        Cursor { log: Arc::clone(&self.name), stream: self.stream, offset: Decimal(offset) }
    }
}

impl Seen {
    /// Whether something that is wrong there was not told yet; from now on it was.
    const fn tells(&mut self, start: u64) -> bool {
        self.tells_to(start.saturating_add(1))
    }

    /// The same of something that is wrong up to there.
    const fn tells_to(&mut self, end: u64) -> bool {
        let is_news = self.told < end;
        if is_news {
            self.told = end;
        }
        is_news
    }
}

impl Given {
    /// The bytes of it that are held.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Frame(placed) => placed.frame.len(),
            Self::Definition(frame) => frame.len(),
            _ => SMALL,
        }
    }
}

/// What a text takes, or a little more.
const SMALL: usize = 512;
/// What is read of one log at a time, and given at a time, in bytes.
const PIECE: usize = 256 << 10;
