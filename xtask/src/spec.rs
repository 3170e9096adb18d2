//! `cargo xtask spec`: clauses, code, tests and vectors name each other, and a gap is a failure.

use core::fmt;

use crate::failure::{Failure, Outcome};
use crate::{report, workspace};

mod checks;
mod citation;
mod requirement;
mod tree;

use tree::Tree;

/// One thing that is wrong, and where.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    what: String,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

/// Checks the tree on disk, prints what is wrong and one closing line.
pub(crate) fn run() -> Outcome {
    let tree = Tree::read(workspace::root())?;
    let result = checks::check(&tree);
    let mut table = report::Table::new(&["where", "what is wrong"]);
    for finding in &result.findings {
        table.row([format!("{}:{}", finding.path, finding.line), finding.what.clone()]);
    }
    if !result.findings.is_empty() {
        report::line(table);
    }
    report::line(&result.counts);
    match result.findings.len() {
        0 => Ok(()),
        count => Err(Failure::new(format!("{count} findings in the specification's net"))),
    }
}
