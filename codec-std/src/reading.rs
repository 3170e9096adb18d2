//! The strict reading of a stream without its source: bytes are put in, frames come out (SPEC section 9).

use strictframe_core::control::Control;
use strictframe_core::stream::{Directory, Profile, StreamReader as Core};
use strictframe_core::{
    Chain, Content, Decoded, Error, ErrorKind, Event, Frame, Header, Kind, Limits, SchemaPolicy,
};

use crate::codecs::Codecs;
use crate::dictionary::Dictionary;
use crate::error::StreamError;
use crate::instruments::{self, Meter};
use crate::judge::Judge;
use crate::reader::StreamFrame;
use crate::registry::Registry;

/// What every stream reader is, whichever way its bytes come: [`Reading::room`] and [`Reading::took`] until there is no more room, then [`Reading::next_frame`].
pub(crate) struct Reading {
    decoding: Decoding,
    /// What was put in and not consumed is `input[consumed..filled]`; what lies behind is room.
    input: Vec<u8>,
    consumed: usize,
    filled: usize,
    eof: bool,
}

/// The same without the bytes: whoever holds them shows what follows.
pub(crate) struct Decoding {
    core: Core,
    codecs: Codecs,
    judge: Option<Judge>,
    payload: Vec<u8>,
    failed: Option<Error>,
    meter: Meter,
}

impl Reading {
    /// At the first byte of a stream, without judgement.
    pub(crate) fn new(limits: Limits, profile: Profile) -> Self {
        Self::with_core(Core::new(limits, profile))
    }

    /// At a SYNC in the middle of a stream, told what stands before it.
    pub(crate) fn resumed(
        limits: Limits,
        chain: Chain,
        directory: Directory,
        dictionaries: Vec<Dictionary>,
    ) -> Self {
        let mut reading = Self::with_core(Core::resumed(limits, chain, directory));
        for dictionary in dictionaries {
            // The directory has refused two with one id.
            let _ = reading.decoding.codecs.add(dictionary);
        }
        reading
    }

    pub(crate) fn judged_by(self, registry: Registry, policy: SchemaPolicy) -> Self {
        Self { decoding: self.decoding.judged_by(registry, policy), ..self }
    }

    /// Room for the bytes without which nothing can be said; nothing when the next step needs none.
    pub(crate) fn room(&mut self) -> Option<&mut [u8]> {
        let rest = self.input.get(self.consumed..self.filled).unwrap_or_default();
        let missing = self.decoding.core.missing(rest, self.eof);
        if missing == 0 || self.decoding.failed.is_some() {
            return None;
        }
        self.input.copy_within(self.consumed..self.filled, 0);
        self.filled -= self.consumed;
        self.consumed = 0;
        if self.filled == self.input.len() {
            // SPEC [LIM-2]: `missing` passed its checksum and its limit; room still grows no faster than the bytes come.
            let more = missing.clamp(PIECE, self.filled.max(FIRST_ROOM));
            self.input.reserve_exact(more);
            self.input.resize(self.filled + more, 0);
        }
        self.input.get_mut(self.filled..)
    }

    /// So many bytes were put into the room; none is the end of the input.
    pub(crate) fn took(&mut self, len: usize) {
        self.filled = self.input.len().min(self.filled + len);
        self.eof = len == 0;
    }

    /// The next frame, or nothing behind END.
    pub(crate) fn next_frame(&mut self) -> Result<Option<StreamFrame<'_>>, StreamError> {
        let rest = self.input.get(self.consumed..self.filled).unwrap_or_default();
        let (consumed, frame) = self.decoding.next_frame(rest, self.eof)?;
        self.consumed += consumed;
        Ok(frame)
    }

    pub(crate) const fn core(&self) -> &Core {
        &self.decoding.core
    }

    fn with_core(core: Core) -> Self {
        let decoding = Decoding::new(core);
        Self { decoding, input: Vec::new(), consumed: 0, filled: 0, eof: false }
    }
}

impl Decoding {
    pub(crate) fn new(core: Core) -> Self {
        let (codecs, meter) = (Codecs::default(), Meter::of_decoder());
        Self { core, codecs, judge: None, payload: Vec::new(), failed: None, meter }
    }

    pub(crate) fn judged_by(self, registry: Registry, policy: SchemaPolicy) -> Self {
        Self { judge: Some(Judge::new(registry, policy)), ..self }
    }

    /// The next frame in `rest`, and how many bytes it takes up; no frame behind END, and none when `rest` does not reach to its end.
    pub(crate) fn next_frame<'a>(
        &'a mut self,
        rest: &'a [u8],
        eof: bool,
    ) -> Result<(usize, Option<StreamFrame<'a>>), Error> {
        let Self { core, codecs, judge, payload, failed, meter } = self;
        if let Some(error) = failed {
            return Err(*error);
        }
        let work = meter.begin_decoding();
        let read = core.step(rest, eof).and_then(|step| {
            let Event::Frame { frame, bytes, start } = step.event else {
                return Ok((step.consumed, None));
            };
            let decoded = decode(&frame, codecs, judge.as_mut(), payload)
                .map_err(|error| error.moved(start))?;
            Ok((step.consumed, Some(StreamFrame { start, bytes, frame, decoded })))
        });
        match &read {
            Ok((_, Some(StreamFrame { decoded: Some(decoded), .. }))) => {
                meter.decoded(&work, decoded);
            }
            Ok((_, Some(read))) if read.frame.kind() == Kind::END => {
                instruments::stream_read(core.chain());
            }
            Ok(_) => {}
            Err(error) => meter.not_decoded(failed.insert(*error)),
        }
        read
    }

    pub(crate) const fn core(&self) -> &Core {
        &self.core
    }
}

fn decode<'a>(
    frame: &Frame<'a>,
    codecs: &mut Codecs,
    judge: Option<&mut Judge>,
    payload: &'a mut Vec<u8>,
) -> Result<Option<Decoded<'a>>, Error> {
    match frame.content() {
        Content::Data { .. } => {
            let judge = |key: &_| judge.map(|judge| judge.outcome(key)).transpose();
            frame.decode(judge, codecs, payload).map(Some)
        }
        Content::Control(Control::Schema(schema)) => {
            if let Some(judge) = judge {
                judge.take_in(schema);
            }
            Ok(None)
        }
        Content::Control(Control::Dictionary(bytes)) => {
            // SPEC [STR-11]: the core reader has refused a clash already; tables that are broken are found at their use.
            codecs
                .add(Dictionary::unchecked(bytes))
                .map_err(|_| ErrorKind::DictionaryClash.at(Header::LEN as u64))?;
            Ok(None)
        }
        _ => Ok(None),
    }
}

/// Room is made for at least this many bytes.
const PIECE: usize = 64 << 10;
/// And for at most so many, until as many have come.
const FIRST_ROOM: usize = 1 << 20;
