//! The values as they were given: those of variables before those of the file.

use core::fmt;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::fields::{ALL, Field};
use crate::problem::Problem;

/// Values by the names of their fields.
#[derive(Debug, Default)]
pub(super) struct Gathered(BTreeMap<&'static str, Given>);

/// A value and where it was given. Any of them may be a secret, so that all are kept as one.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) place: String,
    value: SecretString,
    is_secret: bool,
}

/// What a file may give for a value.
#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Bool(bool),
    Integer(i64),
    List(Vec<String>),
    Text(String),
}

impl Given {
    pub(super) fn value(&self) -> &str {
        self.value.expose_secret()
    }

    pub(super) const fn secret(&self) -> &SecretString {
        &self.value
    }

    /// That something is wrong with it.
    pub(super) fn problem(&self, what: impl Into<String>, remedy: impl Into<String>) -> Problem {
        let found = (!self.is_secret).then(|| self.value().to_owned());
        Problem { place: self.place.clone(), found, what: what.into(), remedy: remedy.into() }
    }
}

impl Gathered {
    pub(super) fn new(
        path: Option<&Path>,
        variable: impl Fn(&str) -> Option<OsString>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut gathered = Self::default();
        if let Some(path) = path {
            gathered.add_file(path, problems);
        }
        for field in &ALL {
            gathered.add_variables(field, &variable, problems);
        }
        gathered
    }

    pub(super) fn get(&self, name: &str) -> Option<&Given> {
        self.0.get(name)
    }

    fn add_variables(
        &mut self,
        field: &'static Field,
        variable: impl Fn(&str) -> Option<OsString>,
        problems: &mut Vec<Problem>,
    ) {
        let mut first: Option<Given> = None;
        for name in field.variables {
            let Some(value) = variable(name).filter(|value| !value.is_empty()) else { continue };
            let Ok(value) = value.into_string() else {
                let what = "its value is not UTF-8";
                problems.push(plain(*name, what, "set it to text in UTF-8"));
                continue;
            };
            match &first {
                None => first = Some(Given::new(field, (*name).to_owned(), value)),
                Some(first) if first.value() == value => {}
                Some(first) => {
                    let what = format!("it says something else than {}", first.place);
                    let remedy = format!("set {} alone", field.variable());
                    problems
                        .push(Given::new(field, (*name).to_owned(), value).problem(what, remedy));
                }
            }
        }
        if let Some(first) = first {
            self.0.insert(field.name, first);
        }
    }

    fn add_file(&mut self, path: &Path, problems: &mut Vec<Problem>) {
        let shown = path.display();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                let what = format!("it cannot be read: {error}");
                return problems.push(plain(shown, what, "name a file in TOML or JSON"));
            }
        };
        let is_json = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"));
        // The parsers' own messages quote the text, which may be a secret: what is said is the line alone.
        let parsed: Result<BTreeMap<String, serde_json::Value>, String> = if is_json {
            serde_json::from_str(&text)
                .map_err(|error| format!("line {}, column {}", error.line(), error.column()))
        } else {
            toml::from_str(&text).map_err(|error| {
                let start = error.span().map_or(0, |span| span.start);
                let before = text.get(..start).unwrap_or_default();
                format!("line {}", before.matches('\n').count() + 1)
            })
        };
        let values = match parsed {
            Ok(values) => values,
            Err(line) => {
                let format = if is_json { "one JSON object" } else { "TOML" };
                let what = format!("it is not {format} at {line}");
                return problems.push(plain(shown, what, "correct it there"));
            }
        };
        for (key, value) in values {
            let place = format!("{shown}: {key}");
            let Some(field) = Field::called(&key) else {
                let known: Vec<&str> = ALL.iter().map(|field| field.name).collect();
                let remedy = format!("the fields are {}", known.join(", "));
                problems.push(plain(place, "there is no such field", remedy));
                continue;
            };
            let value = match serde_json::from_value(value) {
                Ok(Scalar::Bool(value)) => value.to_string(),
                Ok(Scalar::Integer(value)) => value.to_string(),
                Ok(Scalar::List(values)) if field.name == "brokers" => values.join(","),
                Ok(Scalar::Text(value)) => value,
                _ => {
                    let remedy = "write a text, an integer, true or false";
                    problems.push(plain(place, "its value is of the wrong type", remedy));
                    continue;
                }
            };
            let given = Given::new(field, place, value);
            if let Some(twin) = self.0.get(field.name) {
                let what = format!("it is the same as {}", twin.place);
                problems.push(given.problem(what, "write one of them"));
            } else {
                self.0.insert(field.name, given);
            }
        }
    }
}

impl Given {
    fn new(field: &Field, place: String, value: String) -> Self {
        Self { place, value: value.into(), is_secret: field.is_secret }
    }
}

/// Something wrong at a place that has no value to show.
pub(super) fn plain(
    place: impl fmt::Display,
    what: impl Into<String>,
    remedy: impl Into<String>,
) -> Problem {
    let (place, what, remedy) = (place.to_string(), what.into(), remedy.into());
    Problem { place, found: None, what, remedy }
}
