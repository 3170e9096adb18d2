//! The differences between two JSON Schemas, found keyword by keyword (JSON Schema 2020-12; SPEC Annex B).
//!
//! A schema is the conjunction of its keywords, so a keyword that accepts less than before makes the whole accept less. Where one keyword
//! depends on another, or what it accepts cannot be compared, the answer is `Unknown` with the keyword's name.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::keyword::{self, Effect};
use super::pointer::{escaped, resolved};
use super::work::Work;
use super::{Change, ChangeKind};
use crate::canonical_json::{Name, Value, parse, write};
use crate::error::SchemaError;

/// The differences between the schemas with these texts.
pub(super) fn changes(old: &[u8], new: &[u8]) -> Result<Vec<Change>, SchemaError> {
    let work = Work::of(old, new);
    let (old, new) = (parse(old)?, parse(new)?);
    let mut comparison = Comparison {
        old: &old,
        new: &new,
        differs: old != new,
        due: Vec::from([("#".to_owned(), &old, &new)]),
        seen: BTreeSet::new(),
        found: Vec::new(),
        work,
    };
    // References are followed from here, so that a cycle ends and no chain of them is too long.
    while let Some((path, old, new)) = comparison.due.pop() {
        comparison.schemas(&path, old, new);
    }
    if comparison.work.is_spent() {
        comparison.report("#", ChangeKind::ComparisonCut, None, None);
    }
    Ok(comparison.found)
}

struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    /// Whether there is any difference between both texts.
    differs: bool,
    due: Vec<(String, &'a Value, &'a Value)>,
    /// Pairs of references that were followed.
    seen: BTreeSet<(String, String)>,
    found: Vec<Change>,
    work: Work,
}

type Members = BTreeMap<Name, Value>;

impl<'a> Comparison<'a> {
    /// Compares two schemas of one place.
    fn schemas(&mut self, path: &str, old: &'a Value, new: &'a Value) {
        match (old, new) {
            (Value::Object(old), Value::Object(new)) => self.objects(path, old, new),
            (before, after) if before == after => {}
            (_, Value::Bool(true)) if accepts_all(old) => {}
            (Value::Bool(true), _) if accepts_all(new) => {}
            (Value::Object(_) | Value::Bool(_), Value::Bool(true))
            | (Value::Bool(false), Value::Object(_)) => {
                self.report(path, ChangeKind::ConstraintLoosened, Some(old), Some(new));
            }
            (Value::Object(_) | Value::Bool(_), Value::Bool(false))
            | (Value::Bool(true), Value::Object(_)) => {
                self.report(path, ChangeKind::ConstraintTightened, Some(old), Some(new));
            }
            // One of them is no schema.
            _ => self.report(path, ChangeKind::KeywordUnknown, Some(old), Some(new)),
        }
    }

    fn objects(&mut self, path: &str, old: &'a Members, new: &'a Members) {
        let names: BTreeSet<&Name> = old.keys().chain(new.keys()).collect();
        for name in names {
            self.work.spend(path.len().saturating_add(name.0.len()));
            if self.work.is_spent() {
                return;
            }
            let (before, after) = (old.get(name), new.get(name));
            let path = format!("{path}/{}", escaped(&name.0));
            match name.0.as_str() {
                // Only what a reference leads to is part of a schema.
                "$defs" | "definitions" => {}
                "$ref" => self.references(&path, before, after),
                "properties" => self.properties(&path, old, new),
                "additionalProperties" | "propertyNames" => {
                    self.with_default(&path, before, after);
                }
                "items" => self.items(&path, before, after),
                "patternProperties" => self.patterns(&path, before, after),
                "allOf" | "prefixItems" => self.lists(&path, before, after),
                "anyOf" => self.alternatives(&path, before, after),
                // It moves the root that references below it are resolved from.
                "$id" if self.differs && !self.are_roots(old, new) => {
                    self.report(&path, ChangeKind::KeywordUnknown, before, after);
                }
                keyword if before == after => {
                    let depends = match keyword {
                        // What it judges is what its neighbours leave over, and what these refer to.
                        "unevaluatedItems" | "unevaluatedProperties" => self.differs,
                        // What it leads to depends on how it was reached.
                        "$dynamicRef" => self.differs,
                        keyword => {
                            keyword::holds_schemas(keyword)
                                && self.differs
                                && before.is_some_and(has_reference)
                        }
                    };
                    if depends {
                        self.report(&path, ChangeKind::KeywordUnknown, before, after);
                    }
                }
                keyword => {
                    let effect = keyword::effect(keyword, before, after);
                    self.keyword(&path, effect, before, after);
                }
            }
        }
    }

