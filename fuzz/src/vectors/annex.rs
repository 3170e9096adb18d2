//! The generated parts of `spec/SPEC.md`: in Annex A the bytes of named vectors, field by field, and in Annex B the table of changes.

use std::collections::BTreeMap;

use strictframe_core::{Limits, dump};
use strictframe_schema::change::{ChangeKind, Row};

use crate::vector::{Vector, join};

/// The text of the specification with every block renewed.
///
/// # Errors
/// A sentence that names a block without an end, or a vector that does not exist or is no frame.
pub fn renewed(specification: &str, vectors: &[Vector]) -> Result<String, String> {
    let by_name: BTreeMap<&str, &Vector> =
        vectors.iter().map(|vector| (vector.name.as_str(), vector)).collect();
    let mut text = String::new();
    let mut rest = specification;
    while let Some((before, after)) = rest.split_once(OPEN) {
        let unclosed = || "a block of hex has no end".to_owned();
        let (name, after) = after.split_once(" -->").ok_or_else(unclosed)?;
        let (_, after) = after.split_once(CLOSE).ok_or_else(unclosed)?;
        let vector = by_name.get(name).ok_or_else(|| format!("there is no vector {name}"))?;
        text.push_str(&format!(
            "{before}{OPEN}{name} -->\n```text\n{}```\n{CLOSE}",
            shown(vector)?
        ));
        rest = after;
    }
    text.push_str(rest);
    let (before, after) = text.split_once(CHANGES).ok_or("the table of changes has no place")?;
    let (_, after) = after.split_once(CHANGES_END).ok_or("the table of changes has no end")?;
    Ok(format!("{before}{CHANGES}\n{}{CHANGES_END}{after}", changes()))
}

fn changes() -> String {
    let mut text = String::from(
        "| change | old on new | new on old | JSON: old on new | JSON: new on old | why |\n|---|---|---|---|---|---|\n",
    );
    for kind in ChangeKind::ALL {
        let Row { name, wire, json, reason, .. } = kind.row();
        let verdicts =
            [wire.old_reads_new, wire.new_reads_old, json.old_reads_new, json.new_reads_old];
        let [a, b, c, d] = verdicts.map(|verdict| verdict.name());
        text.push_str(&format!("| `{name}` | {a} | {b} | {c} | {d} | {reason} |\n"));
    }
    text
}

fn shown(vector: &Vector) -> Result<String, String> {
    let frame = join(vector.input.as_deref().unwrap_or_default());
    let mut text = String::new();
    dump::write_text(&frame, &Limits::default(), &mut text)
        .map_err(|_| format!("{} cannot be shown", vector.name))?;
    Ok(text)
}

const OPEN: &str = "<!-- hex ";
const CHANGES: &str = "<!-- changes -->";
const CHANGES_END: &str = "<!-- /changes -->";
const CLOSE: &str = "<!-- /hex -->";
