//! Secrets are masked before anything is compared, hashed or sent.

use core::fmt;
use std::collections::BTreeMap;
use std::sync::Arc;

use regex::{Captures, Regex, RegexSet};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::error::StateError;
use crate::{ConfigError, Problem};

mod names;
mod patterns;
mod view;

pub(super) use self::names::Names;

/// What stands in the place of a secret.
pub const MASK: &str = "[REDACTED]";

/// What is masked, as data.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct RedactOptions {
    /// Whether the patterns and names of this crate are used: keys of the common providers, bearer tokens, passwords, private keys, JSON web tokens.
    pub defaults: bool,
    /// Further patterns.
    pub patterns: Vec<Pattern>,
    /// Further names of members whose texts and numbers are masked, whatever they are. Case, `_` and `-` do not matter, and names that end with one count too: `secret` stands for `clientSecret`.
    pub names: Vec<String>,
}

/// One sort of secrets.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Pattern {
    /// What it is called where hits are counted.
    pub name: String,
    /// A regular expression of the crate `regex`. What its groups match is masked; without a group the whole match.
    pub regex: String,
}

/// Masks secrets. Masking what was masked changes nothing.
#[derive(Clone)]
pub struct Redactor {
    set: Arc<RegexSet>,
    patterns: Arc<[(Arc<str>, Regex)]>,
    /// In lower case, without `_` and `-`.
    names: Arc<[String]>,
    by_name: Arc<str>,
}

/// How often what was masked.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Redactions(BTreeMap<Arc<str>, u64>);

impl Default for RedactOptions {
    fn default() -> Self {
        Self { defaults: true, patterns: Vec::new(), names: Vec::new() }
    }
}

impl Pattern {
    /// A pattern of that name.
    #[must_use]
    pub fn new(name: &str, regex: &str) -> Self {
        Self { name: name.to_owned(), regex: regex.to_owned() }
    }
}

impl Redactor {
    /// One that masks what the options say.
    ///
    /// # Errors
    /// [`ConfigError`] with every pattern and name that is wrong: no regular expression, one that matches nothing at all or the mask itself, a blank name.
    pub fn new(options: &RedactOptions) -> Result<Self, ConfigError> {
        let defaults = if options.defaults { patterns::PATTERNS } else { &[] };
        // Bounds of ASCII words: those of Unicode cannot be found by the fast engines in text that is not ASCII.
        let plain = |regex: &str| regex.replace(r"\b", r"(?-u:\b)");
        let defaults = defaults.iter().map(|(name, regex)| Pattern::new(name, &plain(regex)));
        let (mut patterns, mut problems) = (Vec::new(), Vec::new());
        let own = options.patterns.iter().cloned().enumerate().map(|(at, own)| (Some(at), own));
        for (at, Pattern { name, regex }) in defaults.map(|found| (None, found)).chain(own) {
            match compiled(&name, &regex) {
                Ok(regex) => patterns.push((Arc::from(name), regex)),
                Err((what, remedy)) => {
                    let index = at.map_or_else(|| name.clone(), |at| at.to_string());
                    let place = format!("patterns[{index}]");
                    problems.push(Problem { place, found: Some(regex), what, remedy });
                }
            }
        }
        let mut names: Vec<_> = options.names.iter().map(|name| names::plain(name)).collect();
        for (at, _) in names.iter().enumerate().filter(|(_, name)| name.is_empty()) {
            let what = "a blank name would stand for every member".to_owned();
            let remedy = "take it out".to_owned();
            problems.push(Problem { place: format!("names[{at}]"), found: None, what, remedy });
        }
        if options.defaults {
            names.extend(patterns::NAMES.iter().map(|name| (*name).to_owned()));
        }
        let set = RegexSet::new(patterns.iter().map(|(_, regex)| regex.as_str()));
        match set {
            Ok(set) if problems.is_empty() => Ok(Self {
                set: Arc::new(set),
                patterns: patterns.into(),
                names: names.into(),
                by_name: Arc::from("name"),
            }),
            Ok(_) => Err(ConfigError { problems }),
            Err(error) => {
                let (what, remedy) = (error.to_string(), "use fewer or shorter ones".to_owned());
                let place = "patterns".to_owned();
                problems.push(Problem { place, found: None, what, remedy });
                Err(ConfigError { problems })
            }
        }
    }

    /// A text with its secrets masked, and how many there were; nothing when there is none.
    #[must_use]
    pub fn mask(&self, text: &str) -> Option<(String, Redactions)> {
        let mut redacted = Redactions::default();
        self.mask_text(text, &mut redacted).map(|masked| (masked, redacted))
    }

    /// A state with its secrets masked, and how many there were.
    ///
    /// # Errors
    /// [`StateError::TooDeep`].
    pub fn redacted(&self, state: &Value) -> Result<(Value, Redactions), StateError> {
        super::depth::check(state)?;
        let mut redacted = Redactions::default();
        let state = self.copy(state, &Names::NONE, &mut redacted);
        Ok((state, redacted))
    }