    /// Whether these are the roots of both texts.
    fn are_roots(&self, old: &Members, new: &Members) -> bool {
        [(self.old, old), (self.new, new)].into_iter().all(|(root, schema)| {
            matches!(root, Value::Object(members) if core::ptr::eq(members, schema))
        })
    }

    fn keyword(
        &mut self,
        path: &str,
        effect: Effect,
        before: Option<&Value>,
        after: Option<&Value>,
    ) {
        let kind = match effect {
            Effect::Annotation => ChangeKind::AnnotationChanged,
            Effect::Both => ChangeKind::ConstraintChanged,
            Effect::Default => ChangeKind::DefaultChanged,
            Effect::Loosened => ChangeKind::ConstraintLoosened,
            Effect::Tightened => ChangeKind::ConstraintTightened,
            Effect::Unknown => ChangeKind::KeywordUnknown,
        };
        self.report(path, kind, before, after);
    }

    /// A subschema that accepts everything when it is not there.
    fn with_default(&mut self, path: &str, before: Option<&'a Value>, after: Option<&'a Value>) {
        self.schemas(path, before.unwrap_or(&TRUE), after.unwrap_or(&TRUE));
    }

    /// The schema of elements; before 2020-12 it could be a list, which is compared as a whole.
    fn items(&mut self, path: &str, before: Option<&'a Value>, after: Option<&'a Value>) {
        match before {
            Some(list @ Value::Array(_)) if before == after => {
                if self.differs && has_reference(list) {
                    self.report(path, ChangeKind::KeywordUnknown, before, after);
                }
            }
            _ => self.with_default(path, before, after),
        }
    }

    /// The properties of an object: one that is named on one side only was judged by `additionalProperties` on the other.
    fn properties(&mut self, path: &str, old: &'a Members, new: &'a Members) {
        let given = |schema: &'a Members| schema.get(&Name("properties".to_owned()));
        let named = |schema: &'a Members| match given(schema) {
            None => Some(&EMPTY),
            Some(Value::Object(properties)) => Some(properties),
            Some(_) => None,
        };
        let (Some(before), Some(after)) = (named(old), named(new)) else {
            // One of them is no object of schemas.
            if given(old) != given(new) {
                self.report(path, ChangeKind::KeywordUnknown, given(old), given(new));
            }
            return;
        };
        let rest = |schema: &'a Members| {
            schema.get(&Name("additionalProperties".to_owned())).unwrap_or(&TRUE)
        };
        let has_patterns =
            |schema: &Members| schema.contains_key(&Name("patternProperties".to_owned()));
        let is_plain = !has_patterns(old) && !has_patterns(new);
        let names: BTreeSet<&Name> = before.keys().chain(after.keys()).collect();
        for name in names {
            self.work.spend(path.len().saturating_add(name.0.len()));
            if self.work.is_spent() {
                return;
            }
            let path = format!("{path}/{}", escaped(&name.0));
            let in_old = before.contains_key(name);
            match (before.get(name), after.get(name)) {
                (Some(before), Some(after)) => self.schemas(&path, before, after),
                (before, after) if !is_plain => {
                    self.report(&path, ChangeKind::KeywordUnknown, before, after);
                }
                (before, after) => {
                    let (judged_before, judged_after) =
                        (before.unwrap_or_else(|| rest(old)), after.unwrap_or_else(|| rest(new)));
                    let other = if in_old { judged_after } else { judged_before };
                    let kind = match (in_old, other) {
                        _ if judged_before == judged_after && !has_reference(judged_before) => {
                            ChangeKind::AnnotationChanged
                        }
                        (false, Value::Bool(false)) => ChangeKind::PropertyAddedClosed,
                        (true, Value::Bool(false)) => ChangeKind::PropertyRemovedClosed,
                        _ if accepts_all(judged_before) && accepts_all(judged_after) => {
                            ChangeKind::AnnotationChanged
                        }
                        (false, rest) if accepts_all(rest) => ChangeKind::PropertyAddedOpen,
                        (true, rest) if accepts_all(rest) => ChangeKind::PropertyRemovedOpen,
                        _ => ChangeKind::KeywordUnknown,
                    };
                    self.report(&path, kind, before, after);
                }
            }
        }
    }

    fn patterns(&mut self, path: &str, before: Option<&'a Value>, after: Option<&'a Value>) {
        match (before, after) {
            (Some(Value::Object(old)), Some(Value::Object(new))) if old.keys().eq(new.keys()) => {
                for (name, before) in old {
                    if let Some(after) = new.get(name) {
                        self.schemas(&format!("{path}/{}", escaped(&name.0)), before, after);
                    }
                }
            }
            (before, after) if before == after => {}
            _ => self.report(path, ChangeKind::KeywordUnknown, before, after),
        }
    }

    /// Lists of as many schemas on both sides, one by one.
    fn lists(&mut self, path: &str, before: Option<&'a Value>, after: Option<&'a Value>) {
        match (before, after) {
            (Some(Value::Array(old)), Some(Value::Array(new))) if old.len() == new.len() => {
                for (index, (before, after)) in old.iter().zip(new).enumerate() {
                    self.schemas(&format!("{path}/{index}"), before, after);
                }
            }
            (before, after) if before == after => {}
            _ => self.report(path, ChangeKind::KeywordUnknown, before, after),
        }
    }

    /// Alternatives: more of them at the end accept more.
    fn alternatives(&mut self, path: &str, before: Option<&'a Value>, after: Option<&'a Value>) {
        let (Some(Value::Array(old)), Some(Value::Array(new))) = (before, after) else {
            if before == after {
                return;
            }
            let kind = if before.is_none() {
                ChangeKind::ConstraintTightened
            } else {
                ChangeKind::ConstraintLoosened
            };
            let kind =
                if before.is_some() && after.is_some() { ChangeKind::KeywordUnknown } else { kind };
            self.report(path, kind, before, after);
            return;
        };
        for (index, (before, after)) in old.iter().zip(new).enumerate() {
            self.schemas(&format!("{path}/{index}"), before, after);
        }
        match old.len().cmp(&new.len()) {
            core::cmp::Ordering::Less => {
                self.report(path, ChangeKind::ConstraintLoosened, before, after)
            }
            core::cmp::Ordering::Equal => {}
            core::cmp::Ordering::Greater => {
                self.report(path, ChangeKind::ConstraintTightened, before, after)
            }
        }
    }

    fn references(&mut self, path: &str, before: Option<&'a Value>, after: Option<&'a Value>) {
        match (before, after) {
            (Some(Value::String(old)), Some(Value::String(new))) => {
                self.work.spend(old.len().saturating_add(new.len()));
                match (resolved(self.old, old), resolved(self.new, new)) {
                    (Some(before), Some(after)) => {
                        if self.seen.insert((old.clone(), new.clone())) {
                            self.due.push((new.clone(), before, after));
                        }
                    }
                    // An anchor is found by what stands in the whole text.
                    _ if old == new && !self.differs => {}
                    _ => self.report(path, ChangeKind::KeywordUnknown, before, after),
                }
            }
            (None, _) => self.report(path, ChangeKind::ConstraintTightened, before, after),
            _ => self.report(path, ChangeKind::ConstraintLoosened, before, after),
        }
    }

    fn report(
        &mut self,
        path: &str,
        kind: ChangeKind,
        before: Option<&Value>,
        after: Option<&Value>,
    ) {
        let (before, after) = (before.map(text), after.map(text));
        let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
        self.work.spend(path.len().saturating_add(before.len()).saturating_add(after.len()));
        self.found.push(Change { path: path.to_owned(), kind, before, after });
    }
}

