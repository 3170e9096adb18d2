//! The sink of a log in a directory: a queue, and one thread that writes.

use std::path::Path;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use strictframe::{Frame, TornTail};

use super::FileOptions;
use super::writer::{Job, Writer};
use crate::framing::OutFrame;
use crate::transport::announced::Announced;
use crate::transport::{Definition, Position, Receipt, Sink, TransportError};

/// Writes a log. Copies are handles to one sink; when the last one goes, what waits is written and the segment finished.
#[derive(Clone, Debug)]
pub struct FileSink {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    jobs: Option<SyncSender<Job>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    announced: Arc<Announced>,
    queue: usize,
    longest: usize,
    torn: Option<TornTail>,
}

impl FileSink {
    /// Opens the log in that directory, which is made when it is not there, for as long as this sink lives.
    ///
    /// # Errors
    /// [`TransportError`] named `Locked` when another sink has it open, `Io`.
    pub fn open(folder: &Path, options: &FileOptions) -> Result<Self, TransportError> {
        let announced = Arc::new(Announced::default());
        let (writer, torn) = Writer::open(folder, options, Arc::clone(&announced))?;
        let (jobs, received) = sync_channel(options.queue.max(1));
        let thread = std::thread::Builder::new().name("sframe-log".to_owned());
        let thread = thread.spawn(move || writer.run(&received));
        let thread = thread.map_err(|error| TransportError::io("starting a thread", &error))?;
        Ok(Self {
            shared: Arc::new(Shared {
                jobs: Some(jobs),
                thread: Mutex::new(Some(thread)),
                announced,
                queue: options.queue.max(1),
                longest: options.limits.body() as usize + Frame::OVERHEAD,
                torn,
            }),
        })
    }

    /// The beginning of a frame that was cut off and saved when the log was opened, if its last writer ended inside one.
    #[must_use]
    pub fn torn(&self) -> Option<&TornTail> {
        self.shared.torn.as_ref()
    }

    /// Removes the segments in which every frame is before that offset, the last one excepted, which keeps the numbering. A segment that is being written and
    /// holds nothing else is finished first.
    pub fn discard(&self, before: u64) -> Receipt<()> {
        let (outcome, receipt) = Receipt::pending();
        match self.put(Job::Discard(before, outcome)) {
            Ok(()) => receipt,
            Err(error) => Receipt::known(Err(error)),
        }
    }

    fn put(&self, job: Job) -> Result<(), TransportError> {
        let jobs = self.shared.jobs.as_ref().ok_or_else(TransportError::closed)?;
        jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => TransportError::queue_full(self.shared.queue),
            TrySendError::Disconnected(_) => TransportError::closed(),
        })
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.jobs = None;
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A thread that panicked has said so itself; receipts say that the sink is closed.
            let _ = thread.join();
        }
    }
}

impl Sink for FileSink {
    fn send(&self, frame: OutFrame) -> Receipt<Position> {
        if let Err(error) = self.shared.announced.check(&frame, self.shared.longest) {
            return Receipt::known(Err(error));
        }
        let (outcome, receipt) = Receipt::pending();
        match self.put(Job::Frame(frame, outcome)) {
            Ok(()) => receipt,
            Err(error) => Receipt::known(Err(error)),
        }
    }

    fn announce(&self, definition: Definition) -> Receipt<()> {
        if self.shared.announced.contains(definition.id()) {
            return Receipt::known(Ok(()));
        }
        let (outcome, receipt) = Receipt::pending();
        match self.put(Job::Define(definition, outcome)) {
            Ok(()) => receipt,
            Err(error) => Receipt::known(Err(error)),
        }
    }

    fn flush(&self) -> Receipt<()> {
        let (outcome, receipt) = Receipt::pending();
        match self.put(Job::Flush(outcome)) {
            Ok(()) => receipt,
            Err(error) => Receipt::known(Err(error)),
        }
    }

    fn longest(&self) -> usize {
        self.shared.longest
    }
}
