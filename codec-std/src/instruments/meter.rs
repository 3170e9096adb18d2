//! Counts and times frames for whoever listens.

use core::cell::Cell;
use std::sync::Arc;
use std::time::Instant;

use metrics::{Counter, Histogram, IntoF64, counter, histogram};
use strictframe_core::{Chain, Codec, Content, Decoded, Error};
use tracing::level_filters::LevelFilter;
use tracing::span::{EnteredSpan, Span};
use tracing::{debug, trace, trace_span};

use super::{DECODE, DICTIONARY_MISSES, ENCODE, Names, TARGET};
use crate::encoder::{Encoder, Written};
use crate::error::EncodeError;
use crate::message::MessageError;

/// Where an encoder, decoder or reader reports to.
#[derive(Clone, Debug)]
pub(crate) struct Meter(Option<Arc<Handles>>);

/// One frame being worked on; nothing where nobody listens.
pub(crate) type Work = Option<Heard>;

pub(crate) struct Heard {
    started: Option<Instant>,
    _span: EnteredSpan,
}

#[derive(Debug)]
struct Handles {
    none: PerCodec,
    lz4: PerCodec,
    zstd: PerCodec,
    dictionary_hits: Counter,
    dictionary_misses: Counter,
}

#[derive(Debug)]
struct PerCodec {
    frames: Counter,
    raw_bytes: Counter,
    stored_bytes: Counter,
    stored_ratio: Histogram,
    seconds: Histogram,
}

/// What one frame adds.
struct Facts {
    codec: Codec,
    raw_len: usize,
    stored_len: usize,
    hit: bool,
    missed: bool,
}

impl Meter {
    pub(crate) fn of_encoder() -> Self {
        Self::new(&ENCODE, || counter!(DICTIONARY_MISSES))
    }

    pub(crate) fn of_decoder() -> Self {
        Self::new(&DECODE, Counter::noop)
    }

    fn new(names: &Names, dictionary_misses: impl FnOnce() -> Counter) -> Self {
        let none = PerCodec::new(names, Codec::NONE);
        if !listens(&none.seconds) && !listens(&none.stored_ratio) {
            return Self(None);
        }
        Self(Some(Arc::new(Handles {
            none,
            lz4: PerCodec::new(names, Codec::LZ4),
            zstd: PerCodec::new(names, Codec::ZSTD),
            dictionary_hits: counter!(names.dictionary_hits),
            dictionary_misses: dictionary_misses(),
        })))
    }

    #[inline]
    pub(crate) fn begin_encoding(&self) -> Work {
        self.is_heard().then(|| self.begin(trace_span!(target: TARGET, "encode")))
    }

    #[inline]
    pub(crate) fn begin_decoding(&self) -> Work {
        self.is_heard().then(|| self.begin(trace_span!(target: TARGET, "decode")))
    }

    #[inline]
    pub(crate) fn encoded(&self, work: &Work, written: &Written, encoder: &Encoder) {
        if let Some(heard) = work {
            self.tell_encoded(heard, written, encoder.dictionary().is_some());
        }
    }

    #[inline]
    pub(crate) fn decoded(&self, work: &Work, decoded: &Decoded<'_>) {
        if let Some(heard) = work {
            self.tell_decoded(heard, decoded);
        }
    }

    #[cold]
    pub(crate) fn not_encoded(&self, error: &EncodeError) {
        let (code, name) = (error.code(), error.name());
        debug!(target: TARGET, code = %format_args!("SF-{code:04}"), name, "refused");
        self.count_refusal(&ENCODE, code, name);
    }

    #[cold]
    pub(crate) fn not_decoded(&self, error: &Error) {
        let (code, name) = (error.kind().code(), error.kind().name());
        debug!(
            target: TARGET,
            code = %format_args!("SF-{code:04}"),
            name,
            offset = error.offset(),
            frame = error.frame(),
            "refused"
        );
        self.count_refusal(&DECODE, code, name);
    }

    #[cold]
    pub(crate) fn message_refused(&self, error: &MessageError) {
        if let MessageError::Frame(error) = error {
            return self.not_decoded(error);
        }
        let (code, name, offset) = (error.code(), error.name(), error.offset());
        debug!(target: TARGET, code = %format_args!("SF-{code:04}"), name, offset, "refused");
        self.count_refusal(&DECODE, code, name);
    }

