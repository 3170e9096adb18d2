//! JSON Schemas as they are meant: which part is a schema, which is data, which is annotation.
//!
//! Written from the clause and not from the code: here a schema is a schema because it was made
//! as one, and no keyword is looked up to find out.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value};

/// A JSON Schema.
#[derive(Clone, Debug)]
pub(crate) enum Schema {
    Boolean(bool),
    Object { keywords: Vec<(String, Keyword)>, annotations: Vec<(String, Value)> },
}

/// What a keyword holds.
#[derive(Clone, Debug)]
pub(crate) enum Keyword {
    Data(Value),
    List(Vec<Schema>),
    Map(Vec<(String, Schema)>),
    One(Schema),
}

impl Schema {
    /// The schema as JSON, with its annotations or without. Of two keywords with one name the
    /// later one counts.
    pub(crate) fn to_json(&self, annotated: bool) -> Value {
        match self {
            Self::Boolean(boolean) => Value::Bool(*boolean),
            Self::Object { keywords, annotations } => {
                let annotations = annotations.iter().filter(|_| annotated).cloned();
                let keywords = keywords.iter().map(|(name, keyword)| {
                    let value = match keyword {
                        Keyword::Data(data) => data.clone(),
                        Keyword::List(schemas) => {
                            schemas.iter().map(|schema| schema.to_json(annotated)).collect()
                        }
                        Keyword::Map(schemas) => schemas
                            .iter()
                            .map(|(name, schema)| (name.clone(), schema.to_json(annotated)))
                            .collect(),
                        Keyword::One(schema) => schema.to_json(annotated),
                    };
                    (name.clone(), value)
                });
                Value::Object(annotations.chain(keywords).collect::<Map<_, _>>())
            }
        }
    }
}

/// Any schema, some levels deep.
pub(crate) fn schema() -> impl Strategy<Value = Schema> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Schema::Boolean),
        vec(data_keyword(), 0..4)
            .prop_map(|keywords| Schema::Object { keywords, annotations: Vec::new() }),
    ];
    leaf.prop_recursive(4, 48, 5, |inner| {
        let one = (select(ONE), inner.clone())
            .prop_map(|(name, schema)| (name.to_owned(), Keyword::One(schema)));
        let list = (select(LIST), vec(inner.clone(), 0..4))
            .prop_map(|(name, schemas)| (name.to_owned(), Keyword::List(schemas)));
        let map = (select(MAP), btree_map(name(), inner, 0..4)).prop_map(|(name, schemas)| {
            (name.to_owned(), Keyword::Map(schemas.into_iter().collect()))
        });
        let keywords = vec(prop_oneof![one, list, map, data_keyword()], 0..6);
        let annotations = vec((select(ANNOTATIONS).prop_map(str::to_owned), data()), 0..4);
        (keywords, annotations)
            .prop_map(|(keywords, annotations)| Schema::Object { keywords, annotations })
    })
}

/// A keyword whose value is no schema, whatever it looks like.
fn data_keyword() -> impl Strategy<Value = (String, Keyword)> {
    let known = (select(DATA).prop_map(str::to_owned), data());
    let unknown = ("x-[a-z\u{e9}\u{e000}\u{1f600}]{0,3}", data());
    let reference = (select(REFERENCES), "#[ -~]{0,6}")
        .prop_map(|(name, target)| (name.to_owned(), Value::String(target)));
    prop_oneof![known, unknown, reference].prop_map(|(name, data)| (name, Keyword::Data(data)))
}

/// Any JSON, with the words of schemas in it where they mean nothing.
fn data() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i32>().prop_map(Value::from),
        (-1_000_000_i32..1_000_000, 1_u16..1000)
            .prop_map(|(number, by)| Value::from(f64::from(number) / f64::from(by))),
        any::<u64>().prop_map(|bits| Value::from(f64::from_bits(bits))),
        name().prop_map(Value::String),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Array),
            btree_map(name(), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Words of schemas and strings that are hard to sort or to escape.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        select([ANNOTATIONS, ONE, LIST, MAP, REFERENCES].concat()).prop_map(str::to_owned),
        "[\u{0}-\u{24}\\\\/a\u{7f}\u{80}\u{2028}\u{d7ff}\u{e000}\u{ffff}\u{10000}\u{10ffff}]{0,4}",
        any::<String>(),
    ]
}

const ANNOTATIONS: &[&str] = &["$comment", "description", "examples", "title"];
const DATA: &[&str] = &["$anchor", "$id", "const", "default", "enum", "format", "maximum", "type"];
const LIST: &[&str] = &["allOf", "anyOf", "items", "oneOf", "prefixItems"];
const MAP: &[&str] = &[
    "$defs",
    "definitions",
    "dependencies",
    "dependentSchemas",
    "patternProperties",
    "properties",
];
const ONE: &[&str] = &[
    "additionalItems",
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];
const REFERENCES: &[&str] = &["$dynamicRef", "$ref"];
