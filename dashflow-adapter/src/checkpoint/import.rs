//! Checkpoints of DashFlow's own file backends as checkpoints of a store. Nothing of them is changed.
//!
//! | file | what it is | what stands beside it |
//! |---|---|---|
//! | `ID.bin` | a header of 20 bytes that begins `DCHK`, and the checkpoint in bincode 1 | CRC-32, length |
//! | `ID.bin` | the checkpoint in bincode alone: a bare file | nothing |
//! | `ID.bin.gz` | the same in gzip | the CRC-32 of gzip |
//! | `ID.v.bin`, `ID.v.bin.gz` | the checkpoint in bincode, its state as a text of JSON, with the version of its type | nothing; the CRC-32 of gzip |
//! | `index.bin`, `.checkpoint.lock`, `.*.tmp` | no checkpoints | |
//!
//! bincode does not say what it holds: states are read by their own type, `O` of [`import`]. A type that is not the one they were saved by is found out by what
//! stands behind a state and by the file's name, which must be that of the id inside; no more than that can be known.
//!
//! - **What is intact is read, what is not is named**: every file stands in the [`ImportReport`] with what became of it. A file with a header is taken only when its length
//!   and checksum are right; one whose header is damaged is never taken for a bare one. Bare files are taken when [`ImportOptions::bare`] says so, and marked.
//! - **Ids** become UUIDs of version 7 in the order of the old times, and are always the same for the same thread, old id and time: whatever was imported before is
//!   known again, and an import that was interrupted goes on when it is run once more. Among those of one chain that have one time, to 244 nanoseconds, each is above the one it follows.
//! - **Parents** are those of old, where they were imported; where not, that is told.
//! - **Metadata** are those of old, with [`OLD_ID`], and [`OLD_PARENT`], [`STATE_VERSION`] and [`UNCHECKED`] where there is something to be said.

mod bincode;
mod old;
mod place;
mod plan;
mod refused;
mod report;

use core::fmt::Display;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::FileType;
use std::path::Path;

use serde::de::DeserializeOwned;
use strictframe::{CompressionPolicy, Schema};

pub use self::bincode::NoType;
pub use self::refused::ImportRefused;
pub use self::report::{FileOutcome, Ignored, ImportReport, Imported, ImportedFile, MissingFile};

use self::old::{Old, OldHead};
use self::place::{Meaning, OldName};
use self::plan::{Plan, Planned};
use super::error::CheckpointError;
use super::id::CheckpointId;
use super::store::{self, CheckpointStore};
use super::writer::{Said, Writer};

/// The key of metadata that holds the id which a checkpoint had.
pub const OLD_ID: &str = "dashflow.checkpoint_id";
/// The key that holds the id of the checkpoint which it followed.
pub const OLD_PARENT: &str = "dashflow.parent_id";
/// The key that holds the version of its state's type, of versioned files.
pub const STATE_VERSION: &str = "dashflow.state_version";
/// The key that stands beside checkpoints of files without a checksum; its value is `true`.
pub const UNCHECKED: &str = "dashflow.unchecked";

/// How old checkpoints are imported.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ImportOptions {
    /// Whether files without any checksum are taken, when they are a checkpoint to their last byte. Damage in them that leaves such a one is not seen.
    pub bare: bool,
    /// Whether everything is read, converted and framed, and nothing kept.
    pub dry_run: bool,
    /// How states are compressed.
    pub policy: CompressionPolicy,
    /// How much is read.
    pub limits: ImportLimits,
}

/// How much is read at most.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ImportLimits {
    /// The bytes of a file; 1 GiB by default.
    pub file_bytes: u64,
    /// The bytes of a file of gzip when it is unpacked; 100 MiB by default, which is what DashFlow takes.
    pub unpacked_bytes: u64,
    /// The files of the directory, of whatever sort; a million by default.
    pub files: u64,
}

impl Default for ImportLimits {
    fn default() -> Self {
        Self { file_bytes: 1 << 30, unpacked_bytes: 100 << 20, files: 1_000_000 }
    }
}

/// The state of an old checkpoint.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::exhaustive_enums, reason = "a converter has to say what it does with each")]
pub enum OldState<O> {
    /// Of its own type.
    Typed(O),
    /// As a text of JSON, as versioned files have it.
    Json {
        /// The version of the type, as whoever saved it counts.
        version: u32,
        /// The text.
        text: String,
    },
}

impl<O: DeserializeOwned> OldState<O> {
    /// The state as its own type, whatever its version is.
    ///
    /// # Errors
    /// For a text that is none of that type.
    pub fn typed(self) -> Result<O, serde_json::Error> {
        match self {
            Self::Typed(state) => Ok(state),
            Self::Json { text, .. } => serde_json::from_str(&text),
        }
    }
}

