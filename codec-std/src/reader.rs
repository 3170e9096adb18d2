//! Reads streams strictly, from anything that can be read (SPEC section 9).

use core::fmt;
use std::io::{self, Read};

use strictframe_core::control::Control;
use strictframe_core::stream::{Directory, Profile, StreamReader as Core};
use strictframe_core::{
    Chain, Content, Decoded, Error, ErrorKind, Event, Frame, Header, Limits, SchemaPolicy,
};

use crate::codecs::Codecs;
use crate::dictionary::Dictionary;
use crate::error::StreamError;
use crate::registry::Registry;

/// Reads one stream in order. It holds one frame, one payload, and the dictionaries the stream has brought.
///
/// What it gives before the end (`None`) is provisional: a later error can still show that frames are missing or were moved.
pub struct StreamReader<R> {
    source: R,
    core: Core,
    codecs: Codecs,
    judge: Option<(Registry, SchemaPolicy)>,
    /// What was read and not consumed is `input[consumed..filled]`; what lies behind is room.
    input: Vec<u8>,
    consumed: usize,
    filled: usize,
    eof: bool,
    payload: Vec<u8>,
    failed: Option<Error>,
}

/// One frame of a stream, of any kind.
#[derive(Debug)]
#[non_exhaustive]
pub struct StreamFrame<'a> {
    /// Where it starts.
    pub start: u64,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// The frame.
    pub frame: Frame<'a>,
    /// Its records, when it is a data frame.
    pub decoded: Option<Decoded<'a>>,
}

impl<R: Read> StreamReader<R> {
    /// A reader at the first byte of a stream, without judgement.
    #[must_use]
    pub fn new(source: R, limits: Limits, profile: Profile) -> Self {
        Self::with_core(source, Core::new(limits, profile))
    }

    /// A reader at a SYNC in the middle of a stream, told what stands before it; for appending.
    pub(crate) fn resumed(
        source: R,
        limits: Limits,
        chain: Chain,
        directory: Directory,
        dictionaries: Vec<Dictionary>,
    ) -> Self {
        let mut reader = Self::with_core(source, Core::resumed(limits, chain, directory));
        for dictionary in dictionaries {
            // The directory has refused two with one id.
            let _ = reader.codecs.add(dictionary);
        }
        reader
    }

    /// The same reader, which also judges the schema of every data frame.
    #[must_use]
    pub fn judged_by(self, registry: Registry, policy: SchemaPolicy) -> Self {
        Self { judge: Some((registry, policy)), ..self }
    }

    /// The next frame, or nothing behind END.
    ///
    /// # Errors
    /// [`StreamError::Refused`] with the first error in the order of SPEC ERR-1, offsets from the start of the stream; every later call gives it again.
    /// [`StreamError::Io`] when the source fails.
    pub fn next_frame(&mut self) -> Result<Option<StreamFrame<'_>>, StreamError> {
        if let Some(error) = self.failed {
            return Err(error.into());
        }
        self.fill()?;
        let Self { core, codecs, judge, input, consumed, filled, eof, payload, failed, .. } = self;
        let rest = input.get(*consumed..*filled).unwrap_or_default();
        let step = core.step(rest, *eof)?;
        *consumed += step.consumed;
        let Event::Frame { frame, bytes, start } = step.event else { return Ok(None) };
        let decoded = decode(&frame, codecs, judge.as_ref(), payload)
            .map_err(|error| *failed.insert(error.moved(start)))?;
        Ok(Some(StreamFrame { start, bytes, frame, decoded }))
    }

    /// Where the stream stands; nothing before its first SYNC.
    #[must_use]
    pub const fn chain(&self) -> Option<&Chain> {
        self.core.chain()
    }

    /// The schemas and dictionaries it has brought.
    pub(crate) fn into_directory(self) -> Directory {
        self.core.directory().clone()
    }

    fn with_core(source: R, core: Core) -> Self {
        Self {
            source,
            core,
            codecs: Codecs::default(),
            judge: None,
            input: Vec::new(),
            consumed: 0,
            filled: 0,
            eof: false,
            payload: Vec::new(),
            failed: None,
        }
    }

    /// Reads on until the next step does not ask for more.
    fn fill(&mut self) -> io::Result<()> {
        loop {
            let rest = self.input.get(self.consumed..self.filled).unwrap_or_default();
            let missing = self.core.missing(rest, self.eof);
            if missing == 0 {
                return Ok(());
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
            let room = self.input.get_mut(self.filled..).unwrap_or_default();
            let read = loop {
                match self.source.read(room) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    read => break read?.min(room.len()),
                }
            };
            self.filled += read;
            self.eof = read == 0;
        }
    }
}

fn decode<'a>(
    frame: &Frame<'a>,
    codecs: &mut Codecs,
    judge: Option<&(Registry, SchemaPolicy)>,
    payload: &'a mut Vec<u8>,
) -> Result<Option<Decoded<'a>>, Error> {
    match frame.content() {
        Content::Data { .. } => {
            let judge =
                |key: &_| judge.map(|(registry, policy)| registry.judge(key, *policy)).transpose();
            frame.decode(judge, codecs, payload).map(Some)
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

impl<R: fmt::Debug> fmt::Debug for StreamReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamReader").field("source", &self.source).finish_non_exhaustive()
    }
}

/// Room is made for at least this many bytes.
const PIECE: usize = 64 << 10;
/// And for at most so many, until as many have come.
const FIRST_ROOM: usize = 1 << 20;
