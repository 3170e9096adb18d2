//! The operations that lead from one state to another.
//!
//! `json-patch` has a `diff` too. It compares lists element by element, so that a list that lost its first element is sent whole, and it copies every value that differs into the patch before
//! anything can stop it. Here values are written once, as the bytes that are sent, and a diff that grows beyond a limit ends there.

use prost::Message as _;
use serde_json::{Map, Value};

use super::depth;
use super::differ::FullReason;
use super::limits::{MAX_DEPTH, StateLimits};
use super::redact::{Names, Redactor};
use super::same::Same;
use crate::v1::DiffOperation;
use crate::v1::diff_operation::OpType;

/// What leads from `old` to `new`, secrets masked in the latter. Nothing is copied but what is in the operations.
///
/// # Errors
/// Why the whole state is to be sent instead: [`FullReason::TooManyOperations`], [`FullReason::PointerTooLong`], or [`FullReason::TooDeep`] where something new is deeper than
/// [`MAX_DEPTH`](super::MAX_DEPTH).
pub fn operations(
    old: &Value,
    new: &Value,
    redactor: &Redactor,
    limits: &StateLimits,
) -> Result<Vec<DiffOperation>, FullReason> {
    let mut walk = Walk { redactor, limits, operations: Vec::new() };
    walk.value(old, new, &Names::NONE)?;
    Ok(walk.operations)
}

/// How many bytes operations take in a message.
pub(super) fn len_of(operations: &[DiffOperation]) -> u64 {
    let len = |operation: &DiffOperation| {
        let len = operation.encoded_len();
        // The tag of the field, and its length.
        len.saturating_add(1).saturating_add(prost::length_delimiter_len(len))
    };
    operations.iter().map(len).fold(0, |sum, len| {
        let len = u64::try_from(len).unwrap_or(u64::MAX);
        u64::saturating_add(sum, len)
    })
}

struct Walk<'a> {
    redactor: &'a Redactor,
    limits: &'a StateLimits,
    operations: Vec<DiffOperation>,
}

impl Walk<'_> {
    fn value(&mut self, old: &Value, new: &Value, names: &Names<'_>) -> Result<(), FullReason> {
        match (old, new) {
            (Value::Object(old), Value::Object(new)) => self.object(old, new, names),
            (Value::Array(old), Value::Array(new)) => self.array(old, new, names),
            _ if Same::new(self.redactor).is(old, new, names) => Ok(()),
            _ => self.push(OpType::Replace, Some(new), names),
        }
    }

    fn object(
        &mut self,
        old: &Map<String, Value>,
        new: &Map<String, Value>,
        names: &Names<'_>,
    ) -> Result<(), FullReason> {
        let (mut olds, mut news) = (old.iter().peekable(), new.iter().peekable());
        loop {
            match (olds.peek().copied(), news.peek().copied()) {
                (Some((name, found)), Some((next, value))) if name == next => {
                    olds.next();
                    news.next();
                    self.value(found, value, &names.member(name))?;
                }
                // Maps that keep the order of insertion have a name on both sides that was not met on the other one yet.
                (Some((name, _)), next) if next.is_none_or(|(next, _)| name < next) => {
                    olds.next();
                    if !new.contains_key(name) {
                        self.push(OpType::Remove, None, &names.member(name))?;
                    }
                }
                (_, Some((name, value))) => {
                    news.next();
                    match old.get(name) {
                        Some(found) => self.value(found, value, &names.member(name))?,
                        None => self.push(OpType::Add, Some(value), &names.member(name))?,
                    }
                }
                (_, None) => return Ok(()),
            }
        }
    }

    fn array(&mut self, old: &[Value], new: &[Value], names: &Names<'_>) -> Result<(), FullReason> {
        let mut same = Same::new(self.redactor);
        let pairs = old.iter().rev().zip(new.iter().rev());
        let tail = pairs.take_while(|(old, new)| same.is(old, new, names)).count();
        let mut old = old.get(..old.len().saturating_sub(tail)).unwrap_or_default();
        let mut new = new.get(..new.len().saturating_sub(tail)).unwrap_or_default();
        let (mut at, mut tries) = (0_usize, TRIES);
        while let ([first, old_rest @ ..], [wanted, new_rest @ ..]) = (old, new) {
            let before = self.operations.len();
            self.value(first, wanted, &names.element(at))?;
            if self.operations.len() > before && tries > 0 {
                match self.shift(old, new, names) {
                    Some(Shift::Gone(count)) => {
                        self.operations.truncate(before);
                        self.remove(at, count, names)?;
                        old = old.get(count..).unwrap_or_default();
                        continue;
                    }
                    Some(Shift::Came(count)) => {
                        self.operations.truncate(before);
                        self.insert(at, new.get(..count).unwrap_or_default(), names)?;
                        new = new.get(count..).unwrap_or_default();
                        at = at.saturating_add(count);
                        continue;
                    }
                    None => tries -= 1,
                }
            }
            (old, new) = (old_rest, new_rest);
            at = at.saturating_add(1);
        }
        self.remove(at, old.len(), names)?;
        self.insert(at, new, names)
    }

    /// Whether elements are gone or came before the first ones of two lists that differ.
    fn shift(&self, old: &[Value], new: &[Value], names: &Names<'_>) -> Option<Shift> {
        let mut same = Same::new(self.redactor);
        let (first, wanted) = (old.first()?, new.first()?);
        (1..=LOOK_AHEAD).find_map(|count| {
            if old.get(count).is_some_and(|found| same.is(found, wanted, names)) {
                return Some(Shift::Gone(count));
            }
            let came = new.get(count).is_some_and(|found| same.is(first, found, names));
            came.then_some(Shift::Came(count))
        })
    }

    /// The last one first, so that few elements move.
    fn remove(&mut self, at: usize, count: usize, names: &Names<'_>) -> Result<(), FullReason> {
        let mut indices = (at..at.saturating_add(count)).rev();
        indices.try_for_each(|index| self.push(OpType::Remove, None, &names.element(index)))
    }

    fn insert(&mut self, at: usize, new: &[Value], names: &Names<'_>) -> Result<(), FullReason> {
        let mut elements = (at..).zip(new);
        elements.try_for_each(|(index, value)| {
            self.push(OpType::Add, Some(value), &names.element(index))
        })
    }

    fn push(
        &mut self,
        kind: OpType,
        value: Option<&Value>,
        names: &Names<'_>,
    ) -> Result<(), FullReason> {
        if self.operations.len() >= self.limits.max_operations {
            return Err(FullReason::TooManyOperations);
        }
        let path = names.pointer();
        if path.len() > self.limits.max_pointer_len {
            return Err(FullReason::PointerTooLong);
        }
        let room = MAX_DEPTH.saturating_sub(names.depth());
        if value.is_some_and(|value| !depth::fits(value, room)) {
            return Err(FullReason::TooDeep);
        }
        let text = |value| serde_json::to_vec(&self.redactor.view(value, names));
        let value = value.map(text).transpose().map_err(|_| FullReason::NotVerified)?;
        self.operations.push(DiffOperation {
            op: kind.into(),
            path,
            value: value.unwrap_or_default(),
            ..DiffOperation::default()
        });
        Ok(())
    }
}

/// How a list moved against another.
enum Shift {
    /// So many elements came before.
    Came(usize),
    /// So many elements are gone.
    Gone(usize),
}

/// How many elements may be gone or have come at once for a list to be recognised behind them.
const LOOK_AHEAD: usize = 32;
/// How often it is looked for in vain in one list.
const TRIES: u32 = 16;
