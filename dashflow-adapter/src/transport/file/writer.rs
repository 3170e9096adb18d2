//! The thread that writes a log: everything that waits, then one sync, then the receipts.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use strictframe::core::Content;
use strictframe::core::control::Control;
use strictframe::core::stream::Directory;
use strictframe::{Frame, StreamError, StreamOptions, StreamWriter, TornTail, open_append};

use super::FileOptions;
use super::index::{self, Segment};
use super::lock::Lock;
use super::segment::SegmentFile;
use crate::framing::OutFrame;
use crate::transport::announced::Announced;
use crate::transport::receipt::Outcome;
use crate::transport::{Definition, DefinitionId, Position, TransportError};

/// What the thread is asked.
#[derive(Debug)]
pub(super) enum Job {
    Define(Definition, Outcome<()>),
    /// Removes what is before that offset.
    Discard(u64, Outcome<()>),
    Flush(Outcome<()>),
    Frame(OutFrame, Outcome<Position>),
}

/// A log that is open for writing.
pub(super) struct Writer {
    folder: PathBuf,
    options: FileOptions,
    /// Held until the writer goes.
    _lock: Lock,
    announced: Arc<Announced>,
    definitions: BTreeMap<DefinitionId, Definition>,
    /// What refuses a definition that contradicts another one.
    directory: Directory,
    finished: Vec<Segment>,
    /// The segment that is being written; none before its first frame.
    open: Option<Open>,
    /// Whether a write failed, so that `finished` may not be all there is.
    is_uncertain: bool,
    /// The receipts that wait for a sync.
    waiting: Vec<(Position, Outcome<Position>)>,
}

struct Open {
    stream: StreamWriter<File>,
    segment: Segment,
    since: Instant,
}

impl Writer {
    /// Locks a log and finishes what its last writer left; also gives what was cut off.
    pub(super) fn open(
        folder: &Path,
        options: &FileOptions,
        announced: Arc<Announced>,
    ) -> Result<(Self, Option<TornTail>), TransportError> {
        let doing = format!("opening the log in {}", folder.display());
        let failed = |error| TransportError::io(&doing, &error);
        std::fs::create_dir_all(folder).map_err(failed)?;
        let lock = Lock::take(&folder.join("lock")).map_err(|error| match error {
            TryLockError::WouldBlock => {
                let message = format!("{doing}: another sink writes to it");
                TransportError::fatal("Locked", message)
            }
            TryLockError::Error(error) => failed(error),
        })?;
        let mut writer = Self {
            folder: folder.to_path_buf(),
            options: options.clone(),
            _lock: lock,
            announced,
            definitions: BTreeMap::new(),
            directory: Directory::new(options.limits),
            finished: Vec::new(),
            open: None,
            is_uncertain: false,
            waiting: Vec::new(),
        };
        let torn = writer.take_stock()?;
        Ok((writer, torn))
    }

