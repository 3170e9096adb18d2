//! `cargo xtask vectors` and `cargo xtask schemas`: generated files, written anew or compared.

use std::process::Command;

use crate::failure::Outcome;
use crate::shell;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Change nothing; fail when a file differs from what would be written
    #[arg(long)]
    pub(crate) check: bool,
}

/// A program of the package `strictframe-fuzz`, and what it writes.
pub(crate) struct Generator {
    program: &'static str,
    writes: &'static [&'static str],
}

/// The JSON Schemas of configuration files.
pub(crate) const SCHEMAS: Generator = Generator { program: "schemas", writes: &["spec/schema"] };
/// The test vectors, and the generated parts of the specification.
pub(crate) const VECTORS: Generator =
    Generator { program: "vectors", writes: &["spec/vectors", "spec/SPEC.md"] };

impl Generator {
    /// Runs it.
    pub(crate) fn run(&self, options: &Options) -> Outcome {
        shell::run(&mut self.command(options.check))
    }

    /// Its command line.
    pub(crate) fn command(&self, check: bool) -> Command {
        let mut cargo = shell::cargo();
        cargo.args(["run", "--quiet", "--release", "--package", "strictframe-fuzz", "--bin"]);
        cargo.args([self.program, "--"]).args(self.writes);
        if check {
            cargo.arg("--check");
        }
        cargo
    }
}
