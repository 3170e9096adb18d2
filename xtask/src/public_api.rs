//! `cargo xtask public-api`: the public interface of every published library, written anew or compared.

use std::process::Command;

use crate::failure::Outcome;
use crate::{generated, shell, workspace};

/// Writes `public-api.txt` of every library, or says what differs.
pub(crate) fn run(options: &generated::Options) -> Outcome {
    shell::run(&mut command(options.check))
}

/// The command line.
pub(crate) fn command(check: bool) -> Command {
    let mut cargo = shell::cargo();
    cargo.args(["run", "--quiet", "--locked", "--package", PACKAGE]);
    if check {
        cargo.args(["--", "--check"]);
    }
    cargo
}

/// Compiles the program alone.
pub(crate) fn build() -> Outcome {
    shell::run(shell::cargo().args(["build", "--quiet", "--locked", "--package", PACKAGE]))
}

/// Has that cargo call the program in place of rustdoc, which then may do what only a nightly one does.
pub(crate) fn pose_as_rustdoc(cargo: &mut Command) -> Outcome {
    let program = workspace::target()?.join("debug").join(PACKAGE);
    let rustdoc = std::env::var_os("RUSTDOC").unwrap_or_else(|| "rustdoc".into());
    cargo.env("RUSTDOC", program).env("STRICTFRAME_RUSTDOC", rustdoc);
    Ok(())
}

const PACKAGE: &str = "strictframe-public-api";
