//! The one record of what did not get where it was to go, for producers and consumers: versioned, locked, and framed like everything else.

use bytes::Bytes;
use strictframe::{
    Decoder, EncodeError, Encoder, Extension, Limits, MessageError, Registry, Schema, extension,
};

use crate::framing::{OutFrame, Refused};
use crate::transport::{Definition, TransportError};

pub use crate::generated::strictframe::dashflow::v1::{DeadLetter, dead_letter};

/// Writes dead letters as frames that bear their thread and time, so that a sink knows them by these.
#[derive(Debug)]
pub struct DeadLetterWriter {
    encoder: Encoder,
}

impl DeadLetterWriter {
    /// A writer.
    ///
    /// # Errors
    /// None as long as the lock is one that the build has accepted.
    pub fn new() -> Result<Self, TransportError> {
        let encoder = Encoder::builder(DeadLetter::SCHEMA).limits(Limits::MAXIMUM).build();
        Ok(Self {
            encoder: encoder.map_err(|error| TransportError::fatal("Schema", error.to_string()))?,
        })
    }

    /// The frame of a dead letter.
    ///
    /// # Errors
    /// [`EncodeError::RecordTooLarge`] for an original that is nearly as long as a frame can be.
    pub fn frame(&mut self, letter: &DeadLetter) -> Result<OutFrame, EncodeError> {
        let time = letter.time_ns.to_le_bytes();
        let mut extensions = vec![Extension { kind: extension::TIME, value: &time }];
        if !letter.thread_id.is_empty() {
            let value = letter.thread_id.as_bytes();
            extensions.push(Extension { kind: extension::STREAM_KEY, value });
        }
        let mut bytes = Vec::new();
        self.encoder.encode_message_with(letter, &extensions, &mut bytes)?;
        // What was just written is a frame.
        OutFrame::verify(bytes.into(), &Limits::MAXIMUM).map_err(|_| EncodeError::KeyRefused)
    }
}

/// Reads frames of dead letters.
#[derive(Debug)]
pub struct DeadLetterReader {
    decoder: Decoder,
}

impl Default for DeadLetterReader {
    fn default() -> Self {
        let decoder = Decoder::builder(Registry::new()).limits(Limits::MAXIMUM).build();
        Self { decoder }
    }
}

impl DeadLetterReader {
    /// The dead letter in a frame.
    ///
    /// # Errors
    /// [`MessageError`] for a frame that is damaged, or that holds something else.
    pub fn read(&mut self, frame: &[u8]) -> Result<DeadLetter, MessageError> {
        self.decoder.decode_message::<DeadLetter>(frame).map(|decoded| decoded.message)
    }
}

impl DeadLetter {
    /// What readers must know of dead letters; to be announced before the first one.
    #[must_use]
    pub const fn definition() -> Definition {
        Definition::constant(
            Self::SCHEMA,
            include_bytes!(concat!(env!("OUT_DIR"), "/dead_letter.frame")),
        )
    }

    /// The original as the frame that it is, to be sent once more.
    ///
    /// # Errors
    /// [`Refused`] when it is no intact frame.
    pub fn original_frame(&self) -> Result<OutFrame, Refused> {
        OutFrame::verify(Bytes::copy_from_slice(&self.original), &Limits::MAXIMUM)
    }
}
