//! The source of a log in a directory: one thread that reads, ahead of whoever receives by a few frames.

use core::time::Duration;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::segment::{DataFrame, Read, SegmentError, SegmentFile, SegmentReader};
use super::{position_file, positions};
use crate::transport::blocking::blocking;
use crate::transport::{
    Definition, DefinitionId, Delivered, Position, PositionFile, Received, Source, Start,
    TransportError,
};

/// Reads a log, also while it is written. It has one partition, 0. Seeking and committing need a runtime of tokio.
#[derive(Debug)]
pub struct FileSource {
    folder: PathBuf,
    group: Option<PositionFile>,
    definitions: Definitions,
    received: Receiver<Result<Received, TransportError>>,
    is_assigned: bool,
    is_paused: bool,
}

type Definitions = Arc<Mutex<BTreeMap<DefinitionId, Definition>>>;

impl FileSource {
    /// Opens the log in that directory, which need not be there yet, for a group if it is given one.
    ///
    /// # Errors
    /// [`TransportError`] named `PositionGone`, `PositionAhead` or `UnknownPartition` for a start that is not there, `GroupName`, `FileRefused`, `Io`.
    pub fn open(folder: &Path, start: &Start, group: Option<&str>) -> Result<Self, TransportError> {
        start.check_partitions(1)?;
        let group = group.map(|group| position_file(folder, group)).transpose()?;
        let committed = match &group {
            Some(file) => file.load()?.get(&0).copied(),
            None => None,
        };
        let offset = start.offset(0, committed, extent(folder)?)?;
        let definitions = Definitions::default();
        let received = spawn(folder, offset, &definitions)?;
        let folder = folder.to_path_buf();
        Ok(Self { folder, group, definitions, received, is_assigned: false, is_paused: false })
    }
}

impl Source for FileSource {
    async fn receive(&mut self) -> Result<Received, TransportError> {
        if !core::mem::replace(&mut self.is_assigned, true) {
            return Ok(Received::Assigned(vec![0]));
        }
        if self.is_paused {
            // Whoever waits for the only partition there is has paused it.
            core::future::pending::<()>().await;
        }
        let ended = || TransportError::fatal("Closed", "the thread that reads the log has ended");
        self.received.recv().await.unwrap_or_else(|| Err(ended()))
    }

    fn pause(&mut self, partition: u32) -> Result<(), TransportError> {
        TransportError::check_only_partition(partition)?;
        self.is_paused = true;
        Ok(())
    }

    fn resume(&mut self, partition: u32) -> Result<(), TransportError> {
        TransportError::check_only_partition(partition)?;
        self.is_paused = false;
        Ok(())
    }

    async fn seek(&mut self, position: Position) -> Result<(), TransportError> {
        TransportError::check_only_partition(position.partition)?;
        let (folder, definitions) = (self.folder.clone(), Arc::clone(&self.definitions));
        self.received = blocking(move || {
            let offset = Start::At(vec![position]).offset(0, None, extent(&folder)?)?;
            spawn(&folder, offset, &definitions)
        })
        .await?;
        Ok(())
    }

    async fn commit(&mut self, next: Position) -> Result<(), TransportError> {
        TransportError::check_only_partition(next.partition)?;
        let group = self.group.clone().ok_or_else(TransportError::no_group)?;
        let folder = positions(&self.folder);
        blocking(move || {
            std::fs::create_dir_all(&folder).map_err(|error| {
                TransportError::io(format_args!("making {}", folder.display()), &error)
            })?;
            group.store(&BTreeMap::from([(0, next.offset)]))
        })
        .await
    }

    async fn definitions(&mut self) -> Result<Vec<Definition>, TransportError> {
        // They stand in the segments, before the frames that need them: whatever was received has its own here.
        let definitions = self.definitions.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(definitions.values().cloned().collect())
    }
}

/// The number of the first frame that is kept, and that of the next one to come.
fn extent(folder: &Path) -> Result<(u64, u64), TransportError> {
    let segments = super::segments(folder)?;
    let first = segments.first().map_or(0, |segment| segment.first);
    Ok((first, segments.last().map_or(0, super::Segment::end)))
}

