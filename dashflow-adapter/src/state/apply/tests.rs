//! Operations in place, against a second implementation.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::state::redact::{RedactOptions, Redactor};
use crate::state::same::tests::any_value;
use crate::state::walk;
use crate::v1::diff_operation::ValueEncoding;

pub(crate) fn operation(kind: OpType, path: &str, from: &str, value: &str) -> DiffOperation {
    DiffOperation {
        op: kind.into(),
        path: path.to_owned(),
        from: from.to_owned(),
        value: value.as_bytes().to_vec(),
        encoding: ValueEncoding::Json.into(),
    }
}

fn one(state: &Value, operation: DiffOperation) -> Result<Value, OperationFault> {
    let mut changed = state.clone();
    match apply(&mut changed, &[operation], &StateLimits::default()) {
        Ok(changes) => {
            let after = changed.clone();
            take_back(&mut changed, changes);
            assert_eq!(changed, *state, "taken back");
            Ok(after)
        }
        Err((index, fault)) => {
            assert_eq!((index, &changed), (0, state), "{fault}");
            Err(fault)
        }
    }
}

#[test]
fn every_operation_does_what_rfc_6902_says() {
    use OpType::{Add, Copy, Move, Remove, Replace, Test};
    let state = json!({"a": [1, 2], "b": {"c": 3}, "~/": 4});
    for (kind, path, from, value, expected) in [
        (Add, "/a/1", "", "9", json!({"a": [1, 9, 2], "b": {"c": 3}, "~/": 4})),
        (Add, "/a/-", "", "9", json!({"a": [1, 2, 9], "b": {"c": 3}, "~/": 4})),
        (Add, "/b/c", "", "null", json!({"a": [1, 2], "b": {"c": null}, "~/": 4})),
        (Add, "", "", "[]", json!([])),
        (Remove, "/a/0", "", "", json!({"a": [2], "b": {"c": 3}, "~/": 4})),
        (Remove, "/~0~1", "", "", json!({"a": [1, 2], "b": {"c": 3}})),
        (Replace, "/a/0", "", "{}", json!({"a": [{}, 2], "b": {"c": 3}, "~/": 4})),
        (Replace, "", "", "1", json!(1)),
        (Move, "/b/d", "/a/0", "", json!({"a": [2], "b": {"c": 3, "d": 1}, "~/": 4})),
        (Move, "/b", "/a", "", json!({"b": [1, 2], "~/": 4})),
        (Move, "/a/1", "/a/0", "", json!({"a": [2, 1], "b": {"c": 3}, "~/": 4})),
        (Move, "", "/b", "", json!({"c": 3})),
        (Move, "/a", "/a", "", state.clone()),
        (Copy, "/a/-", "/b", "", json!({"a": [1, 2, {"c": 3}], "b": {"c": 3}, "~/": 4})),
        (Test, "/b", "", r#"{"c": 3.0}"#, state.clone()),
    ] {
        assert_eq!(
            one(&state, operation(kind, path, from, value)),
            Ok(expected),
            "{kind:?} {path}"
        );
    }
}

#[test]
fn what_cannot_be_applied_is_refused_by_its_name_and_changes_nothing() {
    use OpType::{Add, Copy, Move, Remove, Replace, Test};
    use OperationFault as Fault;
    let state = json!({"a": [1, 2], "b": {"c": 3}, "d": "x"});
    for (kind, path, from, value, expected) in [
        (Add, "/a/3", "", "9", Fault::PathMissing),
        (Add, "/a/01", "", "9", Fault::PathMissing),
        (Add, "/x/y", "", "9", Fault::PathMissing),
        (Add, "/d/y", "", "9", Fault::PathMissing),
        (Add, "/b/y", "", "", Fault::Value),
        (Add, "/b/y", "", "{\"a\": \"\\ud800\"}", Fault::Value),
        (Add, "b", "", "1", Fault::Pointer),
        (Remove, "", "", "", Fault::PathMissing),
        (Remove, "/a/2", "", "", Fault::PathMissing),
        (Remove, "/a/-", "", "", Fault::PathMissing),
        (Remove, "/b/x", "", "", Fault::PathMissing),
        (Replace, "/b/x", "", "1", Fault::PathMissing),
        (Move, "/b/c/e", "/b", "", Fault::IntoItself),
        (Move, "/b", "", "", Fault::IntoItself),
        (Move, "", "", "", Fault::IntoItself),
        (Move, "/a/2", "/a/0", "", Fault::PathMissing),
        (Move, "/x/y", "/a", "", Fault::PathMissing),
        (Copy, "/b", "/x", "", Fault::PathMissing),
        (Copy, "/b", "x", "", Fault::Pointer),
        (Test, "/b/c", "", "4", Fault::TestFailed),
        (Test, "/b/x", "", "4", Fault::PathMissing),
    ] {
        assert_eq!(
            one(&state, operation(kind, path, from, value)),
            Err(expected),
            "{kind:?} {path}"
        );
    }
    let encoded = DiffOperation { encoding: 1, ..operation(Add, "/b/y", "", "1") };
    assert_eq!(one(&state, encoded), Err(Fault::Encoding(1)));
    assert_eq!(Fault::Encoding(1).to_string(), "a value in VALUE_ENCODING_MSGPACK is not read");
    let unknown = DiffOperation { op: 6, ..operation(Add, "/b/y", "", "1") };
    assert_eq!(one(&state, unknown), Err(Fault::Unknown(6)));
}

#[test]
fn a_diff_cannot_make_a_state_grow_or_deepen_without_bound() {
    let state = json!({"a": "x".repeat(1 << 10)});
    let doubling: Vec<_> =
        (0..40).map(|n| operation(OpType::Copy, &format!("/b{n}"), "", "")).collect();
    let mut grown = state.clone();
    let refused = apply(&mut grown, &doubling, &StateLimits::default()).map(|_| ());
    assert!(matches!(refused, Err((_, OperationFault::TooMuch))), "{refused:?}");
    assert_eq!(grown, state);

    let state = json!({"a": {"x": {}}, "b": {"x": {}}});
    let inner = "/x".repeat(100);
    let deeper = [
        operation(OpType::Replace, "/a", "", &(r#"{"x":"#.repeat(100) + "{}" + &"}".repeat(100))),
        operation(OpType::Replace, "/b", "", &(r#"{"x":"#.repeat(100) + "{}" + &"}".repeat(100))),
        operation(OpType::Move, &format!("/a{inner}/y"), "/b", ""),
    ];
    let mut deep = state.clone();
    let refused = apply(&mut deep, &deeper, &StateLimits::default()).map(|_| ());
    assert_eq!(refused, Err((2, OperationFault::TooDeep)));
    assert_eq!(deep, state);
}

fn as_patch(operations: &[DiffOperation]) -> json_patch::Patch {
    let operations: Vec<_> = operations
        .iter()
        .map(|operation| {
            let kind = ["add", "remove", "replace", "move", "copy", "test"];
            let kind = kind[usize::try_from(operation.op).unwrap()];
            let mut patch = json!({"op": kind, "path": operation.path});
            match kind {
                "add" | "replace" | "test" => {
                    patch["value"] = serde_json::from_slice(&operation.value).unwrap();
                }
                "move" | "copy" => patch["from"] = operation.from.clone().into(),
                _ => {}
            }
            patch
        })
        .collect();
    serde_json::from_value(operations.into()).unwrap()
}

/// Pointers that meet something now and then.
fn any_pointer() -> impl Strategy<Value = String> {
    "(/(a|b|c|0|1|2|-|~0|)){0,3}"
}

fn any_operation() -> impl Strategy<Value = DiffOperation> {
    (0..5_i32, any_pointer(), any_pointer(), any_value()).prop_map(|(kind, path, from, value)| {
        let kind = OpType::try_from(kind).unwrap();
        operation(kind, &path, &from, &value.to_string())
    })
}

proptest! {
    #[test]
    fn what_leads_from_one_state_to_another_does_so_in_both_implementations(
        old in any_value(), new in any_value()
    ) {
        let redactor = Redactor::new(&RedactOptions { defaults: false, ..Default::default() }).unwrap();
        let limits = StateLimits::default();
        let operations = walk::operations(&old, &new, &redactor, &limits).unwrap();
        let mut ours = old.clone();
        let changes = apply(&mut ours, &operations, &limits).map_err(|(_, fault)| fault);
        prop_assert!(changes.is_ok());
        prop_assert_eq!(&ours, &new);
        take_back(&mut ours, changes.unwrap());
        prop_assert_eq!(&ours, &old);
        let mut theirs = old.clone();
        json_patch::patch_unsafe(&mut theirs, &as_patch(&operations)).unwrap();
        prop_assert_eq!(theirs, new);
    }

    // Not with its undo: that of 5.0.0 panics when it meets a move that cannot be turned round. Tests of equal numbers in two forms fail there.
    #[test]
    fn any_operations_are_applied_as_another_implementation_does_or_change_nothing(
        state in any_value(), operations in prop::collection::vec(any_operation(), 1..6)
    ) {
        let mut theirs = state.clone();
        let their_outcome = json_patch::patch_unsafe(&mut theirs, &as_patch(&operations));
        let mut ours = state.clone();
        match apply(&mut ours, &operations, &StateLimits::default()) {
            Ok(changes) => {
                prop_assert!(their_outcome.is_ok(), "{operations:?}: {their_outcome:?}");
                prop_assert_eq!(&ours, &theirs);
                take_back(&mut ours, changes);
            }
            Err(_) => prop_assert!(their_outcome.is_err(), "{operations:?}"),
        }
        prop_assert_eq!(&ours, &state);
    }
}
