//! Operations of RFC 6902 on a state, in place.
//!
//! `json-patch` applies them too. It cannot take them back when the state that results is another one than its hash says, it copies whatever a diff tells it to copy, and taking back a move that
//! replaced something around it makes it panic (5.0.0, found by the property below).

use serde_json::Value;

use super::limits::{MAX_DEPTH, MAX_WORK, StateLimits};
use super::operation::{OperationFault, value};
use super::pointer::{Place, index};
use super::same::is_equal;
use super::undo::{Change, take, take_back};
use crate::v1::DiffOperation;
use crate::v1::diff_operation::OpType;

/// Applies all operations, and gives what was changed.
///
/// # Errors
/// The index of the operation that cannot be applied, and why; the state is as it was.
pub(super) fn apply(
    state: &mut Value,
    operations: &[DiffOperation],
    limits: &StateLimits,
) -> Result<Vec<Change>, (usize, OperationFault)> {
    let mut applying =
        Applying { limits, work: MAX_WORK, growth: limits.max_len, changes: Vec::new() };
    for (position, operation) in operations.iter().enumerate() {
        if let Err(fault) = applying.operation(state, operation) {
            take_back(state, applying.changes);
            return Err((position, fault));
        }
    }
    Ok(applying.changes)
}

struct Applying<'a> {
    limits: &'a StateLimits,
    /// What may still be looked at and moved.
    work: u64,
    /// What may still be copied, in bytes.
    growth: u64,
    changes: Vec<Change>,
}

