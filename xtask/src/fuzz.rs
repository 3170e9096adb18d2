//! `cargo xtask fuzz`: the properties under libFuzzer, from the bytes of the vectors on, and the log of what came of it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Context as _, Failure, Outcome, ensure};
use crate::{bench, debian, report, shell, workspace};

mod said;

use self::said::Said;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// One target; without it all of them, one after another
    target: Option<String>,
    /// How long a target runs
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// Afterwards keeps in fuzz/corpus what reaches something that the bytes of the vectors do not
    #[arg(long)]
    minimise: bool,
}

/// Builds and runs targets, each until its time is over or something is found, and writes a line of the log for each.
pub(crate) fn run(options: &Options) -> Outcome {
    let fuzzer = Fuzzer::build()?;
    let wanted: Vec<&String> = match &options.target {
        None => fuzzer.targets.iter().collect(),
        Some(name) if fuzzer.targets.contains(name) => vec![name],
        Some(name) => {
            let names = fuzzer.targets.join(", ");
            return Err(Failure::new(format!("there is no target {name}; there are {names}")));
        }
    };
    let commit = bench::commit(&[LOG, CORPUS])?.replace(',', "");
    let mut found = Vec::new();
    for target in wanted {
        let said = fuzzer.run(target, options.seconds)?;
        log(&said.line(&commit, target))?;
        if !said.is_clean {
            found.push(target.as_str());
        } else if options.minimise {
            fuzzer.minimise(target)?;
        }
    }
    ensure(found.is_empty(), || format!("something was found in {}", found.join(", ")))
}

/// Every target for a moment, without a line in the log; for `cargo xtask test`.
pub(crate) fn glance(seconds: u32) -> Outcome {
    let fuzzer = Fuzzer::build()?;
    let mut found = Vec::new();
    for target in &fuzzer.targets {
        if !fuzzer.run(target, seconds)?.is_clean {
            found.push(target.as_str());
        }
    }
    ensure(found.is_empty(), || format!("something was found in {}", found.join(", ")))
}

/// The programs of the targets, and where they keep what they find.
struct Fuzzer {
    targets: Vec<String>,
    programs: PathBuf,
    folder: PathBuf,
}

impl Fuzzer {
    fn build() -> Outcome<Self> {
        ensure(has_compiler(), || {
            "there is no C++ compiler for libFuzzer: apt-get install g++".to_owned()
        })?;
        let folder = workspace::target()?.join("fuzz");
        let build = folder.join("build");
        let mut rustc = Command::new(std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned()));
        let version = shell::stdout_of(rustc.arg("-vV"))?;
        let host = version.lines().find_map(|line| line.strip_prefix("host: "));
        let host = host.ok_or_else(|| Failure::new("rustc names no host"))?;
        let mut cargo = shell::cargo();
        // With a target of its own, so that build scripts and macros are compiled as ever.
        cargo.args(["build", "--quiet", "--locked", "--release", "--target", host]);
        cargo
            .args(["--manifest-path", &format!("{FOLDER}/Cargo.toml"), "--target-dir"])
            .arg(&build);
        cargo.env("RUSTFLAGS", FLAGS.join(" "));
        report::command(shell::words(&cargo));
        shell::run(&mut cargo)?;
        let programs = build.join(host).join("release");
        Ok(Self { targets: targets()?, programs, folder })
    }

    /// From the vectors, what was kept, and what was found in earlier runs here.
    fn run(&self, target: &str, seconds: u32) -> Outcome<Said> {
        let (seeds, corpus) = (self.seeds(target)?, self.corpus(target)?);
        let mut program = self.program(target);
        program.args([&corpus, &seeds]).args(kept(target));
        program.args([&format!("-max_total_time={seconds}"), "-timeout=20", "-rss_limit_mb=4096"]);
        program.arg(format!("-artifact_prefix={}/", self.folder.join(target).display()));
        fs::create_dir_all(self.folder.join(target)).context("making the folder of findings")?;
        program.arg("-print_final_stats=1");
        report::command(shell::words(&program));
        let output = program.output().context(format_args!("starting {target}"))?;
        let text = String::from_utf8_lossy(&output.stderr);
        let said = Said::read(&text, seconds, output.status.success());
        report::line(format_args!("{target}: {said}"));
        if !said.is_clean {
            report::line(&text);
        }
        Ok(said)
    }

    /// What reaches something that the vectors and what was kept before do not.
    fn minimise(&self, target: &str) -> Outcome {
        let merged = self.folder.join("merged").join(target);
        if merged.exists() {
            fs::remove_dir_all(&merged).context("clearing a folder")?;
        }
        fs::create_dir_all(&merged).context("making a folder")?;
        let seeds = self.seeds(target)?;
        for seed in files(&seeds)? {
            let name = seed.file_name().unwrap_or_default();
            fs::copy(&seed, merged.join(format!("seed-{}", name.to_string_lossy())))
                .context("copying a seed")?;
        }
        let mut program = self.program(target);
        program.args(["-merge=1", &format!("-max_len={LONGEST_KEPT}")]).arg(&merged);
        program.args(kept(target)).arg(self.corpus(target)?);
        let output = program.output().context(format_args!("starting {target}"))?;
        ensure(output.status.success(), || String::from_utf8_lossy(&output.stderr).into_owned())?;
        let folder = workspace::root().join(CORPUS).join(target);
        if folder.exists() {
            fs::remove_dir_all(&folder).context("clearing the corpus")?;
        }
        let is_new = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let len = path.metadata().map_or(u64::MAX, |metadata| metadata.len());
            !name.starts_with("seed-") && len <= LONGEST_KEPT
        };
        let mut new: Vec<PathBuf> = files(&merged)?.into_iter().filter(is_new).collect();
        // The short ones first; what is left out is found again.
        new.sort_by_key(|path| {
            (path.metadata().map_or(u64::MAX, |metadata| metadata.len()), path.clone())
        });
        new.truncate(MOST_KEPT);
        if new.is_empty() {
            return Ok(());
        }
        fs::create_dir_all(&folder).context("making the folder of the corpus")?;
        for path in new {
            fs::copy(&path, folder.join(path.file_name().unwrap_or_default()))
                .context("keeping an input")?;
        }
        Ok(())
    }

    fn program(&self, target: &str) -> Command {
        let mut program = Command::new(self.programs.join(target));
        program.current_dir(workspace::root());
        program
    }

    fn corpus(&self, target: &str) -> Outcome<PathBuf> {
        let corpus = self.folder.join("corpus").join(target);
        fs::create_dir_all(&corpus).context("making the folder of the corpus")?;
        Ok(corpus)
    }

    /// The bytes that the target makes of the vectors, in a folder.
    fn seeds(&self, target: &str) -> Outcome<PathBuf> {
        let seeds = self.folder.join("seeds").join(target);
        let mut cargo = shell::cargo();
        // As the damage campaign is built.
        cargo.args(["run", "--quiet", "--locked", "--release", "--package", "strictframe-fuzz"]);
        shell::run(cargo.args(["--bin", "seeds", "--", target]).arg(&seeds))?;
        Ok(seeds)
    }
}