/// How far an import is.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ImportStep<'a> {
    /// So many files of the directory were looked at.
    Examined {
        /// How many.
        done: u64,
        /// How many there are.
        total: u64,
    },
    /// What became of a file is known.
    File(&'a ImportedFile),
    /// So many of the checkpoints that can be read were kept or refused.
    Saved {
        /// How many.
        done: u64,
        /// How many there are.
        total: u64,
    },
}

/// Reads every old checkpoint of a directory, makes its state one of today by `convert`, and keeps it in an opened store, each after the one it follows; `told` hears how far
/// it is. It waits for files: call it where that holds nobody up.
///
/// Every file is read twice, so that memory holds one state and a line of each file. Directories below are not looked into.
///
/// # Errors
/// [`CheckpointError::Io`] for a directory that cannot be listed and for a store that keeps nothing, [`CheckpointError::Encode`] with `PolicyRefused`,
/// [`CheckpointError::Other`] with `TooManyFiles`, [`CheckpointError::Sealed`] where what was imported is sealed and the store has no key. What was imported until then is kept, and known when it is run again. A file that is refused is no error.
pub fn import<O, S, E, T>(
    folder: &Path,
    store: &T,
    options: &ImportOptions,
    convert: impl FnMut(OldState<O>) -> Result<S, E>,
    told: impl FnMut(ImportStep<'_>),
) -> Result<ImportReport, CheckpointError>
where
    O: DeserializeOwned,
    S: Schema,
    E: Display,
    T: CheckpointStore + ?Sized,
{
    let report = ImportReport::default();
    let mut importer = Importer { folder, store, options, convert, told, report };
    let plan = importer.examine::<O>()?;
    if !plan.all.is_empty() {
        importer.save::<O, S, E>(&plan)?;
    }
    Ok(importer.report)
}

struct Importer<'a, T: ?Sized, C, H> {
    folder: &'a Path,
    store: &'a T,
    options: &'a ImportOptions,
    convert: C,
    told: H,
    report: ImportReport,
}

