//! The records of two frames side by side.

use serde_json::Value;

use super::Side;

/// A record that is not the same in both.
pub(super) enum Difference {
    /// What leads from one to the other, as operations of RFC 6902.
    Patch {
        record: usize,
        operations: Vec<Value>,
    },
    /// They are no JSON, or the same value in other bytes.
    Bytes {
        record: usize,
        first: usize,
        a: Vec<u8>,
        b: Vec<u8>,
        lens: [usize; 2],
    },
    /// Only one frame has it.
    OnlyA {
        record: usize,
        len: usize,
    },
    OnlyB {
        record: usize,
        len: usize,
    },
}

/// The records that differ; why they cannot be compared, where that is so.
pub(super) fn differences(a: &mut Side<'_>, b: &mut Side<'_>) -> Result<Vec<Difference>, String> {
    let refused =
        |side: &Side<'_>, error| format!("the records of {} are not there: {error}", side.title());
    let (a_key, olds) = a.known.records(&a.piece.bytes).map_err(|error| refused(a, error))?;
    let (b_key, news) = b.known.records(&b.piece.bytes).map_err(|error| refused(b, error))?;
    let mut found = Vec::new();
    for record in 0..olds.len().max(news.len()) {
        match (olds.get(record), news.get(record)) {
            (Some(old), Some(new)) if old != new => {
                let values = (a.known.value(&a_key, old), b.known.value(&b_key, new));
                let operations = match values {
                    (Some(old), Some(new)) => patch(&old, &new),
                    _ => Vec::new(),
                };
                found.push(match operations.is_empty() {
                    false => Difference::Patch { record, operations },
                    true => bytes(record, old, new),
                });
            }
            (Some(old), None) => found.push(Difference::OnlyA { record, len: old.len() }),
            (None, Some(new)) => found.push(Difference::OnlyB { record, len: new.len() }),
            _ => {}
        }
    }
    Ok(found)
}

fn patch(old: &Value, new: &Value) -> Vec<Value> {
    let patch = serde_json::to_value(json_patch::diff(old, new));
    patch.ok().and_then(|patch| patch.as_array().cloned()).unwrap_or_default()
}

fn bytes(record: usize, old: &[u8], new: &[u8]) -> Difference {
    let first = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let from = |bytes: &[u8]| bytes.iter().skip(first).take(SHOWN).copied().collect();
    Difference::Bytes { record, first, a: from(old), b: from(new), lens: [old.len(), new.len()] }
}

/// The bytes that are shown of each.
const SHOWN: usize = 16;
