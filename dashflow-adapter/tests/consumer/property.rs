//! Whatever is delivered in whatever order: every good message once, every bad value named, across restarts at any moment.

use std::collections::BTreeSet;

use proptest::prelude::*;
use strictframe_dashflow::consumer::{
    Action, Consumer, ConsumerOptions, Item, OnRefusal, Order, StateFile,
};
use strictframe_dashflow::transport::Start;

use crate::refusals::poison;
use crate::world::{frame, log, texts_of};

/// What stands in the log.
#[derive(Clone, Debug)]
enum Value {
    Good { thread: u8, epoch: u64, first: u64, count: u64 },
    Bad(usize),
}

fn value() -> impl Strategy<Value = Value> {
    let good = (0..3_u8, 1..4_u64, 1..12_u64, 1..5_u64)
        .prop_map(|(thread, epoch, first, count)| Value::Good { thread, epoch, first, count });
    prop_oneof![5 => good, 1 => (0..6_usize).prop_map(Value::Bad)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_good_message_is_given_once_and_every_bad_value_named(
        values in prop::collection::vec(value(), 0..40),
        commits in prop::collection::vec(any::<bool>(), 64),
        restarts in prop::collection::vec(any::<bool>(), 64),
    ) {
        let poison = poison();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let bytes = values.iter().map(|value| match value {
            Value::Good { thread, epoch, first, count } => {
                frame(&format!("t{thread}"), *epoch, *first..=first + count - 1)
            }
            Value::Bad(index) => poison[*index].0.clone(),
        });
        let log = log(bytes);
        let expected: BTreeSet<String> = values
            .iter()
            .flat_map(|value| match value {
                Value::Good { thread, epoch, first, count } => {
                    (*first..first + count).map(|number| format!("t{thread} {epoch} {number}")).collect()
                }
                Value::Bad(_) => Vec::new(),
            })
            .collect();
        let bad = values.iter().filter(|value| matches!(value, Value::Bad(_))).count();
        let folder = tempfile::tempdir().unwrap();
        let file = StateFile::new(folder.path().join("state.frame")).unwrap();
        let begin = || {
            let source = log.source(&Start::Earliest, None).unwrap();
            let mut options = ConsumerOptions::default();
            options.on_refusal = OnRefusal::always(Action::Skip);
            options.limits = strictframe::Limits::TINY;
            // The numbers alone, so that they are what is tried.
            options.window = 0;
            Consumer::new(source, options).unwrap().with_state(file.clone(), false).unwrap()
        };
        runtime.block_on(async {
            // What was given and committed stays given; what was given since comes again after a restart.
            let (mut given, mut since) = (Vec::new(), Vec::new());
            let (mut named, mut named_since) = (0, 0);
            let mut consumer = begin();
            let mut moments = commits.iter().zip(&restarts).cycle();
            loop {
                match consumer.next().await.unwrap() {
                    Item::Messages(messages) => {
                        for (text, order) in texts_of(&messages) {
                            assert_ne!(order, Order::Duplicate);
                            since.push(text);
                        }
                    }
                    Item::Refused(_) => named_since += 1,
                    Item::Assigned(_) => continue,
                    Item::CaughtUp { .. } => break,
                    other => panic!("{other:?}"),
                }
                let (commit, restart) = moments.next().unwrap();
                if *commit {
                    consumer.commit().await.unwrap();
                    given.append(&mut since);
                    named += core::mem::take(&mut named_since);
                } else if *restart && given.len() + since.len() < 40 {
                    (since, named_since) = (Vec::new(), 0);
                    consumer = begin();
                    // Otherwise it might begin anew for ever.
                    moments.next();
                    consumer.commit().await.ok();
                }
            }
            given.append(&mut since);
            assert_eq!(named + named_since, bad);
            let set: BTreeSet<String> = given.iter().cloned().collect();
            assert_eq!((set.len(), &set), (given.len(), &expected));
        });
    }
}
