//! Versions of dictionaries in a directory: `<id>.sfdict`, and its training report `<id>.json` beside it.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::file::{SUFFIX, named, read_file};
use super::{Dictionary, DictionaryFileError, DictionaryId, TrainingReport};
use crate::publish::Publish;

/// A directory of dictionaries.
///
/// It holds nothing but files `<id>.sfdict` with the bytes of a dictionary and files `<id>.json` with its report. Names that begin with a dot are left out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DictionaryDirectory {
    path: PathBuf,
}

/// A dictionary in a directory.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StoredDictionary {
    /// The dictionary.
    pub dictionary: Dictionary,
    /// The report on its training, when there is one.
    pub report: Option<TrainingReport>,
    /// The file it stands in.
    pub path: PathBuf,
}

impl DictionaryDirectory {
    /// The most dictionaries that are loaded.
    pub const MAX_COUNT: usize = 1024;
    /// The most bytes of dictionaries that are loaded.
    pub const MAX_BYTES: usize = 64 << 20;

    /// The directory at `path`, which need not be there before something is added.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Adds a dictionary, and the report on it if there is one, each of them whole or not at all; the directory is made if need be.
    ///
    /// A dictionary that is there already stays, with the new report.
    ///
    /// # Errors
    /// [`DictionaryFileError::Clash`] when another one with its id is there, [`DictionaryFileError::Report`] when the report is on another dictionary,
    /// [`DictionaryFileError::Io`].
    pub fn add(
        &self,
        dictionary: &Dictionary,
        report: Option<&TrainingReport>,
    ) -> Result<StoredDictionary, DictionaryFileError> {
        let id = DictionaryId(dictionary.id());
        let (path, report_path) = self.paths(id);
        if let Some(report) = report {
            report.check_against(dictionary).map_err(|error| DictionaryFileError::Report {
                path: report_path.clone(),
                error,
            })?;
        }
        std::fs::create_dir_all(&self.path).map_err(|error| self.failed(error))?;
        match read_file(&path, Dictionary::MAX_LEN) {
            // SPEC [DIC-2]: two under one id are one too many.
            Ok((held, _)) if held != dictionary.bytes() => {
                return Err(DictionaryFileError::Clash { path, id });
            }
            Err(DictionaryFileError::Io { error, .. })
                if error.kind() == io::ErrorKind::NotFound =>
            {
                // Before its report: a dictionary without one can be used, and not the other way about.
                publish(&path, dictionary.bytes())?;
            }
            held => drop(held?),
        }
        if let Some(report) = report {
            publish(&report_path, report.to_json().as_bytes())?;
        }
        let (dictionary, report) = (dictionary.clone(), report.cloned());
        Ok(StoredDictionary { dictionary, report, path })
    }

    /// The directory's path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The dictionary with this id, if it is there.
    ///
    /// # Errors
    /// What is wrong with its file or its report.
    pub fn find(&self, id: DictionaryId) -> Result<Option<StoredDictionary>, DictionaryFileError> {
        match self.load(id) {
            Err(DictionaryFileError::Io { error, path })
                if error.kind() == io::ErrorKind::NotFound && path == self.paths(id).0 =>
            {
                Ok(None)
            }
            found => found.map(Some),
        }
    }

    /// All dictionaries, in ascending order of id.
    ///
    /// # Errors
    /// [`DictionaryFileError`] with the first file that is wrong; [`DictionaryFileError::TooMany`] before more than [`Self::MAX_COUNT`]
    /// or [`Self::MAX_BYTES`] are loaded.
    pub fn list(&self) -> Result<Vec<StoredDictionary>, DictionaryFileError> {
        let mut room = Self::MAX_BYTES;
        let mut all = Vec::new();
        for id in self.ids()? {
            let stored = self.load(id)?;
            room = room
                .checked_sub(stored.dictionary.bytes().len())
                .ok_or_else(|| DictionaryFileError::TooMany { path: self.path.clone() })?;
            all.push(stored);
        }
        Ok(all)
    }

    /// The last version: of the dictionaries with a report, the one that no other names as its predecessor; of several such ones the youngest.
    ///
    /// # Errors
    /// As [`Self::list`]; [`DictionaryFileError::Circle`] when each is the predecessor of another.
    pub fn latest(&self) -> Result<Option<StoredDictionary>, DictionaryFileError> {
        let mut all = self.list()?;
        all.retain(|stored| stored.report.is_some());
        let reports = all.iter().filter_map(|stored| stored.report.as_ref());
        let followed: BTreeSet<_> = reports.filter_map(|report| report.predecessor).collect();
        let is_empty = all.is_empty();
        let last = all
            .into_iter()
            .filter(|stored| !followed.contains(&DictionaryId(stored.dictionary.id())))
            .max_by_key(|stored| stored.report.as_ref().and_then(|report| report.created_ms));
        match last {
            None if !is_empty => Err(DictionaryFileError::Circle { path: self.path.clone() }),
            last => Ok(last),
        }
    }

    /// The ids of the files, every one of which must be called by one.
    fn ids(&self) -> Result<BTreeSet<DictionaryId>, DictionaryFileError> {
        let (mut ids, mut reports) = (BTreeSet::new(), BTreeSet::new());
        let entries = std::fs::read_dir(&self.path).map_err(|error| self.failed(error))?;
        for entry in entries {
            let path = entry.map_err(|error| self.failed(error))?.path();
            if let Some(id) = named(&path, SUFFIX) {
                ids.insert(id);
            } else if let Some(id) = named(&path, REPORT_SUFFIX) {
                reports.insert(id);
            } else if !path
                .file_name()
                .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
            {
                return Err(DictionaryFileError::Foreign { path });
            }
            if ids.len().max(reports.len()) > Self::MAX_COUNT {
                return Err(DictionaryFileError::TooMany { path: self.path.clone() });
            }
        }
        match reports.difference(&ids).next() {
            Some(alone) => Err(DictionaryFileError::Foreign { path: self.paths(*alone).1 }),
            None => Ok(ids),
        }
    }

    fn load(&self, id: DictionaryId) -> Result<StoredDictionary, DictionaryFileError> {
        let (path, report_path) = self.paths(id);
        let dictionary = Dictionary::open(&path)?;
        let wrong = |error| DictionaryFileError::Report { path: report_path.clone(), error };
        let report = match read_file(&report_path, TrainingReport::MAX_LEN) {
            Ok((text, _)) => Some(TrainingReport::from_json(&text).map_err(wrong)?),
            Err(DictionaryFileError::Io { error, .. })
                if error.kind() == io::ErrorKind::NotFound =>
            {
                None
            }
            Err(error) => return Err(error),
        };
        if let Some(report) = &report {
            report.check_against(&dictionary).map_err(wrong)?;
        }
        Ok(StoredDictionary { dictionary, report, path })
    }

    fn paths(&self, id: DictionaryId) -> (PathBuf, PathBuf) {
        let path = |suffix| self.path.join(format!("{id}{suffix}"));
        (path(SUFFIX), path(REPORT_SUFFIX))
    }

    fn failed(&self, error: io::Error) -> DictionaryFileError {
        DictionaryFileError::Io { path: self.path.clone(), error }
    }
}

fn publish(path: &Path, bytes: &[u8]) -> Result<(), DictionaryFileError> {
    let written = Publish::create(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.commit()
    });
    written.map_err(|error| DictionaryFileError::Io { path: path.to_owned(), error })
}

const REPORT_SUFFIX: &str = ".json";