fn spawn(
    folder: &Path,
    next: u64,
    definitions: &Definitions,
) -> Result<Receiver<Result<Received, TransportError>>, TransportError> {
    let (sender, receiver) = channel(AHEAD);
    let definitions = Arc::clone(definitions);
    let reading = Reading { folder: folder.to_path_buf(), next, definitions, sender };
    let thread = std::thread::Builder::new().name("sframe-tail".to_owned());
    let thread = thread.spawn(move || {
        // Nobody listens any more: that is how it ends.
        let _ = reading.run();
    });
    thread.map_err(|error| TransportError::io("starting a thread", &error))?;
    Ok(receiver)
}

/// What the thread holds.
struct Reading {
    folder: PathBuf,
    /// The number of the next frame to give.
    next: u64,
    definitions: Definitions,
    sender: Sender<Result<Received, TransportError>>,
}

/// The receiving end is gone.
struct Gone;

impl Reading {
    fn run(mut self) -> Result<(), Gone> {
        let mut is_told = false;
        loop {
            let Some(file) = self.segment()? else {
                self.idle(&mut is_told)?;
                continue;
            };
            is_told = self.read(&file)?;
            // Behind this segment, once there is another one.
            while self.later(file.first)?.is_none() {
                self.idle(&mut is_told)?;
            }
            self.go_on_behind(file.first)?;
        }
    }

    /// The segment that has the next frame, or would have it.
    fn segment(&mut self) -> Result<Option<SegmentFile>, Gone> {
        let next = self.next;
        let is_whole =
            |segments: &[SegmentFile]| segments.first().is_none_or(|oldest| oldest.first <= next);
        let segments = self.settled(is_whole)?;
        let found = segments.iter().rfind(|segment| segment.first <= self.next).cloned();
        match (found, segments.first()) {
            (None, Some(oldest)) => {
                let error = TransportError::position_gone(self.next, oldest.first);
                self.lose(Some(oldest.first), error)?;
                Ok(Some(oldest.clone()))
            }
            (found, _) => Ok(found),
        }
    }

    /// Gives what a segment has, until its END or its damage; says whether it has told that everything was given.
    fn read(&mut self, file: &SegmentFile) -> Result<bool, Gone> {
        let (mut is_told, mut is_left) = (false, false);
        let (mut number, mut reader, mut patience) = (file.first, None, Patience::default());
        loop {
            let read = match &mut reader {
                Some(reader) => SegmentReader::next(reader),
                None => match SegmentReader::open(&file.path) {
                    Ok(found) => {
                        (number, reader, patience) = (file.first, Some(found), Patience::default());
                        continue;
                    }
                    Err(error) => Err(SegmentError::Io(error)),
                },
            };
            match read {
                Ok(Read::Data(frame)) => {
                    if number >= self.next {
                        (is_told, is_left) = (false, false);
                        self.give(number, frame)?;
                    }
                    number += 1;
                }
                Ok(Read::Definition(definition)) => {
                    let mut known = self.definitions.lock().unwrap_or_else(PoisonError::into_inner);
                    known.insert(definition.id(), definition);
                }
                Ok(Read::End) => return Ok(is_told),
                // Its sink finishes a segment before it begins the next one: one that still has no END then was left behind.
                Ok(Read::CaughtUp) if is_left => return Ok(is_told),
                Ok(Read::CaughtUp) => {
                    is_left = self.later(file.first)?.is_some();
                    if !is_left {
                        self.idle(&mut is_told)?;
                    }
                }
                // It may be read another time; a file that was removed may not.
                Err(SegmentError::Io(error)) if error.kind() != io::ErrorKind::NotFound => {
                    self.send(Err(SegmentError::Io(error).of(&file.path)))?;
                    reader = None;
                    std::thread::sleep(PAUSE);
                }
                Err(SegmentError::Io(_)) if patience.is_left() => self.wait()?,
                Err(error) => return self.stop(&error, file),
            }
        }
    }

