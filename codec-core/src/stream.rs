//! The strict reading of a stream: every frame in its place, or one error (SPEC section 9).

use crate::chain::Chain;
use crate::control::{Control, Schema};
use crate::deframer::{Deframer, Event, Step};
use crate::error::{Error, ErrorKind};
use crate::frame::{Content, Frame};
use crate::header::{Header, Kind, truncated};
use crate::identity;
use crate::limits::Limits;
use crate::map::Map;
use crate::schema_key::SchemaKey;

/// Whether a stream must carry the schemas of its frames.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Profile {
    /// Each schema key is preceded by its SCHEMA frame, as in files.
    #[default]
    SelfContained,
    /// Schemas are known from elsewhere.
    Bare,
}

/// Reads a stream in order. The caller owns the bytes, and gives those not consumed again.
///
/// What is delivered before [`Event::End`] is provisional: a later error can still show that frames are missing or were moved (SPEC STR-10).
#[derive(Clone, Debug)]
pub struct StreamReader {
    profile: Profile,
    deframer: Deframer,
    chain: Option<Chain>,
    directory: Directory,
    ended: bool,
    failed: Option<Error>,
}

impl StreamReader {
    /// A reader at the first byte of a stream.
    #[must_use]
    pub fn new(limits: Limits, profile: Profile) -> Self {
        let (deframer, directory) = (Deframer::new(limits), Directory::new(limits));
        Self { profile, deframer, chain: None, directory, ended: false, failed: None }
    }

    /// A reader in the middle of a stream, at the start of a SYNC or END that says what `chain` says; for appending.
    #[must_use]
    pub fn resumed(limits: Limits, chain: Chain, directory: Directory) -> Self {
        let deframer = Deframer::starting_at(limits, chain.offset());
        let profile = Profile::SelfContained;
        Self { profile, deframer, chain: Some(chain), directory, ended: false, failed: None }
    }

    /// Looks at the next frame in `input`; `eof` says that nothing follows it.
    ///
    /// Frames of every kind are given, each verified and in its place; the records of data frames are for the caller to decode, with the dictionaries the stream has brought.
    ///
    /// # Errors
    /// Those of [`Deframer::step`], then `NotAStream`, `StreamEdited`, `SchemaFork`, `DictionaryClash`, `LimitExceeded`, `UnknownCritical`, `UnknownSchema`; `TrailingData` behind END, `Unterminated` without one. After an error every step gives that error again.
    pub fn step<'a>(&mut self, input: &'a [u8], eof: bool) -> Result<Step<'a>, Error> {
        // SPEC [STR-10]: stopped is stopped.
        if let Some(error) = self.failed {
            return Err(error);
        }
        let step = self.look(input, eof);
        if let Err(error) = step {
            self.failed = Some(error);
        }
        step
    }

    /// How many more bytes than `input` the next step needs; 0 when it will not ask for more.
    #[must_use]
    pub fn missing(&self, input: &[u8], eof: bool) -> usize {
        if self.failed.is_some() {
            0
        } else if self.ended {
            usize::from(input.is_empty() && !eof)
        } else {
            self.deframer.missing(input, eof)
        }
    }

    /// Where the stream stands; nothing before its first SYNC.
    #[must_use]
    pub const fn chain(&self) -> Option<&Chain> {
        self.chain.as_ref()
    }

    /// The schemas and dictionaries the stream has brought so far.
    #[must_use]
    pub const fn directory(&self) -> &Directory {
        &self.directory
    }

    fn look<'a>(&mut self, input: &'a [u8], eof: bool) -> Result<Step<'a>, Error> {
        if self.ended {
            return self.look_behind_end(input, eof);
        }
        let step = self.deframer.step(input, eof)?;
        match &step.event {
            Event::Frame { frame, bytes, start } => {
                self.check(frame, bytes.len()).map_err(|error| error.moved(*start))?;
            }
            // SPEC [STR-8]: an empty file ends inside its first header; any other ends between two frames.
            Event::End if self.chain.is_none() => return Err(truncated(0, Header::LEN)),
            Event::End => return Err(ErrorKind::Unterminated.at(0).moved(self.deframer.offset())),
            Event::NeedMore(_) => {}
        }
        Ok(step)
    }

    fn look_behind_end<'a>(&self, input: &'a [u8], eof: bool) -> Result<Step<'a>, Error> {
        // SPEC [STR-9]: not read, not parsed.
        if !input.is_empty() {
            return Err(ErrorKind::TrailingData.at(0).moved(self.deframer.offset()));
        }
        let event = if eof { Event::End } else { Event::NeedMore(1) };
        Ok(Step { consumed: 0, event })
    }

    /// The checks of a stream; offsets from the frame's start.
    fn check(&mut self, frame: &Frame<'_>, len: usize) -> Result<(), Error> {
        // SPEC [STR-14, ERR-1]: the place first, then what the frame brings, then what it needs; each in the order of section 11.
        let said = match frame.content() {
            Content::Control(Control::Sync(sync)) => Some(sync),
            _ => None,
        };
        let chain = match (&mut self.chain, said) {
            (Some(chain), _) => chain,
            (first, Some(sync)) if frame.kind() == Kind::SYNC => {
                first.insert(Chain::new(sync.stream_id))
            }
            // SPEC [STR-5]: a frame, and not the one a stream begins with.
            _ => return Err(ErrorKind::NotAStream.at(0)),
        };
        // SPEC [STR-7]: a SYNC is due, and this is none.
        if frame.kind() != Kind::SYNC && chain.is_sync_due() {
            return Err(ErrorKind::StreamEdited.at(0));
        }
        if let Some(sync) = said {
            chain.check(sync)?;
        }
        chain.add(frame.kind(), len, frame.trailer());
        self.ended = frame.kind() == Kind::END;
        match frame.content() {
            Content::Control(Control::Schema(schema)) => self.directory.add_schema(schema),
            Content::Control(Control::Dictionary(bytes)) => self.directory.add_dictionary(bytes),
            Content::Control(_) => Ok(()),
            Content::Data { .. } => {
                frame.check_data()?;
                self.directory.check(&frame.key(), self.profile)
            }
        }
    }
}

