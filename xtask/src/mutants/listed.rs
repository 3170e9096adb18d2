//! The mutants as cargo-mutants lists them.

use std::process::Command;

use serde::Deserialize;

use crate::failure::{Context as _, Outcome};
use crate::shell;

/// One change of one place.
#[derive(Deserialize)]
pub(super) struct Mutant {
    /// Its place and what is changed: the same in every list of the same source.
    pub(super) name: String,
    /// From the root of the workspace.
    pub(super) file: String,
    pub(super) span: Span,
    /// What stands there instead.
    pub(super) replacement: String,
}

/// What is replaced: from the first place to before the second.
#[derive(Clone, Copy, Deserialize)]
pub(super) struct Span {
    pub(super) start: Place,
    pub(super) end: Place,
}

/// Both count from 1, columns in characters.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Those that the command is about.
pub(super) fn list(command: &mut Command) -> Outcome<Vec<Mutant>> {
    let text = shell::stdout_of(command.args(["--list", "--json"]))?;
    serde_json::from_str(&text).context("reading the list of cargo-mutants")
}
