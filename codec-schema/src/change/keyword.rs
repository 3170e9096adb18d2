//! What a keyword of JSON Schema accepts after a change, beside what it accepted before.

use alloc::collections::BTreeSet;
use core::cmp::Ordering;

use crate::canonical_json::Value;

/// What became of the values that a keyword accepts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Effect {
    /// It accepts everything, before and after.
    Annotation,
    /// Some came, and some went.
    Both,
    /// They are the same; one that is absent means another.
    Default,
    Loosened,
    Tightened,
    Unknown,
}

/// The effect of a keyword that is not equal on both sides; absent is `None`.
pub(super) fn effect(keyword: &str, old: Option<&Value>, new: Option<&Value>) -> Effect {
    match keyword {
        "maximum" | "exclusiveMaximum" | "maxLength" | "maxItems" | "maxProperties" => {
            bound(old, new, Ordering::Greater)
        }
        "minimum" | "exclusiveMinimum" | "minLength" | "minItems" | "minProperties" => {
            bound(old, new, Ordering::Less)
        }
        "multipleOf" => presence(old, new).unwrap_or_else(|| multiples(old, new)),
        "pattern" | "format" => presence(old, new).unwrap_or(Effect::Unknown),
        "uniqueItems" => match (flag(old), flag(new)) {
            (Some(true), Some(false)) => Effect::Loosened,
            (Some(false), Some(true)) => Effect::Tightened,
            (Some(_), Some(_)) => Effect::Annotation,
            _ => Effect::Unknown,
        },
        "required" => sets(members(old), members(new), true),
        "type" => presence(old, new).unwrap_or_else(|| sets(types(old), types(new), false)),
        "enum" => presence(old, new).unwrap_or_else(|| enums(old, new)),
        "const" => presence(old, new).unwrap_or(Effect::Both),
        "default" => Effect::Default,
        "deprecated" | "readOnly" | "writeOnly" | "contentEncoding" | "contentMediaType"
        | "$id" => Effect::Annotation,
        _ => Effect::Unknown,
    }
}

/// Whether a keyword that is compared as a whole has schemas inside.
pub(super) fn holds_schemas(keyword: &str) -> bool {
    matches!(
        keyword,
        "additionalItems"
            | "contains"
            | "dependencies"
            | "dependentSchemas"
            | "else"
            | "if"
            | "not"
            | "oneOf"
            | "then"
    )
}

/// A constraint that came tightens, one that went loosens.
fn presence(old: Option<&Value>, new: Option<&Value>) -> Option<Effect> {
    match (old, new) {
        (None, _) => Some(Effect::Tightened),
        (_, None) => Some(Effect::Loosened),
        _ => None,
    }
}

/// A boolean that is false when it is not there; nothing where it is no boolean.
fn flag(value: Option<&Value>) -> Option<bool> {
    match value {
        None => Some(false),
        Some(Value::Bool(value)) => Some(*value),
        Some(_) => None,
    }
}

/// A number that accepts more when it is `looser` than before.
fn bound(old: Option<&Value>, new: Option<&Value>, looser: Ordering) -> Effect {
    if let Some(effect) = presence(old, new) {
        return effect;
    }
    match (old, new) {
        (Some(Value::Number(old)), Some(Value::Number(new))) => match new.partial_cmp(old) {
            Some(order) if order == looser => Effect::Loosened,
            Some(_) => Effect::Tightened,
            None => Effect::Unknown,
        },
        // Before draft 6 the exclusive bounds were flags.
        _ => Effect::Unknown,
    }
}

/// Multiples of whole numbers: those of a multiple are fewer.
fn multiples(old: Option<&Value>, new: Option<&Value>) -> Effect {
    let (Some(Value::Number(old)), Some(Value::Number(new))) = (old, new) else {
        return Effect::Unknown;
    };
    let is_whole =
        |number: f64| number >= 1.0 && number % 1.0 == 0.0 && number < 9_007_199_254_740_992.0;
    match (is_whole(*old) && is_whole(*new), new % old == 0.0, old % new == 0.0) {
        (true, true, _) => Effect::Tightened,
        (true, _, true) => Effect::Loosened,
        (true, ..) => Effect::Both,
        _ => Effect::Unknown,
    }
}

/// Names of which all must be there, or of which one must; nothing when there is something else than names.
type Names<'a> = Option<BTreeSet<&'a str>>;

fn members(value: Option<&Value>) -> Names<'_> {
    match value {
        None => Some(BTreeSet::new()),
        Some(Value::Array(names)) => names
            .iter()
            .map(|name| match name {
                Value::String(name) => Some(name.as_str()),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

fn types(value: Option<&Value>) -> Names<'_> {
    let mut names = match value {
        Some(Value::String(name)) => Some(BTreeSet::from([name.as_str()])),
        value => members(value),
    }?;
    // Every integer is a number.
    if names.contains("number") {
        names.insert("integer");
    }
    Some(names)
}

/// The effect of names that came and went, when all of them are demanded (or one of them suffices).
fn sets(old: Names<'_>, new: Names<'_>, is_all: bool) -> Effect {
    let (Some(old), Some(new)) = (old, new) else { return Effect::Unknown };
    let (more, fewer) = (old.is_subset(&new), new.is_subset(&old));
    match (more, fewer, is_all) {
        (true, true, _) => Effect::Annotation,
        (true, false, true) | (false, true, false) => Effect::Tightened,
        (false, true, true) | (true, false, false) => Effect::Loosened,
        (false, false, _) => Effect::Both,
    }
}

fn enums(old: Option<&Value>, new: Option<&Value>) -> Effect {
    let (Some(Value::Array(old)), Some(Value::Array(new))) = (old, new) else {
        return Effect::Unknown;
    };
    let (more, fewer) =
        (old.iter().all(|value| new.contains(value)), new.iter().all(|value| old.contains(value)));
    match (more, fewer) {
        (true, true) => Effect::Annotation,
        (true, false) => Effect::Loosened,
        (false, true) => Effect::Tightened,
        (false, false) => Effect::Both,
    }
}
