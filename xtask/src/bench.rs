//! `cargo xtask bench`: what everything costs, and the gate that keeps it from costing more.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::failure::{Context as _, Failure, Outcome};
use crate::{report, shell, workspace};

mod baseline;
mod facts;
mod gate;
mod sections;

pub(crate) use facts::{commit, machine};
pub(crate) use gate::{check, valgrind_is_there};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only compares instructions, allocations and sizes with benches/baseline.json
    #[arg(long, conflicts_with_all = ["quick", "all", "renew"])]
    gate: bool,
    /// Writes benches/baseline.json anew, from this machine and compiler
    #[arg(long, conflicts_with_all = ["quick", "all"])]
    renew: bool,
    /// Fewer and shorter rounds, for a look; the results go below target/ instead of benches/
    #[arg(long)]
    quick: bool,
    /// Measures the formats of others (benches/peers), the adapter (with a broker), and Node and Chromium as well
    #[arg(long)]
    all: bool,
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
    let quick = options.quick.then_some("--quick");
    let folder = if options.quick {
        workspace::target()?.join("bench")
    } else {
        workspace::root().join("benches")
    };
    std::fs::create_dir_all(&folder).context("making the folder of the results")?;
    let facts = facts::gather()?;
    let backends = backends(quick)?;
    let sections = if options.all { sections::measure(quick)? } else { Vec::new() };
    let strictframe = build_of("strictframe-cli", "strictframe", &[])?;
    let mut compare = Command::new(build("compare", &[])?);
    compare.current_dir(workspace::root()).args(quick).arg("--output").arg(&folder);
    compare.arg("--strictframe").arg(strictframe);
    for (name, value) in facts {
        compare.args(["--fact", &name, &value]);
    }
    for (operation, backend, spread) in backends {
        compare.args(["--backend", &operation, backend, &spread]);
    }
    for section in &sections {
        compare.arg("--section").arg(section.title).arg(&section.file);
    }
    report::line("what is promised, measured in turns");
    shell::run(&mut compare)?;
    report::line(format_args!("written: {}", folder.join("RESULTS.md").display()));
    Ok(())
}

/// Each checksum backend in a build of its own, the programs run in turns: operation, backend, and the spread of the run in the middle.
fn backends(quick: Option<&str>) -> Outcome<Vec<(String, &'static str, String)>> {
    let mut programs = Vec::new();
    for backend in ["crc-fast,crc-lanes", "crc-fast", "crc32c"] {
        let built = build("backend", &["--no-default-features", "--features", backend])?;
        let program = built.with_file_name(format!("backend-{backend}"));
        std::fs::copy(&built, &program).context("keeping a program")?;
        programs.push((backend, program, Vec::new()));
    }
    for _ in 0..RUNS {
        for (_, program, runs) in &mut programs {
            let printed = shell::stdout_of(Command::new(program).args(quick))?;
            let spreads: Value = serde_json::from_str(&printed).context("what it printed")?;
            runs.push(spreads);
        }
    }
    let mut spreads = Vec::new();
    for (backend, _, runs) in &programs {
        let first = runs.first().and_then(Value::as_object).into_iter().flatten();
        for (operation, _) in first {
            let of = |run: &Value| run.get(operation)?.get("median")?.as_f64();
            let mut ordered: Vec<&Value> = runs.iter().collect();
            ordered.sort_by(|a, b| of(a).unwrap_or(0.0).total_cmp(&of(b).unwrap_or(0.0)));
            let middle = ordered.get(RUNS / 2).and_then(|run| run.get(operation));
            let middle = middle.ok_or_else(|| Failure::new("a run printed too little"))?;
            spreads.push((operation.clone(), *backend, middle.to_string()));
        }
    }
    spreads.sort_by(|(a, ..), (b, ..)| a.cmp(b));
    Ok(spreads)
}

/// Builds a program of the benches as Criterion would, and says where it is.
fn build(program: &str, features: &[&str]) -> Outcome<PathBuf> {
    build_of("strictframe-benches", program, features)
}

fn build_of(package: &str, program: &str, features: &[&str]) -> Outcome<PathBuf> {
    let mut cargo = shell::cargo();
    cargo.args(["build", "--quiet", "--locked", "--profile", "bench"]);
    cargo.args(["--package", package, "--bin", program]).args(features);
    report::command(shell::words(&cargo));
    shell::run(&mut cargo)?;
    // The profile `bench` builds where `release` does.
    Ok(workspace::target()?.join("release").join(Path::new(program)))
}

/// So often each backend is run; odd, so that one run is in the middle.
const RUNS: usize = 3;
