//! The schemas and dictionaries that a stream carries, and when they must stand in it once more (SPEC STR-4).

use std::collections::BTreeMap;
use std::sync::Arc;

use strictframe_core::control::{Control, Sync};
use strictframe_core::identity::dictionary_id;
use strictframe_core::stream::{Directory, Profile};
use strictframe_core::{Content, Frame, SchemaKey};

use crate::error::{EncodeError, StreamError};

/// All of them.
pub(super) struct Carried {
    pub(super) profile: Profile,
    directory: Directory,
    schemas: BTreeMap<SchemaKey, Copied>,
    dictionaries: BTreeMap<[u8; 4], Copied>,
}

/// A schema or dictionary, and where its last copy starts.
struct Copied {
    /// Its frame; empty once it was let go.
    frame: Arc<[u8]>,
    len: u64,
    last: Option<u64>,
}

/// The SCHEMA and DICT frames that must stand before a data frame.
pub(super) struct Before {
    pub(super) schema: Option<(SchemaKey, Arc<[u8]>)>,
    pub(super) dictionary: Option<([u8; 4], Arc<[u8]>)>,
}

impl Carried {
    /// None yet, in the self-contained profile.
    pub(super) const fn new(directory: Directory) -> Self {
        Self {
            profile: Profile::SelfContained,
            directory,
            schemas: BTreeMap::new(),
            dictionaries: BTreeMap::new(),
        }
    }

    pub(super) fn has_schema(&self, key: &SchemaKey) -> bool {
        self.schemas.contains_key(key)
    }

    pub(super) fn has_dictionary(&self, id: [u8; 4]) -> bool {
        self.dictionaries.contains_key(&id)
    }

    /// Takes in what a SCHEMA or DICT frame holds, whose last copy starts at `last` if there is one.
    ///
    /// # Errors
    /// [`StreamError::Refused`] with `SchemaFork`, `DictionaryClash` or `LimitExceeded`.
    pub(super) fn take_in(
        &mut self,
        frame: &Frame<'_>,
        bytes: &[u8],
        last: Option<u64>,
    ) -> Result<(), StreamError> {
        let copied = Copied { frame: bytes.into(), len: bytes.len() as u64, last };
        match frame.content() {
            Content::Control(Control::Schema(schema)) => {
                self.directory.add_schema(schema)?;
                let last = self.schemas.get(&schema.key()).and_then(|known| known.last).or(last);
                self.schemas.insert(schema.key(), Copied { last, ..copied });
            }
            Content::Control(Control::Dictionary(dictionary)) => {
                self.directory.add_dictionary(dictionary)?;
                self.dictionaries.entry(dictionary_id(dictionary)).or_insert(copied);
            }
            _ => {}
        }
        Ok(())
    }

    /// Holds the bytes of a schema no longer.
    pub(super) fn let_go_of_schema(&mut self, key: &SchemaKey) {
        if let Some(copied) = self.schemas.get_mut(key) {
            copied.frame = Arc::default();
        }
    }

    pub(super) fn schema_stands_at(&mut self, start: u64, key: SchemaKey, frame: Arc<[u8]>) {
        self.schemas.insert(key, Copied::at(start, frame));
    }

    pub(super) fn dictionary_stands_at(&mut self, start: u64, id: [u8; 4], frame: Arc<[u8]>) {
        self.dictionaries.insert(id, Copied::at(start, frame));
    }

    /// What must stand before a data frame that is written when the stream has `offset` bytes.
    ///
    /// # Errors
    /// [`EncodeError::SchemaUndeclared`] and [`EncodeError::DictionaryUndeclared`]; in the bare profile as [`Directory::check`].
    pub(super) fn before(
        &self,
        key: SchemaKey,
        dictionary: Option<[u8; 4]>,
        offset: u64,
    ) -> Result<Before, StreamError> {
        let schema = self.schemas.get(&key);
        if schema.is_none() {
            match self.profile {
                // SPEC [STR-12]: other schemas of its lineage may be there.
                Profile::Bare => self.directory.check(&key, self.profile)?,
                _ => return Err(EncodeError::SchemaUndeclared.into()),
            }
        }
        let carried = match dictionary {
            Some(id) => Some(self.dictionaries.get(&id).ok_or(EncodeError::DictionaryUndeclared)?),
            None => None,
        };
        // SPEC [STR-4]: what the frame needs stands before it, and not too far back from where it starts at the latest:
        // behind both, each of the three with a SYNC before it.
        let needed = [schema, carried].into_iter().flatten();
        let before = needed.map(|needed| needed.len).sum::<u64>() + 3 * Sync::FRAME_LEN as u64;
        let start = offset + before;
        let schema = schema.and_then(|schema| schema.due(start, 0));
        let carried = carried.and_then(|carried| carried.due(start, 64));
        if schema.as_ref().is_some_and(|frame| frame.is_empty()) {
            return Err(EncodeError::SchemaUndeclared.into());
        }
        Ok(Before { schema: schema.map(|frame| (key, frame)), dictionary: dictionary.zip(carried) })
    }
}

impl Copied {
    fn at(start: u64, frame: Arc<[u8]>) -> Self {
        Self { len: frame.len() as u64, frame, last: Some(start) }
    }

    /// The frame, when it must stand once more before another that would start behind it at `start`.
    // SPEC [STR-4]: again after 16 MiB; a dictionary not before 64 times its own size.
    fn due(&self, start: u64, times: u64) -> Option<Arc<[u8]>> {
        let most = REPEAT.max((self.len - Frame::OVERHEAD as u64) * times);
        let is_due = self.last.is_none_or(|last| start - self.len - last >= most);
        is_due.then(|| Arc::clone(&self.frame))
    }
}

impl Before {
    pub(super) const fn is_nothing(&self) -> bool {
        self.schema.is_none() && self.dictionary.is_none()
    }
}

/// After this many bytes a SCHEMA or DICT in use is written again.
const REPEAT: u64 = 16 << 20;
