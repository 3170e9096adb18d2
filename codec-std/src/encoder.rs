//! Records in, frames out: one schema, one policy, buffers and contexts kept.

use strictframe_core::{
    Batch, Codec, Compressed, Extension, Frame, Kind, Limits, Parts, SchemaKey, batch, checksum,
    extension, pays,
};

use crate::compressor::Compressor;
use crate::dictionary::{Dictionary, PreparedDictionary};
use crate::error::EncodeError;
use crate::instruments::Meter;
use crate::message::Payloads;
use crate::pace::Pace;
use crate::policy::{AdaptiveStatus, CompressionPolicy};

mod builder;

pub use self::builder::EncoderBuilder;

/// Writes frames of one schema. Once its buffers have grown it allocates nothing per message.
#[derive(Debug)]
pub struct Encoder {
    key: SchemaKey,
    policy: CompressionPolicy,
    limits: Limits,
    compressor: Option<Compressor>,
    pace: Pace,
    payload: Vec<u8>,
    payloads: Payloads,
    extensions: Vec<u8>,
    stored: Vec<u8>,
    meter: Meter,
}

/// What a stream and the instruments must know of a frame that was just written.
#[cfg_attr(
    not(feature = "instruments"),
    expect(dead_code, reason = "the codec and the stored length are for the instruments alone")
)]
pub(crate) struct Written {
    pub(crate) kind: Kind,
    pub(crate) codec: Codec,
    pub(crate) raw_len: usize,
    pub(crate) stored_len: usize,
    pub(crate) with_dictionary: bool,
}

impl Encoder {
    /// Begins an encoder for records of a schema: of a key, of a [`Descriptor`](strictframe_schema::Descriptor), or of the constant of a type that has a schema. Both of the latter have
    /// its name.
    #[must_use]
    pub fn builder(schema: impl Into<EncoderBuilder>) -> EncoderBuilder {
        schema.into()
    }

    /// Appends one MESSAGE frame to `out` and gives its length in bytes.
    ///
    /// # Errors
    /// [`EncodeError::RecordTooLarge`], [`EncodeError::CompressorFailed`]; `out` is then as it was.
    pub fn encode(&mut self, record: &[u8], out: &mut Vec<u8>) -> Result<usize, EncodeError> {
        self.encode_with(record, &[], out)
    }

