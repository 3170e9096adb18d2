//! `cargo xtask prove`: the damage campaign over every vector.

use std::ffi::OsString;
use std::process::Command;

use crate::failure::Outcome;
use crate::shell;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Handed to the campaign as they are; `--sample` is the run of under three minutes
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Builds the campaign with optimisation and runs it.
pub(crate) fn run(options: &Options) -> Outcome {
    shell::run(command().args(&options.arguments))
}

/// The campaign's command line, ready for its arguments.
pub(crate) fn command() -> Command {
    let mut cargo = shell::cargo();
    cargo.args(["run", "--quiet", "--release", "--package", "strictframe-fuzz", "--bin", "prove"]);
    cargo.arg("--");
    cargo
}
