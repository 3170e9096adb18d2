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
    /// Adds the closing lines in a program's output; gives back how many tests they ignored.
    pub(super) fn read(&mut self, text: &str) -> u64 {
        let before = self.ignored;
        let mut runner = "";
        for line in text.lines().map(str::trim) {
            if line.starts_with("Running ") || line.starts_with("Doc-tests ") {
                runner = line;
            } else if let Some(counts) = line.strip_prefix("test result: ") {
                self.passed += count(counts, "passed");
                self.failed += count(counts, "failed");
                self.ignored += count(counts, "ignored");
                self.runners.extend([runner.to_owned(), line.to_owned()]);
            }
        }
        self.ignored - before
    }
}

/// The number before a word.
fn count(counts: &str, word: &str) -> u64 {
    let words: Vec<&str> = counts.split([' ', ';', '.']).filter(|part| !part.is_empty()).collect();
    let pair = words.windows(2).find(|pair| pair[1] == word);
    pair.and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_added_up_and_kept_with_what_they_close() {
        let mut tally = Tally::default();
        let ignored = tally.read(
            "   Compiling x\n     Running unittests src/lib.rs (target/x)\nrunning 3 tests\n\
             test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
             \x20  Doc-tests x\n\
             test result: FAILED. 1 passed; 2 failed; 4 ignored; 0 measured; 0 filtered out; finished in 1.10s\n",
        );
        assert_eq!((tally.passed, tally.failed, tally.ignored, ignored), (4, 2, 4, 4));
        assert_eq!(tally.runners[0], "Running unittests src/lib.rs (target/x)");
        assert_eq!(tally.runners[2], "Doc-tests x");
        assert!(tally.runners[3].starts_with("test result: FAILED. 1 passed; 2 failed"));
    }

    #[test]
    fn other_output_counts_nothing() {
        let mut tally = Tally::default();
        assert_eq!(tally.read("5 passed; 1 failed\nthe test result: 3 passed"), 0);
        assert_eq!((tally.passed, tally.failed, tally.runners.len()), (0, 0, 0));
    }
}
