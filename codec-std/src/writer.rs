//! Writes streams: a SYNC where one is due, schemas and dictionaries before their use, END at the end (SPEC section 9).

use core::fmt;
use std::io::{self, Write};

use strictframe_core::control::Control;
use strictframe_core::stream::{Directory, Profile};
use strictframe_core::{Chain, Content, Extension, Frame, Kind, Limits, Parts, SchemaKey};
use strictframe_schema::Descriptor;

use self::carried::Carried;
use crate::dictionary::Dictionary;
use crate::encoder::{Encoder, check_len};
use crate::error::{EncodeError, StreamError};
use crate::instruments;

mod carried;
mod putting;

/// Writes one stream in the self-contained profile.
///
/// Frames are gathered and handed to the sink in pieces; [`StreamWriter::flush`] hands over all of them.
/// Dropped without [`StreamWriter::finish`], it leaves a stream that readers call `Unterminated` or `Truncated`.
pub struct StreamWriter<W> {
    sink: W,
    limits: Limits,
    chain: Chain,
    carried: Carried,
    frame: Vec<u8>,
    pending: Vec<u8>,
    closed: bool,
}

/// What a stream is begun with.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct StreamOptions {
    /// The stream's id; from the random source of the operating system unless given. It must be unpredictable to authors of payloads.
    pub stream_id: Option<[u8; 16]>,
    /// The largest frames.
    pub limits: Limits,
}

impl<W: Write> StreamWriter<W> {
    /// Begins a stream.
    ///
    /// # Errors
    /// [`StreamError::Io`] when there is no random source.
    pub fn create(sink: W, options: StreamOptions) -> Result<Self, StreamError> {
        // SPEC [STR-3]: from the caller, or from the operating system.
        let stream_id = match options.stream_id {
            Some(id) => id,
            None => random_id()?,
        };
        let directory = Directory::new(options.limits);
        let mut writer = Self::resume(sink, options.limits, Chain::new(stream_id), directory);
        // SPEC [STR-1]: a SYNC is the first frame.
        writer.put_sync(Kind::SYNC)?;
        Ok(writer)
    }

    /// Goes on with a stream that stands at `chain`; for appending.
    pub(crate) const fn resume(
        sink: W,
        limits: Limits,
        chain: Chain,
        directory: Directory,
    ) -> Self {
        Self {
            sink,
            limits,
            chain,
            carried: Carried::new(directory),
            frame: Vec::new(),
            pending: Vec::new(),
            closed: false,
        }
    }

    /// The same stream in another profile.
    pub(crate) fn in_profile(mut self, profile: Profile) -> Self {
        self.carried.profile = profile;
        self
    }

    /// Makes a schema known. Its SCHEMA frame is written before the first frame that needs it.
    ///
    /// # Errors
    /// [`StreamError::Refused`] with `SchemaFork` when the stream has another descriptor of that version, with `LimitExceeded` when it is one too many;
    /// [`EncodeError::RecordTooLarge`] when its frame is above the body limit.
    pub fn add_schema(&mut self, descriptor: &Descriptor) -> Result<(), StreamError> {
        let mut body = Vec::new();
        descriptor.write_body(&mut body).map_err(EncodeError::from)?;
        self.add(Kind::SCHEMA, &body)
    }

    /// Makes a dictionary known. Its DICT frame is written before the first frame that needs it.
    ///
    /// # Errors
    /// [`StreamError::Refused`] with `DictionaryClash` when the stream has another one with its id, with `LimitExceeded` when it is one too many;
    /// [`EncodeError::RecordTooLarge`] when its frame is above the body limit.
    pub fn add_dictionary(&mut self, dictionary: &Dictionary) -> Result<(), StreamError> {
        self.add(Kind::DICT, dictionary.bytes())
    }