    /// Does what it is asked until nobody can ask any more, then finishes the segment.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(job) = jobs.recv() {
            let mut flushes = Vec::new();
            self.take(job, &mut flushes);
            // One sync is for everything that waits now.
            for job in jobs.try_iter().take(self.options.queue) {
                self.take(job, &mut flushes);
            }
            self.settle();
            for outcome in flushes {
                let _ = outcome.send(Ok(()));
            }
        }
        if let Err(error) = self.finish() {
            self.fail(&error);
        }
    }

    fn take(&mut self, job: Job, flushes: &mut Vec<Outcome<()>>) {
        match job {
            Job::Define(definition, outcome) => {
                let _ = outcome.send(self.define(definition));
            }
            Job::Discard(before, outcome) => {
                let _ = outcome.send(self.discard(before));
            }
            Job::Flush(outcome) => flushes.push(outcome),
            Job::Frame(frame, outcome) => match self.write(&frame) {
                Ok(position) => self.waiting.push((position, outcome)),
                Err(error) => {
                    let _ = outcome.send(Err(error));
                }
            },
        }
    }

    /// The open segment takes it in now, later ones when they are begun.
    fn define(&mut self, definition: Definition) -> Result<(), TransportError> {
        self.check(&definition).map_err(|refused| {
            let message = format!("{} is not taken: {refused}", definition.id());
            TransportError::permanent("DefinitionRefused", message)
        })?;
        if let Some(open) = &mut self.open {
            let taken = open.stream.write_frame(definition.frame());
            taken.map_err(|error| stream_failed(&error)).inspect_err(|error| self.fail(error))?;
        }
        self.announced.add(definition.id());
        self.definitions.insert(definition.id(), definition);
        Ok(())
    }

    /// Every segment has to take it, whatever else was announced.
    fn check(&mut self, definition: &Definition) -> Result<(), strictframe::Error> {
        match Frame::parse(definition.frame(), &self.options.limits)?.content() {
            Content::Control(Control::Schema(schema)) => self.directory.add_schema(schema),
            Content::Control(Control::Dictionary(bytes)) => self.directory.add_dictionary(bytes),
            _ => Ok(()),
        }
    }

    fn write(&mut self, frame: &OutFrame) -> Result<Position, TransportError> {
        if self.is_complete() {
            self.finish().inspect_err(|error| self.fail(error))?;
        }
        let open = self.opened()?;
        match open.stream.write_frame(frame.bytes()) {
            Ok(()) => {
                let position = Position { partition: 0, offset: open.segment.end() };
                open.segment.add(frame.time());
                Ok(position)
            }
            Err(StreamError::Refused(error)) => {
                Err(TransportError::permanent("FrameRefused", error.to_string()))
            }
            Err(error) => {
                let error = stream_failed(&error);
                self.fail(&error);
                Err(error)
            }
        }
    }

    fn is_complete(&self) -> bool {
        self.open.as_ref().is_some_and(|open| {
            open.stream.offset() >= self.options.segment_bytes
                || open.since.elapsed() >= self.options.segment_age
        })
    }

    /// The open segment; begun when there is none.
    fn opened(&mut self) -> Result<&mut Open, TransportError> {
        let open = match self.open.take() {
            Some(open) => open,
            None => self.begin().inspect_err(|error| self.fail(error))?,
        };
        Ok(self.open.insert(open))
    }

    fn begin(&mut self) -> Result<Open, TransportError> {
        if self.is_uncertain {
            self.take_stock()?;
        }
        let first = self.finished.last().map_or(0, Segment::end);
        let path = SegmentFile::new(&self.folder, first).path;
        let doing = format!("beginning {}", path.display());
        let failed = |error| TransportError::io(&doing, &error);
        let file = OpenOptions::new().write(true).create_new(true).open(&path).map_err(failed)?;
        // Its name is to be as durable as what is in it.
        File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
        let mut stream = StreamWriter::create(file, stream_options(&self.options))
            .map_err(|error| stream_failed(&error))?;
        for definition in self.definitions.values() {
            stream.write_frame(definition.frame()).map_err(|error| stream_failed(&error))?;
        }
        Ok(Open { stream, segment: Segment::empty(first), since: Instant::now() })
    }

    /// Makes what was written durable, and says so to those who wait for it.
    fn settle(&mut self) {
        if let Some(open) = self.open.as_mut().filter(|_| !self.waiting.is_empty()) {
            let flushed = open.stream.flush().map_err(|error| stream_failed(&error));
            let synced = flushed.and_then(|()| {
                let file = open.stream.sink();
                let synced = if self.options.is_synced { file.sync_data() } else { Ok(()) };
                synced.map_err(|error| TransportError::io("syncing a segment", &error))
            });
            if let Err(error) = synced {
                return self.fail(&error);
            }
        }
        for (position, outcome) in self.waiting.drain(..) {
            let _ = outcome.send(Ok(position));
        }
    }

    /// Nothing is known of what was written since the last sync: the log is looked through before it is written again.
    fn fail(&mut self, error: &TransportError) {
        self.open = None;
        self.is_uncertain = true;
        for (_, outcome) in self.waiting.drain(..) {
            let _ = outcome.send(Err(error.clone()));
        }
    }

    /// Ends the open segment, if there is one.
    fn finish(&mut self) -> Result<(), TransportError> {
        let Some(Open { stream, mut segment, .. }) = self.open.take() else { return Ok(()) };
        let file = stream.finish().map_err(|error| stream_failed(&error))?;
        let synced = file.sync_all().and_then(|()| file.metadata());
        let found = synced.map_err(|error| TransportError::io("finishing a segment", &error))?;
        (segment.bytes, segment.is_finished) = (found.len(), true);
        self.finished.push(segment);
        self.remove_oldest();
        self.settle();
        // What is not stored is found anew.
        let _ = index::store(&self.folder, &self.finished);
        Ok(())
    }

    fn discard(&mut self, before: u64) -> Result<(), TransportError> {
        if self.open.as_ref().is_some_and(|open| open.segment.end() <= before) {
            self.finish().inspect_err(|error| self.fail(error))?;
        }
        while self.finished.len() > 1
            && let Some(oldest) = self.finished.first().filter(|oldest| oldest.end() <= before)
        {
            let path = SegmentFile::new(&self.folder, oldest.first).path;
            let doing = format!("removing {}", path.display());
            std::fs::remove_file(path).map_err(|error| TransportError::io(doing, &error))?;
            self.finished.remove(0);
        }
        // What is not stored is found anew.
        let _ = index::store(&self.folder, &self.finished);
        Ok(())
    }

    fn remove_oldest(&mut self) {
        let mut bytes: u64 = self.finished.iter().map(|segment| segment.bytes).sum();
        while bytes > self.options.keep_bytes && self.finished.len() > 1 {
            let oldest = self.finished.remove(0);
            bytes -= oldest.bytes;
            // A file that stays is found again when the log is opened, and removed then.
            let _ = std::fs::remove_file(SegmentFile::new(&self.folder, oldest.first).path);
        }
    }

    /// Looks through the segments, and finishes those that are not; also gives what was cut off the last one.
    fn take_stock(&mut self) -> Result<Option<TornTail>, TransportError> {
        let known = index::load(&self.folder);
        let (mut torn, mut found) = (None, Vec::new());
        for file in SegmentFile::list(&self.folder)? {
            let mut segment = known.segment(&file)?;
            if !segment.is_finished && segment.damage.is_none() {
                let cut = finish_file(&file, &self.options, &mut segment)?;
                torn = cut.or(torn);
            }
            found.extend((segment.count > 0 || segment.damage.is_some()).then_some(segment));
        }
        self.finished = found;
        self.is_uncertain = false;
        self.remove_oldest();
        let _ = index::store(&self.folder, &self.finished);
        Ok(torn)
    }
}

/// Ends a segment that its writer did not end. One without a frame is removed: the next one has its number.
fn finish_file(
    file: &SegmentFile,
    options: &FileOptions,
    segment: &mut Segment,
) -> Result<Option<TornTail>, TransportError> {
    let appended = match open_append(&file.path, stream_options(options)) {
        Err(StreamError::Refused(error)) => {
            segment.damage = Some(error.to_string());
            return Ok(None);
        }
        appended => appended.map_err(|error| stream_failed(&error))?,
    };
    let failed =
        |error| TransportError::io(format_args!("finishing {}", file.path.display()), &error);
    if segment.count == 0 {
        std::fs::remove_file(&file.path).map_err(failed)?;
        return Ok(appended.torn);
    }
    let written = appended.writer.finish().map_err(|error| stream_failed(&error))?;
    written.sync_all().map_err(failed)?;
    (segment.bytes, segment.is_finished) = (written.metadata().map_err(failed)?.len(), true);
    Ok(appended.torn)
}

fn stream_options(options: &FileOptions) -> StreamOptions {
    let mut stream = StreamOptions::default();
    stream.limits = options.limits;
    stream
}

fn stream_failed(error: &StreamError) -> TransportError {
    TransportError::retryable("Io", format!("writing a segment: {error}"))
}
