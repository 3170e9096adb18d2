//! `cargo xtask mutants`: whether the tests notice when the core or the schemas do something else, by cargo-mutants.

use core::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::failure::{Context as _, Failure, Outcome};
use crate::tool::Tool;
use crate::{report, shell, workspace};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only this part of them, as in 3/10; every tenth, from the fourth on
    #[arg(long, value_name = "N/M")]
    shard: Option<String>,
    /// Only those of this package
    #[arg(long, value_name = "NAME", value_parser = PACKAGES)]
    package: Option<String>,
    /// Write what came of it to MUTANTS.md
    #[arg(long)]
    write: bool,
}

/// What became of the mutants of a package.
#[derive(Default)]
struct Score {
    caught: u64,
    /// Tests did not come to an end, and were ended.
    hung: u64,
    /// The compiler refused them.
    unviable: u64,
    missed: Vec<String>,
}

/// Tests every mutant with the tests of its package, and what these do not notice with the vectors and properties.
pub(crate) fn run(options: &Options) -> Outcome {
    let mut scores = Vec::new();
    for package in PACKAGES {
        if options.package.as_deref().is_none_or(|only| only == package) {
            report::heading(package);
            scores.push((package, campaign(package, options.shard.as_deref())?));
        }
    }
    let text = worded(&scores, options.shard.as_deref());
    report::line(&text);
    if options.write {
        let path = workspace::root().join("MUTANTS.md");
        std::fs::write(&path, text).context(path.display())?;
    }
    let low = scores.iter().find(|(_, score)| score.per_mille() < LEAST);
    low.map_or(Ok(()), |(package, _)| {
        Err(Failure::new(format!("{package}: fewer mutants are caught than {LEAST} of 1000")))
    })
}

fn campaign(package: &str, shard: Option<&str>) -> Outcome<Score> {
    let out = workspace::target()?.join("mutants").join(package);
    if out.exists() {
        std::fs::remove_dir_all(&out).context(out.display())?;
    }
    std::fs::create_dir_all(&out).context(out.display())?;
    let mut score = test(package, shard, &out, package, &["--lib", "--tests"])?;
    if !score.missed.is_empty() {
        let others = test(package, shard, &out, "strictframe-fuzz", &["--tests"])?;
        score.caught += others.caught;
        score.hung += others.hung;
        score.missed = others.missed;
    }
    Ok(score)
}

/// Tests what was not caught before with the tests of that package.
fn test(
    package: &str,
    shard: Option<&str>,
    out: &Path,
    by: &str,
    tests: &[&str],
) -> Outcome<Score> {
    let mut mutants = MUTANTS.command()?;
    // The tree is copied, and compiled beside the copy.
    mutants.env_remove("CARGO_TARGET_DIR").env("CARGO_PROFILE_TEST_DEBUG", "0");
    mutants.args(["mutants", "--package", package, "--test-package", by, "--all-features"]);
    mutants.args(["--iterate", "--sharding", "round-robin", "--output"]).arg(out);
    mutants.args(shard.iter().flat_map(|shard| ["--shard", shard]));
    mutants.arg("--").args(tests);
    report::command(shell::words(&mutants));
    let status = mutants.status().context("cargo-mutants")?;
    // 2 and 3 say that some were missed, or hung.
    if !matches!(status.code(), Some(0 | 2 | 3)) {
        return Err(Failure::new(format!("cargo-mutants ended with {status}")));
    }
    read(&out.join("mutants.out"))
}

fn read(out: &Path) -> Outcome<Score> {
    let text = |name: &str| {
        let path: PathBuf = out.join(name);
        std::fs::read_to_string(&path).context(path.display())
    };
    let outcomes: Value = serde_json::from_str(&text("outcomes.json")?).context("outcomes.json")?;
    let count = |name: &str| outcomes[name].as_u64().unwrap_or_default();
    let missed = text("missed.txt")?.lines().map(str::to_owned).collect();
    Ok(Score {
        caught: count("caught"),
        hung: count("timeout"),
        unviable: count("unviable"),
        missed,
    })
}

impl Score {
    fn tested(&self) -> u64 {
        self.caught + self.hung + u64::try_from(self.missed.len()).unwrap_or(u64::MAX)
    }

    /// How many of a thousand were noticed.
    fn per_mille(&self) -> u64 {
        ((self.caught + self.hung) * 1000).checked_div(self.tested()).unwrap_or(1000)
    }
}

fn worded(scores: &[(&str, Score)], shard: Option<&str>) -> String {
    let mut text = String::from(HEAD);
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
const MUTANTS: Tool = Tool { name: "cargo-mutants", version: "27.1.0" };
/// Of a thousand mutants.
const LEAST: u64 = 950;
const HEAD: &str = "# Mutants

Written by `cargo xtask mutants --write`: every function of the packages is made to do something else, one change at a time (cargo-mutants), and the tests must notice. They are those of the package, and for what these miss the vectors and properties of `fuzz/`. What can be no different is left out in `.cargo/mutants.toml`, with its reason.

";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hangs_is_noticed_and_what_does_not_compile_is_not_counted() {
        let missed = vec!["codec-core/src/a.rs:1:2: replace + with - in b".to_owned()];
        let score = Score { caught: 18, hung: 1, unviable: 7, missed };
        assert_eq!((score.tested(), score.per_mille()), (20, 950));
        let text = worded(&[("strictframe-core", score)], Some("0/10"));
        assert!(text.contains("only the part 0/10"));
        assert!(text.contains("| `strictframe-core` | 20 | 18 | 1 | 1 | 95.0 % | 7 |\n"), "{text}");
        assert!(text.ends_with("- `codec-core/src/a.rs:1:2: replace + with - in b`\n"));
        assert_eq!(Score::default().per_mille(), 1000);
    }

    #[test]
    fn what_cargo_mutants_writes_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let text = r#"{"outcomes": [], "caught": 3, "missed": 1, "timeout": 2, "unviable": 4}"#;
        std::fs::write(folder.path().join("outcomes.json"), text).unwrap();
        std::fs::write(folder.path().join("missed.txt"), "a.rs:1:1: b\n").unwrap();
        let score = read(folder.path()).unwrap();
        assert_eq!((score.caught, score.hung, score.unviable), (3, 2, 4));
        assert_eq!(score.missed, ["a.rs:1:1: b"]);
    }
}
