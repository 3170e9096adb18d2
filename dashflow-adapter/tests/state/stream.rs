//! Writer and reader together: what is sent is followed exactly, and what was damaged on the way is never shown.

use proptest::prelude::*;
use prost::Message as _;
use serde_json::Value;
use strictframe_benches::corpus::Corpus;
use strictframe_dashflow::state::{Form, NeedsFull, StateHash, StateLimits, StateStream, Step};
use strictframe_dashflow::v1::StateDiff;

use crate::world::{agent, any_state, differ};

#[test]
fn a_reader_that_missed_a_diff_asks_for_a_full_state_and_goes_on_with_it() {
    let (mut differ, mut stream) = (differ(), StateStream::new(StateLimits::default()));
    let mut updates = [5, 6, 7].map(|count| differ.diff(&agent(0..count)).unwrap()).into_iter();
    let (first, _missed, third) =
        (updates.next().unwrap(), updates.next(), updates.next().unwrap());
    assert_eq!(stream.apply(&first.message), Ok(Step::Verified { hash: first.hash }));
    // The third adds an element behind one that is not there.
    assert_eq!(stream.apply(&third.message).unwrap_err().name(), "OperationPathMissing");
    assert_eq!(stream.hash(), Some(first.hash));
    differ.send_full();
    let full = differ.diff(&agent(0..8)).unwrap();
    assert_eq!(stream.apply(&full.message), Ok(Step::Verified { hash: full.hash }));
    assert_eq!((stream.state(), stream.is_behind()), (differ.base(), false));
}

#[test]
fn the_recorded_pair_of_states_is_followed_exactly_in_both_directions() {
    let pair = Corpus::state_pair().unwrap();
    let states: Vec<Value> =
        pair.records.iter().map(|record| serde_json::from_slice(&record.json).unwrap()).collect();
    let [first, second] = &states[..] else { panic!("a pair has two") };
    for (old, new) in [(first, second), (second, first)] {
        let (mut differ, mut stream) = (differ(), StateStream::new(StateLimits::default()));
        stream.apply(&differ.diff(old).unwrap().message).unwrap();
        let update = differ.diff(new).unwrap();
        assert!(matches!(update.form, Form::Operations { .. }), "{:?}", update.form);
        assert!(update.message.encoded_len() * 2 < new.to_string().len());
        assert_eq!(stream.apply(&update.message), Ok(Step::Verified { hash: update.hash }));
        assert_eq!(stream.state(), differ.base());
        assert_eq!(update.hash, StateHash::of(stream.state().unwrap()).unwrap());
        if update.redacted.total() == 0 {
            assert_eq!(stream.state(), Some(new));
        }
    }
}

proptest! {
    #[test]
    fn states_of_any_kind_are_followed_exactly(states in prop::collection::vec(any_state(), 1..6)) {
        let (mut differ, mut stream) = (differ(), StateStream::new(StateLimits::default()));
        for state in &states {
            let update = differ.diff(state).unwrap();
            let message = StateDiff::decode(update.message.encode_to_vec().as_slice()).unwrap();
            prop_assert_eq!(stream.apply(&message), Ok(Step::Verified { hash: update.hash }));
            prop_assert_eq!(stream.state(), differ.base());
            // What was sent is the state with its secrets masked, whatever the form.
            let (whole, redacted) = crate::world::redacted(state);
            prop_assert_eq!(stream.state(), Some(&whole));
            prop_assert_eq!(update.redacted, redacted);
        }
    }

    #[test]
    fn a_damaged_diff_never_gives_a_state_that_was_not_verified(
        states in prop::collection::vec(any_state(), 3),
        damage in prop::collection::vec((any::<prop::sample::Index>(), 1..=255_u8), 1..4),
    ) {
        let (mut differ, mut stream) = (differ(), StateStream::new(StateLimits::default()));
        let mut sent = Vec::new();
        for state in &states {
            let update = differ.diff(state).unwrap();
            let mut bytes = update.message.encode_to_vec();
            sent.push(update.hash);
            if !bytes.is_empty() && sent.len() > 1 {
                for (at, flip) in &damage {
                    let at = at.index(bytes.len());
                    bytes[at] ^= flip;
                }
            }
            let Ok(message) = StateDiff::decode(bytes.as_slice()) else { continue };
            let before = (stream.state().cloned(), stream.hash());
            match stream.apply(&message) {
                Ok(Step::Verified { hash }) => {
                    prop_assert_eq!(hash.as_bytes().as_slice(), message.state_hash.as_slice());
                    prop_assert!(!stream.is_behind());
                }
                Ok(Step::NeedsFull { .. }) | Err(_) => {
                    prop_assert_eq!(before, (stream.state().cloned(), stream.hash()));
                    prop_assert!(stream.is_behind());
                }
                Ok(other) => panic!("{other:?}"),
            }
            // Whatever came: what is shown has the hash that is shown with it.
            let shown = stream.state().map(|state| StateHash::of(state).unwrap());
            prop_assert_eq!(shown, stream.hash());
        }
    }

    #[test]
    fn a_diff_for_another_state_is_not_shown(
        base in any_state(), other in any_state(), next in any_state()
    ) {
        let mut differ = differ();
        differ.diff(&base).unwrap();
        let update = differ.diff(&next).unwrap();
        let (other, _) = crate::world::redacted(&other);
        let mut stream = StateStream::at_checkpoint(b"", other.clone(), StateLimits::default()).unwrap();
        match stream.apply(&update.message) {
            // Full, or it leads to the same state from there.
            Ok(Step::Verified { hash }) => {
                prop_assert_eq!(hash, update.hash);
                prop_assert_eq!(StateHash::of(stream.state().unwrap()).unwrap(), update.hash);
            }
            Ok(Step::NeedsFull { reason }) => {
                prop_assert_eq!(reason, NeedsFull::HashMismatch);
                prop_assert_eq!(stream.state(), Some(&other));
            }
            Ok(step) => panic!("{step:?}"),
            Err(_) => prop_assert_eq!(stream.state(), Some(&other)),
        }
    }
}
