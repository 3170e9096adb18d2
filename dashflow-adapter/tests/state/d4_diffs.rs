//! Row D4: no empty diff on an error. What is sent was applied, or the whole state is sent and says why.

use serde::Serialize;
use serde_json::{Value, json};
use strictframe_dashflow::state::{
    Differ, Form, FullReason, MASK, MAX_DEPTH, StateError, StateHash, StateLimits,
};

use crate::world::{REDACTOR, agent, count, differ, differ_at};

#[test]
fn d4_the_first_state_is_sent_whole_and_the_next_as_what_changed() {
    let mut differ = differ();
    let first = differ.diff(&agent(0..50)).unwrap();
    assert_eq!(first.form, Form::Full(FullReason::NoBase));
    let whole: Value = serde_json::from_slice(&first.message.full_state).unwrap();
    assert_eq!(whole["api_key"], MASK);
    assert_eq!(first.message.state_hash, StateHash::of(&whole).unwrap().as_bytes());

    let next = differ.diff(&agent(0..51)).unwrap();
    assert_eq!((next.form, count(&next)), (Form::Operations { count: 1 }, 1));
    assert!(next.message.full_state.is_empty());
    assert_eq!(next.message.operations[0].path, "/messages/50");
    assert_eq!((next.redacted.total(), next.hash == first.hash), (1, false));
}

#[test]
fn d4_a_state_that_did_not_change_is_a_diff_of_nothing_with_its_hash() {
    let mut differ = differ_at(&agent(0..5));
    let same = differ.diff(&agent(0..5)).unwrap();
    assert_eq!(same.form, Form::Operations { count: 0 });
    assert_eq!(same.hash, StateHash::of(differ.base().unwrap()).unwrap());
    assert_eq!(same.redacted.total(), 1);
}

#[test]
fn d4_a_list_that_moved_on_is_sent_as_what_came_and_went() {
    for (old, new, expected) in [
        (0..50, 3..53, 6),
        (3..53, 0..50, 6),
        (0..50, 0..47, 3),
        (0..47, 0..50, 3),
        (0..50, 7..50, 7),
    ] {
        let mut differ = differ_at(&agent(old.clone()));
        let update = differ.diff(&agent(new.clone())).unwrap();
        assert_eq!(update.form, Form::Operations { count: expected }, "{old:?} to {new:?}");
    }
    let mut state = agent(0..50);
    let mut differ = differ_at(&state);
    let list = state["messages"].as_array_mut().unwrap();
    list.remove(20);
    list.insert(10, json!("new"));
    list[30]["role"] = "tool".into();
    assert_eq!(differ.diff(&state).unwrap().form, Form::Operations { count: 3 });
}

#[test]
fn d4_every_doubt_sends_the_whole_state_with_its_reason() {
    let reason = |differ: &mut Differ, state: &Value| {
        let update = differ.diff(state).unwrap();
        let found: Value = serde_json::from_slice(&update.message.full_state).unwrap();
        assert_eq!((&found, update.message.operations.len()), (differ.base().unwrap(), 0));
        match update.form {
            Form::Full(reason) => reason,
            other => panic!("{other:?}"),
        }
    };
    let small = json!({"a": 1, "b": 2, "c": 3});
    assert_eq!(reason(&mut differ_at(&small), &json!({"d": 4})), FullReason::PatchLarger);
    assert_eq!(reason(&mut differ_at(&small), &json!([1])), FullReason::NotObject);
    assert_eq!(reason(&mut differ_at(&json!("x")), &small), FullReason::NotObject);
    let mut asked = differ_at(&small);
    asked.send_full();
    assert_eq!(reason(&mut asked, &small), FullReason::Asked);
    assert_eq!(asked.diff(&small).unwrap().form, Form::Operations { count: 0 });

    let long = "n".repeat(1_001);
    let (before, after) =
        (json!({&long: 1, "b": agent(0..50)}), json!({&long: 2, "b": agent(0..50)}));
    assert_eq!(reason(&mut differ_at(&before), &after), FullReason::PointerTooLong);

    let mut limits = StateLimits::default();
    limits.max_operations = 2;
    let mut few = Differ::new(REDACTOR.clone(), limits);
    few.diff(&agent(0..50)).unwrap();
    assert_eq!(few.diff(&agent(0..52)).unwrap().form, Form::Operations { count: 2 });
    assert_eq!(reason(&mut few, &agent(0..55)), FullReason::TooManyOperations);
}