    /// One load and two comparisons, whatever is installed.
    #[inline]
    fn is_heard(&self) -> bool {
        self.0.is_some() || LevelFilter::current() >= LevelFilter::TRACE
    }

    fn begin(&self, span: Span) -> Heard {
        let started = self.0.as_ref().map(|_| Instant::now());
        Heard { started, _span: span.entered() }
    }

    #[inline(never)]
    fn tell_encoded(&self, heard: &Heard, written: &Written, has_dictionary: bool) {
        let Written { kind, codec, raw_len, stored_len, with_dictionary } = *written;
        trace!(
            target: TARGET,
            kind = kind.name(),
            codec = codec.name(),
            raw_bytes = raw_len,
            stored_bytes = stored_len,
            dictionary = with_dictionary,
            "encoded"
        );
        let missed = has_dictionary && !with_dictionary;
        self.count(heard, &Facts { codec, raw_len, stored_len, hit: with_dictionary, missed });
    }

    #[inline(never)]
    fn tell_decoded(&self, heard: &Heard, decoded: &Decoded<'_>) {
        let Content::Data { compressed, stored, .. } = decoded.frame.content() else { return };
        let codec = decoded.frame.header().codec();
        let hit = compressed.is_some_and(|compressed| compressed.dictionary.is_some());
        let (raw_len, stored_len) = (decoded.payload.len(), stored.len());
        trace!(
            target: TARGET,
            kind = decoded.frame.kind().name(),
            codec = codec.name(),
            raw_bytes = raw_len,
            stored_bytes = stored_len,
            dictionary = hit,
            "decoded"
        );
        self.count(heard, &Facts { codec, raw_len, stored_len, hit, missed: false });
    }

    fn count(&self, heard: &Heard, facts: &Facts) {
        let Some(handles) = &self.0 else { return };
        let per_codec = match facts.codec {
            Codec::LZ4 => &handles.lz4,
            Codec::ZSTD => &handles.zstd,
            _ => &handles.none,
        };
        if let Some(started) = heard.started {
            per_codec.seconds.record(started.elapsed());
        }
        let (raw, stored) = (facts.raw_len as u64, facts.stored_len as u64);
        per_codec.frames.increment(1);
        per_codec.raw_bytes.increment(raw);
        per_codec.stored_bytes.increment(stored);
        if raw > 0 {
            per_codec.stored_ratio.record(stored as f64 / raw as f64);
        }
        if facts.hit {
            handles.dictionary_hits.increment(1);
        }
        if facts.missed {
            handles.dictionary_misses.increment(1);
        }
    }

    fn count_refusal(&self, names: &Names, code: u16, name: &'static str) {
        if self.0.is_some() {
            let code = format!("SF-{code:04}");
            counter!(names.refusals, "code" => code, "name" => name).increment(1);
        }
    }
}

impl PerCodec {
    fn new(names: &Names, codec: Codec) -> Self {
        let codec = codec.name();
        Self {
            frames: counter!(names.frames, "codec" => codec),
            raw_bytes: counter!(names.raw_bytes, "codec" => codec),
            stored_bytes: counter!(names.stored_bytes, "codec" => codec),
            stored_ratio: histogram!(names.stored_ratio, "codec" => codec),
            seconds: histogram!(names.seconds, "codec" => codec),
        }
    }
}

/// A stream was read to its END.
pub(crate) fn stream_read(chain: Option<&Chain>) {
    let (bytes, data_frames) = (chain.map(Chain::offset), chain.map(Chain::count));
    debug!(target: TARGET, bytes, data_frames, "stream read");
}

/// A stream was written to its END.
pub(crate) fn stream_written(chain: &Chain) {
    let (bytes, data_frames) = (chain.offset(), chain.count());
    debug!(target: TARGET, bytes, data_frames, "stream written");
}

/// Whether anything becomes of what is recorded: a histogram of nobody's does not ask for the value.
fn listens(histogram: &Histogram) -> bool {
    let asked = Cell::new(false);
    histogram.record_many(Asked(&asked), 0);
    asked.get()
}

struct Asked<'a>(&'a Cell<bool>);

impl IntoF64 for Asked<'_> {
    fn into_f64(self) -> f64 {
        self.0.set(true);
        0.0
    }
}
