//! How frames travel: a [`Sink`] takes them, a [`Source`] gives them, whatever lies between.
//!
//! - [`memory`]: a log in memory, whose faults a test can choose.
//! - [`mod@file`]: a directory of stream files; no server is needed.
//! - `kafka`: topics of Apache Kafka (feature `kafka`).
//!
//! Beside the data every transport carries [`Definition`]s: the SCHEMA and DICT frames that readers need. A sink refuses a frame whose definitions were not
//! announced before it, so that no reader can meet a frame it was never told how to read.

mod announced;
mod blocking;
mod definition;
mod error;
pub mod file;
pub(crate) mod frame_file;
#[cfg(feature = "kafka")]
#[cfg_attr(docsrs, doc(cfg(feature = "kafka")))]
pub mod kafka;
pub mod memory;
mod of_threads;
mod position;
mod read_ahead;
mod receipt;

use core::future::Future;

use bytes::Bytes;

pub(crate) use self::blocking::blocking;
pub use self::definition::{Definition, DefinitionId};
pub use self::error::{ErrorClass, TransportError};
pub(crate) use self::frame_file::FrameFile;
pub use self::of_threads::OfThreads;
pub use self::position::{Position, PositionFile, Start};
pub use self::read_ahead::ReadAhead;
pub(crate) use self::receipt::Outcome;
pub use self::receipt::Receipt;
use crate::framing::OutFrame;

/// Where frames go. Handles may be shared between threads.
pub trait Sink: Send + Sync {
    /// Hands over one frame and never waits. Frames of one thread that were handed over one after the other, and were all taken, keep that order.
    ///
    /// The receipt gives the frame's position once the frame is as durable as the sink makes it. A frame whose receipt is an error may have arrived all the
    /// same when the error is retryable; sent once more it may be there twice.
    fn send(&self, frame: OutFrame) -> Receipt<Position>;

    /// Makes a schema or dictionary known to every reader. Its receipt comes before frames that need it may be sent; announced again it is a receipt at once.
    fn announce(&self, definition: Definition) -> Receipt<()>;

    /// A receipt for everything that was handed over before: it comes when each of them has its own.
    fn flush(&self) -> Receipt<()>;

    /// The longest frame that is taken, in bytes.
    fn longest(&self) -> usize;
}

impl<S: Sink + ?Sized> Sink for Box<S> {
    fn send(&self, frame: OutFrame) -> Receipt<Position> {
        (**self).send(frame)
    }

    fn announce(&self, definition: Definition) -> Receipt<()> {
        (**self).announce(definition)
    }

    fn flush(&self) -> Receipt<()> {
        (**self).flush()
    }

    fn longest(&self) -> usize {
        (**self).longest()
    }
}

/// Where frames come from: one reader of some partitions, each in its order.
pub trait Source: Send {
    /// What comes next; waits for it. Dropped before it is ready, it has lost nothing.
    ///
    /// # Errors
    /// [`TransportError`]; a later call goes on unless it is fatal.
    fn receive(&mut self) -> impl Future<Output = Result<Received, TransportError>> + Send;

    /// Gives nothing more of a partition until [`Source::resume`]; what was given keeps its place.
    ///
    /// # Errors
    /// [`TransportError`] named `UnknownPartition`.
    fn pause(&mut self, partition: u32) -> Result<(), TransportError>;

    /// Goes on with a partition where it was paused.
    ///
    /// # Errors
    /// [`TransportError`] named `UnknownPartition`.
    fn resume(&mut self, partition: u32) -> Result<(), TransportError>;

    /// Goes on at that position, which may be one before.
    ///
    /// # Errors
    /// [`TransportError`] named `UnknownPartition`, or `PositionGone` when it is not kept any more.
    fn seek(
        &mut self,
        position: Position,
    ) -> impl Future<Output = Result<(), TransportError>> + Send;

    /// Keeps the position at which this source's group goes on when it is opened again: the one behind the last frame that is done with.
    ///
    /// # Errors
    /// [`TransportError`]; named `NoGroup` when the source was opened without one.
    fn commit(&mut self, next: Position)
    -> impl Future<Output = Result<(), TransportError>> + Send;

    /// Every schema and dictionary that was announced until now, read anew.
    ///
    /// # Errors
    /// [`TransportError`].
    fn definitions(
        &mut self,
    ) -> impl Future<Output = Result<Vec<Definition>, TransportError>> + Send;
}

/// What a source gives.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Received {
    /// These partitions are read by this source from now on.
    Assigned(Vec<u32>),
    /// Everything there was in a partition has been given. It comes once, and again after more has come.
    CaughtUp {
        /// The partition.
        partition: u32,
    },
    /// A value, which should be a frame.
    Delivered(Delivered),
    /// These positions cannot be read: what was there is damaged. The source goes on behind them.
    Lost {
        /// The first position that cannot be read.
        from: Position,
        /// The offset behind the last one, when it is known.
        to: Option<u64>,
        /// What is wrong, where, and what to do.
        error: TransportError,
    },
    /// These partitions are read by others from now on; their positions should have been committed.
    Revoked(Vec<u32>),
}

/// A value as it was stored, not looked at.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Delivered {
    /// Where it is stored.
    pub position: Position,
    /// Its key: of telemetry the thread id.
    pub key: Option<Bytes>,
    /// The value.
    pub value: Bytes,
    /// When it was written, in milliseconds since 1970-01-01T00:00:00Z, where the transport says.
    pub written: Option<i64>,
}
