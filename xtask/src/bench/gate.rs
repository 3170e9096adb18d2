//! The gate: instructions counted by callgrind, allocations, and sizes, held against the baseline.
//!
//! `valgrind --tool=callgrind` is driven directly, on one program that is built here: nothing is installed but valgrind itself, where
//! Gungraun needs a runner of exactly its own version beside it.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::baseline::{Baseline, TOLERANCE, this_machine};
use super::build;
use crate::failure::{Context as _, Failure, Outcome, ensure};
use crate::{debian, report, shell};

/// Compares with the baseline.
pub(crate) fn check() -> Outcome {
    let (before, now) = (Baseline::read()?, measure()?);
    let breaches = before.breaches(&now);
    ensure(breaches.is_empty(), || {
        format!(
            "more than the baseline allows (instructions {:.0} % more, allocations and bytes none){}:\n  {}\nwhen that is meant, cargo xtask bench --renew writes the baseline anew",
            TOLERANCE * 100.0,
            before.differences(&now),
            breaches.join("\n  "),
        )
    })?;
    let counts = [now.instructions.len(), now.allocations.len(), now.bytes.len()];
    let [instructions, allocations, bytes] = counts;
    report::line(format_args!(
        "{instructions} instruction counts within {:.0} % of the baseline, {allocations} allocation counts and {bytes} sizes exactly it",
        TOLERANCE * 100.0
    ));
    Ok(())
}

/// Writes the baseline anew.
pub(super) fn renew() -> Outcome {
    let now = measure()?;
    let mut table = report::Table::new(&["instructions", "allocations", "work"]);
    for (name, count) in &now.instructions {
        let allocations = now.allocations.get(name).copied().unwrap_or_default();
        table.row([report::thousands(*count), allocations.to_string(), name.clone()]);
    }
    report::line(table);
    now.write()
}

/// Whether callgrind can be started; under CI it is installed where apt-get can do that.
pub(crate) fn valgrind_is_there() -> bool {
    debian::is_there(&["valgrind", "libc6-dbg"], || debian::runs("valgrind"))
}

fn measure() -> Outcome<Baseline> {
    ensure(valgrind_is_there(), || "there is no valgrind: apt-get install valgrind".to_owned())?;
    let gate = build("gate", &[])?;
    let exact = shell::stdout_of(Command::new(&gate).arg("exact"))?;
    let exact: Value = serde_json::from_str(&exact).context("what gate exact printed")?;
    let part = |name: &str| {
        let numbers = Baseline::numbers(exact.get(name));
        numbers.ok_or_else(|| Failure::new(format!("gate exact printed no {name}")))
    };
    let names = shell::stdout_of(Command::new(&gate).arg("list"))?;
    let count = |name: &str| Ok((name.to_owned(), instructions(&gate, name)?));
    let instructions: Outcome<_> = names.lines().map(count).collect();
    Ok(Baseline {
        made_by: this_machine()?,
        instructions: instructions?,
        allocations: part("allocations")?,
        bytes: part("bytes")?,
    })
}

fn instructions(gate: &Path, name: &str) -> Outcome<u64> {
    let (folder, program) = (gate.parent(), gate.file_name().unwrap_or_default());
    let mut valgrind = Command::new("valgrind");
    // Words and environment lie on the stack: with others, bytes lie elsewhere and are gone through in other steps.
    valgrind.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
    valgrind.current_dir(folder.unwrap_or(Path::new(".")));
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    valgrind.args(["--collect-atstart=no", "--toggle-collect=*measured*"]);
    valgrind.arg(Path::new(".").join(program)).args(["run", name]);
    let output = valgrind.output().context("starting valgrind")?;
    let text = String::from_utf8_lossy(&output.stderr);
    ensure(output.status.success(), || {
        format!("{} ended with {}: {text}", shell::words(&valgrind), output.status)
    })?;
    collected(&text).ok_or_else(|| Failure::new(format!("callgrind counted nothing in {name}")))
}

/// The number that callgrind ends with.
fn collected(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.split_once("Collected : "));
    line.and_then(|(_, number)| number.trim().parse().ok()).filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_read_from_what_callgrind_prints() {
        let text =
            "==7== Events    : Ir\n==7== Collected : 288281\n==7== \n==7== I   refs:      288,281";
        assert_eq!(collected(text), Some(288_281));
        assert_eq!(collected("==7== Collected : 0"), None);
        assert_eq!(collected("nothing"), None);
    }
}
