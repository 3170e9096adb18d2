//! A log in a directory: stream files that follow each other, each self-contained, and an index that can be made anew from them.
//!
//! | file | what it is |
//! |---|---|
//! | `00000000000000000042.sframe` | a segment: a stream whose first frame has the number 42; every tool for streams reads it |
//! | `index.frame` | what each finished segment holds; not needed, made anew when it is missing or does not agree |
//! | `positions/GROUP.frame` | where a group of readers goes on |
//! | `lock` | held by the one sink that writes |
//! | `*.torn-*` | the beginning of a frame that was being written when its process ended |
//!
//! A finished segment ends with END and is never written again. A sink that finds an unfinished one finishes it, cuts off and keeps a torn tail, and begins a new
//! segment. A segment that is damaged is left as it is; numbering goes on behind every frame that it could hold, and readers are told what is lost.

mod index;
mod lock;
mod segment;
mod sink;
mod source;
mod writer;

use core::time::Duration;
use std::path::{Path, PathBuf};

use strictframe::Limits;

pub use self::index::{Segment, segments};
pub use self::sink::FileSink;
pub use self::source::FileSource;
use super::error::TransportError;
use super::position::PositionFile;

/// How a [`FileSink`] writes.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct FileOptions {
    /// A segment is finished when it has this many bytes. Default: 64 MiB.
    pub segment_bytes: u64,
    /// A segment is finished when it is this old and another frame comes. Default: never.
    pub segment_age: Duration,
    /// The oldest finished segments are removed when all together are above this many bytes. Default: never.
    pub keep_bytes: u64,
    /// Whether a receipt waits until its frame is on the disk (`fdatasync`, once for all frames that wait); without, it only survives the end of the process.
    /// Default: yes.
    pub is_synced: bool,
    /// The frames that may wait to be written. Default: 1024.
    pub queue: usize,
    /// The largest frames. Default: [`Limits::DEFAULT`].
    pub limits: Limits,
}

impl Default for FileOptions {
    fn default() -> Self {
        Self {
            segment_bytes: 64 << 20,
            segment_age: Duration::MAX,
            keep_bytes: u64::MAX,
            is_synced: true,
            queue: 1024,
            limits: Limits::DEFAULT,
        }
    }
}

/// The file that keeps a group's position.
pub(crate) fn position_file(folder: &Path, group: &str) -> Result<PositionFile, TransportError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let fits = (1..=128).contains(&group.len()) && !group.starts_with('.');
    if !fits || !group.bytes().all(is_plain) {
        let message =
            "a group is named by 1 to 128 letters, digits, '-', '_' and '.', not '.' first";
        return Err(TransportError::permanent("GroupName", message));
    }
    let path = positions(folder).join(format!("{group}.frame"));
    PositionFile::new(path).map_err(|error| TransportError::fatal("Schema", error.to_string()))
}

pub(crate) fn positions(folder: &Path) -> PathBuf {
    folder.join("positions")
}