    /// What stands in the place of a text or number; nothing when it is no secret and has none in it.
    pub(super) fn masked(
        &self,
        value: &Value,
        names: &Names<'_>,
        redacted: &mut Redactions,
    ) -> Option<String> {
        let text = match value {
            Value::String(text) if text.is_empty() || text == MASK => return None,
            Value::String(text) => Some(text),
            Value::Number(_) => None,
            _ => return None,
        };
        if names.is_any(|name| self.is_secret(name)) {
            redacted.add(&self.by_name, 1);
            return Some(MASK.to_owned());
        }
        text.and_then(|text| self.mask_text(text, redacted))
    }

    fn is_secret(&self, name: &str) -> bool {
        let plain = names::plain(name);
        self.names.iter().any(|secret| plain.ends_with(secret.as_str()))
    }

    fn mask_text(&self, text: &str, redacted: &mut Redactions) -> Option<String> {
        let mut masked: Option<String> = None;
        for index in self.set.matches(text) {
            let Some((name, regex)) = self.patterns.get(index) else { continue };
            let mut hits = 0;
            let before = masked.as_deref().unwrap_or(text);
            let after =
                regex.replace_all(before, |found: &Captures<'_>| mask_groups(found, &mut hits));
            if hits > 0 {
                masked = Some(after.into_owned());
                redacted.add(name, hits);
            }
        }
        masked
    }

    fn copy(&self, value: &Value, names: &Names<'_>, redacted: &mut Redactions) -> Value {
        match value {
            Value::Array(values) => {
                values.iter().map(|value| self.copy(value, names, redacted)).collect()
            }
            Value::Object(members) => {
                let copy = |(name, value): (&String, &Value)| {
                    (name.clone(), self.copy(value, &names.member(name), redacted))
                };
                Value::Object(members.iter().map(copy).collect::<Map<_, _>>())
            }
            leaf => match self.masked(leaf, names, redacted) {
                Some(masked) => Value::String(masked),
                None => leaf.clone(),
            },
        }
    }
}

/// The match with its groups masked. What is masked already stays.
fn mask_groups(found: &Captures<'_>, hits: &mut u64) -> String {
    let Some(whole) = found.get(0) else { return String::new() };
    let groups = found.iter().skip(1).flatten();
    let groups: Vec<_> = if found.len() > 1 { groups.collect() } else { vec![whole] };
    let (mut masked, mut done) = (String::new(), whole.start());
    let piece = |from: usize, to: usize| {
        let (from, to) = (from.checked_sub(whole.start()), to.checked_sub(whole.start()));
        from.zip(to).and_then(|(from, to)| whole.as_str().get(from..to)).unwrap_or_default()
    };
    for group in groups {
        if group.is_empty() || group.start() < done || group.as_str().starts_with(STEM) {
            continue;
        }
        masked.push_str(piece(done, group.start()));
        masked.push_str(MASK);
        done = group.end();
        *hits += 1;
    }
    masked.push_str(piece(done, whole.end()));
    masked
}

/// The expression, or what is wrong with it and what to do.
fn compiled(name: &str, regex: &str) -> Result<Regex, (String, String)> {
    let wrong = |what: &str, remedy: &str| Err((what.to_owned(), remedy.to_owned()));
    if name.trim().is_empty() {
        return wrong("its name is blank", "give it one, hits are counted under it");
    }
    let regex = match Regex::new(regex) {
        Ok(regex) => regex,
        Err(regex::Error::CompiledTooBig(_)) => {
            return wrong("it is too large", "bound its repetitions");
        }
        Err(error) => {
            let last = error.to_string();
            let last = last.lines().last().unwrap_or_default().trim_start_matches("error: ");
            return wrong(&format!("no regular expression: {last}"), "see the crate regex");
        }
    };
    if regex.is_match("") {
        return wrong("it matches an empty text", "have it match what secrets look like");
    }
    if regex.is_match(MASK) {
        return wrong("it matches the mask", "have it match what secrets look like");
    }
    Ok(regex)
}

impl Redactions {
    /// All together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// Every pattern that was found, by name, and how often; `name` stands for members that were masked by their name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(name, count)| (&**name, *count))
    }

    fn add(&mut self, name: &Arc<str>, count: u64) {
        let sum = self.0.entry(Arc::clone(name)).or_default();
        *sum = sum.saturating_add(count);
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor")
            .field("patterns", &self.patterns.len())
            .field("names", &self.names.len())
            .finish_non_exhaustive()
    }
}

/// What the mask begins with: a pattern that stops before its bracket meets it so.
const STEM: &str = "[REDACTED";

#[cfg(test)]
mod tests;