impl<T: CheckpointStore + ?Sized, C, H: FnMut(ImportStep<'_>)> Importer<'_, T, C, H> {
    /// Reads every file once, and plans what can be imported.
    fn examine<O: DeserializeOwned>(&mut self) -> Result<Plan, CheckpointError> {
        let names = place::list(self.folder, self.options.limits.files)?;
        let (mut plan, total) = (Plan::default(), names.len() as u64);
        for (done, (name, kind)) in (1..).zip(&names) {
            let outcome = match Meaning::of(name) {
                _ if kind.is_dir() => Some(FileOutcome::Ignored(Ignored::Directory)),
                Meaning::Ignored(ignored) => Some(FileOutcome::Ignored(ignored)),
                Meaning::Checkpoint(meaning) => {
                    let planned = self.planned::<O>(name, *kind, meaning);
                    let added = planned.and_then(|planned| {
                        plan.add(planned).map_err(|of| ImportRefused::Duplicate {
                            of: of.to_string_lossy().into_owned(),
                        })
                    });
                    added.err().map(FileOutcome::Refused)
                }
            };
            if let Some(outcome) = outcome {
                self.tell(name, outcome);
            }
            (self.told)(ImportStep::Examined { done, total });
        }
        self.report.missing = self.missing(&names);
        Ok(plan)
    }

    fn planned<O: DeserializeOwned>(
        &self,
        name: &OsStr,
        kind: FileType,
        meaning: OldName<'_>,
    ) -> Result<Planned, ImportRefused> {
        if kind.is_symlink() {
            return Err(ImportRefused::Link);
        }
        if !kind.is_file() {
            return Err(ImportRefused::Unreadable("it is no file".to_owned()));
        }
        let Old { head, is_checked, .. } =
            Old::<O>::read(&self.folder.join(name), meaning, self.options)?;
        let OldHead { id: old_id, thread, time, parent: old_parent, .. } = head;
        Ok(Planned { name: name.to_owned(), thread, old_id, time, old_parent, is_checked })
    }

    /// What the old index names and is not there.
    fn missing(&self, names: &[(OsString, FileType)]) -> Vec<MissingFile> {
        let is_index = |(name, kind): &&(OsString, FileType)| {
            Meaning::of(name) == Meaning::Ignored(Ignored::Index) && kind.is_file()
        };
        let Some((name, _)) = names.iter().find(is_index) else { return Vec::new() };
        let index = old::index(&self.folder.join(name), self.options.limits.file_bytes);
        let there = names.iter().filter_map(|(name, _)| match Meaning::of(name) {
            Meaning::Checkpoint(meaning) => Some(meaning.id),
            Meaning::Ignored(_) => None,
        });
        let there: BTreeSet<_> = there.collect();
        let index = index.unwrap_or_default().into_iter();
        let missing = index.filter(|(_, old_id)| !there.contains(place::last(old_id)));
        let mut missing: Vec<_> =
            missing.map(|(thread, old_id)| MissingFile { thread, old_id }).collect();
        missing.sort();
        missing
    }

    /// Reads what was planned once more, and keeps it.
    fn save<O, S, E>(&mut self, plan: &Plan) -> Result<(), CheckpointError>
    where
        O: DeserializeOwned,
        S: Schema,
        E: Display,
        C: FnMut(OldState<O>) -> Result<S, E>,
    {
        // Each state whole: what leads on from others would need them when it is read.
        let mut writer = Writer::new::<S>(self.options.policy.clone(), 1)?;
        let mut kept: Vec<Option<CheckpointId>> = vec![None; plan.all.len()];
        let (mut thread, mut there) = (None, BTreeSet::new());
        let (order, total) = (plan.order(), plan.all.len() as u64);
        for (done, place) in (1..).zip(order) {
            let Some(planned) = plan.all.get(place) else { continue };
            if thread != Some(&planned.thread) {
                there = self.store.ids(&planned.thread)?.into_iter().collect();
                thread = Some(&planned.thread);
            }
            let id = plan.id(planned);
            let parent = plan.parent(planned).and_then(|parent| kept.get(parent).copied()?);
            let found = match there.contains(&id) {
                true => store::read(self.store, &planned.thread, id),
                false => Ok(None),
            };
            let frame = match found {
                Ok(Some(_)) => Ok(None),
                Ok(None) => self.frame::<O, S, E>(planned, id, parent, &mut writer).map(Some),
                // What is in its place may be worth more than what comes: nothing is written over.
                Err(error) if error.is_damage() => Err(ImportRefused::Kept(error)),
                Err(error) => return Err(error),
            };
            let was_there = matches!(frame, Ok(None));
            let outcome = match frame {
                Err(refused) => FileOutcome::Refused(refused),
                Ok(frame) => {
                    if let Some(frame) = frame
                        && !self.options.dry_run
                    {
                        self.store.put(&planned.thread, id, &frame)?;
                    }
                    if let Some(kept) = kept.get_mut(place) {
                        *kept = Some(id);
                    }
                    let lost_parent = planned.old_parent.clone().filter(|_| parent.is_none());
                    let (thread, old_id) = (planned.thread.clone(), planned.old_id.clone());
                    let is_checked = planned.is_checked;
                    let imported =
                        Imported { thread, old_id, id, is_checked, was_there, lost_parent };
                    FileOutcome::Imported(imported)
                }
            };
            self.tell(&planned.name, outcome);
            (self.told)(ImportStep::Saved { done, total });
        }
        Ok(())
    }

    /// The checkpoint of a file as it is kept.
    fn frame<O, S, E>(
        &mut self,
        planned: &Planned,
        id: CheckpointId,
        parent: Option<CheckpointId>,
        writer: &mut Writer,
    ) -> Result<Vec<u8>, ImportRefused>
    where
        O: DeserializeOwned,
        S: Schema,
        E: Display,
        C: FnMut(OldState<O>) -> Result<S, E>,
    {
        let Meaning::Checkpoint(meaning) = Meaning::of(&planned.name) else {
            return Err(ImportRefused::Changed);
        };
        let old = Old::read(&self.folder.join(&planned.name), meaning, self.options)?;
        let Old {
            head: OldHead { id: old_id, thread, node, time, parent: old_parent, mut metadata },
            state,
            is_checked,
        } = old;
        if (&old_id, &thread, time, &old_parent, is_checked)
            != (
                &planned.old_id,
                &planned.thread,
                planned.time,
                &planned.old_parent,
                planned.is_checked,
            )
        {
            return Err(ImportRefused::Changed);
        }
        let version = match &state {
            OldState::Json { version, .. } => Some(version.to_string()),
            OldState::Typed(_) => None,
        };
        for (key, value) in [
            (OLD_ID, Some(old_id)),
            (OLD_PARENT, old_parent),
            (STATE_VERSION, version),
            (UNCHECKED, (!is_checked).then(|| "true".to_owned())),
        ] {
            if metadata.contains_key(key) {
                return Err(ImportRefused::Metadata { key: key.to_owned() });
            }
            metadata.extend(value.map(|value| (key.to_owned(), value)));
        }
        let state =
            (self.convert)(state).map_err(|error| ImportRefused::Convert(error.to_string()))?;
        let said = Said { thread: &thread, id, parent, time, node: &node, metadata: &metadata };
        let written = writer.write(&said, &state, None).map_err(ImportRefused::Save)?;
        Ok(written.bytes)
    }

    fn tell(&mut self, name: &OsStr, outcome: FileOutcome) {
        let file = ImportedFile { name: name.to_owned(), outcome };
        (self.told)(ImportStep::File(&file));
        self.report.files.push(file);
    }
}
