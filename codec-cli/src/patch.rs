//! Operations of a JSON Patch (RFC 6902), each as a line for people.

use serde_json::Value;

use crate::terminal::{Paint, tame};

/// An operation, in the colour of what it does.
pub(crate) fn line(paint: Paint, operation: &Value) -> String {
    let text = |name: &str| operation.get(name).and_then(Value::as_str).unwrap_or_default();
    let path = match text("path") {
        "" => "(all of it)".to_owned(),
        path => tame(path, LINE),
    };
    let value = operation.get("value").map(|value| tame(&value.to_string(), LINE));
    let value = value.unwrap_or_default();
    match text("op") {
        "add" => paint.good(format!("+ {path} {value}")).to_string(),
        "remove" => paint.bad(format!("- {path}")).to_string(),
        "replace" => paint.doubtful(format!("~ {path} {value}")).to_string(),
        name => {
            let from = tame(text("from"), LINE);
            paint.mark(format!("{name} {from} -> {path} {value}")).to_string()
        }
    }
}

/// The most characters of a path and of a value.
const LINE: usize = 1000;
