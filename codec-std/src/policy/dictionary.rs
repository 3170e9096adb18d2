//! Which dictionary a policy asks for.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::PolicyError;
use crate::dictionary::{Dictionary, DictionaryId};

/// The dictionary that a policy names.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DictionaryChoice {
    /// The one with this id among those that the encoder's builder was given.
    Id(
        #[cfg_attr(
            feature = "schemars",
            schemars(regex(pattern = "^[0-9a-f]{8}$"), with = "String")
        )]
        DictionaryId,
    ),
    /// The one in this file. When the file is called `<id>.sfdict`, its bytes must have that id.
    Path(PathBuf),
}

impl DictionaryChoice {
    /// Finds the dictionary among these, or reads it.
    pub(super) fn resolve(&self, at_hand: &[Dictionary]) -> Result<Dictionary, PolicyError> {
        match self {
            Self::Id(id) => {
                let found = at_hand.iter().find(|dictionary| dictionary.id() == id.0);
                found.cloned().ok_or_else(|| PolicyError::new("/id", among(at_hand)))
            }
            Self::Path(path) => Dictionary::open(path).map_err(|error| {
                PolicyError::new("/path", format!("the file of a dictionary; {error}"))
            }),
        }
    }

    /// A relative path leads from this folder.
    pub(super) fn lead_from(&mut self, folder: &Path) {
        if let Self::Path(path) = self {
            *path = folder.join(&path);
        }
    }
}

/// What was expected of an id that is not there.
fn among(at_hand: &[Dictionary]) -> String {
    let ids: Vec<_> =
        at_hand.iter().map(|dictionary| DictionaryId(dictionary.id()).to_string()).collect();
    match ids.as_slice() {
        [] => "the id of a dictionary at hand, and there is none".to_owned(),
        [id] => format!("the id of the dictionary at hand, {id}"),
        ids => format!("the id of a dictionary at hand, one of {}", ids.join(", ")),
    }
}
