//! What was seen at one place of many records, and the schema that takes all of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// What was seen at a place.
#[derive(Default)]
pub(super) struct Node {
    seen: u64,
    /// The names of the types that have no parts.
    types: BTreeSet<&'static str>,
    strings: Strings,
    elements: Option<Box<Self>>,
    members: Option<Members>,
}

/// The strings of a place, as long as they are few.
struct Strings {
    seen: u64,
    values: Option<BTreeSet<String>>,
}

/// The members of the objects of a place.
struct Members {
    objects: u64,
    names: Names,
}

enum Names {
    Few(BTreeMap<String, Node>),
    /// So many that they are data themselves.
    Many(Box<Node>),
}

impl Node {
    /// Takes in one more value.
    pub(super) fn take_in(&mut self, value: Value) {
        self.take_in_at(value, DEEPEST);
    }

    /// The schema of everything that was seen.
    pub(super) fn schema(&self) -> Value {
        let mut types = self.types.clone();
        // Every integer is a number.
        if types.contains("number") {
            types.remove("integer");
        }
        let mut schema = Map::new();
        if let Some(members) = &self.members {
            types.insert("object");
            schema.extend(members.schema());
        }
        if let Some(elements) = &self.elements {
            types.insert("array");
            if elements.seen > 0 {
                schema.insert("items".to_owned(), elements.schema());
            }
        }
        if let (true, Some(values)) = (types.len() == 1, self.strings.few()) {
            schema.insert("enum".to_owned(), json!(values));
        }
        let types: Vec<_> = types.into_iter().collect();
        match types.as_slice() {
            // Too deep: nothing was looked at.
            [] => {}
            [one] => drop(schema.insert("type".to_owned(), json!(one))),
            several => drop(schema.insert("type".to_owned(), json!(several))),
        }
        Value::Object(schema)
    }

    fn take_in_at(&mut self, value: Value, deeper: usize) {
        self.seen += 1;
        let Some(deeper) = deeper.checked_sub(1) else { return };
        match value {
            Value::Null => drop(self.types.insert("null")),
            Value::Bool(_) => drop(self.types.insert("boolean")),
            Value::Number(number) if number.is_f64() => drop(self.types.insert("number")),
            Value::Number(_) => drop(self.types.insert("integer")),
            Value::String(text) => {
                self.types.insert("string");
                self.strings.take_in(text);
            }
            Value::Array(values) => {
                let elements = self.elements.get_or_insert_default();
                values.into_iter().for_each(|value| elements.take_in_at(value, deeper));
            }
            Value::Object(members) => {
                self.members.get_or_insert_default().take_in(members, deeper);
            }
        }
    }

    /// Everything that was seen here and there, as seen in one place.
    fn merge(&mut self, other: Self) {
        self.seen += other.seen;
        self.types.extend(other.types);
        self.strings.merge(other.strings);
        if let Some(elements) = other.elements {
            self.elements.get_or_insert_default().merge(*elements);
        }
        if let Some(members) = other.members {
            self.members.get_or_insert_default().merge(members);
        }
    }
}

