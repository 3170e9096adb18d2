//! Random damage: nothing foreign is delivered, the loss is counted, and it stays near the damage.

use proptest::collection::vec;
use proptest::prelude::*;
use strictframe_core::Limits;
use strictframe_core::recovery::{IdSource, Recovery, RecoveryError};

use super::damage::{Damage, Splice, anything, apply, cut, foreign, in_place, moving};
use super::outcome::{Account, Outcome};
use super::stream::{Item, Stream, noise, stream};

/// A stream with SYNCs where they are due and nowhere else.
fn long_stream() -> impl Strategy<Value = Stream> {
    let message = (any::<u64>(), prop_oneof![8 => 500..6000_usize, 1 => 0..90_000_usize])
        .prop_map(|(seed, len)| Item::Message(noise(seed, len)));
    (any::<[u8; 16]>(), vec(message, 60..120)).prop_map(|(id, items)| Stream::new(id, &items))
}

fn recover(stream: &Stream, splices: &[Splice]) -> (Outcome, Account) {
    let damaged = apply(stream, splices);
    let recovery = Recovery::open(damaged.as_slice(), Limits::DEFAULT, Some(stream.id)).unwrap();
    let outcome = Outcome::of(recovery).unwrap();
    assert_eq!(outcome.id_source, IdSource::Caller);
    assert!(!outcome.report.budget_spent);
    let account = outcome.account(stream, &damaged);
    (outcome, account)
}

fn on(stream: &Stream, damages: &[Damage]) -> Vec<Splice> {
    damages.iter().map(|damage| damage.on(stream, &[])).collect()
}

/// What one damage can cost at most: itself, the frame it begins in, and the way to the next anchor.
fn bound(stream: &Stream, splice: &Splice) -> usize {
    splice.size() + stream.spacing() + 80 + stream.largest()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn damage_in_place_costs_what_is_near(stream in stream(), damage in in_place(3000, anything())) {
        // SPEC [REC-3, REC-4]: resumed at the next anchor in place, the loss counted.
        let splice = damage.on(&stream, &[]);
        let (outcome, account) = recover(&stream, core::slice::from_ref(&splice));
        prop_assert!(account.bytes_lost <= bound(&stream, &splice));
        prop_assert!(outcome.edited().is_empty() || damage.is_copy());
    }

    #[test]
    fn bytes_put_in_or_taken_out_cost_what_is_near(stream in stream(), damage in moving(3000, anything())) {
        // SPEC [REC-2]: what stands elsewhere is found there.
        let splice = damage.on(&stream, &[]);
        let (_, account) = recover(&stream, core::slice::from_ref(&splice));
        prop_assert!(account.bytes_lost <= bound(&stream, &splice));
    }

    #[test]
    fn several_damages_cost_what_is_near_each(
        stream in stream(),
        damages in vec(prop_oneof![in_place(1000, foreign()), moving(1000, foreign())], 2..6),
        cut in proptest::option::weighted(0.2, cut()),
    ) {
        // SPEC [REC-4, REC-6]: each loss on its own, and what nothing confirms.
        let damages: Vec<_> = damages.into_iter().chain(cut).collect();
        let splices = on(&stream, &damages);
        let (_, account) = recover(&stream, &splices);
        // One that moves things takes the segments with it whose next anchor another one hit.
        let bound: usize =
            splices.iter().map(|splice| bound(&stream, splice) + stream.spacing()).sum();
        prop_assert!(account.bytes_lost <= bound);
    }

    #[test]
    fn a_stream_cut_off_anywhere_gives_all_whole_frames_before(stream in stream(), cut in cut()) {
        // SPEC [REC-6]: delivered, and counted as unconfirmed.
        let splice = cut.on(&stream, &[]);
        let (outcome, account) = recover(&stream, core::slice::from_ref(&splice));
        let whole = stream.frames.iter().enumerate().all(|(index, frame)| {
            let is_there = frame.start + frame.len <= splice.at && splice.at >= 80;
            account.delivered[index] == usize::from(is_there && frame.is_deliverable())
        });
        prop_assert!(whole);
        prop_assert!(!outcome.report.terminated);
        prop_assert!(outcome.gaps().iter().all(|gap| gap.frames_lost.is_none()));
    }

    #[test]
    fn an_id_that_is_learnt_is_the_right_one(
        stream in stream(),
        damages in vec(prop_oneof![in_place(400, foreign()), moving(400, foreign())], 1..3),
    ) {
        // SPEC [REC-1]: the first SYNC, or a pair, or a refusal; never a guess.
        let damaged = apply(&stream, &on(&stream, &damages));
        match Recovery::open(damaged.as_slice(), Limits::DEFAULT, None) {
            Ok(recovery) => {
                let mut outcome = Outcome::of(recovery).unwrap();
                prop_assert_eq!(outcome.stream_id, stream.id);
                prop_assert_ne!(outcome.id_source, IdSource::Caller);
                let told = Recovery::open(damaged.as_slice(), Limits::DEFAULT, Some(stream.id));
                let told = Outcome::of(told.unwrap()).unwrap();
                outcome.id_source = IdSource::Caller;
                outcome.report.spent = told.report.spent;
                prop_assert_eq!(outcome, told);
            }
            Err(error) => {
                let RecoveryError::Refused(error) = error else { panic!("{error:?}") };
                prop_assert_eq!((error.kind().name(), error.offset()), ("NoStreamId", 0));
                prop_assert_ne!(&damaged[..80.min(damaged.len())], &stream.bytes[..80]);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn the_bound_of_the_format_holds_for_streams_as_writers_make_them(
        stream in long_stream(),
        damage in prop_oneof![in_place(300_000, anything()), moving(300_000, anything())],
    ) {
        let splice = damage.on(&stream, &[]);
        let (_, account) = recover(&stream, core::slice::from_ref(&splice));
        let bound = splice.size() + 65_536 + 80 + 2 * stream.largest();
        prop_assert!(account.bytes_lost <= bound);
    }
}