/// The schemas and dictionaries that a stream has brought, by their digests.
#[derive(Clone, Debug)]
pub struct Directory {
    limits: Limits,
    schemas: Map<([u8; 8], u16), ([u8; 32], SchemaKey)>,
    dictionaries: Map<[u8; 4], [u8; 32]>,
}

impl Directory {
    /// Nothing yet, and at most as much as `limits` allow.
    #[must_use]
    pub const fn new(limits: Limits) -> Self {
        Self { limits, schemas: Map::new(), dictionaries: Map::new() }
    }

    /// Takes in the schema of a SCHEMA frame.
    ///
    /// # Errors
    /// `SchemaFork` when its lineage and version came with another fingerprint, `LimitExceeded` when it is one too many; offsets from the frame's start.
    pub fn add_schema(&mut self, schema: &Schema<'_>) -> Result<(), Error> {
        let key = schema.key();
        let version = (key.lineage(), key.version());
        match self.schemas.get(&version) {
            // SPEC [STR-12]: repeats are legal, a second descriptor is a fork.
            Some((known, _)) if *known == schema.fingerprint() => Ok(()),
            Some(_) => Err(ErrorKind::SchemaFork.at(28)),
            None => {
                check_count(self.schemas.len(), self.limits.schemas())?;
                self.schemas.insert(version, (schema.fingerprint(), key));
                Ok(())
            }
        }
    }

    /// Takes in the dictionary of a DICT frame.
    ///
    /// # Errors
    /// `DictionaryClash` when its id came with other bytes, `LimitExceeded` when it is one too many; offsets from the frame's start.
    pub fn add_dictionary(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let digest = identity::digest(bytes);
        let id = identity::fork_check(&digest);
        match self.dictionaries.get(&id) {
            // SPEC [STR-11, DIC-2]: repeats are legal, other bytes under one id are not.
            Some(known) if *known == digest => Ok(()),
            Some(_) => Err(ErrorKind::DictionaryClash.at(28)),
            None => {
                check_count(self.dictionaries.len(), self.limits.dictionaries())?;
                self.dictionaries.insert(id, digest);
                Ok(())
            }
        }
    }

    /// Whether a frame with this key may stand here.
    ///
    /// # Errors
    /// `SchemaFork`, `UnknownSchema`; at 4.
    pub fn check(&self, key: &SchemaKey, profile: Profile) -> Result<(), Error> {
        match self.schemas.get(&(key.lineage(), key.version())) {
            // SPEC [STR-12]: the frame's key is the one that follows from the SCHEMA.
            Some((_, known)) if known != key => Err(ErrorKind::SchemaFork.at(4)),
            // SPEC [STR-13]: in a self-contained stream the SCHEMA comes first.
            None if profile == Profile::SelfContained => Err(ErrorKind::UnknownSchema.at(4)),
            _ => Ok(()),
        }
    }

    /// Whether a SCHEMA with exactly this key was taken in.
    #[must_use]
    pub fn has_schema(&self, key: &SchemaKey) -> bool {
        self.schemas.get(&(key.lineage(), key.version())).is_some_and(|(_, known)| known == key)
    }

    /// Whether a dictionary with this id was taken in.
    #[must_use]
    pub fn has_dictionary(&self, id: [u8; 4]) -> bool {
        self.dictionaries.contains_key(&id)
    }
}

fn check_count(count: usize, limit: u32) -> Result<(), Error> {
    // SPEC [STR-15]: a stream cannot make its reader hold more than the reader agreed to.
    let held = u64::try_from(count).unwrap_or(u64::MAX);
    let limit = u64::from(limit);
    if held < limit {
        return Ok(());
    }
    let declared = held.saturating_add(1);
    Err(ErrorKind::LimitExceeded { declared, limit }.at(20))
}
