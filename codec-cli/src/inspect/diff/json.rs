//! Where frames differ, for machines.

use serde_json::{Value, json};

use super::fields::Line;
use super::records::Difference;
use super::{Comparison, Found, Side};
use crate::failure::Failure;
use crate::inspect::json::hex;
use crate::output::Stdout;

/// Two frames.
pub(super) fn frames(a: &Side<'_>, b: &Side<'_>, comparison: &Comparison) -> Result<(), Failure> {
    let fields: Vec<_> = comparison
        .fields
        .iter()
        .filter_map(|change| {
            let name = change.line()?.name;
            Some(json!({ "name": name, "a": change.a.as_ref().map(field), "b": change.b.as_ref().map(field) }))
        })
        .collect();
    let mut document = json!({
        "a": side(a), "b": side(b), "same": comparison.is_same(), "fields": fields,
    });
    let (name, value) = match &comparison.records {
        Ok(differences) => ("records", differences.iter().map(record).collect::<Value>()),
        Err(why) => ("not_compared", json!(why)),
    };
    if let Some(members) = document.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
    let mut out = Stdout::lock();
    out.json_line(&document)?;
    out.flush()
}

pub(super) fn summary(found: &Found) -> Result<(), Failure> {
    let mut out = Stdout::lock();
    out.json_line(found)?;
    out.flush()
}

fn side(side: &Side<'_>) -> Value {
    json!({
        "input": side.file.to_string_lossy(), "frame": side.number,
        "offset": side.piece.start, "len": side.piece.bytes.len(),
    })
}

fn field(line: &Line) -> Value {
    json!({ "offset": line.offset, "value": line.value, "remark": line.remark })
}

fn record(difference: &Difference) -> Value {
    match difference {
        Difference::Patch { record, operations } => {
            json!({ "record": record, "patch": operations })
        }
        Difference::Bytes { record, first, a, b, lens: [old, new] } => json!({
            "record": record, "different_from": first,
            "a": { "len": old, "hex": hex(a) }, "b": { "len": new, "hex": hex(b) },
        }),
        Difference::OnlyA { record, len } => json!({ "record": record, "only": "a", "len": len }),
        Difference::OnlyB { record, len } => json!({ "record": record, "only": "b", "len": len }),
    }
}
