//! `cargo xtask deny`: licences, sources and banned crates, by cargo-deny and `deny.toml`.

use std::process::Command;

use crate::failure::Outcome;
use crate::shell;
use crate::tool::Tool;

/// Checks the dependency tree.
pub(crate) fn run() -> Outcome {
    shell::run(&mut check()?)
}

/// The command that checks, with its program at hand.
pub(crate) fn check() -> Outcome<Command> {
    let mut command = DENY.command()?;
    // Advisories need a database that is not in a package registry, so they are not asked for here.
    command.args(["--all-features", "--locked", "check", "--hide-inclusion-graph"]);
    command.args(["bans", "licenses", "sources"]);
    Ok(command)
}

/// The version `deny.toml` is written for.
const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };
