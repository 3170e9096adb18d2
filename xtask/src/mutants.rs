//! `cargo xtask mutants`: whether the tests notice when the core or the schemas do something else.

use core::fmt::{self, Write as _};
use core::hash::{Hash as _, Hasher as _};
use core::str::FromStr;
use std::hash::DefaultHasher;
use std::path::Path;

use self::ledger::{Fate, Ledger, Score};
use self::listed::Mutant;
use self::program::Tree;
use crate::failure::{Context as _, Failure, Outcome};
use crate::{bench, report, shell, workspace};

mod ledger;
mod listed;
mod program;
mod trial;
mod weave;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only this part of them, as in 3/10; every tenth, from the fourth on
    #[arg(long, value_name = "N/M")]
    shard: Option<Shard>,
    /// Only those of this package
    #[arg(long, value_name = "NAME", value_parser = PACKAGES)]
    package: Option<String>,
    /// All of them, also those that an earlier run has seen noticed
    #[arg(long)]
    anew: bool,
    /// Write what came of it to MUTANTS.md
    #[arg(long)]
    write: bool,
}

/// Every so many of them, from that one on.
#[derive(Clone, Copy)]
struct Shard {
    part: usize,
    of: usize,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/');
        let numbers = numbers.and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((part, of)) if part < of => Ok(Self { part, of }),
            _ => {
                Err("a part is a number from 0 and how many parts there are, as in 3/10".to_owned())
            }
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.of)
    }
}

/// Tests every mutant with the tests of its package, and what these do not notice with the vectors and properties.
pub(crate) fn run(options: &Options) -> Outcome {
    let mut scores = Vec::new();
    for package in PACKAGES {
        if options.package.as_deref().is_none_or(|only| only == package) {
            report::heading(package);
            scores.push((package, campaign(package, options)?));
        }
    }
    let commit = bench::commit(&[REPORT])?;
    let text = worded(&scores, options.shard, &commit);
    report::line(&text);
    if options.write {
        let path = workspace::root().join(REPORT);
        std::fs::write(&path, text).context(path.display())?;
    }
    let low = scores.iter().find(|(_, score)| score.per_mille() < LEAST);
    low.map_or(Ok(()), |(package, _)| {
        Err(Failure::new(format!("{package}: fewer mutants are caught than {LEAST} of 1000")))
    })
}

/// Goes on where an earlier run ended: what was noticed is not tested again, and what was missed is when the sources or tests are others.
fn campaign(package: &'static str, options: &Options) -> Outcome<Score> {
    let folder = workspace::target()?.join("mutants").join(package);
    if options.anew && folder.exists() {
        std::fs::remove_dir_all(&folder).context(folder.display())?;
    }
    let mut ledger = Ledger::open(folder, &state()?)?;
    let all = listed::list(package)?;
    let Shard { part, of } = options.shard.unwrap_or(Shard { part: 0, of: 1 });
    let mutants: Vec<Mutant> = all.iter().skip(part).step_by(of).cloned().collect();
    let names = || mutants.iter().map(|mutant| mutant.name.as_str());
    let mut missed = together(package, &mutants, &mut ledger)?;
    let missed_before = names().filter(|name| !ledger.knows(name) && ledger.has_missed(name));
    missed.extend(missed_before.map(str::to_owned));
    // What is left was not among them, or not where the compiler worked a function out.
    for by in [package, VECTORS] {
        let is_left = |name: &&str| !ledger.knows(name) && missed.iter().all(|it| it != name);
        let left: Vec<&str> = names().filter(is_left).collect();
        if left.is_empty() {
            break;
        }
        let others = all.iter().map(|mutant| mutant.name.as_str()).filter(|it| !left.contains(it));
        ledger.leave_out(others)?;
        one_by_one(package, by, ledger.folder())?;
        ledger.absorb()?;
    }
    let score = ledger.score(names());
    ledger.record_missed(score.missed.clone())?;
    Ok(score)
}

/// What the outcome of every test follows from: the sources, the tests and the vectors as they are, and what is left out.
fn state() -> Outcome<String> {
    let mut hasher = DefaultHasher::new();
    for file in workspace::files(&SOURCES)? {
        let path = workspace::root().join(&file);
        std::fs::read(&path).context(path.display())?.hash(&mut hasher);
        file.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Compiles them all at once, runs the tests for each of which nothing is known, and gives back those that are missed whoever compiles them.
fn together(
    package: &'static str,
    mutants: &[Mutant],
    ledger: &mut Ledger,
) -> Outcome<Vec<String>> {
    let is_known = |name: &str| ledger.knows(name) || ledger.has_missed(name);
    let unknown = (1..).zip(mutants).filter(|(_, mutant)| !is_known(&mutant.name));
    let unknown: Vec<u32> = unknown.map(|(number, _)| number).collect();
    if unknown.is_empty() {
        return Ok(Vec::new());
    }
    let name = |number: u32| {
        let at = usize::try_from(number).unwrap_or(0).wrapping_sub(1);
        mutants.get(at).map(|mutant| mutant.name.as_str()).unwrap_or_default()
    };
    let tree = Tree::copy(ledger.folder().join("tree"), package)?;
    let included = tree.weave(mutants, &unknown)?;
    for number in included.refused {
        ledger.record(name(number), Fate::Unviable)?;
    }
    let mut programs = tree.programs(package)?;
    programs.extend(tree.programs(VECTORS)?);
    let mut missed =
        trial::run(&programs, included.woven, |number, fate| ledger.record(name(number), fate))?;
    missed.retain(|number| !included.constant.contains(number));
    Ok(missed.into_iter().map(|number| name(number).to_owned()).collect())
}

/// Compiles and tests each that is not left out with the tests of that package.
fn one_by_one(package: &str, by: &str, folder: &Path) -> Outcome {
    let mut mutants = listed::command(package)?;
    mutants.args(["--test-package", by, "--all-features"]);
    // The tree is copied, and compiled beside the copy.
    mutants.env_remove("CARGO_TARGET_DIR").env("CARGO_PROFILE_TEST_DEBUG", "0");
    // One failure is enough, and nobody asks for the smallest input.
    mutants.env("PROPTEST_MAX_SHRINK_ITERS", "0");
    mutants.args(["--iterate", "--output"]).arg(folder).args(["--cargo-arg=--tests", RUNNER]);
    mutants.args(["--", "--", "-Zunstable-options", "--fail-fast"]);
    report::command(shell::words(&mutants));
    let status = mutants.status().context("cargo-mutants")?;
    // 2 and 3 say that some were missed, or hung.
    if !matches!(status.code(), Some(0 | 2 | 3)) {
        return Err(Failure::new(format!("cargo-mutants ended with {status}")));
    }
    Ok(())
}

fn worded(scores: &[(&str, Score)], shard: Option<Shard>, commit: &str) -> String {
    let mut text = format!("{HEAD}Commit {commit}.\n\n");
    if let Some(shard) = shard {
        let _ = writeln!(text, "Of all mutants only the part {shard}.\n");
    }
    text.push_str("| package | tested | caught | hung | missed | noticed | not compiled |\n");
    text.push_str("|---|---:|---:|---:|---:|---:|---:|\n");
    for (package, score) in scores {
        let Score { caught, hung, unviable, missed } = score;
        let (tested, noticed) = (score.tested(), score.per_mille());
        let _ = writeln!(
            text,
            "| `{package}` | {tested} | {caught} | {hung} | {} | {}.{} % | {unviable} |",
            missed.len(),
            noticed / 10,
            noticed % 10
        );
    }
    for (package, score) in scores.iter().filter(|(_, score)| !score.missed.is_empty()) {
        let _ = writeln!(text, "\n## Missed in `{package}`\n");
        for line in &score.missed {
            let _ = writeln!(text, "- `{line}`");
        }
    }
    text
}

const PACKAGES: [&str; 2] = ["strictframe-core", "strictframe-schema"];
const SOURCES: [&str; 5] =
    [".cargo/mutants.toml", "codec-core", "codec-schema", "fuzz", "spec/vectors"];
/// The package whose tests are the vectors and properties.
const VECTORS: &str = "strictframe-fuzz";
/// Starts test programs so that libtest takes flags which are not stable.
const RUNNER: &str = "--cargo-arg=--config=target.'cfg(all())'.runner=['env','RUSTC_BOOTSTRAP=1']";
const REPORT: &str = "MUTANTS.md";
/// Of a thousand mutants.
const LEAST: u64 = 950;
const HEAD: &str = "# Mutants

Written by `cargo xtask mutants --write`: every function of the packages is made to do something else, one change at a time, and the tests must notice. The changes are those of cargo-mutants; all of them are compiled at once, and the tests are started with each. They are those of the package, and the vectors and properties of `fuzz/`, but for what takes over five seconds and what counts allocations. What cannot be among them, as in functions that the compiler works out, is compiled and tested on its own by cargo-mutants. What can be no different is left out in `.cargo/mutants.toml`, with its reason.

";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hangs_is_noticed_and_what_does_not_compile_is_not_counted() {
        let missed = vec!["codec-core/src/a.rs:1:2: replace + with - in b".to_owned()];
        let score = Score { caught: 18, hung: 1, unviable: 7, missed };
        assert_eq!((score.tested(), score.per_mille()), (20, 950));
        let text =
            worded(&[("strictframe-core", score)], Some(Shard { part: 0, of: 10 }), "c0ffee");
        assert!(text.contains("only the part 0/10"));
        assert!(text.contains("| `strictframe-core` | 20 | 18 | 1 | 1 | 95.0 % | 7 |\n"), "{text}");
        assert!(text.ends_with("- `codec-core/src/a.rs:1:2: replace + with - in b`\n"));
        assert_eq!(Score::default().per_mille(), 1000);
    }

    #[test]
    fn a_part_is_one_of_so_many() {
        let shown = |text: &str| text.parse::<Shard>().map(|shard| shard.to_string()).ok();
        assert_eq!(shown("3/10").as_deref(), Some("3/10"));
        for wrong in ["10/10", "0/0", "-1/3", "3", "/", "a/b"] {
            assert_eq!(shown(wrong), None, "{wrong}");
        }
    }
}
