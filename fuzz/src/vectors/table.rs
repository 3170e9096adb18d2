//! How many vectors there are for each operation and each error.

use core::fmt::Write as _;
use std::collections::BTreeMap;

use crate::answer::Answer;
use crate::code::Code;
use crate::vector::Vector;

/// The fewest invalid vectors that an error may have.
const LEAST: usize = 3;

/// The invalid vectors of each error, errors without one included.
#[must_use]
fn per_code(vectors: &[Vector]) -> BTreeMap<Code, usize> {
    let mut counts: BTreeMap<Code, usize> = Code::ALL.iter().map(|code| (*code, 0)).collect();
    for vector in vectors {
        let Answer::Refused { error, .. } = &vector.expect else { continue };
        for (_, count) in counts.iter_mut().filter(|(code, _)| code.name() == error.name) {
            *count += 1;
        }
    }
    counts
}

/// The errors with fewer invalid vectors than an error must have.
#[must_use]
pub fn few(vectors: &[Vector]) -> Vec<Code> {
    let counts = per_code(vectors).into_iter();
    counts.filter(|(_, count)| *count < LEAST).map(|(code, _)| code).collect()
}

/// A table for people.
#[must_use]
pub fn table(vectors: &[Vector]) -> String {
    let mut text = String::new();
    let mut operations: BTreeMap<_, (usize, usize)> = BTreeMap::new();
    for vector in vectors {
        let counts = operations.entry(vector.operation).or_default();
        if vector.name.starts_with("valid/") { counts.0 += 1 } else { counts.1 += 1 }
    }
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{:<32} {:>7} {:>7}", "operation", "valid", "invalid");
    for (operation, (valid, invalid)) in operations {
        let _ = writeln!(text, "{:<32} {valid:>7} {invalid:>7}", format!("{operation:?}"));
    }
    let _ = writeln!(text, "\n{:<32} {:>15}", "error", "invalid");
    for (code, count) in per_code(vectors) {
        let few = if count < LEAST { "  too few" } else { "" };
        let _ = writeln!(text, "{} {:<27} {count:>15}{few}", code.number(), code.name());
    }
    text
}
