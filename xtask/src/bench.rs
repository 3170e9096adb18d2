//! `cargo xtask bench`: what everything costs, and the gate that keeps it from costing more.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::Outcome;
use crate::{report, shell, workspace};

mod baseline;
mod gate;

pub(crate) use gate::{check, valgrind_is_there};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only compares instructions, allocations and sizes with benches/baseline.json
    #[arg(long, conflicts_with_all = ["quick", "peers", "renew"])]
    gate: bool,
    /// Writes benches/baseline.json anew, from this machine and compiler
    #[arg(long, conflicts_with_all = ["quick", "peers"])]
    renew: bool,
    /// Fewer and shorter rounds, for a look; writes nothing
    #[arg(long)]
    quick: bool,
    /// Races the peers of benches/peers as well
    #[arg(long)]
    peers: bool,
}

/// Compares with the baseline, renews it, or measures everything and writes the results.
pub(crate) fn run(options: &Options) -> Outcome {
    if options.gate {
        return check();
    }
    if options.renew {
        return gate::renew();
    }
    measure(options)
}

fn measure(options: &Options) -> Outcome {
    let mut arguments = Vec::new();
    if options.quick {
        arguments.push("--quick".to_owned());
    }
    let mut compare = Command::new(build("compare", &[])?);
    compare.current_dir(workspace::root()).args(arguments);
    report::command(shell::words(&compare));
    shell::run(&mut compare)
}

/// Builds a program of the benches as Criterion would, and says where it is.
fn build(program: &str, features: &[&str]) -> Outcome<PathBuf> {
    let mut cargo = shell::cargo();
    cargo.args(["build", "--quiet", "--locked", "--profile", "bench"]);
    cargo.args(["--package", "strictframe-benches", "--bin", program]).args(features);
    report::command(shell::words(&cargo));
    shell::run(&mut cargo)?;
    // The profile `bench` builds where `release` does.
    Ok(workspace::target()?.join("release").join(program))
}
