//! Runs the tests once with each mutant.

use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};

use super::ledger::Fate;
use super::program::{Program, VARIABLE};
use crate::failure::{Context as _, Outcome};
use crate::report;

/// Tells what became of each of those numbers, as it comes, and gives back those that the tests do not notice.
pub(super) fn run(
    programs: &[Program],
    mut numbers: Vec<u32>,
    mut tell: impl FnMut(u32, Fate) -> Outcome,
) -> Outcome<Vec<u32>> {
    let mut rounds = Vec::new();
    for program in programs {
        rounds.extend(Round::of(program)?);
    }
    // Without the name of a test a program runs all of them.
    rounds.retain(|round| !round.tests.is_empty());
    // What is over at once comes first, the package's own before others; what takes long is for the few that are left then.
    rounds.sort_by_key(|round| if round.is_quick { Duration::ZERO } else { round.patience });
    for (at, round) in (1..).zip(&rounds) {
        let style =
            ProgressStyle::with_template("{prefix} {bar:40} {pos}/{len} {elapsed} (eta {eta})");
        let bar = ProgressBar::new(u64::try_from(numbers.len()).unwrap_or(u64::MAX))
            .with_prefix(format!("part {at} of {} of the tests", rounds.len()))
            .with_style(style.context("the bar")?);
        let mut left = Vec::new();
        round.with_each(&numbers, |number, fate| {
            bar.inc(1);
            match fate {
                Some(fate) => tell(number, fate),
                None => {
                    left.push(number);
                    Ok(())
                }
            }
        })?;
        bar.finish_and_clear();
        numbers = left;
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Some tests of a program.
struct Round<'a> {
    program: &'a Program,
    tests: Vec<String>,
    is_quick: bool,
    patience: Duration,
}

impl<'a> Round<'a> {
    /// The tests of a program, those apart that are over at once and those that take long.
    fn of(program: &'a Program) -> Outcome<[Self; 3]> {
        let output = tests(program, 0).arg("--report-time").output();
        let output = output.context(program.file.display())?;
        let text = String::from_utf8_lossy(&output.stdout);
        let failed = text.lines().filter_map(|line| timed(line, "FAILED"));
        for (test, _) in failed {
            report::line(format_args!("left out, as it fails without a mutant: {test}"));
        }
        let (quick, others): (Vec<_>, Vec<_>) = text
            .lines()
            .filter_map(|line| timed(line, "ok"))
            .partition(|&(_, seconds)| seconds < QUICK);
        let (slow, others): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|&(_, seconds)| seconds > SLOW);
        let slow = slow.into_iter().filter(|&(_, seconds)| seconds < TOO_SLOW).collect();
        let parts = [(true, quick), (false, others), (false, slow)];
        Ok(parts.map(|(is_quick, tests): (bool, Vec<(&str, f64)>)| {
            let seconds = tests.iter().map(|&(_, seconds)| seconds).sum();
            // All the cores will be at work, and a mutant may take longer and end.
            let patience = Duration::from_secs_f64(seconds).saturating_mul(5).saturating_add(LEAST);
            let tests = tests.iter().map(|&(name, _)| name.to_owned()).collect();
            Self { program, tests, is_quick, patience }
        }))
    }
}

impl Round<'_> {
    /// On all cores; what is told last may have begun first.
    fn with_each(
        &self,
        numbers: &[u32],
        mut tell: impl FnMut(u32, Option<Fate>) -> Outcome,
    ) -> Outcome {
        let next = AtomicUsize::new(0);
        let (sender, told) = mpsc::channel();
        std::thread::scope(|scope| {
            for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
                let (sender, next) = (sender.clone(), &next);
                scope.spawn(move || {
                    while let Some(&number) = numbers.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if sender.send((number, self.with(number))).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            told.into_iter().try_for_each(|(number, fate)| tell(number, fate?))
        })
    }

    fn with(&self, number: u32) -> Outcome<Option<Fate>> {
        let doing = self.program.file.display();
        let mut command = tests(self.program, number);
        command.args(["--fail-fast", "--quiet"]).args(&self.tests).stdout(Stdio::null());
        let mut child = command.spawn().context(&doing)?;
        wait(&mut child, self.patience).context(doing)
    }
}

/// A test that libtest says has ended like that, and how many seconds it took.
fn timed<'a>(line: &'a str, end: &str) -> Option<(&'a str, f64)> {
    let (name, said) = line.strip_prefix("test ")?.split_once(" ... ")?;
    let name = name.trim_end_matches(" - should panic");
    let time = said.strip_prefix(end)?.strip_prefix(" <")?;
    Some((name, time.strip_suffix("s>")?.parse().ok()?))
}

/// A program with a mutant, or without one for 0.
fn tests(program: &Program, number: u32) -> Command {
    // A mutant that fills the memory is to end before the machine does.
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -v {MEMORY}; exec \"$@\""), "sh"]).arg(&program.file);
    command.args(["-Zunstable-options", "--test-threads=1", "--exact"]);
    command.current_dir(&program.folder);
    command.env("RUSTC_BOOTSTRAP", "1").env(VARIABLE, number.to_string());
    command.env("CARGO_MANIFEST_DIR", &program.folder);
    // Nobody asks for the smallest input, and the next mutant has inputs of its own.
    command.env("PROPTEST_MAX_SHRINK_ITERS", "0");
    command.env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "true");
    command.env("RUST_BACKTRACE", "0");
    command.stdin(Stdio::null()).stderr(Stdio::null());
    command
}

fn wait(child: &mut Child, patience: Duration) -> std::io::Result<Option<Fate>> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok((!status.success()).then_some(Fate::Caught));
        }
        if begun.elapsed() > patience {
            child.kill()?;
            child.wait()?;
            return Ok(Some(Fate::Hung));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Seconds below which a test is one of the first.
const QUICK: f64 = 0.05;
/// Seconds above which a test is one of the last.
const SLOW: f64 = 0.5;
/// Seconds from which on a test is left out: over those that the others do not notice it would take an hour.
const TOO_SLOW: f64 = 5.0;
/// A mutant gets so long in any case.
const LEAST: Duration = Duration::from_secs(10);
/// Of addresses, in KiB; without a mutant the tests stay below it.
const MEMORY: u64 = 8 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passed_test_is_known_by_its_time() {
        assert_eq!(timed("test a::b ... ok <0.250s>", "ok"), Some(("a::b", 0.25)));
        assert_eq!(timed("test a::b - should panic ... ok <0.001s>", "ok"), Some(("a::b", 0.001)));
        assert_eq!(timed("test a::b ... ignored", "ok"), None);
        assert_eq!(timed("test a::b ... FAILED <0.250s>", "ok"), None);
        assert_eq!(timed("running 3 tests", "ok"), None);
    }
}
