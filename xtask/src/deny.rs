//! `cargo xtask deny`: licences, sources and banned crates, by cargo-deny and `deny.toml`.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::{Context as _, Outcome};
use crate::{report, shell, workspace};

/// Checks the dependency tree; installs cargo-deny below the target folder when it is missing.
pub(crate) fn run() -> Outcome {
    shell::run(&mut check()?)
}

/// The command that checks, with its program at hand.
pub(crate) fn check() -> Outcome<Command> {
    let mut command = Command::new(program()?);
    command.current_dir(workspace::root());
    // Advisories need a database that is not in a package registry, so they are not asked for here.
    command.args(["--all-features", "--locked", "check", "--hide-inclusion-graph"]);
    command.args(["bans", "licenses", "sources"]);
    Ok(command)
}

fn program() -> Outcome<PathBuf> {
    let tools = workspace::target()?.join("tools");
    let installed = tools.join("bin").join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX));
    if installed.is_file() {
        return Ok(installed);
    }
    let found = Command::new("cargo-deny").arg("--version").output();
    if found.is_ok_and(|output| output.status.success()) {
        return Ok(PathBuf::from("cargo-deny"));
    }
    report::line(format_args!("installing cargo-deny {VERSION} below {}", tools.display()));
    let mut cargo = shell::cargo();
    // Unoptimised: building it is what takes time, it runs for a second.
    cargo.args(["install", "--quiet", "--locked", "--debug", "--version", VERSION, "cargo-deny"]);
    cargo.arg("--root").arg(&tools);
    shell::run(&mut cargo).context("installing cargo-deny")?;
    Ok(installed)
}

/// The version `deny.toml` is written for.
const VERSION: &str = "0.20.2";