    fn give(&mut self, number: u64, frame: DataFrame) -> Result<(), Gone> {
        self.next = number + 1;
        let position = Position { partition: 0, offset: number };
        let DataFrame { bytes, thread, time } = frame;
        let written = time.map(|time| time.div_euclid(NANOS_PER_MILLI));
        let delivered = Delivered { position, key: thread, value: bytes, written };
        self.send(Ok(Received::Delivered(delivered)))
    }

    /// A segment gives nothing more, and not because it has ended.
    fn stop(&mut self, error: &SegmentError, file: &SegmentFile) -> Result<bool, Gone> {
        // The second look sees what was made before anything that the first one saw.
        self.later(file.first)?;
        let to = self.later(file.first)?.map(|later| later.first);
        self.lose(to, error.of(&file.path))?;
        Ok(false)
    }

    /// Frames that should be there and are not are named before what comes behind them.
    fn go_on_behind(&mut self, first: u64) -> Result<(), Gone> {
        let next = self.next;
        let behind = |segment: &&SegmentFile| segment.first > first;
        let is_whole = |segments: &[SegmentFile]| {
            segments.iter().find(behind).is_none_or(|later| later.first <= next)
        };
        let segments = self.settled(is_whole)?;
        let Some(later) = segments.iter().find(behind) else { return Ok(()) };
        if self.next < later.first {
            let message = format!("{} does not have the frames before it", later.path.display());
            self.lose(Some(later.first), TransportError::permanent("Missing", message))?;
        }
        Ok(())
    }

    fn lose(&mut self, to: Option<u64>, error: TransportError) -> Result<(), Gone> {
        let from = Position { partition: 0, offset: self.next };
        self.next = to.unwrap_or(self.next);
        self.send(Ok(Received::Lost { from, to, error }))
    }

    /// The first segment behind the one of that number.
    fn later(&mut self, first: u64) -> Result<Option<SegmentFile>, Gone> {
        Ok(self.list()?.into_iter().find(|segment| segment.first > first))
    }

    /// The segments, once they are whole or have not been for so long that they will not be.
    fn settled(
        &mut self,
        is_whole: impl Fn(&[SegmentFile]) -> bool,
    ) -> Result<Vec<SegmentFile>, Gone> {
        let mut patience = Patience::default();
        loop {
            let segments = self.list()?;
            if is_whole(&segments) || !patience.is_left() {
                return Ok(segments);
            }
            self.wait()?;
        }
    }

    fn list(&mut self) -> Result<Vec<SegmentFile>, Gone> {
        loop {
            match SegmentFile::list(&self.folder) {
                Ok(segments) => return Ok(segments),
                Err(error) => self.send(Err(error))?,
            }
            std::thread::sleep(PAUSE);
        }
    }

    fn idle(&self, is_told: &mut bool) -> Result<(), Gone> {
        if !core::mem::replace(is_told, true) {
            return self.send(Ok(Received::CaughtUp { partition: 0 }));
        }
        self.wait()
    }

    fn wait(&self) -> Result<(), Gone> {
        if self.sender.is_closed() {
            return Err(Gone);
        }
        std::thread::sleep(PAUSE);
        Ok(())
    }

    fn send(&self, received: Result<Received, TransportError>) -> Result<(), Gone> {
        self.sender.blocking_send(received).map_err(|_| Gone)
    }
}

/// How long a segment that is not there is waited for before its frames are called lost.
///
/// A folder is not listed at one moment, so that a segment can be missed which stands in front of one that is seen; and others may move files away and back.
#[derive(Default)]
struct Patience(Option<Instant>);

impl Patience {
    fn is_left(&mut self) -> bool {
        self.0.get_or_insert_with(Instant::now).elapsed() < GRACE
    }
}

/// The frames that are read ahead.
const AHEAD: usize = 16;
/// How long a segment may be missing.
const GRACE: Duration = Duration::from_millis(500);
/// How long it waits before it looks for more.
const PAUSE: Duration = Duration::from_millis(20);
const NANOS_PER_MILLI: i64 = 1_000_000;
