//! What was changed in a state, so that it can be as it was.

use serde_json::Value;

use super::pointer::index;

/// A change that was made.
pub(super) enum Change {
    /// A value came to a place; what stood there before in its object, if anything.
    Added { parent: String, name: String, replaced: Option<Value> },
    /// A value was taken away to another place. The change after it is that it was added there.
    Moved { parent: String, name: String },
    /// A value was taken away.
    Removed { parent: String, name: String, value: Value },
    /// Another value stood in a place that is there still.
    Replaced { pointer: String, value: Value },
}

/// Takes changes back, the last one first.
pub(super) fn take_back(state: &mut Value, changes: Vec<Change>) {
    let mut moved = None;
    for change in changes.into_iter().rev() {
        match change {
            Change::Added { parent, name, replaced } => {
                let container = state.pointer_mut(&parent);
                moved = container.and_then(|container| take(container, &name));
                if let Some(value) = replaced {
                    put_back(state, &parent, name, value);
                }
            }
            Change::Moved { parent, name } => {
                if let Some(value) = moved.take() {
                    put_back(state, &parent, name, value);
                }
            }
            Change::Removed { parent, name, value } => put_back(state, &parent, name, value),
            Change::Replaced { pointer, value } => {
                if let Some(place) = state.pointer_mut(&pointer) {
                    moved = Some(core::mem::replace(place, value));
                }
            }
        }
    }
}

/// The member or element of that name, which is no longer there.
pub(super) fn take(container: &mut Value, name: &str) -> Option<Value> {
    match container {
        Value::Object(members) => members.remove(name),
        Value::Array(values) => {
            let index = index(name).filter(|index| *index < values.len())?;
            Some(values.remove(index))
        }
        _ => None,
    }
}

fn put_back(state: &mut Value, parent: &str, name: String, value: Value) {
    match state.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            members.insert(name, value);
        }
        Some(Value::Array(values)) => {
            if let Some(index) = index(&name).filter(|index| *index <= values.len()) {
                values.insert(index, value);
            }
        }
        _ => {}
    }
}