    /// Appends one MESSAGE frame with extensions, in ascending order of type.
    ///
    /// # Errors
    /// As [`Encoder::encode`], and [`EncodeError::ExtensionRefused`].
    pub fn encode_with(
        &mut self,
        record: &[u8],
        extensions: &[Extension<'_>],
        out: &mut Vec<u8>,
    ) -> Result<usize, EncodeError> {
        let start = out.len();
        self.encode_frame(record, extensions, out).map(|_| out.len() - start)
    }

    /// Appends one BATCH frame of these records.
    ///
    /// # Errors
    /// As [`Encoder::encode_with`], and [`EncodeError::BatchCount`].
    pub fn encode_batch<T: AsRef<[u8]>>(
        &mut self,
        records: &[T],
        extensions: &[Extension<'_>],
        out: &mut Vec<u8>,
    ) -> Result<usize, EncodeError> {
        let start = out.len();
        self.encode_batch_frame(records, extensions, out).map(|_| out.len() - start)
    }

    /// Compresses with another dictionary, or with none, from the next frame on, and gives back the one in use so far.
    ///
    /// Nothing is digested, allocated or freed here. With codec none there is no dictionary, and the one given comes back.
    ///
    /// # Errors
    /// [`EncodeError::DictionaryRefused`] when it was prepared for another codec or level; the encoder is then as it was.
    pub fn switch_dictionary(
        &mut self,
        dictionary: Option<PreparedDictionary>,
    ) -> Result<Option<PreparedDictionary>, EncodeError> {
        match &mut self.compressor {
            Some(compressor) => compressor.switch(dictionary),
            None => Ok(dictionary),
        }
    }

    pub(crate) fn encode_frame(
        &mut self,
        record: &[u8],
        extensions: &[Extension<'_>],
        out: &mut Vec<u8>,
    ) -> Result<Written, EncodeError> {
        self.metered(|encoder| encoder.write(Kind::MESSAGE, record, extensions, out))
    }

    pub(crate) fn encode_batch_frame<T: AsRef<[u8]>>(
        &mut self,
        records: &[T],
        extensions: &[Extension<'_>],
        out: &mut Vec<u8>,
    ) -> Result<Written, EncodeError> {
        self.metered(|encoder| encoder.write_batch(records, extensions, out))
    }

    /// Appends one BATCH frame of a payload that is laid out already.
    pub(crate) fn encode_batch_payload(
        &mut self,
        payload: &[u8],
        extensions: &[Extension<'_>],
        out: &mut Vec<u8>,
    ) -> Result<Written, EncodeError> {
        self.metered(|encoder| encoder.write(Kind::BATCH, payload, extensions, out))
    }

    /// The schema key of the frames.
    #[must_use]
    pub const fn key(&self) -> SchemaKey {
        self.key
    }

    pub(crate) fn take_payloads(&mut self) -> Payloads {
        core::mem::take(&mut self.payloads)
    }

    pub(crate) fn put_payloads(&mut self, payloads: Payloads) {
        self.payloads = payloads;
    }

    pub(crate) const fn meter(&self) -> &Meter {
        &self.meter
    }

    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The policy as it is for the schema of these frames, its overrides applied.
    #[must_use]
    pub const fn policy(&self) -> &CompressionPolicy {
        &self.policy
    }

    /// The bytes held from frame to frame: buffers, the codec's context, and the dictionary with its digests (which other encoders may share).
    ///
    /// Of libzstd it is libzstd's own count. It grows with the largest payload encoded so far.
    #[must_use]
    pub fn memory(&self) -> usize {
        let buffers = [&self.payload, &self.extensions, &self.stored].map(Vec::capacity);
        let compressor = self.compressor.as_ref().map_or(0, Compressor::memory);
        buffers.iter().sum::<usize>() + self.payloads.memory() + compressor
    }

    /// Where an adaptive policy stands; nothing when the policy is not adaptive.
    #[must_use]
    pub fn adaptive(&self) -> Option<AdaptiveStatus> {
        self.pace.status()
    }

    /// The dictionary the frames may name; nothing when the codec is none.
    #[must_use]
    pub fn dictionary(&self) -> Option<&Dictionary> {
        let prepared = self.compressor.as_ref().and_then(Compressor::dictionary);
        prepared.map(PreparedDictionary::dictionary)
    }

    fn metered(
        &mut self,
        encode: impl FnOnce(&mut Self) -> Result<Written, EncodeError>,
    ) -> Result<Written, EncodeError> {
        let work = self.meter.begin_encoding();
        let written = encode(self);
        match &written {
            Ok(written) => self.meter.encoded(&work, written, self),
            Err(error) => self.meter.not_encoded(error),
        }
        written
    }

    fn write_batch<T: AsRef<[u8]>>(
        &mut self,
        records: &[T],
        extensions: &[Extension<'_>],
        out: &mut Vec<u8>,
    ) -> Result<Written, EncodeError> {
        if records.is_empty() || records.len() > Batch::MAX_COUNT {
            return Err(EncodeError::BatchCount { count: records.len() });
        }
        let len = records.iter().map(|record| len_of(record.as_ref()) + 4).sum::<u64>() + 4;
        // SPEC [LIM-1]: a payload is measured before it is touched.
        check_len(len, self.limits.raw())?;
        // SPEC [LIM-1]: a decoder holds the batch to the count beside it (BAT-3).
        let count = (records.len() as u32).to_le_bytes();
        if extensions.iter().any(|ext| ext.kind == extension::ITEM_COUNT && ext.value != count) {
            return Err(EncodeError::ExtensionRefused { kind: Some(extension::ITEM_COUNT) });
        }
        let mut payload = core::mem::take(&mut self.payload);
        payload.clear();
        let written = batch::write(records, &mut payload)
            .map_err(EncodeError::from)
            .and_then(|()| self.write(Kind::BATCH, &payload, extensions, out));
        self.payload = payload;
        written
    }

    fn write(
        &mut self,
        kind: Kind,
        payload: &[u8],
        extensions: &[Extension<'_>],
        out: &mut Vec<u8>,
    ) -> Result<Written, EncodeError> {
        check_len(len_of(payload), self.limits.raw())?;
        self.extensions.clear();
        extension::write(extensions, kind, &mut self.extensions)
            .map_err(|refused| EncodeError::ExtensionRefused { kind: refused.kind })?;
        let compressed = self.compress(payload)?;
        let (codec, stored) = match &compressed {
            Some((codec, len, _)) => (*codec, self.stored.get(..*len).unwrap_or_default()),
            None => (Codec::NONE, payload),
        };
        let parts = Parts {
            kind,
            key: self.key,
            codec,
            compressed: compressed.map(|(_, _, compressed)| compressed),
            extensions: &self.extensions,
            stored: &[stored],
        };
        // SPEC [LIM-1]: nothing is written that a reader with the same limits refuses.
        check_len((parts.frame_len() - Frame::OVERHEAD) as u64, self.limits.body())?;
        let start = out.len();
        parts.write(out).inspect_err(|_| out.truncate(start))?;
        let with_dictionary =
            parts.compressed.is_some_and(|compressed| compressed.dictionary.is_some());
        let (raw_len, stored_len) = (payload.len(), stored.len());
        Ok(Written { kind, codec, raw_len, stored_len, with_dictionary })
    }

    /// Compresses into `self.stored`, if the policy wants it and the format allows it.
    fn compress(&mut self, raw: &[u8]) -> Result<Option<(Codec, usize, Compressed)>, EncodeError> {
        let Some(compressor) = &mut self.compressor else { return Ok(None) };
        let Some(wished) = self.policy.longest(raw.len()) else { return Ok(None) };
        let Some(rung) = self.pace.next(raw.len()) else { return Ok(None) };
        let Some(engine) = compressor.engine_for(rung, raw.len()) else { return Ok(None) };
        let dictionary = compressor.dictionary_for(engine, raw.len());
        let dictionary = dictionary.map(|prepared| prepared.dictionary().id());
        let raw_len = u32::try_from(raw.len()).map_err(|_| EncodeError::OutputFull)?;
        // SPEC [BDY-3]: one byte more would not pay.
        let fields = if dictionary.is_some() { 13 } else { 9 };
        let longest = wished.min(raw.len().saturating_sub(fields));
        let room = engine.room(raw.len());
        if self.stored.len() < room {
            self.stored.resize(room, 0);
        }
        let room = self.stored.get_mut(..room).unwrap_or_default();
        let written = self.pace.measure(|| compressor.compress(engine, raw, room))?;
        let kept =
            |len: &usize| *len <= longest && pays(*len as u64, raw_len, dictionary.is_some());
        Ok(written.filter(kept).map(|len| {
            let raw_crc = checksum::crc32c(raw);
            (engine.codec(), len, Compressed { raw_len, raw_crc, dictionary })
        }))
    }
}

/// Refuses a length above a limit.
pub(crate) fn check_len(len: u64, limit: u32) -> Result<(), EncodeError> {
    let limit = u64::from(limit);
    if len > limit { Err(EncodeError::RecordTooLarge { len, limit }) } else { Ok(()) }
}

fn len_of(bytes: &[u8]) -> u64 {
    bytes.len() as u64
}
