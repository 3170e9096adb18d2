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
    let output = command.output().map_err(|error| Failure {
        words: format!("{doing} needs {program}, which does not start ({error}); {remedy}"),
        is_missing: true,
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
