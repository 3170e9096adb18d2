//! `cargo xtask prove`: the damage campaign over every vector, the same damage to the formats of others, and the report of both.

use std::process::Command;

use serde_json::Value;

use crate::failure::{Context as _, Failure, Outcome};
use crate::{bench, report, shell, workspace};

mod peers;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// A slice of under three minutes, which writes no report
    #[arg(long, conflicts_with = "peers")]
    sample: bool,
    /// Where the random choices begin
    #[arg(long)]
    seed: Option<u64>,
    /// From the beginning, whatever was done before
    #[arg(long, conflicts_with_all = ["sample", "peers"])]
    anew: bool,
    /// Damages the formats of others instead
    #[arg(long)]
    peers: bool,
}

/// Builds a campaign with optimisation, runs it, and writes its part of the report.
pub(crate) fn run(options: &Options) -> Outcome {
    let seed = options.seed.map(|seed| ["--seed".to_owned(), seed.to_string()]);
    let seed = seed.into_iter().flatten();
    if options.sample {
        return shell::run(command().arg("--sample").args(seed));
    }
    let folder = workspace::target()?.join("prove");
    std::fs::create_dir_all(&folder).context("making the folder of the campaign")?;
    // Before the run: what is changed while it goes on is not what it shows.
    let facts = facts()?;
    if options.peers {
        let told = peers::measure(&folder, seed)?;
        put(REPORT, "peers", &format!("{facts}{}", peers::markdown(&told)?))?;
        return put("README.md", "damage", &peers::sentence(&told)?);
    }
    let (record, table) = (folder.join("record.json"), folder.join("table.md"));
    if options.anew && record.exists() {
        std::fs::remove_file(&record).context("forgetting what was done")?;
    }
    let mut campaign = command();
    campaign.args(seed).arg("--record").arg(record).arg("--report").arg(&table);
    shell::run(&mut campaign)?;
    let table = std::fs::read_to_string(table).context("reading the table")?;
    put(REPORT, "campaign", &format!("{facts}{table}"))
}

/// The campaign's command line, ready for its arguments.
pub(crate) fn command() -> Command {
    let mut cargo = shell::cargo();
    cargo.args(["run", "--quiet", "--release", "--package", "strictframe-fuzz", "--bin", "prove"]);
    cargo.arg("--");
    cargo
}

/// Where and of what.
fn facts() -> Outcome<String> {
    let commit = bench::commit(&[REPORT, "README.md"])?;
    Ok(format!("Commit {commit}; {}.\n\n", bench::machine()))
}

/// Puts text between the marks of a part of a file.
fn put(file: &str, part: &str, text: &str) -> Outcome {
    let path = workspace::root().join(file);
    let before = std::fs::read_to_string(&path).context(format_args!("reading {file}"))?;
    let after = replaced(&before, part, text)
        .ok_or_else(|| Failure::new(format!("{file} has no place for {part}")))?;
    std::fs::write(&path, after).context(format_args!("writing {file}"))?;
    report::line(format_args!("written: {file}"));
    Ok(())
}

fn replaced(file: &str, part: &str, text: &str) -> Option<String> {
    let (open, close) = (format!("<!-- {part} -->\n"), format!("<!-- /{part} -->"));
    let (before, rest) = file.split_once(&open)?;
    let (_, after) = rest.split_once(&close)?;
    Some(format!("{before}{open}\n{}\n\n{close}{after}", text.trim()))
}

/// What stands at a place of what a program printed.
fn number(value: &Value, path: &str) -> Outcome<u64> {
    let found = value.pointer(path).and_then(Value::as_u64);
    found.ok_or_else(|| Failure::new(format!("what was printed has no number at {path}")))
}

const REPORT: &str = "PROOF.md";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_file_is_replaced_and_the_rest_stays() {
        let file = "a\n<!-- one -->\nold\n<!-- /one -->\nb\n";
        let new = replaced(file, "one", "new\n").unwrap();
        assert_eq!(new, "a\n<!-- one -->\n\nnew\n\n<!-- /one -->\nb\n");
        assert_eq!(replaced(&new, "one", "new").as_deref(), Some(new.as_str()));
        assert_eq!(replaced(file, "two", "new"), None);
    }

    #[test]
    fn the_report_and_the_readme_have_a_place_for_each_part_and_nothing_accepted() {
        let read = |file| std::fs::read_to_string(workspace::root().join(file)).unwrap();
        for (file, part) in [(REPORT, "campaign"), (REPORT, "peers"), ("README.md", "damage")] {
            assert!(replaced(&read(file), part, "").is_some(), "{file}: {part}");
        }
        let report = read(REPORT);
        let accepted = |words| report.matches(words).count();
        assert_eq!(accepted("**0 accepted**"), accepted(" accepted**"));
    }
}
