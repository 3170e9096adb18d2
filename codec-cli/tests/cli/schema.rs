//! `schema`: lock, check, diff, judge and infer, as a repository uses them.

mod git;
mod infer;
mod judge;
mod refusals;
mod session;

use crate::stage::Stage;

/// A message with those fields, in `order.proto`.
fn order(stage: &Stage, fields: &str) {
    let text = format!("syntax = \"proto3\";\npackage shop;\nmessage Order {{\n{fields}\n}}\n");
    stage.write("order.proto", text);
}

const ONE: &str = "int64 id = 1; string note = 2;";
/// A field more: safe both ways.
const TWO: &str = "int64 id = 1; string note = 2; double total = 3;";
/// A type that changes: safe neither way.
const BROKEN: &str = "string id = 1; string note = 2; double total = 3;";
