//! Diffs that are wrong are refused by name, index and pointer, and the last verified state stays.

use serde_json::{Value, json};
use strictframe_dashflow::state::{
    DiffFault, NeedsFull, OperationFault, StateHash, StateLimits, StateStream, Step,
};
use strictframe_dashflow::v1::diff_operation::{OpType, ValueEncoding};
use strictframe_dashflow::v1::{DiffOperation, StateDiff};

fn operation(kind: OpType, path: &str, value: &str) -> DiffOperation {
    DiffOperation {
        op: kind.into(),
        path: path.to_owned(),
        value: value.into(),
        ..DiffOperation::default()
    }
}

fn diff(operations: Vec<DiffOperation>, leads_to: &Value) -> StateDiff {
    let state_hash = StateHash::of(leads_to).unwrap().as_bytes().to_vec();
    StateDiff { operations, state_hash, ..StateDiff::default() }
}

fn state() -> Value {
    json!({"a": [1, 2], "b": {"c": 3}})
}

fn stream() -> StateStream {
    let mut stream = StateStream::new(StateLimits::default());
    let full = StateDiff { full_state: state().to_string().into(), ..diff(vec![], &state()) };
    let hash = StateHash::of(&state()).unwrap();
    assert_eq!(stream.apply(&full), Ok(Step::Verified { hash }));
    stream
}

#[test]
fn an_operation_that_cannot_be_applied_is_named_with_its_index_and_pointer() {
    let fine = || operation(OpType::Replace, "/b/c", "4");
    let msgpack = DiffOperation {
        encoding: ValueEncoding::Msgpack.into(),
        ..operation(OpType::Add, "/x", "\u{1}")
    };
    for (wrong, fault, code) in [
        (operation(OpType::Remove, "/b/x", ""), OperationFault::PathMissing, "DS-0314"),
        (operation(OpType::Test, "/b/c", "3"), OperationFault::TestFailed, "DS-0315"),
        (operation(OpType::Add, "/x", "{"), OperationFault::Value, "DS-0319"),
        (operation(OpType::Add, "/x", ""), OperationFault::Value, "DS-0319"),
        (operation(OpType::Add, "/x~", "1"), OperationFault::Pointer, "DS-0313"),
        (msgpack, OperationFault::Encoding(1), "DS-0311"),
        (
            DiffOperation { op: 9, ..operation(OpType::Add, "/x", "1") },
            OperationFault::Unknown(9),
            "DS-0318",
        ),
    ] {
        let mut stream = stream();
        let pointer = wrong.path.clone();
        let refused = stream.apply(&diff(vec![fine(), wrong], &state())).unwrap_err();
        assert_eq!(refused.fault, DiffFault::Operation { index: 1, pointer, fault });
        assert_eq!(refused.code().to_string(), code);
        assert!(refused.to_string().contains("(operation 1 at \"/"), "{refused}");
        assert_eq!((stream.state(), stream.is_behind()), (Some(&state()), true));
    }
}

#[test]
fn a_message_that_is_wrong_as_a_whole_is_refused() {
    let hash = diff(vec![], &state());
    let full = |text: &str| StateDiff { full_state: text.into(), ..hash.clone() };
    let mut limits = StateLimits::default();
    (limits.max_operations, limits.max_len) = (3, 100);
    let many = vec![operation(OpType::Add, "/x", "1"); 4];
    let ten_thousand = "[".repeat(200);
    for (message, name) in [
        (StateDiff { state_hash: vec![1; 31], ..hash.clone() }, "DiffHashLength"),
        (StateDiff { state_hash: vec![], ..hash.clone() }, "DiffHashLength"),
        (StateDiff { operations: many, ..hash.clone() }, "DiffTooManyOperations"),
        (
            StateDiff { operations: vec![operation(OpType::Add, "/x", "1")], ..full("{}") },
            "DiffAmbiguous",
        ),
        (full("{\"a\": \"\\ud800\"}"), "StateJson"),
        (full("{} "), "StateJson"),
        (full(&ten_thousand), "StateTooDeep"),
        (full(&format!("\"{}\"", "x".repeat(199))), "StateTooLong"),
        (full(&format!("\"{}\"", "x".repeat(99))), "StateTooLong"),
    ] {
        let mut stream = StateStream::at_checkpoint(b"", state(), limits).unwrap();
        if name == "StateJson" && message.full_state == b"{} " {
            // White space is JSON; only the hash tells.
            let step = stream.apply(&message).unwrap();
            assert_eq!(step, Step::NeedsFull { reason: NeedsFull::HashMismatch });
        } else {
            assert_eq!(stream.apply(&message).unwrap_err().name(), name);
        }
        assert_eq!((stream.state(), stream.is_behind()), (Some(&state()), true));
    }
}

#[test]
fn a_full_state_ten_thousand_deep_is_one_error() {
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let message = StateDiff { full_state: deep.clone().into(), ..diff(vec![], &state()) };
    assert_eq!(stream().apply(&message).unwrap_err().name(), "StateTooDeep");
    let message = diff(vec![operation(OpType::Add, "/x", &deep)], &state());
    assert_eq!(stream().apply(&message).unwrap_err().name(), "OperationValue");
}

#[test]
fn what_hangs_on_something_unknown_asks_for_a_full_state() {
    let add = || vec![operation(OpType::Add, "/x", "1")];
    let mut after = state();
    after["x"] = 1.into();
    let message = diff(add(), &after);
    let needs = |reason| Ok(Step::NeedsFull { reason });
    let mut empty = StateStream::new(StateLimits::default());
    assert_eq!(empty.apply(&message), needs(NeedsFull::NoState));
    assert_eq!((empty.state(), empty.hash()), (None, None));

    let mut stream = stream();
    let named = StateDiff { base_checkpoint_id: vec![7; 16], ..message.clone() };
    assert_eq!(stream.apply(&named), needs(NeedsFull::BaseUnknown));
    assert_eq!((stream.state(), stream.is_behind()), (Some(&state()), true));
    stream.checkpoint_seen(&[7; 16]);
    assert!(matches!(stream.apply(&named), Ok(Step::Verified { .. })));
    assert_eq!((stream.state(), stream.is_behind()), (Some(&after), false));
    // From here on diffs name that checkpoint.
    assert_eq!(stream.apply(&message), needs(NeedsFull::BaseUnknown));
}

#[test]
fn another_state_than_was_sent_is_not_shown() {
    let mut stream = stream();
    let message = diff(
        vec![operation(OpType::Remove, "/a/0", ""), operation(OpType::Replace, "/b", "[]")],
        &json!({}),
    );
    let step = stream.apply(&message);
    assert_eq!(step, Ok(Step::NeedsFull { reason: NeedsFull::HashMismatch }));
    assert_eq!((stream.state(), stream.is_behind()), (Some(&state()), true));
    let full = StateDiff { full_state: b"{\"a\": 1}".to_vec(), ..diff(vec![], &json!({})) };
    assert_eq!(stream.apply(&full), Ok(Step::NeedsFull { reason: NeedsFull::HashMismatch }));
    assert_eq!(stream.state(), Some(&state()));
}
