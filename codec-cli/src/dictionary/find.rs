//! The dictionary that an argument names, and what to do about one that is refused.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use strictframe::{
    Dictionary, DictionaryDirectory, DictionaryError, DictionaryFileError, DictionaryId,
    StoredDictionary, TrainingReport,
};

use crate::failure::{Failure, Refusal, numbered};
use crate::source::{not_read, read_at_most};
use crate::terminal::{shown, tame};

/// A dictionary, the report on it, and the file it stands in.
pub(crate) struct Found {
    pub(crate) dictionary: Dictionary,
    pub(crate) report: Option<TrainingReport>,
    pub(crate) path: PathBuf,
}

/// The dictionary in a file, the latest one of a directory, or `DIR/ID` for that of `DIR/ID.sfdict`.
pub(crate) fn find(path: &Path) -> Result<Found, Failure> {
    if path.is_dir() {
        let latest = DictionaryDirectory::new(path).latest().map_err(refused)?;
        return latest.map(Found::from).ok_or_else(|| without_latest(path));
    }
    if let Some(id) = stored_id(path) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let directory = DictionaryDirectory::new(folder.unwrap_or(Path::new(".")));
        let found = directory.find(id).map_err(refused)?;
        return found.map(Found::from).ok_or_else(|| not_read(path, &ErrorKind::NotFound.into()));
    }
    // Not by the library, since this one may come through a pipe.
    let bytes = read_at_most(path, Dictionary::MAX_LEN as u64)?.ok_or_else(|| {
        let what = format!("{} has more than 1 MiB, too much for a dictionary", shown(path));
        data(refusal(path, what, TRAIN))
    })?;
    let dictionary = Dictionary::new(bytes).map_err(|error| {
        refused(DictionaryFileError::Dictionary { path: path.to_owned(), error })
    })?;
    Ok(Found { dictionary, report: None, path: path.to_owned() })
}

/// The failure of a file, a report or a directory of dictionaries.
pub(crate) fn refused(error: DictionaryFileError) -> Failure {
    let path = error.path().to_owned();
    let message = tame(&error.to_string(), usize::MAX);
    let help = match &error {
        DictionaryFileError::Circle { .. } => "name the one you mean, as in DIR/0a1b2c3d",
        DictionaryFileError::Clash { .. } => {
            "train one of the two again; any other byte gives another id"
        }
        DictionaryFileError::Dictionary { error: DictionaryError::Length { len: 0 }, .. }
        | DictionaryFileError::Id { .. } => {
            "copy the file again from its source: a dictionary that was cut or changed is of no use"
        }
        DictionaryFileError::Foreign { .. } => {
            "move it elsewhere: a directory of dictionaries holds nothing else"
        }
        DictionaryFileError::Report { .. } => {
            "correct the report, or remove it: nothing of it is needed to decode"
        }
        DictionaryFileError::TooMany { .. } => "move old versions to another directory",
        _ => TRAIN,
    };
    let about = refusal(&path, message, help);
    match error {
        DictionaryFileError::Io { error, .. } => not_read(&path, &error),
        DictionaryFileError::Clash { .. } => {
            data(Refusal { code: Some(numbered(605)), name: Some("DictionaryClash"), ..about })
        }
        DictionaryFileError::Report { error, .. } => {
            data(Refusal { pointer: Some(error.pointer), ..about })
        }
        _ => data(about),
    }
}

impl From<StoredDictionary> for Found {
    fn from(stored: StoredDictionary) -> Self {
        Self { dictionary: stored.dictionary, report: stored.report, path: stored.path }
    }
}

/// The id of `<id>.sfdict`, and of `<id>` where no such file is.
fn stored_id(path: &Path) -> Option<DictionaryId> {
    let name = path.file_name().and_then(OsStr::to_str)?;
    match name.strip_suffix(".sfdict") {
        Some(id) => id.parse().ok(),
        None if path.exists() => None,
        None => name.parse().ok(),
    }
}

fn without_latest(path: &Path) -> Failure {
    let what = format!("{} has no dictionary with a report, and so no latest one", shown(path));
    let help = "name one, as in DIR/0a1b2c3d; `strictframe dictionary list` shows what there is";
    data(refusal(path, what, help))
}

fn refusal(path: &Path, message: String, help: &str) -> Refusal {
    Refusal {
        code: Some(numbered(905)),
        name: Some("DictionaryRefused"),
        input: Some(path.to_string_lossy().into_owned()),
        message,
        help: help.to_owned(),
        ..Refusal::default()
    }
}

fn data(refusal: Refusal) -> Failure {
    Failure::Data(Box::new(refusal))
}

const TRAIN: &str = "train one with `strictframe dictionary train`";