/// Whether libFuzzer can be compiled.
pub(crate) fn has_compiler() -> bool {
    let compiler = std::env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
    debian::is_there(&["g++"], || debian::runs(&compiler))
}

/// Their names, from the manifest.
fn targets() -> Outcome<Vec<String>> {
    let manifest = workspace::root().join(FOLDER).join("Cargo.toml");
    let manifest = fs::read_to_string(manifest).context("reading the manifest of the targets")?;
    let named =
        |line: &str| Some(line.strip_prefix("path = \"")?.strip_suffix(".rs\"")?.to_owned());
    Ok(manifest.lines().filter_map(named).collect())
}

/// What is committed of the corpus, where anything is.
fn kept(target: &str) -> Option<PathBuf> {
    let folder = workspace::root().join(CORPUS).join(target);
    folder.is_dir().then_some(folder)
}

fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).context("listing a folder")? {
        files.push(entry.context("listing a folder")?.path());
    }
    files.sort();
    Ok(files)
}

/// Appends a line to the log.
fn log(line: &str) -> Outcome {
    let path = workspace::root().join(LOG);
    let is_new = !path.exists();
    let mut file =
        fs::OpenOptions::new().create(true).append(true).open(path).context("opening the log")?;
    let heading = if is_new { said::HEADING } else { "" };
    writeln!(file, "{heading}{line}").context("writing the log")
}

/// The workspace of the targets.
pub(crate) const FOLDER: &str = "fuzz/targets";
const LOG: &str = "fuzz/LOG.csv";
const CORPUS: &str = "fuzz/corpus";
/// What cargo-fuzz passes without a sanitizer, all of which a stable compiler takes: there is no `unsafe` here that one would watch.
const FLAGS: [&str; 9] = [
    "--cfg fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "-Cdebug-assertions",
    "-Ccodegen-units=1",
];
/// Bytes of an input that is committed.
const LONGEST_KEPT: u64 = 2048;
/// Inputs of a target that are committed.
const MOST_KEPT: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_targets_are_those_of_the_manifest() {
        let targets = targets().unwrap();
        assert!(targets.len() >= 25 && targets.is_sorted(), "{targets:?}");
        assert!(targets.contains(&"frame".to_owned()));
    }
}
