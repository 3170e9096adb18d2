//! The mutants as cargo-mutants lists them.

use std::process::Command;

use serde::Deserialize;

use crate::failure::{Context as _, Outcome};
use crate::shell;
use crate::tool::Tool;

/// One change of one place.
#[derive(Clone, Deserialize)]
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

/// All of a package, but for what is left out in `.cargo/mutants.toml`.
pub(super) fn list(package: &str) -> Outcome<Vec<Mutant>> {
    let text = shell::stdout_of(command(package)?.args(["--list", "--json"]))?;
    serde_json::from_str(&text).context("reading the list of cargo-mutants")
}

/// About the mutants of a package.
pub(super) fn command(package: &str) -> Outcome<Command> {
    let mut mutants = MUTANTS.command()?;
    mutants.args(["mutants", "--package", package]);
    Ok(mutants)
}

const MUTANTS: Tool = Tool { name: "cargo-mutants", version: "27.1.0" };
