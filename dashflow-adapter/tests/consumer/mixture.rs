//! Millions of values, most of them bad: `STRICTFRAME_MIXTURE=10000000` for the long run.

use std::time::Instant;

use strictframe::Limits;
use strictframe_dashflow::consumer::{Action, Consumer, ConsumerOptions, Item, OnRefusal};
use strictframe_dashflow::transport::Start;
use strictframe_dashflow::transport::memory::MemoryLog;

use crate::refusals::poison;
use crate::world::frame;

#[tokio::test]
async fn every_good_value_of_a_mixture_is_given_and_every_bad_one_named() {
    let asked = std::env::var("STRICTFRAME_MIXTURE").ok().and_then(|text| text.parse().ok());
    let total: u64 = asked.unwrap_or(20_000);
    let poison = poison();
    let good: Vec<_> = (1..=64).map(|number| frame("good", 1, number..=number)).collect();
    let log = MemoryLog::new(1);
    log.keep(PIECE);
    let mut options = ConsumerOptions::default();
    options.on_refusal = OnRefusal::always(Action::Skip);
    options.limits = Limits::TINY;
    let source = log.source(&Start::Earliest, None).unwrap();
    let mut consumer = Consumer::new(source, options).unwrap();
    let (mut random, mut sent, mut sent_good) = (fastrand::Rng::with_seed(7), 0, 0_u64);
    let (mut named, mut messages) = ([0_u64; 6], 0_u64);
    let mut sent_bad = [0_u64; 6];
    let started = Instant::now();
    while sent < total {
        for _ in 0..PIECE.min(usize::try_from(total - sent).unwrap()) {
            sent += 1;
            let value = if random.u8(..4) == 0 {
                let value = good[usize::try_from(sent_good % 64).unwrap()].clone();
                sent_good += 1;
                value
            } else {
                let index = random.usize(..poison.len());
                sent_bad[index] += 1;
                poison[index].0.clone()
            };
            log.append(0, None, value).unwrap();
        }
        loop {
            match consumer.next().await.unwrap() {
                Item::Messages(given) => messages += given.messages.len() as u64,
                Item::Refused(refusal) => {
                    let code = refusal.refused.code().to_string();
                    let of = |(value, _, expected): &(bytes::Bytes, _, &str)| {
                        *expected == code && *value == refusal.value
                    };
                    named[poison.iter().position(of).expect("a value that was sent")] += 1;
                }
                Item::Assigned(_) => {}
                Item::CaughtUp { .. } => break,
                other => panic!("{other:?}"),
            }
        }
    }
    // After the first 64 every good one is a copy of an earlier one.
    let counts = consumer.counts();
    assert_eq!((messages, messages + counts.duplicates), (sent_good.min(64), sent_good));
    assert_eq!((named, counts.values), (sent_bad, total));
    println!("{total} values, {sent_good} of them good, in {:.1?}", started.elapsed());
}

/// Values that are in memory at once.
const PIECE: usize = 1_000;
