//! `cargo xtask fuzz`: the properties under libFuzzer, from the bytes of the vectors on.

use std::path::Path;
use std::process::Command;

use crate::failure::{Context as _, Failure, Outcome, ensure};
use crate::{report, shell, workspace};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// One target; without it all of them, one after another
    target: Option<String>,
    /// How long a target runs
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
}

/// Builds and runs targets, each until its time is over or something is found.
pub(crate) fn run(options: &Options) -> Outcome {
    tools_are_there()?;
    let listed = shell::stdout_of(&mut cargo_fuzz("list"))?;
    let targets: Vec<&str> = listed.split_whitespace().collect();
    let wanted = match &options.target {
        None => targets,
        Some(name) if targets.contains(&name.as_str()) => vec![name.as_str()],
        Some(name) => {
            let names = targets.join(", ");
            return Err(Failure::new(format!("there is no target {name}; there are {names}")));
        }
    };
    let folder = workspace::target()?.join("fuzz");
    for target in wanted {
        one(target, options.seconds, &folder)?;
    }
    Ok(())
}

fn one(target: &str, seconds: u32, folder: &Path) -> Outcome {
    let (seeds, corpus) = (folder.join("seeds").join(target), folder.join("corpus").join(target));
    let mut cargo = shell::cargo();
    cargo.args(["run", "--quiet", "--locked", "--package", "strictframe-fuzz", "--bin", "seeds"]);
    shell::run(cargo.arg("--").arg(target).arg(&seeds))?;
    std::fs::create_dir_all(&corpus).context("making the folder of the corpus")?;
    let mut cargo = cargo_fuzz("run");
    cargo.arg("--target-dir").arg(folder.join("build")).arg(target).arg(corpus).arg(seeds);
    cargo.args([
        "--",
        &format!("-max_total_time={seconds}"),
        "-timeout=20",
        "-print_final_stats=1",
    ]);
    report::command(shell::words(&cargo));
    shell::run(&mut cargo)
}

/// The subcommand of cargo-fuzz; its sanitizers are not for the stable compiler, unless it is told that they are.
fn cargo_fuzz(subcommand: &str) -> Command {
    let mut cargo = shell::cargo();
    cargo.env("RUSTC_BOOTSTRAP", "1").args(["fuzz", subcommand, "--fuzz-dir", FOLDER]);
    cargo
}

/// Nothing is installed here: the programs are large, and nobody needs them for anything else.
fn tools_are_there() -> Outcome {
    let runs = |command: &mut Command| {
        let output = command.arg("--version").output();
        output.is_ok_and(|output| output.status.success())
    };
    ensure(runs(shell::cargo().arg("fuzz")), || {
        "there is no cargo-fuzz: cargo install cargo-fuzz --locked".to_owned()
    })?;
    let compiler = std::env::var_os("CXX").unwrap_or_else(|| "c++".into());
    ensure(runs(&mut Command::new(compiler)), || {
        "there is no C++ compiler for libFuzzer: apt-get install g++".to_owned()
    })
}

/// The workspace of the targets.
pub(crate) const FOLDER: &str = "fuzz/targets";
