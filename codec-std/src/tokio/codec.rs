//! Single frames on a connection, as a codec of `tokio-util` (SPEC DEF-1).

use strictframe_core::{Decoded, Deframer, Error, Event, Extension, Limits};
use tokio_util::bytes::{Bytes, BytesMut};
use tokio_util::codec;

use crate::decoder::Decoder;
use crate::encoder::Encoder;
use crate::error::StreamError;
use crate::instruments::Meter;

/// A frame that was cut out of a connection and verified, not yet decoded.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct VerifiedFrame {
    /// Where it starts, counted from the connection's first byte.
    pub start: u64,
    /// Its bytes, shared with the buffer they came in.
    pub bytes: Bytes,
}

impl VerifiedFrame {
    /// Its records, its schema judged.
    ///
    /// # Errors
    /// As [`Decoder::decode`], with offsets from the connection's first byte.
    pub fn decode<'a>(&'a self, decoder: &'a mut Decoder) -> Result<Decoded<'a>, Error> {
        decoder.decode(&self.bytes).map_err(|error| error.moved(self.start))
    }
}

/// Cuts verified frames out of a connection; for [`codec::FramedRead`].
///
/// Its errors are those of [`Deframer::step`], at the same offsets however the bytes come. After one it gives that one again: nothing is sought behind it.
#[derive(Clone, Debug)]
pub struct FrameDecoder {
    deframer: Deframer,
    meter: Meter,
    failed: bool,
}

impl FrameDecoder {
    /// A decoder at the first byte of a connection.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { deframer: Deframer::new(limits), meter: Meter::of_decoder(), failed: false }
    }

    fn step(
        &mut self,
        source: &mut BytesMut,
        eof: bool,
    ) -> Result<Option<VerifiedFrame>, StreamError> {
        let Self { deframer, meter, failed } = self;
        let step = deframer.step(source, eof).inspect_err(|error| {
            // It gives the same error again, as often as it is asked.
            if !core::mem::replace(failed, true) {
                meter.not_decoded(error);
            }
        })?;
        match step.event {
            Event::Frame { start, .. } => {
                let bytes = source.split_to(step.consumed).freeze();
                Ok(Some(VerifiedFrame { start, bytes }))
            }
            Event::NeedMore(missing) => {
                // SPEC [LIM-2]: room grows no faster than the bytes come.
                source.reserve(missing.min(source.len().max(FIRST_ROOM)));
                Ok(None)
            }
            _ => Ok(None),
        }
    }
}

impl codec::Decoder for FrameDecoder {
    type Item = VerifiedFrame;
    type Error = StreamError;

    fn decode(&mut self, source: &mut BytesMut) -> Result<Option<VerifiedFrame>, StreamError> {
        self.step(source, false)
    }

    fn decode_eof(&mut self, source: &mut BytesMut) -> Result<Option<VerifiedFrame>, StreamError> {
        self.step(source, true)
    }
}

/// Records out and verified frames in; for [`codec::Framed`] and [`codec::FramedWrite`].
///
/// A record is sent as `&[u8]`, or as `(&[u8], &[Extension])`; a [`VerifiedFrame`] is forwarded byte for byte.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use futures_util::{SinkExt, StreamExt};
/// use strictframe::tokio::FrameCodec;
/// use strictframe::{Decoder, Descriptor, Encoder, Limits, Registry};
/// use tokio_util::codec::Framed;
///
/// let schema = Descriptor::json("example.Event", 1, 1, b"true")?;
/// let codec = || Encoder::builder(schema.key()).build().map(|encoder| FrameCodec::new(encoder, Limits::DEFAULT));
/// let (here, there) = tokio::io::duplex(4096);
/// let (mut here, mut there) = (Framed::new(here, codec()?), Framed::new(there, codec()?));
///
/// here.send(&b"{}"[..]).await?;
/// let frame = there.next().await.ok_or("the connection ended")??;
/// let mut decoder = Decoder::builder(Registry::new().with_schema(&schema)?).build();
/// assert_eq!(frame.decode(&mut decoder)?.payload, b"{}");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct FrameCodec {
    frames: FrameDecoder,
    encoder: Encoder,
    frame: Vec<u8>,
}

impl FrameCodec {
    /// Sends by that encoder, and receives within those limits.
    #[must_use]
    pub fn new(encoder: Encoder, limits: Limits) -> Self {
        Self { frames: FrameDecoder::new(limits), encoder, frame: Vec::new() }
    }
}

impl codec::Decoder for FrameCodec {
    type Item = VerifiedFrame;
    type Error = StreamError;

    fn decode(&mut self, source: &mut BytesMut) -> Result<Option<VerifiedFrame>, StreamError> {
        self.frames.decode(source)
    }

    fn decode_eof(&mut self, source: &mut BytesMut) -> Result<Option<VerifiedFrame>, StreamError> {
        self.frames.decode_eof(source)
    }
}

impl codec::Encoder<(&[u8], &[Extension<'_>])> for FrameCodec {
    type Error = StreamError;

    fn encode(
        &mut self,
        (record, extensions): (&[u8], &[Extension<'_>]),
        target: &mut BytesMut,
    ) -> Result<(), StreamError> {
        self.frame.clear();
        self.encoder.encode_with(record, extensions, &mut self.frame)?;
        target.extend_from_slice(&self.frame);
        Ok(())
    }
}

impl codec::Encoder<&[u8]> for FrameCodec {
    type Error = StreamError;

    fn encode(&mut self, record: &[u8], target: &mut BytesMut) -> Result<(), StreamError> {
        codec::Encoder::<(&[u8], &[Extension<'_>])>::encode(self, (record, &[]), target)
    }
}

impl codec::Encoder<VerifiedFrame> for FrameCodec {
    type Error = StreamError;

    fn encode(&mut self, frame: VerifiedFrame, target: &mut BytesMut) -> Result<(), StreamError> {
        // SPEC [FRM-15]: forwarded byte for byte.
        target.extend_from_slice(&frame.bytes);
        Ok(())
    }
}

/// Room for at most so many bytes is made, until as many have come.
const FIRST_ROOM: usize = 1 << 20;