impl Applying<'_> {
    fn operation(
        &mut self,
        state: &mut Value,
        operation: &DiffOperation,
    ) -> Result<(), OperationFault> {
        let kind = OpType::try_from(operation.op);
        let kind = kind.map_err(|_| OperationFault::Unknown(operation.op))?;
        let place = Place::read(&operation.path, self.limits)?;
        match kind {
            OpType::Add => {
                let value = value(operation)?;
                self.measure(&value, place.depth())?;
                self.add(state, &place, value)
            }
            OpType::Remove => {
                let Place::Member { parent, name, .. } = &place else {
                    return Err(OperationFault::PathMissing);
                };
                let value = self.take(state, parent, name)?;
                let (parent, name) = ((*parent).to_owned(), name.to_string());
                self.changes.push(Change::Removed { parent, name, value });
                Ok(())
            }
            OpType::Replace => {
                let value = value(operation)?;
                self.measure(&value, place.depth())?;
                let old = find_mut(state, &operation.path)?;
                let value = core::mem::replace(old, value);
                self.changes.push(Change::Replaced { pointer: operation.path.clone(), value });
                Ok(())
            }
            OpType::Move => self.shift(state, &operation.from, &operation.path, &place),
            OpType::Copy => {
                Place::read(&operation.from, self.limits)?;
                let found = find(state, &operation.from)?;
                let len = self.measure(found, place.depth())?;
                self.growth = self.growth.checked_sub(len).ok_or(OperationFault::TooMuch)?;
                let copy = found.clone();
                self.add(state, &place, copy)
            }
            OpType::Test => {
                let value = value(operation)?;
                let found = find(state, &operation.path)?;
                self.measure(&value, place.depth())?;
                if is_equal(found, &value) { Ok(()) } else { Err(OperationFault::TestFailed) }
            }
        }
    }

    fn shift(
        &mut self,
        state: &mut Value,
        from: &str,
        path: &str,
        place: &Place<'_>,
    ) -> Result<(), OperationFault> {
        let Place::Member { parent, name, .. } = Place::read(from, self.limits)? else {
            return Err(OperationFault::IntoItself);
        };
        let found = find(state, from)?;
        if from == path {
            return Ok(());
        }
        if path.strip_prefix(from).is_some_and(|rest| rest.starts_with('/')) {
            return Err(OperationFault::IntoItself);
        }
        self.measure(found, place.depth())?;
        let value = self.take(state, parent, &name)?;
        let (parent, name) = (parent.to_owned(), name.into_owned());
        if let Err((fault, value)) = self.insert(state, place, value) {
            // Nothing was added, so that this change alone is told, with what it took.
            self.changes.push(Change::Removed { parent, name, value });
            return Err(fault);
        }
        // What `insert` told comes after what was taken.
        if let Some(added) = self.changes.pop() {
            self.changes.extend([Change::Moved { parent, name }, added]);
        }
        Ok(())
    }

    fn add(
        &mut self,
        state: &mut Value,
        place: &Place<'_>,
        value: Value,
    ) -> Result<(), OperationFault> {
        self.insert(state, place, value).map_err(|(fault, _)| fault)
    }

    /// Puts a value in its place and tells so; gives it back when there is no such place.
    fn insert(
        &mut self,
        state: &mut Value,
        place: &Place<'_>,
        value: Value,
    ) -> Result<(), (OperationFault, Value)> {
        let Place::Member { parent, name, .. } = place else {
            let value = core::mem::replace(state, value);
            self.changes.push(Change::Replaced { pointer: String::new(), value });
            return Ok(());
        };
        match state.pointer_mut(parent) {
            Some(Value::Object(members)) => {
                let replaced = members.insert(name.to_string(), value);
                let (parent, name) = ((*parent).to_owned(), name.to_string());
                self.changes.push(Change::Added { parent, name, replaced });
                Ok(())
            }
            Some(Value::Array(values)) => {
                let end = values.len();
                let at = if name == "-" { Some(end) } else { index(name) };
                let Some(at) = at.filter(|at| *at <= end) else {
                    return Err((OperationFault::PathMissing, value));
                };
                if let Err(fault) = self.spend(end.saturating_sub(at)) {
                    return Err((fault, value));
                }
                values.insert(at, value);
                let (parent, name) = ((*parent).to_owned(), at.to_string());
                self.changes.push(Change::Added { parent, name, replaced: None });
                Ok(())
            }
            _ => Err((OperationFault::PathMissing, value)),
        }
    }

    fn take(
        &mut self,
        state: &mut Value,
        parent: &str,
        name: &str,
    ) -> Result<Value, OperationFault> {
        let container = find_mut(state, parent)?;
        if let Value::Array(values) = &*container {
            self.spend(values.len().saturating_sub(index(name).unwrap_or(0)))?;
        }
        take(container, name).ok_or(OperationFault::PathMissing)
    }

    fn spend(&mut self, count: usize) -> Result<(), OperationFault> {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.work = self.work.checked_sub(count).ok_or(OperationFault::TooMuch)?;
        Ok(())
    }

    /// About how many bytes a value has; refused when it would be too deep at its place.
    fn measure(&mut self, value: &Value, depth: usize) -> Result<u64, OperationFault> {
        self.spend(1)?;
        let inside = || depth.checked_add(1).filter(|depth| *depth <= MAX_DEPTH);
        let mut len = 4_u64;
        match value {
            Value::String(text) => len = len.saturating_add(len_of(text)),
            Value::Array(values) => {
                let depth = inside().ok_or(OperationFault::TooDeep)?;
                for value in values {
                    len = len.saturating_add(self.measure(value, depth)?);
                }
            }
            Value::Object(members) => {
                let depth = inside().ok_or(OperationFault::TooDeep)?;
                for (name, value) in members {
                    let member = self.measure(value, depth)?.saturating_add(len_of(name));
                    len = len.saturating_add(member);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
        Ok(len)
    }
}

fn len_of(text: &str) -> u64 {
    u64::try_from(text.len()).unwrap_or(u64::MAX)
}

fn find<'a>(state: &'a Value, pointer: &str) -> Result<&'a Value, OperationFault> {
    state.pointer(pointer).ok_or(OperationFault::PathMissing)
}

fn find_mut<'a>(state: &'a mut Value, pointer: &str) -> Result<&'a mut Value, OperationFault> {
    state.pointer_mut(pointer).ok_or(OperationFault::PathMissing)
}

#[cfg(test)]
mod tests;
