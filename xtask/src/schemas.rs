//! `cargo xtask schemas`: the JSON Schemas of configuration files, written anew or compared.

use std::process::Command;

use crate::failure::Outcome;
use crate::shell;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Change nothing; fail when a file differs from what would be written
    #[arg(long)]
    check: bool,
}

/// Runs the generator over `spec/schema`.
pub(crate) fn run(options: &Options) -> Outcome {
    shell::run(&mut command(options.check))
}

/// The generator's command line.
pub(crate) fn command(check: bool) -> Command {
    let mut cargo = shell::cargo();
    cargo.args([
        "run",
        "--quiet",
        "--release",
        "--package",
        "strictframe-fuzz",
        "--bin",
        "schemas",
    ]);
    cargo.args(["--", "spec/schema"]);
    if check {
        cargo.arg("--check");
    }
    cargo
}
