//! What test runners say of themselves, added up.

/// Counts over every runner, and the lines they were taken from.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) failed: u64,
    pub(super) ignored: u64,
    pub(super) passed: u64,
    /// The closing line of each runner, after the name of what it ran.
    pub(super) runners: Vec<String>,
}

impl Tally {
    /// Adds the closing lines in a command's output; gives back how many tests they left out.
    ///
    /// Read are those of cargo, of Python's unittest and of Node. The Python reader's own closing line is
    /// kept without being counted: vectors are inputs of a test, and it meets them twice.
    pub(super) fn read(&mut self, command: &str, text: &str) -> u64 {
        let before = self.ignored;
        let mut runner = command;
        let mut unittest = None;
        for line in text.lines().map(str::trim) {
            if line.starts_with("Running ") || line.starts_with("Doc-tests ") {
                runner = line;
            } else if let Some(counts) = line.strip_prefix("test result: ") {
                self.passed += number_before(counts, "passed");
                self.add(number_before(counts, "failed"), number_before(counts, "ignored"));
                self.keep(runner, line);
            } else if line.starts_with("Ran ") && number_before(line, "test") > 0 {
                unittest = Some(line);
            } else if let Some(ran) = unittest.filter(|_| closes_unittest(line)) {
                unittest = None;
                let failed =
                    ["failures", "errors", "successes"].map(|word| number_after(line, word));
                let (failed, skipped) = (failed.iter().sum(), number_after(line, "skipped"));
                let all = number_before(ran, "test");
                self.passed += all.saturating_sub(failed).saturating_sub(skipped);
                self.add(failed, skipped);
                self.keep(runner, &format!("{ran}: {line}"));
            } else if let Some((what, number)) = node_count(line) {
                match what {
                    "pass" => self.passed += number,
                    "fail" => self.add(number, 0),
                    "cancelled" => self.add(number, 0),
                    "skipped" | "todo" => self.add(0, number),
                    _ => continue,
                }
                if number > 0 {
                    self.keep(runner, line);
                }
            } else if line.ends_with(" skipped") && number_before(line, "passed") > 0 {
                self.keep(runner, &format!("of the vectors: {line}"));
            }
        }
        self.ignored - before
    }

    fn add(&mut self, failed: u64, ignored: u64) {
        self.failed += failed;
        self.ignored += ignored;
    }

    fn keep(&mut self, runner: &str, line: &str) {
        self.runners.extend([runner.to_owned(), line.to_owned()]);
    }
}

fn closes_unittest(line: &str) -> bool {
    line == "OK" || line.starts_with("OK (") || line.starts_with("FAILED (")
}

/// What Node's test runner counts in a line: `ℹ pass 12`, or `# pass 12` where nobody looks.
fn node_count(line: &str) -> Option<(&str, u64)> {
    let (what, number) =
        line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# "))?.split_once(' ')?;
    Some((what, number.parse().ok()?))
}

/// The number before a word that begins like this: `3 passed`.
fn number_before(line: &str, word: &str) -> u64 {
    let words: Vec<&str> = line.split([' ', ';', '.']).filter(|part| !part.is_empty()).collect();
    let pair = words.windows(2).find(|pair| pair[1].starts_with(word));
    pair.and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

/// The number after a word: `failures=3`.
fn number_after(line: &str, word: &str) -> u64 {
    let mut parts = line.split([' ', '(', ')', ',', '=']).skip_while(|part| *part != word);
    parts.nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(tally: &Tally) -> (u64, u64, u64) {
        (tally.passed, tally.failed, tally.ignored)
    }

    #[test]
    fn closing_lines_of_cargo_are_added_up_and_kept_with_what_they_close() {
        let mut tally = Tally::default();
        let ignored = tally.read(
            "cargo test",
            "   Compiling x\n     Running unittests src/lib.rs (target/x)\nrunning 3 tests\n\
             test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
             \x20  Doc-tests x\n\
             test result: FAILED. 1 passed; 2 failed; 4 ignored; 0 measured; 0 filtered out; finished in 1.10s\n",
        );
        assert_eq!((counts(&tally), ignored), ((4, 2, 4), 4));
        assert_eq!(tally.runners[0], "Running unittests src/lib.rs (target/x)");
        assert_eq!(tally.runners[2], "Doc-tests x");
        assert!(tally.runners[3].starts_with("test result: FAILED. 1 passed; 2 failed"));
    }

    #[test]
    fn closing_lines_of_unittest_are_added_up() {
        let mut tally = Tally::default();
        assert_eq!(tally.read("python3", "..\nRan 37 tests in 1.033s\n\nOK (skipped=1)\n"), 1);
        assert_eq!(counts(&tally), (36, 0, 1));
        tally.read("python3", "Ran 1 test in 0.1s\n\nOK\n");
        assert_eq!(counts(&tally), (37, 0, 1));
        tally.read("python3", "Ran 9 tests in 0.1s\n\nFAILED (failures=1, errors=2, skipped=1)\n");
        assert_eq!(counts(&tally), (42, 3, 2));
        assert_eq!(tally.runners[1], "Ran 37 tests in 1.033s: OK (skipped=1)");
    }

    #[test]
    fn closing_lines_of_node_are_added_up_whether_or_not_somebody_looks() {
        let mut tally = Tally::default();
        let text = "ℹ tests 9\nℹ pass 7\nℹ fail 0\nℹ cancelled 0\nℹ skipped 2\nℹ duration_ms 5\n";
        assert_eq!(tally.read("node --test", text), 2);
        assert_eq!(counts(&tally), (7, 0, 2));
        tally.read("node --test", "# tests 4\n# pass 1\n# fail 2\n# cancelled 1\n# todo 0\n");
        assert_eq!(counts(&tally), (8, 3, 2));
        assert_eq!(tally.runners[1], "ℹ pass 7");
    }

    #[test]
    fn the_readers_line_is_kept_and_not_counted() {
        let mut tally = Tally::default();
        assert_eq!(tally.read("python3 run_vectors.py", "412 passed, 0 failed, 30 skipped\n"), 0);
        assert_eq!(counts(&tally), (0, 0, 0));
        assert_eq!(
            tally.runners,
            ["python3 run_vectors.py", "of the vectors: 412 passed, 0 failed, 30 skipped"]
        );
    }

    #[test]
    fn other_output_counts_nothing() {
        let mut tally = Tally::default();
        let text = "5 passed; 1 failed\nthe test result: 3 passed\nOK\nRan out of tests\nOK";
        assert_eq!(tally.read("x", text), 0);
        assert_eq!((counts(&tally), tally.runners.len()), ((0, 0, 0), 0));
    }
}
