//! Annex A of `spec/SPEC.md`: the bytes of named vectors, field by field.

use std::collections::BTreeMap;

use strictframe_core::{Limits, dump};

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
    Ok(text)
}

fn shown(vector: &Vector) -> Result<String, String> {
    let frame = join(vector.input.as_deref().unwrap_or_default());
    let mut text = String::new();
    dump::write_text(&frame, &Limits::default(), &mut text)
        .map_err(|_| format!("{} cannot be shown", vector.name))?;
    Ok(text)
}

const OPEN: &str = "<!-- hex ";
const CLOSE: &str = "<!-- /hex -->";
