//! The one error: a sentence for the person at the terminal.

use core::fmt;
use std::process::Command;

/// What went wrong, in words, and what to do.
#[derive(Debug)]
pub struct Failure {
    words: String,
    is_missing: bool,
}

/// What everything here gives back.
pub type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    pub(crate) fn new(words: impl Into<String>) -> Self {
        Self { words: words.into(), is_missing: false }
    }

    pub(crate) fn missing(words: impl Into<String>) -> Self {
        Self { words: words.into(), is_missing: true }
    }

    /// Whether this machine lacks a program that is needed.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        self.is_missing
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl core::error::Error for Failure {}

/// Puts what was being done in front of an error.
pub(crate) trait Context<T> {
    fn context(self, doing: impl fmt::Display) -> Outcome<T>;
}

impl<T, E: fmt::Display> Context<T> for Result<T, E> {
    fn context(self, doing: impl fmt::Display) -> Outcome<T> {
        self.map_err(|error| Failure::new(format!("{doing}: {error}")))
    }
}

/// Runs a program that others know how to get; gives what it printed.
pub(crate) fn run(command: &mut Command, doing: &str, remedy: &str) -> Outcome<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| {
        Failure::missing(format!(
            "{doing} needs {program}, which does not start ({error}); {remedy}"
        ))
    })?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(said);
    }
    let complaint = format!("{said}{}", String::from_utf8_lossy(&output.stderr));
    let last: Vec<&str> = complaint.lines().rev().take(12).collect();
    let last: Vec<&str> = last.into_iter().rev().collect();
    Err(Failure::new(format!(
        "{doing}: {program} ended with {}:\n{}",
        output.status,
        last.join("\n")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_missing_is_named_with_how_to_get_it() {
        let mut command = Command::new("no-such-program-anywhere");
        let failure = run(&mut command, "running Kafka", "install it").unwrap_err();
        assert!(failure.is_missing());
        let text = failure.to_string();
        assert!(
            text.contains("no-such-program-anywhere") && text.ends_with("install it"),
            "{text}"
        );
    }

    #[test]
    fn a_program_that_fails_is_not_missing_and_its_last_words_are_told() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo what went wrong >&2; exit 3"]);
        let failure = run(&mut command, "making certificates", "").unwrap_err();
        assert!(!failure.is_missing());
        assert!(failure.to_string().ends_with("what went wrong"), "{failure}");
    }
}
