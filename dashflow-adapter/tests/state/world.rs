//! States and what makes and follows them.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};
use strictframe_dashflow::state::{
    Differ, RedactOptions, Redactions, Redactor, StateLimits, StateUpdate,
};

pub(crate) fn differ() -> Differ {
    Differ::new(REDACTOR.clone(), StateLimits::default())
}

/// A differ that has sent that state.
pub(crate) fn differ_at(state: &Value) -> Differ {
    let mut differ = differ();
    differ.diff(state).unwrap();
    differ
}

pub(crate) fn count(update: &StateUpdate) -> usize {
    update.message.operations.len()
}

/// A state of an agent: messages, findings, and a key that nobody is to see.
pub(crate) fn agent(messages: core::ops::Range<u32>) -> Value {
    let messages: Vec<_> = messages
        .map(|number| json!({"role": "user", "content": format!("What of number {number}? {}", "x".repeat(200))}))
        .collect();
    json!({"messages": messages, "api_key": "k-1234", "findings": {"orders": 7}})
}

/// States that share parts, as those of one run do.
pub(crate) fn any_state() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>()
            .prop_filter("JSON has no such number", |n| n.is_finite())
            .prop_map(Value::from),
        (0..4_i64).prop_map(Value::from),
        "[a-b~/\"\\\\é😀]{0,3}".prop_map(Value::String),
        Just(json!("Bearer a1b2c3d4e5f6g7h8i9j0")),
    ];
    let name = "(a|b|c|~|/|password|token)";
    let value = leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::btree_map(name, inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    prop::collection::btree_map(name, value, 0..6)
        .prop_map(|members| Value::Object(members.into_iter().collect()))
}

/// The state as it is sent, and what is masked in it.
pub(crate) fn redacted(state: &Value) -> (Value, Redactions) {
    REDACTOR.redacted(state).unwrap()
}

/// Made once: its expressions take long to compile.
pub(crate) static REDACTOR: LazyLock<Redactor> =
    LazyLock::new(|| Redactor::new(&RedactOptions::default()).unwrap());
