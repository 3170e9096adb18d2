//! Frames in, records out, or one error.

use strictframe_core::{Decoded, Error, Frame, Limits, SchemaPolicy};

use crate::codecs::Codecs;
use crate::instruments::Meter;
use crate::judge::Judge;
use crate::message::Payloads;
use crate::registry::Registry;

/// Decodes single frames: Kafka values, WebSocket messages, HTTP bodies. Its buffer and contexts are kept between frames.
#[derive(Debug)]
pub struct Decoder {
    pub(crate) judge: Judge,
    pub(crate) limits: Limits,
    pub(crate) codecs: Codecs,
    pub(crate) payload: Vec<u8>,
    pub(crate) payloads: Payloads,
    pub(crate) meter: Meter,
}

/// What a decoder is made from.
#[derive(Clone, Debug)]
pub struct DecoderBuilder {
    registry: Registry,
    limits: Limits,
    schema_policy: SchemaPolicy,
}

impl DecoderBuilder {
    /// What is accepted; [`Limits::DEFAULT`] unless said.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Whether newer versions are taken on their writer's word; no unless said.
    #[must_use]
    pub fn schema_policy(self, schema_policy: SchemaPolicy) -> Self {
        Self { schema_policy, ..self }
    }

    /// The decoder.
    #[must_use]
    pub fn build(self) -> Decoder {
        let Self { registry, limits, schema_policy } = self;
        let mut codecs = Codecs::default();
        for dictionary in registry.dictionaries() {
            // The registry has refused two with one id.
            let _ = codecs.add(dictionary.clone());
        }
        let (judge, meter) = (Judge::new(registry, schema_policy), Meter::of_decoder());
        Decoder { judge, limits, codecs, payload: Vec::new(), payloads: Payloads::new(), meter }
    }
}

impl Decoder {
    /// Begins a decoder that judges by that registry.
    #[must_use]
    pub fn builder(registry: Registry) -> DecoderBuilder {
        let (limits, schema_policy) = (Limits::DEFAULT, SchemaPolicy::default());
        DecoderBuilder { registry, limits, schema_policy }
    }

    /// Decodes one frame and nothing else: its schema judged, its records whole.
    ///
    /// # Errors
    /// The first in the order of SPEC ERR-1; nothing of the frame is given then.
    #[inline]
    pub fn decode<'a>(&'a mut self, bytes: &'a [u8]) -> Result<Decoded<'a>, Error> {
        let Self { judge, limits, codecs, payload, meter, .. } = self;
        let work = meter.begin_decoding();
        let judge = |key: &_| judge.outcome(key).map(Some);
        let decoded =
            Frame::parse(bytes, limits).and_then(|frame| frame.decode(judge, codecs, payload));
        match &decoded {
            Ok(decoded) => meter.decoded(&work, decoded),
            Err(error) => meter.not_decoded(error),
        }
        decoded
    }

    /// The bytes held from frame to frame: the buffer, the codec's context, and the dictionaries with their digests.
    ///
    /// Of libzstd it is libzstd's own count. It grows with the largest payload decoded so far.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.payload.capacity() + self.payloads.memory() + self.codecs.memory()
    }
}
