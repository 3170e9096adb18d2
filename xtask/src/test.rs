//! `cargo xtask test`: every check of the project, one after the other, and what became of each.

use core::time::Duration;
use std::process::{Command, ExitCode};
use std::time::Instant;

use crate::failure::Failure;
use crate::{report, shell};

mod machines;
mod steps;
mod tally;
mod tools;

use tally::Tally;

/// Runs all steps, also after one has failed.
///
/// The last line counts every test of every runner and every step as one more.
pub(crate) fn run() -> ExitCode {
    let mut record = Record::new(std::env::var("CI").is_ok_and(|value| value == "true"));
    for (name, step) in steps::ALL {
        record.step(name, *step);
    }
    record.close()
}

/// What became of a step.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Fate {
    Failed(String),
    Passed,
    /// Something this machine does not have was needed.
    Skipped(String),
}

/// What a step calls a failure or a thing that is not there.
enum Trouble {
    Failed(String),
    Missing(String),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure.to_string())
    }
}

/// The running account of all steps.
struct Record {
    fates: Vec<(&'static str, Fate, Duration)>,
    may_skip: bool,
    tally: Tally,
}

impl Record {
    fn new(ci: bool) -> Self {
        Self { fates: Vec::new(), may_skip: !ci, tally: Tally::default() }
    }

    fn step(&mut self, name: &'static str, step: steps::Step) {
        report::heading(name);
        let started = Instant::now();
        let fate = match step(self) {
            Ok(()) => Fate::Passed,
            Err(Trouble::Failed(why)) => Fate::Failed(why),
            Err(Trouble::Missing(what)) if self.may_skip => Fate::Skipped(what),
            Err(Trouble::Missing(what)) => Fate::Failed(format!("{what} (CI skips nothing)")),
        };
        let taken = started.elapsed();
        report::line(format_args!("{} {:.1} s", verdict(&fate), taken.as_secs_f64()));
        self.fates.push((name, fate, taken));
    }

    /// Shows a command, runs it, and counts what test runners say in its output.
    fn command(&mut self, command: Command) -> Result<(), Trouble> {
        let words = shell::words(&command);
        report::command(&words);
        let (status, text) = shell::watch(command)?;
        let ignored = self.tally.read(&words, &text);
        if !status.success() {
            return Err(Trouble::Failed(format!("{words} ended with {status}")));
        }
        if ignored > 0 && !self.may_skip {
            return Err(Trouble::Failed(format!("{ignored} ignored tests (CI skips nothing)")));
        }
        Ok(())
    }

    fn close(self) -> ExitCode {
        report::heading("Summary");
        let mut table = report::Table::new(&["seconds", "step", "outcome"]);
        for (name, fate, taken) in &self.fates {
            let seconds = format!("{:.1}", taken.as_secs_f64());
            table.row([seconds, (*name).to_owned(), verdict(fate)]);
        }
        let total: Duration = self.fates.iter().map(|(_, _, taken)| *taken).sum();
        table.row([format!("{:.1}", total.as_secs_f64()), "all".to_owned()]);
        report::line(table);
        report::line("");
        for line in &self.tally.runners {
            report::line(line);
        }
        let (closing, failed) = self.closing();
        report::line(closing);
        // Nothing is said after the counts: whoever reads this run looks at its last line.
        if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    /// The last line, and the number of failures in it.
    fn closing(&self) -> (String, u64) {
        let count = |wanted: fn(&Fate) -> bool| -> u64 {
            self.fates.iter().map(|(_, fate, _)| u64::from(wanted(fate))).sum()
        };
        let passed = self.tally.passed + count(|fate| *fate == Fate::Passed);
        let failed = self.tally.failed + count(|fate| matches!(fate, Fate::Failed(_)));
        let skipped = self.tally.ignored + count(|fate| matches!(fate, Fate::Skipped(_)));
        let rest = if skipped == 0 { String::new() } else { format!(", {skipped} skipped") };
        (format!("{passed} passed, {failed} failed{rest}"), failed)
    }
}

fn verdict(fate: &Fate) -> String {
    match fate {
        Fate::Passed => report::good("passed"),
        Fate::Failed(why) => format!("{} {why}", report::bad("failed")),
        Fate::Skipped(what) => format!("{} {what}", report::doubtful("skipped")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(ci: bool, step: steps::Step) -> Record {
        let mut record = Record::new(ci);
        record.step("a step", step);
        record
    }

    #[test]
    fn a_missing_tool_is_skipped_at_home_and_fails_under_ci() {
        let missing: steps::Step = |_| Err(Trouble::Missing("no such tool".to_owned()));
        let at_home = record(false, missing);
        assert_eq!(at_home.closing().0, "0 passed, 0 failed, 1 skipped");
        assert_eq!(at_home.close(), ExitCode::SUCCESS);
        let under_ci = record(true, missing);
        assert_eq!(under_ci.closing(), ("0 passed, 1 failed".to_owned(), 1));
        assert_eq!(under_ci.close(), ExitCode::FAILURE);
    }

    #[test]
    fn steps_and_their_tests_are_counted_together() {
        let mut record = record(true, |record| {
            record.tally.read("x", "test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured");
            Ok(())
        });
        record.step("another", |_| Err(Failure::new("it broke").into()));
        assert_eq!(record.closing(), ("6 passed, 1 failed".to_owned(), 1));
    }

    #[test]
    fn a_command_that_fails_fails_its_step() {
        let record = record(false, |record| {
            let mut cargo = shell::cargo();
            cargo.arg("no-such-subcommand-of-cargo");
            record.command(cargo)
        });
        assert!(matches!(&record.fates[0].1, Fate::Failed(why) if why.contains("ended with")));
    }
}
