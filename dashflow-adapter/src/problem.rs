//! What is wrong with a configuration, all of it.

use core::fmt;

/// Everything that is wrong.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ConfigError {
    /// At least one.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong. It never bears a secret.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Problem {
    /// The variable, or the file and the field in it.
    pub place: String,
    /// What was found there, unless it is a secret or nothing.
    pub found: Option<String>,
    /// What is wrong with it.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, found, what, remedy } = self;
        match found {
            Some(found) => write!(f, "{place} = {found:?}: {what}; {remedy}"),
            None => write!(f, "{place}: {what}; {remedy}"),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [problem] => problem.fmt(f),
            problems => {
                write!(f, "{} values are wrong:", problems.len())?;
                problems.iter().try_for_each(|problem| write!(f, "\n- {problem}"))
            }
        }
    }
}

impl core::error::Error for ConfigError {}
