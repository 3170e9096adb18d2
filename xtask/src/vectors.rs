//! `cargo xtask vectors`: the test vectors, written anew or compared.

use std::process::Command;

use crate::failure::Outcome;
use crate::shell;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Change nothing; fail when a file differs from what would be written
    #[arg(long)]
    check: bool,
}

/// Runs the generator over `spec/vectors` and the examples in `spec/SPEC.md`.
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
        "vectors",
    ]);
    cargo.args(["--", "spec/vectors", "spec/SPEC.md"]);
    if check {
        cargo.arg("--check");
    }
    cargo
}
