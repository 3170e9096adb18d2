//! Writes streams to asynchronous sinks.

use core::fmt;
use std::io;

use strictframe_core::Extension;
use strictframe_schema::Descriptor;
use tokio::io::{AsyncWrite, AsyncWriteExt};

use crate::dictionary::Dictionary;
use crate::encoder::Encoder;
use crate::error::{EncodeError, StreamError};
use crate::writer::{self, StreamOptions};

/// Writes one stream in the self-contained profile, as [`crate::StreamWriter`] does, to an asynchronous sink.
///
/// Frames are gathered in memory and handed to the sink in pieces, each before the next record is taken; [`StreamWriter::flush`] hands over all of them.
/// A failure of the sink is therefore told by the call after the one whose frame it concerns. The stream takes no more frames then.
///
/// Dropped without [`StreamWriter::finish`], it leaves a stream that readers call `Unterminated` or `Truncated`.
pub struct StreamWriter<W> {
    sink: W,
    /// The stream itself, written into memory; `sent` bytes of what is there are in the sink already.
    gathered: writer::StreamWriter<Vec<u8>>,
    sent: usize,
    failed: bool,
}

impl<W: AsyncWrite + Unpin> StreamWriter<W> {
    /// Begins a stream. Nothing is handed to the sink yet.
    ///
    /// # Errors
    /// [`StreamError::Io`] when there is no random source.
    pub fn create(sink: W, options: StreamOptions) -> Result<Self, StreamError> {
        let gathered = writer::StreamWriter::create(Vec::new(), options)?;
        Ok(Self { sink, gathered, sent: 0, failed: false })
    }

    /// Makes a schema known. Its SCHEMA frame is written before the first frame that needs it.
    ///
    /// # Errors
    /// As [`crate::StreamWriter::add_schema`].
    pub fn add_schema(&mut self, descriptor: &Descriptor) -> Result<(), StreamError> {
        self.gathered.add_schema(descriptor)
    }

    /// Makes a dictionary known. Its DICT frame is written before the first frame that needs it.
    ///
    /// # Errors
    /// As [`crate::StreamWriter::add_dictionary`].
    pub fn add_dictionary(&mut self, dictionary: &Dictionary) -> Result<(), StreamError> {
        self.gathered.add_dictionary(dictionary)
    }

    /// Writes one record. Dropped before it is ready, it has not taken the record.
    ///
    /// # Errors
    /// As [`crate::StreamWriter::write`].
    pub async fn write(
        &mut self,
        encoder: &mut Encoder,
        record: &[u8],
        extensions: &[Extension<'_>],
    ) -> Result<(), StreamError> {
        self.hand_over().await?;
        self.gathered.write(encoder, record, extensions)
    }

    /// Writes several records as one BATCH. Dropped before it is ready, it has taken none of them.
    ///
    /// # Errors
    /// As [`crate::StreamWriter::write_batch`].
    pub async fn write_batch<T: AsRef<[u8]>>(
        &mut self,
        encoder: &mut Encoder,
        records: &[T],
        extensions: &[Extension<'_>],
    ) -> Result<(), StreamError> {
        self.hand_over().await?;
        self.gathered.write_batch(encoder, records, extensions)
    }

    /// Takes over a data frame, or a SCHEMA or DICT frame, unchanged, after verifying it. Dropped before it is ready, it has not taken the frame.
    ///
    /// # Errors
    /// As [`crate::StreamWriter::write_frame`].
    pub async fn write_frame(&mut self, bytes: &[u8]) -> Result<(), StreamError> {
        self.hand_over().await?;
        self.gathered.write_frame(bytes)
    }

    /// Hands everything written so far to the sink, and flushes it. Dropped before it is ready, it may be called again.
    ///
    /// # Errors
    /// [`StreamError::Io`]; the stream takes no more frames then.
    pub async fn flush(&mut self) -> Result<(), StreamError> {
        self.gathered.flush()?;
        self.hand_over().await?;
        let flushed = self.sink.flush().await;
        self.failed |= flushed.is_err();
        Ok(flushed?)
    }

    /// Writes END, and gives back the sink, flushed. The sink is not shut down. Dropped before it is ready, it leaves the stream without its end.
    ///
    /// # Errors
    /// [`StreamError::Io`], [`EncodeError::StreamClosed`] after an earlier failure.
    pub async fn finish(mut self) -> Result<W, StreamError> {
        self.hand_over().await?;
        let Self { mut sink, gathered, .. } = self;
        sink.write_all(&gathered.finish()?).await?;
        sink.flush().await?;
        Ok(sink)
    }

    /// The sink. Bytes written to it directly would end the stream's validity.
    #[must_use]
    pub const fn sink(&self) -> &W {
        &self.sink
    }

    /// The length of the stream so far in bytes, what was not handed over yet included.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.gathered.offset()
    }

    /// The data frames written so far.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.gathered.count()
    }

    /// The stream's id.
    #[must_use]
    pub const fn stream_id(&self) -> [u8; 16] {
        self.gathered.stream_id()
    }

    /// Hands over the pieces that are complete. What the sink took is counted at once, so that a dropped future repeats nothing.
    async fn hand_over(&mut self) -> Result<(), StreamError> {
        if self.failed {
            return Err(EncodeError::StreamClosed.into());
        }
        let pieces = self.gathered.sink_mut();
        while let Some(rest @ [_, ..]) = pieces.get(self.sent..) {
            match self.sink.write(rest).await {
                Ok(0) => {
                    self.failed = true;
                    return Err(io::Error::from(io::ErrorKind::WriteZero).into());
                }
                Ok(written) => self.sent += written,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    // What reached the sink of a failed write is not known: the stream is left as it is.
                    self.failed = true;
                    return Err(error.into());
                }
            }
        }
        pieces.clear();
        self.sent = 0;
        Ok(())
    }
}

impl<W: fmt::Debug> fmt::Debug for StreamWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamWriter")
            .field("sink", &self.sink)
            .field("gathered", &self.gathered)
            .finish_non_exhaustive()
    }
}
