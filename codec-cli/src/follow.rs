//! Reads a file on while another process appends to it.

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::io::{self, Read};
use std::sync::Arc;
use std::thread;

use crate::source::Source;

/// A source that waits at its end for more, until it is told to stop.
pub(crate) struct Follow {
    source: Source,
    /// The bytes read so far.
    position: u64,
    stop: Stop,
}

/// Tells a source that nothing more is waited for.
#[derive(Clone, Default)]
pub(crate) struct Stop {
    is_over: Arc<AtomicBool>,
    is_interrupted: Arc<AtomicBool>,
}

impl Follow {
    pub(crate) const fn new(source: Source, stop: Stop) -> Self {
        Self { source, position: 0, stop }
    }
}

impl Stop {
    /// One that SIGINT sets off.
    pub(crate) fn on_interrupt() -> io::Result<Self> {
        let stop = Self::default();
        #[cfg(unix)]
        signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::clone(&stop.is_interrupted))?;
        Ok(stop)
    }

    /// The same; the second SIGINT ends the process, as it does where nobody asks.
    #[cfg(feature = "dashflow")]
    pub(crate) fn on_first_interrupt() -> io::Result<Self> {
        let stop = Self::default();
        #[cfg(unix)]
        {
            use signal_hook::{consts::SIGINT, flag};

            // In this order, so that the first one finds the flag down.
            flag::register_conditional_default(SIGINT, Arc::clone(&stop.is_interrupted))?;
            flag::register(SIGINT, Arc::clone(&stop.is_interrupted))?;
        }
        Ok(stop)
    }

    /// Waits for nothing more: the end of the file is the end.
    pub(crate) fn stop(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    /// Whether the user has had enough.
    pub(crate) fn is_interrupted(&self) -> bool {
        self.is_interrupted.load(Ordering::Relaxed)
    }

    fn is_set(&self) -> bool {
        self.is_over.load(Ordering::Relaxed) || self.is_interrupted()
    }
}

impl Read for Follow {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.source.read(buffer)?;
            self.position += read as u64;
            if read > 0 || self.stop.is_set() {
                return Ok(read);
            }
            if self.source.len().is_some_and(|len| len < self.position) {
                return Err(io::Error::other("the file has become shorter than what was read"));
            }
            thread::sleep(PAUSE);
        }
    }
}

/// How long it takes at most to see what was appended.
const PAUSE: Duration = Duration::from_millis(50);
