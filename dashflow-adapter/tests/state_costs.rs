//! Row B3: what a diff takes beside the states. Its memory is that of what changed, whatever the state.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic in a test is a failed test"
)]

use std::alloc::System;
use std::sync::Mutex;

use serde_json::{Value, json};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, Stats, StatsAlloc};
use strictframe_dashflow::state::{
    Differ, Form, FullReason, RedactOptions, Redactor, StateLimits, StateStream, StateUpdate, Step,
};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Allocations are counted for all threads, so that one test runs at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// Records of some 100 bytes, every hundredth of them changed when `is_changed`, one with a secret.
fn state(count: u32, is_changed: bool) -> Value {
    let record = |n: u32| {
        let is_other = is_changed && n % 100 == 7;
        let text = if is_other {
            format!("changed {n}")
        } else {
            format!("record {n} of a state that an agent keeps")
        };
        json!({"id": n, "text": text, "done": n.is_multiple_of(3), "score": f64::from(n) / 7.0})
    };
    let records: Vec<_> = (0..count).map(record).collect();
    json!({"records": records, "password": "hunter2", "step": if is_changed { 2 } else { 1 }})
}

fn differ_at(state: &Value) -> Differ {
    let redactor = Redactor::new(&RedactOptions::default()).unwrap();
    let mut differ = Differ::new(redactor, StateLimits::default());
    differ.diff(state).unwrap();
    // Expressions make their caches when they are first used.
    differ.diff(&json!({"x": "a text with a Bearer a1b2c3d4e5f6g7h8i9j0"})).unwrap();
    differ.diff(state).unwrap();
    differ
}

/// Everything allocated meanwhile, also what was freed again: more than was ever held at once.
fn allocated(change: &Stats) -> usize {
    change.bytes_allocated + change.bytes_reallocated.max(0).unsigned_abs()
}

#[test]
fn b3_a_diff_of_one_in_a_hundred_allocates_a_fraction_of_the_state() {
    let _alone = ALONE.lock().unwrap();
    let (before, after) = (state(30_000, false), state(30_000, true));
    let len = serde_json::to_vec(&after).unwrap().len();
    let mut differ = differ_at(&before);
    let region = Region::new(ALLOCATOR);
    let update: StateUpdate = differ.diff(&after).unwrap();
    let allocated = allocated(&region.change());
    assert_eq!(update.form, Form::Operations { count: 301 });
    assert!(allocated * 5 < len, "{allocated} bytes for a state of {len}");
}

#[test]
fn b3_a_diff_of_nothing_allocates_nothing_that_grows_with_the_state() {
    let _alone = ALONE.lock().unwrap();
    let costs = [3_000, 30_000].map(|count| {
        let state = state(count, false);
        let mut differ = differ_at(&state);
        let region = Region::new(ALLOCATOR);
        differ.diff(&state).unwrap();
        allocated(&region.change())
    });
    assert_eq!(costs[0], costs[1]);
}

#[test]
fn b3_a_reader_applies_and_verifies_without_a_copy_of_its_state() {
    let _alone = ALONE.lock().unwrap();
    let (before, after) = (state(30_000, false), state(30_000, true));
    let len = serde_json::to_vec(&after).unwrap().len();
    let mut differ = differ_at(&before);
    differ.send_full();
    let mut stream = StateStream::new(StateLimits::default());
    stream.apply(&differ.diff(&before).unwrap().message).unwrap();
    let update = differ.diff(&after).unwrap();
    let region = Region::new(ALLOCATOR);
    assert_eq!(stream.apply(&update.message), Ok(Step::Verified { hash: update.hash }));
    let right = allocated(&region.change());
    let mut wrong = update.message.clone();
    wrong.state_hash = vec![0; 32];
    let region = Region::new(ALLOCATOR);
    assert!(matches!(stream.apply(&wrong), Ok(Step::NeedsFull { .. })));
    let taken_back = allocated(&region.change());
    assert!((right + taken_back) * 5 < len, "{right} and {taken_back} bytes for a state of {len}");
}

#[test]
fn b3_a_whole_state_is_written_once_into_a_buffer_of_its_length() {
    let _alone = ALONE.lock().unwrap();
    let state = state(30_000, false);
    let mut differ = differ_at(&state);
    // Once before, so that the state that is held was made the same way.
    differ.send_full();
    differ.diff(&state).unwrap();
    differ.send_full();
    let region = Region::new(ALLOCATOR);
    let update = differ.diff(&state).unwrap();
    let change = region.change();
    assert_eq!(update.form, Form::Full(FullReason::Asked));
    let held = change.bytes_allocated - change.bytes_deallocated;
    let len = update.message.full_state.len();
    // The state that is held was replaced by its like, so that what is left is the message.
    assert!(held.abs_diff(len) * 10 < len, "{held} bytes left for a text of {len}");
    assert_eq!(update.message.full_state.capacity(), len);
}