#[test]
fn d4_operations_that_a_reader_would_not_apply_are_not_sent() {
    // A list that is long, and of which each removal moves all that comes after: more work than a reader does for one diff.
    let long = |from: u32| json!({"list": (0..40_000).filter(|n| *n >= from || n % 2 == 1).collect::<Vec<u32>>(), "x": "y".repeat(500_000)});
    let update = differ_at(&long(0)).diff(&long(19_000)).unwrap();
    let form = update.form;
    assert_eq!(form, Form::Full(FullReason::NotVerified), "{} operations", count(&update));
}

#[test]
fn d4_a_checkpoint_that_is_named_is_one_that_exists() {
    let (first, second) = ([1; 16], [2; 16]);
    let mut differ = differ_at(&agent(0..5));
    assert!(differ.diff(&agent(0..6)).unwrap().message.base_checkpoint_id.is_empty());
    differ.checkpoint_saved(first);
    let update = differ.diff(&agent(0..7)).unwrap();
    assert_eq!(update.message.base_checkpoint_id, first);
    differ.checkpoint_gone(second);
    assert_eq!(differ.diff(&agent(0..8)).unwrap().message.base_checkpoint_id, first);
    differ.checkpoint_gone(first);
    let update = differ.diff(&agent(0..9)).unwrap();
    assert_eq!(update.form, Form::Full(FullReason::BaseGone));
    assert!(update.message.base_checkpoint_id.is_empty());
}

#[test]
fn d4_a_state_that_cannot_be_sent_is_an_error_and_the_next_one_is_whole() {
    let mut limits = StateLimits::default();
    limits.max_len = 2_000;
    let mut differ = Differ::new(REDACTOR.clone(), limits);
    differ.diff(&agent(0..3)).unwrap();
    let error = differ.diff(&agent(0..30)).unwrap_err();
    assert_eq!(error, StateError::TooLong { limit: 2_000 });
    assert_eq!((error.code().to_string(), error.name()), ("DS-0305".to_owned(), "StateTooLong"));
    assert_eq!(differ.diff(&agent(0..4)).unwrap().form, Form::Full(FullReason::NoBase));
}

/// As a type nests that has itself inside.
#[derive(Serialize)]
struct Nested {
    inner: Option<Box<Nested>>,
}

impl Nested {
    fn of(depth: usize) -> Self {
        (1..depth).fold(Self { inner: None }, |nested, _| Self { inner: Some(Box::new(nested)) })
    }

    /// Without a destructor that goes as deep.
    fn end(mut self) {
        while let Some(inner) = self.inner.take() {
            self = *inner;
        }
    }
}

#[test]
fn d4_a_state_ten_thousand_deep_is_one_error_and_keeps_the_base() {
    let mut differ = differ_at(&agent(0..5));
    let nested = Nested::of(10_000);
    assert_eq!(differ.diff_of(&nested), Err(StateError::TooDeep));
    nested.end();
    let mut deep = (0..10_000).fold(json!(1), |inner, _| Value::Array(vec![inner]));
    assert_eq!(differ.diff(&deep), Err(StateError::TooDeep));
    while let Some(inner) = deep.get_mut(0) {
        deep = inner.take();
    }
    assert_eq!(differ.diff(&agent(0..5)).unwrap().form, Form::Operations { count: 0 });
    let fits = Nested::of(MAX_DEPTH);
    assert!(differ.diff_of(&fits).is_ok());
}
