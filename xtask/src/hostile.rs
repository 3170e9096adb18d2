//! `cargo xtask hostile`: memory and time of everything that takes bytes from strangers.

use std::ffi::OsString;
use std::process::Command;

use crate::failure::Outcome;
use crate::shell;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Handed on as they are: `--sample` takes under half a minute, `--inputs NUMBER` that many random ones, `--write` puts the table into spec/SECURITY.md
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Builds the program with optimisation and runs it.
pub(crate) fn run(options: &Options) -> Outcome {
    shell::run(command().args(&options.arguments))
}

/// Its command line, ready for arguments.
pub(crate) fn command() -> Command {
    let mut cargo = shell::cargo();
    cargo.args(["run", "--quiet", "--release", "--package", "strictframe-fuzz", "--bin"]);
    cargo.args(["hostile", "--"]);
    cargo
}
