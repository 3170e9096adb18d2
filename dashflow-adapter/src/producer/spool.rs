//! What waits on the disk: a log of dead letters that is written durably, bounded in bytes, and read from its oldest record on when there is a way again.

use core::future::Future as _;
use core::pin::{Pin, pin};
use core::task::{Context, Poll};
use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};

use strictframe::Limits;

use super::account::Kept;
use crate::dead_letter::{DeadLetter, DeadLetterReader, DeadLetterWriter};
use crate::transport::file::{FileOptions, FileSink, FileSource, position_file, positions};
use crate::transport::{
    Position, PositionFile, Receipt, Received, Sink as _, Source as _, Start, TransportError,
};

/// A spool that is open. It holds back nothing that is not durable yet: what has a receipt is on the disk.
#[derive(Debug)]
pub(super) struct Spool {
    folder: PathBuf,
    sink: FileSink,
    is_announced: bool,
    writer: DeadLetterWriter,
    writing: VecDeque<(Receipt<Position>, u64, Kept)>,
    /// Open while something waits.
    source: Option<FileSource>,
    reader: DeadLetterReader,
    position: PositionFile,
    /// What was read and has not gone out, by its offset: its length, and whether it has gone.
    reading: BTreeMap<u64, (u64, bool)>,
    /// Where reading goes on after a restart, and where it is known to.
    next: u64,
    stored: u64,
    /// What was given back because it did not go out this time.
    again: BTreeMap<u64, DeadLetter>,
    /// How much waits, in bytes and in records; of what earlier runs left the bytes are those of whole segments.
    bytes: u64,
    records: u64,
    most: u64,
    discarded: u64,
    discarding: Option<Receipt<()>>,
}

impl Spool {
    /// The spool in that folder, with what is left in it. So many records at most come at once, after it has said that it is busy.
    pub(super) fn open(folder: &Path, most: u64, at_once: usize) -> Result<Self, TransportError> {
        let options = FileOptions {
            segment_bytes: (most / 16).clamp(64 << 10, 16 << 20),
            queue: QUEUE + at_once,
            limits: Limits::MAXIMUM,
            ..FileOptions::default()
        };
        let sink = FileSink::open(folder, &options)?;
        let position = position_file(folder, GROUP)?;
        let next = position.load()?.get(&0).copied().unwrap_or(0);
        let (mut bytes, mut records) = (0, 0);
        for segment in crate::transport::file::segments(folder)? {
            let end = segment.first + segment.count;
            if end > next {
                bytes += segment.bytes;
                records += end - next.max(segment.first);
            }
        }
        Ok(Self {
            folder: folder.to_path_buf(),
            sink,
            is_announced: false,
            writer: DeadLetterWriter::new()?,
            writing: VecDeque::new(),
            source: None,
            reader: DeadLetterReader::default(),
            position,
            reading: BTreeMap::new(),
            next,
            stored: next,
            again: BTreeMap::new(),
            bytes,
            records,
            most,
            discarded: next,
            discarding: None,
        })
    }

    /// Begins to write a record. Whether it is durable stands in what [`Spool::written`] gives.
    pub(super) fn put(
        &mut self,
        letter: &DeadLetter,
        kept: Kept,
    ) -> Result<(), Box<(TransportError, Kept)>> {
        let frame = match self.writer.frame(letter) {
            Ok(frame) => frame,
            Err(error) => {
                let error = TransportError::permanent("TooLarge", error.to_string());
                return Err(Box::new((error, kept)));
            }
        };
        if let Err(error) = self.announce() {
            return Err(Box::new((error, kept)));
        }
        let len = frame.bytes().len() as u64;
        if self.bytes + len > self.most {
            let message = format!(
                "the spool in {} holds {} of {} bytes: {len} more do not fit",
                self.folder.display(),
                self.bytes,
                self.most
            );
            return Err(Box::new((TransportError::permanent("SpoolFull", message), kept)));
        }
        self.bytes += len;
        self.records += 1;
        self.writing.push_back((self.sink.send(frame), len, kept));
        Ok(())
    }

    /// Readers of the log must know what dead letters are. It waits for the thread that writes, once.
    fn announce(&mut self) -> Result<(), TransportError> {
        if !self.is_announced {
            self.sink.announce(DeadLetter::definition()).wait()?;
            self.is_announced = true;
        }
        Ok(())
    }

    /// What was written since it was asked last, and whether it is durable.
    pub(super) fn written(
        &mut self,
        context: &mut Context<'_>,
    ) -> Vec<(Kept, Result<(), TransportError>)> {
        let mut written = Vec::new();
        while let Some((receipt, len, _)) = self.writing.front_mut() {
            let Poll::Ready(outcome) = Pin::new(receipt).poll(context) else { break };
            let len = *len;
            let Some((_, _, kept)) = self.writing.pop_front() else { break };
            if outcome.is_err() {
                self.bytes = self.bytes.saturating_sub(len);
                self.records = self.records.saturating_sub(1);
            }
            written.push((kept, outcome.map(drop)));
        }
        written
    }

    /// The oldest record that was not given yet, if it can be read now.
    pub(super) fn oldest(&mut self, context: &mut Context<'_>) -> Option<(u64, DeadLetter)> {
        if let Some(again) = self.again.pop_first() {
            return Some(again);
        }
        loop {
            let received = match &mut self.source {
                Some(source) => pin!(source.receive()).poll(context),
                None => match self.open_source() {
                    Ok(()) => continue,
                    Err(error) => Poll::Ready(Err(error)),
                },
            };
            let Poll::Ready(received) = received else { return None };
            match received {
                Ok(Received::Delivered(delivered)) => {
                    let (offset, len) = (delivered.position.offset, delivered.value.len() as u64);
                    match self.reader.read(&delivered.value) {
                        Ok(letter) => {
                            self.reading.insert(offset, (len, false));
                            return Some((offset, letter));
                        }
                        Err(error) => {
                            tracing::error!(target: "strictframe", offset, %error, "no dead letter in the spool");
                            self.reading.insert(offset, (len, true));
                            self.gone(offset);
                        }
                    }
                }
                Ok(Received::Lost { from, to, error }) => {
                    tracing::error!(target: "strictframe", %from, to, %error, "damage in the spool");
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(target: "strictframe", %error, "the spool cannot be read now");
                    return None;
                }
            }
        }
    }

    /// Reads on behind everything that has gone.
    fn open_source(&mut self) -> Result<(), TransportError> {
        let start = Start::At(vec![Position { partition: 0, offset: self.next }]);
        self.source = Some(FileSource::open(&self.folder, &start, None)?);
        Ok(())
    }

    /// A record has gone out.
    pub(super) fn gone(&mut self, offset: u64) {
        if let Some((_, is_gone)) = self.reading.get_mut(&offset) {
            *is_gone = true;
        }
        while let Some(first) = self.reading.first_entry().filter(|first| first.get().1) {
            let (offset, (len, _)) = first.remove_entry();
            self.next = offset + 1;
            self.bytes = self.bytes.saturating_sub(len);
            self.records = self.records.saturating_sub(1);
        }
        if self.records == 0 {
            (self.bytes, self.source) = (0, None);
        }
    }

    /// A record did not go out, and is given again before all others.
    pub(super) fn stays(&mut self, offset: u64, letter: DeadLetter) {
        self.again.insert(offset, letter);
    }

    /// Remembers what has gone, and frees its place.
    pub(super) fn remember(&mut self, context: &mut Context<'_>) -> Result<(), TransportError> {
        if self.stored < self.next {
            let folder = positions(&self.folder);
            std::fs::create_dir_all(&folder).map_err(|error| {
                TransportError::io(format_args!("making {}", folder.display()), &error)
            })?;
            self.position.store(&BTreeMap::from([(0, self.next)]))?;
            self.stored = self.next;
        }
        if let Some(receipt) = &mut self.discarding {
            let Poll::Ready(outcome) = Pin::new(receipt).poll(context) else { return Ok(()) };
            self.discarding = None;
            outcome?;
        }
        if self.discarded < self.stored {
            self.discarded = self.stored;
            self.discarding = Some(self.sink.discard(self.stored));
        }
        Ok(())
    }

    /// Whether nothing waits here.
    pub(super) const fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// Whether everything that was put here is durable, or known not to be.
    pub(super) fn is_settled(&self) -> bool {
        self.writing.is_empty()
    }

    /// Whether it can take no more records for now.
    pub(super) fn is_busy(&self) -> bool {
        self.writing.len() >= QUEUE
    }

    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// The group whose position says what has gone out.
const GROUP: &str = "drain";
/// The records that may wait to be written before no more are sent here.
const QUEUE: usize = 512;
