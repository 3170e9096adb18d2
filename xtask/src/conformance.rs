//! `cargo xtask conformance`: any program that answers vectors, held to `spec/vectors`.

use core::time::Duration;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::failure::{Context as _, Failure, Outcome, ensure};
use crate::{report, shell, workspace};

mod program;

use program::{Fault, Program};

/// Asks a program for the answer to every vector and compares it (spec/conformance/README.md).
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The vectors, or a part of them
    #[arg(long, value_name = "DIR")]
    vectors: Option<PathBuf>,
    /// How many seconds an answer may take
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..))]
    patience: u64,
    /// Take an answer that says it was skipped
    #[arg(long)]
    may_skip: bool,
    /// Write one JSON object a line to standard output
    #[arg(long)]
    json: bool,
    /// The program and its arguments
    #[arg(required = true, last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

/// What became of the vectors of one operation.
#[derive(Default)]
struct Count {
    agreed: u64,
    skipped: u64,
    failed: u64,
}

/// What became of one vector.
enum Verdict {
    Agreed,
    Skipped(String),
    Differs(Value),
    Fault(Fault),
}

pub(crate) fn run(options: &Options) -> Outcome {
    let folder = options.vectors.clone().unwrap_or_else(|| workspace::root().join("spec/vectors"));
    let paths = files(&folder)?;
    ensure(!paths.is_empty(), || format!("there is no vector below {}", folder.display()))?;
    let mut program = Program::new(&options.command, Duration::from_secs(options.patience));
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    for path in &paths {
        let text = fs::read(path).context(path.display())?;
        let mut vector: Value = serde_json::from_slice(&text).context(path.display())?;
        let expected = vector.as_object_mut().and_then(|members| members.remove("expect"));
        let expected = expected.ok_or_else(|| {
            Failure::new(format!("{} is no vector: it expects nothing", path.display()))
        })?;
        let verdict = judge(&mut program, &vector, &expected)?;
        let word = |name: &str| vector.get(name).and_then(Value::as_str).unwrap_or_default();
        let count = counts.entry(word("operation").to_owned()).or_default();
        match &verdict {
            Verdict::Agreed => count.agreed += 1,
            Verdict::Skipped(_) => count.skipped += 1,
            Verdict::Differs(_) | Verdict::Fault(_) => count.failed += 1,
        }
        tell(word("name"), &verdict, &expected, options.json);
    }
    close(&counts, options)
}

/// The chore as a command of its own, with these options and that program.
pub(crate) fn command(program: &Command, options: &[&str]) -> Command {
    // Built anew where it must be: a build of all features takes the place of the program that runs here.
    let mut command = shell::cargo();
    command.args(["run", "--quiet", "--locked", "--package", "xtask", "--", "conformance"]);
    command.args(options).arg("--");
    command.arg(program.get_program()).args(program.get_args());
    command
}

/// Every vector below a folder, in the order of their names.
fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let (mut found, mut left) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder).context(folder.display())? {
            let path = entry.context(folder.display())?.path();
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|ending| ending == "json") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn judge(program: &mut Program, vector: &Value, expected: &Value) -> Outcome<Verdict> {
    let answer = match program.answer(&vector.to_string())? {
        Ok(answer) => answer,
        Err(fault) => return Ok(Verdict::Fault(fault)),
    };
    if answer == *expected {
        return Ok(Verdict::Agreed);
    }
    Ok(match answer.get("skipped").and_then(Value::as_str) {
        Some(why) => Verdict::Skipped(why.to_owned()),
        None => Verdict::Differs(answer),
    })
}

fn tell(name: &str, verdict: &Verdict, expected: &Value, is_json: bool) {
    let (what, found) = match verdict {
        Verdict::Agreed => return,
        Verdict::Skipped(why) => ("skipped", json!(why)),
        Verdict::Differs(found) => ("differs", found.clone()),
        Verdict::Fault(fault) => (fault.name(), json!(fault.to_string())),
    };
    if is_json {
        let row = json!({"vector": name, "verdict": what, "expected": expected, "found": found});
        return report::line(row);
    }
    match verdict {
        // The table has their number.
        Verdict::Agreed | Verdict::Skipped(_) => {}
        Verdict::Differs(found) => {
            report::line(format_args!("{} {name}", report::bad(what)));
            report::line(format_args!("  expected {}", shortened(expected)));
            report::line(format_args!("  found    {}", shortened(found)));
        }
        Verdict::Fault(fault) => {
            report::line(format_args!("{} {name}: {fault}", report::bad(what)))
        }
    }
}

/// As much as a line on a terminal takes.
fn shortened(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

fn close(counts: &BTreeMap<String, Count>, options: &Options) -> Outcome {
    let sum = |of: fn(&Count) -> u64| counts.values().map(of).sum::<u64>();
    let (agreed, skipped, failed) =
        (sum(|count| count.agreed), sum(|count| count.skipped), sum(|count| count.failed));
    if options.json {
        report::line(json!({"agreed": agreed, "skipped": skipped, "failed": failed}));
    } else {
        let mut table = report::Table::new(&["operation", "agreed", "skipped", "failed"]);
        for (operation, Count { agreed, skipped, failed }) in counts {
            let numbers = [agreed, skipped, failed].map(u64::to_string);
            table.row(core::iter::once(operation.clone()).chain(numbers));
        }
        report::line(table);
        // In the form that counts of tests have here.
        report::line(format_args!("{agreed} passed, {failed} failed, {skipped} skipped"));
    }
    let is_met = failed == 0 && (options.may_skip || skipped == 0) && agreed > 0;
    ensure(is_met, || format!("{failed} vectors do not agree and {skipped} were skipped"))
}

/// The most characters of an answer that are shown.
const SHOWN: usize = 300;