impl Strings {
    fn take_in(&mut self, text: String) {
        self.seen += 1;
        if let Some(values) = &mut self.values {
            let is_short = text.len() <= LONGEST_VALUE;
            values.insert(text);
            if !is_short || values.len() > MOST_VALUES {
                self.values = None;
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.seen += other.seen;
        let values = self.values.take().zip(other.values).map(|(mut ours, theirs)| {
            ours.extend(theirs);
            ours
        });
        self.values = values.filter(|values| values.len() <= MOST_VALUES);
    }

    /// The values, when they are few and came often.
    fn few(&self) -> Option<&BTreeSet<String>> {
        let values = self.values.as_ref().filter(|values| !values.is_empty())?;
        let fewest = (values.len() as u64 * TIMES).max(FEWEST);
        (self.seen >= fewest).then_some(values)
    }
}

impl Members {
    fn take_in(&mut self, members: Map<String, Value>, deeper: usize) {
        self.objects += 1;
        for (name, value) in members {
            match &mut self.names {
                Names::Few(few) => few.entry(name).or_default().take_in_at(value, deeper),
                Names::Many(any) => any.take_in_at(value, deeper),
            }
        }
        self.bound();
    }

    fn merge(&mut self, other: Self) {
        self.objects += other.objects;
        match (&mut self.names, other.names) {
            (Names::Few(ours), Names::Few(theirs)) => {
                for (name, node) in theirs {
                    ours.entry(name).or_default().merge(node);
                }
            }
            (Names::Many(ours), theirs) => ours.merge(theirs.into_any()),
            (ours, Names::Many(theirs)) => {
                let few = core::mem::replace(ours, Names::Many(theirs)).into_any();
                if let Names::Many(any) = ours {
                    any.merge(few);
                }
            }
        }
        self.bound();
    }

    fn bound(&mut self) {
        if matches!(&self.names, Names::Few(few) if few.len() > MOST_NAMES) {
            let few = core::mem::replace(&mut self.names, Names::Many(Box::default()));
            self.names = Names::Many(Box::new(few.into_any()));
        }
    }

    fn schema(&self) -> Map<String, Value> {
        let mut schema = Map::new();
        match &self.names {
            Names::Many(any) => {
                drop(schema.insert("additionalProperties".to_owned(), any.schema()))
            }
            Names::Few(few) => {
                let properties: Map<_, _> =
                    few.iter().map(|(name, node)| (name.clone(), node.schema())).collect();
                let in_all = few.iter().filter(|(_, node)| node.seen == self.objects);
                let required: Vec<_> = in_all.map(|(name, _)| name.as_str()).collect();
                if !required.is_empty() {
                    schema.insert("required".to_owned(), json!(required));
                }
                schema.insert("properties".to_owned(), Value::Object(properties));
            }
        }
        schema
    }
}

impl Names {
    fn into_any(self) -> Node {
        match self {
            Self::Many(any) => *any,
            Self::Few(few) => few.into_values().fold(Node::default(), |mut all, node| {
                all.merge(node);
                all
            }),
        }
    }
}

impl Default for Strings {
    fn default() -> Self {
        Self { seen: 0, values: Some(BTreeSet::new()) }
    }
}

impl Default for Members {
    fn default() -> Self {
        Self { objects: 0, names: Names::Few(BTreeMap::new()) }
    }
}

/// Deeper than this a schema would come near the 64 levels of KEY-4.
const DEEPEST: usize = 20;
const MOST_NAMES: usize = 200;
const MOST_VALUES: usize = 12;
const LONGEST_VALUE: usize = 64;
/// How often a value comes, on average, before it is taken for one of few.
const TIMES: u64 = 20;
const FEWEST: u64 = 100;

#[cfg(test)]
mod tests {
    use super::*;

    fn proposed(records: &[Value]) -> Value {
        let mut node = Node::default();
        records.iter().cloned().for_each(|record| node.take_in(record));
        let schema = node.schema();
        let validator = jsonschema::validator_for(&schema).unwrap();
        for record in records {
            assert!(validator.is_valid(record), "{record}\n{schema:#}");
        }
        schema
    }

    #[test]
    fn types_and_what_all_have() {
        let schema = proposed(&[
            json!({"id": 1, "tags": ["a"], "price": 1}),
            json!({"id": 2, "tags": [], "price": 1.5, "note": null}),
            json!({"id": 18_446_744_073_709_551_615_u64, "tags": [1], "price": 2, "note": "x"}),
        ]);
        assert_eq!(
            schema,
            json!({
                "type": "object",
                "required": ["id", "price", "tags"],
                "properties": {
                    "id": {"type": "integer"},
                    "note": {"type": ["null", "string"]},
                    "price": {"type": "number"},
                    "tags": {"type": "array", "items": {"type": ["integer", "string"]}},
                },
            })
        );
    }

    #[test]
    fn strings_are_an_enum_only_where_few_values_come_often() {
        let records = |count: usize, values: usize| {
            let record = |n| json!({"s": format!("v{}", n % values)});
            proposed(&(0..count).map(record).collect::<Vec<_>>())
        };
        let is_enum = |schema: Value| schema["properties"]["s"].get("enum").is_some();
        assert!(is_enum(records(100, 5)));
        assert!(!is_enum(records(99, 5)));
        assert!(!is_enum(records(100, 6)));
        assert!(is_enum(records(240, 12)));
        assert!(!is_enum(records(10_000, 13)));
        let long = json!({"s": "x".repeat(65)});
        assert!(!is_enum(proposed(&vec![long; 200])));
        // Beside another type it would refuse that.
        let mut mixed = vec![json!({"s": "v"}); 200];
        mixed.push(json!({"s": null}));
        assert!(!is_enum(proposed(&mixed)));
    }

    #[test]
    fn many_names_are_a_map_and_depth_ends() {
        let names = |from: usize| -> Value {
            (from..from + 150)
                .map(|n| (format!("k{n}"), json!({"n": n})))
                .collect::<Map<_, _>>()
                .into()
        };
        let schema = proposed(&[names(0), names(100), names(300), json!({})]);
        let inner =
            json!({"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}});
        assert_eq!(schema, json!({"type": "object", "additionalProperties": inner}));
        let deep = (0..100).fold(json!(1), |inner, _| json!({"a": [inner]}));
        let schema = proposed(&[deep, json!(null)]);
        let canonical = strictframe_schema::canonical_json(schema.to_string().as_bytes());
        assert!(canonical.is_ok(), "{canonical:?}");
    }
}
