//! Answers vectors, one JSON text on each line, by the code that is shipped (spec/conformance/README.md).

use std::io::{self, BufRead as _, Write as _};

use serde_json::{Value, json};
use strictframe_fuzz::runner::answer;
use strictframe_fuzz::vector::Vector;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        writeln!(out, "{}", answer_to(&line?))?;
        out.flush()?;
    }
    Ok(())
}

fn answer_to(line: &str) -> Value {
    let answer = vector(line).and_then(|vector| answer(&vector));
    let answer =
        answer.and_then(|answer| serde_json::to_value(answer).map_err(|it| it.to_string()));
    answer.unwrap_or_else(|why| json!({ "not_answered": why }))
}

/// The vector of a line, which says nothing of what is expected.
fn vector(line: &str) -> Result<Vector, String> {
    let mut vector: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    if let Some(members) = vector.as_object_mut() {
        members.insert("expect".to_owned(), json!({ "refused": true }));
    }
    serde_json::from_value(vector).map_err(|error| error.to_string())
}
