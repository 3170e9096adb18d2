//! P1: whatever is lost, damaged, sent twice or out of order, each thread is said to be what it is.

use std::collections::BTreeSet;

use bytes::Bytes;
use proptest::prelude::*;
use strictframe_dashflow::trace::{Ended, SpanOutcome, ThreadState};
use strictframe_dashflow::v1::EventType;

use crate::world::{Message, collect, event, frame, log};

/// What becomes of a frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fate {
    Flipped,
    Lost,
    Once,
    Twice,
}

/// A thread: how many nodes its run has, and the frames of it: how many messages each holds, what becomes of it, and in which partition.
type Thread = (usize, Vec<(usize, Fate, u32)>);

fn thread() -> impl Strategy<Value = Thread> {
    let fate = prop_oneof![
        8 => Just(Fate::Once),
        1 => Just(Fate::Twice),
        1 => Just(Fate::Lost),
        1 => Just(Fate::Flipped),
    ];
    (1..12_usize, prop::collection::vec((1..6_usize, fate, 0..3_u32), 26))
}

fn messages(nodes: usize) -> Vec<Message> {
    let node = |number| {
        [EventType::NodeStart, EventType::NodeEnd]
            .map(|kind| event(kind, &format!("n{number}")).into())
    };
    let mut messages: Vec<Message> = vec![event(EventType::GraphStart, "").into()];
    messages.extend((0..nodes).flat_map(node));
    messages.push(event(EventType::GraphEnd, "").into());
    messages
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_thread_is_complete_when_all_of_it_arrived_and_lacks_exactly_what_did_not(
        threads in prop::collection::vec(thread(), 1..5),
        seed in any::<u64>(),
    ) {
        let names: Vec<String> = (0..threads.len()).map(|index| format!("t{index}")).collect();
        let mut values: Vec<(u32, &str, Bytes)> = Vec::new();
        // Of each thread the numbers that arrive, and the frames that are damaged.
        let mut arrives: Vec<(BTreeSet<u64>, u64)> = Vec::new();
        for ((nodes, frames), name) in threads.iter().zip(&names) {
            let (mut rest, mut first) = (messages(*nodes), 1_u64);
            let (mut numbers, mut flipped) = (BTreeSet::new(), 0);
            for (len, fate, partition) in frames {
                if rest.is_empty() {
                    break;
                }
                let piece: Vec<_> = rest.drain(..rest.len().min(*len)).collect();
                let count = piece.len() as u64;
                let value = frame(name, 1, first, piece);
                match fate {
                    Fate::Lost => {}
                    Fate::Flipped => {
                        let mut bytes = value.to_vec();
                        bytes[40] ^= 1;
                        values.push((*partition, name, bytes.into()));
                        flipped += 1;
                    }
                    Fate::Once | Fate::Twice => {
                        numbers.extend(first..first + count);
                        values.push((*partition, name, value.clone()));
                        if *fate == Fate::Twice {
                            values.push(((*partition + 1) % 3, name, value));
                        }
                    }
                }
                first += count;
            }
            arrives.push((numbers, flipped));
        }
        fastrand::Rng::with_seed(seed).shuffle(&mut values);
        let log = log(3, values);
        let asked: Vec<&str> = names.iter().map(String::as_str).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let found = runtime.block_on(collect(&log, &asked));

        assert_eq!(found.ended, Ended::CaughtUp);
        for ((nodes, _), (found, (numbers, flipped))) in threads.iter().zip(found.threads.iter().zip(&arrives)) {
            let all = 2 * *nodes as u64 + 2;
            assert_eq!((found.messages, found.refused), (numbers.len() as u64, *flipped));
            let largest = numbers.last().copied().unwrap_or(0);
            match &found.state {
                ThreadState::Complete => assert_eq!(numbers.len() as u64, all),
                ThreadState::Incomplete(lacks) => {
                    let gaps: BTreeSet<u64> = lacks.gaps.iter().flat_map(|it| it.from..=it.to).collect();
                    let expected: BTreeSet<u64> = (1..largest).filter(|it| !numbers.contains(it)).collect();
                    assert_eq!(gaps, expected);
                    assert_eq!(lacks.start, !numbers.contains(&1));
                    assert_eq!(lacks.end, !numbers.contains(&all));
                    assert!(!lacks.is_over && (numbers.len() as u64) < all);
                }
                ThreadState::Refused { count, .. } => assert!(numbers.is_empty() && count == flipped),
                ThreadState::Missing { is_certain } => assert!(numbers.is_empty() && *flipped == 0 && *is_certain),
                other => panic!("{other:?}"),
            }
            // Each node that has its end is closed, and no other.
            let spans: Vec<_> = found.runs.iter().flat_map(|run| &run.spans).collect();
            let begins = (0..*nodes as u64).filter(|it| numbers.contains(&(2 * it + 2)));
            let ends: BTreeSet<u64> = (0..*nodes as u64).filter(|it| numbers.contains(&(2 * it + 3))).collect();
            let named: BTreeSet<u64> = begins.chain(ends.iter().copied()).collect();
            let of_spans: BTreeSet<u64> = spans.iter().map(|span| span.name[1..].parse().unwrap()).collect();
            assert_eq!((spans.len(), of_spans), (named.len(), named));
            let closed = spans.iter().filter(|span| span.outcome == SpanOutcome::Succeeded).count();
            assert_eq!(closed, ends.len());
        }
    }
}