    /// Writes one record. The encoder's dictionary is made known by itself.
    ///
    /// # Errors
    /// [`EncodeError::SchemaUndeclared`] when the encoder's schema was not made known; as [`Encoder::encode_with`]; [`StreamError::Io`].
    pub fn write(
        &mut self,
        encoder: &mut Encoder,
        record: &[u8],
        extensions: &[Extension<'_>],
    ) -> Result<(), StreamError> {
        self.write_by(encoder, |encoder, frame| encoder.encode_frame(record, extensions, frame))
    }

    /// Writes several records as one BATCH.
    ///
    /// # Errors
    /// As [`StreamWriter::write`], and [`EncodeError::BatchCount`].
    pub fn write_batch<T: AsRef<[u8]>>(
        &mut self,
        encoder: &mut Encoder,
        records: &[T],
        extensions: &[Extension<'_>],
    ) -> Result<(), StreamError> {
        self.write_by(encoder, |encoder, frame| {
            encoder.encode_batch_frame(records, extensions, frame)
        })
    }

    /// Takes over a data frame, or a SCHEMA or DICT frame, unchanged, after verifying it.
    ///
    /// # Errors
    /// [`StreamError::Refused`] when it does not verify, or is a SYNC or END; [`EncodeError::SchemaUndeclared`] and [`EncodeError::DictionaryUndeclared`]
    /// when the stream lacks what it needs; [`StreamError::Io`].
    pub fn write_frame(&mut self, bytes: &[u8]) -> Result<(), StreamError> {
        let frame = Frame::parse(bytes, &self.limits)?;
        match frame.content() {
            Content::Data { compressed, .. } => {
                let dictionary = compressed.and_then(|compressed| compressed.dictionary);
                // SPEC [FRM-15]: forwarded byte for byte.
                self.put_data(bytes, frame.kind(), frame.key(), dictionary)
            }
            Content::Control(Control::Sync(_)) => {
                Err(strictframe_core::ErrorKind::UnexpectedKind.at(2).into())
            }
            // SPEC [FRM-15]: taken over byte for byte.
            _ => self.add_frame(bytes, None),
        }
    }

    /// Hands everything written so far to the sink, and flushes it.
    ///
    /// # Errors
    /// [`StreamError::Io`]; the stream takes no more frames then.
    pub fn flush(&mut self) -> Result<(), StreamError> {
        self.hand_over()?;
        let flushed = self.sink.flush();
        self.closed |= flushed.is_err();
        Ok(flushed?)
    }

    /// Writes END, and gives back the sink, flushed.
    ///
    /// # Errors
    /// [`StreamError::Io`], [`EncodeError::StreamClosed`] after an earlier failure.
    pub fn finish(mut self) -> Result<W, StreamError> {
        if self.chain.is_sync_due() {
            self.put_sync(Kind::SYNC)?;
        }
        self.put_sync(Kind::END)?;
        self.flush()?;
        instruments::stream_written(&self.chain);
        Ok(self.sink)
    }

    /// The sink. Bytes written to it directly would end the stream's validity.
    #[must_use]
    pub const fn sink(&self) -> &W {
        &self.sink
    }

    /// For the sink that is memory, whose bytes go elsewhere.
    #[cfg(feature = "tokio")]
    pub(crate) const fn sink_mut(&mut self) -> &mut W {
        &mut self.sink
    }

    /// The length of the stream so far in bytes, what was not handed over yet included.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.chain.offset()
    }

    /// The data frames written so far.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.chain.count()
    }

    /// The stream's id.
    #[must_use]
    pub const fn stream_id(&self) -> [u8; 16] {
        self.chain.stream_id()
    }

    pub(crate) fn has_schema(&self, key: &SchemaKey) -> bool {
        self.carried.has_schema(key)
    }

    pub(crate) fn has_dictionary(&self, id: [u8; 4]) -> bool {
        self.carried.has_dictionary(id)
    }

    /// Holds the bytes of a schema no longer. A frame before which it must stand once more is `SchemaUndeclared` until it is given again.
    pub(crate) fn let_go_of_schema(&mut self, key: &SchemaKey) {
        self.carried.let_go_of_schema(key);
    }

    fn add(&mut self, kind: Kind, body: &[u8]) -> Result<(), StreamError> {
        let mut bytes = Vec::new();
        Parts::control(kind, &[body]).write(&mut bytes).map_err(EncodeError::from)?;
        // SPEC [LIM-1]: a reader with the same limits takes it.
        check_len(body.len() as u64, self.limits.body())?;
        self.add_frame(&bytes, None)
    }

    /// Takes in a SCHEMA or DICT frame; written when a frame needs it and its last copy, if there is one, starts too far back.
    pub(crate) fn add_frame(&mut self, bytes: &[u8], last: Option<u64>) -> Result<(), StreamError> {
        let frame = Frame::parse(bytes, &self.limits)?;
        self.carried.take_in(&frame, bytes, last)
    }
}

impl<W: fmt::Debug> fmt::Debug for StreamWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamWriter")
            .field("sink", &self.sink)
            .field("chain", &self.chain)
            .finish_non_exhaustive()
    }
}

fn random_id() -> Result<[u8; 16], StreamError> {
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(id)
}
