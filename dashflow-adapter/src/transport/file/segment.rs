//! Segments: their names, and their frames one after the other.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use strictframe::core::Event;
use strictframe::core::stream::StreamReader;
use strictframe::{Error, Frame, Kind, Limits, Profile, extension};

use crate::transport::{Definition, TransportError};

/// A segment's file, and the number of its first frame.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct SegmentFile {
    pub(super) first: u64,
    pub(super) path: PathBuf,
}

impl SegmentFile {
    pub(super) fn new(folder: &Path, first: u64) -> Self {
        Self { first, path: folder.join(format!("{first:020}.sframe")) }
    }

    /// The segments of a folder in their order; none when there is no folder.
    pub(super) fn list(folder: &Path) -> Result<Vec<Self>, TransportError> {
        let failed = |error: &io::Error| {
            TransportError::io(format_args!("listing {}", folder.display()), error)
        };
        let entries = match std::fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(|error| failed(&error))?,
        };
        let mut segments = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| failed(&error))?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let first = name.and_then(|name| name.strip_suffix(".sframe"));
            if let Some(first) = first.filter(|first| first.len() == 20)
                && let Ok(first) = first.parse()
            {
                segments.push(Self { first, path });
            }
        }
        segments.sort();
        Ok(segments)
    }
}

/// Reads the frames of a segment, also of one that is being written.
pub(super) struct SegmentReader {
    file: File,
    core: StreamReader,
    /// What was read and not consumed is `buffer[consumed..]`.
    buffer: Vec<u8>,
    consumed: usize,
    has_ended: bool,
}

/// What comes next in a segment.
pub(super) enum Read {
    /// A data frame.
    Data(DataFrame),
    /// A SCHEMA or DICT frame.
    Definition(Definition),
    /// No more whole frame for now, and no END.
    CaughtUp,
    /// END, and nothing behind it.
    End,
}

/// A data frame and what its extensions say.
pub(super) struct DataFrame {
    pub(super) bytes: Bytes,
    pub(super) thread: Option<Bytes>,
    pub(super) time: Option<i64>,
}

/// Why a segment is not read further.
#[derive(Debug)]
pub(super) enum SegmentError {
    Io(io::Error),
    Refused(Error),
}

impl SegmentReader {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let core = StreamReader::new(Limits::MAXIMUM, Profile::SelfContained);
        let file = File::open(path)?;
        Ok(Self { file, core, buffer: Vec::new(), consumed: 0, has_ended: false })
    }

    pub(super) fn next(&mut self) -> Result<Read, SegmentError> {
        loop {
            let rest = self.buffer.get(self.consumed..).unwrap_or_default();
            let step = self.core.step(rest, false).map_err(SegmentError::Refused)?;
            self.consumed += step.consumed;
            if let Event::Frame { frame, bytes, .. } = step.event {
                match frame.kind() {
                    Kind::SYNC => {}
                    Kind::END => self.has_ended = true,
                    kind if kind.is_data() => return Ok(Read::Data(DataFrame::new(&frame, bytes))),
                    _ => {
                        let definition =
                            Definition::verify(Bytes::copy_from_slice(bytes), &Limits::MAXIMUM);
                        // The stream's reader has verified it.
                        if let Ok(definition) = definition {
                            return Ok(Read::Definition(definition));
                        }
                    }
                }
                continue;
            }
            if !self.read().map_err(SegmentError::Io)? {
                return Ok(if self.has_ended { Read::End } else { Read::CaughtUp });
            }
        }
    }

    /// Reads a piece more; nothing when there is none now.
    fn read(&mut self) -> io::Result<bool> {
        self.buffer.drain(..self.consumed);
        self.consumed = 0;
        let before = self.buffer.len();
        (&self.file).take(PIECE).read_to_end(&mut self.buffer)?;
        if self.buffer.len() > before {
            return Ok(true);
        }
        // The beginning of a frame may be cut off and written anew by the next sink: it is read again.
        let partial = i64::try_from(before).unwrap_or(0);
        self.buffer.clear();
        self.file.seek(SeekFrom::Current(-partial))?;
        Ok(false)
    }
}

impl DataFrame {
    fn new(frame: &Frame<'_>, bytes: &[u8]) -> Self {
        let extensions = frame.extensions();
        let thread = extensions.value(extension::STREAM_KEY).map(Bytes::copy_from_slice);
        Self { bytes: Bytes::copy_from_slice(bytes), thread, time: extensions.time() }
    }
}

impl SegmentError {
    /// The error as a transport gives it.
    pub(super) fn of(&self, path: &Path) -> TransportError {
        let path = path.display();
        match self {
            Self::Io(error) => TransportError::io(format_args!("reading {path}"), error),
            Self::Refused(error) => TransportError::permanent(
                "Damaged",
                format!(
                    "{path}: {error}; bring out what is intact with: strictframe recover {path}"
                ),
            ),
        }
    }
}

impl From<io::Error> for SegmentError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// So many bytes are read at a time.
const PIECE: u64 = 256 << 10;
