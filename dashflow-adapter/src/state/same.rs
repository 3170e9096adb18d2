//! Whether a state that was sent and a state as it is are the same, secrets masked.

use serde_json::{Number, Value};

use super::redact::{Names, Redactions, Redactor};

/// Compares what was sent with what is there, and counts what is masked in the latter.
pub(super) struct Same<'a> {
    redactor: &'a Redactor,
    redacted: Redactions,
}

impl<'a> Same<'a> {
    pub(super) fn new(redactor: &'a Redactor) -> Self {
        Self { redactor, redacted: Redactions::default() }
    }

    /// What was masked in everything that was compared.
    pub(super) fn into_redacted(self) -> Redactions {
        self.redacted
    }

    /// Whether a reader who has `sent` has what `state` is.
    pub(super) fn is(&mut self, sent: &Value, state: &Value, names: &Names<'_>) -> bool {
        match (sent, state) {
            (Value::Object(sent), Value::Object(state)) => {
                sent.len() == state.len()
                    && state.iter().zip(sent).all(|((name, value), (first, found))| {
                        // Both have the same order but for maps that keep the order of insertion.
                        let found = if name == first { Some(found) } else { sent.get(name) };
                        found.is_some_and(|found| self.is(found, value, &names.member(name)))
                    })
            }
            (Value::Array(sent), Value::Array(state)) => {
                sent.len() == state.len()
                    && sent.iter().zip(state).all(|(sent, state)| self.is(sent, state, names))
            }
            (sent, state) if sent == state => true,
            (Value::String(sent), state) if sent.contains(super::MASK) => self
                .redactor
                .masked(state, names, &mut self.redacted)
                .is_some_and(|masked| masked == *sent),
            _ => false,
        }
    }
}

/// Equal as RFC 6902 says: numbers by what they are, members in any order.
pub(super) fn is_equal(value: &Value, other: &Value) -> bool {
    match (value, other) {
        (Value::Number(number), Value::Number(other)) => is_same_number(number, other),
        (Value::Array(values), Value::Array(others)) => {
            values.len() == others.len()
                && values.iter().zip(others).all(|(value, other)| is_equal(value, other))
        }
        (Value::Object(members), Value::Object(others)) => {
            let is_there = |name: &str, value: &Value| {
                others.get(name).is_some_and(|other| is_equal(value, other))
            };
            members.len() == others.len()
                && members.iter().all(|(name, value)| is_there(name, value))
        }
        (value, other) => value == other,
    }
}

fn is_same_number(number: &Number, other: &Number) -> bool {
    let is_whole = |number: &Number| number.is_i64() || number.is_u64();
    if is_whole(number) && is_whole(other) {
        return number == other;
    }
    number.as_f64() == other.as_f64()
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// Values of every sort, of names and texts that are hard to write.
    pub(crate) fn any_value() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            "[a-c~/\"\\\\é😀\u{FFFD}\u{1}]{0,4}".prop_map(String::from),
            "[a-z]{1,3}".prop_map(String::from)
        ];
        let number = prop_oneof![
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>()
                .prop_filter("JSON has no such number", |n| n.is_finite())
                .prop_map(|n| json!(n)),
            (-3_i64..3).prop_map(Value::from),
            Just(json!(-0.0)),
            Just(json!(1.0)),
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            number,
            text.clone().prop_map(Value::String),
        ];
        leaf.prop_recursive(5, 60, 8, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::Array),
                prop::collection::btree_map(text.clone(), inner, 0..8)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    #[test]
    fn numbers_are_equal_by_what_they_are() {
        assert!(is_equal(&json!([1, -0.0, {"a": 2.0}]), &json!([1.0, 0, {"a": 2}])));
        assert!(!is_equal(&json!(9_007_199_254_740_993_u64), &json!(9_007_199_254_740_992_u64)));
        assert!(!is_equal(&json!({"a": 1}), &json!({"b": 1})));
        assert!(!is_equal(&json!([1]), &json!([1, 2])));
    }
}
