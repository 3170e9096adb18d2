//! A producer's configuration out of JSON, with everything that is wrong with it.

use serde_json::{Map, Value};

use super::config::ProducerConfig;
use crate::problem::{ConfigError, Problem};

impl ProducerConfig {
    /// Reads one JSON object; `spec/schema/producer-config.schema.json` describes it.
    ///
    /// # Errors
    /// [`ConfigError`] with everything that is wrong: of each member of the object the first fault of its form, and every value out of range.
    pub fn from_json(json: &[u8]) -> Result<Self, ConfigError> {
        let read = parsed(json).map_err(|problem| ConfigError { problems: vec![problem] });
        let members = match read {
            Ok(Value::Object(members)) => members,
            Ok(_) => return Err(ConfigError { problems: vec![no_object(String::new())] }),
            Err(error) => return Err(error),
        };
        let mut problems: Vec<_> = arrays(&members).map(no_object).collect();
        let mut good = Map::new();
        for (name, value) in members {
            let one = Value::Object(Map::from_iter([(name.clone(), value.clone())]));
            match serde_path_to_error::deserialize::<_, Self>(one) {
                Ok(_) => _ = good.insert(name, value),
                Err(error) => problems.push(misshapen(&error)),
            }
        }
        // What is well formed is looked at all the same.
        let good = serde_json::from_value::<Self>(Value::Object(good)).unwrap_or_default();
        if let Err(error) = good.check() {
            problems.extend(error.problems);
        }
        if !problems.is_empty() {
            return Err(ConfigError { problems });
        }
        // A member that stands there twice is seen only where none of both has been forgotten.
        let mut text = serde_json::Deserializer::from_slice(json);
        serde_path_to_error::deserialize(&mut text)
            .map_err(|error| ConfigError { problems: vec![misshapen(&error)] })
    }
}

fn parsed(json: &[u8]) -> Result<Value, Problem> {
    serde_json::from_slice(json).map_err(|error| Problem {
        place: String::from("the configuration"),
        found: None,
        what: format!("it is no JSON: {error}"),
        remedy: String::from("write one JSON object"),
    })
}

/// The places of objects in which an array stands: serde would take its elements for the fields, one after the other.
fn arrays(members: &Map<String, Value>) -> impl Iterator<Item = String> {
    let below = members.get("queue").and_then(Value::as_object).into_iter().flatten();
    let lanes = below.map(|(lane, value)| (format!("queue.{lane}"), value));
    let top = OBJECTS.iter().filter_map(|name| Some(((*name).to_owned(), members.get(*name)?)));
    let arrays = top.chain(lanes).filter(|(_, value)| value.is_array());
    arrays.map(|(place, _)| place)
}

fn no_object(place: String) -> Problem {
    let place = if place.is_empty() { String::from("the configuration") } else { place };
    let (what, remedy) = ("it is no object", "write an object, with names before its values");
    Problem { place, found: None, what: what.to_owned(), remedy: remedy.to_owned() }
}

fn misshapen<E: core::fmt::Display>(error: &serde_path_to_error::Error<E>) -> Problem {
    Problem {
        place: error.path().to_string(),
        found: None,
        what: error.inner().to_string(),
        remedy: String::from("see the fields of ProducerConfig"),
    }
}

/// The members that are objects.
const OBJECTS: [&str; 4] = ["extensions", "queue", "retry", "spool"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::producer::Overflow;

    fn problems(json: &str) -> Vec<String> {
        let error = ProducerConfig::from_json(json.as_bytes()).unwrap_err();
        error.problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_left_out_has_its_default_and_what_is_written_out_is_read_again() {
        assert_eq!(ProducerConfig::from_json(b"{}").unwrap(), ProducerConfig::default());
        let config =
            ProducerConfig::default().with_lanes(9, Overflow::Block).with_spool("s", 1 << 20);
        let json = serde_json::to_vec(&config).unwrap();
        assert_eq!(ProducerConfig::from_json(&json).unwrap(), config);
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let json = r#"{"tick_us": 5, "queue": {"low": {"capacity": 0, "overflow": "drop_newest"}},
            "retry": {"most_ms": "long"}, "topik": "t", "policy": {"level": 99}}"#;
        let said = problems(json);
        assert_eq!(said.len(), 5, "{said:#?}");
        for place in ["tick_us = \"5\"", "queue.low.capacity", "retry.most_ms", "topik", "policy"] {
            assert!(said.iter().any(|said| said.starts_with(place)), "{place}: {said:#?}");
        }
    }

    #[cfg(feature = "schemars")]
    #[test]
    fn the_schema_and_the_code_agree_on_every_bound() {
        let schema = schemars::schema_for!(ProducerConfig);
        let validator = jsonschema::validator_for(schema.as_value()).unwrap();
        let lane =
            |capacity: u64| serde_json::json!({"low": {"capacity": capacity, "overflow": "block"}});
        let retry =
            |name: &str, number: u64| serde_json::json!({name: number, "most_ms": 3_600_000});
        let judged = |name: &str, value: Value, is_good: bool| {
            let json = Value::Object(Map::from_iter([(name.to_owned(), value)]));
            assert_eq!(validator.is_valid(&json), is_good, "the schema: {json}");
            let read = ProducerConfig::from_json(json.to_string().as_bytes());
            assert_eq!(read.is_ok(), is_good, "the code: {json}: {read:?}");
        };
        for (name, least, most) in [
            ("threads", 1, 10_000_000),
            ("in_flight", 1, 65_536),
            ("tick_us", 100, 1_000_000),
            ("drop_wait_ms", 0_u64, 60_000),
        ] {
            for (number, is_good) in [(least, true), (most, true), (most + 1, false)] {
                judged(name, number.into(), is_good);
            }
            if let Some(less) = least.checked_sub(1) {
                judged(name, less.into(), false);
            }
        }
        for (number, is_good) in [(0, false), (1, true), (1 << 20, true), ((1 << 20) + 1, false)] {
            judged("queue", lane(number), is_good);
        }
        for (name, most) in [("first_ms", 3_600_000), ("deadline_ms", 86_400_000)] {
            for (number, is_good) in [(0, false), (1, true), (most, true), (most + 1, false)] {
                judged("retry", retry(name, number), is_good);
            }
        }
        for (bytes, is_good) in [(65_535, false), (65_536, true)] {
            judged("spool", serde_json::json!({"folder": "s", "bytes": bytes}), is_good);
        }
        judged("queue", serde_json::json!([]), false);
        judged("topik", "t".into(), false);
        let written = serde_json::to_value(ProducerConfig::default()).unwrap();
        assert!(validator.is_valid(&written));
    }

    #[test]
    fn nothing_is_guessed() {
        for json in ["", "[]", "nothing", "{} {}", r#"{"topic": "a", "topic": "b"}"#] {
            assert_eq!(problems(json).len(), 1, "{json}");
        }
        assert_eq!(problems(r#"{"retry": [1, 2, 3], "queue": {"low": [1, "block"]}}"#).len(), 2);
    }
}
