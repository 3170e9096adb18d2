//! What is called safe is safe: random values that one JSON Schema takes are taken by the other.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in a test is a failed test")]
#![cfg(feature = "json")]

use fastrand::Rng;
use serde_json::{Map, Value, json};
use strictframe_schema::Descriptor;
use strictframe_schema::change::{Verdict, changes, worst};

#[test]
fn no_value_crosses_a_safe_change_and_is_refused() {
    // SPEC [CLS-1]: pairs of schemas, each with every value of a small world; 10,000 with `STRICTFRAME_BIG=1`.
    let pairs = if std::env::var_os("STRICTFRAME_BIG").is_some() { 10_000 } else { 4_000 };
    let mut random = Rng::with_seed(20_260_101);
    let values = world();
    let (mut safe, mut crossed) = (0, 0_u64);
    for _ in 0..pairs {
        let old = schema(&mut random, 2);
        let new = edited(&mut random, &old);
        let descriptor =
            |schema: &Value| Descriptor::json("A", 1, 1, schema.to_string().as_bytes()).unwrap();
        let verdict = worst(&changes(&descriptor(&old), &descriptor(&new)).unwrap());
        let (before, after) =
            (jsonschema::validator_for(&old).unwrap(), jsonschema::validator_for(&new).unwrap());
        for (verdict, writer, reader) in
            [(verdict.old_reads_new, &after, &before), (verdict.new_reads_old, &before, &after)]
        {
            if verdict != Verdict::Safe {
                continue;
            }
            safe += 1;
            for value in values.iter().filter(|value| writer.is_valid(value)) {
                crossed += 1;
                assert!(reader.is_valid(value), "{value} between\n{old}\n{new}");
            }
        }
    }
    // Enough of them were called safe for the test to mean something.
    assert!(safe > 2_000 && crossed > 20_000, "{safe} safe directions, {crossed} values");
}

/// Values in which every constraint below finds some it takes and some it does not.
fn world() -> Vec<Value> {
    let mut values = vec![
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(2),
        json!(3),
        json!(6),
        json!(1.5),
        json!(""),
        json!("a"),
        json!("abc"),
        json!([]),
        json!([1]),
        json!([1, 1]),
        json!(["a", 2]),
        json!([null, 1, "abc"]),
        json!([[1], {"a": 1}]),
        json!({}),
    ];
    let members = [json!(1), json!("a"), json!(null), json!({"a": 2}), json!([1])];
    for a in &members {
        values.extend([json!({"a": a}), json!({"b": a}), json!({"c": a}), json!([a])]);
        for b in &members {
            values.extend([json!({"a": a, "b": b}), json!({"a": a, "c": b}), json!([a, b])]);
        }
    }
    values
}

fn schema(random: &mut Rng, depth: u32) -> Value {
    if random.u8(0..8) == 0 {
        return json!(random.bool());
    }
    let mut members = Map::new();
    for _ in 0..random.usize(0..4) {
        let (name, value) = keyword(random, depth);
        members.insert(name.to_owned(), value);
    }
    Value::Object(members)
}

fn keyword(random: &mut Rng, depth: u32) -> (&'static str, Value) {
    let types = ["null", "boolean", "integer", "number", "string", "array", "object"];
    let small = random.u8(0..4);
    let names = |random: &mut Rng| {
        ["a", "b", "c"].into_iter().filter(|_| random.bool()).collect::<Vec<_>>()
    };
    let deep = if depth == 0 { 12 } else { 20 };
    match random.u8(0..deep) {
        0 => ("type", json!(types[random.usize(0..7)])),
        1 => ("type", json!([types[random.usize(0..3)], types[random.usize(3..7)]])),
        2 => ("minimum", json!(small)),
        3 => ("maximum", json!(small)),
        4 => ("maxLength", json!(small)),
        5 => ("minItems", json!(small)),
        6 => ("multipleOf", json!(small + 1)),
        7 => ("required", json!(names(random))),
        8 => ("enum", json!([small, "a", null, {"a": 1}])),
        9 => ("uniqueItems", json!(random.bool())),
        10 => ("maxProperties", json!(small)),
        11 => ("const", json!(small)),
        12 => ("additionalProperties", schema(random, depth - 1)),
        13 => ("items", schema(random, depth - 1)),
        14 => ("allOf", json!([schema(random, depth - 1)])),
        15 => ("anyOf", json!([schema(random, depth - 1), schema(random, depth - 1)])),
        16 => ("not", schema(random, depth - 1)),
        17 => ("prefixItems", json!([schema(random, depth - 1)])),
        18 => ("oneOf", json!([schema(random, depth - 1), schema(random, depth - 1)])),
        _ => {
            let names = names(random);
            let members =
                names.into_iter().map(|name| (name.to_owned(), schema(random, depth - 1)));
            ("properties", Value::Object(members.collect()))
        }
    }
}

/// A schema that differs in one place from the one given, or in a few.
fn edited(random: &mut Rng, old: &Value) -> Value {
    match old {
        Value::Object(members) if !members.is_empty() && random.u8(0..4) != 0 => {
            let mut members = members.clone();
            let names: Vec<String> = members.keys().cloned().collect();
            let name = &names[random.usize(0..names.len())];
            match random.u8(0..3) {
                0 => {
                    members.remove(name);
                }
                1 => {
                    let (name, value) = keyword(random, 1);
                    members.insert(name.to_owned(), value);
                }
                _ => {
                    let value = inside(random, name, &members[name]);
                    members.insert(name.clone(), value);
                }
            }
            Value::Object(members)
        }
        _ => schema(random, 1),
    }
}

/// Another value of a keyword.
fn inside(random: &mut Rng, name: &str, value: &Value) -> Value {
    match (name, value) {
        ("properties", Value::Object(members)) => {
            let edited = members.iter().map(|(name, value)| (name.clone(), edited(random, value)));
            Value::Object(edited.collect())
        }
        ("allOf" | "anyOf" | "oneOf" | "prefixItems", Value::Array(schemas)) => {
            schemas.iter().map(|schema| edited(random, schema)).collect()
        }
        ("additionalProperties" | "items" | "not", schema) => edited(random, schema),
        _ => loop {
            let (other, value) = keyword(random, 1);
            if other == name {
                return value;
            }
        },
    }
}