/// A value as its text, or as brackets when it is large: a list of changes is no copy of both schemas.
fn text(value: &Value) -> String {
    let mut room = LONGEST_TEXT;
    match value {
        Value::Array(_) if !fits(value, &mut room) => "[...]".to_owned(),
        Value::Object(_) if !fits(value, &mut room) => "{...}".to_owned(),
        value => String::from_utf8(write(value)).unwrap_or_default(),
    }
}

/// Whether a value and its parts have as much text as there is room for, as far as has to be looked.
fn fits(value: &Value, room: &mut usize) -> bool {
    let len = match value {
        Value::String(text) => text.len(),
        _ => 1,
    };
    let Some(rest) = room.checked_sub(len) else { return false };
    *room = rest;
    match value {
        Value::Array(elements) => elements.iter().all(|element| fits(element, room)),
        Value::Object(members) => members.iter().all(|(name, member)| {
            *room = room.saturating_sub(name.0.len());
            fits(member, room)
        }),
        _ => true,
    }
}

fn accepts_all(schema: &Value) -> bool {
    match schema {
        Value::Bool(accepts) => *accepts,
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

fn has_reference(value: &Value) -> bool {
    match value {
        Value::Array(elements) => elements.iter().any(has_reference),
        Value::Object(members) => members.iter().any(|(name, value)| {
            matches!(name.0.as_str(), "$ref" | "$dynamicRef") || has_reference(value)
        }),
        _ => false,
    }
}

static EMPTY: Members = Members::new();
static TRUE: Value = Value::Bool(true);
/// The longest text of an array or object in a change, in bytes, punctuation aside.
const LONGEST_TEXT: usize = 2_000;
